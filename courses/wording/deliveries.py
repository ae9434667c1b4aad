"""What is said about deliveries: a sentence for each reason, a name for each word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

WORDING: Mapping[str, Any] = {
    "delivery-to-nobody": _l("Skriv hvor mange som deltok: minst én ansatt eller leder."),
    "delivery-without-length": _l("Skriv varigheten i minutter."),
}

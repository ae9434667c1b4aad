"""What is said about gatherings: a sentence for each reason, a name for each word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

WORDING: Mapping[str, Any] = {
    "word-further_training": _l("videreutdanning"),
    "word-network": _l("nettverkssamling"),
}

"""What is said about evaluations: a sentence for each reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

WORDING: Mapping[str, Any] = {
    "evaluation-answered": _l("Du har svart på denne evalueringen. Takk! Svaret er lagret uten navnet ditt."),
    "evaluation-not-open": _l("Skjemaet åpner på delens siste dag, %(opens)s."),
    "evaluation-closed": _l("Skjemaet ble stengt etter %(on)s."),
}

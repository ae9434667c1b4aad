"""What is said about the plan from part 1 to part 2."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

WORDING: Mapping[str, Any] = {
    "plan-without-practise": _l("Skriv hva du vil øve på, før du leverer."),
    "plan-without-topic": _l("Skriv noe om presentasjonen du skal holde, før du leverer."),
    "plan-link": _l("Lenken må være en hel adresse som begynner med https://."),
    "plan-too-long": _l("Teksten er for lang: høyst %(most)s tegn."),
    "word-plan-practise": _l("Hva jeg vil øve på"),
    "word-plan-visits": _l("Hospiteringer jeg planlegger"),
    "word-plan-topic": _l("Presentasjonen jeg skal holde på del 2"),
    "word-plan-link": _l("Lenke til presentasjonen"),
    "word-plan-feedback": _l("Hva jeg vil ha tilbakemelding på"),
}

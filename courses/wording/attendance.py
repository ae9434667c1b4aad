"""What is said about checking in and days made up: a sentence for each reason, a name for each word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

WORDING: Mapping[str, Any] = {
    "check-in-other-day": _l("Innsjekk kan bare være åpen på selve dagen, %(day)s. Før frammøtet på listen i stedet."),
    "check-in-code-wrong": _l("Koden stemmer ikke. Den skifter hvert femte minutt: skriv den som vises i rommet nå."),
    "check-in-no-day": _l("Du står ikke på listen for noen samling i dag. Si fra til opplæringsansvarlig."),
    "check-in-said-absent": _l(
        "Opplæringsansvarlig har registrert at du ikke var til stede i dag. Si fra, så kan det rettes på listen."
    ),
}

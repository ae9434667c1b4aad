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
    "make-up-by-oneself": _l("Hvordan du selv tar igjen en dag, avtales og bekreftes av en annen opplæringsansvarlig."),
    "make-up-attended": _l("Deltakeren er registrert som til stede denne dagen, så det er ingenting å ta igjen."),
    "make-up-agreed-already": _l("Det er allerede avtalt hvordan dagen tas igjen. Trekk avtalen før dere lager en ny."),
    "make-up-without-words": _l("Skriv hva deltakeren skal gjøre i stedet."),
    "make-up-other-day": _l("Velg den samme dagen i den samme delen av en annen samling, og en dag som ikke er over."),
    "make-up-full": _l("Den andre samlingen er full denne dagen. Velg en annen, eller avtal noe annet."),
    "make-up-seated": _l("Deltakeren står allerede på listen for den andre samlingen."),
    "make-up-not-done-yet": _l("Dagen kan bekreftes når det er gjort, tidligst %(day)s."),
}

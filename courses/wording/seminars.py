"""What is said about seminars and attendance: a sentence for each reason, a name for each word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

WORDING: Mapping[str, Any] = {
    "seminar-without-days": _l("Sett dato for minst én del."),
    "seminar-day-twice": _l("To av dagene har samme dato."),
    "seminar-part-order": _l("Del 2 må begynne etter siste dag i del 1."),
    "seminar-part-spread": _l("Alle dagene i del %(part)s må ligge innenfor %(most)s dager. Se over datoene."),
    "seminar-seats": _l("Antall plasser må være fra 1 til %(most)s."),
    "seminar-name-taken": _l("Enheten har allerede en samling som heter %(name)s. Velg et annet navn."),
    "seminar-full": _l(
        "Det er ikke plass: samlingen har %(seats)s plasser, %(free)s er ledige, og du ville legge til %(wanted)s. "
        "Ingen er lagt til."
    ),
    "nobody-chosen": _l("Kryss av for minst én person."),
    "attendance-too-early": _l("Frammøte kan registreres fra %(day)s."),
    "attendance-list-changed": _l(
        "Deltakerlisten er endret siden du åpnet siden. Se over listen nedenfor, og lagre på nytt."
    ),
    "attendance-changed-meanwhile": _l(
        "Noen andre har registrert frammøte siden du åpnet siden. Se over listen nedenfor, og lagre på nytt."
    ),
    "attendance-by-oneself": _l("Eget frammøte registreres av en annen opplæringsansvarlig."),
    "seat-attended": _l("%(name)s har møtt på samlingen og kan ikke tas av listen. Rett frammøtet først."),
    "link-not-https": _l("Skriv hele adressen, fra https:// og utover. Andre lenker tar vi ikke imot."),
}

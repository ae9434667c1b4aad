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
    "seminar-hours": _l("Klokken dagen slutter, må være etter klokken den begynner."),
    "seminar-part-gap": _l("Det er %(days)s dager mellom delene. Del 2 pleier å være omtrent en måned etter del 1."),
    "seminar-day-kept": _l("Del %(part)s, dag %(number)s må ha en dato. Avlys samlingen om den ikke skal holdes."),
    "seminar-day-attended": _l(
        "Frammøtet er registrert for del %(part)s, dag %(number)s. Dato, klokkeslett og sted kan ikke endres der."
    ),
    "seminar-seats-taken": _l("%(taken)s plasser er opptatt eller tilbudt. Antallet kan ikke bli lavere."),
    "seminar-changed-meanwhile": _l(
        "Noen andre har endret planen siden du åpnet siden. Ta vare på det du skrev, og åpne siden på nytt."
    ),
    "seminar-is-cancelled": _l("Samlingen er avlyst."),
    "seminar-over": _l("Samlingen er over. Siste dag var %(day)s."),
    "lead-is-no-trainer": _l("Hovedansvarlig må være en av dem du har krysset av for."),
    "substitute-for-nobody": _l("Den som ikke kan, står ikke oppført %(day)s. Se over hvem og når."),
    "substitute-already-there": _l("Vikaren er allerede opplæringsansvarlig på samlingen den dagen. Velg en annen."),
    "substitute-too-late": _l("Samlingen er over %(day)s. Velg en dag før det."),
    "seated-elsewhere": _l(
        "%(name)s har allerede plass på %(seminar)s, del %(part)s. Flytt plassen derfra i stedet. Ingen er lagt til."
    ),
    "seat-attended": _l("%(name)s har møtt på samlingen og kan ikke tas av listen. Rett frammøtet først."),
    "link-not-https": _l("Skriv hele adressen, fra https:// og utover. Andre lenker tar vi ikke imot."),
}

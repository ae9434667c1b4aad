"""What appeals say to people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import lazy_gettext as _l

APPEALS: Final[Mapping[str, Any]] = {
    "comments-enough": _l("Du har skrevet tjue kommentarer til denne vurderingen. Flere er det ikke plass til."),
    "answers-enough": _l("Du har skrevet tjue ganger i denne saken. Flere er det ikke plass til."),
    "questions-enough": _l("Du har spurt tjue ganger i denne saken. Flere er det ikke plass til."),
    "appeal-files-enough": _l("Saken har %(most)s filer. Flere er det ikke plass til."),
    "appeal-approved": _l("Du er godkjent, så det er ingenting å klage på. Du kan skrive en kommentar."),
    "appeal-overtaken": _l("Det er tatt en ny beslutning siden denne. Det er den nyeste du kan klage på."),
    "appeal-too-late": _l(
        "Fristen for å klage var %(through)s. Du kan klage likevel: Skriv hvorfor klagen kommer nå, så avgjør "
        "sekretariatet om den tas til behandling."
    ),
    "appeal-over": _l("Saken er avsluttet, eller en ny beslutning har tatt over."),
    "appeal-not-admitted": _l("Klagen kom etter fristen. Sekretariatet må først avgjøre om den tas til behandling."),
    "appeal-assign-involved": _l("Du har selv vært med i saken. Be en annen koordinator eller sekretariatet om det."),
    "appeal-outcome-unknown": _l("Velg ett av utfallene som står på siden."),
    "appeal-day-later": _l(
        "Velg en dag etter %(first)s. Skal beslutningen omgjøres fra den dagen, er klagen tatt helt til følge."
    ),
    "reversal-before-decision": _l("Velg en dag fra %(on)s, da beslutningen begynte å gjelde."),
    "reversal-ahead": _l("Velg en dag senest %(latest)s."),
    "reversal-done": _l("Beslutningen er allerede omgjort fra den dagen, eller en ny beslutning har tatt over."),
    "review-not-oneself": _l("Ingen kan behandle sin egen klage."),
    "review-not-involved": _l("Den som har vært med på det som er besluttet, kan ikke behandle klagen."),
    "review-not-mentor": _l("Den som har vært mentor for deltakeren, kan ikke behandle klagen."),
    "review-recused": _l("Det er sagt fra om at denne personen ikke kan behandle klagen."),
    "review-not-assessor": _l("Velg en opplæringsansvarlig."),
    "review-not-decider": _l("Velg en som kan ta slike beslutninger."),
    "review-not-asked": _l("Klagen er gitt til en annen."),
    "appeal-about-assessment": _l("den faglige vurderingen"),
    "appeal-about-suspended": _l("stansen av sertifikat %(title)s"),
    "appeal-about-revoked": _l("tilbaketrekkingen av sertifikat %(title)s"),
    "appeal-about-corrected": _l("rettelsen av sertifikat %(title)s"),
    "appeal-about-post_test": _l("at bestått er tatt bort på ettertesten «%(title)s»"),
    "appeal-state-late": _l("venter på sekretariatet, kom etter fristen"),
    "appeal-state-unassigned": _l("trenger noen som kan behandle den"),
    "appeal-state-assigned": _l("er under behandling"),
    "appeal-state-asked": _l("venter på svar fra den som har klaget"),
    "appeal-state-upheld": _l("avgjort: beslutningen blir stående"),
    "appeal-state-granted": _l("avgjort: tatt til følge"),
    "appeal-state-partly": _l("avgjort: delvis tatt til følge"),
    "appeal-state-withdrawn": _l("trukket av den som klaget"),
    "appeal-state-inadmissible": _l("ikke tatt til behandling"),
    "appeal-state-overtaken": _l("falt bort: en ny beslutning har tatt over"),
    "word-reinstated": _l("gjort gyldig igjen etter klage"),
}

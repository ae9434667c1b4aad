"""What the codes of this feature's rules say to a person (msgids in bokmål)."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

WORDING: Mapping[str, LazyString] = {
    "test-in-progress": _l("Du har begynt på denne prøven. Fortsett der du slapp."),
    "pretest-taken": _l("Førtesten tas bare én gang, og du har tatt den. Resultatet ditt er lagret."),
    "check-taken": _l("Du har tatt denne kunnskapssjekken. Resultatet ditt er lagret."),
    "posttest-passed": _l("Du har bestått ettertesten og trenger ikke å ta den igjen."),
    "attempts-used": _l(
        "Du har brukt alle forsøkene på ettertesten (%(most)s). "
        "Ta kontakt med den som er ansvarlig for opplæringen din."
    ),
    "test-waits": _l("Ettertesten åpner igjen %(opens)s. Bruk tiden til å lese det du manglet."),
    "test-time-over": _l("Tiden er ute. Det som var lagret da, teller."),
    "option-unknown": _l("Svaret finnes ikke blant alternativene. Last siden på nytt, og velg igjen."),
    "one-option-only": _l("Dette spørsmålet har ett svar. Velg bare ett alternativ."),
    "answer-too-long": _l("Svaret er for langt til å lagres. Skriv høyst %(most)s tegn."),
    "question-unknown": _l("Prøven har ikke dette spørsmålet. Last siden på nytt."),
    "test-submitted": _l("Prøven er levert, så svarene kan ikke endres lenger."),
    "question-key-changed": _l(
        "Spørsmålet «%(question)s» har fått en annen fasit eller en annen type, og noen har alt fått det i en prøve. "
        "Gi det en ny id."
    ),
    "test-without-questions": _l("Alle spørsmålene i prøven er trukket. Prøv igjen når det er kommet nye."),
    "item-withdrawn": _l("Spørsmålet er allerede trukket, så ingenting er endret nå."),
    "pass-not-own": _l("Du kan ikke avgjøre din egen prøve. Be en annen i sekretariatet om det."),
    "pass-not-pending": _l("Det er allerede avgjort om prøven er bestått. Last siden på nytt."),
    "word-left_out": _l("tas ut av prøven"),
    "word-full": _l("alle får full poengsum"),
    "word-matching": _l("sett sammen"),
    "word-ordering": _l("rekkefølge"),
    "word-numeric": _l("tall"),
    "word-short": _l("kort svar"),
    "word-pre": _l("førtest"),
    "word-post": _l("ettertest"),
    "word-check": _l("kunnskapssjekk"),
    "group-too-small": _l("Tall vises bare for grupper på minst %(least)s personer."),
}

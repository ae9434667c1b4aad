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
    "pass-not-withdrawn": _l("Bestått er ikke tatt bort på denne prøven."),
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
    "item-rival": _l(
        "%(share)s av den beste tredelen velger %(option)s, og %(key)s velger fasiten: er %(option)s også riktig? "
        "Se over fasiten, og gjør ordlyden entydig."
    ),
    "item-negative": _l(
        "De som ellers gjør det godt, svarer oftere feil her (%(value)s). "
        "Se etter en feil i fasiten eller en formulering som kan leses på to måter."
    ),
    "item-weak": _l(
        "Spørsmålet skiller lite mellom dem som kan mye, og dem som kan lite (%(value)s). "
        "Gjør det klarere hva det spørres om, eller bytt det ut."
    ),
    "item-too-hard": _l(
        "Bare %(share)s av poengene etter kurset: for vanskelig, eller ikke godt nok forklart. "
        "Se om leksjonen gir svaret, og om spørsmålet er klart."
    ),
    "item-too-easy-before": _l(
        "%(share)s av poengene alt før kurset: for lett. Spør om noe kurset skal lære bort, "
        "eller gjør de gale svarene mer troverdige."
    ),
    "item-too-easy": _l(
        "%(share)s av poengene etter kurset: målet er nådd, men spørsmålet viser ingen forskjell på folk. "
        "La det stå om det er viktig at alle kan det, ellers gjør det vanskeligere."
    ),
    "item-unused": _l(
        "Nesten ingen velger %(options)s. Skriv et galt svar som er lettere å tro på, eller ta det bort."
    ),
    "item-slow": _l(
        "Tar %(seconds)s sekunder, mot %(usual)s for et vanlig spørsmål i prøven. Er det langt eller tungt å lese?"
    ),
    "group-too-small": _l("Tall vises bare for grupper på minst %(least)s personer."),
}

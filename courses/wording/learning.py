"""What the codes of the learning half say to a person (msgids in bokmål)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

WORDING: Mapping[str, Any] = {
    "pretest-first": _l("Ta førtesten først. Den viser hva du kan fra før, og ingen stryker på den."),
    "pretest-unfinished": _l("Gjør ferdig førtesten først. Svarene du har gitt, er lagret."),
    "posttest-after-pretest": _l("Ettertesten kommer etter førtesten, som du ikke har levert ennå."),
    "lessons-left": _l("Ettertesten åpner når alle leksjonene er lest. Det gjenstår %(left)s av %(total)s."),
    "lesson-unknown": _l("Leksjonen finnes ikke i din utgave av kurset."),
    "course-unknown": _l("Kurset er ikke publisert."),
    "check-without-questions": _l("Kurset har ingen spørsmål å spørre om nå. Du trenger ikke gjøre noe."),
    "course-not-begun": _l("Du har ikke begynt på dette kurset ennå. Begynn på det fra kursets side."),
    "course-not-passed": _l("Du kan ta kurset på nytt når ettertesten er bestått."),
    "course-taken-once": _l("Dette kurset tas bare én gang. Leksjonene står åpne, så du kan slå opp når du vil."),
    "course-only-read": _l("Dette kurset er åpent for alle. Du trenger ikke begynne på det: bare les."),
    "rehearsal-outdated": _l(
        "Noen har levert en prøve siden du så prøvekjøringen, så ingenting er endret. Se over den på nytt."
    ),
    "angoff-nothing-to-judge": _l("Det er ingen spørsmål å vurdere her."),
    "angoff-open-already": _l("Det pågår allerede en runde om disse spørsmålene. Lukk den før en ny åpnes."),
    "angoff-first-closed": _l("Første runde er lukket, så panelet kan ikke få flere medlemmer."),
    "angoff-not-a-judge": _l(
        "Panelet består av fagredaktører, opplæringsansvarlige og sekretariatet. Velg blant dem i listen."
    ),
    "angoff-closed": _l("Runden er avsluttet, så vurderingene kan ikke endres lenger."),
    "angoff-no-rating": _l("Velg et tall fra 0 til 100 i trinn på fem for hvert spørsmål. Ingenting er lagret."),
    "angoff-moved-on": _l("Noen andre har allerede lukket denne delen. Last siden på nytt."),
    "angoff-not-closed": _l("Avslutt runden før dere bestemmer en grense."),
    "angoff-too-few-judges": _l(
        "%(judges)s har vurdert alle spørsmålene. Det trengs minst %(least)s for at tallene skal si noe, så runden gir "
        "ikke noe resultat."
    ),
    "word-scope-bank": _l("hele banken"),
    "word-scope-A": _l("sett A"),
    "word-scope-B": _l("sett B"),
    "word-stage-first": _l("første vurdering"),
    "word-stage-second": _l("andre vurdering"),
    "word-stage-closed": _l("avsluttet"),
    "word-foundation": _l("grunnopplæring"),
    "word-recertification": _l("resertifisering"),
    "word-topic": _l("emnekurs"),
    "word-open": _l("åpent kurs"),
    "word-single": _l("ett svar"),
    "word-multiple": _l("flere svar"),
    "word-true_false": _l("sant eller usant"),
}

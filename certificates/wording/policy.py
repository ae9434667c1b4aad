"""What is said of versions of programmes: their differences, and what a change would do to whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

REFUSALS: Final[Mapping[str, LazyString]] = {
    "programme-unknown": _l("Programmet «%(programme)s» finnes ikke her. Se på id i filen."),
    "programme-unchanged": _l(
        "Teksten er den samme som i versjon %(number)s, som gjelder nå. Det er ingenting å godta."
    ),
    "programme-outdated": _l(
        "Forslaget bygger på versjon %(based_on)s, men nå gjelder versjon %(number)s. Ingenting er godtatt, og "
        "forslaget er tatt vare på. Se hva det ville endret nå, før du legger det fram på nytt."
    ),
    "dry-run-changed": _l(
        "Det du så på, stemmer ikke lenger: registeret eller dagen er en annen. Ingenting er godtatt. Her er "
        "virkningen slik den er nå. Begrunnelsen din står der fortsatt."
    ),
    "proposal-withdrawn": _l("Forslaget ble lagt bort %(on)s. Legg det fram på nytt om det likevel skal gjelde."),
}

CHANGES: Final[Mapping[str, LazyString]] = {
    "change-validity-months": _l("Nye sertifikater gjelder i %(becomes)s måneder. Før: %(was)s."),
    "change-window-months": _l(
        "For nye sertifikater åpner resertifiseringen %(becomes)s måneder før de går ut. Før: %(was)s."
    ),
    "change-grace-months": _l("Nye sertifikater kan fornyes i %(becomes)s måneder etter at de gikk ut. Før: %(was)s."),
    "change-reminders": _l("Påminnelsene sendes %(becomes)s. Før: %(was)s."),
    "change-requirement-gone": _l("%(route)s: Kravet «%(title)s» (%(id)s) faller bort."),
    "change-requirement-new": _l("%(route)s: Nytt krav «%(title)s» (%(id)s) med %(asks)s."),
    "change-requirement": _l("%(route)s: Kravet «%(title)s» (%(id)s) blir %(becomes)s. Før: %(was)s."),
    "change-order": _l("%(route)s: Kravene står i en annen rekkefølge."),
    "change-checks": _l("Kunnskapssjekker etter sertifikatet: %(becomes)s. Før: %(was)s."),
    "change-title": _l("Programmet heter «%(becomes)s». Før: «%(was)s»."),
    "change-edition": _l("Utgaven er %(becomes)s. Før: %(was)s."),
    "change-seats": _l("En samling har høyst %(becomes)s deltakere. Før: %(was)s."),
    "change-retention-years": _l("Opplysningene tas vare på i %(becomes)s år. Før: %(was)s."),
    "change-appeal-weeks": _l("Klagefristen er %(becomes)s uker. Før: %(was)s."),
    "change-rubric": _l("Det vurdererne ser etter, er endret. Se linjene nedenfor."),
    "change-body": _l("Teksten om programmet er endret. Se linjene nedenfor."),
    "route-first": _l("Grunnopplæring"),
    "route-renewal": _l("Resertifisering"),
    "route-reentry": _l("Ny sertifisering"),
    "stage-opened": _l("når resertifiseringen åpner"),
    "stage-days": _l("%(days)s dager før"),
    "stage-day-0": _l("den dagen det ikke lenger gjelder"),
    "checks-none": _l("ingen"),
    "checks-some": _l("%(items)s spørsmål etter %(months)s måneder"),
}

IMPACT: Final[Mapping[str, LazyString]] = {
    "impact-certificate": _l("Sertifikat %(number)s"),
    "impact-dates": _l(
        "%(valid_from)s til og med %(valid_through)s, åpner for resertifisering %(opens)s, kan fornyes til og med "
        "%(grace)s"
    ),
    "impact-state": _l("Status i dag"),
    "impact-in-state": _l("%(state)s"),
    "impact-no-certificate": _l("uten sertifikat"),
    "impact-issued": _l("Får sertifikat i natt"),
    "impact-pass-today": _l("En godkjenning i dag ville gitt"),
    "impact-period": _l("%(valid_from)s til og med %(valid_through)s"),
    "planned-opened": _l("Påminnelse %(on)s om at resertifiseringen åpner"),
    "planned-reminder": _l("Påminnelse %(on)s, %(days)s dager før sertifikatet går ut"),
    "planned-check": _l("Tilbud om kunnskapssjekk %(on)s, etter %(months)s måneder"),
    "word-impact-dates": _l("datoer på utstedte sertifikater"),
    "word-impact-state": _l("status i dag"),
    "word-impact-issued": _l("får sertifikat i natt"),
    "word-impact-met": _l("krav som blir oppfylt"),
    "word-impact-unmet": _l("krav som ikke lenger er oppfylt"),
    "word-impact-next": _l("datoer en godkjenning i dag ville gitt"),
    "word-impact-mail_new": _l("nye e-poster de neste 12 månedene"),
    "word-impact-mail_gone": _l("e-poster som faller bort de neste 12 månedene"),
}

POLICY: Final[Mapping[str, LazyString]] = {**REFUSALS, **CHANGES, **IMPACT}

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
    "change-scope": _l("Sertifikatet taler for %(becomes)s. Før: %(was)s."),
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
    "impact-no-certificate": _l("uten sertifikat"),
    "impact-issued": _l("Får sertifikat i natt"),
    "impact-pass-today": _l("En godkjenning i dag ville gitt"),
    "impact-period": _l("%(valid_from)s til og med %(valid_through)s"),
    "planned-opened": _l("Påminnelse %(on)s om at resertifiseringen åpner"),
    "planned-reminder": _l("Påminnelse %(on)s, %(days)s dager før sertifikatet går ut"),
    "planned-last-reminder": _l("Påminnelse %(on)s, den dagen sertifikatet ikke lenger gjelder"),
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

IMPORTS: Final[Mapping[str, LazyString]] = {
    "period-imported": _l(
        "Sertifikatet ble utstedt før denne plattformen. Datoene og nummeret er beholdt slik de sto. Importert %(on)s."
    ),
    "period-imported-from": _l(
        "Sertifikatet ble utstedt før denne plattformen av %(issued_by)s. Datoene og nummeret er beholdt slik de sto. "
        "Importert %(on)s."
    ),
    "certificates-import-changed": _l(
        "Registeret er endret siden du prøvde arket. Ingenting er importert. Last opp arket på nytt, så ser du hva det "
        "fører til nå."
    ),
    "import-number-twice": _l("Nummeret %(number)s står også i rad %(row)s. Hvert sertifikat har sitt eget."),
    "import-number-ours": _l(
        "Nummeret %(number)s er av dem plattformen selv deler ut. Skriv nummeret slik det står på det gamle "
        "sertifikatet."
    ),
    "import-number-taken": _l(
        "%(name)s har et sertifikat med nummeret %(number)s fra før, med andre datoer eller en annen adresse. Rett "
        "raden, eller ta den ut."
    ),
    "import-too-early": _l("Dagen er før %(earliest)s. Se om årstallet er riktig."),
    "import-ends-before": _l("Siste dag er før den første, %(first)s. Har de byttet plass?"),
    "import-too-long": _l("Et sertifikat gjelder ikke i mer enn %(years)s år. Se om årstallet er riktig."),
    "import-in-future": _l(
        "Dagen ligger fram i tid, og personen har ikke noe sertifikat som gjelder til dagen før. Sertifikater som ikke "
        "har begynt, utstedes her."
    ),
    "import-person-left": _l("Adressen hører til %(name)s, som ikke lenger er aktiv her. Ta ut raden."),
    "import-other-name": _l(
        "Adressen %(email)s hører til %(name)s her. Skriv navnet slik, eller rett adressen. Et nytt navn gir en ny "
        "utgave av sertifikatet etterpå."
    ),
    "import-name-differs": _l("I rad %(row)s står %(name)s med samme adresse, %(email)s. Rett navnet eller adressen."),
    "import-namesake": _l(
        "%(name)s finnes i enheten fra før, med adressen %(email)s. Er det samme person, bruk den adressen. Er det en "
        "annen, skriv ja under Ny person."
    ),
    "import-after-ours": _l(
        "Personen har fått sertifikat %(number)s her. Eldre sertifikater kan ikke legges inn foran det. Ta ut raden."
    ),
    "import-overlaps": _l(
        "Dagene går over i sertifikat %(number)s, som står i registeret. Rett datoene, eller ta ut raden."
    ),
    "import-overlaps-row": _l("Dagene går over i dem i rad %(row)s. Rett datoene, eller ta ut den ene."),
    "import-before": _l(
        "Sertifikatet er eldre enn %(number)s, som står i registeret. Eldre sertifikater må importeres først. Ta ut "
        "raden."
    ),
}

POLICY: Final[Mapping[str, LazyString]] = {**REFUSALS, **CHANGES, **IMPACT, **IMPORTS}

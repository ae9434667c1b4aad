"""What the answers of the rules say to people. `lms.wording` formats dates and shares and finds the `word-…` values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

PERIODS: Final[Mapping[str, LazyString]] = {
    "period-first": _l("Godkjent %(approved_on)s. Sertifikatet gjelder i %(months)s måneder fra den dagen."),
    "period-renewal-in-window": _l(
        "Resertifisert %(approved_on)s, mens det forrige sertifikatet gjaldt til og med "
        "%(previous_through)s. Det nye begynner dagen etter og gjelder i %(months)s måneder."
    ),
    "period-renewal-in-grace": _l(
        "Det forrige sertifikatet gjaldt til og med %(previous_through)s. Resertifisert %(approved_on)s, "
        "og det nye gjelder i %(months)s måneder fra den dagen."
    ),
    "renewal-not-open": _l(
        "Resertifiseringen åpner %(opens)s. Du taper ingenting på å vente: Blir du godkjent etter at den har "
        "åpnet og før sertifikatet går ut, gjelder det nye til og med %(through)s."
    ),
    "renewal-lapsed": _l(
        "Sertifikatet gjaldt til og med %(valid_through)s, og fristen for å resertifisere seg var "
        "%(grace_ended)s. Veien tilbake er del 2 av samlingen og en ny faglig vurdering."
    ),
    "certificate-revoked": _l(
        "Sertifikatet er trukket tilbake fra %(on)s og kan ikke fornyes. Bare det du gjør etter den dagen, teller "
        "mot et nytt. Er du uenig, kan du klage."
    ),
    "revocation-decided": _l(
        "Det er besluttet at sertifikatet trekkes tilbake fra %(on)s. Derfor kan det ikke utstedes noe nytt før "
        "den dagen, og bare det du gjør etterpå, teller mot et nytt. Er du uenig, kan du klage."
    ),
}

NEXT_STEPS: Final[Mapping[str, LazyString]] = {
    "after-others": _l("Dette kommer etter: %(others)s."),
    "take-pre-test": _l("Ta førtesten. Den viser hva du kan fra før, og du kan ikke stryke på den."),
    "begin-lessons": _l("Begynn på leksjonene. Du kan stoppe når som helst og fortsette der du slapp."),
    "finish-lessons": _l("Gå gjennom resten av leksjonene. Du har %(left)s igjen."),
    "take-post-test": _l("Ta ettertesten. Du består med minst %(pass_mark)s."),
    "retake-post-test": _l(
        "Sist fikk du %(score)s på ettertesten, og det trengs minst %(pass_mark)s. Se på forklaringene, og prøv "
        "igjen når du er klar."
    ),
    "post-test-too-old": _l(
        "Du besto ettertesten %(passed_on)s, men den må være bestått i løpet av de siste %(months)s månedene. Ta "
        "den på nytt."
    ),
    "post-test-not-useful": _l(
        "Vent med ettertesten til %(useful_from)s eller senere. Den må være bestått i løpet av de siste "
        "%(months)s månedene når du blir resertifisert."
    ),
    "seminar-booked": _l(
        "Du har plass på samling del %(part)s, %(seminar)s, fra %(first_day)s til %(last_day)s. Vel møtt!"
    ),
    "seminar-sign-up": _l(
        "Meld deg på samling del %(part)s. Den neste som er åpen, er %(seminar)s, fra %(first_day)s til %(last_day)s."
    ),
    "seminar-make-up": _l(
        "Du mangler disse dagene av samling del %(part)s: %(days)s. Avtal med opplæringsansvarlig hvor du kan ta "
        "dem igjen."
    ),
    "seminar-not-planned": _l(
        "Du har ikke fått plass på samling del %(part)s ennå. Be opplæringsansvarlig eller koordinatoren om plass."
    ),
    "visits-missing": _l("Avtal hospitering med en mentor. Du har %(left)s igjen."),
    "visits-missing-modules": _l(
        "Avtal hospitering med en mentor. Du har %(left)s igjen, og dette har du ikke sett ennå: %(modules)s."
    ),
    "visits-await-confirmation": _l(
        "Du har vært på de hospiteringene du trenger. Nå gjenstår bare at mentoren eller en opplæringsansvarlig "
        "bekrefter dem."
    ),
    "await-assessment": _l("Avtal faglig vurdering med en opplæringsansvarlig som ikke er mentoren din."),
    "assessment-not-open": _l("Vurderingen kan gjøres fra %(opens)s, når resertifiseringen åpner."),
    "assessment-not-yet": _l(
        "Svaret %(on)s var «ikke ennå», med denne tilbakemeldingen: «%(feedback)s». Avtal en ny vurdering når du "
        "er klar."
    ),
    "assessment-not-scored": _l(
        "Du ble godkjent %(on)s, men vurderingen er ikke fylt ut ferdig. Be opplæringsansvarlig om å fullføre den."
    ),
    "assessment-by-mentor": _l(
        "Vurderingen %(on)s er gjort av din egen mentor og teller derfor ikke. Avtal vurdering med en "
        "annen opplæringsansvarlig."
    ),
    "assessment-by-oneself": _l(
        "Vurderingen %(on)s er gjort av deg selv og teller derfor ikke. Avtal vurdering med en opplæringsansvarlig."
    ),
    "deliveries-not-begun": _l("Leveransene telles fra %(first)s, når det neste sertifikatet begynner å gjelde."),
    "gatherings-not-begun": _l("Samlingene telles fra %(first)s, når det neste sertifikatet begynner å gjelde."),
    "deliveries-missing": _l(
        "Du mangler %(left)s av %(needed)s leveranser. Hold bedriftstiltakene senest %(by)s, og registrer dem i "
        "leveranseloggen."
    ),
    "deliveries-period-over": _l(
        "Du mangler %(left)s av %(needed)s leveranser, og fristen var %(by)s. Har du holdt bedriftstiltak før den tid "
        "som ikke er registrert, så registrer dem nå. Snakk ellers med opplæringsansvarlig om hva dere kan gjøre."
    ),
    "gatherings-missing": _l(
        "Delta på videreutdanning eller en nettverkssamling senest %(by)s. Opplæringsansvarlig "
        "registrerer hvem som var med."
    ),
    "gatherings-period-over": _l(
        "Fristen for å delta på videreutdanning eller en nettverkssamling var %(by)s, og det er ikke registrert nok. "
        "Har du deltatt på noe som ikke er registrert, så si fra til opplæringsansvarlig. Snakk ellers med dem om "
        "hva dere kan gjøre."
    ),
}

REQUIREMENTS: Final[Mapping[str, LazyString]] = {
    "requirement-pre_test": _l("Førtest"),
    "requirement-lessons": _l("Leksjoner"),
    "requirement-post_test": _l("Ettertest"),
    "requirement-seminar": _l("Samling del %(part)s"),
    "requirement-observation_visits": _l("Hospitering"),
    "requirement-assessment": _l("Faglig vurdering"),
    "requirement-deliveries": _l("Leveranser"),
    "requirement-gatherings": _l("Videreutdanning eller nettverkssamling"),
    "word-partsmodul": _l("partsmodul"),
    "word-muskel_skjelett": _l("muskel og skjelett"),
    "word-psykisk_helse": _l("psykisk helse"),
    "word-content_knowledge": _l("kunnskap om faget"),
    "word-non_directive": _l("ikke-formyndende formidling"),
    "word-approved": _l("godkjent"),
    "word-not_yet": _l("ikke ennå"),
    "word-first": _l("grunnopplæring"),
    "word-renewal": _l("resertifisering"),
    "word-reentry": _l("ny sertifisering"),
    "word-met": _l("oppfylt"),
    "word-not_met": _l("gjenstår"),
    "word-not_yet_due": _l("kommer senere"),
    "word-exempted": _l("fritak"),
}

STATES: Final[Mapping[str, LazyString]] = {
    "word-upcoming": _l("kommende"),
    "word-valid": _l("gyldig"),
    "word-expiring": _l("går snart ut"),
    "word-in_grace": _l("utløpt, kan fortsatt fornyes"),
    "word-lapsed": _l("bortfalt"),
    "word-suspended": _l("midlertidig stanset"),
    "word-revoked": _l("trukket tilbake"),
    "word-replaced": _l("erstattet av et nytt"),
}

WORDING: Final[Mapping[str, LazyString]] = {**PERIODS, **NEXT_STEPS, **REQUIREMENTS, **STATES}

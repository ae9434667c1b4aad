"""What is said about observation visits: a sentence for each reason, a name for each word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

WORDING: Mapping[str, Any] = {
    "day-in-future": _l("%(day)s ligger fram i tid. Registrer det når dagen er kommet."),
    "company-missing": _l("Skriv hvilken bedrift det var."),
    "visit-without-module": _l("Kryss av for minst én modul."),
    "visit-without-mentor": _l("Velg mentoren, eller skriv navnet."),
    "visit-own-mentor": _l("Man kan ikke være sin egen mentor."),
    "visit-own-confirmation": _l("Egen hospitering må bekreftes av mentoren eller en opplæringsansvarlig."),
    "visit-recorded": _l("Hospiteringen hos %(company)s %(day)s er allerede registrert."),
    "visit-too-far-ahead": _l("%(day)s er mer enn et år fram i tid."),
    "visit-observed-little": _l("Svar på minst %(least)s av spørsmålene om det du så."),
    "visit-without-reflection": _l("Skriv hva du tar med deg til din egen formidling."),
    "visit-own-address": _l("Adressen er din egen eller makkerens. Skriv adressen til mentoren."),
    "visit-no-address": _l("Vi har ingen adresse til mentoren. Skriv den inn."),
    "visit-not-now": _l("Det kan ikke gjøres nå. Hospiteringen er %(standing)s."),
    "visit-link-unknown": _l("Vi kjenner ikke denne lenken. Se etter at hele adressen fra e-posten er med."),
    "word-visit-proposed": _l("lagt inn av makkeren og venter på ja"),
    "word-visit-planned": _l("planlagt"),
    "word-visit-waiting": _l("rapportert og venter på bekreftelse"),
    "word-visit-sent-back": _l("sendt tilbake for retting"),
    "word-visit-confirmed": _l("bekreftet"),
    "word-visit-struck-out": _l("strøket"),
    "word-visit-rejected": _l("avvist"),
    "word-observed-message": _l("Hvordan ble budskapet formidlet?"),
    "word-observed-questions": _l("Hva spurte deltakerne om?"),
    "word-observed-taking_part": _l("Hvordan tok leder og ansatte del?"),
    "word-observed-non_directive": _l("Hvor så du ikke-formyndende formidling?"),
    "word-observed-sectors": _l("Hvordan delte NAV og helsetjenesten oppgavene?"),
    "word-said-proposed": _l("Lagt inn for begge"),
    "word-said-accepted": _l("Sagt ja til"),
    "word-said-planned": _l("Planlagt"),
    "word-said-reported": _l("Rapportert"),
    "word-said-sent_back": _l("Sendt tilbake"),
    "word-said-confirmed": _l("Bekreftet"),
    "word-said-struck_out": _l("Strøket"),
    "word-said-rejected": _l("Avvist"),
    "word-partsmodul": _l("partsmodul"),
    "word-muskel_skjelett": _l("muskel og skjelett"),
    "word-psykisk_helse": _l("psykisk helse"),
}

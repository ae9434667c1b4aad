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
    "word-partsmodul": _l("partsmodul"),
    "word-muskel_skjelett": _l("muskel og skjelett"),
    "word-psykisk_helse": _l("psykisk helse"),
}

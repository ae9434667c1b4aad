"""From a reason (a code with values) to a sentence in the reader's language. Each feature brings its own sentences."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from flask import current_app
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape

from lms import formatting
from lms.verdict import Reason

EXTENSION = "lms.wording"

# What the ground itself has to say.
WORDING: Mapping[str, Any] = {
    "not-found": _l("Vi fant ikke siden."),
    "forbidden": _l("Du har ikke tilgang til dette."),
    "refused": _l("Dette lar seg ikke gjøre."),
    "gone": _l("Lenken virker ikke lenger."),
    "link-gone": _l("Lenken er brukt eller for gammel. Be om en ny."),
    "throttled": _l("Det ble for mange forsøk på kort tid."),
    "email-taken": _l("%(email)s er allerede i bruk."),
    "membership-starts-later": _l("Personen hører til en annen enhet fra %(since)s. Velg en senere dato."),
    "already-appointed": _l("Personen har allerede denne rollen i %(unit)s."),
    "last-secretariat": _l("Dette er den siste i det nasjonale sekretariatet. Gi rollen til en annen først."),
    "mail-forgotten": _l(
        "E-posten hadde en lenke som ikke tas vare på. Lag en ny i stedet, for eksempel en invitasjon."
    ),
    "form-expired": _l(
        "Siden hadde stått åpen for lenge, så det du sendte, er ikke lagret. "
        "Gå tilbake, last siden på nytt og send igjen."
    ),
    "signed-out": _l("Du er logget ut, så det du sendte, er ikke lagret. Logg inn, og send det på nytt."),
    "hpr-missing": _l("Skriv HPR-nummeret."),
    "hpr-not-digits": _l("Et HPR-nummer har bare sifre, 0 til 9."),
    "hpr-too-long": _l("Et HPR-nummer har høyst %(most)s sifre."),
    "hpr-zero": _l("Et HPR-nummer er ikke bare nuller."),
    "hpr-not-possible": _l(
        "Vi kan ikke lagre dette HPR-nummeret. Se om det er ditt eget. Er det det, ta kontakt med det nasjonale "
        "sekretariatet."
    ),
    "hpr-issued": _l("HPR-nummeret står på et kursbevis. Er det feil, retter det nasjonale sekretariatet det."),
    "hpr-counsellor": _l(
        "Du er påmeldt som veileder i NAV. Er du lege, ta kontakt med det nasjonale sekretariatet, så retter de det."
    ),
    "office-missing": _l("Skriv hvilket NAV-kontor du arbeider ved."),
    "sign-up-gone": _l("Lenken er brukt eller for gammel. Meld deg på igjen, så får du en ny."),
    "sign-up-not-possible": _l(
        "Vi kan ikke fullføre påmeldingen med disse opplysningene. Ta kontakt med det nasjonale sekretariatet."
    ),
    "word-gp": _l("lege"),
    "word-counsellor": _l("veileder i NAV"),
    "word-open_participant": _l("kursdeltaker"),
    "upload-empty": _l("Filen er tom. Velg en annen."),
    "upload-too-large": _l("Filen er for stor: høyst %(most)s MB. Gjør den mindre, eller legg inn en lenke i stedet."),
    "upload-kind": _l("Filen er ikke av en type vi tar imot, eller den er skadet: %(kinds)s."),
    "sheet-empty": _l("Arket er tomt. Bruk malen, og fyll ut radene under overskriftene."),
    "sheet-without-rows": _l("Arket har overskrifter, men ingen rader under dem."),
    "sheet-kind": _l("Dette er ikke et regneark vi kan lese. Lagre det som .xlsx eller som CSV."),
    "sheet-broken": _l(
        "Filen er ødelagt eller lar seg ikke lese. Åpne den, lagre den på nytt som .xlsx, og prøv igjen."
    ),
    "sheet-bomb": _l("Filen er mye større innvendig enn et regneark for dette skal være. Lim radene inn i malen."),
    "sheet-merged": _l(
        "Arket har sammenslåtte celler. Del dem opp, slik at hver rad har sine egne, og last opp på nytt."
    ),
    "sheet-too-large": _l("Filen er for stor. Den kan være på høyst %(most)s kB."),
    "spreadsheet-too-long": _l("Arket har for mange rader. Ta høyst %(most)s om gangen."),
    "sheet-column-unknown": _l("Vi kjenner ikke kolonnen «%(column)s». Kolonnene heter: %(known)s."),
    "sheet-column-twice": _l("Kolonnen «%(column)s» står to ganger."),
    "sheet-columns-missing": _l("Disse kolonnene mangler: %(columns)s. Overskriftene skal stå i den første raden."),
    "cell-empty": _l("Her mangler det noe. Fyll ut cellen."),
    "cell-formula": _l("Cellen har en formel. Skriv verdien i stedet."),
    "cell-too-long": _l("Skriv høyst %(most)s tegn."),
    "cell-no-day": _l("«%(text)s» er ikke en dato. Skriv den som 22.11.2026 eller 2026-11-22."),
    "cell-no-email": _l("«%(text)s» er ikke en e-postadresse."),
    "cell-no-unit": _l("Vi kjenner ingen enhet «%(text)s». Skriv navnet eller koden slik den står hos oss."),
    "cell-two-units": _l("Flere enheter heter «%(text)s». Skriv koden til den det gjelder."),
    "cell-no-sector": _l("«%(text)s» er ingen sektor. Skriv NAV eller helse."),
    "cell-no-locale": _l("«%(text)s» er ikke et språk vi har. Skriv nb, nn eller en."),
    "person-twice": _l("Adressen %(email)s står også i rad %(row)s. Hver person har sin egen."),
    "person-other-name": _l("Adressen %(email)s hører til %(name)s her. Skriv navnet slik, eller rett adressen."),
    "person-namesake": _l(
        "%(name)s finnes i enheten fra før, med adressen %(email)s. Er det samme person, bruk den adressen. Er det en "
        "annen, skriv ja under Ny person."
    ),
    "cell-yes-or-no": _l("Skriv ja, eller la cellen stå tom."),
    "http-400": _l("Vi forsto ikke forespørselen."),
    "http-405": _l("Slik kan siden ikke brukes."),
    "http-413": _l("Det du sendte, er for stort."),
    "http-415": _l("Vi kan ikke lese dette formatet."),
    "word-nav": _l("NAV"),
    "word-helse": _l("helsetjenesten"),
    "word-participant": _l("deltaker"),
    "word-mentor": _l("mentor ved hospitering"),
    "word-trainer": _l("opplæringsansvarlig"),
    "word-coordinator": _l("regional koordinator"),
    "word-author": _l("fagredaktør"),
    "word-secretariat": _l("nasjonalt sekretariat"),
    "error": _l("Noe gikk galt hos oss. Feilen er meldt, og ingenting er endret."),
}


def say(reason: Reason) -> str:
    """The sentence for a reason, with dates and shares as the reader writes them. An unknown code says its code."""
    sentences: Mapping[str, Any] = current_app.extensions[EXTENSION]
    sentence = sentences.get(reason.code)
    if sentence is None:
        return reason.code
    if not reason.values:
        return str(sentence)
    texts = {key: shown(value) for key, value in reason.values.items()}
    score, mark = reason.values.get("score"), reason.values.get("pass_mark")
    if isinstance(score, Fraction) and isinstance(mark, Fraction):
        texts["score"] = formatting.share(score, below=mark)
    return str(sentence) % texts


def shown(value: object) -> str:
    """A value as text for people: 22.11.2026, 87,5 %, names of things as they are, sequences with commas."""
    if isinstance(value, datetime):
        return formatting.instant(value)
    if isinstance(value, date):
        return formatting.day(value)
    if isinstance(value, Fraction):
        return formatting.share(value)
    if isinstance(value, tuple | list | frozenset | set):
        return ", ".join(shown(item) for item in value)
    if isinstance(value, Reason):
        return say(value)
    word: Mapping[str, Any] = current_app.extensions[EXTENSION]
    return str(word.get(f"word-{value}", value)) if isinstance(value, str) else str(value)


def language() -> str:
    """The language of the page now being made: nb, nn or en."""
    return str(get_locale() or "nb")


def lines(text: str) -> Markup:
    """Plain text with its line breaks kept, safely."""
    return Markup("<br>").join(escape(line) for line in text.splitlines())

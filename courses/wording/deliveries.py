"""What is said about deliveries: a sentence for each reason, a name for each word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

WORDING: Mapping[str, Any] = {
    "delivery-to-nobody": _l("Skriv hvor mange som deltok: minst én ansatt eller leder."),
    "delivery-without-length": _l("Skriv varigheten i minutter."),
    "delivery-own-partner": _l("Partneren må være en annen enn deg selv."),
    "delivery-rested-on": _l(
        "Et sertifikat bygger på denne leveransen, så den kan ikke endres. Er den feil, så si fra til koordinatoren."
    ),
    "delivery-changed-meanwhile": _l("Leveransen er rettet eller strøket i mellomtiden. Last siden på nytt."),
    "delivery-confirmed-before": _l(
        "Du har bekreftet denne leveransen. Er den likevel feil, så be den som førte den, om å rette den."
    ),
    "organisation-number-letters": _l("Et organisasjonsnummer har bare sifre. Ta bort bokstaver og andre tegn."),
    "organisation-number-length": _l("Et organisasjonsnummer har %(needed)s sifre. Her står det %(given)s."),
    "organisation-number-check": _l(
        "Kontrollsifferet stemmer ikke. Se etter om to sifre har byttet plass, eller om ett er galt."
    ),
    "import-changed": _l(
        "Noe har endret seg siden prøven, så ingenting er lagt til. Last opp arket på nytt, og se over det en gang til."
    ),
    "cell-no-number": _l("«%(text)s» er ikke et tall fra %(least)s til %(most)s."),
    "cell-no-module": _l("«%(text)s» er ingen modul. Skriv partsmodul, muskel og skjelett eller psykisk helse."),
    "cell-no-partner": _l(
        "«%(text)s» er ingen instruktør fra den andre sektoren i regionen din. Rett adressen, eller la cellen stå tom."
    ),
    "word-added": _l("legges til"),
    "word-there": _l("finnes fra før"),
    "feedback-closed": _l("Skjemaet var åpent til og med %(day)s. Takk for at du ville svare."),
    "feedback-full": _l("Så mange som var til stede, har svart. Takk for at du ville svare."),
    "word-feedback-useful": _l("Presentasjonen var nyttig for meg"),
    "word-feedback-heard": _l("Det ble snakket med oss, ikke til oss"),
    "word-feedback-knowing": _l("Jeg vet mer om hva vi kan gjøre på jobben når noen har plager"),
    "word-feedback-using": _l("Jeg kommer til å bruke noe av det vi snakket om"),
}

"""What is said about gatherings: a sentence for each reason, a name for each word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

WORDING: Mapping[str, Any] = {
    "gathering-in-past": _l("%(day)s er over. Velg en dag som kommer, eller registrer hvem som deltok."),
    "gathering-times": _l("Samlingen må slutte etter at den begynner."),
    "gathering-nowhere": _l("Skriv et sted, eller en lenke til webinaret."),
    "gathering-link": _l("Lenken må begynne med https://."),
    "gathering-for-nobody": _l("Velg minst én enhet som samlingen er åpen for."),
    "gathering-cancelled": _l("Samlingen er avlyst."),
    "gathering-over": _l("Samlingen var %(day)s og er over."),
    "gathering-too-early": _l("Deltakelse registreres fra %(day)s."),
    "word-further_training": _l("videreutdanning"),
    "word-network": _l("nettverkssamling"),
}

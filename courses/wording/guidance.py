"""What is said about guidance: a sentence for each reason, a name for each word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

WORDING: Mapping[str, Any] = {
    "guidance-of-oneself": _l("Ingen kan veilede seg selv."),
    "guidance-dates": _l("Avtalen kan ikke slutte før den begynner. Rett datoene."),
    "guidance-too-long": _l("En avtale varer høyst to år. Lag en ny når den er over."),
    "guidance-without-goals": _l("Skriv hva dere vil oppnå."),
    "guidance-visit-twice": _l("To besøk står på samme dag."),
    "guidance-visit-outside": _l("Disse besøkene ligger utenfor avtalen: %(days)s. Rett dagene eller avtalens datoer."),
    "guidance-too-many-visits": _l("En avtale har høyst %(most)s besøk."),
    "guidance-without-host": _l("Velg en vert ved en annen enhet."),
    "guidance-without-unit": _l("Du hører ikke til noen enhet i dag, så avtalen kan ikke lages."),
    "guidance-settled": _l("Avtalen er avgjort i mellomtiden. Se over siden på nytt."),
    "guidance-visit-noted": _l("Besøket er notert fra før."),
    "guidance-not-agreed": _l("Alle må ha sagt ja til avtalen før besøket %(planned)s kan noteres."),
    "word-method": _l("metodeveiledning"),
    "word-operation": _l("driftsveiledning"),
    "word-stay": _l("hospitering ved en annen enhet"),
    "word-guidance-waiting": _l("venter på svar"),
    "word-guidance-agreed": _l("gjelder"),
    "word-guidance-over": _l("over"),
    "word-guidance-declined": _l("takket nei"),
    "word-guidance-ended": _l("avsluttet"),
}

"""Sentences about documents and badges."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

SENTENCES: Mapping[str, LazyString] = {
    "document-damaged": _l(
        "Filen er ikke lenger slik den ble gitt ut, og vises derfor ikke. Si fra til den regionale enheten."
    ),
    "badge-not-now": _l("Det lages merke bare for sertifikater som gjelder nå eller skal begynne å gjelde."),
    "badge-key-sealed": _l("Merker kan ikke signeres akkurat nå. Prøv igjen senere."),
}

"""What is said in planned mails, and about those that are held back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

PLANNED: Final[Mapping[str, LazyString]] = {
    "deliveries-missing-suspended": _l(
        "Du mangler %(left)s av %(needed)s leveranser, og fristen er %(by)s. Har du holdt bedriftstiltak som ikke er "
        "registrert, så registrer dem nå. Resten må vente til stansen er opphevet."
    ),
    "mail-written": _l("E-posten ble skrevet %(at)s og kan ikke holdes tilbake lenger."),
    "mail-held-already": _l("%(by)s holdt den tilbake %(at)s. Vil du endre begrunnelsen, må den slippes først."),
    "mail-not-held": _l("E-posten holdes ikke tilbake lenger. Noen andre har alt sluppet den."),
    "mail-not-planned": _l("E-posten er ikke planlagt lenger, så det er ingenting å holde tilbake."),
}

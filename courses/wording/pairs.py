"""What is said about pairs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

WORDING: Mapping[str, Any] = {
    "pair-of-one-sector": _l("Et par er én fra NAV og én fra helsetjenesten."),
    "pair-taken": _l("%(name)s har allerede en makker. Det paret må oppløses først."),
    "pair-taken-meanwhile": _l("En av dere fikk en annen makker i mellomtiden."),
    "pair-from-future": _l("%(day)s ligger fram i tid. Velg i dag eller tidligere."),
    "pair-from-long-ago": _l("%(day)s er mer enn et år siden. Velg en senere dag."),
    "pair-end-day": _l("Velg en dag fra og med %(first)s til og med %(last)s."),
    "pair-proposal-gone": _l("Forespørselen gjelder ikke lenger."),
    "pair-own-proposal": _l("Det er den andre som må si ja."),
}

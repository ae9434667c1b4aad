"""The demo's places and names. All invented; nobody is meant."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from lms.units import Sector


@dataclass(frozen=True, slots=True)
class Region:
    """A region with its local units, as code and name."""

    code: str
    name: str
    local: tuple[tuple[str, str], ...]


REGIONS = (
    Region("nord", "Nord", (("tromso", "Tromsø"), ("bodo", "Bodø"), ("alta", "Alta"))),
    Region("midt", "Midt-Norge", (("trondheim", "Trondheim"), ("molde", "Molde"))),
    Region("vest", "Vest", (("bergen", "Bergen"), ("stavanger", "Stavanger"), ("forde", "Førde"))),
    Region("sor", "Sør", (("arendal", "Arendal"), ("skien", "Skien"))),
    Region("ost", "Øst", (("hamar", "Hamar"), ("drammen", "Drammen"), ("fredrikstad", "Fredrikstad"))),
)

GIVEN_NAMES = (
    "Aase", "Ailo", "Amina", "Anders", "Arne", "Astrid", "Bente", "Birgit", "Bjørn", "Einar", "Eli", "Elle", "Emil",
    "Fatima", "Finn", "Frode", "Grete", "Gunnar", "Hanne", "Harald", "Hege", "Ida", "Inger", "Ivar", "Jon", "Jorunn",
    "Kjell", "Kristin", "Lars", "Leila", "Liv", "Magne", "Mari", "Marit", "Niillas", "Nora", "Odd", "Ola", "Omar",
    "Pål", "Ragnhild", "Randi", "Rune", "Sanna", "Sigrid", "Silje", "Solveig", "Steinar", "Synnøve", "Tor", "Torill",
    "Trond", "Turid", "Ulrik", "Unni", "Vegard", "Yngvild", "Øystein", "Åge", "Åshild",
)  # fmt: skip
FAMILY_NAMES = (
    "Aasen", "Ahmed", "Bakken", "Berg", "Brekke", "Bøe", "Dahl", "Eide", "Eira", "Fjeld", "Foss", "Gaup", "Haugen",
    "Hætta", "Holm", "Iversen", "Kvam", "Lie", "Lund", "Moen", "Myhre", "Nguyen", "Nilsen", "Nygård", "Næss", "Opdahl",
    "Rustad", "Sandvik", "Skår", "Solberg", "Strand", "Sunde", "Sørli", "Tangen", "Utne", "Valø", "Vik", "Ødegård",
    "Østby", "Åmot",
)  # fmt: skip
COMPANIES = (
    "Fjordlaks Pakkeri", "Solbakken sykehjem", "Nordlys Lager", "Bryggen Bakeri", "Åsen skole", "Elvebakken barnehage",
    "Midnattsol Hotell", "Vestkyst Transport", "Skogbrynet Møbler", "Torget Regnskap", "Havna Verksted", "Lia gartneri",
)  # fmt: skip
SECTORS = (Sector.NAV, Sector.HELSE)


def names(dice: random.Random) -> Iterator[str]:
    """Names without end, each once as long as they last."""
    pairs = [f"{given} {family}" for given in GIVEN_NAMES for family in FAMILY_NAMES]
    dice.shuffle(pairs)
    yield from pairs

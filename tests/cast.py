"""The cast everybody knows: who they are, where they belong, what they may do.

Nord has a regional unit with two local units; Sør has one with one. Kari learns in Tromsø (NAV), her mentor is Mons;
Tone trains in Nord, Knut coordinates Nord, Sonja coordinates Sør, Ari writes, Siri is the secretariat, Geir is a
certified instructor in Nord (health), Stian learns in Sør.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from lms import people, units
from lms.clock import at_local
from lms.people import Locale, Person
from lms.roles import Role
from lms.units import Sector, Unit, UnitKind
from tests.clients import PASSWORD

LONG_AGO = date(2025, 1, 1)
_HASH = people.hash_password(PASSWORD)


@dataclass(frozen=True)
class Cast:
    """Ids of units and people, by name."""

    norge: int
    nord: int
    tromso: int
    alta: int
    sor: int
    arendal: int
    kari: int  # learns, Tromsø, NAV
    mons: int  # mentor, Tromsø, health
    tone: int  # trainer, Nord
    knut: int  # coordinator, Nord
    geir: int  # instructor, Alta, health
    sonja: int  # coordinator, Sør
    terje: int  # trainer, Sør
    stian: int  # learns, Arendal, health
    ari: int  # author
    siri: int  # secretariat


def email_of(name: str) -> str:
    """The address of one of the cast: kari@nav.example."""
    return f"{name}@cast.example"


def assemble(session: Session) -> Cast:
    """Put units and people into an empty database."""
    norge = units.add_unit(session, code="norge", name="Nasjonalt sekretariat", kind=UnitKind.NATIONAL, parent=None)
    nord = units.add_unit(session, code="nord", name="Regional enhet Nord", kind=UnitKind.REGIONAL, parent=norge)
    tromso = units.add_unit(session, code="tromso", name="Tromsø", kind=UnitKind.LOCAL, parent=nord)
    alta = units.add_unit(session, code="alta", name="Alta", kind=UnitKind.LOCAL, parent=nord)
    sor = units.add_unit(session, code="sor", name="Regional enhet Sør", kind=UnitKind.REGIONAL, parent=norge)
    arendal = units.add_unit(session, code="arendal", name="Arendal", kind=UnitKind.LOCAL, parent=sor)
    members = {
        "kari": ("Kari Åsen", tromso, Sector.NAV, None),
        "mons": ("Mons Sørby", tromso, Sector.HELSE, Role.MENTOR),
        "tone": ("Tone Bjørnevik", nord, Sector.HELSE, Role.TRAINER),
        "knut": ("Knut Nordli", nord, Sector.NAV, Role.COORDINATOR),
        "geir": ("Geir Ødegård", alta, Sector.HELSE, None),
        "sonja": ("Sonja Lunde", sor, Sector.NAV, Role.COORDINATOR),
        "terje": ("Terje Moen", sor, Sector.HELSE, Role.TRAINER),
        "stian": ("Stian Aasland", arendal, Sector.HELSE, None),
        "ari": ("Ari Vik", norge, Sector.HELSE, Role.AUTHOR),
        "siri": ("Siri Dahl", norge, Sector.NAV, Role.SECRETARIAT),
    }
    ids = {name: _add(session, name, *facts).id for name, facts in members.items()}
    return Cast(norge=norge.id, nord=nord.id, tromso=tromso.id, alta=alta.id, sor=sor.id, arendal=arendal.id, **ids)


def _add(session: Session, key: str, name: str, unit: Unit, sector: Sector, role: Role | None) -> Person:
    joined = at_local(LONG_AGO, 12)
    person = people.add_person(session, name=name, email=email_of(key), locale=Locale.NB, now=joined)
    person.password_hash, person.activated_at = _HASH, joined
    units.join_unit(session, person, unit, sector, on=LONG_AGO)
    if role is not None:
        units.appoint(session, person, role, unit, on=LONG_AGO)
    return person

"""Programme texts for tests: the shipped one with something changed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from certificates import programmes_on_file
from certificates.imported import ImportRow
from certificates.models.programmes import ProgrammeVersion
from certificates.programmes_on_file import ProgrammeOnFile
from certificates.queries.programmes import version_now
from certificates.services import importing
from certificates.services.programmes import accept, in_force, propose
from lms.clock import at_local
from lms.db import Database
from tests.cast import Cast
from tests.certificates.factories import TODAY

NOON = at_local(TODAY, 12)
SHIPPED = programmes_on_file.on_file("instruktor")
REMINDERS = "reminders: [opened, 90, 30, 7, 0]"


def changed(*pairs: tuple[str, str]) -> ProgrammeOnFile:
    """The shipped programme with these words replaced."""
    text = SHIPPED.source
    for before, after in pairs:
        assert before in text, before
        text = text.replace(before, after)
    return programmes_on_file.read(text, "instruktor.md")


LONGER = changed(("validity_months: 36", "validity_months: 48"))
OTHER_STAGES = changed((REMINDERS, "reminders: [opened, 120, 45]"))
FEWER_DELIVERIES = changed(("at_least: 6", "at_least: 4"))
NO_VISITS = changed(
    ("    at_least: 2\n", "    at_least: 1\n"), ("covering: [muskel_skjelett, psykisk_helse]", "covering: []")
)


def put_in_force(
    database: Database, text: ProgrammeOnFile, *, now: datetime = NOON, note: str = "prøve"
) -> ProgrammeVersion:
    """Accept a text as the next version, whatever is in force."""
    with database.transaction() as session:
        in_force(session, "instruktor", now=now)
        newest = version_now(session, "instruktor")
        assert newest is not None
        return accept(session, text, based_on=newest.number, note=note, actor_id=None, now=now)


def put_up(session: Session, people: Cast, now: datetime) -> dict[str, int]:
    """A version, a proposal and a list that was tried, all Siri's: what the pages about rules and imports show."""
    version = in_force(session, "instruktor", now=now)
    proposal = propose(session, OTHER_STAGES, actor_id=people.siri, now=now)
    row = ImportRow(
        row=2,
        name="Liv Berg",
        email="liv@gammel.example",
        unit="alta",
        sector="helse",
        number="NORD-17",
        valid_from=date(2024, 3, 15),
        valid_through=date(2027, 3, 14),
    )
    tried = importing.rehearse(session, "instruktor", [row], (), now=now)
    kept = importing.keep(session, tried, content=b"", file_name="gamle.csv", actor_id=people.siri, now=now)
    return {"programme_version": version.id, "proposal": proposal.id, "certificate_import": kept.id}

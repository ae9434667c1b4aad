"""Programme texts for tests: the shipped one with something changed."""

from __future__ import annotations

from datetime import datetime

from certificates import programmes_on_file
from certificates.models.programmes import ProgrammeVersion
from certificates.programmes_on_file import ProgrammeOnFile
from certificates.queries.programmes import version_now
from certificates.services.programmes import accept, in_force
from lms.clock import at_local
from lms.db import Database
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

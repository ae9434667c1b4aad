"""Checks of reminders and digests: what was written belongs to the programme, was sent once, and was still true."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.doctor.records import Records, fault
from certificates.models.reminders import DigestSent
from certificates.status import EventKind
from lms.doctor import Fault

REMINDER_MAIL = "reminder"
LOOK = (
    "E-posten kan ikke tas tilbake. Se hva nattjobben gjorde den dagen, og meld feilen til dem som steller plattformen."
)


def reminders(records: Records, stages: Mapping[str, frozenset[str]]) -> Iterator[Fault]:
    """Every reminder is of a stage some version of the programme knows, has its mail to the holder or was past at the
    import, and none was written after the certificate was renewed or revoked."""
    for own in records.held.values():
        for place, each in enumerate(own):
            later = [other.row.issued_at for other in own[place + 1 :]]
            revoked = [event.at for event in each.events if event.kind == EventKind.REVOKED]
            back = [event.at for event in each.events if event.kind == EventKind.REINSTATED]
            for reminder, mail in each.reminders:
                row = f"reminder {reminder.id} ({each.row.number})"
                if reminder.stage not in stages[each.row.programme]:
                    yield fault("påminnelser", row, f"trinnet «{reminder.stage}» finnes ikke i programmet", LOOK)
                if mail is None:  # it was past at the import, and nothing was written
                    if not each.is_imported:
                        yield fault("påminnelser", row, "er krevd, men ingen e-post ble skrevet", LOOK)
                    continue
                if (mail.name, mail.person_id) != (REMINDER_MAIL, each.row.person_id):
                    what = f"e-posten «{mail.name}» er ikke en påminnelse til innehaveren"
                    yield fault("påminnelser", row, what, LOOK)
                if any(at <= reminder.claimed_at for at in later):
                    yield fault("påminnelser", row, "ble skrevet etter at sertifikatet var fornyet", LOOK)
                if _stood_revoked(revoked, back, reminder.claimed_at):
                    yield fault("påminnelser", row, "ble skrevet etter at sertifikatet var trukket tilbake", LOOK)


def _stood_revoked(revoked: Sequence[datetime], back: Sequence[datetime], at: datetime) -> bool:
    """Whether the last thing decided by an instant was to revoke."""
    decided = sorted([(when, True) for when in revoked] + [(when, False) for when in back])
    known = [is_revoked for when, is_revoked in decided if when <= at]
    return bool(known) and known[-1]


def digests(session: Session) -> Iterator[Fault]:
    """A unit's digest of a month is sent once, and claimed by the month's first day."""
    sent = session.execute(select(DigestSent.id, DigestSent.unit_id, DigestSent.month).order_by(DigestSent.id)).all()
    counted = Counter((unit_id, month.year, month.month) for _id, unit_id, month in sent)
    for id_, unit_id, month in sent:
        if month.day != 1 or counted[unit_id, month.year, month.month] > 1:
            yield fault(
                "oversikter",
                f"digest_sent {id_}",
                f"enhet {unit_id} har fått oversikten for {month:%Y-%m} mer enn én gang, eller den er ført på feil dag",
                "Fjern raden som er lagt inn utenom nattjobben.",
            )

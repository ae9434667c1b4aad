"""All the checks of certificates, one after the other, and those of what lies around them."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates import programmes_on_file
from certificates.doctor import appeals, events, issued
from certificates.doctor.documents import given_out
from certificates.doctor.records import Records, as_followed, fault, read
from certificates.doctor.reminding import digests, reminders
from certificates.models.programmes import ProgrammeVersion
from certificates.queries.issued import OVER
from certificates.queries.programmes import stored
from lms.clock import local_date
from lms.doctor import Fault
from lms.people import Person
from lms.units import Membership, holds_on


def check(session: Session, now: datetime) -> Iterator[Fault]:
    """Everything there is to check. With a changed policy nothing else can be told: everything is derived from it."""
    changed = list(versions(session))
    yield from changed
    if changed:
        return
    records = read(session)
    for examine in (*issued.CHECKS, *events.CHECKS):
        yield from examine(records)
    yield from reminders(records, _stages(session))
    yield from digests(session)
    for ask in appeals.CHECKS:
        yield from ask(session)
    yield from without_unit(session, records, now)
    yield from given_out(session)


def versions(session: Session) -> Iterator[Fault]:
    """The stored text of every version of a programme is the one it was accepted with."""
    rows = session.execute(select(ProgrammeVersion.id, ProgrammeVersion.source, ProgrammeVersion.digest))
    for id_, source, digest in rows:
        if hashlib.sha256(source.encode()).hexdigest() != digest:
            yield fault(
                "program",
                f"programme_version {id_}",
                "teksten er endret etter at versjonen ble godtatt",
                "Hent teksten fra en sikkerhetskopi: sertifikater lever etter den. Kjør så dette igjen.",
            )


def without_unit(session: Session, records: Records, now: datetime) -> Iterator[Fault]:
    """Whoever holds a certificate that is not over belongs to a unit today, or nobody sees them in the register."""
    today = local_date(now)
    belonging = set(session.scalars(select(Membership.person_id).where(holds_on(Membership, today))))
    gone = set(session.scalars(select(Person.id).where(Person.deactivated_at.is_not(None))))
    for (person_id, _programme), own in records.held.items():
        open_ = [each for each in as_followed(own) if each.state(today) not in OVER]
        if open_ and person_id not in belonging | gone:
            number = next(each.row.number for each in own if each.row.id == open_[-1].id)
            yield fault(
                "tilhørighet",
                f"person {person_id}",
                f"har {number}, men hører ikke til noen enhet i dag",
                "Meld personen inn i en enhet under Folk, eller avslutt kontoen om personen har sluttet.",
            )


def _stages(session: Session) -> Mapping[str, frozenset[str]]:
    """The reminder stages any version of a programme has known."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for id_, programme in session.execute(select(ProgrammeVersion.id, ProgrammeVersion.programme)):
        found[programme] |= {str(stage) for stage in stored(session, id_).policy.reminders}
    for shipped in programmes_on_file.programmes():
        found[shipped.id] |= {str(stage) for stage in shipped.policy.reminders}
    return defaultdict(frozenset, {programme: frozenset(stages) for programme, stages in found.items()})

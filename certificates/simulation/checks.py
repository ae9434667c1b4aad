"""After each day: do the services agree with the oracle, and with each other? Every difference is a breach.

Each day those are looked at to whom something happened, and those for whom the calendar turned; at the end of a month,
everybody.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.models.issued import Certificate
from certificates.models.reminders import Reminder
from certificates.programme import Programme
from certificates.queries.issued import issued_to
from certificates.queries.register import Entry, Wanted, register
from certificates.simulation import oracle
from certificates.simulation.acts import Acts, noted
from certificates.simulation.ledger import Ledger
from certificates.simulation.life import Life
from certificates.simulation.oracle import DAY, Held
from certificates.simulation.post import Letter
from certificates.simulation.report import Breach, Report
from certificates.simulation.world import World
from lms.clock import OSLO, local_date
from lms.outbox import MailState, OutboxMail
from lms.viewer import Reach

CERTIFIED = frozenset({"valid", "expiring"})
PAGES_A_DAY = 1  # verification pages asked for over HTTP each day, in each shard
EARLY_DAYS = 2  # how much too early a reminder may be after a night on which the clock was wrong
BATCH = 500


@dataclass(slots=True)
class Told:
    """What a certificate's holder was sent: by stage, the message and when it was accepted or refused."""

    accepted: dict[str, tuple[str, date]] = field(default_factory=dict)
    refused: dict[str, date] = field(default_factory=dict)


class Checks:
    """The checks, with what they remember from day to day."""

    def __init__(self, world: World, programme: Programme, acts: Acts, seed: int) -> None:
        self.world, self.programme, self.acts, self.seed = world, programme, acts, seed
        self.report = Report()
        self.last_certificate = 0
        self.turning: defaultdict[date, set[int]] = defaultdict(set)
        self.waiting: set[int] = set()  # those for whom something may have become due since the last night
        self.told: defaultdict[int, Told] = defaultdict(Told)
        self.by_certificate: dict[int, tuple[Life, Held]] = {}
        self.ledger = Ledger(world, self)

    def breach(self, rule: str, day: date, life: Life | None, what: str) -> None:
        """Note that a promise was broken."""
        self.report.breaches.append(Breach(rule=rule, day=day, person=life.number if life else 0, what=what))

    def failed(self, step: str, now: datetime) -> None:
        """A nightly step could not do one of its items."""
        self.breach("a step of the night failed", local_date(now), None, step)

    def nothing_ran(self, day: date) -> None:
        """The server was down: those for whom the calendar turned wait for the next night."""
        self.waiting |= self.turning.get(day, set())

    def after_night(self, day: date) -> None:
        """What the night issued was due, and whatever was due was issued."""
        self.new_certificates(day)
        due = self.waiting | self.turning.get(day, set())
        self.waiting = set()
        for id_ in due:
            life = self.acts.lives[id_]
            if life.gone:
                continue
            self.report.checked["asked whether something was due"] += 1
            right = oracle.right_to(life.known, life.held, day)
            if right is not None:
                self.breach("not issued", day, life, f"{right} was due")

    def after_day(self, day: date) -> None:
        """State, register and verification of everybody concerned."""
        self.new_certificates(day)
        self.waiting |= self.acts.touched
        concerned = self.acts.touched | self.turning.pop(day, set())
        self.acts.touched = set()
        for life, what in self.acts.wrongly:
            self.breach("refused wrongly", day, life, what)
        self.acts.wrongly = []
        for life in (self.acts.lives[id_] for id_ in concerned):
            for held in life.held:
                self._turns(life, held, day)
            if life.held and day == life.held[-1].grace_through + DAY:
                self._lapsed(life, life.held[-1], day)
        self._agree(concerned, day)
        self._pages(concerned, day)

    def after_month(self, day: date) -> None:
        """Everybody, and the chain of decisions."""
        self._agree(self.acts.lives, day)
        self.ledger.replay(day)

    def at_the_end(self, day: date) -> None:
        """Once more everything, and how they all stand."""
        self.after_month(day)
        self.ledger.whole_chain(day)
        for life in self.acts.lives.values():
            spoken = oracle.speaking(life.held, day)
            place = life.held.index(spoken) + 1 if spoken else 0
            self.report.states[oracle.state(spoken, life.held[place:], day) if spoken else "never certified"] += 1
        self.report.events = self.acts.counts
        with self.world.database.reading() as session:
            for name, state in session.execute(select(OutboxMail.name, OutboxMail.state)):
                self.report.mails[f"{name}: {state}"] += 1
            self.report.stages = Counter(session.scalars(select(Reminder.stage)))

    # issuing

    def new_certificates(self, day: date) -> None:
        """Everything issued since the last look was due, with the dates it should have."""
        with self.world.database.reading() as session:
            rows = session.scalars(
                select(Certificate).where(Certificate.id > self.last_certificate).order_by(Certificate.id)
            ).all()
        for row in rows:
            self.last_certificate = row.id
            life = self.acts.lives[row.person_id]
            self._was_due(life, row, day)
            held = noted(life, row, row.issued_on)
            life.held.append(held)
            self.by_certificate[row.id] = life, held
            self.acts.touched.add(life.id)
            self.acts.counts[f"issued: {row.derivation['route']}"] += 1
            self.acts.replan(life, held, day)

    def _was_due(self, life: Life, row: Certificate, day: date) -> None:
        right = oracle.right_to(life.known, life.held, row.issued_on)
        if right is None:
            self.breach("issued without every requirement met", day, life, f"{row.number} of cycle {row.cycle}")
            return
        self.report.checked["certificates issued"] += 1
        should = Held(cycle=len(life.held) + 1, valid_from=right.valid_from, issued_on=row.issued_on)
        told = (row.cycle, row.derivation["route"], row.valid_from, row.valid_through, row.window_opens)
        due = (should.cycle, right.way, should.valid_from, should.valid_through, should.window_opens)
        if (*told, row.grace_through) != (*due, should.grace_through):
            self.breach("wrong dates", day, life, f"{row.number}: {told}, not {due}")

    def _turns(self, life: Life, held: Held, day: date) -> None:
        for turn in oracle.turning_days(held):
            if turn > day:
                self.turning[turn].add(life.id)

    # what is said of people

    def _agree(self, ids: Collection[int], day: date) -> None:
        """State and register are what the oracle says, and at most one certificate is valid."""
        for batch in batches(ids):
            with self.world.database.reading() as session:
                issued = issued_to(session, self.programme.id, batch)
                entries = {entry.person_id: entry for entry in self._register(session, batch, day)}
            for id_ in batch:
                life = self.acts.lives[id_]
                self.report.checked["people compared"] += 1
                self._one(life, {each.id: str(each.state(day)) for each in issued.get(id_, ())}, day)
                self._entry(life, entries.get(id_), day)

    def _register(self, session: Session, ids: list[int], day: date) -> list[Entry]:
        return register(session, Reach(everywhere=True), self.programme.id, Wanted(), on=day, among=ids)

    def _one(self, life: Life, states: dict[int, str], day: date) -> None:
        should = {held.id: oracle.state(held, life.held[place:], day) for place, held in enumerate(life.held, start=1)}
        if states != should:
            self.breach("state", day, life, f"{states}, not {should}")
        valid = [id_ for id_, state in states.items() if state in CERTIFIED]
        if len(valid) > 1:
            self.breach("two valid certificates", day, life, f"{valid}")

    def _entry(self, life: Life, entry: Entry | None, day: date) -> None:
        known = [held for held in life.held if held.issued_on <= day or held.valid_from <= day]
        spoken = oracle.speaking(known, day)
        if spoken is None or entry is None:
            if (spoken is None) != (entry is None):
                self.breach("register", day, life, "missing" if entry is None else "not to be there")
            return
        later = known[known.index(spoken) + 1 :]
        should = oracle.state(spoken, later, day)
        upcoming = [held for place, held in enumerate(later, 1) if oracle.state(held, later[place:], day) == "upcoming"]
        if upcoming and should == "expiring":
            should = "valid"
        if (entry.certificate_id, str(entry.state), entry.name) != (spoken.id, should, life.name):
            self.breach("register", day, life, f"{entry.number} {entry.state} {entry.name}, not {should} {life.name}")

    def _pages(self, ids: Iterable[int], day: date) -> None:
        """The verification page says the same, asked over HTTP for a few of those concerned."""
        holders = [self.acts.lives[id_] for id_ in sorted(ids) if self.acts.lives[id_].held]
        for life in holders[-PAGES_A_DAY:]:
            dice = random.Random(f"{self.seed}/{day}/{life.number}")  # noqa: S311  (chance, not secrecy)
            place = dice.randrange(len(life.held))
            held = life.held[place]
            should = oracle.state(held, life.held[place + 1 :], local_date(self.world.clock.now()))
            answer = self.world.app.test_client().get(f"/verify/{held.code}", headers={"Accept": "application/json"})
            said = answer.get_json() if answer.status_code == 200 else {"state": answer.status_code}
            self.report.checked["verification pages"] += 1
            told = said.get("name"), said.get("valid_through"), said.get("valid")
            if said["state"] != should or told != (
                held.holder,
                held.valid_through.isoformat(),
                should in CERTIFIED,
            ):
                self.breach("verification page", day, life, f"{held.number}: {said}, not {should}")

    # mail

    def after_post(self) -> None:
        """Every reminder was due, once, to somebody it concerns, by day."""
        letters = {letter.message_id: letter for letter in self.world.post.log}
        batch = list(self.world.post.collected())
        if not batch:
            return
        with self.world.database.reading() as session:
            for some in batches(list(letters)):
                for message_id, certificate_id, stage in session.execute(
                    select(OutboxMail.message_id, Reminder.certificate_id, Reminder.stage)
                    .join(Reminder, Reminder.mail_id == OutboxMail.id)
                    .where(OutboxMail.message_id.in_(some))
                ):
                    self._reminded(certificate_id, stage, letters[message_id])
        self.ledger.digests(batch)

    def _reminded(self, certificate_id: int, stage: str, letter: Letter) -> None:
        life, held = self.by_certificate[certificate_id]
        day, told = local_date(letter.at), self.told[certificate_id]
        self.report.checked["reminders"] += 1
        if not letter.accepted:
            told.refused[stage] = day
            return
        before = told.accepted.setdefault(stage, (letter.message_id, day))
        if before[0] != letter.message_id:
            self.breach("a stage twice", day, life, f"{held.number}: {stage} on {before[1]} and {day}")
        if life.gone:
            self.breach("reminded in vain", day, life, f"{held.number}: {stage}, to somebody who has left")
        if held is not life.held[-1]:
            self.breach("reminded in vain", day, life, f"{held.number}: {stage}, though renewed")
        if held.revoked_on is not None:
            self.breach("reminded in vain", day, life, f"{held.number}: {stage}, though revoked")
        first = next(first for name, first, _last in oracle.stage_days(held) if name == stage)
        if day < first - EARLY_DAYS * DAY or day > held.grace_through + EARLY_DAYS * DAY:
            self.breach("reminded at the wrong time", day, life, f"{held.number}: {stage} is due on {first}")
        if not 6 <= letter.at.astimezone(OSLO).hour < 18:
            self.breach("reminded at night", day, life, f"{held.number}: {stage} at {letter.at}")

    def _lapsed(self, life: Life, held: Held, day: date) -> None:
        """Whoever has lapsed was told at every stage, or their unit was."""
        if held.revoked_on is not None:
            return
        self.report.checked["lapses"] += 1
        told = self.told[held.id]
        for stage, first, last in oracle.stage_days(held):
            if stage in told.accepted and told.accepted[stage][1] <= last + EARLY_DAYS * DAY:
                continue
            if life.was_away(first, last) or held.issued_on > last:
                continue
            if stage in told.refused:
                self._unit_was_told(life, held, stage, day)
                continue
            self.breach("lapsed without being told", day, life, f"{held.number}: {stage} of {first}: {told}")

    def _unit_was_told(self, life: Life, held: Held, stage: str, day: date) -> None:
        with self.world.database.reading() as session:
            state = session.scalar(
                select(OutboxMail.state)
                .join(Reminder, Reminder.mail_id == OutboxMail.id)
                .where(Reminder.certificate_id == held.id, Reminder.stage == stage)
            )
        self.report.checked["refusals shown to the unit"] += 1
        if state not in (MailState.REFUSED, MailState.GIVEN_UP):
            self.breach("lapsed without being told", day, life, f"{held.number}: {stage} was refused, now {state}")


def batches(ids: Collection[int] | list[str]) -> Iterable[list]:  # type: ignore[type-arg]
    """So many at a time."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), BATCH):
        yield ordered[start : start + BATCH]

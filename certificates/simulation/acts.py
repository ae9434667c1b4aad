"""Carrying a plan out: what is certification goes through the services, each deed a transaction of its own; what was
done is told to the oracle."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from certificates.evidence import Outcome
from certificates.models.issued import Certificate
from certificates.programme import Programme
from certificates.services import decisions
from certificates.services.reissuing import reissue_renamed
from certificates.simulation import life as lives
from certificates.simulation import oracle
from certificates.simulation.facts import Pen, month_from
from certificates.simulation.life import Life, Plan
from certificates.simulation.oracle import Held
from certificates.simulation.world import World
from certificates.status import EventKind
from lms.clock import at_local, local_date
from lms.errors import Refused
from lms.people import Locale, Person, add_person, correct
from lms.units import Sector, Unit, join_unit, move

GIVEN_UP_AFTER = 12  # times a trainer tries again
AGAIN_DAYS = 7
POINTLESS = frozenset({"assess-already-approved", "renewal-not-open"})
FIRST, AGAIN = "startopplaering", "resertifisering"
LOCALES = (Locale.NB, Locale.NB, Locale.NB, Locale.NN, Locale.EN)
SERVICES = frozenset({
    "assess", "exempt", "decide", "move", "rename", "new_address", "leave", "come_back", "join",
})  # fmt: skip
AFTER_LEAVING = frozenset({"come_back", "decide", "bounce"})  # what can happen to somebody who has left


class Acts:
    """The deeds of everybody, with the agenda of those to come."""

    def __init__(self, world: World, programme: Programme) -> None:
        self.world, self.programme, self.pen = world, programme, Pen(world)
        self.agenda: defaultdict[date, list[tuple[Life, str, tuple[Any, ...]]]] = defaultdict(list)
        self.counts: Counter[str] = Counter()
        self.touched: set[int] = set()
        self.wrongly: list[tuple[Life, str]] = []
        self.lives: dict[int, Life] = {}

    def plan(self, life: Life, plan: Iterable[tuple[date, str, tuple[Any, ...]]], today: date) -> None:
        """Enter what is planned into the agenda; what should have been done already is done tomorrow."""
        for day, deed, values in plan:
            self.agenda[max(day, today + timedelta(days=1))].append((life, deed, values))

    def replan(self, life: Life, held: Held, today: date) -> None:
        """What comes after a new certificate."""
        self.plan(life, lives.cycle(life, held, today), today)

    def due(self, day: date) -> list[tuple[Life, str, tuple[Any, ...]]]:
        """Take what is on the agenda for a day: each person's deeds in the order they were meant, what was postponed
        first."""
        return sorted(self.agenda.pop(day, []), key=lambda each: each[0].number)

    def postpone(self, day: date) -> None:
        """Nothing could be done today: all of it is on the agenda for tomorrow."""
        self.agenda[day + timedelta(days=1)][:0] = self.agenda.pop(day, [])

    def write_facts(self, deeds: Iterable[tuple[Life, str, tuple[Any, ...]]], today: date) -> None:
        """Everything of the day that is not certification, in one transaction."""
        for life, deed, values in deeds:
            if deed not in SERVICES and (not life.gone or deed in AFTER_LEAVING):
                getattr(self, f"_{deed}")(life, today, *values)
                self._count(life, deed)
        with self.world.database.transaction() as session:
            self.pen.write(session)

    def do(self, life: Life, deed: str, values: tuple[Any, ...], now: datetime) -> None:
        """One deed of certification, or of who somebody is; refusals are counted by their code."""
        if life.gone and deed not in AFTER_LEAVING:
            return
        self.world.clock.instant = now
        try:
            getattr(self, f"_{deed}")(life, now, *values)
        except Refused as no:
            code = no.reasons[0].code
            self.counts[f"refused: {code}"] += 1
            self._refused(life, deed, values, code, local_date(now))
        else:
            self._count(life, deed)

    def _count(self, life: Life, deed: str) -> None:
        self.counts[deed] += 1
        self.touched.add(life.id)

    def _refused(self, life: Life, deed: str, values: tuple[Any, ...], code: str, today: date) -> None:
        """Who was told no tries again later, until it is pointless."""
        if code == "renewal-not-open" and today >= life.held[-1].window_opens:
            self.wrongly.append((life, f"{deed} refused: {code}"))
        if deed == "assess" and values[1] < GIVEN_UP_AFTER and code not in POINTLESS:
            self.plan(life, [(today + timedelta(days=AGAIN_DAYS), deed, (values[0], values[1] + 1))], today)

    # who somebody is

    def _join(self, life: Life, now: datetime) -> None:
        life.name, life.email = f"Kari Nordmann {life.number:06}", f"p{life.number}@arbeid.example"
        region = self.world.regions[life.region]
        with self.world.database.transaction() as session:
            locale = LOCALES[life.number % len(LOCALES)]
            person = add_person(session, name=life.name, email=life.email, locale=locale, now=now)
            unit = session.get_one(Unit, life.dice.choice(region.local))
            sector = life.dice.choice((Sector.NAV, Sector.HELSE))
            join_unit(session, person, unit, sector, on=local_date(now))
            life.id = person.id
        life.changed = local_date(now)
        self.lives[life.id] = life
        self.plan(life, lives.beginning(life, local_date(now)), local_date(now))

    def _move(self, life: Life, now: datetime) -> None:
        life.region, life.changed = life.dice.randrange(len(self.world.regions)), local_date(now)
        with self.world.database.transaction() as session:
            unit = session.get_one(Unit, life.dice.choice(self.world.regions[life.region].local))
            person = session.get_one(Person, life.id)
            move(session, person, unit, life.dice.choice((Sector.NAV, Sector.HELSE)), on=local_date(now))

    def _rename(self, life: Life, now: datetime) -> None:
        """A new name, and with it the next edition of every certificate that is not over."""
        life.name = f"{life.dice.choice(('Ola', 'Liv', 'Åse'))} {life.dice.choice(('Fjell', 'Østby'))} {life.number:06}"
        self._correct(life)
        coordinator, today = self.world.regions[life.region].coordinator, local_date(now)
        with self.world.database.transaction() as session:
            reissue_renamed(session, session.get_one(Person, life.id), actor_id=coordinator, now=now)
        for place, held in enumerate(life.held, start=1):
            if oracle.state(held, life.held[place:], today) not in ("lapsed", "replaced", "revoked"):
                held.holder = life.name
                self.counts["next edition"] += 1

    def _new_address(self, life: Life, now: datetime) -> None:
        life.email = f"p{life.number}-{local_date(now):%y%m%d}@arbeid.example"
        self._correct(life)

    def _correct(self, life: Life) -> None:
        life.changed = local_date(self.world.clock.now())
        with self.world.database.transaction() as session:
            correct(session, session.get_one(Person, life.id), name=life.name, email=life.email)

    def _bounce(self, life: Life, _today: date) -> None:
        self.world.post.broken.add(life.email)

    def _leave(self, life: Life, now: datetime) -> None:
        with self.world.database.transaction() as session:
            session.get_one(Person, life.id).deactivated_at = now
        life.gone = True
        life.absences.append([local_date(now), None])

    def _come_back(self, life: Life, now: datetime) -> None:
        if not life.gone:
            return
        today = local_date(now)
        with self.world.database.transaction() as session:
            session.get_one(Person, life.id).deactivated_at = None
        life.gone, life.absences[-1][1] = False, today
        if not life.held:
            self.plan(life, lives.beginning(life, today), today)
        elif today > life.held[-1].grace_through or life.held[-1].revoked(today):
            self.plan(life, [(today + life.days(1, 200), "return_to_part_2", ())], today)
        else:
            self.plan(life, lives.cycle(life, life.held[-1], today), today)

    # what is learnt and done

    def _pre(self, life: Life, today: date) -> None:
        if life.known.pre is None:
            life.cycles[FIRST] = 1
            self.pen.begin(life, FIRST, 1, today)
            self.pen.sit(life, FIRST, 1, "pre", today, ordinal=1, passed=False)
            life.known.pre = today

    def _read(self, life: Life, today: date, course: str) -> None:
        if life.known.lessons is None:
            self.pen.read(life, course, 1, today)
            life.known.lessons = today

    def _fail(self, life: Life, today: date, course: str) -> None:
        self._sit(life, today, course, passed=False)

    def _pass(self, life: Life, today: date, course: str) -> None:
        self._sit(life, today, course, passed=True)
        life.known.passed.append(today)

    def _sit(self, life: Life, today: date, course: str, *, passed: bool) -> None:
        life.cycles["posts"] = life.cycles.get("posts", 0) + 1
        self.pen.sit(life, course, 1, "post", today, ordinal=life.cycles["posts"], passed=passed)

    def _renewal_test(self, life: Life, today: date) -> None:
        number = life.cycles[AGAIN] = life.cycles.get(AGAIN, 0) + 1
        self.pen.begin(life, AGAIN, number, today)
        self.pen.read(life, AGAIN, number, today)
        if life.chance(0.1):
            self.pen.sit(life, AGAIN, number, "post", today, ordinal=1, passed=False)
        self.pen.sit(life, AGAIN, number, "post", today, ordinal=2, passed=True)
        life.known.renewal_passed.append(today)

    def _part(self, life: Life, today: date, part: int, misses: bool) -> None:
        """Take a seat in the next seminar; whoever misses a day makes it up a month later."""
        month = month_from(today + timedelta(days=1), part)
        days = self.pen.seminar(life.region, month, part)
        missed = life.dice.randint(1, len(days)) if misses else 0
        self.plan(life, self._days(life, days, {number for number in days if number != missed}), today)
        last = max(day for _id, day in days.values())
        if missed:
            later = self.pen.seminar(life.region, month_from(last + timedelta(days=1), part), part)
            self.plan(life, self._days(life, later, {missed}), today)
            last = later[missed][1]
        if part == 1:
            self.plan(life, [(last + timedelta(days=1), "interim", (last,))], today)
        else:
            self.plan(life, lives.assessing(life, last), today)

    def _days(self, life: Life, days: dict[int, tuple[int, date]], numbers: set[int]) -> Plan:
        part = len(days) == oracle.DAYS_OF_PART[1] and 1 or 2
        for number in numbers:
            day_id, on = days[number]
            late = timedelta(days=life.dice.randint(1, 3) if life.chance(0.05) else 0)
            yield on + late, "attend", (part, number, day_id, on)

    def _interim(self, life: Life, today: date, part_1_on: date) -> None:
        before = month_from(part_1_on + timedelta(days=20), 2)
        first = self.pen.seminar(life.region, before, 2)[1][1]
        self.plan(life, lives.between_parts(life, today, first), today)
        self.plan(life, [(first - timedelta(days=1), "part", (2, life.chance(0.05)))], today)

    def _attend(self, life: Life, today: date, part: int, number: int, day_id: int, on: date) -> None:
        self.pen.attend(life, day_id, today)
        life.known.days.append((part, number, on, today))

    def _visit(self, life: Life, today: date, module: str, later: int) -> None:
        if later == 0:
            self._confirm(life, today, module, today)
        self.plan(life, ((today + timedelta(days=each), "confirm", (module, today)) for each in [later] if each), today)

    def _confirm(self, life: Life, today: date, module: str, on: date) -> None:
        self.pen.visit(life, module, on, today)
        life.known.visits.append((module, on, today))

    def _deliver(self, life: Life, today: date, on: date) -> None:
        on = min(on, today)
        self.pen.deliver(life, on, today)
        life.known.deliveries.append((on, today))

    def _gather(self, life: Life, today: date) -> None:
        if any(day == today for day, _recorded in life.known.gatherings):
            return
        self.pen.gather(life, today, today)
        life.known.gatherings.append((today, today))

    def _return_to_part_2(self, life: Life, today: date) -> None:
        self._part(life, today, 2, life.chance(0.05))

    # what is decided

    def _assess(self, life: Life, now: datetime, approved: bool, _tries: int) -> None:
        scored = not life.held or life.fate in ("lapse", "stop") or life.held[-1].revoked_on is not None
        scored = scored or local_date(now) > life.held[-1].valid_through or bool(life.number % 2)
        score = (4 if approved else 2) if scored else None
        verdict = decisions.Verdict(
            outcome=Outcome.APPROVED if approved else Outcome.NOT_YET,
            content_score=score,
            non_directive_score=score,
            feedback="" if approved else "Øv på åpne spørsmål.",
        )
        trainer = self.world.regions[life.region].trainer
        with self.world.database.transaction() as session:
            decisions.record_assessment(session, self.programme, life.id, verdict, assessor_id=trainer, now=now)
        life.known.words.append((approved, scored, local_date(now)))

    def _exempt(self, life: Life, now: datetime, requirement: str) -> None:
        coordinator = self.world.regions[life.region].coordinator
        with self.world.database.transaction() as session:
            decisions.exempt(
                session,
                self.programme,
                life.id,
                requirement=requirement,
                reason="Permisjon i perioden.",
                actor_id=coordinator,
                now=now,
            )
        life.known.exempt.append((requirement, local_date(now)))

    def _decide(self, life: Life, now: datetime, kind: str, days_ahead: int) -> None:
        spoken = oracle.speaking(life.held, local_date(now))
        if spoken is None:
            return
        effective = max(local_date(now), spoken.issued_on) + timedelta(days=days_ahead)
        with self.world.database.transaction() as session:
            decisions.decide_certificate(
                session,
                session.get_one(Certificate, spoken.id),
                EventKind(kind),
                effective_on=effective,
                reason="Etter en klage.",
                actor_id=self.world.regions[life.region].coordinator,
                now=now,
            )
        for held in concerned(life.held, spoken, kind, effective):
            held.events.append((kind, effective))


def concerned(all_held: list[Held], spoken: Held, kind: str, effective: date) -> list[Held]:
    """The certificates a decision is about: the one named, and every other that speaks or will speak then."""
    found = [spoken]
    for place, held in enumerate(all_held):
        if held is spoken or oracle.state(held, all_held[place + 1 :], effective) in ("lapsed", "replaced", "revoked"):
            continue
        words = [each for each, _day in held.events if each in ("suspended", "lifted")]
        open_ = bool(words) and words[-1] == "suspended"
        if kind == "revoked" or (kind == "lifted") == open_:
            found.append(held)
    return found


def noted(life: Life, row: Certificate, today: date) -> Held:
    """A new certificate as the oracle keeps it: a suspension that is not settled goes on."""
    held = Held(
        cycle=row.cycle, valid_from=row.valid_from, issued_on=row.issued_on, id=row.id, number=row.number,
        code=row.verify_code,
        holder=life.name,
    )  # fmt: skip
    if life.held and not life.held[-1].revoked(today):
        words = [each for each in life.held[-1].events if each[0] in ("suspended", "lifted")]
        last = max((place for place, each in enumerate(words) if each[0] == "suspended"), default=None)
        if last is not None and (words[-1][0] == "suspended" or words[-1][1] > today):
            held.events += words[last:]
    return held


def at_hours(day: date, life: Life) -> datetime:
    """When a deed of the day is done: as a rule at noon, now and then just before or just after midnight."""
    days, hour, minute = life.dice.choices(((0, 12, 0), (0, 23, 40), (1, 0, 20)), (0.92, 0.04, 0.04))[0]
    return at_local(day + timedelta(days=days), hour, minute)

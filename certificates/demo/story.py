"""The demo's story: which people there are in each region, and how far each of them has come today."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dateutil.relativedelta import relativedelta
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from certificates.checks import day_of
from certificates.demo import disputes, lives, measuring, meeting, norway, open_courses, practising
from certificates.demo.lives import Chance, Guides
from certificates.demo.measuring import Staff
from certificates.demo.nord import Cohort, Nord
from certificates.demo.norway import REGIONS, SECTORS
from certificates.models.issued import Certificate
from certificates.programme import Programme
from certificates.services import checking, decisions
from certificates.status import EventKind
from courses.seminars import SEATS_DEFAULT
from courses.services import seminars
from courses.visits import ModuleKind
from lms import people, units
from lms.db import Database
from lms.outbox import MailState, OutboxMail
from lms.people import Locale, Person
from lms.roles import Role
from lms.units import Sector, Unit, UnitKind
from quizzes.attempts import Purpose

PASSWORD = "rolig som en fjellvidde"  # noqa: S105  (the demo's, printed for everybody to see)
SIGN_INS = {
    "deltaker": "deltaker@demo.example",
    "instruktør": "instruktor@demo.example",
    "opplæringsansvarlig": "opplaering@demo.example",
    "koordinator": "koordinator@demo.example",
    "sekretariat": "sekretariat@demo.example",
    "fastlege": open_courses.SIGNS_IN,
}
HISTORY_YEARS = 5
SEED = 2026

IN_ADDRESSES = str.maketrans({"æ": "ae", "ø": "o", "å": "a"})

# Cohorts that are certified: how many months ago part 2 ended, how many took part.
CERTIFIED_COHORTS = ((44, 3), (39, 3), (33, 4), (30, 2), (20, 3), (11, 3), (4, 4))
MENTORS_CERTIFIED_MONTHS_AGO = 20

SHOWN_COHORT, DECLINING_COHORT = 33, 11
KEEN_ON_CHECKS = 0.4


@dataclass(slots=True, kw_only=True)
class Story:
    """What the telling needs at hand."""

    database: Database
    programme: Programme
    today: date
    now: datetime
    chance: Chance
    password_hash: str
    names: Iterator[str]
    taken: int = 0

    def months_ago(self, months: int) -> date:
        """A day so long before today."""
        return self.today - relativedelta(months=months)


def tell(database: Database, programme: Programme, *, now: datetime, today: date) -> int:
    """Fill an empty database; returns how many people there are then."""
    dice = random.Random(SEED)  # noqa: S311  (the same Norway every time; nothing secret)
    story = Story(
        database=database,
        programme=programme,
        today=today,
        now=now,
        chance=Chance(dice=dice),
        password_hash=people.hash_password(PASSWORD),
        names=norway.names(dice),
    )
    with database.transaction() as session:
        country = units.add_unit(
            session, code="norge", name="Nasjonalt sekretariat", kind=UnitKind.NATIONAL, parent=None
        )
        siri = _settle(session, story, "Siri Fjellheim", country, email=SIGN_INS["sekretariat"], role=Role.SECRETARIAT)
        author = _settle(session, story, next(story.names), country, role=Role.AUTHOR)
    trainers: list[int] = []
    for region in REGIONS:
        with database.transaction() as session:
            regional = units.add_unit(
                session, code=region.code, name=f"Regional enhet {region.name}", kind=UnitKind.REGIONAL, parent=country
            )
            local = [
                units.add_unit(session, code=code, name=name, kind=UnitKind.LOCAL, parent=regional)
                for code, name in region.local
            ]
            guides = _guides(session, story, regional, local)
        trainers.append(guides.trainer)
        _tell_region(story, regional, local, guides)
    staff = Staff(secretariat=siri.id, author=author.id, judges=[*trainers, author.id])
    with database.transaction() as session:
        open_courses.tell(session, secretariat=siri.id, password=PASSWORD, today=today)
        measuring.panels(session, staff, today, chance=story.chance)
        measuring.faults(session, staff, today)
        disputes.tell(session, programme, today, secretariat=siri.id)
    with database.transaction() as session:
        _post_has_been_sent(session)
        return len(session.scalars(select(Person.id)).all())


def _guides(session: Session, story: Story, regional: Unit, local: Sequence[Unit]) -> Guides:
    first = regional.code == REGIONS[0].code
    coordinator = _settle(
        session,
        story,
        "Knut Solheim" if first else next(story.names),
        regional,
        email=SIGN_INS["koordinator"] if first else None,
        role=Role.COORDINATOR,
    )
    trainer = _settle(
        session,
        story,
        "Tone Bjerke" if first else next(story.names),
        regional,
        email=SIGN_INS["opplæringsansvarlig"] if first else None,
        role=Role.TRAINER,
        sector=Sector.HELSE,
    )
    second = _settle(session, story, next(story.names), regional, role=Role.TRAINER)
    mentors = tuple(_settle(session, story, next(story.names), unit, role=Role.MENTOR) for unit in local)
    return Guides(coordinator=coordinator.id, trainer=trainer.id, second_trainer=second.id, mentors=mentors)


def _settle(
    session: Session,
    story: Story,
    name: str,
    unit: Unit,
    *,
    email: str | None = None,
    role: Role | None = None,
    sector: Sector | None = None,
    active: bool = True,
    years: int = HISTORY_YEARS,
) -> Person:
    """A person in a unit, with an account unless only invited."""
    story.taken += 1
    joined = story.today - relativedelta(years=years) if years else story.today - timedelta(days=5)
    address = email or f"{'.'.join(name.lower().translate(IN_ADDRESSES).split())}@demo.example"
    locale = Locale.NN if unit.code == "forde" else Locale.NB
    person = people.add_person(session, name=name, email=address, locale=locale, now=lives.noon(joined))
    if active:
        person.password_hash, person.activated_at = story.password_hash, lives.noon(joined)
    units.join_unit(session, person, unit, sector or SECTORS[story.taken % 2], on=joined)
    if role is not None:
        units.appoint(session, person, role, unit, on=joined)
    return person


def _tell_region(story: Story, regional: Unit, local: Sequence[Unit], guides: Guides) -> None:
    certified = {
        months: _certified_cohort(story, regional, local, guides, months, size) for months, size in CERTIFIED_COHORTS
    }
    assessed = _waiting_for_assessment(story, regional, local, guides)
    between = _between_the_parts(story, regional, local, guides)
    _at_the_screen(story, regional, local, guides)
    if regional.code == REGIONS[0].code:
        nord = Nord(
            guides=guides,
            unit_id=regional.id,
            between=between,
            assessed=assessed,
            new=certified[4],
            experienced=certified[11],
            partner=certified[SHOWN_COHORT][0],
            instructor=certified[SHOWN_COHORT][1],
        )
        _seats(story, regional, local, guides)
        _meetings(story, nord)


def _cohort(
    story: Story,
    regional: Unit,
    local: Sequence[Unit],
    guides: Guides,
    *,
    part_2_ends: date,
    size: int,
    also: Sequence[int] = (),
    seats: int = SEATS_DEFAULT,
) -> Cohort:
    """People with seats at a seminar.

    Part 1 is a Monday to Wednesday, part 2 a Tuesday and Wednesday five weeks later, at or just before `part_2_ends`.
    """
    wednesday = part_2_ends - timedelta(days=(part_2_ends.weekday() - 2) % 7)
    part_1 = [wednesday - timedelta(days=days) for days in (37, 36, 35)]
    part_2 = [wednesday - timedelta(days=1), wednesday]
    with story.database.transaction() as session:
        seminar_id = meeting.plan(session, regional, local[0].name, part_1, part_2, seats, guides)
        members = [_settle(session, story, next(story.names), local[number % len(local)]).id for number in range(size)]
        members += also
        seminars.seat_people(
            session, seminar_id=seminar_id, person_ids=members, now=lives.noon(part_1[0] - timedelta(days=50))
        )
    return Cohort(seminar_id, members, (*part_1, *part_2))


def _seats(story: Story, regional: Unit, local: Sequence[Unit], guides: Guides) -> None:
    """Two seminars to come that can be booked: one with room, to which some are invited, and one that is full."""
    today = story.today
    roomy = _cohort(story, regional, local, guides, part_2_ends=today + timedelta(days=83), size=2)
    full = _cohort(story, regional, local, guides, part_2_ends=today + timedelta(days=69), size=4, seats=4)
    with story.database.transaction() as session:
        invited, in_line = (
            [_settle(session, story, next(story.names), local[place % len(local)]).id for place in range(count)]
            for count in (2, 4)
        )
        meeting.open_to_book(session, roomy, guides, since=today - timedelta(days=4), invited=invited)
        meeting.open_to_book(session, full, guides, since=today - timedelta(days=9), invited=())
        meeting.fill_line(session, full, in_line, today)


def _meetings(story: Story, nord: Nord) -> None:
    """What of meeting people there is to see where the demo's people are."""
    with story.database.transaction() as session:
        meeting.between_the_parts(session, nord, story.today)
        practising.guide(session, nord, story.today)
        practising.gather(session, nord, story.today)
        practising.deliver(session, nord, story.today)
        practising.assess(session, story.programme, nord, story.today)
    with story.database.transaction() as session:
        meeting.evaluate(session, nord.between, nord.between.members[1:])


def _certified_cohort(
    story: Story, regional: Unit, local: Sequence[Unit], guides: Guides, months: int, size: int
) -> list[int]:
    mentors = [mentor.id for mentor in guides.mentors] if months == MENTORS_CERTIFIED_MONTHS_AGO else []
    seminar, members, days = _cohort(
        story,
        regional,
        local,
        guides,
        part_2_ends=story.months_ago(months),
        size=size + story.chance.dice.randint(0, 2),
        also=mentors,
    )
    approved = {person_id: days[-1] + timedelta(days=2 + place) for place, person_id in enumerate(members)}
    with story.database.transaction() as session:
        for person_id in members:
            lives.learn(session, person_id, by=days[0] - timedelta(days=3), chance=story.chance)
        lives.meet(session, seminar, 1, guides, absent=frozenset())
        for person_id in members:
            lives.visits(session, person_id, days[2], days[3], guides, chance=story.chance)
        lives.meet(session, seminar, 2, guides, absent=frozenset())
        for person_id, on in approved.items():
            lives.assess(session, story.programme, person_id, guides, on, approved=True, chance=story.chance)
    _afterwards(story, regional, guides, months, approved)
    return members


def _afterwards(story: Story, regional: Unit, guides: Guides, months: int, approved: dict[int, date]) -> None:
    """What became of a certified cohort: some renew, one is suspended, one revoked; the others teach."""
    members = list(approved)
    _checks(story, regional, months, members)
    renewing = {44: members[:2], 39: members[:1], 33: members[:1]}.get(months, [])
    with story.database.transaction() as session:
        for person_id, begun in approved.items():
            if person_id in renewing:
                on = begun + relativedelta(months=32)
                lives.renew(session, story.programme, person_id, guides, valid_from=begun, on=on, chance=story.chance)
            else:
                last = min(story.today, begun + relativedelta(months=35)) - timedelta(days=1)
                count = min(story.chance.dice.randint(0, 9), max((last - begun).days // 30, 0))
                lives.deliver(session, person_id, begun, last, count, story.chance)
        if months == 33:
            _decide(session, story, members[2], EventKind.SUSPENDED, "Permisjon etter eget ønske.", guides)
        if months == 20:
            _decide(
                session, story, members[0], EventKind.REVOKED, "Sluttet i enheten og ønsker ikke å fortsette.", guides
            )


def _checks(story: Story, regional: Unit, months: int, members: Sequence[int]) -> None:
    """The voluntary checks some have said yes to; one has said no thanks."""
    shown = members[1] if months == SHOWN_COHORT and regional.code == REGIONS[0].code else None
    checks = story.programme.checks
    with story.database.transaction() as session:
        for person_id in members:
            keen = story.chance.dice.random() < KEEN_ON_CHECKS
            certificate = session.scalars(select(Certificate).where(Certificate.person_id == person_id)).one()
            if person_id == shown:
                session.get_one(Person, person_id).email = SIGN_INS["instruktør"]
            for after in checks.months if checks and (keen or person_id == shown) else ():
                if day_of(after, certificate.valid_from) > story.today - timedelta(days=10):
                    break
                if person_id == shown and checks and after == checks.months[-1]:
                    lives.offer_check(session, story.programme, certificate, after)
                else:
                    lives.check(session, story.programme, certificate, after, chance=story.chance)
        if months == DECLINING_COHORT:
            checking.choose_checks(
                session, story.programme, members[-1], wanted=False, now=lives.noon(story.today - timedelta(days=30))
            )


def _decide(session: Session, story: Story, person_id: int, kind: EventKind, reason: str, guides: Guides) -> None:
    certificate = session.scalars(select(Certificate).where(Certificate.person_id == person_id)).one()
    on = story.today - timedelta(days=20)
    decisions.decide_certificate(
        session,
        certificate,
        kind,
        effective_on=on,
        reason=reason,
        actor_id=guides.second_trainer,
        now=lives.noon(on),
    )


def _waiting_for_assessment(story: Story, regional: Unit, local: Sequence[Unit], guides: Guides) -> Cohort:
    """Part 2 is over: two wait for their assessment, one has been told «not yet»."""
    ended = story.today - timedelta(days=6)
    cohort = _cohort(story, regional, local, guides, part_2_ends=ended, size=3)
    seminar, members, days = cohort
    with story.database.transaction() as session:
        for person_id in members:
            lives.learn(session, person_id, by=days[0] - timedelta(days=2), chance=story.chance)
        lives.meet(session, seminar, 1, guides, absent=frozenset())
        for person_id in members:
            lives.visits(session, person_id, days[2], days[3], guides, chance=story.chance)
        lives.meet(session, seminar, 2, guides, absent=frozenset())
        if regional.code != REGIONS[0].code:  # there it is told by the rubric
            on = story.today - timedelta(days=3)
            lives.assess(session, story.programme, members[2], guides, on, approved=False, chance=story.chance)
    return cohort


def _between_the_parts(story: Story, regional: Unit, local: Sequence[Unit], guides: Guides) -> Cohort:
    """Part 1 is over, part 2 comes next week: visits done, reported or missing; one missed a day."""
    shown, ends = regional.code == REGIONS[0].code, story.today + timedelta(days=9)
    with story.database.transaction() as session:  # where the demo shows the way, so many that an evaluation is shown
        more = [_settle(session, story, next(story.names), local[0]).id for _ in range(2 if shown else 0)]
    cohort = _cohort(story, regional, local, guides, part_2_ends=ends, size=4, also=more)
    seminar, members, days = cohort
    aside = Chance(dice=random.Random(SEED))  # noqa: S311  (however many they are: the others' dice fall as before)
    with story.database.transaction() as session:
        if shown:
            session.get_one(Person, members[0]).email = SIGN_INS["deltaker"]
        for person_id in members:
            chance = aside if person_id in more else story.chance
            lives.learn(session, person_id, by=days[0] - timedelta(days=2), chance=chance)
        lives.meet(session, seminar, 1, guides, absent=frozenset({(members[3], 2)}))
        week_after = days[2] + timedelta(days=7)
        for person_id, confirmed in ((members[0], True), (members[0], False), (members[1], True), (members[2], False)):
            module = ModuleKind.MUSKEL_SKJELETT if confirmed else ModuleKind.PSYKISK_HELSE
            on = week_after if confirmed else week_after + timedelta(days=6)
            lives.visit(session, person_id, module, on, guides, confirmed=confirmed, chance=story.chance)
    return cohort


def _at_the_screen(story: Story, regional: Unit, local: Sequence[Unit], guides: Guides) -> None:
    """The newest: seats at a seminar in some weeks; invited, curious, reading, failed once, ready."""
    ends = story.today + timedelta(days=55)
    _seminar, members, _days = _cohort(story, regional, local, guides, part_2_ends=ends, size=4)
    course, week_ago = lives.FOUNDATION, story.today - timedelta(days=7)
    with story.database.transaction() as session:
        for person_id in members:
            lives.begin(session, person_id, course, week_ago)
        for person_id, right in zip(members[1:], (0.4, 0.5, 0.6), strict=True):
            lives.sit(session, person_id, course, Purpose.PRE, week_ago, right=right, chance=story.chance)
        lives.read(session, members[1], course, week_ago, story.today - timedelta(days=1), share=0.4)
        lives.read(session, members[2], course, week_ago, story.today - timedelta(days=2))
        lives.sit(
            session, members[2], course, Purpose.POST, story.today - timedelta(days=2), right=0.6, chance=story.chance
        )
        lives.read(session, members[3], course, week_ago, story.today - timedelta(days=1))
        if regional.code == REGIONS[0].code:
            measuring.extra_time(session, members[1], by=guides.coordinator, on=week_ago)
        for number in range(2):
            _settle(session, story, next(story.names), local[number % len(local)], active=False, years=0)


def _post_has_been_sent(session: Session) -> None:
    """What the history wrote has long arrived, but for two mails whose addresses said no."""
    session.execute(update(OutboxMail).values(state=MailState.SENT, sent_at=OutboxMail.created_at, attempts=1))
    to_people = select(OutboxMail).where(OutboxMail.person_id.is_not(None))
    newest_first = session.scalars(to_people.order_by(OutboxMail.id.desc())).all()
    for mail in (newest_first[0], newest_first[-1]):
        mail.state, mail.error, mail.failed_at = MailState.REFUSED, "550 5.1.1 ukjent mottaker", mail.created_at
        session.get_one(Person, mail.person_id).mail_refused_at = mail.created_at

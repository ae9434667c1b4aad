"""Seminars in the demo: their programme, seats and a waiting list, pairs and plans between the parts, an evaluation.

But for the programme, this happens in one region, around the people the demo shows; it throws no dice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.demo.lives import Guides, noon, workday
from certificates.demo.nord import Cohort, Nord
from certificates.demo.norway import COMPANIES
from courses.booking import Limits
from courses.evaluation import STATEMENTS
from courses.models.seminars import SeminarDay
from courses.plans import Heading
from courses.queries import evaluation as evaluations
from courses.seminars import PARTS, Day, Track
from courses.services import (
    booking,
    evaluation,
    materials,
    pairs,
    planning,
    plans,
    seminars,
    visits,
)
from courses.services.booking import Window
from courses.visits import DeliveryModel, ModuleKind, VisitReport
from lms.units import Unit

SECTORS_PART = (
    Track(
        sector="nav",
        programme="- 9.00 Rollen som NAV-instruktør\n- 11.00 Modell 1 og 2: NAVs del av timen\n"
        "- 13.00 Øv på prosessdelen i par\n- 15.00 Den egne planen til del 2",
    ),
    Track(
        sector="helse",
        place="Møterom Fjorden",
        programme="- 9.00 Rollen som helseinstruktør\n- 11.00 Presentasjonene, lysbilde for lysbilde\n"
        "- 13.00 Øv på spørsmålene fra salen\n- 15.00 Den egne planen til del 2",
    ),
)
PROGRAMMES: Mapping[tuple[int, int], str] = {
    (1, 1): "- 10.00 Velkommen. Hvem er vi, og hva har vi med oss?\n- 11.00 Muskel og skjelett: det vi vet\n"
    "- 13.00 Psykisk helse og arbeid\n- 16.00 Spørsmål fra forberedelsene",
    (1, 2): "- 9.00 Å formidle uten å belære\n- 11.00 Øv: åpne spørsmål til salen\n"
    "- 13.00 Slik er en time på arbeidsplassen\n- 15.00 Makkere finner hverandre",
    (1, 3): "Dagen holdes hver for seg, NAV og helse.",
    (2, 1): "- 10.00 Hva så dere da dere hospiterte?\n- 11.00 Presentasjoner, første halvdel\n"
    "- 15.30 Tilbakemeldinger i grupper",
    (
        2,
        2,
    ): "- 9.00 Presentasjoner, andre halvdel\n- 13.00 De vanskelige spørsmålene\n- 14.00 Veien videre som instruktør",
}
HOURS: Mapping[tuple[int, int], tuple[time, time]] = {
    (1, 1): (time(10), time(17)),
    (2, 1): (time(10), time(17)),
    (2, 2): (time(9), time(15)),
}
DEFAULT_HOURS = time(9), time(16)

PRACTISE = "Jeg vil øve på å vente på svaret når jeg har spurt salen, og på å si det enkelt når noen spør om årsaker."
OPINIONS = (
    ("Å øve foran de andre.", "Litt mer tid til øvingene."),
    ("Dagen hver for seg. Der kom de gode spørsmålene.", ""),
    ("At både NAV og helse var i rommet.", "Pausene var korte."),
    ("", "Mer om psykisk helse på små arbeidsplasser."),
    ("Spørsmålene vi kan stille til salen.", ""),
)


def five_days(part_1: Sequence[date], part_2: Sequence[date], guides: Guides) -> tuple[Day, ...]:
    """The days of a seminar with hours and programme; on the third the sectors part."""
    leads = {"nav": guides.trainer, "helse": guides.second_trainer}
    tracks = tuple(
        Track(sector=each.sector, place=each.place, trainer_id=leads[each.sector], programme=each.programme)
        for each in SECTORS_PART
    )
    found = []
    for part, dates in zip(PARTS, (part_1, part_2), strict=True):
        for number, on in enumerate(dates, start=1):
            key = part, number
            starts, ends = HOURS.get(key, DEFAULT_HOURS)
            found.append(
                Day(
                    part=part,
                    number=number,
                    on=on,
                    starts=starts,
                    ends=ends,
                    programme=PROGRAMMES[key],
                    tracks=tracks if key == (1, 3) else (),
                )
            )
    return tuple(found)


def plan(
    session: Session, unit: Unit, place: str, part_1: Sequence[date], part_2: Sequence[date], seats: int, guides: Guides
) -> int:
    """A seminar with its programme and its trainers, named after its region and weeks; returns its id."""
    region = unit.name.removeprefix("Regional enhet ")
    weeks = (part_1[0].isocalendar(), part_2[-1].isocalendar())
    planned = noon(part_1[0] - timedelta(days=60))
    seminar = seminars.plan_seminar(
        session,
        unit=unit,
        name=f"Grunnopplæring {region} {weeks[0].year}, uke {weeks[0].week} og {weeks[1].week}",
        place=place,
        seats=seats,
        days=five_days(part_1, part_2, guides),
        now=planned,
    )
    trainers = (guides.trainer, guides.second_trainer)
    planning.set_trainers(
        session, seminar_id=seminar.id, person_ids=trainers, lead_id=trainers[0], by=trainers[0], now=planned
    )
    return seminar.id


def open_to_book(session: Session, cohort: Cohort, guides: Guides, *, since: date, invited: Sequence[int]) -> None:
    """Bookable until two weeks before it begins; some are invited."""
    first = cohort.days[0]
    window = Window(
        bookable_from=since, bookable_through=first - timedelta(days=14), cancel_through=first - timedelta(days=7)
    )
    limits = Limits(seats=0, sectors={"nav": 8, "helse": 8} if invited else {})
    booking.open_for_booking(
        session, seminar_id=cohort.seminar_id, window=window, limits=limits, by=guides.trainer, now=noon(since)
    )
    through = first - timedelta(days=10)
    if invited:
        booking.invite(
            session,
            seminar_id=cohort.seminar_id,
            person_ids=invited,
            through=through,
            by=guides.coordinator,
            now=noon(since),
        )


def fill_line(session: Session, cohort: Cohort, newcomers: Sequence[int], today: date) -> None:
    """A full seminar: some stand in line, then a seat is given up, and the first is offered it until tomorrow."""
    for person_id in newcomers:
        booking.book(
            session,
            seminar_id=cohort.seminar_id,
            person_id=person_id,
            needed=frozenset(PARTS),
            now=noon(today - timedelta(days=2)),
        )
    booking.give_up(
        session,
        seminar_id=cohort.seminar_id,
        person_id=cohort.members[-1],
        now=noon(today - timedelta(days=1)),
    )


def between_the_parts(session: Session, nord: Nord, today: date) -> None:
    """A pair, a visit planned for both, plans handed in, something to read for the days."""
    seminar_id, members, days = nord.between
    trainer = nord.guides.trainer
    pairs.link(session, person_ids=(members[0], members[1]), from_on=days[2], by=trainer, now=noon(days[2]))
    mentor = nord.guides.mentors[-1]
    report = VisitReport(
        on=workday(today + timedelta(days=1)),
        company=COMPANIES[-1],
        modules=frozenset({ModuleKind.PSYKISK_HELSE}),
        mentor_id=mentor.id,
        mentor_name=mentor.name,
        model=DeliveryModel.TWO,
    )
    yesterday = noon(today - timedelta(days=1))
    planned = visits.plan_visit(session, person_id=members[0], report=report, now=yesterday)
    visits.propose_to(session, planned, partner_id=members[1], now=yesterday)
    for person_id, link in ((members[0], "https://presentasjoner.example/del-2/utkast"), (members[1], "")):
        written = {
            Heading.PRACTISE: PRACTISE,
            Heading.VISITS: "En time i en barnehage, og en på et lager sammen med makkeren min.",
            Heading.TOPIC: "Muskel og skjelett: ryggen på jobb. Ti minutter.",
            Heading.LINK: link,
            Heading.FEEDBACK: "Spør jeg, eller forklarer jeg?",
        }
        plans.keep(session, person_id=person_id, written=written, now=noon(days[2] + timedelta(days=4)))
        version = plans.hand_in(session, person_id=person_id, now=noon(days[2] + timedelta(days=5)))
        if not link:
            plans.comment(
                session,
                version=version,
                text="Fint at du vil øve på pausene. Legg gjerne ved et utkast til presentasjonen.",
                entry="demo",
                by=trainer,
                now=noon(days[2] + timedelta(days=6)),
            )
    for (part, number), title, link in (
        ((1, 1), "Forberedelser: hefte om muskel og skjelett", "https://materiell.example/muskel-og-skjelett"),
        ((2, 1), "Slik gir vi hverandre tilbakemelding", "https://materiell.example/tilbakemelding"),
    ):
        materials.add_link(
            session, day=_day(session, seminar_id, part, number), title=title, link=link, by=trainer, now=noon(days[0])
        )


def evaluate(session: Session, cohort: Cohort, people: Sequence[int]) -> None:
    """Some of those who were at part 1 have said what they think. In a transaction of its own: it deals rows anew."""
    after = noon(cohort.days[2] + timedelta(days=1))
    for place, (person_id, (useful, better)) in enumerate(zip(people, OPINIONS, strict=False)):
        part = evaluations.attended_part(session, cohort.seminar_id, 1, person_id)
        if part is None:
            raise LookupError("who evaluates a part was there")
        ratings = {
            statement: 3 + (place + 2 * number) % 3 - (place == 3) for number, statement in enumerate(STATEMENTS)
        }
        evaluation.answer(session, part, ratings=ratings, useful=useful, better=better, now=after)


def _day(session: Session, seminar_id: int, part: int, number: int) -> SeminarDay:
    wanted = (SeminarDay.seminar_id == seminar_id, SeminarDay.part == part, SeminarDay.day_number == number)
    return session.scalars(select(SeminarDay).where(*wanted)).one()

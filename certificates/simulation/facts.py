"""What people do elsewhere, as rows in bulk: tests, lessons, seminar days, visits, deliveries, gatherings.

None of it is certification, so it goes past the services of `courses`; what is written is told to the oracle as well.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from certificates.simulation.life import Life
from certificates.simulation.oracle import DAYS_OF_PART
from certificates.simulation.world import COURSES, LESSONS, World
from courses.models.deliveries import Delivery
from courses.models.gatherings import GatheringAttendance
from courses.models.learning import Enrolment, LessonDone
from courses.models.seminars import Attendance, Seminar, SeminarDay
from courses.models.visits import ObservationVisit, VisitWord
from courses.queries.learning import owner_of
from courses.seminars import DAY_ENDS, DAY_STARTS, SEATS_DEFAULT
from courses.visits import Word
from lms.clock import at_local
from lms.db import Base
from quizzes.models import Attempt

QUESTIONS = 10
PASSED, FAILED = 9, 6  # right of ten; the pass mark is 80 %
HOUR = 11
TABLES: tuple[type[Base], ...] = (
    Enrolment, LessonDone, Attempt, Seminar, SeminarDay, Attendance, ObservationVisit, VisitWord, Delivery,
    GatheringAttendance,
)  # fmt: skip


class Pen:
    """Collects a day's rows and writes them at once. Row numbers are its own: nothing else writes these tables."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rows: defaultdict[type[Base], list[dict[str, Any]]] = defaultdict(list)
        self.last: Counter[type[Base]] = Counter()
        self.enrolments: dict[tuple[int, str, int], int] = {}
        self.days: dict[tuple[int, date, int], dict[int, tuple[int, date]]] = {}

    def write(self, session: Session) -> int:
        """Everything collected since the last time; returns how many rows."""
        count = 0
        for table in TABLES:
            rows = self.rows.pop(table, [])
            if rows:
                session.connection().execute(insert(table), rows)
            count += len(rows)
        return count

    def begin(self, life: Life, course: str, cycle: int, on: date) -> None:
        """Enrol in a course."""
        id_ = self._add(
            Enrolment,
            person_id=life.id,
            course_id=course,
            version_id=COURSES.index(course) + 1,
            cycle=cycle,
            seed="0",
            first_form=None,
            enrolled_at=at_local(on, HOUR),
        )
        self.enrolments[life.id, course, cycle] = id_

    def read(self, life: Life, course: str, cycle: int, on: date) -> None:
        """Mark every lesson as done."""
        for number in range(LESSONS):
            self._row(
                LessonDone,
                enrolment_id=self.enrolments[life.id, course, cycle],
                lesson_id=f"leksjon-{number}",
                done_at=at_local(on, HOUR),
            )

    def sit(self, life: Life, course: str, cycle: int, form: str, on: date, *, ordinal: int, passed: bool) -> None:
        """Take a test and hand it in."""
        owner = owner_of(self.enrolments[life.id, course, cycle])
        self._add(
            Attempt,
            person_id=life.id,
            owner=owner,
            form=form,
            ordinal=ordinal,
            title=course,
            bank=course,
            seed="0",
            go_back_to=f"/kurs/{course}",
            objective_titles={},
            pass_numerator=4,
            pass_denominator=5,
            out_of=QUESTIONS,
            version=None,
            started_at=at_local(on, HOUR),
            limits=None,
            read_again=None,
            deadline_at=None,
            submitted_at=at_local(on, HOUR, 40),
            points_numerator=PASSED if passed else FAILED,
            points_denominator=1,
        )

    def seminar(self, region: int, month: date, part: int) -> dict[int, tuple[int, date]]:
        """The days of a part of a region's seminar of a month, as number → (id, day); planned when first asked for."""
        key = region, month, part
        if key not in self.days:
            seminar_id = self._add(
                Seminar,
                unit_id=self.world.regions[region].unit_id,
                name=f"Kull {month:%Y-%m}, del {part}",
                place="Kurslokalet",
                seats=SEATS_DEFAULT,
                created_at=self.world.began,
                revision=0,
                bookable_from=None,
                bookable_through=None,
                cancel_through=None,
                cancelled_at=None,
                cancelled_by=None,
                cancelled_why=None,
            )
            self.days[key] = {
                number: (self._seminar_day(seminar_id, part, number, on), on)
                for number, on in enumerate(days_of_part(month, part), start=1)
            }
        return self.days[key]

    def attend(self, life: Life, day_id: int, recorded: date) -> None:
        """Be there on a day, as the trainer says."""
        self._add(
            Attendance,
            seminar_day_id=day_id,
            person_id=life.id,
            present=True,
            recorded_by=self.world.regions[life.region].trainer,
            recorded_at=at_local(recorded, 16),
            check_in_id=None,
        )

    def visit(self, life: Life, module: str, on: date, confirmed: date) -> None:
        """An observation visit, confirmed by the mentor."""
        mentor = self.world.regions[life.region].mentor
        at = at_local(confirmed, HOUR)
        id_ = self._add(
            ObservationVisit,
            person_id=life.id,
            on=on,
            company=f"Bedrift {module} {on:%d%m%y}",
            modules=[module],
            model=2,
            mentor_id=mentor,
            mentor_name="Mentor",
            mentor_address="",
            note="",
            entered_with=None,
            recorded_by=life.id,
            recorded_at=at,
            confirmed_by=mentor,
            confirmed_name=None,
            confirmed_address=None,
            confirmed_at=at,
            withdrawn_at=None,
        )
        self._add(
            VisitWord,
            visit_id=id_,
            word=Word.CONFIRMED.value,
            by_id=mentor,
            by_name="",
            by_address="",
            comment="",
            observed={},
            reflection="",
            at=at,
        )

    def deliver(self, life: Life, on: date, recorded: date) -> None:
        """A delivery, logged on a day."""
        self._add(
            Delivery,
            person_id=life.id,
            entry=f"{self.last[Delivery]}",
            on=on,
            company="Bryggen Bakeri",
            module="psykisk_helse",
            model=2,
            employees=20,
            leaders=2,
            duration_minutes=90,
            recorded_at=at_local(recorded, HOUR),
            org_number=None,
            partner_id=None,
            unit_id=None,
            partner_unit_id=None,
            replaces_id=None,
            known_at=None,
        )

    def gather(self, life: Life, on: date, recorded: date) -> None:
        """A network gathering, entered by the trainer."""
        self._add(
            GatheringAttendance,
            person_id=life.id,
            title="Nettverkssamling",
            on=on,
            kind="network",
            recorded_by=self.world.regions[life.region].trainer,
            recorded_at=at_local(recorded, 16),
        )

    def _seminar_day(self, seminar_id: int, part: int, number: int, on: date) -> int:
        return self._add(
            SeminarDay,
            seminar_id=seminar_id,
            part=part,
            day_number=number,
            on_date=on,
            starts_at=DAY_STARTS,
            ends_at=DAY_ENDS,
            place="",
            programme="",
        )

    def _add(self, table: type[Base], **values: Any) -> int:
        self.last[table] += 1
        self._row(table, id=self.last[table], **values)
        return self.last[table]

    def _row(self, table: type[Base], **values: Any) -> None:
        if "on" in values:
            values["on_date"] = values.pop("on")
        self.rows[table].append(values)


def days_of_part(month: date, part: int) -> list[date]:
    """Part 1 begins on the first Monday of a month, part 2 on the second."""
    first = month.replace(day=1)
    monday = first + timedelta(days=-first.weekday() % 7 + 7 * (part - 1))
    return [monday + timedelta(days=number) for number in range(DAYS_OF_PART[part])]


def month_from(day: date, part: int) -> date:
    """The first month whose seminar of a part begins on a day or later."""
    month = day.replace(day=1)
    while days_of_part(month, part)[0] < day:
        month = (month + timedelta(days=32)).replace(day=1)
    return month

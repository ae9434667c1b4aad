"""Course certificates as they are issued: at once, once, frozen; approvals; documents; the register's numbers."""

from __future__ import annotations

import hashlib
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from certificates import jobs, mails
from certificates.course_certificates import Capacity, CreditKind, Incomplete
from certificates.models.course_certificates import CourseCertificate, CourseCertificateEdition
from certificates.models.seals import SEALED
from certificates.queries import course_certificates as queries
from certificates.services import course_certificates as services
from certificates.services.course_certificates import Entry
from courses.services import learning
from lms import audit, practitioners, sealing, units
from lms.clock import FrozenClock, at_local
from lms.db import Database
from lms.errors import Refused
from lms.features import Work
from lms.outbox import OutboxMail
from lms.people import Locale, Person
from lms.practitioners import Application, Occupation
from lms.units import Sector, Unit
from lms.viewer import Reach
from quizzes import services as quizzes
from quizzes.attempts import Purpose
from quizzes.models import Attempt
from tests import cast
from tests.cast import Cast
from tests.courses import factories as courses

COURSE = "emnekurs"
DAY = date(2026, 11, 10)
NOW = at_local(DAY, 12)
APPROVED = Entry(
    course_id=COURSE,
    body="Legeforeningen",
    reference="2026/17",
    valid_from=date(2026, 1, 1),
    valid_through=DAY,
    hours={CreditKind.ONLINE: Decimal("4.25"), CreditKind.TOPIC: Decimal("0.75")},
)


def signed_up(session: Session, name: str, *, hpr: str | None = None, region_id: int | None = None) -> Person:
    """Somebody who signed up by themselves: a doctor with a number, a counsellor without."""
    said = Application(
        name=name,
        email=f"{name.split()[0].lower()}@lege.example",
        occupation=Occupation.GP if hpr else Occupation.COUNSELLOR,
        hpr_number=hpr,
        office="" if hpr else "NAV Alta",
        region_id=region_id,
        locale=Locale.NB,
        go_on_to="",
    )
    token = practitioners.keep_sign_up(session, said, now=NOW)
    return practitioners.complete(session, token, "rolig som en fjellvidde", now=NOW)


def published(session: Session) -> None:
    courses.published(session, at_local(date(2026, 1, 2), 12), id=COURSE, title="Sykmelding og arbeid", kind="topic")


def passed(session: Session, person_id: int, now: datetime = NOW) -> CourseCertificate:
    """The whole course taken; the certificate that came with handing the post-test in."""
    enrolment = courses.passed(session, person_id, now, course=COURSE)
    found = queries.certificate_of(session, enrolment.id)
    assert found is not None
    return found


def test_a_doctor_who_passes_has_the_certificate_in_the_same_transaction(
    in_app: Flask, database: Database, people: Cast
) -> None:
    with database.transaction() as session:
        published(session)
        services.enter_approval(session, APPROVED, actor_id=people.siri, now=NOW - timedelta(days=30))
        doctor = signed_up(session, "Grete Lie", hpr="1234567")
        enrolment = courses.all_read(session, doctor.id, NOW - timedelta(days=3), course=COURSE)
        courses.take(session, enrolment, Purpose.POST, NOW)
    with database.reading() as session:
        issued = queries.certificate_of(session, enrolment.id)
        assert issued is not None
        edition = queries.newest_edition(session, issued.id)
        mails = session.scalars(select(OutboxMail.name).where(OutboxMail.person_id == doctor.id)).all()
        assert audit.verify(session) == []
    assert (issued.number, issued.version_number, issued.capacity) == ("HIK-2026-000001", 1, Capacity.DOCTOR)
    assert (issued.first_on, issued.last_on, issued.issued_on) == (date(2026, 11, 7), DAY, DAY)
    assert (edition.edition, edition.holder_name, edition.hpr_number) == (1, "Grete Lie", "1234567")
    assert issued.content["hours"] == "7.5"
    assert sum(Decimal(hours) for _kind, hours in issued.content["hours_by_kind"]) == Decimal("7.5")
    assert issued.content["organiser"] == "HelseIArbeid, Nasjonalt sekretariat"
    assert issued.content["course"]["nb"]["objectives"] == ["Forklare at ryggen er sterk", "Forklare hva uro er"]
    assert [each["reference"] for each in issued.content["approvals"]] == ["2026/17"]
    assert issued.content["approvals"][0]["hours"] == [["online", "4.25"], ["topic", "0.75"]]
    assert list(mails) == ["course_certificate_issued"]


def test_a_counsellor_gets_one_without_number_and_without_approval(
    in_app: Flask, database: Database, people: Cast
) -> None:
    with database.transaction() as session:
        published(session)
        services.enter_approval(session, APPROVED, actor_id=people.siri, now=NOW)
        counsellor = passed(session, signed_up(session, "Nils Vik").id)
        kari = passed(session, people.kari)  # invited, of NAV
        practitioners.correct_hpr(session, people.knut, "7654321", actor_id=people.knut, now=NOW)
        knut = passed(session, people.knut)  # of NAV, whatever number he has
        for issued in (counsellor, kari, knut):
            assert issued.capacity == Capacity.COUNSELLOR
            assert issued.content["approvals"] == []
            assert queries.newest_edition(session, issued.id).hpr_number is None


def test_an_instructor_who_is_a_doctor_gets_the_number_of_the_own_page(
    in_app: Flask, database: Database, people: Cast
) -> None:
    with database.transaction() as session:
        published(session)
        services.enter_approval(session, APPROVED, actor_id=people.siri, now=NOW)
        practitioners.correct_hpr(session, people.geir, "42", actor_id=people.geir, now=NOW)
        issued = passed(session, people.geir)
        assert queries.newest_edition(session, issued.id).hpr_number == "42"
        assert issued.content["approvals"] != []
        assert queries.carries_hpr(session, people.geir)
        assert not queries.carries_hpr(session, people.kari)


@pytest.mark.parametrize(
    ("on", "named"),
    [(date(2025, 12, 31), False), (date(2026, 1, 1), True), (DAY, True), (DAY + timedelta(days=1), False)],
)
def test_the_first_and_the_last_day_of_an_approval(
    in_app: Flask, database: Database, people: Cast, on: date, named: bool
) -> None:
    with database.transaction() as session:
        courses.published(session, at_local(date(2025, 1, 2), 12), id=COURSE, title="Kurset", kind="topic")
        services.enter_approval(session, APPROVED, actor_id=people.siri, now=at_local(date(2025, 6, 1), 12))
        practitioners.correct_hpr(session, people.geir, "42", actor_id=people.geir, now=NOW)
        # handed in just before midnight in Oslo, when it is the day before in UTC in winter or not
        issued = passed(session, people.geir, at_local(on, 23) + timedelta(minutes=59))
    assert issued.last_on == on
    assert bool(issued.content["approvals"]) is named


def test_what_is_entered_or_withdrawn_later_changes_nothing_that_was_issued(
    in_app: Flask, database: Database, people: Cast
) -> None:
    with database.transaction() as session:
        published(session)
        early = passed(session, signed_up(session, "Anne Lie", hpr="1").id, NOW - timedelta(hours=1))
        row = services.enter_approval(session, APPROVED, actor_id=people.siri, now=NOW)
        between = passed(session, signed_up(session, "Berit Lie", hpr="2").id)
        services.withdraw_approval(
            session, row, reason="Feil nummer", actor_id=people.siri, now=NOW + timedelta(minutes=1)
        )
        late = passed(session, signed_up(session, "Dina Lie", hpr="3").id, NOW + timedelta(minutes=2))
        with pytest.raises(Refused, match="approval-withdrawn"):
            services.withdraw_approval(session, row, reason="Igjen", actor_id=people.siri, now=NOW)
        with pytest.raises(Refused, match="approval-known"):
            services.enter_approval(session, APPROVED, actor_id=people.siri, now=NOW)
    assert [bool(each.content["approvals"]) for each in (early, between, late)] == [False, True, False]


def test_a_failed_test_another_kind_of_course_and_the_pre_test_issue_nothing(
    in_app: Flask, database: Database, people: Cast
) -> None:
    with database.transaction() as session:
        published(session)
        courses.published(session, NOW)
        enrolment = courses.all_read(session, people.kari, NOW, course=COURSE)
        courses.take(session, enrolment, Purpose.POST, NOW, right=False)
        courses.passed(session, people.kari, NOW)
        assert session.scalar(select(func.count()).select_from(CourseCertificate)) == 0
        said = services.issue_if_complete(session, enrolment.id, now=NOW)
        assert isinstance(said, Incomplete)
        assert [reason.code for reason in said.reasons] == ["course-posttest"]


def test_what_handing_in_missed_the_hourly_step_finds_and_a_second_run_nothing(
    app: Flask, database: Database, people: Cast, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    with database.transaction() as session:  # outside the application nobody is told
        published(session)
        enrolment = courses.passed(session, people.kari, NOW, course=COURSE)
        courses.all_read(session, people.geir, NOW, course=COURSE)
    with database.reading() as session:
        assert queries.certificate_of(session, enrolment.id) is None
        assert list(queries.waiting_enrolments(session)) == [enrolment.id]
    work = Work(database=database, now=NOW + timedelta(days=2))
    with app.test_request_context():
        assert jobs.issue_course_certificates(work) == {"issued": 1, "failed": 0}
        assert jobs.issue_course_certificates(work) == {"issued": 0, "failed": 0}
    with database.reading() as session:
        issued = queries.certificate_of(session, enrolment.id)
    assert issued is not None
    assert (issued.last_on, issued.issued_on) == (DAY, DAY + timedelta(days=2))


def test_the_test_is_handed_in_even_when_issuing_fails(
    in_app: Flask, database: Database, people: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_arguments: object, **_named: object) -> None:
        raise RuntimeError("no paper")

    with database.transaction() as session:
        published(session)
        enrolment = courses.all_read(session, people.kari, NOW, course=COURSE)
        monkeypatch.setattr(mails, "course_certificate_issued", broken)
        with caplog.at_level(logging.CRITICAL):
            attempt = courses.take(session, enrolment, Purpose.POST, NOW)
        assert attempt.submitted_at == NOW
        assert queries.certificate_of(session, enrolment.id) is None
        monkeypatch.undo()
        assert isinstance(services.issue_if_complete(session, enrolment.id, now=NOW), CourseCertificate)


def test_handed_in_twice_at_once_while_the_night_runs_issues_one(shared_database: Database, app: Flask) -> None:
    with shared_database.transaction() as session:
        there = cast.assemble(session)
        published(session)
        enrolment = courses.all_read(session, there.kari, NOW, course=COURSE)
        attempt = learning.start_test(session, enrolment, Purpose.POST, NOW, go_back_to="/kurs")
        answers = courses.right_answers(session, attempt)
    together = Barrier(4)

    def hand_in() -> None:
        with app.test_request_context():
            together.wait()
            with shared_database.transaction() as session:
                quizzes.submit(session, session.get_one(Attempt, attempt.id), answers=answers, now=NOW)

    def night() -> None:
        with app.test_request_context():
            together.wait()
            for _ in range(3):
                with shared_database.transaction() as session:
                    services.issue_if_complete(session, enrolment.id, now=NOW)

    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(hand_in), pool.submit(hand_in), pool.submit(night), pool.submit(night)]:
            future.result()
    with shared_database.reading() as session:
        assert session.scalar(select(func.count()).select_from(CourseCertificate)) == 1
        assert session.scalar(select(func.count()).select_from(CourseCertificateEdition)) == 1
        assert list(session.scalars(select(OutboxMail.name))) == ["course_certificate_issued"]
        assert audit.verify(session) == []


def test_two_people_at_once_get_numbers_that_follow_each_other(shared_database: Database, app: Flask) -> None:
    with shared_database.transaction() as session:
        there = cast.assemble(session)
        published(session)
        ids = [
            courses.passed(session, person_id, NOW, course=COURSE).id
            for person_id in (there.kari, there.geir, there.mons, there.stian)
        ]
    together = Barrier(len(ids))

    def issue(enrolment_id: int) -> str:
        with app.test_request_context():
            together.wait()
            with shared_database.transaction() as session:
                found = services.issue_if_complete(session, enrolment_id, now=NOW)
                assert isinstance(found, CourseCertificate)
                return found.number

    with ThreadPoolExecutor(len(ids)) as pool:
        numbers = sorted(pool.map(issue, ids))
    assert numbers == [f"HIK-2026-00000{place}" for place in range(1, 5)]


def test_a_new_name_is_a_new_edition_once_and_what_was_given_out_stays(
    in_app: Flask, database: Database, people: Cast
) -> None:
    with database.transaction() as session:
        published(session)
        issued = passed(session, people.kari)
        first = queries.newest_edition(session, issued.id)
        with pytest.raises(Refused, match="course-edition-same"):
            services.reissue(session, issued, actor_id=people.kari, now=NOW)
        person = session.get_one(Person, people.kari)
        person.name = "Kari Nordmann"
        second = services.reissue(session, issued, actor_id=people.kari, now=NOW)
        assert (second.edition, second.holder_name, first.holder_name) == (2, "Kari Nordmann", "Kari Åsen")
        with pytest.raises(Refused, match="course-edition-same"):
            services.reissue(session, issued, actor_id=people.kari, now=NOW)
        kept = services.keep_document(session, first.id, "nb", b"%PDF one", now=NOW)
        again = services.keep_document(session, first.id, "nb", b"%PDF two", now=NOW)
        assert kept == again == b"%PDF one"
        stored = services.stored_document(session, first.id, "nb")
        assert stored is not None
        assert stored.sha256 == hashlib.sha256(kept).hexdigest()


def test_a_region_is_where_one_belonged_that_day_or_said_one_works(
    in_app: Flask, database: Database, people: Cast
) -> None:
    with database.transaction() as session:
        published(session)
        passed(session, people.kari)
        units.move(
            session, session.get_one(Person, people.kari), session.get_one(Unit, people.arendal), Sector.NAV,
            on=DAY + timedelta(days=5),
        )  # fmt: skip
        passed(session, signed_up(session, "Grete Lie", hpr="12", region_id=people.sor).id)
        passed(session, signed_up(session, "Ola Lie", hpr="13").id)
        counted = queries.counted(session, Reach(everywhere=True))
        of_nord = queries.counted(session, Reach(paths=("/norge/nord/",)))
    assert counted == {
        ("Regional enhet Nord", 2026, Capacity.COUNSELLOR): 1,
        ("Regional enhet Sør", 2026, Capacity.DOCTOR): 1,
        ("", 2026, Capacity.DOCTOR): 1,
    }
    assert of_nord == {("Regional enhet Nord", 2026, Capacity.COUNSELLOR): 1}


def test_what_was_decided_is_refused_to_change_and_its_seals_hold(
    in_app: Flask, database: Database, people: Cast
) -> None:
    with database.transaction() as session:
        published(session)
        row = services.enter_approval(session, APPROVED, actor_id=people.siri, now=NOW)
        issued = passed(session, signed_up(session, "Grete Lie", hpr="12").id)
        session.get_one(Person, issued.person_id).name = "Grete Fjell"
        services.reissue(session, issued, actor_id=people.siri, now=NOW)
        services.withdraw_approval(session, row, reason="Opphevet", actor_id=people.siri, now=NOW)
    with database.reading() as session:
        details = [(entry.number, entry.details) for entry in session.scalars(select(audit.AuditEntry))]
        assert list(sealing.broken_rows(session, SEALED, iter(details))) == []
    for table in ("course_certificate", "course_certificate_edition", "course_approval", "course_approval_withdrawn"):
        for statement in (f"UPDATE {table} SET salt = ''", f"DELETE FROM {table}"):
            with pytest.raises(DBAPIError, match="never changed or deleted"), database.transaction() as session:
                session.execute(text(statement))

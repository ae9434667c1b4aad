"""The night: every reminder exactly once, whoever runs it, how often, and whatever is killed in between."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from certificates import jobs as nightly
from certificates.models.issued import Certificate
from certificates.models.reminders import DigestSent, Reminder
from certificates.services.decisions import decide_certificate
from certificates.status import EventKind
from lms import audit
from lms import jobs as ground
from lms.clock import FrozenClock, at_local
from lms.db import Database
from lms.features import Job
from lms.outbox import OutboxMail
from lms.people import Locale, Person
from tests import cast
from tests.cast import Cast
from tests.certificates import factories
from tests.certificates.factories import APPROVED, PLAIN_APPROVAL, TODAY
from tests.transports import KeptMail

ROOT = Path(__file__).parents[2]
ISSUE, REMIND, DIGEST = (
    next(job for job in nightly.JOBS if job.name == name) for name in ("issue_due", "remind", "digest")
)
BEGAN = date(2024, 3, 1)  # through 28.02.2027, window opens 01.09.2026, grace ends 31.08.2027
STAGES = [  # the day a stage begins, and the stage
    (date(2026, 9, 1), "opened"),
    (date(2026, 12, 1), "days_90"),
    (date(2027, 1, 30), "days_30"),
    (date(2027, 2, 22), "days_7"),
    (date(2027, 3, 1), "day_0"),
]


def night(app: Flask, job: Job, on: date, *, rehearse: bool = False) -> dict[str, int]:
    return dict(ground.run_job(app, job, now=at_local(on, 5), rehearse=rehearse))


def mails(database: Database, name: str = "reminder") -> list[OutboxMail]:
    with database.reading() as session:
        return list(session.scalars(select(OutboxMail).where(OutboxMail.name == name).order_by(OutboxMail.id)))


def stages(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Reminder.stage).order_by(Reminder.id)))


def give_geir(database: Database, people: Cast, valid_from: date = BEGAN) -> int:
    with database.transaction() as session:
        return factories.give_certificate(session, people.geir, valid_from=valid_from).id


def test_each_stage_is_sent_on_its_day_and_once_however_often_the_night_is_run(
    app: Flask, database: Database, people: Cast
) -> None:
    give_geir(database, people)
    for place, (day, stage) in enumerate(STAGES):
        night(app, REMIND, day - timedelta(days=1))
        assert len(mails(database)) == place
        for _ in range(3):
            night(app, REMIND, day)
        assert stages(database) == [stage for _day, stage in STAGES[: place + 1]]
    assert night(app, REMIND, date(2027, 9, 1)) == {"sent": 0, "failed": 0}
    assert len(mails(database)) == 5


def test_after_an_outage_only_the_newest_is_sent(app: Flask, database: Database, people: Cast) -> None:
    give_geir(database, people)
    night(app, REMIND, date(2027, 2, 23))
    assert stages(database) == ["days_7"]
    night(app, REMIND, date(2027, 2, 24))
    assert len(mails(database)) == 1


def test_a_rehearsal_counts_and_sends_nothing(app: Flask, database: Database, people: Cast) -> None:
    give_geir(database, people)
    assert night(app, REMIND, TODAY, rehearse=True) == {"sent": 1, "failed": 0}
    assert mails(database) == []
    assert stages(database) == []


def test_the_renewed_the_revoked_and_those_who_left_get_none(app: Flask, database: Database, people: Cast) -> None:
    give_geir(database, people)
    with database.transaction() as session:
        factories.give_certificate(session, people.geir, valid_from=date(2027, 3, 1), cycle=2)
        revoked = factories.give_certificate(session, people.mons, valid_from=BEGAN)
        factories.give_certificate(session, people.stian, valid_from=BEGAN)
        session.get_one(Person, people.stian).deactivated_at = at_local(TODAY, 9)
    factories.decided(database, revoked.id, "revoked", TODAY)
    assert night(app, REMIND, TODAY) == {"sent": 0, "failed": 0}


def test_a_suspended_holder_is_reminded_and_told_so(app: Flask, database: Database, people: Cast) -> None:
    factories.decided(database, give_geir(database, people), "suspended", TODAY)
    night(app, REMIND, TODAY)
    (mail,) = mails(database)
    assert "midlertidig stanset" in mail.text


def test_the_mail_states_the_date_what_this_person_lacks_and_a_link(
    app: Flask, database: Database, people: Cast
) -> None:
    give_geir(database, people)
    factories.recertify_evidence(database, people.geir, on=date(2026, 10, 20), by=people.tone, deliveries=4)
    night(app, REMIND, TODAY)
    (mail,) = mails(database)
    assert mail.daytime_only
    assert mail.subject == "Nå kan du resertifisere deg: sertifikatet gjelder til og med 28.02.2027"
    assert "28.02.2027" in mail.text
    assert "Du mangler 2 av 6 leveranser." in mail.text
    assert "Avtal faglig vurdering" in mail.text
    assert "ettertest" not in mail.text  # passed
    assert "http://127.0.0.1:8000/min-vei" in mail.text
    assert "Avtal faglig vurdering" in mail.html


@pytest.mark.parametrize("locale", list(Locale))
@pytest.mark.parametrize("day", [TODAY, date(2027, 1, 30), date(2027, 3, 1)])
def test_every_mail_is_made_in_every_language(
    app: Flask, database: Database, people: Cast, locale: Locale, day: date
) -> None:
    give_geir(database, people)
    with database.transaction() as session:
        for person_id in (people.geir, people.knut):
            session.get_one(Person, person_id).locale = locale
    night(app, REMIND, day)
    night(app, DIGEST, day)
    for mail in (*mails(database), *mails(database, "reminder_digest")):
        assert mail.locale == locale
        assert mail.subject
        assert "28.02.2027" in mail.text
        assert "28.02.2027" in mail.html
        assert "http://127.0.0.1:8000/" in mail.text
        assert "%(" not in mail.text + mail.html + mail.subject


def test_the_mail_waits_for_the_morning(
    app: Flask, database: Database, people: Cast, clock: FrozenClock, outbox_transport: KeptMail
) -> None:
    give_geir(database, people)
    clock.instant = at_local(TODAY, 5)
    night(app, REMIND, TODAY)
    ground.send_mail(app)
    assert outbox_transport.sent == []
    clock.instant = at_local(TODAY, 6)
    ground.send_mail(app)
    assert len(outbox_transport.sent) == 1


def test_what_the_trainer_did_not_issue_the_night_does_with_the_day_all_was_met(
    app: Flask, database: Database, people: Cast
) -> None:
    factories.study(database, people.kari)
    parts = {1: factories.PART_1, 2: factories.PART_2}
    factories.attend(database, people.nord, [people.kari], parts, by=people.tone)
    factories.approve(app, people.kari, by=people.tone, now=at_local(date(2026, 11, 12), 12), verdict=APPROVED)
    factories.visit(database, people.kari, mentor_id=people.mons, by=people.tone)
    for _ in range(3):
        night(app, ISSUE, TODAY)
    with database.reading() as session:
        certificate = session.scalars(select(Certificate)).one()
        assert audit.verify(session) == []
    assert (certificate.valid_from, certificate.issued_on, certificate.issued_by) == (
        date(2026, 11, 12),
        TODAY,
        None,
    )
    assert len(mails(database, "certificate_issued")) == 1


def test_a_renewal_whose_last_requirement_came_after_the_approval_is_issued_by_the_night(
    app: Flask, database: Database, people: Cast
) -> None:
    give_geir(database, people)
    factories.approve(app, people.geir, by=people.tone, now=at_local(date(2026, 9, 2), 12), verdict=PLAIN_APPROVAL)
    factories.recertify_evidence(database, people.geir, on=date(2026, 10, 20), by=people.tone)
    assert night(app, ISSUE, TODAY) == {"issued": 1, "failed": 0}
    with database.reading() as session:
        renewed = session.scalars(select(Certificate).order_by(Certificate.cycle.desc())).first()
    assert renewed is not None
    assert (renewed.cycle, renewed.valid_from, renewed.valid_through) == (2, date(2027, 3, 1), date(2030, 2, 28))
    assert night(app, REMIND, TODAY) == {"sent": 0, "failed": 0}


def test_one_that_fails_stops_nobody_else(
    app: Flask, database: Database, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.transaction() as session:
        first = factories.holder(session, people.alta, "Feil Feil", valid_from=BEGAN)
        factories.holder(session, people.alta, "Rett Rett", valid_from=BEGAN)
    real = nightly.remind

    def stumbling(session: object, programme: object, id_: int, **rest: object) -> object:
        if id_ == 1:
            raise RuntimeError("stumbled")
        return real(session, programme, id_, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(nightly, "remind", stumbling)
    assert night(app, REMIND, TODAY) == {"sent": 1, "failed": 1}
    assert first.id not in {mail.person_id for mail in mails(database)}


def test_the_digest_goes_to_the_coordinators_once_a_month_with_those_who_expire(
    app: Flask, database: Database, people: Cast
) -> None:
    with database.transaction() as session:
        for name, began in (
            ("Går Snart", date(2024, 3, 1)),  # through 28.02.2027
            ("Siste Dag", date(2024, 5, 23)),  # through 22.05.2027: the last inside six months
            ("Ikke Ennå", date(2024, 5, 24)),
            ("Nettopp Gått", date(2023, 11, 1)),  # through 31.10.2026: in grace
            ("For Lengst", date(2022, 1, 1)),
        ):
            factories.holder(session, people.alta, name, valid_from=began)
        factories.holder(session, people.arendal, "Annen Region", valid_from=date(2024, 3, 1))
    for day in (TODAY, TODAY, date(2026, 11, 30)):
        night(app, DIGEST, day)
    sent = {mail.person_id: mail for mail in mails(database, "reminder_digest")}
    assert set(sent) == {people.knut, people.sonja}
    assert len(mails(database, "reminder_digest")) == 2
    text = sent[people.knut].text
    assert "Går ut de neste seks månedene: 2" in text
    assert "- 28.02.2027: Går Snart, Alta, helsetjenesten" in text
    assert "Siste Dag" in text
    assert "Nettopp Gått" in text
    for absent in ("Ikke Ennå", "For Lengst", "Annen Region"):
        assert absent not in text
    night(app, DIGEST, date(2026, 12, 1))
    assert len(mails(database, "reminder_digest")) == 4
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(DigestSent)) == 4


def test_the_digest_does_not_forget_who_is_suspended_and_has_expired_but_is_in_grace(
    app: Flask, database: Database, people: Cast
) -> None:
    suspended = give_geir(database, people, date(2023, 11, 1))  # through 31.10.2026
    factories.decided(database, suspended, "suspended", date(2026, 9, 1))
    night(app, DIGEST, TODAY)
    (mail,) = mails(database, "reminder_digest")
    assert "- 31.10.2026: Geir Ødegård" in mail.text


@pytest.mark.parametrize("what", ["renewed", "revoked"])
def test_a_reminder_that_waits_for_the_morning_does_not_leave_once_it_is_no_longer_true(
    app: Flask,
    database: Database,
    people: Cast,
    clock: FrozenClock,
    outbox_transport: KeptMail,
    what: str,
) -> None:
    held = give_geir(database, people)
    night(app, REMIND, TODAY)
    now = at_local(TODAY, 5, 30)
    if what == "renewed":
        factories.recertify_evidence(database, people.geir, on=TODAY - timedelta(days=1), by=people.tone)
        factories.approve(app, people.geir, by=people.tone, now=now, verdict=PLAIN_APPROVAL)
    else:
        with app.test_request_context(), database.transaction() as session:
            certificate = session.get_one(Certificate, held)
            decide_certificate(
                session,
                certificate,
                EventKind.REVOKED,
                effective_on=TODAY + timedelta(days=30),
                reason="Klage",
                actor_id=people.knut,
                now=now,
            )
    clock.instant = at_local(TODAY, 7)
    ground.send_mail(app)
    assert [mail.state for mail in mails(database)] == ["cancelled"]
    assert len(outbox_transport.sent) == 1  # the news itself
    assert night(app, REMIND, TODAY + timedelta(days=10)) == {"sent": 0, "failed": 0}


def test_a_month_with_nothing_to_tell_is_noted_without_a_mail(app: Flask, database: Database, people: Cast) -> None:
    assert night(app, DIGEST, TODAY) == {"units": 2, "failed": 0}
    assert night(app, DIGEST, TODAY) == {"units": 0, "failed": 0}
    assert mails(database, "reminder_digest") == []


HOLDERS = 60


@pytest.fixture
def crowd(shared_database: Database) -> Database:
    """Sixty holders who are all due a reminder, in a database that processes share: a file, or PostgreSQL."""
    with shared_database.transaction() as session:
        people = cast.assemble(session)
        for number in range(HOLDERS):
            factories.holder(session, people.alta, f"Nr {number}", valid_from=BEGAN)
    return shared_database


def process(database: Database, folder: Path) -> subprocess.Popen[bytes]:
    """A nightly run in a process of its own."""
    command = [sys.executable, "-m", "tests.certificates.night", database.url, str(folder), TODAY.isoformat()]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)


def assert_exactly_once(database: Database) -> None:
    written = Counter(mail.person_id for mail in mails(database))
    assert len(written) == HOLDERS
    assert set(written.values()) == {1}
    with database.reading() as session:
        claims = session.execute(select(Reminder.certificate_id, Reminder.mail_id)).all()
        assert len(claims) == len({mail_id for _id, mail_id in claims}) == HOLDERS
        assert session.scalar(select(func.count()).select_from(DigestSent)) == 2
    assert len(mails(database, "reminder_digest")) == 1


@pytest.mark.slow
def test_two_processes_at_once_send_each_reminder_once(crowd: Database, tmp_path: Path) -> None:
    runs = [process(crowd, tmp_path), process(crowd, tmp_path)]
    for run in runs:
        _out, error = run.communicate(timeout=120)
        assert run.returncode == 0, error.decode()[-3000:]
    assert_exactly_once(crowd)


@pytest.mark.slow
def test_killed_in_the_middle_and_run_again_every_reminder_is_sent_once(crowd: Database, tmp_path: Path) -> None:
    for enough in (5, 25):
        run = process(crowd, tmp_path)
        until = time.monotonic() + 60
        while len(mails(crowd)) < enough and run.poll() is None and time.monotonic() < until:
            time.sleep(0.005)
        run.kill()  # SIGKILL: no handler runs, nothing is tidied up
        run.communicate()
        assert run.returncode == -signal.SIGKILL, "it was over before it could be killed"
        with crowd.reading() as session:
            assert session.scalar(select(func.count()).select_from(Reminder)) == len(mails(crowd))
    last = process(crowd, tmp_path)
    _out, error = last.communicate(timeout=120)
    assert last.returncode == 0, error.decode()[-3000:]
    assert_exactly_once(crowd)

"""The outbox: a mail is a row first; sent once; refusals are shown, delays retried with growing pauses."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from flask import Flask

from lms import outbox
from lms.clock import FrozenClock
from lms.db import Database
from lms.outbox import MailState, OutboxMail
from lms.people import Person
from tests import cast
from tests.cast import Cast, email_of
from tests.transports import KeptMail, text_of

SENDER = "HelseIArbeid <ikke-svar@helseiarbeid.example>"


def write_mail(database: Database, person_id: int, now: datetime, *, daytime_only: bool = False) -> int:
    with database.transaction() as session:
        person = session.get_one(Person, person_id)
        context = {"link": "https://lms.example/x", "until": now}
        return outbox.enqueue(
            session, name="reset", person=person, context=context, now=now, daytime_only=daytime_only
        ).id


def mail_row(database: Database, mail_id: int) -> OutboxMail:
    with database.reading() as session:
        return session.get_one(OutboxMail, mail_id)


@pytest.fixture
def send(database: Database, outbox_transport: KeptMail, clock: FrozenClock):  # type: ignore[no-untyped-def]
    return lambda: outbox.deliver_due(database, outbox_transport, clock, sender=SENDER)


def test_a_mail_is_sent_once_however_often_the_outbox_is_emptied(
    in_app: Flask, people: Cast, database: Database, clock: FrozenClock, outbox_transport: KeptMail, send
) -> None:  # type: ignore[no-untyped-def]
    mail_id = write_mail(database, people.kari, clock.now())
    assert send().sent == 1
    assert send().sent == 0
    (message,) = outbox_transport.sent
    assert message["To"] == email_of("kari")
    assert message["Auto-Submitted"] == "auto-generated"
    assert "https://lms.example/x" in text_of(message)
    kept = mail_row(database, mail_id)
    assert kept.state == MailState.SENT
    assert kept.text == kept.html == "", "the link that lets somebody in is not kept"


def test_an_address_no_message_can_be_written_to_is_refused_and_the_others_are_sent(
    in_app: Flask, people: Cast, database: Database, clock: FrozenClock, outbox_transport: KeptMail, send
) -> None:  # type: ignore[no-untyped-def]
    with database.transaction() as session:
        session.get_one(Person, people.kari).email = "åse@nav.example"
    odd = write_mail(database, people.kari, clock.now())
    write_mail(database, people.geir, clock.now())
    done = send()
    assert (done.sent, done.refused) == (1, 1)
    assert mail_row(database, odd).state == MailState.REFUSED


def test_a_mail_that_is_no_longer_true_is_taken_back_unless_it_has_left(
    in_app: Flask, people: Cast, database: Database, clock: FrozenClock, outbox_transport: KeptMail, send
) -> None:  # type: ignore[no-untyped-def]
    left = write_mail(database, people.kari, clock.now())
    send()
    waiting = write_mail(database, people.kari, clock.now())
    with database.transaction() as session:
        assert outbox.cancel(session, [left, waiting]) == 1
    assert send() == outbox.Delivery()


def test_a_rolled_back_transaction_leaves_no_mail(
    in_app: Flask, people: Cast, database: Database, clock: FrozenClock, outbox_transport: KeptMail, send
) -> None:  # type: ignore[no-untyped-def]
    def fails_after_writing() -> None:
        with database.transaction() as session:
            person = session.get_one(Person, people.kari)
            outbox.enqueue(
                session, name="reset", person=person, context={"link": "", "until": clock.now()}, now=clock.now()
            )
            raise RuntimeError("after the mail was written")

    with pytest.raises(RuntimeError):
        fails_after_writing()
    assert send() == outbox.Delivery()
    assert outbox_transport.sent == []


def test_a_refused_address_is_marked_on_the_person_and_not_tried_again(
    in_app: Flask, people: Cast, database: Database, clock: FrozenClock, outbox_transport: KeptMail, send
) -> None:  # type: ignore[no-untyped-def]
    outbox_transport.refusing.add(email_of("kari"))
    mail_id = write_mail(database, people.kari, clock.now())
    assert send().refused == 1
    clock.advance(days=3)
    assert send() == outbox.Delivery()
    mail = mail_row(database, mail_id)
    assert (mail.state, mail.error) == (MailState.REFUSED, "550 no such user")
    with database.reading() as session:
        assert session.get_one(Person, people.kari).mail_refused_at is not None


def test_a_delay_is_retried_with_growing_pauses_and_given_up_in_the_end(
    in_app: Flask, people: Cast, database: Database, clock: FrozenClock, outbox_transport: KeptMail, send
) -> None:  # type: ignore[no-untyped-def]
    outbox_transport.delaying.add(email_of("kari"))
    mail_id = write_mail(database, people.kari, clock.now())
    pauses = []
    while mail_row(database, mail_id).state == MailState.QUEUED:
        send()
        mail = mail_row(database, mail_id)
        if mail.state == MailState.QUEUED:
            pauses.append(mail.due_at - clock.now())
            assert send() == outbox.Delivery(), "not before its time"
            clock.advance(seconds=pauses[-1].total_seconds())
    assert pauses == [timedelta(minutes=m) for m in outbox.RETRY_PAUSES_MINUTES]
    assert mail_row(database, mail_id).state == MailState.GIVEN_UP


def test_a_crash_between_sending_and_marking_sends_again_with_the_same_message_id(
    in_app: Flask, people: Cast, database: Database, clock: FrozenClock, outbox_transport: KeptMail, send
) -> None:  # type: ignore[no-untyped-def]
    class CrashesAfterwards(KeptMail):
        def send(self, message) -> None:  # type: ignore[no-untyped-def]
            super().send(message)
            raise KeyboardInterrupt

    write_mail(database, people.kari, clock.now())
    first = CrashesAfterwards()
    with pytest.raises(KeyboardInterrupt):
        outbox.deliver_due(database, first, clock, sender=SENDER)
    assert send() == outbox.Delivery(), "leased to the worker that died"
    clock.advance(seconds=outbox.LEASE.total_seconds())
    assert send().sent == 1
    assert outbox_transport.sent[0]["Message-ID"] == first.sent[0]["Message-ID"]


@pytest.mark.parametrize(
    ("instant", "leaves"),
    [
        (datetime(2026, 11, 23, 4, 59, tzinfo=UTC), False),  # 05.59 in Oslo
        (datetime(2026, 11, 23, 5, 0, tzinfo=UTC), True),  # 06.00
        (datetime(2026, 11, 23, 16, 59, tzinfo=UTC), True),  # 17.59
        (datetime(2026, 11, 23, 17, 0, tzinfo=UTC), False),  # 18.00
        (datetime(2026, 7, 1, 4, 0, tzinfo=UTC), True),  # 06.00, summer time
    ],
)
def test_mails_nobody_waits_for_leave_between_six_and_eighteen(
    in_app: Flask,
    people: Cast,
    database: Database,
    clock: FrozenClock,
    outbox_transport: KeptMail,
    send,  # type: ignore[no-untyped-def]
    instant: datetime,
    leaves: bool,
) -> None:
    clock.instant = instant
    write_mail(database, people.kari, instant, daytime_only=True)
    write_mail(database, people.geir, instant)
    assert send().sent == 1 + leaves
    assert bool(outbox_transport.to(email_of("kari"))) is leaves


def test_four_workers_at_once_send_each_mail_once(
    app: Flask, shared_database: Database, clock: FrozenClock, outbox_transport: KeptMail
) -> None:
    with shared_database.transaction() as session:
        people = cast.assemble(session)
    with app.test_request_context():
        for _ in range(25):
            write_mail(shared_database, people.kari, clock.now())
    work = partial(outbox.deliver_due, shared_database, outbox_transport, clock, sender=SENDER)
    with ThreadPoolExecutor(4) as workers:
        done = [future.result() for future in [workers.submit(work) for _ in range(4)]]
    assert sum(delivery.sent for delivery in done) == 25
    assert len({message["Message-ID"] for message in outbox_transport.sent}) == len(outbox_transport.sent) == 25


def test_a_line_break_in_a_name_cannot_add_a_header(
    in_app: Flask, people: Cast, database: Database, clock: FrozenClock, outbox_transport: KeptMail, send
) -> None:  # type: ignore[no-untyped-def]
    with database.transaction() as session:
        session.get_one(Person, people.kari).name = "Kari\r\nBcc: all@cast.example"
    write_mail(database, people.kari, clock.now())
    assert send().sent == 1
    assert outbox_transport.sent[0]["Bcc"] is None

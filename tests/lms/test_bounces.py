"""Mails that come back later, as the great mail servers write it; and whatever else arrives at the address."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from email.message import EmailMessage, Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from lms import outbox, people
from lms.app import GROUND
from lms.bounces import BYTES_MAX, Action, Outcome, read_notice, take_notice
from lms.cli import make_cli
from lms.clock import FrozenClock, at_local
from lms.db import Database
from lms.outbox import MailState, OutboxMail
from lms.people import Person
from tests.cast import Cast
from tests.certificates import factories
from tests.clients import Browser
from tests.transports import KeptMail
from wsgi import FEATURES

OURS = "<abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG@helseiarbeid>"
POSTFIX = """\
Reporting-MTA: dns; mx.example
X-Postfix-Queue-ID: 4F1C
Arrival-Date: Mon, 23 Nov 2026 06:00:01 +0100

Final-Recipient: rfc822; kari@cast.example
Original-Recipient: rfc822;kari@cast.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; in.example
Diagnostic-Code: smtp; 550 5.1.1 <kari@cast.example>: Recipient address
    rejected: User unknown
"""


def report(
    fields: str = POSTFIX, *, message_id: str = OURS, enclosed: str = "message/rfc822", refers: str = ""
) -> bytes:
    """A delivery status notification with the mail, or its headers, or neither of them enclosed."""
    outer = MIMEMultipart("report", report_type="delivery-status")
    outer["From"], outer["To"] = "MAILER-DAEMON@mx.example", "ikke-svar@helseiarbeid.example"
    outer["Subject"] = "Undelivered Mail Returned to Sender"
    if refers:
        outer["References"] = refers
    outer.attach(MIMEText("This is the mail system at host mx.example.", "plain"))
    status = MIMEBase("message", "delivery-status")
    status.attach(_block(fields.partition("\n\n")[0]))
    for group in fields.split("\n\n")[1:]:
        status.attach(_block(group))
    outer.attach(status)
    original = EmailMessage()
    original["Message-ID"], original["Subject"] = message_id, "Sertifikatet ditt gjelder til og med 28.02.2027"
    original.set_content("Hei!")
    if enclosed == "message/rfc822":
        whole = MIMEBase("message", "rfc822")
        whole.attach(original)
        outer.attach(whole)
    elif enclosed:
        headers = MIMEText(f"Message-ID: {message_id}\nSubject: x\n", "rfc822-headers")
        outer.attach(headers)
    return outer.as_bytes()


def _block(text: str) -> Message:
    block = Message()
    for line in text.strip().replace("\n    ", " ").splitlines():
        name, _, value = line.partition(": ")
        block[name] = value
    return block


def test_what_a_mail_server_says_is_read_with_its_reason() -> None:
    notice = read_notice(report())
    assert notice is not None
    assert notice.action is Action.FAILED
    assert notice.said == "5.1.1 550 5.1.1 <kari@cast.example>: Recipient address rejected: User unknown"
    assert notice.message_ids == (OURS,)


@pytest.mark.parametrize(
    ("how", "found"),
    [
        ({"enclosed": "message/rfc822"}, True),
        ({"enclosed": "text/rfc822-headers"}, True),
        ({"enclosed": "", "refers": f"<x@y> {OURS}"}, True),
        ({"enclosed": "message/rfc822", "message_id": "<somebody@else.example>"}, False),
        ({"enclosed": ""}, False),
    ],
)
def test_the_mail_is_found_by_its_message_id_wherever_the_report_keeps_it(how: dict[str, str], found: bool) -> None:
    notice = read_notice(report(**how))  # type: ignore[arg-type]
    assert notice is not None
    assert (notice.message_ids == (OURS,)) is found


@pytest.mark.parametrize(
    ("action", "status", "read"),
    [
        ("failed", "5.7.1", Action.FAILED),
        ("FAILED", "4.4.7", Action.FAILED),  # given up after days of temporary trouble
        ("delayed", "4.4.1", Action.DELAYED),
        ("delivered", "2.0.0", Action.DELIVERED),
        ("relayed", "2.0.0", Action.RELAYED),
        ("expanded", "2.0.0", Action.EXPANDED),
        ("exploded", "5.0.0", None),
    ],
)
def test_only_a_failure_is_for_good(action: str, status: str, read: Action | None) -> None:
    notice = read_notice(report(POSTFIX.replace("failed", action).replace("Status: 5.1.1", f"Status: {status}")))
    assert (notice.action if notice else None) is read


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00" * 50,
        b"Subject: Automatisk svar\n\nJeg er p\xc3\xa5 ferie.",
        b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\n--x--",
        b'Content-Type: message/delivery-status; charset="nonsense"\n\nAction: =?nonsense?b?!!!?=\n',
        b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\nContent-Type: multipart/mixed; boundary=a\n\n" * 3000,
        b"x" * (BYTES_MAX + 1),
    ],
    ids=["nothing", "binary", "automatic reply", "empty", "charset", "nested", "large"],
)
def test_what_is_no_report_is_none_and_breaks_nothing(raw: bytes) -> None:
    assert read_notice(raw) is None


@given(raw=st.binary(max_size=400), place=st.integers(0, 2000), length=st.integers(0, 200))
def test_a_report_that_was_tampered_with_never_breaks_anything(raw: bytes, place: int, length: int) -> None:
    whole = report()
    read_notice(whole[:place] + raw + whole[place + length :])
    read_notice(raw)


def test_what_the_other_server_says_is_cut_and_cannot_carry_control_characters() -> None:
    notice = read_notice(report(POSTFIX.replace("User unknown", "\x1b[31m" + "x" * 5000)))
    assert notice is not None
    assert len(notice.said) <= 300
    assert "\x1b" not in notice.said


@pytest.fixture
def sent(in_app: Flask, database: Database, people: Cast, clock: FrozenClock, outbox_transport: KeptMail) -> OutboxMail:
    """A mail to Kari that was taken by her server."""
    return write(database, people.kari, clock, outbox_transport, name="certificate_decision")


def write(
    database: Database, person_id: int, clock: FrozenClock, transport: KeptMail, *, name: str, at: str = ""
) -> OutboxMail:
    context = {"link": "https://lms.example/x", "until": clock.now(), "inviter": "Knut", "days": 3}
    with database.transaction() as session:
        certificate = (
            factories.give_certificate(session, person_id, valid_from=date(2024, 3, 1), cycle=len(at) + 1)
            if name == "certificate_decision"
            else None
        )
        more = {"certificate": certificate, "kind": "lifted", "effective_on": clock.now().date(), "reason": "x"}
        person = session.get_one(Person, person_id)
        mail = outbox.enqueue(session, name=name, person=person, context={**context, **more}, now=clock.now())
    outbox.deliver_due(database, transport, clock, sender="HelseIArbeid <ikke-svar@helseiarbeid.example>")
    return row(database, mail.id)


def row(database: Database, mail_id: int) -> OutboxMail:
    with database.reading() as session:
        return session.get_one(OutboxMail, mail_id)


def take(database: Database, raw: bytes, clock: FrozenClock) -> Outcome:
    with database.transaction() as session:
        return take_notice(session, raw, now=clock.now()).outcome


def refused_since(database: Database, person_id: int) -> object:
    with database.reading() as session:
        return session.get_one(Person, person_id).mail_refused_at


def test_a_mail_that_came_back_is_marked_once_and_its_address_refuses(
    sent: OutboxMail, database: Database, people: Cast, clock: FrozenClock
) -> None:
    clock.advance(hours=2)
    raw = report(message_id=sent.message_id)
    assert take(database, raw, clock) is Outcome.BOUNCED
    back = row(database, sent.id)
    assert (back.state, back.failed_at) == (MailState.BOUNCED, clock.now())
    assert "User unknown" in (back.error or "")
    assert refused_since(database, people.kari) == clock.now()
    clock.advance(hours=2)
    assert take(database, raw, clock) is Outcome.BOUNCED_BEFORE
    assert row(database, sent.id).failed_at == back.failed_at


def test_a_delay_changes_nothing_and_neither_does_a_report_about_another_mail(
    sent: OutboxMail, database: Database, people: Cast, clock: FrozenClock
) -> None:
    delayed = POSTFIX.replace("failed", "delayed").replace("5.1.1\nRemote", "4.4.1\nRemote")
    assert take(database, report(delayed, message_id=sent.message_id), clock) is Outcome.DELAYED
    assert take(database, report(), clock) is Outcome.UNKNOWN_MAIL
    assert take(database, b"hei", clock) is Outcome.NO_REPORT
    assert row(database, sent.id).state == MailState.SENT
    assert refused_since(database, people.kari) is None


def test_an_address_that_was_corrected_meanwhile_is_not_blamed(
    sent: OutboxMail, database: Database, people: Cast, clock: FrozenClock
) -> None:
    with database.transaction() as session:
        from_now = session.get_one(Person, people.kari)
        people_correct(session, from_now, "kari.ny@cast.example")
    assert take(database, report(message_id=sent.message_id), clock) is Outcome.BOUNCED
    assert refused_since(database, people.kari) is None


def people_correct(session: object, person: Person, email: str) -> None:
    people.correct(session, person, name=person.name, email=email)  # type: ignore[arg-type]


def test_the_command_reads_a_pipe_or_a_file_says_what_came_of_it_and_never_sends_a_report_back(
    sent: OutboxMail, app: Flask, database: Database, tmp_path: object
) -> None:
    lms = make_cli(lambda: app, (*FEATURES, GROUND))
    run: Callable[..., object] = app.test_cli_runner().invoke
    back = run(lms, ["outbox", "bounced"], input=report(message_id=sent.message_id))
    assert (back.exit_code, back.output.split(":")[0]) == (0, f"E-post {sent.id} kom i retur")  # type: ignore[attr-defined]
    file = tmp_path / "retur.eml"  # type: ignore[operator]
    file.write_bytes(report())
    unknown = run(lms, ["outbox", "bounced", str(file)])
    assert unknown.exit_code == 0  # type: ignore[attr-defined]
    assert "gjelder ingen e-post herfra" in unknown.output  # type: ignore[attr-defined]
    assert "ingen leveringsrapport" in run(lms, ["outbox", "bounced", "-"], input=b"hei").output  # type: ignore[attr-defined]
    assert "bounced: 1" in run(lms, ["outbox"]).output  # type: ignore[attr-defined]


def test_the_unit_sees_whom_it_concerns_what_was_not_told_and_what_to_do_until_a_later_mail_arrives(
    app: Flask, browser: Browser, database: Database, people: Cast, clock: FrozenClock, outbox_transport: KeptMail
) -> None:
    clock.instant = at_local(date(2026, 11, 23), 12)
    with app.test_request_context():
        mail = write(database, people.geir, clock, outbox_transport, name="certificate_decision")
    knut = browser.sign_in_as(database, people.knut)
    assert "Alt er kommet fram" in knut.get("/folk/epost").text
    assert "E-posten når ikke fram" not in knut.get("/").text
    take(database, report(message_id=mail.message_id), clock)
    page = knut.get("/folk/epost").text
    told = ["Geir Ødegård", "gjelder til og med 28.02.2027, og resertifiseringen er åpen", mail.subject]
    told += ["User unknown", "Kom i retur 23.11.2026", "Ring, og fortell", "Rett adressen", "Send på nytt"]
    for words in told:
        assert words in page, words
    home = knut.get("/").text
    assert "E-posten når ikke fram til folk som må resertifisere seg" in home
    assert "Geir Ødegård" in home
    sonja = Browser(app).sign_in_as(database, people.sonja)
    assert "Geir" not in sonja.get("/folk/epost").text + sonja.get("/").text
    clock.advance(hours=1)
    with app.test_request_context():
        write(database, people.geir, clock, outbox_transport, name="certificate_decision", at="x")
    assert "Alt er kommet fram" in knut.get("/folk/epost").text
    assert "E-posten når ikke fram" not in knut.get("/").text


def test_a_mail_whose_link_was_forgotten_is_not_sent_again_empty(
    app: Flask, browser: Browser, database: Database, people: Cast, clock: FrozenClock, outbox_transport: KeptMail
) -> None:
    with app.test_request_context():
        mail = write(database, people.geir, clock, outbox_transport, name="invitation")
    take(database, report(message_id=mail.message_id), clock)
    knut = browser.sign_in_as(database, people.knut)
    assert "lenke som ikke tas vare på" in knut.get("/folk/epost").text
    assert knut.post(f"/folk/epost/{mail.id}").status_code == 409
    assert row(database, mail.id).state == MailState.BOUNCED

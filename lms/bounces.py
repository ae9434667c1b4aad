"""Mails that come back later: reading a delivery status notification (RFC 3464), and marking the mail it is about.

What arrives at the bounce address is written by anybody: it is bounded, parsed and never trusted further than to mark
a mail whose Message-ID it names. That is 43 random characters which only the recipient's servers have seen.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.outbox import MailState, OutboxMail
from lms.people import Person

BYTES_MAX = 2_000_000
PARTS_MAX = 200
SAID_LENGTH_MAX = 300
OUR_MESSAGE_ID = re.compile(r"<[A-Za-z0-9_-]{20,64}@helseiarbeid>")
STATUS = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}")
UNPRINTABLE = re.compile(r"[^\x20-\x7E\xA0-\uFFFD]+")

log = logging.getLogger(__name__)


class Action(StrEnum):
    """What a report says happened to a mail (RFC 3464, 2.3.3). Of these only `failed` is for good."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    EXPANDED = "expanded"


class Outcome(StrEnum):
    """What came of reading a report."""

    BOUNCED = "bounced"
    BOUNCED_BEFORE = "bounced_before"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    UNKNOWN_MAIL = "unknown_mail"
    NO_REPORT = "no_report"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A delivery status notification: what happened, in the words of the other server, and the Message-IDs of ours it
    may be about, the likeliest first."""

    action: Action
    said: str
    message_ids: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of a report: the mail it was about, where it was one of ours."""

    outcome: Outcome
    mail_id: int | None = None
    said: str = ""


def read_notice(raw: bytes) -> Notice | None:
    """The delivery status notification in a mail as it arrived, or None for anything else. Raises nothing."""
    if len(raw) > BYTES_MAX:
        return None
    try:
        message = message_from_bytes(raw)
        parts = list(_parts(message))
        fields = [block for part in parts if _type(part) == "message/delivery-status" for block in _blocks(part)]
        told = [each for block in fields if (each := _told(block)) is not None]
        if not told:
            return None
        # a report on several recipients is as bad as its worst: we write to one
        action, said = min(told, key=lambda each: list(Action).index(each[0]))
        return Notice(action=action, said=said, message_ids=_ours(message, parts))
    except (MessageError, LookupError, ValueError, TypeError, AttributeError, RecursionError) as error:
        log.warning("a report could not be read: %s", type(error).__name__)
        return None


def take_notice(session: Session, raw: bytes, *, now: datetime) -> Answer:
    """Mark the mail a report says has come back, and its address as one that refuses; read again, nothing changes.

    A delay is no bounce: the other server goes on trying, and reports again when it gives up.
    """
    notice = read_notice(raw)
    if notice is None:
        return Answer(outcome=Outcome.NO_REPORT)
    mail = _mail(session, notice.message_ids)
    if mail is None:
        return Answer(outcome=Outcome.UNKNOWN_MAIL, said=notice.said)
    if notice.action is not Action.FAILED:
        outcome = Outcome.DELAYED if notice.action is Action.DELAYED else Outcome.DELIVERED
        return Answer(outcome=outcome, mail_id=mail.id, said=notice.said)
    if mail.state not in (MailState.SENT, MailState.SENDING):  # refused at once, taken back, or to be sent again
        return Answer(outcome=Outcome.BOUNCED_BEFORE, mail_id=mail.id, said=notice.said)
    mail.state, mail.error, mail.failed_at, mail.lease_until = MailState.BOUNCED, notice.said, now, None
    session.execute(
        update(Person).where(Person.id == mail.person_id, Person.email == mail.recipient).values(mail_refused_at=now)
    )
    session.flush()
    log.warning("mail %s came back: %s", mail.id, notice.said)
    return Answer(outcome=Outcome.BOUNCED, mail_id=mail.id, said=notice.said)


def _mail(session: Session, message_ids: Iterable[str]) -> OutboxMail | None:
    for message_id in message_ids:
        mail = session.scalar(select(OutboxMail).where(OutboxMail.message_id == message_id).with_for_update())
        if mail is not None:
            return mail
    return None


def _parts(message: Message) -> Iterator[Message]:
    """The parts of a mail, outermost first; at most so many."""
    for number, part in enumerate(message.walk()):
        if number >= PARTS_MAX:
            return
        yield part


def _type(part: Message) -> str:
    return part.get_content_type()


def _blocks(part: Message) -> Sequence[Message]:
    """The groups of fields of a status part: one about the message, then one a recipient."""
    payload = part.get_payload()
    return [each for each in payload if isinstance(each, Message)] if isinstance(payload, list) else []


def _told(block: Message) -> tuple[Action, str] | None:
    """What a group of fields says of a recipient; None for the one about the message."""
    word = str(block.get("Action", "")).strip().lower()
    if word not in tuple(Action):
        return None
    action, status = Action(word), STATUS.search(str(block.get("Status", "")))
    if status and action is Action.FAILED and status[0].startswith("4"):
        status = None  # given up after temporary trouble: it failed all the same
    diagnosis = str(block.get("Diagnostic-Code", "")).partition(";")[2]
    words = UNPRINTABLE.sub(" ", f"{status[0] if status else ''} {diagnosis}")
    return action, " ".join(words.split())[:SAID_LENGTH_MAX] or action


def _ours(message: Message, parts: Sequence[Message]) -> Sequence[str]:
    """Message-IDs of ours: of the mail that is enclosed, or its headers; then those the report refers to."""
    found: list[str] = []
    for part in parts[1:]:
        found += OUR_MESSAGE_ID.findall(str(part.get("Message-ID", "")))
        if _type(part) in ("text/rfc822-headers", "text/plain"):
            payload = part.get_payload(decode=True)
            headers = message_from_bytes(payload) if isinstance(payload, bytes) else Message()
            found += OUR_MESSAGE_ID.findall(str(headers.get("Message-ID", "")))
    for name in ("In-Reply-To", "References"):
        found += reversed(OUR_MESSAGE_ID.findall(str(message.get(name, ""))))
    return tuple(dict.fromkeys(found))

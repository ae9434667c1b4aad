"""Mail: composing a message from its three templates, and the transports that carry it."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Any, Protocol

from flask import render_template
from flask_babel import force_locale

from lms.config import Settings

SMTP_TIMEOUT_SECONDS = 20
CALENDAR_FILE = "kalender.ics"
OBJECT_ENDS = "END:VCALENDAR\r\n"


class MailRefused(Exception):
    """The receiving side says no for good (5xx): sending again will not help."""


class MailDelayed(Exception):
    """The mail could not be handed over now (4xx, no connection): worth another try later."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A message in words: a one-line subject, the text, the same as HTML; and the iCalendar file that goes with it."""

    subject: str
    text: str
    html: str
    calendar: str | None = None


class Transport(Protocol):
    """What carries a message out of the house. Raises `MailRefused` or `MailDelayed`."""

    def send(self, message: EmailMessage) -> None: ...


def compose(name: str, *, locale: str, context: Mapping[str, Any]) -> Composed:
    """Render `templates/emails/<name>/{subject.txt,body.txt,body.html}` in the reader's language."""
    with force_locale(locale):
        subject = " ".join(render_template(f"emails/{name}/subject.txt", **context).split())
        text = render_template(f"emails/{name}/body.txt", **context).strip() + "\n"
        html = render_template(f"emails/{name}/body.html", **context, subject=subject)
    return Composed(subject, text, html)


def as_message(
    composed: Composed, *, sender: str, recipient: str, message_id: str, locale: str, sent_at: Any
) -> EmailMessage:
    """The message as it goes over the wire: stable Message-ID, marked as automatic, text and HTML."""
    message = EmailMessage(policy=SMTP)
    name, address = parseaddr(sender)
    message["From"] = Address(display_name=name, addr_spec=address)
    message["To"] = Address(addr_spec=recipient)
    message["Subject"] = composed.subject
    message["Date"] = format_datetime(sent_at)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = locale
    message.set_content(composed.text)
    message.add_alternative(composed.html, subtype="html")
    if composed.calendar is not None:
        objects = _objects(composed.calendar)
        if len(objects) == 1:  # a part that calendars act on by themselves (RFC 6047); it can speak of one event only
            message.add_alternative(objects[0], subtype="calendar", params={"method": _method(objects[0])})
        for number, each in enumerate(objects, start=1):  # and as files for everybody else
            name = CALENDAR_FILE if len(objects) == 1 else f"{number}-{CALENDAR_FILE}"
            message.add_attachment(
                each.encode(), maintype="text", subtype="calendar", filename=name, params={"method": _method(each)}
            )
    return message


def _objects(calendar: str) -> list[str]:
    """The iCalendar objects of a stream, one after the other."""
    return [f"{each}{OBJECT_ENDS}" for each in calendar.split(OBJECT_ENDS) if each.strip()]


def _method(calendar: str) -> str:
    """The METHOD an iCalendar text names; the part that carries it must name the same."""
    named = [line.partition(":")[2] for line in calendar.splitlines() if line.startswith("METHOD:")]
    return named[0] if named else "PUBLISH"


class SmtpTransport:
    """Hands messages to an SMTP server, one connection a message."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def send(self, message: EmailMessage) -> None:
        settings = self.settings
        context = ssl.create_default_context()
        try:
            if settings.smtp_security == "tls":
                server: smtplib.SMTP = smtplib.SMTP_SSL(
                    settings.smtp_host, settings.smtp_port, timeout=SMTP_TIMEOUT_SECONDS, context=context
                )
            else:
                server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=SMTP_TIMEOUT_SECONDS)
            with server:
                if settings.smtp_security == "starttls":
                    server.starttls(context=context)
                if settings.smtp_user:
                    server.login(settings.smtp_user, settings.smtp_password)
                refused = server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            _raise_by_code(*next(iter(error.recipients.values())))
        except smtplib.SMTPResponseException as error:
            # Trouble with the server or our sign-in to it says nothing about the recipient.
            if isinstance(error, smtplib.SMTPDataError):
                _raise_by_code(error.smtp_code, error.smtp_error)
            raise MailDelayed(f"{error.smtp_code} {_text(error.smtp_error)}") from error
        except (OSError, smtplib.SMTPException) as error:
            raise MailDelayed(str(error) or type(error).__name__) from error
        else:
            for code, reply in refused.values():  # a partial refusal does not raise
                _raise_by_code(code, reply)


class FileTransport:
    """Writes each message as an .eml file: for trying out, where no mail must leave the house."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: EmailMessage) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = "".join(c if c.isalnum() else "-" for c in str(message["Message-ID"]).strip("<>"))
        (self.folder / f"{name}.eml").write_bytes(message.as_bytes())


class ConsoleTransport:
    """Logs each message's address, subject and text."""

    def __init__(self, write: Any) -> None:
        self.write = write

    def send(self, message: EmailMessage) -> None:
        body = message.get_body(("plain",))
        text = body.get_content() if body else ""
        self.write(f"Til: {message['To']}\nEmne: {message['Subject']}\n\n{text}")


def make_transport(settings: Settings, write: Any) -> Transport:
    """The transport the settings name."""
    if settings.mail_transport == "smtp":
        return SmtpTransport(settings)
    if settings.mail_transport == "console":
        return ConsoleTransport(write)
    return FileTransport(settings.data_dir / "mail")


def _raise_by_code(code: int, reply: bytes | str) -> None:
    said = f"{code} {_text(reply)}"
    raise MailRefused(said) if 500 <= code < 600 else MailDelayed(said)


def _text(reply: bytes | str) -> str:
    return reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply

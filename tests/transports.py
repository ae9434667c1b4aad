"""Transports for tests: one that keeps mails, one that says no."""

from __future__ import annotations

import re
from email.message import EmailMessage

from lms.mail import MailDelayed, MailRefused


class KeptMail:
    """Keeps what is sent; addresses in `refusing` and `delaying` are answered as a real server would."""

    def __init__(self) -> None:
        self.sent: list[EmailMessage] = []
        self.refusing: set[str] = set()
        self.delaying: set[str] = set()

    def send(self, message: EmailMessage) -> None:
        if message["To"] in self.refusing:
            raise MailRefused("550 no such user")
        if message["To"] in self.delaying:
            raise MailDelayed("451 try again later")
        self.sent.append(message)

    def to(self, address: str) -> list[EmailMessage]:
        """What was sent to an address."""
        return [message for message in self.sent if message["To"] == address]


def text_of(message: EmailMessage) -> str:
    """The plain text of a mail."""
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def link_in(message: EmailMessage) -> str:
    """The first link of a mail."""
    found = re.search(r"https?://\S+", text_of(message))
    assert found, "the mail holds no link"
    return found[0]

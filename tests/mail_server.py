"""A real SMTP server for tests (aiosmtpd): takes mails, or answers an address as told."""

from __future__ import annotations

import contextlib
import email
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from typing import cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class MailServer:
    """Keeps what it takes; `answers` says what to reply to a recipient instead."""

    def __init__(self) -> None:
        self.port = free_port()
        self.taken: list[EmailMessage] = []
        self.answers: dict[str, str] = {}

    @classmethod
    @contextlib.contextmanager
    def running(cls) -> Iterator[MailServer]:
        """The server, listening."""
        server = cls()
        controller = Controller(server, hostname="127.0.0.1", port=server.port)
        controller.start()
        try:
            yield server
        finally:
            controller.stop()

    def to(self, address: str) -> list[EmailMessage]:
        """The mails taken for an address."""
        return [message for message in self.taken if message["To"] == address]

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take the recipient, or answer as told."""
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Keep the mail."""
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        self.taken.append(cast(EmailMessage, email.message_from_bytes(content, policy=SMTP_POLICY)))
        return "250 OK"

"""The post of the simulation: takes mails as an SMTP server would, refuses, is down, and is killed after accepting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage

from lms.clock import Clock
from lms.mail import MailDelayed, MailRefused


class Killed(BaseException):
    """The worker dies between the server's acceptance and the mark in the outbox."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail the post was handed: accepted or refused."""

    message_id: str
    address: str
    at: datetime
    accepted: bool


@dataclass
class Post:
    """A transport. `broken` addresses are refused for good; with `down` nothing is taken."""

    clock: Clock
    down: bool = False
    broken: set[str] = field(default_factory=set)
    killed_after: int | None = None
    log: list[Letter] = field(default_factory=list)

    def send(self, message: EmailMessage) -> None:
        if self.down:
            raise MailDelayed("421 service not available")
        address = str(message["To"])
        accepted = address not in self.broken
        self.log.append(Letter(str(message["Message-ID"]), address, self.clock.now(), accepted))
        if not accepted:
            raise MailRefused("550 5.1.1 no such user")
        if self.killed_after is not None:
            self.killed_after -= 1
            if self.killed_after < 0:
                self.killed_after = None
                raise Killed

    def collected(self) -> Iterator[Letter]:
        """What was handed over since the last time this was asked."""
        letters, self.log = self.log, []
        yield from letters

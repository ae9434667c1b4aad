"""Mails of the ground, and what the others are written with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy.orm import Session

from lms import outbox
from lms.clock import at_local
from lms.outbox import OutboxMail
from lms.people import Person

NOW = at_local(date(2026, 11, 23), 12)
LINK = "https://laering.example/{}/en-lenke-som-virker-en-gang"
REASON = "Innehaveren ba om det selv: <permisjon> & flytting.\nGjelder til vi hører noe annet."
Write = Callable[[Session, Person], OutboxMail]


def invited(days: int) -> Write:
    context = {"link": LINK.format("aktiver"), "inviter": "Tone & Bjørn <Nord>", "days": days}
    return lambda session, person: outbox.enqueue(session, name="invitation", person=person, context=context, now=NOW)


def reset(session: Session, person: Person) -> OutboxMail:
    context = {"link": LINK.format("passord"), "until": NOW + timedelta(hours=1)}
    return outbox.enqueue(session, name="reset", person=person, context=context, now=NOW)


TONE, KNUT = Person(id=2, name="Tone <T> Bjørnevik"), Person(id=3, name="Knut & Nordli")
KARI = Person(id=1, name="Kari Åsen")


MAILS: dict[str, Write] = {
    "invitation": invited(14),
    "invitation-for-one-day": invited(1),
    "reset": reset,
}

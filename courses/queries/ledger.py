"""The deliveries that stand, with what is said of them and which two are one: what every other read builds on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql import ColumnElement

from courses import deliveries as rules
from courses.deliveries import Entry, PartnerState, Word
from courses.models.deliveries import Delivery, DeliverySeal, DeliveryWord
from courses.visits import DeliveryModel, DeliveryReport, ModuleKind

_Later = aliased(Delivery, name="later")
STANDS: ColumnElement[bool] = and_(
    ~exists().where(_Later.replaces_id == Delivery.id),
    ~exists().where(and_(DeliveryWord.delivery_id == Delivery.id, DeliveryWord.kind == Word.STRUCK)),
)
"""The condition that a delivery is neither replaced by a correction nor struck out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A delivery that stands, how its partner stands to it, and the row the partner has logged of the same."""

    row: Delivery
    state: PartnerState
    comment: str  # of the partner who said no
    confirmed_at: datetime | None
    twin: Delivery | None
    sealed: bool

    @property
    def known_at(self) -> datetime:
        """When its day was first logged."""
        return self.row.known_at or self.row.recorded_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The deliveries of some people: those each logged, and those that name each as the partner; oldest first."""

    logged: dict[int, tuple[Standing, ...]]
    named_in: dict[int, tuple[Standing, ...]]

    def counting(self, person_id: int) -> Iterator[tuple[Delivery, datetime]]:
        """What counts for a person, each presentation once, with the instant from which it does."""
        for each in self.logged[person_id]:
            since = [each.known_at]
            if each.twin is not None and each.twin.partner_id == person_id:
                since += [at for at in (self._confirmed_at(person_id, each.twin.id),) if at is not None]
            yield each.row, min(since)
        for each in self.named_in[person_id]:
            if each.twin is None and each.confirmed_at is not None:
                yield each.row, each.confirmed_at

    def _confirmed_at(self, person_id: int, delivery_id: int) -> datetime | None:
        return next((each.confirmed_at for each in self.named_in[person_id] if each.row.id == delivery_id), None)


def ledger(session: Session, person_ids: Collection[int]) -> Ledger:
    """The ledger of these people. A constant number of queries."""
    asked = {"person_ids": list(person_ids)}
    rows = list(session.scalars(_ROWS, asked))
    around = _around(session, rows)
    known = {row.id: row for row in (*rows, *around)}
    words = _words(session, rows, around)
    pairs = rules.twins(_entry(row, words[row.id]) for row in known.values())
    sealed = set(session.scalars(_SEALED, asked))
    logged: defaultdict[int, list[Standing]] = defaultdict(list)
    named_in: defaultdict[int, list[Standing]] = defaultdict(list)
    for row in rows:
        twin = known.get(pairs.get(row.id, 0))
        said = {Word(word.kind): word for word in words[row.id]}
        standing = Standing(
            row=row,
            state=rules.partner_state(_entry(row, words[row.id]), twin.id if twin else None),
            comment=said[Word.DENIED].comment if Word.DENIED in said else "",
            confirmed_at=said[Word.CONFIRMED].said_at if Word.CONFIRMED in said else None,
            twin=twin,
            sealed=row.id in sealed,
        )
        logged[row.person_id].append(standing)
        if row.partner_id is not None:
            named_in[row.partner_id].append(standing)
    return Ledger(
        logged={person_id: tuple(logged[person_id]) for person_id in person_ids},
        named_in={person_id: tuple(named_in[person_id]) for person_id in person_ids},
    )


# Every dossier asks these, so they are made once.
_PEOPLE: BindParameter[int] = bindparam("person_ids", expanding=True)
_OURS = or_(Delivery.person_id.in_(_PEOPLE), Delivery.partner_id.in_(_PEOPLE))
_ROWS = select(Delivery).where(_OURS, STANDS).order_by(Delivery.on, Delivery.id)
_SEALED = select(DeliverySeal.delivery_id).join(Delivery, Delivery.id == DeliverySeal.delivery_id).where(_OURS)
_WORDS = (
    select(DeliveryWord)
    .join(Delivery, Delivery.id == DeliveryWord.delivery_id)
    .where(Delivery.person_id.in_(_PEOPLE))
    .order_by(DeliveryWord.id)
)


def report_of(row: Delivery) -> DeliveryReport:
    """A logged delivery as it was reported."""
    return DeliveryReport(
        on=row.on,
        company=row.company,
        module=ModuleKind(row.module),
        model=DeliveryModel(row.model),
        employees=row.employees,
        leaders=row.leaders,
        minutes=row.duration_minutes,
        org_number=row.org_number,
        partner_id=row.partner_id,
    )


def _around(session: Session, rows: Sequence[Delivery]) -> Sequence[Delivery]:
    """What those they held presentations with have logged on the same days: what may be the same ones."""
    together = [row for row in rows if row.partner_id is not None]
    if not together:
        return ()
    people = {row.person_id for row in together} | {row.partner_id for row in together}
    with_them = or_(Delivery.person_id.in_(people), Delivery.partner_id.in_(people))
    return session.scalars(
        select(Delivery).where(with_them, Delivery.on.in_({row.on for row in together}), STANDS)
    ).all()


def _words(session: Session, *groups: Sequence[Delivery]) -> defaultdict[int, list[DeliveryWord]]:
    """What is said of these deliveries, by delivery: only of those that name somebody, or that somebody else named."""
    found: defaultdict[int, list[DeliveryWord]] = defaultdict(list)
    people = {row.person_id for rows in groups for row in rows}
    if not people:
        return found
    wanted = {row.id for rows in groups for row in rows}
    for word in session.scalars(_WORDS, {"person_ids": list(people)}):
        if word.delivery_id in wanted:
            found[word.delivery_id].append(word)
    return found


def _entry(row: Delivery, words: Sequence[DeliveryWord]) -> Entry:
    return Entry(
        id=row.id,
        person_id=row.person_id,
        partner_id=row.partner_id,
        on=row.on,
        company=row.company,
        org_number=row.org_number,
        module=ModuleKind(row.module),
        said={Word(word.kind): word.said_at for word in words},
    )

"""Seals: a digest of every row of a table that must never change, kept in the audit entry of the decision behind it.

`lms.audit` holds the entries together; a seal holds a row to its entry. A feature names its sealed tables (`Sealed`)
and writes `seals(…)` into the details of the entry it records.

A seal has two parts. `row` covers every column, with what names people (`personal`) replaced by what is left of it when
the record is anonymised. `personal` covers the names themselves, mixed with the row's random salt: as long as the salt
is there, a changed name is found; when the record is anonymised, names and salt go, and nobody can try names against
the digest. That a row was anonymised is an entry too (`ANONYMISED` in its details), so that names cannot vanish unseen.

Columns that are NULL are left out, so that a column added later changes no seal as long as it is empty.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.db import Base

SEALS = "seals"
ANONYMISED = "anonymised"
SALT = "salt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A table whose rows are sealed; it has the columns `id` and `salt`. `personal` says of each column that may name
    people what is left of a value when the record is anonymised; doing it twice changes nothing. `named` says in words
    which row it is."""

    model: type[Base]
    personal: Mapping[str, Callable[[Any], Any]]
    named: Callable[[Any], str]

    @property
    def table(self) -> str:
        """The table's name."""
        return str(self.model.__tablename__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowBreach:
    """A row that does not agree with its entry. `what` is one of row-changed, names-changed, row-deleted, row-unsealed,
    row-anonymised, row-not-anonymised; `entry` the number of the entry that tells of the row, 0 where none does."""

    table: str
    row_id: int
    entry: int
    what: str
    named: str = ""


def seal(sealed: Sealed, row: Base) -> dict[str, Any]:
    """The seal of a stored row, as it stands in the details of its entry."""
    return {"table": sealed.table, "id": row.id, **digests(sealed, row)}  # type: ignore[attr-defined]


def seals(tables: Sequence[Sealed], rows: Sequence[Base]) -> dict[str, Any]:
    """The seals of some flushed rows, to be joined to an entry's details."""
    by_model = {each.model: each for each in tables}
    return {SEALS: [seal(by_model[type(row)], row) for row in rows]}


def anonymise(sealed: Sealed, row: Any) -> None:
    """Take the names out of a row; its seal still holds. To be recorded with `anonymised` in the details."""
    for column, left in sealed.personal.items():
        setattr(row, column, left(getattr(row, column)))
    row.salt = ""


def anonymised(tables: Sequence[Sealed], rows: Sequence[Base]) -> dict[str, Any]:
    """What an entry's details say of rows that were anonymised."""
    names = {each.model: each.table for each in tables}
    return {ANONYMISED: [{"table": names[type(row)], "id": row.id} for row in rows]}  # type: ignore[attr-defined]


def digests(sealed: Sealed, row: Any) -> dict[str, str]:
    """The two digests of a row's seal."""
    columns = [column.key for column in sealed.model.__mapper__.columns if column.key != SALT]
    values = {name: getattr(row, name) for name in columns}
    return digests_of(values, sealed.personal, row.salt)


def digests_of(values: Mapping[str, Any], personal: Mapping[str, Callable[[Any], Any]], salt: str) -> dict[str, str]:
    """The digests of a row given as values by column."""
    left = {name: personal[name](value) if name in personal else value for name, value in values.items()}
    names = {name: values[name] for name in personal}
    return {"row": _digest(left), "personal": hashlib.sha256((salt + _canonical(names)).encode()).hexdigest()}


def broken_rows(session: Session, tables: Sequence[Sealed], details: Iterator[tuple[int, str]]) -> Iterator[RowBreach]:
    """Every row of the sealed tables that does not agree with the entries, given as number and details in their order;
    every entry about a row that is gone. Where a row was sealed anew, the last seal counts."""
    sealed_in: dict[tuple[str, int], tuple[int, Mapping[str, Any]]] = {}
    anonymised_in: dict[tuple[str, int], int] = {}
    for number, text in details:
        if f'"{SEALS}"' not in text and f'"{ANONYMISED}"' not in text:
            continue
        read = json.loads(text)
        for each in read.get(SEALS, ()):
            sealed_in[each["table"], each["id"]] = (number, each)
        for each in read.get(ANONYMISED, ()):
            anonymised_in[each["table"], each["id"]] = number
    for sealed in tables:
        for row in session.scalars(select(sealed.model).order_by(sealed.model.__mapper__.primary_key[0])):
            key = (sealed.table, row.id)  # type: ignore[attr-defined]
            entry, kept = sealed_in.pop(key, (0, {}))
            for what in _wrong(sealed, row, kept, anonymised_in.get(key)):
                at = anonymised_in.get(key, entry) if "anonymised" in what else entry
                yield RowBreach(table=key[0], row_id=key[1], entry=at, what=what, named=sealed.named(row))
    known = {sealed.table for sealed in tables}
    for (table, row_id), (entry, _kept) in sorted(sealed_in.items()):
        if table in known:
            yield RowBreach(table=table, row_id=row_id, entry=entry, what="row-deleted")


def _wrong(sealed: Sealed, row: Any, kept: Mapping[str, Any], anonymised_in: int | None) -> Iterator[str]:
    if not kept:
        yield "row-unsealed"
        return
    now = digests(sealed, row)
    if now["row"] != kept["row"]:
        yield "row-changed"
    if anonymised_in is not None:
        if row.salt or any(left(getattr(row, name)) != getattr(row, name) for name, left in sealed.personal.items()):
            yield "row-not-anonymised"
    elif not row.salt:
        yield "row-anonymised"
    elif now["personal"] != kept["personal"]:
        yield "names-changed"


def _digest(values: Mapping[str, Any]) -> str:
    return hashlib.sha256(_canonical(values).encode()).hexdigest()


def _canonical(values: Mapping[str, Any]) -> str:
    """Values as JSON in one form on every database; what is None is left out."""
    told = {name: value for name, value in values.items() if value is not None}
    return json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)

"""The database: one engine, one place that commits, two kinds of work (reading, and a transaction).

SQLite opens writing transactions with BEGIN IMMEDIATE, so that a lost update cannot happen; on PostgreSQL
(READ COMMITTED) a service that reads before it writes locks the row it decides on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from flask import current_app
from sqlalchemy import Connection, DateTime, Dialect, Engine, MetaData, String, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import StaticPool
from sqlalchemy.types import JSON, TypeDecorator

SQLITE_BUSY_TIMEOUT_MS = 15_000
EXTENSION = "lms.database"

_open_transaction: ContextVar[bool] = ContextVar("_open_transaction", default=False)


class NestedTransaction(RuntimeError):
    """A transaction was opened inside another: a programming error."""


class Instant(TypeDecorator[datetime]):
    """An aware instant in UTC. Refuses naive values, gives aware ones back on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a time zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of every table. Relationships are `lazy="raise"`; constraints carry names."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Instant, dict[str, Any]: JSON, list[Any]: JSON, str: String}


class Database:
    """An engine with its two kinds of work. Share one per process."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _make_engine(url)
        # A read needs no BEGIN and ROLLBACK: at READ COMMITTED, PostgreSQL's statements see the newest either way.
        # SQLite keeps them in `reading`, so that what is read together belongs together.
        on_sqlite = self.engine.dialect.name == "sqlite"
        alone = {"lms_one_statement": True} if on_sqlite else {"isolation_level": "AUTOCOMMIT"}
        self._for_statement = self.engine.execution_options(**alone)
        self._for_reading = self.engine if on_sqlite else self._for_statement
        as_one = {} if on_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._for_snapshot = self.engine.execution_options(**as_one)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for reads; nothing it holds is ever written."""
        with Session(self._for_reading, expire_on_commit=False, autoflush=False) as session:
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A session for reads that are compared with each other: everything as it stood when the first one began."""
        with Session(self._for_snapshot, expire_on_commit=False, autoflush=False) as session:
            yield session

    def one_statement(self) -> AbstractContextManager[Connection]:
        """A bare connection for SELECTs that need no objects and not each other: as cheap as a read can be."""
        if _open_transaction.get():
            raise NestedTransaction("a transaction is open here: read with its session")
        return self._for_statement.connect()

    @contextmanager
    def transaction(self, *, rehearse: bool = False) -> Iterator[Session]:
        """The only commit: returning commits, raising rolls back, nesting is refused.

        With `rehearse` everything is done and then rolled back, for dry runs.
        """
        if _open_transaction.get():
            raise NestedTransaction("a transaction is already open here")
        token = _open_transaction.set(True)
        try:
            with Session(self.engine.execution_options(lms_writes=True), expire_on_commit=False) as session:
                yield session
                session.flush()
                if not rehearse:
                    session.commit()
        finally:
            _open_transaction.reset(token)

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def current_database() -> Database:
    """The database of the running application."""
    database: Database = current_app.extensions[EXTENSION]
    return database


def transaction(*, rehearse: bool = False) -> AbstractContextManager[Session]:
    """`with transaction() as session:` in the running application; see `Database.transaction`."""
    return current_database().transaction(rehearse=rehearse)


def reading() -> AbstractContextManager[Session]:
    """`with reading() as session:` in the running application; see `Database.reading`."""
    return current_database().reading()


def snapshot() -> AbstractContextManager[Session]:
    """`with snapshot() as session:` in the running application; see `Database.snapshot`."""
    return current_database().snapshot()


def one_statement() -> AbstractContextManager[Connection]:
    """`with one_statement() as connection:` in the running application; see `Database.one_statement`."""
    return current_database().one_statement()


def _make_engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=8, max_overflow=8, pool_pre_ping=False)
    in_memory = url in ("sqlite://", "sqlite:///:memory:")
    arguments: dict[str, Any] = {"isolation_level": None, "check_same_thread": False}
    if in_memory:
        engine = create_engine(url, poolclass=StaticPool, connect_args=arguments)
    else:
        engine = create_engine(url, connect_args=arguments, pool_size=8, max_overflow=8)
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _configure_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {SQLITE_BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # an acknowledged answer survives a power cut
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA recursive_triggers = ON")  # or REPLACE would delete past the triggers that refuse to
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    options = connection.get_execution_options()
    if not options.get("lms_one_statement", False):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("lms_writes", False) else "BEGIN")

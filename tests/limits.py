"""Limits that hold on any machine: how many statements a piece of work takes, and that it ends at all."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from lms.db import Database

HANGS_AFTER_CPU_SECONDS = 30  # tens of times what the work takes: only work that grows with the square gets here


@contextmanager
def ending() -> Iterator[None]:
    """Work that must end. Counted is this process's own computing, so a busy machine changes nothing."""

    def hangs(*_: object) -> None:
        raise AssertionError(f"still at it after {HANGS_AFTER_CPU_SECONDS} seconds of computing")

    before = signal.signal(signal.SIGVTALRM, hangs)
    signal.setitimer(signal.ITIMER_VIRTUAL, HANGS_AFTER_CPU_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """The statements sent to the database inside the block, as they were sent."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)

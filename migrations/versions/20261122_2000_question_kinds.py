"""question kinds: an answer is a list of tokens, not a string of option keys

Revision ID: 20261122_question_kinds
Revises: 20261122_certificates

Up, "ac" becomes ["a", "c"] and "" becomes []; NULL stays. Down, the same the other way. An answer that is no set of
option keys (to a question of a kind the older code does not know) cannot be written the old way. Nothing is lost: it
stays in the column as the JSON text it was, which begins with "[" as no old answer does, and going up again reads it.
The older code cannot show an attempt with such a question, whatever its answer.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "20261122_question_kinds"
down_revision = "20261122_certificates"
branch_labels = None
depends_on = None

ROWS_AT_A_TIME = 5_000

OLD, NEW = sa.String(), sa.JSON(none_as_null=True)
KEYS = frozenset("abcdefghijklmnopqrstuvwxyz")


def upgrade() -> None:
    _replace(OLD, NEW, lambda text: json.loads(text) if text.startswith("[") else sorted(text))


def downgrade() -> None:
    _replace(
        NEW,
        OLD,
        lambda tokens: "".join(sorted(tokens)) if set(tokens) <= KEYS else json.dumps(tokens, ensure_ascii=False),
    )


def _replace(old: sa.types.TypeEngine[Any], new: sa.types.TypeEngine[Any], convert: Callable[[Any], Any]) -> None:
    """Put a column of another type in the place of `response`, every value converted."""
    op.alter_column("attempt_item", "response", new_column_name="response_before")
    op.add_column("attempt_item", sa.Column("response", new, nullable=True))
    items = sa.table(
        "attempt_item",
        sa.column("attempt_id", sa.Integer),
        sa.column("position", sa.Integer),
        sa.column("response_before", old),
        sa.column("response", new),
    )
    change = (
        sa.update(items)
        .where(items.c.attempt_id == sa.bindparam("in_attempt"), items.c.position == sa.bindparam("at"))
        .values(response=sa.bindparam("converted", type_=new))
    )
    connection = op.get_bind()
    place = sa.tuple_(items.c.attempt_id, items.c.position)
    last = (0, 0)
    while True:
        rows = connection.execute(
            sa.select(items.c.attempt_id, items.c.position, items.c.response_before)
            .where(place > last, items.c.response_before.is_not(None))
            .order_by(items.c.attempt_id, items.c.position)
            .limit(ROWS_AT_A_TIME)
        ).all()
        if not rows:
            break
        connection.execute(
            change,
            [{"in_attempt": attempt, "at": position, "converted": convert(value)} for attempt, position, value in rows],
        )
        last = (rows[-1].attempt_id, rows[-1].position)
    op.drop_column("attempt_item", "response_before")

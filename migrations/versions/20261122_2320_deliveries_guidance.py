"""deliveries by two, their follow-up, guidance, gatherings

Revision ID: 20261122_deliveries_guidance
Revises: 20261122_round_seminars

Deliveries logged so far belong to the unit their instructor belonged to then, and those a certificate rests on are
sealed. Down, corrected and struck-out deliveries are lost, and with them all that was said of deliveries.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_deliveries_guidance"
down_revision = "20261122_round_seminars"
branch_labels = None
depends_on = None


NEW_COLUMNS = {
    "org_number": "VARCHAR CONSTRAINT ck_delivery_org_number_length"
    " CHECK (org_number IS NULL OR length(org_number) = 9)",
    "partner_id": "INTEGER CONSTRAINT fk_delivery_partner_id REFERENCES person (id)"
    " CONSTRAINT ck_delivery_partner_is_another CHECK (partner_id IS NULL OR partner_id <> person_id)",
    "unit_id": "INTEGER CONSTRAINT fk_delivery_unit_id REFERENCES unit (id)",
    "partner_unit_id": "INTEGER CONSTRAINT fk_delivery_partner_unit_id REFERENCES unit (id)",
    "replaces_id": "INTEGER CONSTRAINT fk_delivery_replaces_id REFERENCES delivery (id)",
    "known_at": "{instant}",
}
OLD_COLUMNS = "id, person_id, entry, on_date, company, module, model, employees, leaders, duration_minutes, recorded_at"
UNIT_THEN = """
    UPDATE delivery SET unit_id = COALESCE(
        (
            SELECT unit_id FROM membership
            WHERE person_id = delivery.person_id AND from_date <= delivery.on_date
            AND (through_date IS NULL OR through_date >= delivery.on_date)
        ),
        (SELECT unit_id FROM membership WHERE person_id = delivery.person_id AND through_date IS NULL)
    )
"""


def upgrade() -> None:
    instant = "DATETIME" if op.get_bind().dialect.name == "sqlite" else "TIMESTAMP WITH TIME ZONE"
    for name, words in NEW_COLUMNS.items():
        op.execute(f"ALTER TABLE delivery ADD COLUMN {name} {words.format(instant=instant)}")
    op.execute(UNIT_THEN)
    op.create_index("ix_delivery_partner_id", "delivery", ["partner_id"])
    op.create_index("ix_delivery_unit_id_on_date", "delivery", ["unit_id", "on_date"])
    op.create_index("uq_delivery_replaces", "delivery", ["replaces_id"], unique=True)
    op.create_table(
        "delivery_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("fates", sa.JSON(), nullable=False),
        sa.Column("rehearsed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_delivery_import_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_import")),
    )
    with op.batch_alter_table("delivery_import", schema=None) as batch_op:
        batch_op.create_index("ix_delivery_import_person_id", ["person_id"], unique=False)

    op.create_table(
        "gathering",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("starts", sa.String(), nullable=False),
        sa.Column("ends", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("webinar_link", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("planned_by", sa.Integer(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('further_training', 'network')", name=op.f("ck_gathering_kind_known")),
        sa.CheckConstraint("place <> '' OR webinar_link <> ''", name=op.f("ck_gathering_somewhere")),
        sa.CheckConstraint("ends > starts", name=op.f("ck_gathering_times_in_order")),
        sa.ForeignKeyConstraint(["planned_by"], ["person.id"], name=op.f("fk_gathering_planned_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gathering")),
        sa.UniqueConstraint("planned_by", "entry", name="uq_gathering_entry"),
    )
    with op.batch_alter_table("gathering", schema=None) as batch_op:
        batch_op.create_index("ix_gathering_on_date", ["on_date"], unique=False)

    op.create_table(
        "guidance_agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("guide_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("through_date", sa.Date(), nullable=False),
        sa.Column("goals", sa.String(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('method', 'operation', 'stay')", name=op.f("ck_guidance_agreement_kind_known")),
        sa.CheckConstraint("guide_id <> person_id", name=op.f("ck_guidance_agreement_guide_is_another")),
        sa.CheckConstraint("through_date >= from_date", name=op.f("ck_guidance_agreement_dates_in_order")),
        sa.ForeignKeyConstraint(["guide_id"], ["person.id"], name=op.f("fk_guidance_agreement_guide_id")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_guidance_agreement_made_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_guidance_agreement_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_guidance_agreement_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guidance_agreement")),
        sa.UniqueConstraint("made_by", "entry", name="uq_guidance_agreement_entry"),
    )
    with op.batch_alter_table("guidance_agreement", schema=None) as batch_op:
        batch_op.create_index("ix_guidance_agreement_guide_id", ["guide_id"], unique=False)
        batch_op.create_index("ix_guidance_agreement_person_id", ["person_id"], unique=False)

    op.create_table(
        "delivery_follow_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_delivery_follow_up_delivery_id")),
        sa.ForeignKeyConstraint(["opened_by"], ["person.id"], name=op.f("fk_delivery_follow_up_opened_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_follow_up")),
        sa.UniqueConstraint("delivery_id", name=op.f("uq_delivery_follow_up_delivery_id")),
        sa.UniqueConstraint("token", name=op.f("uq_delivery_follow_up_token")),
    )
    op.create_table(
        "delivery_seal",
        sa.Column("delivery_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_delivery_seal_delivery_id")),
        sa.PrimaryKeyConstraint("delivery_id", name=op.f("pk_delivery_seal")),
    )
    op.create_table(
        "delivery_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("said_by", sa.Integer(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('confirmed', 'denied', 'struck', 'separate')", name=op.f("ck_delivery_word_kind_known")
        ),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_delivery_word_delivery_id")),
        sa.ForeignKeyConstraint(["said_by"], ["person.id"], name=op.f("fk_delivery_word_said_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_word")),
        sa.UniqueConstraint("delivery_id", "kind", name="uq_delivery_word_kind"),
    )
    op.create_table(
        "gathering_sign_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("gathering_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("signed_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["gathering_id"], ["gathering.id"], name=op.f("fk_gathering_sign_up_gathering_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_gathering_sign_up_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gathering_sign_up")),
        sa.UniqueConstraint("gathering_id", "person_id", name="uq_gathering_sign_up_once"),
    )
    with op.batch_alter_table("gathering_sign_up", schema=None) as batch_op:
        batch_op.create_index("ix_gathering_sign_up_person_id", ["person_id"], unique=False)

    op.create_table(
        "gathering_unit",
        sa.Column("gathering_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["gathering_id"], ["gathering.id"], name=op.f("fk_gathering_unit_gathering_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_gathering_unit_unit_id")),
        sa.PrimaryKeyConstraint("gathering_id", "unit_id", name=op.f("pk_gathering_unit")),
    )
    op.create_table(
        "guidance_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("noted_by", sa.Integer(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(held_on IS NULL) = (noted_by IS NULL) AND (held_on IS NULL) = (noted_at IS NULL)",
            name=op.f("ck_guidance_visit_noted_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["guidance_agreement.id"], name=op.f("fk_guidance_visit_agreement_id")
        ),
        sa.ForeignKeyConstraint(["noted_by"], ["person.id"], name=op.f("fk_guidance_visit_noted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guidance_visit")),
        sa.UniqueConstraint("agreement_id", "planned_on", name="uq_guidance_visit_day"),
    )
    op.create_table(
        "guidance_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("said_by", sa.Integer(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('agreed', 'received', 'declined', 'ended')", name=op.f("ck_guidance_word_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["guidance_agreement.id"], name=op.f("fk_guidance_word_agreement_id")
        ),
        sa.ForeignKeyConstraint(["said_by"], ["person.id"], name=op.f("fk_guidance_word_said_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guidance_word")),
        sa.UniqueConstraint("agreement_id", "kind", name="uq_guidance_word_kind"),
    )
    op.create_table(
        "delivery_feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("follow_up_id", sa.Integer(), nullable=False),
        sa.Column("entry", sa.String(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["follow_up_id"], ["delivery_follow_up.id"], name=op.f("fk_delivery_feedback_follow_up_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_feedback")),
        sa.UniqueConstraint("follow_up_id", "entry", name="uq_delivery_feedback_entry"),
    )

    _seal_what_certificates_rest_on()


def downgrade() -> None:
    for table in (
        "guidance_word",
        "guidance_visit",
        "guidance_agreement",
        "gathering_sign_up",
        "gathering_unit",
        "gathering",
        "delivery_feedback",
        "delivery_follow_up",
        "delivery_import",
        "delivery_seal",
    ):
        op.drop_table(table)
    # what was replaced or struck out counts for nobody, and the older code has no word for that
    op.execute(
        "CREATE TABLE delivery_gone AS SELECT replaces_id AS id FROM delivery WHERE replaces_id IS NOT NULL"
        " UNION SELECT delivery_id FROM delivery_word WHERE kind = 'struck'"
    )
    op.drop_table("delivery_word")
    op.execute("UPDATE delivery SET replaces_id = NULL")
    op.execute("DELETE FROM delivery WHERE id IN (SELECT id FROM delivery_gone)")
    op.drop_table("delivery_gone")
    for index in ("uq_delivery_replaces", "ix_delivery_unit_id_on_date", "ix_delivery_partner_id"):
        op.drop_index(index, table_name="delivery")
    if op.get_bind().dialect.name == "sqlite":
        _make_as_it_was()
        return
    for name in reversed(NEW_COLUMNS):
        op.drop_column("delivery", name)


def _make_as_it_was() -> None:
    """SQLite drops no column that a constraint speaks of: the table is made anew from its own stored words."""
    connection = op.get_bind()
    stored = "SELECT sql FROM sqlite_schema WHERE tbl_name = 'delivery' AND sql IS NOT NULL AND type = '{}'"
    table = connection.exec_driver_sql(stored.format("table")).scalar_one()
    indexes = connection.exec_driver_sql(stored.format("index")).scalars().all()
    for name, words in NEW_COLUMNS.items():
        added = f", {name} {words.format(instant='DATETIME')}"
        if table.count(added) != 1:
            raise RuntimeError(f"the table of deliveries has no {added!r}: {table}")
        table = table.replace(added, "")
    connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    connection.exec_driver_sql(
        "CREATE TABLE delivery_before AS SELECT id, person_id, entry, on_date, company, module, model, employees,"
        " leaders, duration_minutes, recorded_at FROM delivery"
    )
    connection.exec_driver_sql("DROP TABLE delivery")
    connection.exec_driver_sql(table)
    connection.exec_driver_sql("INSERT INTO delivery SELECT * FROM delivery_before")
    connection.exec_driver_sql("DROP TABLE delivery_before")
    for index in indexes:
        connection.exec_driver_sql(index)


def _seal_what_certificates_rest_on() -> None:
    """The deliveries among the evidence of certificates issued so far stay as they are."""
    certificate = sa.table("certificate", sa.column("evidence", sa.JSON()), sa.column("issued_at"))
    delivery = sa.table("delivery", sa.column("id", sa.Integer()))
    seal = sa.table("delivery_seal", sa.column("delivery_id"), sa.column("sealed_at"))
    connection = op.get_bind()
    known = set(connection.scalars(sa.select(delivery.c.id)))
    sealed: dict[int, object] = {}
    rows = connection.execute(sa.select(certificate.c.evidence, certificate.c.issued_at)).all()
    for evidence, issued_at in rows:
        for step in evidence:
            for fact in step.get("facts", ()):
                kind, _, number = str(fact.get("ref", "")).partition(":")
                if kind == "delivery" and number.isdecimal() and int(number) in known:
                    sealed.setdefault(int(number), issued_at)
    if sealed:
        connection.execute(seal.insert(), [{"delivery_id": id_, "sealed_at": at} for id_, at in sealed.items()])

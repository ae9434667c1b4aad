"""Materials of a seminar day: files and links."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


class DayMaterial(Base):
    """A file or a link a trainer has added to a seminar day. A removed one is no longer shown, and stays recorded."""

    __tablename__ = "day_material"
    __table_args__ = (
        CheckConstraint("(upload_id IS NULL) <> (link = '')", name="file_or_link"),
        # what participants click on goes to the web over an encrypted line, never to a script
        CheckConstraint("link = '' OR link LIKE 'https://%'", name="link_https"),
        CheckConstraint("title <> ''", name="titled"),
        CheckConstraint("(removed_by IS NULL) = (removed_at IS NULL)", name="removed_by_and_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    seminar_day_id: Mapped[int] = mapped_column(ForeignKey("seminar_day.id"), index=True)
    title: Mapped[str]
    upload_id: Mapped[int | None] = mapped_column(ForeignKey("upload.id"), index=True)
    link: Mapped[str]
    added_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime]
    removed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    removed_at: Mapped[datetime | None]

"""Files people hand in: kept in the database, where every web node finds them, and only ever offered for saving.

What a file is, is told by its first bytes, never by its name alone; nothing uploaded is shown inside a page of ours.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from datetime import datetime

from flask import Response
from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms.db import Base
from lms.errors import Refused
from lms.ids import search_key
from lms.verdict import because

UPLOAD_BYTES_MAX = 20 * 1024 * 1024
UPLOAD_NAME_LENGTH_MAX = 120

_OFFICE = "application/vnd.openxmlformats-officedocument."
_SIGNATURES = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff"}
# What stands inside the archive of each office format, beside its list of contents.
_INSIDE = {"pptx": "ppt/presentation.xml", "docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "pptx": f"{_OFFICE}presentationml.presentation",
    "docx": f"{_OFFICE}wordprocessingml.document",
    "xlsx": f"{_OFFICE}spreadsheetml.sheet",
}


class Upload(Base):
    """A file as it was handed in. Never changed; who may see it is decided where it hangs."""

    __tablename__ = "upload"
    __table_args__ = (CheckConstraint("size >= 1", name="size_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]  # bytes
    digest: Mapped[str]  # SHA-256
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True, deferred_raiseload=True)
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    uploaded_at: Mapped[datetime]


def keep(session: Session, *, name: str, content: bytes, by: int, now: datetime) -> Upload:
    """Keep a file. Refused when it is empty, too large, or not what its name says (PDF, pictures, office files)."""
    ending = _ending(name)
    if not content:
        raise Refused(because("upload-empty"))
    if len(content) > UPLOAD_BYTES_MAX:
        raise Refused(because("upload-too-large", most=UPLOAD_BYTES_MAX // 1024 // 1024))
    if ending not in MEDIA_TYPES or not _is(ending, content):
        raise Refused(because("upload-kind", kinds=", ".join(MEDIA_TYPES)))
    upload = Upload(
        name=_shown_name(name, ending),
        media_type=MEDIA_TYPES[ending],
        size=len(content),
        digest=hashlib.sha256(content).hexdigest(),
        content=content,
        uploaded_by=by,
        uploaded_at=now,
    )
    session.add(upload)
    session.flush()
    return upload


def as_download(upload: Upload, content: bytes) -> Response:
    """The file for saving: never shown inside a page, never sniffed, kept by no cache in between."""
    answer = Response(content, mimetype=upload.media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=upload.name)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def content_of(session: Session, upload_id: int) -> bytes:
    """The bytes of a file, which are read only when somebody saves it."""
    return session.scalars(select(Upload.content).where(Upload.id == upload_id)).one()


def _ending(name: str) -> str:
    ending = name.rpartition(".")[2].lower()
    return "jpg" if ending == "jpeg" else ending


def _shown_name(name: str, ending: str) -> str:
    """The name without folders and signs that mislead a reader or a header."""
    stem = name.replace("\\", "/").rpartition("/")[2].rpartition(".")[0]
    plain = "".join(sign if sign.isprintable() and sign not in '"<>:|?*' else " " for sign in stem)
    short = " ".join(plain.split())[:UPLOAD_NAME_LENGTH_MAX].strip(". ")
    return f"{short if search_key(short) else 'fil'}.{ending}"


def _is(ending: str, content: bytes) -> bool:
    if ending in _SIGNATURES:
        return content.startswith(_SIGNATURES[ending])
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            inside = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return False
    return {"[Content_Types].xml", _INSIDE[ending]} <= inside

"""Files people hand in: what they are is told by their bytes, and they are only offered for saving."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms import uploads
from lms.db import Database
from lms.errors import Refused
from tests.cast import Cast

NOW = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)


def archive(*names: str) -> bytes:
    """The same bytes whenever: they stand in the tests' names, which all workers must agree on."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        for name in names:
            packed.writestr(zipfile.ZipInfo(name), "x")
    return made.getvalue()


SLIDES = archive("[Content_Types].xml", "ppt/presentation.xml")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("Plan.PDF", b"%PDF-1.7 x"),
        ("bilde.jpeg", b"\xff\xd8\xff\xe0"),
        ("bilde.png", b"\x89PNG\r\n\x1a\n0"),
        ("min presentasjon.pptx", SLIDES),
    ],
)
def test_a_file_is_kept_as_it_is(database: Database, people: Cast, name: str, content: bytes) -> None:
    with database.transaction() as session:
        kept = uploads.keep(session, name=name, content=content, by=people.kari, now=NOW)
    with database.reading() as session:
        assert uploads.content_of(session, kept.id) == content
    assert kept.size == len(content)
    assert kept.media_type == uploads.MEDIA_TYPES[kept.name.rpartition(".")[2]]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("tom.pdf", b"", "upload-empty"),
        ("stor.pdf", b"%PDF-" + b"x" * uploads.UPLOAD_BYTES_MAX, "upload-too-large"),
        ("side.html", b"<script>alert(1)</script>", "upload-kind"),
        ("side.pdf", b"<script>alert(1)</script>", "upload-kind"),
        ("tegning.svg", b"<svg onload='x'/>", "upload-kind"),
        ("program.exe", b"MZ", "upload-kind"),
        ("bilde.png", SLIDES, "upload-kind"),
        ("slides.pptx", archive("word/document.xml", "[Content_Types].xml"), "upload-kind"),
        ("slides.pptx", SLIDES[:40], "upload-kind"),
        ("slides.docm", SLIDES, "upload-kind"),
        ("uten endelse", b"%PDF-1.7", "upload-kind"),
        ("", b"%PDF-1.7", "upload-kind"),
    ],
)
def test_what_is_no_document_is_refused_and_nothing_kept(
    database: Database, people: Cast, name: str, content: bytes, code: str
) -> None:
    with pytest.raises(Refused) as refusal, database.transaction() as session:
        uploads.keep(session, name=name, content=content, by=people.kari, now=NOW)
    assert [reason.code for reason in refusal.value.reasons] == [code]
    with database.reading() as session:
        assert session.query(uploads.Upload.id).all() == []


@given(st.text(max_size=300))
def test_whatever_the_name_the_shown_one_is_short_plain_and_no_path(name: str) -> None:
    shown = uploads._shown_name(name + ".pdf", "pdf")
    assert shown.endswith(".pdf")
    assert shown.isprintable()
    assert not set(shown) & set('/\\"<>:|?*')
    assert 5 <= len(shown) <= uploads.UPLOAD_NAME_LENGTH_MAX + 4
    assert not shown.startswith(".")


def test_it_is_offered_for_saving_and_never_shown(database: Database, people: Cast) -> None:
    with database.transaction() as session:
        kept = uploads.keep(session, name="../Plan «våren».pdf", content=b"%PDF-1", by=people.kari, now=NOW)
    answer = uploads.as_download(kept, b"%PDF-1")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert ".." not in answer.headers["Content-Disposition"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "private, no-store"

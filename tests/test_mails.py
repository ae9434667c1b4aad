"""Every mail as people get it: text and HTML, in each language. Set LMS_UPDATE_SNAPSHOTS=1 to accept a changed one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import cast

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from lms.outbox import OutboxMail
from lms.people import Locale, Person
from tests.mail_samples import appeals, certificates, courses, ground, open_courses

TEMPLATES = Path(__file__).parents[1] / "templates" / "emails"
SNAPSHOTS = Path(__file__).parent / "snapshots" / "mails"
MAILS = {**ground.MAILS, **courses.MAILS, **certificates.MAILS, **appeals.MAILS, **open_courses.MAILS}


class NoDatabase:
    """Takes the mail where a session would store it."""

    def add(self, _row: object) -> None:
        """Nothing is kept."""

    def flush(self) -> None:
        """Nothing is written."""


def written(app: Flask, name: str, locale: Locale) -> OutboxMail:
    """One of the mails to Kari, whose language it is."""
    person = Person(id=1, name="Kari Åsen", email="kari@cast.example", locale=locale)
    with app.test_request_context():
        return MAILS[name](cast(Session, NoDatabase()), person)


@pytest.mark.parametrize("locale", Locale)
@pytest.mark.parametrize("name", MAILS)
def test_a_mail_reads_as_agreed(words_only: Flask, name: str, locale: Locale) -> None:
    mail = written(words_only, name, locale)
    for snapshot, actual in {
        SNAPSHOTS / f"{name}-{locale}.txt": f"{mail.subject}\n\n{mail.text}",
        SNAPSHOTS / f"{name}-{locale}.html": f"{mail.html}\n",
    }.items():
        if os.environ.get("LMS_UPDATE_SNAPSHOTS") == "1":
            snapshot.parent.mkdir(parents=True, exist_ok=True)
            snapshot.write_text(actual, encoding="utf-8")
        assert actual == snapshot.read_text(encoding="utf-8")


def test_every_mail_there_is_has_been_read(words_only: Flask) -> None:
    templates = {path.name for path in TEMPLATES.iterdir() if path.is_dir()}
    assert {written(words_only, name, Locale.NB).name for name in MAILS} == templates
    kept = {path.name for path in SNAPSHOTS.iterdir()}
    assert kept == {f"{name}-{locale}.{kind}" for name in MAILS for locale in Locale for kind in ("txt", "html")}


@pytest.mark.parametrize("locale", Locale)
def test_a_reminder_never_says_a_certificate_ended_on_a_day_it_was_valid(words_only: Flask, locale: Locale) -> None:
    """`valid_through` is the last valid day, so what stands beside it is "to and including"."""
    mail = written(words_only, "reminder-day_0", locale)
    including = {Locale.NB: "til og med", Locale.NN: "til og med", Locale.EN: "up to and including"}[locale]
    assert mail.subject.endswith(f"{including} 21.11.2029")

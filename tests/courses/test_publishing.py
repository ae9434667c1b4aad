"""Publishing: versions that never change, one pointer, and nothing at all when something is wrong."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from courses.models.learning import ContentAsset, Course, CourseVersion
from courses.publishing import publish
from courses.queries import learning as queries
from courses.shelf import Shelf
from lms import audit
from lms.clock import FrozenClock
from lms.db import Database
from lms.errors import Refused
from quizzes.attempts import Purpose
from tests.cast import Cast
from tests.courses import factories
from tests.courses.factories import COURSE


def count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_what_is_read_back_is_what_was_published(database: Database, clock: FrozenClock) -> None:
    course, assets = factories.compiled(factories.files())
    with database.transaction() as session:
        publication = publish(session, course, assets, published_by=None, now=clock.now())
    with database.reading() as session:
        document = session.scalars(select(CourseVersion.document)).one()
        assert Shelf().get(publication.digest, lambda: document).course == course
        digest = course.assets[0].digest
        assert queries.asset(session, digest) == ("image/svg+xml", factories.PICTURE.encode())


def test_the_same_content_again_changes_nothing(database: Database, clock: FrozenClock) -> None:
    with database.transaction() as session:
        first = factories.published(session, clock.now())
    clock.advance(days=1)
    with database.transaction() as session:
        second = factories.published(session, clock.now())
    assert (first.changed, second.changed) == (True, False)
    assert (second.number, second.digest) == (1, first.digest)
    with database.reading() as session:
        assert count(session, CourseVersion) == count(session, audit.AuditEntry) == 1


def test_new_content_is_the_next_version_and_old_content_gets_its_old_version_back(
    database: Database, clock: FrozenClock
) -> None:
    numbers = []
    for text in ("En.", "To.", "En."):
        with database.transaction() as session:
            numbers.append(factories.published(session, clock.now(), text=text).number)
    assert numbers == [1, 2, 1]
    with database.reading() as session:
        offer = queries.offer(session, COURSE)
        assert offer is not None and offer.number == 1
        assert [entry.action for entry in session.scalars(select(audit.AuditEntry))] == ["content-published"] * 3
        assert audit.verify(session) == []


def test_who_published_is_kept(database: Database, clock: FrozenClock, people: Cast) -> None:
    course, assets = factories.compiled(factories.files())
    with database.transaction() as session:
        publish(session, course, assets, published_by=people.siri, now=clock.now())
    with database.reading() as session:
        version = session.scalars(select(CourseVersion)).one()
        assert (version.published_by, version.published_at) == (people.siri, clock.now())
        assert session.scalars(select(audit.AuditEntry)).one().actor_id == people.siri


def test_a_picture_is_stored_once_for_all_versions(database: Database, clock: FrozenClock) -> None:
    for changes in ({}, {"text": "Ny."}, {"id": "annet-kurs"}):
        with database.transaction() as session:
            factories.published(session, clock.now(), **changes)
    with database.reading() as session:
        assert count(session, ContentAsset) == 1
        assert count(session, CourseVersion) == 3


@pytest.mark.parametrize("bytes_given", [None, b"<svg/>"])
def test_a_picture_that_is_missing_or_another_stops_everything(
    database: Database, clock: FrozenClock, bytes_given: bytes | None
) -> None:
    course, assets = factories.compiled(factories.files())
    wrong = {} if bytes_given is None else dict.fromkeys(assets, bytes_given)
    with pytest.raises(ValueError, match="skive.svg"), database.transaction() as session:
        publish(session, course, wrong, published_by=None, now=clock.now())
    with database.reading() as session:
        assert count(session, Course) == count(session, CourseVersion) == 0


def test_a_new_key_under_an_old_id_is_refused_once_somebody_has_the_question(
    database: Database, clock: FrozenClock, people: Cast
) -> None:
    with database.transaction() as session:
        first = factories.published(session, clock.now())
        for person_id in (people.kari, people.stian):  # the two forms of both hold every question on the back
            enrolment = factories.all_read(session, person_id, clock.now())
            factories.take(session, enrolment, Purpose.POST, clock.now())
    with pytest.raises(Refused) as refusal, database.transaction() as session:
        factories.published(session, clock.now(), right="c", text="Endret.")
    assert [(reason.code, reason.values["question"]) for reason in refusal.value.reasons] == [
        ("question-key-changed", "rygg-1")
    ]
    with database.reading() as session:
        offer = queries.offer(session, COURSE)
        assert offer is not None and offer.digest == first.digest
        assert count(session, CourseVersion) == 1


def test_a_document_tampered_with_in_the_database_is_not_served(database: Database, clock: FrozenClock) -> None:
    with database.transaction() as session:
        publication = factories.published(session, clock.now(), text="Skal byttes ut.")
        document = session.scalars(select(CourseVersion.document)).one()
        forged = {**document, "course": {**document["course"], "title": "Et annet kurs"}}
        session.execute(update(CourseVersion).values(document=forged))
    with pytest.raises(ValueError, match=publication.digest), database.reading() as session:
        queries.volume(session, publication.digest)


def test_the_shelf_lets_go_of_what_was_read_longest_ago() -> None:
    courses = [factories.compiled(factories.files(text=text))[0] for text in ("En.", "To.", "Tre.")]
    shelf = Shelf(versions_max=2)
    fetched: list[str] = []

    def read(index: int) -> None:
        def fetch() -> dict[str, object]:
            fetched.append(courses[index].digest)
            return courses[index].document()

        assert shelf.get(courses[index].digest, fetch).course == courses[index]

    for index in (0, 1, 0, 2, 0, 1):  # 2 pushes 1 out, since 0 was read after it
        read(index)
    assert fetched == [courses[index].digest for index in (0, 1, 2, 1)]

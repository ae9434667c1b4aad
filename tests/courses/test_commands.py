"""`lms content`: check tells everything, publish is all or nothing, preview touches nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from courses import commands
from courses.drafts import BUNDLED, read_drafts
from courses.models.learning import Course, CourseVersion
from courses.preview import make_preview
from courses.queries import learning as queries
from lms.clock import FrozenClock
from lms.db import Database
from lms.markup import render
from quizzes.attempts import Purpose
from tests.cast import Cast
from tests.courses import factories
from tests.courses.factories import COURSE


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(commands.content, [str(one) for one in arguments])


def published(database: Database) -> list[tuple[str, int]]:
    with database.reading() as session:
        return sorted((offer.course_id, offer.number) for offer in queries.offers(session))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one course in it."""
    factories.write(tmp_path / "kursene" / "rolig", factories.files())
    return tmp_path / "kursene"


def spoil(folder: Path, name: str = "01-rygg/01-skiven.md") -> None:
    """Make two mistakes in a lesson: an unknown source on its fifth line, HTML on its last."""
    file = folder / name
    text = file.read_text(encoding="utf-8").replace("[rapport,", "[ukjent,")
    file.write_text(text + "\n<b>fet</b>\n", encoding="utf-8")


def test_check_of_a_fine_course_says_so_and_what_there_is(folder: Path) -> None:
    for path in (folder, folder / "rolig"):
        result = run("check", path, "--summary")
        assert result.exit_code == 0
        assert f"{COURSE}: " in result.stdout
        assert "2 moduler, 3 leksjoner, " in result.stdout
        assert "2 læringsmål, 6 spørsmål" in result.stdout


def test_check_tells_every_problem_with_its_place_and_exits_1(folder: Path) -> None:
    factories.write(folder / "annet", factories.files(id="annet-kurs"))
    spoil(folder / "rolig")
    (folder / "annet" / "02-uro" / "questions.md").unlink()
    result = run("check", folder)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert all(re.fullmatch(r".+\.md:\d+: \S.*", line) for line in lines), lines
    assert any(line.startswith(f"{folder}/rolig/01-rygg/01-skiven.md:7: ") and "ukjent" in line for line in lines)
    assert any("<b" in line for line in lines)
    assert any(line.startswith(f"{folder}/annet/course.md:") for line in lines)
    assert "Ingen feil" not in result.output


@pytest.mark.parametrize("path", ["finnes-ikke", "tom"])
def test_check_of_a_place_without_courses_is_a_problem(tmp_path: Path, path: str) -> None:
    (tmp_path / "tom").mkdir()
    result = run("check", tmp_path / path)
    assert (result.exit_code, "ingen kurs" in result.stdout) == (1, True)


def test_two_courses_with_one_id_are_a_problem(folder: Path) -> None:
    factories.write(folder / "tvilling", factories.files(title="Tvilling"))
    result = run("check", folder)
    assert result.exit_code == 1 and f"«{COURSE}» er alt brukt" in result.stdout


@pytest.mark.parametrize("reserved", ["start", "innhold", "prove"])
def test_a_lesson_may_not_take_an_address_of_the_site(folder: Path, reserved: str) -> None:
    lesson = folder / "rolig" / "02-uro" / "01-angsten.md"
    lesson.write_text(lesson.read_text(encoding="utf-8").replace("id: angsten", f"id: {reserved}"), encoding="utf-8")
    report = read_drafts(folder, render)
    assert [(problem.path, problem.line) for problem in report.problems] == [(lesson.as_posix(), 2)]


def test_the_bundled_courses_are_without_problems() -> None:
    result = run("check", "--summary")
    assert result.exit_code == 0, result.output
    assert "startopplaering: " in result.stdout


def test_publish_stores_everything_and_says_version_and_digest(app: Flask, database: Database, folder: Path) -> None:
    factories.write(folder / "annet", factories.files(id="annet-kurs"))
    with app.app_context():
        first, second = run("publish", folder), run("publish", folder)
    assert first.exit_code == second.exit_code == 0, first.output
    digests = re.findall(r"^([\w-]+): publisert, versjon 1, ([0-9a-f]{64})$", first.stdout, re.MULTILINE)
    assert [course for course, _digest in digests] == ["annet-kurs", COURSE]
    assert second.stdout == first.stdout.replace("publisert", "uendret")
    assert published(database) == [("annet-kurs", 1), (COURSE, 1)]


def test_one_problem_in_one_course_publishes_none_of_them(app: Flask, database: Database, folder: Path) -> None:
    factories.write(folder / "annet", factories.files(id="annet-kurs"))
    spoil(folder / "rolig")
    with app.app_context():
        result = run("publish", folder)
    assert result.exit_code == 1
    assert published(database) == []


def test_a_changed_answer_to_an_answered_question_is_told_at_its_place_and_publishes_nothing(
    app: Flask, database: Database, people: Cast, clock: FrozenClock, folder: Path
) -> None:
    with database.transaction() as session:
        factories.published(session, clock.now())
        enrolment = factories.all_read(session, people.kari, clock.now())
        factories.take(session, enrolment, Purpose.POST, clock.now())
    factories.write(folder / "rolig", factories.files(right="c"))
    factories.write(folder / "annet", factories.files(id="annet-kurs"))
    with app.app_context():
        result = run("publish", folder)
    assert result.exit_code == 1
    assert f"{folder}/rolig/01-rygg/questions.md:1: " in result.stdout and "rygg-1" in result.stdout
    assert published(database) == [(COURSE, 1)]
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Course)) == 1
        assert session.scalar(select(func.count()).select_from(CourseVersion)) == 1


def test_the_bundled_courses_can_be_published(app: Flask, database: Database) -> None:
    with app.app_context():
        assert run("publish").exit_code == 0
    assert ("startopplaering", 1) in published(database)


@pytest.fixture
def preview(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    """A preview of the folder. The real settings would not do, so using them would show."""
    monkeypatch.setenv("LMS_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    app = make_preview(folder, render, data_dir=tmp_path / "data")
    app.testing = True
    yield app.test_client()
    app.extensions["lms.database"].dispose()


def touch_later(file: Path) -> None:
    """Give a file a modification time of its own, however fast the test is."""
    status = file.stat()
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns + 5_000_000))


def test_a_preview_shows_drafts_in_the_real_pages_without_signing_in(preview: FlaskClient) -> None:
    assert "Rolig start" in preview.get("/kurs").text
    page = preview.get(f"/kurs/{COURSE}/skiven")
    assert page.status_code == 200 and "Utkast" in page.text and "Neste leksjon" in page.text
    (address,) = re.findall(r'src="(/innhold/[^"]+)"', page.text)
    assert preview.get(address).data == factories.PICTURE.encode()
    assert preview.get(f"/kurs/{COURSE}/innhold").status_code == 200
    assert preview.get(f"/kurs/{COURSE}/finnes-ikke").status_code == 404
    assert preview.get("/innhold/0/skive.svg").status_code == 404
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]


def test_a_preview_follows_the_files_and_shows_what_is_wrong(preview: FlaskClient, folder: Path) -> None:
    lesson = folder / "rolig" / "01-rygg" / "01-skiven.md"
    fine = lesson.read_text(encoding="utf-8")
    before = preview.get("/endringer").text
    assert before in preview.get(f"/kurs/{COURSE}/skiven").text

    spoil(folder / "rolig")
    wrong = preview.get(f"/kurs/{COURSE}/skiven")
    assert wrong.status_code == 422
    assert "01-skiven.md:7" in wrong.text and "ukjent" in wrong.text
    assert preview.get("/endringer").text != before

    lesson.write_text(fine.replace("tåler mye", "tåler svært mye"), encoding="utf-8")
    touch_later(lesson)
    assert "tåler svært mye" in preview.get(f"/kurs/{COURSE}/skiven").text


@pytest.mark.parametrize(
    "path", [f"/kurs/{COURSE}/start", f"/kurs/{COURSE}/skiven/ferdig", f"/kurs/{COURSE}/prove/pre"]
)
def test_a_preview_can_change_nothing(preview: FlaskClient, path: str) -> None:
    assert preview.post(path).status_code in (400, 404, 405)


def test_bundled_content_lies_where_the_commands_look() -> None:
    assert (BUNDLED / "startopplaering" / "course.md").is_file()

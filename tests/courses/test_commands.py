"""`lms content`: check tells everything, publish is all or nothing, preview touches nothing."""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from courses import commands, summaries
from courses.archive import pack, unpack
from courses.drafts import BUNDLED, read_drafts
from courses.files import read_folder
from courses.models.learning import Course, CourseVersion
from courses.preview import make_preview
from courses.queries import learning as queries
from lms.clock import FrozenClock
from lms.db import Database
from lms.markup import render
from quizzes.attempts import Purpose
from quizzes.questions import Kind
from tests.cast import Cast
from tests.courses import factories, rich
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


@pytest.mark.parametrize(
    "name",
    [
        "mitt-kurs",
        "Kurs: del 2",
        "Å løfte – og «bære»",
        "#1",
        "- a",
        "{slug}",
        'si "hei" \\n',
        "null",
        "2026",
        "'",
        "日本",
        "a" * 200,
        "kurs\x07",
        "%s",
    ],
)
def test_a_new_course_is_without_problems_whatever_its_folder_is_called(tmp_path: Path, name: str) -> None:
    made = run("new", tmp_path / name)
    assert made.exit_code == 0, made.output
    result = run("check", tmp_path / name, "--summary")
    assert result.exit_code == 0 and "(råd)" not in result.output, result.output
    assert "1 refleksjoner" in result.stdout and "1 ord i" in result.stdout.replace("\n", "")


def test_a_new_course_can_be_looked_at_and_published(tmp_path: Path, app: Flask, database: Database) -> None:
    folder = tmp_path / "kursene" / "mitt-kurs"
    assert run("new", folder).exit_code == 0
    preview = make_preview(folder.parent, render, data_dir=tmp_path / "data")
    client = preview.test_client()
    for path in ("/kurs", "/kurs/mitt-kurs", "/kurs/mitt-kurs/mitt-kurs-leksjon-1", "/kurs/mitt-kurs/innhold"):
        answer = client.get(path)
        assert answer.status_code == 200 and "Utkast" in answer.text, path
    preview.extensions["lms.database"].dispose()
    with app.app_context():
        assert run("publish", folder.parent).exit_code == 0
    assert published(database) == [("mitt-kurs", 1)]


def test_a_new_course_never_writes_over_anything(tmp_path: Path) -> None:
    (tmp_path / "kurs").mkdir()
    (tmp_path / "fil").write_text("mitt", encoding="utf-8")
    for name in ("kurs", "fil"):
        result = run("new", tmp_path / name)
        assert result.exit_code == 1 and "finnes fra før" in result.output
    assert list((tmp_path / "kurs").iterdir()) == [] and (tmp_path / "fil").read_text(encoding="utf-8") == "mitt"


@pytest.mark.parametrize("kind", ["topic", "open"])
def test_a_preview_shows_every_element_in_both_languages(tmp_path: Path, kind: str) -> None:
    factories.write(tmp_path / "kurs", rich.files(kind=kind, nynorsk=True))
    app = make_preview(tmp_path / "kurs", render, data_dir=tmp_path / "data")
    app.testing = True
    client = app.test_client()
    for path in ("", "/skiven", "/smerten", "/angsten", "/innhold"):
        answer = client.get(f"/kurs/{COURSE}{path}")
        assert answer.status_code == 200, path
        assert f"//{rich.HOST}" not in answer.text and "<textarea" not in answer.text
        for address in re.findall(r'(?:src|href)="(/innhold/[^"]+)"', answer.text):
            assert client.get(address).status_code == 200
    assert "toler mykje" in client.get(f"/kurs/{COURSE}/skiven", headers={"Accept-Language": "nn"}).text
    app.extensions["lms.database"].dispose()


def test_an_export_is_the_files_that_were_published(app: Flask, database: Database, tmp_path: Path) -> None:
    folder = factories.write(tmp_path / "kurs", rich.files(nynorsk=True))
    (folder / ".gitignore").write_text("x", encoding="utf-8")
    with app.app_context():
        assert run("publish", folder).exit_code == 0
        for name in ("en.zip", "to.zip"):
            assert run("export", COURSE, tmp_path / name).exit_code == 0
    content = (tmp_path / "en.zip").read_bytes()
    assert content == (tmp_path / "to.zip").read_bytes()
    assert unpack(content) == read_folder(folder) == dict(sorted(rich.files(nynorsk=True).items()))


def test_an_older_version_is_exported_as_it_was(app: Flask, database: Database, tmp_path: Path) -> None:
    for text in ("Først.", "Siden."):
        folder = factories.write(tmp_path / "kurs", rich.files(text=text))
        with app.app_context():
            assert run("publish", folder).exit_code == 0
    with app.app_context():
        assert run("export", COURSE, tmp_path / "1.zip", "--version", "1").exit_code == 0
        assert run("export", COURSE, tmp_path / "2.zip").exit_code == 0
        for arguments in ((COURSE, "--version", "3"), ("finnes-ikke",), (COURSE, "--version", "-1")):
            missing = run("export", arguments[0], tmp_path / "x.zip", *arguments[1:])
            assert missing.exit_code == 1 and "ingen slik versjon" in missing.output
    assert not (tmp_path / "x.zip").exists()
    assert unpack((tmp_path / "1.zip").read_bytes()) == dict(sorted(rich.files(text="Først.").items()))
    assert unpack((tmp_path / "2.zip").read_bytes()) == dict(sorted(rich.files(text="Siden.").items()))


def test_an_import_publishes_what_was_exported_and_twice_changes_nothing(
    app: Flask, database: Database, tmp_path: Path
) -> None:
    archive = tmp_path / "kurs.zip"
    archive.write_bytes(pack(rich.files(nynorsk=True)))
    with app.app_context():
        first, second = run("import", archive), run("import", archive)
        assert (first.exit_code, second.exit_code) == (0, 0), first.output
        assert "publisert, versjon 1" in first.stdout and "uendret, versjon 1" in second.stdout
        assert run("export", COURSE, tmp_path / "ut.zip").exit_code == 0
    assert (tmp_path / "ut.zip").read_bytes() == archive.read_bytes()


def test_an_import_with_a_problem_publishes_nothing_and_says_where(
    app: Flask, database: Database, people: Cast, clock: FrozenClock, tmp_path: Path
) -> None:
    wrong = {**rich.files(), "01-rygg/01-skiven.md": b"uten noe\n"}
    bad = {"feil.zip": pack(wrong), "tom.zip": pack({}), "ingen.zip": b"ingen zip", "annet.zip": pack({"a.txt": b"a"})}
    for name, content in bad.items():
        (tmp_path / name).write_bytes(content)
        with app.app_context():
            result = run("import", tmp_path / name)
        assert result.exit_code == 1 and name in result.output and "Traceback" not in result.output
        assert isinstance(result.exception, SystemExit)
    assert published(database) == []
    with database.transaction() as session:
        rich.published(session, clock.now(), rich.files())
        enrolment = factories.all_read(session, people.kari, clock.now())
        factories.take(session, enrolment, Purpose.POST, clock.now())
    (tmp_path / "ny.zip").write_bytes(pack(rich.files(right="c")))
    with app.app_context():
        result = run("import", tmp_path / "ny.zip")
    assert result.exit_code == 1 and "ny.zip/01-rygg/questions.md:1: " in result.output
    assert published(database) == [(COURSE, 1)]


def test_an_import_to_a_folder_writes_there_and_nowhere_else(app: Flask, tmp_path: Path) -> None:
    archive, folder = tmp_path / "kurs.zip", tmp_path / "ny"
    archive.write_bytes(pack(rich.files()))
    with app.app_context():
        assert run("import", archive, "--to", folder).exit_code == 0
        assert read_folder(folder) == dict(sorted(rich.files().items()))
        again = run("import", archive, "--to", folder)
        assert again.exit_code == 1 and "finnes fra før" in again.output
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as hostile:
        hostile.writestr("course.md", b"x")
        hostile.writestr("../utenfor.md", b"x")
    archive.write_bytes(buffer.getvalue())
    with app.app_context():
        assert run("import", archive, "--to", tmp_path / "annen").exit_code == 1
    assert sorted(one.name for one in tmp_path.iterdir() if one.is_dir()) == ["ny"]
    assert not (tmp_path / "utenfor.md").exists()


def test_stamping_says_of_translations_that_they_are_as_new_as_their_originals(tmp_path: Path) -> None:
    files = rich.changed(rich.files(nynorsk=True), "01-rygg/01-skiven.md", "tåler mye", "tåler alt")
    folder = factories.write(tmp_path / "kurs", files)
    before = run("check", folder)
    assert before.exit_code == 0 and before.stdout.count("(råd)") == 1
    assert "01-skiven.nn.md:4: er eldre enn originalen" in before.stdout
    one = run("stamp", folder, "01-rygg/02-smerten.nn.md")
    assert one.exit_code == 0 and one.stdout == ""
    assert "eldre" in run("check", folder).stdout
    whole = run("stamp", folder)
    assert whole.stdout == "01-rygg/01-skiven.nn.md: svarer til originalen.\n"
    assert "(råd)" not in run("check", folder).stdout
    changed = [name for name, body in read_folder(folder).items() if files[name] != body]
    assert changed == ["01-rygg/01-skiven.nn.md"]
    assert run("stamp", folder).stdout == ""


@pytest.mark.parametrize("name", ["01-rygg/01-skiven.md", "finnes.nn.md", "../annet.nn.md", "/etc/passwd"])
def test_stamping_what_is_no_translation_changes_nothing(tmp_path: Path, name: str) -> None:
    folder = factories.write(tmp_path / "kurs", rich.files(nynorsk=True))
    result = run("stamp", folder, name)
    assert result.exit_code == 1 and "ingen oversettelse" in result.output
    assert read_folder(folder) == dict(sorted(rich.files(nynorsk=True).items()))


def test_stamping_a_folder_of_courses_is_told_and_no_crash(folder: Path) -> None:
    factories.write(folder / "annet", factories.files(id="annet-kurs"))
    for path in (folder, folder / "finnes-ikke"):
        result = run("stamp", path)
        assert result.exit_code == 1 and "ingen kursmappe" in result.output


def test_a_summary_counts_everything_there_is_and_names_every_kind(tmp_path: Path) -> None:
    folder = factories.write(tmp_path / "kurs", rich.files(nynorsk=True))
    told = run("check", folder, "--summary").stdout
    for words in ("2 moduler, 3 leksjoner", "6 spørsmål (6 ett svar)", "4 figurer og filer, 2 ord", "2 refleksjoner"):
        assert words in told
    assert "nn: Roleg start, 0 steder" in told
    assert set(summaries.KINDS) == {kind.value for kind in Kind}

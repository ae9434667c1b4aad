"""Films: nothing of another host before the reader says yes, only the two hosts after, and own films in parts."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from courses.media import VIDEO_HOSTS
from courses.views.films import AGREED
from lms.clock import FrozenClock
from lms.db import Database
from tests.cast import Cast
from tests.clients import Browser
from tests.courses import factories, rich
from tests.courses.rich import HOST, changed

COURSE, OWN, HOSTED = "/kurs/rolig-start", "/kurs/rolig-start/skiven", "/kurs/rolig-start/smerten"
AGREE = f"{HOSTED}/film"
OTHER = "player.vimeo.com"


@pytest.fixture
def open_course(app: Flask, database: Database, clock: FrozenClock) -> Flask:
    """The course open to everyone, with a second hosted film."""
    text = f'\n!!! video "En til"\n    [film](https://{OTHER}/video/1?h=x&t=2)\n\n    Han svarer.\n'
    files = rich.files(kind="open")
    with database.transaction() as session:
        rich.published(
            session, clock.now(), {**files, "01-rygg/02-smerten.md": files["01-rygg/02-smerten.md"] + text.encode()}
        )
    return app


def policy(browser: Browser, path: str) -> str:
    return browser.get(path).headers["Content-Security-Policy"]


def fetched(html: str) -> list[str]:
    """Every address of another site that a browser would fetch, or that is written as one to fetch."""
    found = re.findall(r'(?:src|href|action|formaction|data|poster|srcset|content)="(?:https?:)?//([^"/]+)', html)
    return [one for one in found if one in VIDEO_HOSTS]


def test_before_the_reader_says_yes_no_answer_leads_to_the_host(open_course: Flask) -> None:
    browser = Browser(open_course)
    for path in ("/kurs", COURSE, OWN, HOSTED, f"{COURSE}/ordliste", f"{COURSE}/test-deg-selv/rygg"):
        answer = browser.get(path)
        assert answer.status_code == 200
        assert fetched(answer.text) == [] and "<iframe" not in answer.text
        assert f"//{HOST}" not in answer.text and f"//{OTHER}" not in answer.text
        headers = "\n".join(f"{name}: {value}" for name, value in answer.headers)
        assert not any(host in headers for host in VIDEO_HOSTS) and "frame-src" not in headers
    assert "Vis filmen" in browser.get(HOSTED).text and "Legen sier" in browser.last.text


def test_saying_yes_shows_that_host_and_no_other_and_says_so_in_the_policy(open_course: Flask) -> None:
    browser = Browser(open_course)
    browser.get(HOSTED)
    answer = browser.post(AGREE, {"vert": OTHER})
    assert answer.location == f"{HOSTED}#film-2"
    page = browser.follow(answer).text
    assert 'id="film-2"' in page
    assert fetched(page) == [OTHER] and f'src="https://{OTHER}/video/1?h=x&amp;t=2"' in page
    assert 'title="En til"' in page and f"//{HOST}" not in page
    assert policy(browser, HOSTED).endswith(f"; frame-src https://{OTHER}")
    for path in (COURSE, OWN, "/kurs"):
        assert OTHER not in policy(browser, path) and OTHER not in browser.last.text
    browser.post(AGREE, {"vert": HOST})
    assert policy(browser, HOSTED).endswith(f"frame-src https://{OTHER} https://{HOST}")
    assert policy(browser, HOSTED).startswith("default-src 'self'")


def test_what_one_reader_has_said_yes_to_is_not_shown_to_the_next(open_course: Flask) -> None:
    first, second = Browser(open_course), Browser(open_course)
    first.get(HOSTED)
    first.post(AGREE, {"vert": HOST})
    for _ in range(2):
        assert "<iframe" in first.get(HOSTED).text
        assert "<iframe" not in second.get(HOSTED).text and "frame-src" not in policy(second, HOSTED)


def test_signing_out_and_in_takes_the_yes_back(open_course: Flask, database: Database, people: Cast) -> None:
    browser = Browser(open_course).sign_in_as(database, people.kari)
    browser.get(HOSTED)
    browser.post(AGREE, {"vert": HOST})
    browser.post("/logg-ut")
    assert "<iframe" not in browser.get(HOSTED).text


@pytest.mark.parametrize(
    "host",
    [
        "", "evil.example", f"{HOST}.evil.example", f"{HOST}; script-src *", f"{HOST} https://evil.example", "*",
        f"https://{HOST}", f"{HOST}\r\nX-Evil: 1", HOST.upper(), f"{HOST}\0", "'unsafe-inline'",
    ],
)  # fmt: skip
def test_only_the_hosts_of_the_house_can_be_said_yes_to(open_course: Flask, host: str) -> None:
    browser = Browser(open_course)
    browser.get(HOSTED)
    assert browser.post(AGREE, {"vert": host}).status_code == 404
    assert "frame-src" not in policy(browser, HOSTED) and "<iframe" not in browser.last.text


def test_a_cookie_with_another_host_in_it_opens_nothing(open_course: Flask) -> None:
    browser = Browser(open_course)
    with browser.client.session_transaction() as cookie:
        cookie[AGREED] = ["evil.example", HOST]
    assert policy(browser, HOSTED).endswith(f"; frame-src https://{HOST}")


def test_a_yes_needs_a_form_of_ours_and_a_lesson_there_is(open_course: Flask) -> None:
    browser = Browser(open_course)
    browser.get(HOSTED)
    assert browser.client.post(AGREE, data={"vert": HOST}).status_code == 400
    assert browser.post(f"{COURSE}/finnes-ikke/film", {"vert": HOST}).status_code == 404
    assert browser.get(AGREE).status_code == 405


def test_a_stranger_cannot_ask_about_films_of_a_course_that_is_not_open(
    app: Flask, database: Database, clock: FrozenClock
) -> None:
    with database.transaction() as session:
        rich.published(session, clock.now(), rich.files())
    for path in (AGREE, "/kurs/finnes-ikke/x/film"):
        assert Browser(app).post(path, {"vert": HOST}).location.startswith("/logg-inn")


def test_what_is_written_in_the_lesson_is_kept_when_a_film_is_shown(
    app: Flask, database: Database, people: Cast, clock: FrozenClock
) -> None:
    files = changed(
        rich.files(), "01-rygg/02-smerten.md", "Smerte er", '!!! reflection om-smerte "Tenk"\n    Hva?\n\nSmerte er'
    )
    with database.transaction() as session:
        rich.published(session, clock.now(), files)
        factories.reading(session, people.kari, clock.now())
    kari = Browser(app).sign_in_as(database, people.kari)
    kari.get(HOSTED)
    kari.post(AGREE, {"vert": HOST, "svar-om-smerte": "Det gjør vondt."})
    page = kari.get(HOSTED).text
    assert "Det gjør vondt." in page and "<iframe" in page


def addresses(browser: Browser) -> dict[str, str]:
    page = browser.get(OWN).text
    return {path.rpartition("/")[2]: path for path in re.findall(r'(?:src|href)="(/innhold/[^"]+)"', page)}


def test_an_own_film_plays_here_with_captions_and_without_asking(open_course: Flask) -> None:
    browser = Browser(open_course)
    found = addresses(browser)
    assert {"film.mp4", "film.vtt", "liste.pdf", "skive.svg"} <= set(found)
    page = browser.last.text
    assert re.search(r'<video controls preload="none" aria-label="Et løft på lageret">', page)
    assert re.search(r'<track kind="captions" src="[^"]+film\.vtt" srclang="nb"', page)
    assert "Det som blir sagt" in page and "Hun løfter en kasse" in page and "autoplay" not in page
    assert browser.get(found["film.mp4"]).data == rich.FILM
    captions = browser.get(found["film.vtt"])
    assert captions.mimetype == "text/vtt" and captions.data == rich.CAPTIONS


@pytest.mark.parametrize(
    ("asked", "status", "first", "last"),
    [
        ("bytes=0-99", 206, 0, 99),
        ("bytes=100-", 206, 100, len(rich.FILM) - 1),
        ("bytes=-10", 206, len(rich.FILM) - 10, len(rich.FILM) - 1),
        ("bytes=0-999999999", 206, 0, len(rich.FILM) - 1),
        ("bytes=999999-", 416, 0, 0),
        ("bytes=50-10", 200, 0, len(rich.FILM) - 1),
        ("bytes=x-y", 200, 0, len(rich.FILM) - 1),
        ("bytes=0-1,5-9", 416, 0, 0),
        ("linjer=1-2", 200, 0, len(rich.FILM) - 1),
    ],
)
def test_a_player_gets_the_part_it_asks_for(open_course: Flask, asked: str, status: int, first: int, last: int) -> None:
    browser = Browser(open_course)
    answer = browser.get(addresses(browser)["film.mp4"], headers={"Range": asked})
    assert answer.status_code in ({status, 416} if status == 200 else {status}), answer.status_code
    if answer.status_code == 206:
        assert answer.data == rich.FILM[first : last + 1]
        assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{len(rich.FILM)}"
    assert "sandbox" in answer.headers["Content-Security-Policy"] or answer.status_code == 416


def test_files_are_sent_as_what_they_are_and_can_do_nothing(open_course: Flask) -> None:
    browser = Browser(open_course)
    found = addresses(browser)
    paper = browser.get(found["liste.pdf"])
    assert paper.headers["Content-Disposition"].startswith("attachment") and paper.mimetype == "application/pdf"
    for path in found.values():
        answer = browser.get(path)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "sandbox" in answer.headers["Content-Security-Policy"]
    for wrong in ("film.webm", "film.svg", "film.html", "film", "..%2ffilm.mp4", "Film.mp4", "film.mp4.html"):
        path = found["film.mp4"].removesuffix("film.mp4") + wrong
        assert browser.get(path).status_code == 404, wrong


def test_files_of_a_course_that_is_not_open_are_for_those_signed_in(
    app: Flask, database: Database, people: Cast, clock: FrozenClock
) -> None:
    with database.transaction() as session:
        rich.published(session, clock.now(), rich.files())
        factories.reading(session, people.kari, clock.now())
    kari, stranger = Browser(app).sign_in_as(database, people.kari), Browser(app)
    for path in addresses(kari).values():
        assert kari.get(path).status_code == 200
        assert stranger.get(path).location.startswith("/logg-inn")

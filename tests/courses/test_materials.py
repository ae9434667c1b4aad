"""Materials of a seminar day: files and links, for those on the list and those who run it, nobody else."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from courses.models.materials import DayMaterial
from courses.models.seminars import Seminar, SeminarDay
from courses.seminars import link_problem
from courses.services import making_up, materials
from lms import audit
from lms.db import Database
from tests.cast import Cast
from tests.clients import Browser
from tests.courses.fieldwork import HOSTILE, NOW, attend, day_ids, plan

PDF = b"%PDF-1.7 lysbilder"


@pytest.fixture
def seminar(database: Database, people: Cast) -> Seminar:
    return plan(database, people.nord, now=NOW, seated=[people.kari, people.geir])


def added(database: Database, people: Cast, day_id: int, title: str = "Lysbilder") -> int:
    with database.transaction() as session:
        day = session.get_one(SeminarDay, day_id)
        facts = {"name": "lysbilder.pdf", "content": PDF, "by": people.tone, "now": NOW}
        return materials.add_file(session, day=day, title=title, **facts).id  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("link", "holds"),
    [
        ("https://nav.no/a?b=c#d", True),
        ("https://tromsø.kommune.no/æ", True),
        ("http://nav.no", False),
        ("javascript:alert(1)//https://nav.no", False),
        ("//nav.no", False),
        ("https://", False),
        ("https://localhost/x", False),
        ("https://nav.no@ondt.example/", False),
        ("https://[::1", False),
        ("https://nav.no/a b", False),
        (" data:text/html,x", False),
        ("", False),
    ],
)
def test_a_link_leads_to_the_web_over_https(link: str, holds: bool) -> None:
    assert (link_problem(link) is None) is holds


@given(st.text())
def test_whatever_is_typed_is_taken_as_a_link_or_refused(text: str) -> None:
    assert link_problem(text) is None or link_problem(text).reasons[0].code == "link-not-https"  # type: ignore[union-attr]


def test_a_trainer_adds_and_removes_and_the_participants_see_it(
    browser: Browser, people: Cast, database: Database, seminar: Seminar
) -> None:
    tone, kari = browser.sign_in_as(database, people.tone), Browser(browser.app).sign_in_as(database, people.kari)
    day = day_ids(database, seminar.id)[1]
    path, theirs = f"/samlinger/{seminar.id}/dag/{day}/materiell", f"/samlingsdager/{day}"
    tone.get(path)
    page = tone.follow(tone.post(path, {"title": HOSTILE, "file": (io.BytesIO(PDF), "lysbilder.pdf")}))
    assert "Lagt til" in page.text and "<script>alert" not in page.text
    tone.follow(tone.post(path, {"link": "https://nav.no/helseiarbeid", "title": ""}))
    for wrong, said in (
        ({}, "Velg en fil, eller skriv en lenke"),
        ({"link": "http://nav.no", "title": "Beholdes"}, "Skriv hele adressen"),
        ({"file": (io.BytesIO(b"MZ"), "x.exe"), "title": "Beholdes"}, "ikke av en type vi tar imot"),
        ({"file": (io.BytesIO(PDF), "a.pdf"), "link": "https://nav.no"}, "men ikke begge deler"),
    ):
        answer = tone.post(path, wrong)
        assert answer.status_code == 422 and said in answer.text
        assert ('value="Beholdes"' in answer.text) is ("title" in wrong)
    shown = kari.get(theirs).text
    assert "<script>alert" not in shown and 'href="https://nav.no/helseiarbeid"' in shown
    with database.reading() as session:
        file, _link = session.scalars(select(DayMaterial).order_by(DayMaterial.id)).all()
    saved = kari.get(f"{theirs}/materiell/{file.id}")
    assert saved.data == PDF
    assert saved.headers["Content-Disposition"].startswith("attachment")
    for _click in range(2):
        tone.follow(tone.post(f"{path}/{file.id}/fjern"))
    assert kari.get(f"{theirs}/materiell/{file.id}").status_code == 404
    assert "lysbilder" not in kari.get(theirs).text.lower()
    with database.reading() as session:
        kept = session.get_one(DayMaterial, file.id)
        actions = session.scalars(select(audit.AuditEntry.action).order_by(audit.AuditEntry.number)).all()
    assert (kept.removed_by, kept.removed_at) == (people.tone, NOW)
    assert list(actions) == ["material-added", "material-added", "material-removed"]


def test_who_has_no_seat_and_runs_nothing_there_learns_of_nothing(
    browser: Browser, people: Cast, database: Database, seminar: Seminar
) -> None:
    day, other = day_ids(database, seminar.id)[:2]
    file = added(database, people, day)
    expected = {"kari": 200, "geir": 200, "tone": 200, "knut": 200, "siri": 200}
    for who in ("kari", "mons", "tone", "knut", "geir", "sonja", "terje", "stian", "ari", "siri"):
        one = Browser(browser.app).sign_in_as(database, getattr(people, who))
        paths = (f"/samlingsdager/{day}", f"/samlingsdager/{day}/materiell/{file}")
        assert [one.get(path).status_code for path in paths] == [expected.get(who, 404)] * 2, who
        assert one.get(f"/samlingsdager/{other}/materiell/{file}").status_code == 404, "by another day's address"
        assert one.get(f"/samlingsdager/{day}/materiell/{file + 1}").status_code == 404


def test_who_makes_up_a_day_here_sees_that_day_and_no_other_until_it_is_called_off(
    browser: Browser, people: Cast, database: Database, seminar: Seminar
) -> None:
    theirs = plan(database, people.nord, now=NOW, name="Mons sin", seated=[people.mons])
    missed, (_first, *here) = day_ids(database, theirs.id)[1], day_ids(database, seminar.id)
    attend(database, missed, {people.mons: False}, by=people.tone, now=NOW)
    with database.transaction() as session:
        made = making_up.agree(
            session,
            day=session.get_one(SeminarDay, missed),
            person_id=people.mons,
            other=session.get_one(SeminarDay, here[0]),
            what="",
            by=people.tone,
            now=NOW,
        )
    mons = browser.sign_in_as(database, people.mons)
    assert [mons.get(f"/samlingsdager/{day}").status_code for day in here[:2]] == [200, 404]
    assert "Grunnopplæring høst" in mons.get("/samlingsdager").text
    with database.transaction() as session:
        making_up.withdraw(session, session.merge(made), by=people.tone, now=NOW)
    assert mons.get(f"/samlingsdager/{here[0]}").status_code == 404


@pytest.mark.parametrize("link", ["http://nav.no", "javascript:alert(1)"])
def test_the_table_takes_no_other_links(database: Database, people: Cast, seminar: Seminar, link: str) -> None:
    with pytest.raises(IntegrityError, match="link_https"), database.transaction() as session:
        day = day_ids(database, seminar.id)[0]
        session.add(DayMaterial(seminar_day_id=day, title="x", link=link, added_by=people.tone, added_at=NOW))

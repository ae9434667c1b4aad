"""The plan from part 1 to part 2: kept as it is written, handed in as versions, read by the right people only."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from courses import plans
from courses.models.plans import PlanComment, PlanDraft, PlanVersion
from courses.plans import Heading, Plan
from courses.services import pairs
from courses.services import plans as services
from lms.db import Database
from lms.errors import Refused
from lms.uploads import Upload
from tests.cast import Cast
from tests.clients import Browser
from tests.courses.fieldwork import HOSTILE, NOW, TODAY

WRITTEN = {
    "practise": "Spørre mer og forklare mindre.",
    "visits": "",
    "topic": "Psykisk helse, for ledere.",
    "link": "https://nav.example/kari",
    "feedback": "",
}
PDF = b"%PDF-1.7 tegninger"
JSON = {"Accept": "application/json"}


def pptx() -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("ppt/presentation.xml", "<p/>")
    return kept.getvalue()


def draft(database: Database, person_id: int) -> PlanDraft | None:
    with database.reading() as session:
        return session.get(PlanDraft, person_id)


def versions(database: Database) -> list[PlanVersion]:
    with database.reading() as session:
        return list(session.scalars(select(PlanVersion).order_by(PlanVersion.number)))


# the rules


@pytest.mark.parametrize(
    ("link", "fits"),
    [
        ("https://nav.example/a?b=c#d", True),
        ("https://helse.example", True),
        ("http://nav.example", False),
        ("javascript:alert(1)", False),
        ("https://", False),
        ("https://nav", False),
        ("https://bank.example@ond.example/", False),
        ("https://nav.example/a b", False),
        ("https://nav.example/\u202eexe", False),
        ("https://[::1", False),
        ("nav.example", False),
    ],
)
def test_a_link_leads_somewhere_openly(link: str, fits: bool) -> None:
    assert plans.is_web_address(link) is fits


@given(st.text())
def test_no_text_makes_the_rule_stumble(text: str) -> None:
    assert plans.is_web_address(text) in (True, False)


def test_a_plan_without_the_two_main_things_is_told_both_and_the_bad_link() -> None:
    refused = plans.handing_in_problems(Plan(link="ftp://x.example"))
    assert refused is not None
    assert [reason.code for reason in refused.reasons] == ["plan-without-practise", "plan-without-topic", "plan-link"]
    assert plans.handing_in_problems(Plan(practise="a", topic="b")) is None


# the services


def test_a_version_stays_as_it_was_and_the_same_again_is_no_new_one(database: Database, people: Cast) -> None:
    def keep(**written: str) -> None:
        with database.transaction() as session:
            given = {Heading(name): text for name, text in written.items()}
            services.keep(session, person_id=people.kari, written=given, now=NOW)

    def hand_in() -> int:
        with database.transaction() as session:
            return services.hand_in(session, person_id=people.kari, now=NOW).number

    keep(**WRITTEN)
    assert [hand_in(), hand_in()] == [1, 1]
    keep(practise="Noe annet.")
    assert hand_in() == 2
    assert [one.practise for one in versions(database)] == [WRITTEN["practise"], "Noe annet."]
    assert [one.topic for one in versions(database)] == [WRITTEN["topic"]] * 2


def test_what_is_too_long_is_refused_and_what_was_there_stays(database: Database, people: Cast) -> None:
    with database.transaction() as session:
        services.keep(session, person_id=people.kari, written={Heading.TOPIC: "a"}, now=NOW)
    with pytest.raises(Refused), database.transaction() as session:
        services.keep(session, person_id=people.kari, written={Heading.TOPIC: "x" * 5_001}, now=NOW)
    kept = draft(database, people.kari)
    assert kept is not None and kept.topic == "a"


# the pages


def test_a_plan_is_kept_field_by_field_and_handed_in(browser: Browser, people: Cast, database: Database) -> None:
    browser.sign_in_as(database, people.kari)
    assert browser.get("/plan").status_code == 200
    for name, text in (("practise", HOSTILE), ("topic", "Rygg\r\nog nakke\0")):
        answer = browser.post("/plan", {name: text}, headers=JSON)
        assert answer.json is not None and "saved" in answer.json
    kept = draft(database, people.kari)
    assert kept is not None
    assert (kept.practise, kept.topic, kept.visits) == (HOSTILE, "Rygg\nog nakke", "")
    page = browser.get("/plan")
    assert "utkast" in page.text
    assert "<script>alert" not in page.text
    page = browser.submit("Lever planen", **WRITTEN)
    assert "Planen er levert som versjon 1" in page.text
    browser.post("/plan", {"feedback": "Tempoet"}, headers=JSON)
    assert "endret siden du leverte" in browser.get("/plan").text
    assert "versjon 1 levert" in browser.get("/min-vei").text


def test_what_is_wrong_is_said_and_what_was_typed_stays(browser: Browser, people: Cast, database: Database) -> None:
    browser.sign_in_as(database, people.kari)
    browser.get("/plan")
    answer = browser.post("/plan", {**WRITTEN, "link": "nav.example", "handling": "lever"})
    assert answer.status_code == 422
    assert "begynner med https://" in answer.text
    assert WRITTEN["practise"] in answer.text
    answer = browser.post("/plan", {**WRITTEN, "topic": " ", "handling": "lever"})
    assert answer.status_code == 422
    assert "Skriv noe om presentasjonen" in answer.text
    assert WRITTEN["practise"] in answer.text
    assert versions(database) == []


@pytest.mark.parametrize(("name", "content"), [("Min plan.pdf", PDF), ("lysark.PPTX", pptx())])
def test_a_presentation_is_kept_and_offered_for_saving(
    browser: Browser, people: Cast, database: Database, name: str, content: bytes
) -> None:
    browser.sign_in_as(database, people.kari)
    browser.get("/plan")
    sent = browser.post("/plan/fil", {"file": (io.BytesIO(content), name)}, content_type="multipart/form-data")
    assert browser.follow(sent).status_code == 200
    kept = draft(database, people.kari)
    assert kept is not None and kept.upload_id is not None
    saved = browser.get(f"/plan/fil/{kept.upload_id}")
    assert saved.data == content
    assert saved.headers["Content-Disposition"].startswith("attachment")
    browser.sign_in_as(database, people.tone)
    assert browser.get(f"/plan/fil/{kept.upload_id}").status_code == 404  # a draft is nobody else's


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("plan.docx", pptx(), "ikke av en type vi tar imot"),
        ("plan.pdf", b"MZ...", "ikke av en type vi tar imot"),
        ("plan.pptx", PDF, "ikke av en type vi tar imot"),
        ("plan.pdf", b"", "tom"),
    ],
)
def test_a_file_of_another_kind_is_refused(
    browser: Browser, people: Cast, database: Database, name: str, content: bytes, said: str
) -> None:
    browser.sign_in_as(database, people.kari)
    browser.get("/plan")
    answer = browser.post("/plan/fil", {"file": (io.BytesIO(content), name)}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert said in answer.text
    assert browser.post("/plan/fil", {}, content_type="multipart/form-data").status_code == 422


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("kari", 200),
        ("geir", 200),  # the partner
        ("tone", 200),  # assesses in the region
        ("mons", 404),
        ("knut", 404),
        ("siri", 404),
        ("terje", 404),  # assesses in another region
        ("sonja", 404),
        ("stian", 404),
    ],
)
def test_a_plan_is_read_by_the_partner_and_the_region_s_trainers(
    browser: Browser, people: Cast, database: Database, who: str, status: int
) -> None:
    with database.transaction() as session:
        pairs.link(session, person_ids=(people.kari, people.geir), from_on=TODAY, by=people.tone, now=NOW)
        services.keep_file(session, person_id=people.kari, name="a.pdf", content=PDF, now=NOW)
        written = {Heading(name): text for name, text in WRITTEN.items()}
        services.keep(session, person_id=people.kari, written=written, now=NOW)
        version = services.hand_in(session, person_id=people.kari, now=NOW)
        services.keep(session, person_id=people.kari, written={Heading.FEEDBACK: "Bare i utkastet"}, now=NOW)
    browser.sign_in_as(database, getattr(people, who))
    page = browser.get(f"/plan/{people.kari}")
    assert page.status_code == status
    assert (WRITTEN["topic"] in page.text) is (status == 200)
    assert "Bare i utkastet" not in page.text
    assert browser.get(f"/plan/fil/{version.upload_id}").status_code == status
    said = {"text": "Fint, men kortere.", "entry": "en-gang"}
    expected = {200: 303, 404: 404}[status] if who != "kari" else 403
    for _click in range(2):
        assert browser.post(f"/plan/versjon/{version.id}/kommentar", said).status_code == expected
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(PlanComment)) == int(expected == 303)
        assert session.scalar(select(func.count()).select_from(Upload)) == 1
    browser.sign_in_as(database, people.kari)
    assert ("Fint, men kortere." in browser.get("/plan").text) is (expected == 303)


def test_another_s_file_that_is_no_plan_is_not_given_out(browser: Browser, people: Cast, database: Database) -> None:
    with database.transaction() as session:
        from_elsewhere = Upload(
            name="x.pdf", media_type="application/pdf", size=1, digest="0", content=b"x", uploaded_by=people.tone,
            uploaded_at=NOW,
        )  # fmt: skip
        session.add(from_elsewhere)
        session.flush()
        number = from_elsewhere.id
    browser.sign_in_as(database, people.tone)
    assert browser.get(f"/plan/fil/{number}").status_code == 404
    for nobody in ("0", "9" * 20):
        assert browser.get(f"/plan/fil/{nobody}").status_code == 404
        assert browser.get(f"/plan/{nobody}").status_code == 404

"""Somebody is shown a PDF and compares it with the issued one: in the browser, by mouse and by keyboard, on a phone."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from lms.clock import local_date
from tests.certificates import editions, factories
from tests.clients import Browser
from tests.journeys.conftest import Site
from tests.journeys.screens import PHONE, sideways, sign_in

Window = Callable[[int], Page]

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]


@pytest.fixture
def code(site: Site, tmp_path: Path) -> str:
    """The code of Geir's certificate. Beside it lie: what was given out in two editions, one with a byte changed, that
    of Mons, and a picture."""
    with site.database.transaction() as session:
        geirs = factories.give_certificate(session, site.people.geir, valid_from=date(2025, 3, 1))
        mons = factories.give_certificate(session, site.people.mons, valid_from=date(2025, 3, 1))
    for name, person, certificate, language in (
        ("first.pdf", site.people.geir, geirs.id, "nb"),
        ("other.pdf", site.people.mons, mons.id, "nb"),
    ):
        holder = Browser(site.app).sign_in_as(site.database, person)
        (tmp_path / name).write_bytes(holder.get(f"/sertifikat/{certificate}.pdf?sprak={language}").data)
    editions.another(site.database, geirs.id, on=local_date(site.clock.now()), holder_name="Geir Berg")
    holder = Browser(site.app).sign_in_as(site.database, site.people.geir)
    genuine = holder.get(f"/sertifikat/{geirs.id}.pdf?sprak=nn").data
    (tmp_path / "genuine.pdf").write_bytes(genuine)
    (tmp_path / "changed.pdf").write_bytes(genuine[:-40] + bytes([genuine[-40] ^ 1]) + genuine[-39:])
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    (tmp_path / "empty.pdf").write_bytes(b"")
    return geirs.print_code


def told(page: Page) -> str:
    """What the page says of the file last chosen, when it has said it."""
    answer = page.locator("#sammenlign-svar")
    expect(answer).to_be_visible()
    expect(answer).not_to_contain_text("Sammenligner")
    return answer.inner_text()


ANSWERS = {
    "genuine.pdf": "genuine.pdf er den samme filen som vi har utstedt, byte for byte (utgave 2, nynorsk).",
    "first.pdf": "utstedt av oss for dette sertifikatet, men i en tidligere utgave (utgave 1, bokmål).",
    "changed.pdf": "changed.pdf er ikke en fil vi har utstedt for dette sertifikatet.",
    "other.pdf": "other.pdf er ikke en fil vi har utstedt for dette sertifikatet.",
    "picture.png": "picture.png er ikke en PDF.",
    "empty.pdf": "empty.pdf er ikke en PDF.",
}


@pytest.mark.parametrize("width", [1280, PHONE])
def test_each_file_is_told_for_what_it_is_and_none_is_sent_anywhere(
    site: Site, window: Window, tmp_path: Path, code: str, width: int
) -> None:
    page, sent = window(width), []
    page.goto(f"/verify/{code}")
    expect(page.get_by_text("Denne nettleseren kan ikke sammenligne")).to_be_hidden()
    page.on("request", lambda request: sent.append(request.url))
    for name, sentence in ANSWERS.items():
        page.get_by_label("Slipp filen her, eller velg den").set_input_files(tmp_path / name)
        expect(page.locator("#sammenlign-svar")).to_contain_text(name)
        assert sentence in told(page)
        assert sideways(page) == 0
    assert sent == []


def test_by_keyboard_alone(site: Site, page: Page, tmp_path: Path, code: str) -> None:
    page.goto(f"/verify/{code}")
    field = page.get_by_label("Slipp filen her, eller velg den")
    expect(field).to_be_visible()
    for _ in range(30):
        page.keyboard.press("Tab")
        if field.evaluate("field => field === document.activeElement"):
            break
    expect(field).to_be_focused()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(tmp_path / "genuine.pdf")
    assert "den samme filen" in told(page)
    expect(field).to_be_focused()  # the answer is read out where one is
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("listitem").filter(has_text="utgave 1, bokmål")).to_be_visible()


def test_dropped_on_the_box_or_beside_it_the_page_stays(site: Site, page: Page, tmp_path: Path, code: str) -> None:
    page.goto(f"/verify/{code}")
    expect(page.locator("#sammenlign")).to_be_visible()
    text = base64.b64encode((tmp_path / "genuine.pdf").read_bytes()).decode()
    drop = """([where, text, count]) => {
      const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
      const given = new DataTransfer();
      for (let n = 0; n < count; n++) given.items.add(new File([bytes], "sluppet.pdf", { type: "application/pdf" }));
      const how = { dataTransfer: given, bubbles: true, cancelable: true };
      const box = document.querySelector(where);
      return ["dragenter", "dragover", "drop"].map((name) => box.dispatchEvent(new DragEvent(name, how)));
    }"""
    assert page.evaluate(drop, ["h1", text, 1])[1:] == [False, False]  # taken: the browser does not open the file
    expect(page.locator("#sammenlign-svar")).to_be_hidden()
    page.evaluate(drop, ["#sammenlign", text, 2])
    expect(page.locator("#sammenlign-svar")).to_contain_text("Velg én fil om gangen.")
    page.evaluate(drop, ["#sammenlign", text, 1])
    expect(page.locator("#sammenlign-svar")).to_contain_text("sluppet.pdf er den samme filen")


def test_without_javascript_it_says_that_it_cannot_and_what_to_look_at(
    site: Site, chromium: Chromium, code: str
) -> None:
    context = chromium.new_context(base_url=site.url, java_script_enabled=False, locale="nb-NO")
    page = context.new_page()
    page.goto(f"/verify/{code}")
    expect(page.get_by_text("Denne nettleseren kan ikke sammenligne")).to_be_visible()
    expect(page.locator("#sammenlign")).to_be_hidden()
    context.close()


def test_without_a_secure_connection_too(site: Site, page: Page, code: str) -> None:
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
    page.goto(f"/verify/{code}")
    page.wait_for_load_state()
    expect(page.get_by_text("Denne nettleseren kan ikke sammenligne")).to_be_visible()
    expect(page.locator("#sammenlign")).to_be_hidden()


def test_the_certificates_own_page_is_printed_without_anything_around_it(site: Site, page: Page, code: str) -> None:
    sign_in(page, "geir@cast.example")
    page.goto("/sertifikat/1?sprak=en")
    expect(page.get_by_role("heading", level=1, name="Instructor certificate")).to_be_visible()
    expect(page.get_by_role("button", name="Skriv ut")).to_be_visible()
    page.emulate_media(media="print")
    shown = page.evaluate("""() => [...document.querySelectorAll("body *")]
      .filter((one) => one.checkVisibility() && !one.closest("article") && !one.querySelector("article"))
      .map((one) => one.textContent.trim()).filter(Boolean)""")
    assert shown == []
    expect(page.get_by_role("article")).to_contain_text("Geir Berg")

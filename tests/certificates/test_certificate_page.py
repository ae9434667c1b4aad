"""The certificate as a page: the same words as the PDF in the language asked for, for those who may see it."""

from __future__ import annotations

import io
from dataclasses import fields

import pypdf
import pytest
from flask import Flask

from certificates import presentation
from certificates.documents.certificate import CertificateText
from certificates.documents.typesetting import Line
from certificates.models.issued import Certificate
from certificates.queries.issued import editions_of
from certificates.queries.programmes import stored
from lms.db import Database
from lms.people import Locale
from tests.cast import Cast
from tests.certificates import editions, factories
from tests.certificates.factories import TODAY
from tests.clients import Browser
from tests.pages import Page

NOT_ON_THE_PAGE = {"locale", "dated", "unprintable_note", "verification_url"}


def said(text: CertificateText) -> list[str]:
    """Every word the document says."""
    words: list[str] = []
    for field in fields(text):
        value = getattr(text, field.name)
        if field.name in NOT_ON_THE_PAGE:
            continue
        for one in value if isinstance(value, tuple) else (value,):
            words += [one.label, one.value] if isinstance(one, Line) else [one]
    return [word for word in words if word]


def squeezed(text: str) -> str:
    return "".join(text.replace("\u00ad", "").split())


@pytest.mark.parametrize("locale", list(Locale))
def test_it_says_what_the_pdf_says_in_the_same_language(
    app: Flask, browser: Browser, database: Database, people: Cast, locale: Locale
) -> None:
    certificate = factories.certify(app, database, people)
    editions.another(database, certificate.id, on=TODAY, holder_name="Kari Åsen Berg")
    with app.test_request_context(), database.reading() as session:
        row = session.get_one(Certificate, certificate.id)
        programme = stored(session, row.programme_version_id)
        text = presentation.certificate_text(row, editions_of(session, row.id), programme, locale)
    browser.sign_in_as(database, people.kari)
    page = browser.get(f"/sertifikat/{certificate.id}?sprak={locale}").text
    article = page.partition("<article")[2].partition("</article>")[0]
    shown = squeezed(Page(f"<main><article{article}</article></main>").text + article)
    printed = pypdf.PdfReader(io.BytesIO(browser.get(f"/sertifikat/{certificate.id}.pdf?sprak={locale}").data))
    on_paper = squeezed(printed.pages[0].extract_text())
    for words in said(text):
        assert squeezed(words) in shown, words
        if words != text.verification_alt:
            assert squeezed(words) in on_paper.replace("-", "") or squeezed(words) in on_paper, words
    assert f'lang="{locale}"' in article.partition(">")[0]
    assert page.count("<h1") == 1
    assert 'src="data:image/svg+xml' in article


def test_the_language_asked_for_is_the_documents_and_not_the_pages(
    app: Flask, browser: Browser, database: Database, people: Cast
) -> None:
    certificate = factories.certify(app, database, people)
    browser.sign_in_as(database, people.kari)
    page = browser.get(f"/sertifikat/{certificate.id}?sprak=en").text
    assert '<html lang="nb"' in page
    assert "Historikk" in page
    assert "Instruktørsertifikat" not in page.partition("<article")[2].partition("</article>")[0]
    assert 'hreflang="nn"' in page
    assert '<html lang="nb"' in browser.get(f"/sertifikat/{certificate.id}?sprak=sv").text


def test_what_it_rests_on_is_there_for_holder_and_trainer_folded_away(
    app: Flask, browser: Browser, database: Database, people: Cast
) -> None:
    certificate = factories.certify(app, database, people)
    for who in (people.kari, people.tone):
        page = browser.sign_in_as(database, who).get(f"/sertifikat/{certificate.id}").text
        folded = page.partition("<details")[2]
        assert "Slik er datoene kommet fram" in folded
        assert "Dette bygger sertifikatet på" in folded
        assert "Hospitering: oppfylt" in folded
    assert "Hospitering: oppfylt" not in browser.get(f"/verify/{certificate.print_code}").text


def test_as_json_it_says_what_the_page_for_everybody_says_and_only_to_those_who_may_see_it(
    app: Flask, browser: Browser, database: Database, people: Cast
) -> None:
    certificate = factories.certify(app, database, people)
    asked = {"headers": {"Accept": "application/json"}}
    public = Browser(app).get(f"/verify/{certificate.print_code}", **asked).json
    own = browser.sign_in_as(database, people.kari).get(f"/sertifikat/{certificate.id}", **asked).json
    assert public is not None and own is not None
    assert own == public | {"belonged_to": {"unit": "Tromsø", "sector": "nav"}}
    browser.sign_in_as(database, people.sonja)
    assert browser.get(f"/sertifikat/{certificate.id}", **asked).status_code == 404

"""Every page in nynorsk and English: it says which language it is in, and no text on it is still in bokmål."""

from __future__ import annotations

import re
from gettext import NullTranslations

import pytest
from flask_babel import get_domain, gettext
from sqlalchemy import update

from lms.people import Locale, Person
from tests.clients import Browser
from tests.journeys import visits
from tests.journeys.conftest import Site
from tests.journeys.place import Place
from tests.journeys.visits import STRANGER

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
HIDDEN = {
    "Edition",
    "Entry",
    "Listed",
    "Seen",
    "Seen Revision",
    "Seen Row",
    "Sett",
    "Visits",
}  # WTForms makes up a label for a hidden field; nobody reads it


class Untranslated(NullTranslations):
    """Remembers what a catalogue was asked for and did not have."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: set[str] = set()

    def gettext(self, message: str) -> str:
        self.texts.add(message)
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        self.texts.add(msgid1)
        return msgid1 if n == 1 else msgid2


@pytest.mark.parametrize("locale", [Locale.NN, Locale.EN])
def test_every_page_speaks_the_language_of_its_reader(site: Site, furnished: Place, locale: Locale) -> None:
    untranslated = Untranslated()
    with site.app.test_request_context(headers={"Accept-Language": locale}):
        get_domain().get_translations().add_fallback(untranslated)
        said = {visit.button: gettext(visit.button) for visit in visits.visits(site.people, furnished) if visit.button}
    with site.database.transaction() as session:
        session.execute(update(Person).values(locale=locale))
    tour = visits.visits(site.people, furnished)
    browsers = {
        who: Browser(site.app)
        if who == STRANGER
        else Browser(site.app).sign_in_as(site.database, getattr(site.people, who))
        for who in {visit.who for visit in tour}
    }
    browsers[STRANGER].client.environ_base["HTTP_ACCEPT_LANGUAGE"] = locale
    for visit in tour:
        path, browser = visits.address(site.app, visit), browsers[visit.who]
        answer = browser.get(path)
        if visit.signed_out:
            answer = browsers[STRANGER].post(path, {"csrf_token": "of yesterday", "name": "Nina"})
        elif visit.button:
            answer = browser.submit(said[visit.button])
        assert answer.status_code == visit.status, f"{visit}: {answer.status_code}"
        assert re.search(r'<html lang="(\w+)"', answer.text)[1] == locale, visit  # type: ignore[index]
    assert untranslated.texts - HIDDEN == set()

"""What a holder reads on the own way in every state a certificate can be in, and on its first and last day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from certificates.models.issued import CertificateEvent
from lms.clock import FrozenClock, at_local
from lms.db import Database
from tests.cast import Cast
from tests.certificates import factories
from tests.clients import Browser

BEGAN = date(2026, 11, 22)  # through 21.11.2029; the window opens 22.05.2029; grace through 21.05.2030


@pytest.fixture
def number(database: Database, people: Cast) -> int:
    """Kari's certificate."""
    with database.transaction() as session:
        return factories.give_certificate(session, people.kari, valid_from=BEGAN).id


def way(browser: Browser, database: Database, people: Cast, clock: FrozenClock, on: date) -> str:
    """The own way, as Kari reads it on a day."""
    clock.instant = at_local(on, 12)
    page = browser.sign_in_as(database, people.kari).get("/min-vei").text
    return " ".join(page.partition("<main")[2].partition("</main>")[0].split())


def decided(database: Database, certificate_id: int, kind: str, on: date) -> None:
    with database.transaction() as session:
        session.add(
            CertificateEvent(
                certificate_id=certificate_id,
                kind=kind,
                effective_on=on,
                reason="Klage",
                actor_id=None,
                at=at_local(on, 9),
            )
        )


@pytest.mark.usefixtures("number")
class TestByTheCalendar:
    def test_valid_it_says_what_waiting_gives_and_what_counts_already(
        self, browser: Browser, database: Database, people: Cast, clock: FrozenClock
    ) -> None:
        for on in (BEGAN, date(2029, 5, 21)):
            page = way(browser, database, people, clock, on)
            assert "Du er sertifisert til og med <strong>21. november 2029</strong>" in page
            assert "Resertifiseringen åpner 22.05.2029. Du taper ingenting på å vente" in page
            assert "gjelder det nye til og med 21.11.2032" in page
            assert "Vurderingen kan gjøres fra 22.05.2029" in page
            assert "Du mangler 6 av 6 leveranser. Hold bedriftstiltakene senest 21.11.2029" in page

    def test_in_the_window_every_day_gives_the_same_dates(
        self, browser: Browser, database: Database, people: Cast, clock: FrozenClock
    ) -> None:
        for on in (date(2029, 5, 22), date(2029, 11, 21)):
            page = way(browser, database, people, clock, on)
            assert "går snart ut" in page
            assert "Resertifiseringen er åpen. Blir du godkjent senest 21.11.2029" in page
            assert "til og med 21.11.2032" in page
            assert "Du taper ingen dager" in page
            assert "Resertifiser deg senest" in page

    def test_in_grace_it_says_that_one_is_not_certified_and_by_when_to_renew(
        self, browser: Browser, database: Database, people: Cast, clock: FrozenClock
    ) -> None:
        for on in (date(2029, 11, 22), date(2030, 5, 21)):
            page = way(browser, database, people, clock, on)
            assert "Du er ikke sertifisert nå, og skal ikke holde bedriftstiltak" in page
            assert "Frist for å fornye</dt><dd>21.05.2030" in page
            assert f"Var det i dag, ville det gjelde fra {on:%d.%m.%Y}" in page
            assert "en tid uten sertifikat" in page
            assert "fristen var 21.11.2029" in page  # deliveries are those of the period that is over

    def test_lapsed_it_shows_the_way_back_and_why(
        self, browser: Browser, database: Database, people: Cast, clock: FrozenClock
    ) -> None:
        page = way(browser, database, people, clock, date(2030, 5, 22))
        assert "bortfalt" in page
        assert "Veien tilbake til sertifikatet" in page
        assert "fristen for å resertifisere seg var 21.05.2030" in page
        assert page.count('class="way-step"') == 2
        assert "Leveranser" not in page


class TestByDecision:
    def test_suspended_it_says_since_when_and_does_not_send_one_out_to_deliver(
        self, browser: Browser, database: Database, people: Cast, clock: FrozenClock, number: int
    ) -> None:
        decided(database, number, "suspended", date(2027, 3, 1))
        page = way(browser, database, people, clock, date(2027, 3, 1))
        assert "midlertidig stanset fra 1. mars 2027" in page
        assert f'href="/sertifikat/{number}">Les hvorfor' in page
        assert "Hold bedriftstiltakene senest" not in page
        assert "Det du har gjort og registrert, blir stående" in page
        decided(database, number, "lifted", date(2027, 4, 1))
        assert "Hold bedriftstiltakene senest" in way(browser, database, people, clock, date(2027, 4, 1))

    def test_revoked_it_says_since_when_and_what_counts_from_now_on(
        self, browser: Browser, database: Database, people: Cast, clock: FrozenClock, number: int
    ) -> None:
        decided(database, number, "revoked", date(2027, 3, 1))
        page = way(browser, database, people, clock, date(2027, 3, 1))
        assert "trukket tilbake fra 1. mars 2027" in page
        assert "Du skal ikke holde bedriftstiltak som instruktør." in page
        assert "Bare det du gjør etter den dagen, teller mot et nytt" in page
        assert "Veien tilbake til sertifikatet" in page


class TestRenewed:
    @pytest.fixture
    def renewed(self, database: Database, people: Cast, number: int) -> tuple[int, int]:
        """The certificate with the one that follows, issued in the window."""
        with database.transaction() as session:
            new = factories.give_certificate(
                session, people.kari, valid_from=date(2029, 11, 22), cycle=2, issued_on=date(2029, 6, 1)
            )
            return number, new.id

    def test_until_it_begins_there_is_nothing_to_do_and_nothing_that_would_not_count(
        self, browser: Browser, database: Database, people: Cast, clock: FrozenClock, renewed: tuple[int, int]
    ) -> None:
        for on in (date(2029, 6, 1), date(2029, 11, 21)):
            page = way(browser, database, people, clock, on)
            assert "Du er sertifisert til og med <strong>21. november 2029</strong>" in page
            assert "det neste sertifikatet gjelder fra 22.11.2029 til og med 21.11.2032" in page
            assert "trenger ikke gjøre noe nå" in page
            assert 'data-mark="next"' not in page
            assert "Leveransene telles fra 22.11.2029" in page
            assert "Samlingene telles fra 22.11.2029" in page
            assert "går snart ut" not in page

    def test_when_it_has_begun_its_own_cycle_counts_and_the_old_one_stays_readable(
        self, browser: Browser, database: Database, people: Cast, clock: FrozenClock, renewed: tuple[int, int]
    ) -> None:
        factories.log_deliveries(database, people.kari, on=date(2029, 4, 1), recorded_on=date(2029, 4, 2))
        page = way(browser, database, people, clock, date(2029, 11, 22))
        assert "Du er sertifisert til og med <strong>21. november 2032</strong>" in page
        assert "Du mangler 6 av 6 leveranser" in page  # those of the old period are its own
        assert "Alle sertifikatene mine" in page
        assert "erstattet av et nytt" in page
        for certificate in renewed:
            assert f'href="/sertifikat/{certificate}"' in page
            assert browser.get(f"/sertifikat/{certificate}").status_code == 200
        factories.log_deliveries(database, people.kari, on=date(2029, 12, 20), recorded_on=date(2029, 12, 21), count=2)
        later = way(browser, database, people, clock, date(2029, 12, 21))
        assert "2 av 6" in later


def test_everything_counts_by_itself_the_trainer_approves_and_the_page_says_so(
    browser: Browser, database: Database, people: Cast, clock: FrozenClock, number: int
) -> None:
    ready = date(2029, 6, 1)
    factories.recertify_evidence(database, people.kari, on=ready, by=people.tone)
    page = way(browser, database, people, clock, ready + timedelta(days=1))
    assert "3 av 4 krav er oppfylt" in page
    assert "Avtal faglig vurdering" in page
    browser.sign_in_as(database, people.tone)
    browser.get(f"/deltakere/{people.kari}")
    browser.submit("Begynn vurderingen")
    told = browser.submit("Lever vurderingen", outcome="approved").text
    assert "fra 22.11.2029 til og med 21.11.2032" in told
    assert "trenger ikke gjøre noe nå" in way(browser, database, people, clock, ready + timedelta(days=1))

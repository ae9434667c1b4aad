"""Deliveries held by two: logged once for both, counted from the partner's yes, never twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from courses import deliveries as rules
from courses.deliveries import Entry, PartnerState, Word
from courses.models.deliveries import Delivery, DeliveryWord
from courses.queries import deliveries as queries
from courses.queries import fieldwork
from courses.services import deliveries
from courses.visits import ModuleKind
from lms import audit
from lms.db import Database
from lms.errors import Refused
from tests import cast
from tests.cast import Cast
from tests.clients import Browser
from tests.courses.fieldwork import HOSTILE, NOW, TODAY, YESTERDAY, a_delivery
from tests.limits import statements

LATER = NOW + timedelta(days=3)


def entry(id_: int, person: int, partner: int | None, company: str = "Verftet", **more: object) -> Entry:
    values = {"on": YESTERDAY, "org_number": None, "module": ModuleKind.PARTSMODUL, "said": {}, **more}
    return Entry(id=id_, person_id=person, partner_id=partner, company=company, **values)  # type: ignore[arg-type]


def log(database: Database, person: int, partner: int | None, *, at: datetime = NOW, name: str = "") -> Delivery:
    """Log a delivery and give it back."""
    report = replace(a_delivery(), partner_id=partner)
    with database.transaction() as session:
        key = f"{person}-{partner}-{name}-{at}"
        assert deliveries.log_delivery(session, person_id=person, report=report, entry=key, now=at)
        return session.scalars(select(Delivery).where(Delivery.entry == key)).one()


def counts(database: Database, *people: int) -> list[list[date]]:
    """For each person the days from which their deliveries are known."""
    with database.reading() as session:
        facts = fieldwork.deliveries_of(session, people)
    return [[fact.recorded_on for fact in facts[person]] for person in people]


def confirm(database: Database, delivery_id: int, *, at: datetime = NOW) -> bool:
    with database.transaction() as session:
        return deliveries.confirm_delivery(session, delivery_id=delivery_id, now=at)


def deny(database: Database, delivery_id: int) -> bool:
    with database.transaction() as session:
        return deliveries.deny_delivery(session, delivery_id=delivery_id, comment="Jeg var syk.", now=NOW)


def correct(database: Database, row: Delivery, **changed: object) -> Delivery | None:
    report = replace(a_delivery(), partner_id=row.partner_id, **changed)  # type: ignore[arg-type]
    with database.transaction() as session:
        return deliveries.correct_delivery(
            session, delivery_id=row.id, report=report, entry=f"rettelse-{row.id}", now=LATER
        )


# the rule


def test_what_both_logged_is_one_presentation_also_when_only_one_names_the_other() -> None:
    assert rules.twins([entry(1, 10, 20), entry(2, 20, 10, "VERFTET as")]) == {1: 2, 2: 1}
    assert rules.twins([entry(1, 10, None), entry(2, 20, 10)]) == {1: 2, 2: 1}


@pytest.mark.parametrize(
    "other",
    [
        entry(2, 20, 30),  # held with somebody else
        entry(2, 10, 20),  # the same person's second shift
        entry(2, 20, 10, "Sykehjemmet"),
        entry(2, 20, 10, on=TODAY),
        entry(2, 20, 10, module=ModuleKind.PSYKISK_HELSE),
        entry(2, 20, 10, said={Word.SEPARATE: NOW}),
        entry(2, 20, 10, said={Word.DENIED: NOW}),
    ],
)
def test_what_differs_or_was_said_to_differ_is_two(other: Entry) -> None:
    assert rules.twins([entry(1, 10, 20), other]) == {}


def test_two_that_name_nobody_are_two() -> None:
    assert rules.twins([entry(1, 10, None), entry(2, 20, None)]) == {}


def test_two_shifts_logged_by_both_are_two_pairs() -> None:
    pairs = rules.twins([entry(1, 10, 20), entry(2, 10, 20), entry(3, 20, 10), entry(4, 20, 10)])
    assert pairs == {1: 3, 3: 1, 2: 4, 4: 2}


@given(
    st.lists(
        st.tuples(st.sampled_from([1, 2, 3]), st.sampled_from([None, 1, 2, 3]), st.sampled_from(["A", "a as", "B"])),
        max_size=9,
    )
)
def test_twins_are_pairs_of_two_people_and_nobody_is_in_two(found: list[tuple[int, int | None, str]]) -> None:
    entries = {
        number: entry(number, person, partner, company)
        for number, (person, partner, company) in enumerate(found, start=1)
        if partner != person
    }
    pairs = rules.twins(entries.values())
    assert all(pairs[other] == one for one, other in pairs.items())
    assert all(entries[one].person_id != entries[other].person_id for one, other in pairs.items())


# what counts


def test_a_delivery_counts_for_the_partner_from_the_day_they_confirm_it(database: Database, people: Cast) -> None:
    row = log(database, people.geir, people.kari)
    assert counts(database, people.geir, people.kari) == [[TODAY], []]
    assert confirm(database, row.id, at=LATER)
    assert not confirm(database, row.id, at=LATER + timedelta(days=1))
    assert counts(database, people.geir, people.kari) == [[TODAY], [LATER.date()]]
    with pytest.raises(Refused):
        deny(database, row.id)


def test_who_was_not_there_counts_nothing_until_they_remember(database: Database, people: Cast) -> None:
    row = log(database, people.geir, people.kari)
    assert deny(database, row.id)
    assert not deny(database, row.id)
    assert counts(database, people.geir, people.kari) == [[TODAY], []]
    with database.reading() as session:
        assert queries.waiting_for(session, people.geir) == (0, 1)
        assert queries.waiting_for(session, people.kari) == (0, 0)
        told = queries.own_log(session, people.geir).lines[0].standing
    assert (told.state, told.comment) == (PartnerState.DENIED, "Jeg var syk.")
    assert confirm(database, row.id)
    assert counts(database, people.kari) == [[TODAY]]


@pytest.mark.parametrize("confirmed", [False, True])
def test_what_both_log_is_counted_once_for_each_of_them(database: Database, people: Cast, confirmed: bool) -> None:
    row = log(database, people.geir, people.kari)
    if confirmed:
        confirm(database, row.id)
    own = log(database, people.kari, people.geir, at=LATER)
    first_known = TODAY if confirmed else LATER.date()
    assert counts(database, people.geir, people.kari) == [[TODAY], [first_known]]
    with database.reading() as session:
        assert queries.waiting_for(session, people.geir) == queries.waiting_for(session, people.kari) == (0, 0)
        kari = queries.own_log(session, people.kari)
    assert (kari.counting, len(kari.lines), kari.waiting) == (1, 1, ())
    with database.transaction() as session:
        assert deliveries.separate_delivery(session, delivery_id=own.id, now=LATER)
        assert not deliveries.separate_delivery(session, delivery_id=own.id, now=LATER)
    assert [len(days) for days in counts(database, people.kari)] == [2 if confirmed else 1]
    with database.reading() as session:
        assert queries.waiting_for(session, people.geir) == (1, 0)


def test_both_at_once_are_recognised_whoever_was_first(shared_database: Database) -> None:
    with shared_database.transaction() as session:
        people = cast.assemble(session)
    together = threading.Barrier(2)

    def one(person: int, partner: int) -> None:
        together.wait()
        log(shared_database, person, partner)

    threads = [
        threading.Thread(target=one, args=pair) for pair in ((people.geir, people.kari), (people.kari, people.geir))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts(shared_database, people.geir, people.kari) == [[TODAY], [TODAY]]
    with shared_database.reading() as session:
        assert [queries.waiting_for(session, person) for person in (people.geir, people.kari)] == [(0, 0), (0, 0)]


def test_asking_about_many_takes_no_more_statements_than_about_one(database: Database, people: Cast) -> None:
    log(database, people.geir, people.kari)
    with statements(database) as about_one:
        counts(database, people.geir)
    log(database, people.mons, people.kari)
    log(database, people.kari, people.mons)
    with statements(database) as about_many:
        assert counts(database, people.geir, people.kari, people.tone, people.mons) == [[TODAY], [TODAY], [], [TODAY]]
    assert len(about_many) == len(about_one)


# corrected and struck out


def test_a_correction_takes_the_place_and_keeps_the_day_it_was_known(database: Database, people: Cast) -> None:
    row = log(database, people.geir, people.kari)
    confirm(database, row.id)
    new = correct(database, row, employees=30, company="Fiskeforedling")
    assert new is not None
    assert counts(database, people.geir, people.kari) == [[TODAY], [TODAY]]
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Delivery)) == 2, "what stood before is kept"
        assert audit.verify(session) == []
    assert correct(database, row, employees=30) is None, "the same form twice"


@pytest.mark.parametrize("changed", [{"company": "Sykehjemmet"}, {"on": date(2026, 11, 20)}])
def test_what_the_partner_did_not_vouch_for_is_asked_about_anew(
    database: Database, people: Cast, changed: dict[str, object]
) -> None:
    row = log(database, people.geir, people.kari)
    confirm(database, row.id)
    correct(database, row, **changed)
    assert counts(database, people.kari) == [[]]
    since = LATER.date() if "on" in changed else TODAY
    assert counts(database, people.geir) == [[since]], "another day was not known before"


def test_a_struck_delivery_counts_for_nobody_and_nothing_can_be_said_of_it(database: Database, people: Cast) -> None:
    row = log(database, people.geir, people.kari)
    confirm(database, row.id)
    with database.transaction() as session:
        assert deliveries.strike_delivery(session, delivery_id=row.id, now=LATER)
        assert not deliveries.strike_delivery(session, delivery_id=row.id, now=LATER)
    assert counts(database, people.geir, people.kari) == [[], []]
    for act in (lambda: confirm(database, row.id), lambda: deny(database, row.id), lambda: correct(database, row)):
        with pytest.raises(Refused) as refusal:
            act()
        assert refusal.value.reasons[0].code == "delivery-changed-meanwhile"


def test_what_a_certificate_rests_on_stays_as_it_is(database: Database, people: Cast) -> None:
    row = log(database, people.geir, people.kari)
    with database.transaction() as session:
        deliveries.seal(session, [row.id], now=NOW)
        deliveries.seal(session, [row.id], now=LATER)  # the partner's certificate too
    with pytest.raises(Refused) as refusal:
        correct(database, row, employees=2)
    assert refusal.value.reasons[0].code == "delivery-rested-on"
    with pytest.raises(Refused), database.transaction() as session:
        deliveries.strike_delivery(session, delivery_id=row.id, now=NOW)
    assert confirm(database, row.id), "the partner may still say yes"


def test_of_two_corrections_at_once_one_stands(shared_database: Database) -> None:
    with shared_database.transaction() as session:
        people = cast.assemble(session)
    row = log(shared_database, people.geir, None)
    together, outcomes = threading.Barrier(2), []

    def change(act: Callable[[], object]) -> None:
        together.wait()
        try:
            act()
            outcomes.append("done")
        except Refused as refusal:
            outcomes.append(refusal.reasons[0].code)

    def other() -> None:
        report = replace(a_delivery(), employees=40)
        with shared_database.transaction() as session:
            deliveries.correct_delivery(session, delivery_id=row.id, report=report, entry="en-annen", now=LATER)

    threads = [threading.Thread(target=change, args=(act,)) for act in (other, lambda: correct(shared_database, row))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["delivery-changed-meanwhile", "done"]
    assert counts(shared_database, people.geir) == [[TODAY]]


def test_the_database_keeps_out_a_partner_of_oneself(database: Database, people: Cast) -> None:
    with pytest.raises(Refused):
        log(database, people.geir, people.geir)
    row = log(database, people.geir, people.kari)
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.get_one(Delivery, row.id).partner_id = people.geir
    with pytest.raises(IntegrityError), database.transaction() as session:
        for _ in range(2):
            session.add(
                DeliveryWord(delivery_id=row.id, kind="confirmed", comment="", said_by=people.kari, said_at=NOW)
            )


# the pages


def test_the_partner_is_asked_on_the_own_page_and_at_home(browser: Browser, people: Cast, database: Database) -> None:
    row = log(database, people.geir, people.kari)
    browser.sign_in_as(database, people.kari)
    assert "1 leveranse å bekrefte" in browser.get("/").text
    page = browser.get("/leveranser").text
    assert "Geir Ødegård har ført at dere holdt den sammen" in page
    assert "Teller for deg: 0" in page
    told = browser.submit("Ja, jeg var med: Fiskeforedling AS, 22.11.2026").text
    assert "teller for deg fra i dag" in told
    assert "Teller for deg: 1" in told
    assert "leveranse å bekrefte" not in browser.get("/").text
    browser.sign_in_as(database, people.geir)
    assert "Sammen med Kari Åsen, som har bekreftet" in browser.get("/leveranser").text
    assert row.id


def test_a_no_needs_a_word_and_the_owner_is_told(browser: Browser, people: Cast, database: Database) -> None:
    row = log(database, people.geir, people.kari)
    browser.sign_in_as(database, people.kari)
    address = f"/leveranser/{row.id}/ikke-meg"
    assert browser.post(address, {"comment": "  "}).status_code == 422
    browser.follow(browser.post(address, {"comment": HOSTILE}))
    browser.sign_in_as(database, people.geir)
    assert "1 leveranse der partneren ikke var med" in browser.get("/").text
    page = browser.get("/leveranser").text
    assert "&lt;script&gt;alert" in page
    browser.get(f"/leveranser/{row.id}/rett")
    page = browser.submit("Lagre rettelsen", partner="0").text
    assert "Leveransen er rettet" in page
    assert "var ikke med" not in page


def test_the_last_partner_and_the_number_of_the_company_are_remembered(
    browser: Browser, people: Cast, database: Database
) -> None:
    report = replace(a_delivery(), partner_id=people.kari, org_number="974760673")
    with database.transaction() as session:
        deliveries.log_delivery(session, person_id=people.geir, report=report, entry="a", now=NOW)
    browser.sign_in_as(database, people.geir)
    page = browser.get("/leveranser").text
    assert f'value="{people.kari}" selected' in page
    assert "Kari Åsen, Tromsø" in page
    assert "Mons Sørby, Tromsø" not in page, "of the same sector"
    assert "Knut Nordli, " not in page, "no instructor"
    browser.submit("Registrer leveransen", company="Fiskeforedling AS", employees="4", leaders="1", module="partsmodul")
    with database.reading() as session:
        newest = session.scalars(select(Delivery).order_by(Delivery.id.desc())).first()
    assert newest is not None
    assert (newest.org_number, newest.partner_id, newest.model) == ("974760673", people.kari, 2)
    assert 'value="Fiskeforedling AS" required' in browser.get(f"/leveranser?som={newest.id}").text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"org_number": "97476067"}, "har 9 sifre. Her står det 8."),
        ({"org_number": "NO 974760673"}, "bare sifre"),
        ({"org_number": "974 760 674"}, "Kontrollsifferet stemmer ikke"),
        ({"partner": "4711"}, "partner-feil"),
    ],
)
def test_a_wrong_number_or_partner_is_told_and_the_rest_is_kept(
    browser: Browser, people: Cast, database: Database, wrong: dict[str, str], said: str
) -> None:
    browser.sign_in_as(database, people.geir)
    browser.get("/leveranser")
    filled = {"company": "Verftet", "employees": "3", "leaders": "0", "model": "1", "module": "partsmodul", **wrong}
    answer = browser.submit("Registrer leveransen", **filled)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="Verftet"' in answer.text


def test_nobody_reaches_others_deliveries_by_their_number(browser: Browser, people: Cast, database: Database) -> None:
    row = log(database, people.geir, people.kari)
    for person, ways in {
        people.geir: ("bekreft", "ikke-meg"),  # not the partner
        people.kari: ("rett", "stryk", "to"),  # not the owner
        people.tone: ("rett", "stryk", "to", "bekreft", "ikke-meg"),
        people.siri: ("rett", "stryk", "to", "bekreft", "ikke-meg"),
    }.items():
        browser.sign_in_as(database, person)
        for way in ways:
            assert browser.post(f"/leveranser/{row.id}/{way}").status_code == 404
    assert browser.post(f"/leveranser/{2**40}/stryk").status_code == 404

"""Certificates from before this platform: tried first, all or nothing, each fault with its row."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from certificates.certificate_sheets import ROWS_MAX, TEMPLATE_ROW, read_sheet
from certificates.impact import What
from certificates.imported import HEADINGS
from certificates.jobs import remind_holders
from certificates.models.issued import Certificate, CertificateEdition, CertificateEvent
from certificates.models.reminders import Reminder
from certificates.numbering import read_print_code
from certificates.queries.issued import issued_to
from certificates.queries.register import Wanted, register
from certificates.records import read_derivation
from certificates.services.issuing import issue
from certificates.status import State
from lms import audit
from lms.app import build_app
from lms.clock import FrozenClock, at_local
from lms.config import Settings
from lms.db import Database
from lms.errors import Refused
from lms.features import Work
from lms.ids import search_key
from lms.outbox import OutboxMail
from lms.people import Person, by_email, correct
from lms.units import Membership
from lms.viewer import Reach
from tests import cast
from tests.cast import Cast
from tests.certificates import factories, importing
from tests.certificates.factories import PLAIN_APPROVAL, PROGRAMME, TODAY, give_certificate
from tests.certificates.importing import NOON, bring_in, csv_of, line, problems, rehearse
from tests.limits import statements
from tests.transports import KeptMail
from wsgi import FEATURES

EVERYWHERE = Reach(everywhere=True)
FIRST = line(number="NORD-1", first=date(2021, 3, 15), last=date(2024, 3, 14))
SECOND = line(number="NORD-17")


def certificates(database: Database, email: str = "liv@gammel.example") -> list[Certificate]:
    with database.reading() as session:
        whose = select(Certificate).join(Person, Person.id == Certificate.person_id).where(Person.email == email)
        return list(session.scalars(whose.order_by(Certificate.cycle)))


def count(database: Database, model: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_certificates_keep_their_dates_and_numbers_and_the_cycles_come_in_order(
    database: Database, people: Cast
) -> None:
    odd = line(number="NORD-99", first=date(2027, 3, 15), last=date(2027, 9, 30))
    assert bring_in(database, odd, SECOND, FIRST, by=people.siri) == 3
    found = certificates(database)
    assert [(each.cycle, each.number, each.valid_from, each.valid_through) for each in found] == [
        (1, "NORD-1", date(2021, 3, 15), date(2024, 3, 14)),
        (2, "NORD-17", date(2024, 3, 15), date(2027, 3, 14)),
        (3, "NORD-99", date(2027, 3, 15), date(2027, 9, 30)),
    ]
    assert [each.window_opens for each in found] == [date(2023, 9, 15), date(2026, 9, 15), date(2027, 4, 1)]
    assert all(read_print_code(each.print_code) for each in found)
    assert len({each.verify_code for each in found}) == 3
    derivation = read_derivation(found[0].derivation)
    assert (derivation.why.code, derivation.route, derivation.met_on) == (
        "period-imported-from",
        "imported",
        date(2021, 3, 15),
    )
    with database.reading() as session:
        events = session.scalars(select(CertificateEvent)).all()
        assert {(each.kind, each.effective_on, each.actor_id) for each in events} == {("imported", TODAY, people.siri)}
        editions = session.scalars(select(CertificateEdition)).all()
        assert {(each.edition, each.holder_name, each.unit_name, each.sector) for each in editions} == {
            (1, "Liv Berg", "Alta", "helse")
        }
        assert audit.verify(session) == []
        assert session.scalar(select(func.count()).where(audit.AuditEntry.action == "certificate-imported")) == 3


def test_an_unknown_person_is_made_uninvited_in_the_unit_since_the_first_certificate(
    database: Database, people: Cast
) -> None:
    elsewhere = line(number="NORD-1", unit="arendal", sector="NAV", first=date(2021, 3, 15), last=date(2024, 3, 14))
    bring_in(database, elsewhere, SECOND)
    with database.reading() as session:
        liv = by_email(session, "liv@gammel.example")
        assert liv is not None
        assert (liv.name, liv.activated_at, liv.password_hash) == ("Liv Berg", None, None)
        belonged = session.scalars(
            select(Membership).where(Membership.person_id == liv.id).order_by(Membership.from_date)
        ).all()
        assert [(each.unit_id, each.sector, each.from_date, each.through_date) for each in belonged] == [
            (people.arendal, "nav", date(2021, 3, 15), date(2024, 3, 14)),
            (people.alta, "helse", date(2024, 3, 15), None),
        ]
        assert session.scalar(select(func.count()).select_from(OutboxMail)) == 0
        (then,) = register(session, EVERYWHERE, "instruktor", Wanted(), on=date(2022, 1, 1))
        assert (then.name, then.unit_name, then.state) == ("Liv Berg", "Arendal", State.VALID)


def test_the_same_file_twice_adds_nothing_twice_also_in_another_form(database: Database, people: Cast) -> None:
    import_id, tried = importing.keep(database, csv_of(FIRST, SECOND))
    assert importing.apply(database, import_id, tried) == 2
    assert importing.apply(database, import_id, tried) == 0
    for again in (csv_of(SECOND, FIRST), importing.book_of(FIRST, SECOND)):
        tried = rehearse(database, again)
        assert (len(tried.plan.added), len(tried.plan.there), problems(tried)) == (0, 2, [])
    more = line(number="NORD-18", first=date(2027, 3, 15), last=date(2030, 3, 14))
    assert bring_in(database, FIRST, SECOND, more) == 1


def test_every_fault_has_its_row_and_then_nothing_is_added(database: Database, people: Cast) -> None:
    with database.transaction() as session:
        give_certificate(session, people.geir, valid_from=date(2026, 1, 1))
    found = rehearse(
        database,
        csv_of(
            line("Anna An", "a@x.example", number="1", first="31.02.2024"),
            line("Bo Bo", "b@x.example", number="2", unit="Mordor"),
            line("Cy Cy", "c@x.example", number="3", sector="fylket"),
            line("Di Di", "d@x.example", number="4", first=date(2024, 1, 2), last=date(2024, 1, 1)),
            line("Eva Ev", "e@x.example", number="5"),
            line("Eva Ev", "e@x.example", number=" 5 ", first=date(2027, 3, 15), last=date(2030, 3, 14)),
            line("Finn Fi", "f@x.example", number="hia-2024-000001"),
            line("Gro Gr", "g@x.example", number="7", first=date(2027, 1, 1), last=date(2029, 1, 1)),
            line("Hans Ha", "ikke en adresse", number="8"),
            line("Geir Annet", "geir@cast.example", number="9"),
            line("Ida Id", "i@x.example", number="10"),
            line("Jo Jo", "i@x.example", number="11", first=date(2027, 3, 15), last=date(2030, 3, 14)),
            line("Kari Åsen", "kari@annen.example", number="12", unit="Tromsø"),
            line("Mo Mo", "m@x.example", number="14", first=date(1999, 1, 1), last=date(2001, 1, 1)),
            line("Nils Ni", "n@x.example", number="15", last=date(2044, 1, 1)),
        ),
    )
    assert problems(found) == [
        (2, "Gyldig fra", "cell-no-day"),
        (3, "Enhet", "cell-no-unit"),
        (4, "Sektor", "cell-no-sector"),
        (5, "Gyldig til og med", "import-ends-before"),
        (7, "Sertifikatnummer", "import-number-twice"),
        (8, "Sertifikatnummer", "import-number-ours"),
        (9, "Gyldig fra", "import-in-future"),
        (10, "E-post", "cell-no-email"),
        (11, "Navn", "import-other-name"),
        (11, "Gyldig fra", "import-after-ours"),
        (13, "Navn", "import-name-differs"),
        (14, "E-post", "import-namesake"),
        (15, "Gyldig fra", "import-too-early"),
        (16, "Gyldig til og med", "import-too-long"),
    ]
    assert found.outcome is None


def test_a_formula_is_no_number(database: Database, people: Cast) -> None:
    found = rehearse(database, importing.book_of(line(number="=1+1")))
    assert problems(found) == [(2, "Sertifikatnummer", "cell-formula")]


def test_overlaps_are_refused_within_the_file_and_with_the_register(database: Database, people: Cast) -> None:
    bring_in(database, SECOND)
    one_day = line(number="NORD-18", first=date(2027, 3, 14), last=date(2030, 3, 13))
    day_after = line(number="NORD-19", first=date(2027, 3, 15), last=date(2030, 3, 14))
    assert problems(rehearse(database, csv_of(one_day))) == [
        (2, "Gyldig fra", "import-overlaps"),
        (2, "Gyldig fra", "import-in-future"),
    ]
    assert problems(
        rehearse(database, csv_of(day_after, line(number="X", first=date(2029, 1, 1), last=date(2031, 1, 1))))
    ) == [
        (3, "Gyldig fra", "import-overlaps-row"),
        (3, "Gyldig fra", "import-in-future"),
    ]
    assert problems(rehearse(database, csv_of(FIRST))) == [(2, "Gyldig fra", "import-before")]
    assert problems(rehearse(database, csv_of(line("En Annen", "en@annen.example", number="nord-17")))) == [
        (2, "Sertifikatnummer", "import-number-taken")
    ]


def test_a_namesake_that_the_row_says_is_another_person_is_taken(database: Database, people: Cast) -> None:
    row = line("Kari Åsen", "kari@annen.example", unit="Tromsø", is_new="Ja")
    assert bring_in(database, row) == 1


def test_what_was_tried_is_done_or_refused_when_the_register_has_changed(database: Database, people: Cast) -> None:
    import_id, tried = importing.keep(
        database, csv_of(line("Kari Åsen", "kari@cast.example", unit="Tromsø", sector="nav"))
    )
    with database.transaction() as session:
        correct(session, session.get_one(Person, people.kari), name="Kari Berg", email="kari@cast.example")
    with pytest.raises(Refused) as refused:
        importing.apply(database, import_id, tried)
    assert refused.value.reasons[0].code == "certificates-import-changed"
    assert count(database, Certificate) == 0


def test_reminders_that_are_past_are_never_sent_and_those_to_come_are(
    app: Flask, database: Database, people: Cast
) -> None:
    ends = TODAY + timedelta(days=44)  # 45 days before the first day no longer valid
    bring_in(database, line(first=date(2024, 1, 7), last=ends))
    (certificate,) = certificates(database)
    with app.test_request_context():
        assert remind_holders(Work(database=database, now=at_local(TODAY, 5)))["sent"] == 0
        assert remind_holders(Work(database=database, now=at_local(TODAY + timedelta(days=15), 5)))["sent"] == 1
    with database.reading() as session:
        claims = session.execute(
            select(Reminder.stage, Reminder.mail_id.is_not(None)).where(Reminder.certificate_id == certificate.id)
        ).all()
    assert sorted(map(tuple, claims)) == [("days_30", True), ("days_90", False), ("opened", False)]


def test_a_stage_of_this_very_day_is_sent(app: Flask, database: Database, people: Cast) -> None:
    bring_in(database, line(first=date(2024, 1, 1), last=TODAY + timedelta(days=29)))
    with app.test_request_context():
        assert remind_holders(Work(database=database, now=NOON))["sent"] == 1


def test_the_dry_run_tells_states_dates_and_mails(database: Database, people: Cast) -> None:
    tried = rehearse(
        database, csv_of(SECOND, line("Geir Nilsen", "ny@x.example", number="8", first="1.1.2020", last="31.12.2022"))
    )
    assert tried.outcome is not None
    assert tried.outcome.new_people == 2
    assert tried.outcome.impact.counts[What.DATES] == 2
    assert tried.outcome.impact.counts[What.STATE] == 2
    told = {whose.name: whose.changes for whose in tried.outcome.people}
    state = next(each for each in told["Liv Berg"] if each.what is What.STATE)
    assert state.becomes is not None
    assert state.becomes.code == "word-expiring"
    mails = [each.about.values["on"] for each in told["Liv Berg"] if each.what is What.MAIL_NEW]
    assert mails == [date(2026, 12, 15), date(2027, 2, 13), date(2027, 3, 8), date(2027, 3, 15)]
    assert [each.what for each in told["Geir Nilsen"]] == [What.DATES, What.STATE]
    assert count(database, Certificate) == count(database, CertificateEvent) == 0


def test_an_import_takes_as_many_questions_for_many_as_for_few(database: Database, people: Cast) -> None:
    def asked(rows: int, prefix: str) -> int:
        content = csv_of(
            *(line(f"Navn{n} Navnesen", f"{prefix}{n}@x.example", number=f"{prefix}-{n}") for n in range(rows))
        )
        with statements(database) as seen:
            rehearse(database, content)
        return len(seen)

    rehearse(database, csv_of(SECOND))
    assert asked(40, "b") == asked(2, "a")


@pytest.mark.parametrize(
    ("approved", "expected"),
    [
        (date(2029, 5, 21), "renewal-not-open"),
        (date(2029, 5, 22), (date(2029, 11, 22), date(2032, 11, 21))),
        (date(2029, 11, 21), (date(2029, 11, 22), date(2032, 11, 21))),
        (date(2029, 11, 22), (date(2029, 11, 22), date(2032, 11, 21))),
        (date(2030, 3, 1), (date(2030, 3, 1), date(2033, 2, 28))),
        (date(2030, 5, 21), (date(2030, 5, 21), date(2033, 5, 20))),
        (date(2030, 5, 22), "renewal-lapsed"),
    ],
)
def test_an_imported_certificate_is_renewed_by_the_rules_of_every_other(
    app: Flask, database: Database, people: Cast, approved: date, expected: object
) -> None:
    bring_in(
        database,
        line(
            "Kari Åsen",
            "kari@cast.example",
            unit="Tromsø",
            sector="nav",
            first=date(2026, 11, 22),
            last=date(2029, 11, 21),
        ),
    )
    factories.recertify_evidence(database, people.kari, on=min(approved, date(2029, 11, 20)), by=people.tone)
    if isinstance(expected, str):
        with pytest.raises(Refused) as refused:
            factories.approve(app, people.kari, by=people.tone, now=at_local(approved, 12), verdict=PLAIN_APPROVAL)
            with app.test_request_context(), database.transaction() as session:
                issue(session, PROGRAMME, people.kari, cycle=2, actor_id=None, now=at_local(approved, 13))
        assert refused.value.reasons
        return
    renewed = factories.approve(app, people.kari, by=people.tone, now=at_local(approved, 12), verdict=PLAIN_APPROVAL)
    assert isinstance(renewed, Certificate), renewed
    assert ((renewed.valid_from, renewed.valid_through), renewed.cycle, renewed.number[:4]) == (expected, 2, "HIA-")


def test_what_is_issued_here_bars_an_earlier_one(app: Flask, database: Database, people: Cast) -> None:
    factories.certify(app, database, people)
    found = rehearse(
        database,
        csv_of(
            line("Kari Åsen", "kari@cast.example", unit="Tromsø", sector="nav", first="1.1.2020", last="31.12.2022")
        ),
    )
    assert problems(found) == [(2, "Gyldig fra", "import-after-ours")]


def test_an_import_and_a_renewal_at_once_leave_one_order(shared_database: Database, settings: Settings) -> None:
    """A second list for Kari, tried before her renewal: either it came first, or it is refused."""
    database = shared_database
    app = build_app(settings, FEATURES, clock=FrozenClock(NOON), transport=KeptMail(), database=database)
    with database.transaction() as session:
        people = cast.assemble(session)
    kari = {"name": "Kari Åsen", "email": "kari@cast.example", "unit": "Tromsø", "sector": "nav"}
    first, last = date(2023, 12, 1), date(2026, 11, 30)
    bring_in(database, line(**kari, number="A-1", first=first, last=last))  # type: ignore[arg-type]
    factories.recertify_evidence(database, people.kari, on=TODAY - timedelta(days=2), by=people.tone)
    follows = line(**kari, number="A-2", first=last + timedelta(days=1), last=date(2029, 11, 30))  # type: ignore[arg-type]
    import_id, tried = importing.keep(database, csv_of(follows))
    together = Barrier(2)

    def renew() -> object:
        together.wait()
        try:
            return factories.approve(app, people.kari, by=people.tone, now=NOON, verdict=PLAIN_APPROVAL)
        except Refused as refused:
            return refused.reasons[0].code

    def bring() -> object:
        together.wait()
        try:
            return importing.apply(database, import_id, tried)
        except Refused as refused:
            return refused.reasons[0].code

    with ThreadPoolExecutor(2) as threads:
        _renewed, brought = [done.result() for done in (threads.submit(renew), threads.submit(bring))]
    found = certificates(database, "kari@cast.example")
    assert [each.cycle for each in found] == [1, 2]
    assert (brought == 1) == (found[1].number == "A-2"), brought
    with database.reading() as session:
        held = issued_to(session, "instruktor", [people.kari])[people.kari]
    assert held[0].period.valid_through < held[1].period.valid_from


def test_the_template_can_be_filled_in_and_read() -> None:
    units = {search_key("Tromsø"): "tromso"}
    (row,) = read_sheet(csv_of(TEMPLATE_ROW), units=units).rows
    assert (row.unit, row.sector, row.valid_from, row.valid_through) == (
        "tromso",
        "nav",
        date(2024, 3, 15),
        date(2027, 3, 14),
    )
    assert len(TEMPLATE_ROW) == len(HEADINGS)


def test_older_encodings_commas_and_workbooks_are_read_the_same() -> None:
    units = {search_key("Tromsø"): "tromso"}
    row = ("Åse Bø", "ase@x.example", "Tromsø", "Helse", "T-1", "01.02.2024", "31.01.2027")
    heading = [*HEADINGS.values()][:7]
    semicolons = "\r\n".join(";".join(cells) for cells in (heading, row))
    variants = [
        semicolons.encode("cp1252"),
        semicolons.encode("utf-8-sig"),
        semicolons.replace(";", ",").encode(),
        importing.book_of(row, headings=heading),
    ]
    found = [read_sheet(content, units=units) for content in variants]
    assert all(each == found[0] for each in found)
    assert found[0].rows[0].name == "Åse Bø"


def test_too_many_rows_are_refused_at_once() -> None:
    content = csv_of(*(line(f"N{n} N", f"n{n}@x.example", number=str(n)) for n in range(ROWS_MAX + 1)))
    unreadable = read_sheet(content, units={"alta": "alta"}).unreadable
    assert unreadable is not None
    assert unreadable.code == "spreadsheet-too-long"


def test_a_unit_name_that_two_units_have_must_be_said_by_its_code() -> None:
    (problem,) = read_sheet(csv_of(SECOND), units={"alta": ""}).problems
    assert problem.reason.code == "cell-two-units"

"""Versions of the programme: accepted once, never behind somebody's back, and what was issued stays as it was."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from certificates import programmes_on_file
from certificates.eligibility import NotYet
from certificates.evidence import Outcome
from certificates.gathering import dossier_of
from certificates.impact import What
from certificates.jobs import issue_due, remind_holders
from certificates.models.assessments import Assessment
from certificates.models.issued import Certificate
from certificates.models.programmes import ProgrammeProposal, ProgrammeVersion
from certificates.models.reminders import Reminder
from certificates.programmes_on_file import ProgrammeOnFile, UnreadableProgramme
from certificates.queries.dry_run import concerned, impact_of
from certificates.queries.issued import issued_to
from certificates.queries.programmes import (
    main_programme,
    newer_on_file,
    programme_now,
    stored,
    version_now,
    versions_of,
)
from certificates.services import programmes as services
from certificates.services.issuing import issue_if_due, lock_person
from courses.services import visits
from courses.visits import ModuleKind
from lms import audit
from lms.clock import at_local
from lms.db import Database
from lms.errors import Refused
from lms.features import Work
from lms.people import Person
from lms.viewer import Reach
from tests.cast import Cast
from tests.certificates import factories, policies
from tests.certificates.factories import TODAY, give_certificate
from tests.certificates.policies import FEWER_DELIVERIES, LONGER, NO_VISITS, NOON, OTHER_STAGES, SHIPPED, put_in_force
from tests.courses import fieldwork
from tests.limits import statements

EVERYWHERE = Reach(everywhere=True)


def test_an_accepted_version_is_in_force_at_once_with_who_when_and_why(database: Database, people: Cast) -> None:
    with database.transaction() as session:
        services.in_force(session, "instruktor", now=NOON)
        services.accept(session, LONGER, based_on=1, note="Lengre gyldighet", actor_id=people.siri, now=NOON)
        assert main_programme(session).policy.validity_months == 48
    with database.reading() as session:
        (newest, name), (first, nobody) = versions_of(session, "instruktor")
        siri = session.get_one(Person, people.siri).name
        assert (newest.number, name, newest.note, newest.accepted_at) == (2, siri, "Lengre gyldighet", NOON)
        assert (first.number, nobody, first.note) == (1, None, "")
        assert main_programme(session).in_force_from == TODAY
        assert stored(session, first.id) == SHIPPED.programme
        entry = session.scalars(select(audit.AuditEntry).where(audit.AuditEntry.action == "programme-accepted")).one()
        assert entry.actor_id == people.siri
        assert audit.verify(session) == []


def test_the_same_text_is_refused_and_an_old_one_may_come_back(database: Database, people: Cast) -> None:
    put_in_force(database, LONGER)
    with database.transaction() as session, pytest.raises(Refused) as refused:
        services.accept(session, LONGER, based_on=2, note="", actor_id=None, now=NOON)
    assert refused.value.reasons[0].code == "programme-unchanged"
    assert put_in_force(database, SHIPPED).number == 3
    with database.reading() as session:
        assert main_programme(session).policy.validity_months == 36
        assert newer_on_file(session, "instruktor") is None


def test_a_programme_nobody_knows_is_refused(database: Database, people: Cast) -> None:
    other = policies.changed(("id: instruktor", "id: noe-annet"))
    with database.transaction() as session, pytest.raises(Refused) as refused:
        services.accept(session, other, based_on=0, note="", actor_id=None, now=NOON)
    assert refused.value.reasons[0].code == "programme-unknown"


def test_a_changed_file_of_an_update_takes_no_effect_by_itself(
    database: Database, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.transaction() as session:
        services.store_shipped(session, NOON)
    monkeypatch.setattr(programmes_on_file, "all_on_file", lambda: (LONGER,))
    with database.transaction() as session:
        services.store_shipped(session, NOON)
        assert main_programme(session).policy.validity_months == 36
        newer = newer_on_file(session, "instruktor")
    assert newer is not None
    assert newer.digest == LONGER.digest
    put_in_force(database, LONGER)
    with database.reading() as session:
        assert newer_on_file(session, "instruktor") is None


def test_an_issued_certificate_keeps_dates_version_and_derivation(app: Flask, database: Database, people: Cast) -> None:
    issued = factories.certify(app, database, people)
    before = (issued.valid_through, issued.window_opens, issued.grace_through, issued.programme_version_id)
    shorter = policies.changed(
        ("validity_months: 36", "validity_months: 24"), ("grace_months: 6", "grace_months: 1"),
        ("window_months: 6", "window_months: 2"), ("months: [3, 12, 24]", "months: [3, 12]"),
    )  # fmt: skip
    put_in_force(database, shorter)
    with database.reading() as session:
        row = session.get_one(Certificate, issued.id)
        assert (row.valid_through, row.window_opens, row.grace_through, row.programme_version_id) == before
        assert row.derivation == issued.derivation
        (held,) = issued_to(session, "instruktor", [people.kari])[people.kari]
        assert held.policy.grace_months == 6
        impact = impact_of(session, SHIPPED.programme, on=TODAY)
    assert impact.counts[What.DATES] == impact.counts[What.STATE] == 0


def test_reminder_stages_follow_the_version_in_force(app: Flask, database: Database, people: Cast) -> None:
    today = date(2029, 7, 25)  # 120 days before the first day no longer valid
    with database.transaction() as session:
        certificate = give_certificate(session, people.geir, valid_from=date(2026, 11, 22))
    work = Work(database=database, now=at_local(today, 5))
    with app.test_request_context():
        remind_holders(Work(database=database, now=at_local(date(2029, 5, 22), 5)))
        remind_holders(work)
        put_in_force(database, OTHER_STAGES, now=at_local(today, 4))
        remind_holders(work)
    with database.reading() as session:
        sent = session.scalars(
            select(Reminder.stage).where(Reminder.certificate_id == certificate.id).order_by(Reminder.id)
        ).all()
    assert sent == ["opened", "days_120"]


def test_the_dry_run_of_other_stages_names_the_mails_that_come_and_go(database: Database, people: Cast) -> None:
    with database.transaction() as session:
        give_certificate(session, people.geir, valid_from=date(2026, 11, 22))
    with database.reading() as session:
        impact = impact_of(session, OTHER_STAGES.programme, on=date(2029, 5, 1))
        geir, *others = concerned(session, impact.changes, EVERYWHERE, on=date(2029, 5, 1))
        assert concerned(session, impact.changes, Reach(paths=("/norge/sor/",)), on=date(2029, 5, 1)) == []
    assert not others
    assert geir.person_id == people.geir
    assert [(each.what, each.about.code, each.about.values["on"]) for each in geir.changes] == [
        (What.MAIL_NEW, "planned-reminder", date(2029, 7, 25)),
        (What.MAIL_NEW, "planned-reminder", date(2029, 10, 8)),
        (What.MAIL_GONE, "planned-reminder", date(2029, 8, 24)),
        (What.MAIL_GONE, "planned-reminder", date(2029, 10, 23)),
        (What.MAIL_GONE, "planned-reminder", date(2029, 11, 15)),
        (What.MAIL_GONE, "planned-last-reminder", date(2029, 11, 22)),
    ]


def test_the_dry_run_says_who_would_be_issued_and_which_requirements_turn(
    app: Flask, database: Database, people: Cast
) -> None:
    with_one_visit(database, people)
    with database.reading() as session:
        impact = impact_of(session, NO_VISITS.programme, on=TODAY)
    told = {each.what for each in impact.changes[people.kari]}
    assert {What.ISSUED, What.MET} <= told
    put_in_force(database, NO_VISITS)
    with app.test_request_context():
        assert issue_due(Work(database=database, now=NOON))["issued"] == 1


def test_nothing_is_met_by_a_version_before_the_day_it_was_accepted(
    app: Flask, database: Database, people: Cast
) -> None:
    with_one_visit(database, people)
    accepted = TODAY + timedelta(days=3)
    put_in_force(database, NO_VISITS, now=at_local(accepted, 9))
    night = at_local(accepted + timedelta(days=5), 5)
    with app.test_request_context(), database.transaction() as session:
        certificate = issue_if_due(
            session, SHIPPED.programme, lock_person(session, people.kari), actor_id=None, now=night
        )
    assert isinstance(certificate, Certificate)
    assert certificate.valid_from == accepted
    with database.reading() as session:
        assert stored(session, certificate.programme_version_id).policy == NO_VISITS.programme.policy


def test_looking_back_stops_at_the_day_the_rules_were_accepted(database: Database, people: Cast) -> None:
    """In grace until yesterday with four deliveries; today's version asks for four: it was not yesterday's."""
    grace_ended = date(2030, 5, 21)
    with database.transaction() as session:
        give_certificate(session, people.geir, valid_from=date(2026, 11, 22))
    put_in_force(database, FEWER_DELIVERIES, now=at_local(grace_ended + timedelta(days=1), 9))
    with database.reading() as session:
        programme = programme_now(session, "instruktor")
        answer = dossier_of(session, programme, people.geir, on=grace_ended + timedelta(days=1)).answer
    assert isinstance(answer, NotYet)
    assert programme.in_force_from == date(2030, 5, 22)


def test_the_dry_run_takes_the_same_statements_for_a_few_and_for_many(database: Database, people: Cast) -> None:
    with database.reading() as session:
        impact_of(session, LONGER.programme, on=TODAY)
    with statements(database) as few, database.reading() as session:
        impact_of(session, LONGER.programme, on=TODAY)
    with database.transaction() as session:
        for place, person_id in enumerate((people.kari, people.geir, people.mons, people.tone, people.stian)):
            give_certificate(session, person_id, valid_from=TODAY - timedelta(days=1000 + place))
    with statements(database) as many, database.reading() as session:
        impact_of(session, LONGER.programme, on=TODAY)
    assert len(many) <= len(few) + 8  # events, reminders and texts of what there was none of before


def test_a_proposal_is_one_however_often_it_is_made_and_becomes_one_version(database: Database, people: Cast) -> None:
    with database.transaction() as session:
        first = services.propose(session, LONGER, actor_id=people.siri, now=NOON)
        assert services.propose(session, LONGER, actor_id=people.siri, now=NOON).id == first.id
    for _again in range(2):
        with database.transaction() as session:
            version = services.accept_proposal(session, first.id, note="ja", actor_id=people.siri, now=NOON)
            assert version.number == 2
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ProgrammeVersion)) == 2


def test_a_proposal_that_somebody_overtook_is_refused_and_kept(database: Database, people: Cast) -> None:
    with database.transaction() as session:
        mine = services.propose(session, LONGER, actor_id=people.siri, now=NOON)
    put_in_force(database, FEWER_DELIVERIES)
    with database.transaction() as session, pytest.raises(Refused) as refused:
        services.accept_proposal(session, mine.id, note="ja", actor_id=people.siri, now=NOON)
    assert refused.value.reasons[0].code == "programme-outdated"
    with database.transaction() as session:
        again = services.propose(session, LONGER, actor_id=people.siri, now=NOON, instead_of=mine.id)
        assert (again.based_on, again.id != mine.id) == (2, True)
        assert session.get_one(ProgrammeProposal, mine.id).closed_at == NOON
        assert services.accept_proposal(session, again.id, note="ja", actor_id=people.siri, now=NOON).number == 3


def test_a_proposal_laid_aside_is_not_accepted(database: Database, people: Cast) -> None:
    with database.transaction() as session:
        row = services.propose(session, LONGER, actor_id=people.siri, now=NOON)
        services.withdraw(session, row.id, now=NOON)
    with database.transaction() as session, pytest.raises(Refused) as refused:
        services.accept_proposal(session, row.id, note="ja", actor_id=people.siri, now=NOON)
    assert refused.value.reasons[0].code == "proposal-withdrawn"


def test_two_who_accept_at_once_accept_one_and_the_other_is_told(shared_database: Database) -> None:
    database = shared_database
    with database.transaction() as session:
        services.in_force(session, "instruktor", now=NOON)
    together = Barrier(2)

    def accept(text: ProgrammeOnFile) -> str:
        with database.transaction() as session:
            version_now(session, "instruktor")
            if session.get_bind().dialect.name == "postgresql":  # the other database lets one in at a time
                together.wait(timeout=20)
            try:
                return str(services.accept(session, text, based_on=1, note="", actor_id=None, now=NOON).number)
            except Refused as refused:
                return refused.reasons[0].code

    with ThreadPoolExecutor(2) as threads:
        found = sorted(threads.map(accept, (LONGER, FEWER_DELIVERIES)))
    assert found == ["2", "programme-outdated"]


def test_a_text_with_problems_is_no_programme() -> None:
    with pytest.raises(UnreadableProgramme) as refused:
        programmes_on_file.read(SHIPPED.source.replace("validity_months: 36", "validity_months: mange"), "p.md")
    line = SHIPPED.source.splitlines().index("validity_months: 36") + 1
    assert [(problem.path, problem.line) for problem in refused.value.problems] == [("p.md", line)]


def test_line_ends_and_blanks_at_the_end_make_no_other_text() -> None:
    same = programmes_on_file.read("\ufeff" + SHIPPED.source.replace("\n", "\r\n") + "\r\n\r\n", "p.md")
    assert same.digest == SHIPPED.digest


def with_one_visit(database: Database, people: Cast) -> None:
    """Kari with everything met but the second visit, and approved all the same: the visit is what lacks."""
    factories.study(database, people.kari)
    factories.attend(
        database, people.nord, [people.kari], {1: factories.PART_1, 2: factories.PART_2}, by=people.tone, name="Høst"
    )
    with database.transaction() as session:
        report = fieldwork.a_visit(on=factories.VISITS[0], modules=[ModuleKind.PSYKISK_HELSE], mentor_id=people.mons)
        visits.record_visit(
            session, person_id=people.kari, report=report, by=people.tone, now=at_local(factories.VISITS[0], 15)
        )
        session.add(
            Assessment(
                person_id=people.kari,
                programme="instruktor",
                assessor_id=people.tone,
                outcome=Outcome.APPROVED,
                content_score=4,
                non_directive_score=4,
                feedback="",
                decided_at=at_local(TODAY - timedelta(days=1), 12),
                decided_on=TODAY - timedelta(days=1),
            )
        )

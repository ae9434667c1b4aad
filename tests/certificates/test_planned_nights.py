"""What is planned for a day is what the night of that day writes: every kind, with its words; but not what is held."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from certificates import jobs as nightly
from certificates import previews
from certificates.models.checks import KnowledgeCheck
from certificates.models.issued import Certificate
from certificates.models.reminders import DigestSent, Reminder
from certificates.planned import (
    MailKind,
    Span,
    Target,
    check_target,
    digest_target,
    reminder_target,
    span_from,
    visits_target,
)
from certificates.programme import Stage
from certificates.queries.planned import PlannedMail, Whose, plan
from certificates.services.holding import hold_mail, release_mail
from courses.models.visits import VisitsReminder
from lms import jobs as ground
from lms.clock import at_local, local_date
from lms.db import Database
from lms.errors import Refused
from lms.outbox import OutboxMail
from lms.people import Person
from lms.viewer import Reach
from tests.cast import Cast
from tests.certificates import checking, factories
from tests.certificates.factories import PLAIN_APPROVAL, TODAY
from tests.certificates.test_preparing import between_the_parts

EVERYBODY = Whose(reach=Reach(everywhere=True))
NIGHTS = span_from(TODAY, 45)  # through 6 January
Wrote = set[tuple[date, str]]


def night(app: Flask, on: date, *names: str) -> None:
    for job in nightly.JOBS:
        if not names or job.name in names:
            assert ground.run_job(app, job, now=at_local(on, 5))["failed"] == 0


def planned(database: Database, span: Span = NIGHTS, whose: Whose = EVERYBODY) -> list[PlannedMail]:
    with database.reading() as session:
        return plan(session, whose, span)


def written(database: Database) -> Wrote:
    """What the nights have written, each with its day."""
    with database.reading() as session:
        reminders = session.scalars(select(Reminder)).all()
        checks = session.scalars(select(KnowledgeCheck)).all()
        visits = session.scalars(select(VisitsReminder)).all()
        digests = session.scalars(select(DigestSent).where(DigestSent.mails > 0)).all()
    return {
        *((local_date(r.claimed_at), reminder_target(r.certificate_id, Stage(r.stage)).key) for r in reminders),
        *((c.offered_on, check_target(c.certificate_id, c.months).key) for c in checks),
        *((local_date(v.claimed_at), visits_target(v.person_id, v.seminar_id, v.days_before).key) for v in visits),
        *((local_date(d.claimed_at), digest_target(d.unit_id, d.month).key) for d in digests),
    }


@pytest.fixture
def country(app: Flask, database: Database, people: Cast) -> dict[str, int]:
    """Holders at every place of their period, with all that can happen to them; certificates by name."""
    between_the_parts(database, people)  # Kari: part 2 on 1 December
    made: dict[str, int] = {}
    with database.transaction() as session:
        for number, ends in enumerate((-30, -1, 0, 6, 7, 8, 29, 31, 44, 60, 89, 91, 100, 180, 184, 200, 400)):
            began = TODAY + timedelta(days=ends) - timedelta(days=3 * 365 + 1)
            person = factories.holder(session, people.alta, f"Nr {number:02}", valid_from=began)
            certificate = session.scalars(select(Certificate).where(Certificate.person_id == person.id)).one()
            made[f"ends-{ends}"] = certificate.id
        old = date(2024, 1, 1)  # through 31.12.2026
        renewed = factories.holder(session, people.arendal, "Alt Fornyet", valid_from=old)
        factories.give_certificate(session, renewed.id, valid_from=date(2027, 1, 1), cycle=2, issued_on=TODAY)
        left = factories.holder(session, people.arendal, "Har Sluttet", valid_from=old)
        left.deactivated_at = at_local(TODAY, 9)
        made["gone"] = session.scalars(select(Certificate.id).where(Certificate.person_id == left.id)).one()
        made["terje"] = factories.give_certificate(session, people.terje, valid_from=old).id
    made["geir"] = checking.holder(database, people.geir, valid_from=date(2026, 9, 22)).id  # check 22.12., not yet
    made["mons"] = checking.holder(database, people.mons, valid_from=date(2026, 10, 1)).id
    factories.decided(database, made["ends-7"], "suspended", TODAY - timedelta(days=3))
    factories.decided(database, made["geir"], "suspended", TODAY - timedelta(days=3))
    factories.decided(database, made["geir"], "lifted", TODAY + timedelta(days=35))
    factories.decided(database, made["ends-44"], "revoked", TODAY + timedelta(days=20))
    # Terje has met everything but has not been issued to: the night renews him before it reminds
    factories.recertify_evidence(database, people.terje, on=TODAY - timedelta(days=1), by=people.tone)
    factories.approve(
        app, people.terje, by=people.siri, now=at_local(TODAY - timedelta(days=2), 12), verdict=PLAIN_APPROVAL
    )
    return made


def test_the_nights_write_exactly_what_was_planned(app: Flask, database: Database, country: dict[str, int]) -> None:
    before = planned(database)
    kinds = {each.target.kind for each in before}
    assert kinds == set(MailKind), "the country has something of every kind"
    for day in NIGHTS:
        tonight = planned(database, span_from(day, 1))
        until_now = written(database)
        night(app, day)
        tonights = {(each.on, each.target.key) for each in tonight}
        assert written(database) - until_now == tonights, f"planned on the day itself, {day}"
    assert written(database) == {(each.on, each.target.key) for each in before}
    assert country["terje"] not in {each.certificate_id for each in before}
    assert {country["gone"], country["ends-44"], country["ends-400"]}.isdisjoint(each.certificate_id for each in before)


def test_a_mail_reads_as_it_was_previewed(app: Flask, database: Database, country: dict[str, int]) -> None:
    day = date(2026, 12, 1)
    assert country
    for before in span_from(TODAY, 8):
        night(app, before)
    with app.test_request_context(), database.reading() as session:
        mails = plan(session, EVERYBODY, span_from(day, 1))
        shown = [(each, previews.preview(session, each)) for each in mails]
    assert {each.target.kind for each in mails} >= {MailKind.REMINDER, MailKind.DIGEST}
    night(app, day)
    with database.reading() as session:
        sent = session.scalars(select(OutboxMail).where(OutboxMail.created_at >= at_local(day, 0))).all()
    words = {(mail.person_id, mail.subject, mail.text, mail.html) for mail in sent}
    for _mail, seen in shown:
        assert seen is not None
        composed = seen.composed
        assert (seen.to[0].id, composed.subject, composed.text, composed.html) in words


def test_a_preview_stores_nothing_and_shows_what_lacks_before_part_2_and_a_check(
    app: Flask, database: Database, country: dict[str, int]
) -> None:
    assert country
    with app.test_request_context(), database.reading() as session:
        for each in plan(session, EVERYBODY, NIGHTS):
            seen = previews.preview(session, each)
            assert seen is not None, each
            assert seen.composed.subject and "%(" not in seen.composed.text
    with database.reading() as session:
        assert session.scalars(select(OutboxMail.name)).all().count("reminder") == 0


def hold(database: Database, target: Target, people: Cast, *, on: date = TODAY, reason: str = "Avtalt") -> None:
    with database.transaction() as session:
        hold_mail(session, target, reason=reason, actor_id=people.knut, now=at_local(on, 12))


def release(database: Database, target: Target, people: Cast, *, on: date) -> None:
    with database.transaction() as session:
        release_mail(session, target, actor_id=people.siri, now=at_local(on, 12))


def test_whatever_is_held_is_not_written_and_shows_who_and_why(
    app: Flask, database: Database, people: Cast, country: dict[str, int]
) -> None:
    first = {each.target.kind: each for each in reversed(planned(database))}
    for each in first.values():
        hold(database, each.target, people, reason=f"Vent med {each.target.kind}")
    held = {each.target.key: each.hold for each in planned(database) if each.hold}
    assert {key: (each.by, each.reason) for key, each in held.items()} == {
        each.target.key: ("Knut Nordli", f"Vent med {each.target.kind}") for each in first.values()
    }
    for day in NIGHTS:
        night(app, day)
    assert {key for _day, key in written(database)}.isdisjoint(held)
    assert country


def test_a_mail_released_in_time_goes_on_its_day_and_later_only_while_it_is_the_newest(
    app: Flask, database: Database, people: Cast
) -> None:
    with database.transaction() as session:  # through 28.02.2027: days_90 on 1 December, days_30 on 30 January
        certificate = factories.give_certificate(session, people.geir, valid_from=date(2024, 3, 1)).id
        session.add(Reminder(certificate_id=certificate, stage="opened", mail_id=None, claimed_at=at_local(TODAY, 5)))
    ninety, thirty = reminder_target(certificate, Stage.DAYS_90), reminder_target(certificate, Stage.DAYS_30)
    hold(database, ninety, people)
    hold(database, thirty, people)
    for day in (date(2026, 12, 1), date(2026, 12, 10)):
        night(app, day, "remind")
    assert written(database) == {(TODAY, reminder_target(certificate, Stage.OPENED).key)}
    late = [each for each in planned(database, span_from(date(2026, 12, 11))) if each.certificate_id == certificate]
    assert [(each.target.stage, each.on) for each in late][:1] == [("days_90", date(2026, 12, 11))]
    release(database, ninety, people, on=date(2026, 12, 11))
    night(app, date(2026, 12, 12), "remind")
    assert (date(2026, 12, 12), ninety.key) in written(database), "after its day, the newest still"
    night(app, date(2027, 1, 30), "remind")
    night(app, date(2027, 2, 22), "remind")
    assert (date(2027, 2, 22), reminder_target(certificate, Stage.DAYS_7).key) in written(database)
    release(database, thirty, people, on=date(2027, 2, 23))
    night(app, date(2027, 2, 24), "remind")
    assert thirty.key not in {key for _day, key in written(database)}, "a newer one has taken its place"


def test_what_is_written_cannot_be_held_and_what_is_held_cannot_be_held_again(
    app: Flask, database: Database, people: Cast, country: dict[str, int]
) -> None:
    mails = planned(database)
    for day in NIGHTS:
        night(app, day)
    for each in mails:
        with pytest.raises(Refused) as refused:
            hold(database, each.target, people)
        assert [reason.code for reason in refused.value.reasons] == ["mail-written"]
    later = reminder_target(country["ends-100"], Stage.DAYS_7)
    hold(database, later, people)
    for act, code in ((hold, "mail-held-already"), (release, ""), (release, "mail-not-held"), (hold, "")):
        try:
            act(database, later, people, on=TODAY)
        except Refused as no:
            assert [reason.code for reason in no.reasons] == [code]
        else:
            assert code == ""


def test_within_reach_only_and_by_unit_and_kind(database: Database, people: Cast, country: dict[str, int]) -> None:
    nord = planned(database, whose=Whose(reach=Reach(paths=("/norge/nord/",))))
    assert nord and all(each.unit_path.startswith("/norge/nord/") for each in nord)
    alta = planned(database, whose=Whose(reach=Reach(everywhere=True), unit_path="/norge/nord/alta/"))
    assert alta and {each.unit_name for each in alta} == {"Alta"}
    checks = planned(database, whose=Whose(reach=Reach(everywhere=True), kinds={MailKind.CHECK}))
    assert {each.target.kind for each in checks} == {MailKind.CHECK}
    assert {(each.certificate_id, each.on) for each in checks} == {
        (country["geir"], date(2026, 12, 28)),  # when the suspension is lifted
        (country["mons"], date(2027, 1, 1)),
    }
    with database.transaction() as session:
        session.execute(update(Person).where(Person.id == people.geir).values(mail_refused_at=at_local(TODAY, 12)))
    about_geir: Any = [each for each in planned(database) if each.person_id == people.geir]
    assert about_geir and all(each.refused for each in about_geir)

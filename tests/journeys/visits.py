"""Every page of the site, opened as somebody who may see it, in a world where each has something to show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Flask

from certificates.demo import lives
from tests import world
from tests.cast import Cast
from tests.courses import rich
from tests.journeys.place import MEASURED, Place
from tests.open_courses import Opened

# Answers to a GET that are no pages; the test that uses this sees to it that they are none.
NOT_PAGES = frozenset(
    {
        "appeals.file",
        "badges.achievement", "badges.as_jwt", "badges.as_png", "badges.as_svg", "badges.issuer", "badges.key",
        "badges.key_set", "course_approvals.as_csv", "course_certificates.as_csv", "course_certificates.as_pdf",
        "course_certificates.pdf", "courses.topics", "badges.picture", "badges.status", "calendar.feed",
        "courses.asset",
        "delivery_import.template", "evaluation.as_csv", "gain.as_csv", "holder.pdf", "home.healthz", "home.readyz",
        "items.as_csv", "materials.download", "plans.presentation", "register.as_csv", "static",
        "unit_deliveries.as_csv", "certificate_imports.template", "programmes.as_csv", "programmes.export",
        "planned.as_csv",
    }
)  # fmt: skip
STRANGER = ""
PAST, LONG_PAST, TO_COME = "2026-11-01", "2025-02-01", "2029-10-01"
"""Days to look at: Geir holds his certificate, nobody holds one yet, its window is open."""
"""A course that enough people have taken both tests of."""


@dataclass(frozen=True)
class Visit:
    """Who opens which page; `button` is then pressed, to see the page say no to an empty form, or to one signed out."""

    endpoint: str
    who: str
    values: Mapping[str, object] = field(default_factory=dict)
    button: str = ""
    status: int = 200
    signed_out: bool = False


def visits(people: Cast, place: Place) -> list[Visit]:
    """Who opens what. A page that nobody opens fails the tests that use this."""
    there, course = place.world, {"course_id": lives.FOUNDATION}
    lesson = {**course, "lesson_id": "rygg-fra-skjor-til-sterk"}
    here = {"seminar_id": place.around.seminar, "day_id": place.around.today}
    everyones = {"course_id": rich.COURSE}
    checked = {"attempt_id": place.attempts[people.knut, "check"]}
    delivery = {"delivery_id": there.delivery}
    kari, valid, suspended = {"person_id": people.kari}, {"certificate_id": there.certificate}, place.suspended
    return [
        *(Visit("home.home", who) for who in (STRANGER, "kari", "mons", "tone", "knut", "geir", "sonja", "ari")),
        Visit("home.me", "knut"),
        Visit("auth.sign_in", STRANGER),
        Visit("auth.sign_in", STRANGER, button="Logg inn", status=422),
        Visit("auth.forgotten", STRANGER),
        Visit("auth.forgotten", STRANGER, button="Send lenken", status=422),
        Visit("auth.activate", STRANGER, {"token": place.activation}),
        Visit("auth.activate", STRANGER, {"token": "used-up"}, status=410),
        Visit("auth.reset", STRANGER, {"token": place.reset}, button="Lagre passordet", status=422),
        Visit("administration.index", "knut"),
        Visit("administration.invitation", "knut"),
        Visit("administration.invitation", "knut", button="Send invitasjonen", status=422),
        Visit("administration.invitation", "knut", button="Send invitasjonen", status=400, signed_out=True),
        Visit("administration.mail_problems", "knut"),
        Visit("administration.person", "knut", {"person_id": people.mons}),
        Visit("administration.person", "knut", {"person_id": place.invited}),
        Visit("administration.correction", "knut", kari),
        Visit("quizzes_people.extra_time", "knut", kari),
        Visit("administration.index", "kari", status=403),
        Visit("attendance.check_in", "kari"),
        Visit("attendance.check_in", "kari", {"kode": "1"}, button="Sjekk inn", status=422),
        Visit("attendance.room", "tone", here),
        Visit("attendance.room", "tone", {"seminar_id": there.seminar, "day_id": there.day}),
        Visit("making_up.agree", "tone", {**place.around.missed, "person_id": people.kari}),
        Visit("making_up.agree", "tone", {**place.around.missed, "person_id": people.mons}),
        Visit("making_up.agree", "tone", {**place.around.missed, "person_id": people.mons}, "Lagre avtalen", 422),
        Visit("seminars.day", "tone", place.around.missed),
        *(Visit("materials.own", who) for who in ("kari", "ari")),
        *(Visit("materials.day", "kari", {"day_id": day}) for day in place.around.days),
        Visit("materials.manage", "tone", here),
        Visit("materials.manage", "tone", here, button="Legg til", status=422),
        Visit("evaluation.answer", "kari", {"seminar_id": there.seminar, "part": 2}),
        Visit("evaluation.answer", "kari", {"seminar_id": there.seminar, "part": 2}, "Send svaret", 422),
        *(Visit("evaluation.summary", "tone", {"seminar_id": one, "part": 2}) for one in place.around.evaluated),
        *(Visit("calendar.index", who) for who in ("kari", "ari")),
        Visit("calendar.index", "kari", button="Lag en privat kalenderadresse"),
        *(Visit("courses.index", who) for who in (STRANGER, "stian", "ari")),
        *(Visit("courses.course", who, everyones) for who in (STRANGER, "kari")),
        *(Visit("courses.lesson", who, {**everyones, "lesson_id": "skiven"}) for who in (STRANGER, "kari")),
        Visit("courses.lesson", STRANGER, {**everyones, "lesson_id": "smerten"}),
        *(Visit("answers.mine", who, everyones) for who in ("kari", "mons")),
        Visit("glossary.show", STRANGER, everyones),
        Visit("practice.show", STRANGER, {**everyones, "module_id": "rygg"}),
        Visit("practice.show", STRANGER, {**everyones, "module_id": "rygg"}, button="Se hvordan det gikk"),
        *(Visit("courses.course", who, course) for who in ("kari", "mons", "stian", "geir", "ari")),
        Visit("courses.course", "kari", {"course_id": "no-such-course"}, status=404),
        Visit("courses.coverage", "ari", course),
        *(Visit("withdrawals.index", who, course) for who in ("ari", "siri")),
        Visit("standards.index", "ari", course),
        *(Visit("standards.round_", who, {"round_id": there.round}) for who in ("ari", "tone")),
        Visit("standards.round_", "siri", {"round_id": there.round}),
        *(Visit("standards.round_", who, {"round_id": place.judged}) for who in ("ari", "siri")),
        *(Visit("standards.round_", who, {"round_id": place.judged_again}) for who in ("ari", "siri")),
        Visit("withdrawals.item", "siri", {**course, "question_id": place.withdrawn}),
        Visit("withdrawals.item", "ari", {**course, "question_id": there.question}),
        Visit("withdrawals.item", "siri", {**course, "question_id": there.question}, "Trekk spørsmålet", 422),
        Visit("courses.sheet", "ari", {**course, "letter": "A", "fasit": "ja"}),
        *(Visit("courses.lesson", who, lesson) for who in ("stian", "geir")),
        Visit("courses.lesson", "stian", {**course, "lesson_id": "rygg-i-salen"}),
        Visit("deliveries.index", "geir"),
        Visit("deliveries.index", "kari"),
        Visit("deliveries.index", "mons", button="Registrer leveransen", status=422),
        Visit("deliveries.correct", "geir", delivery),
        Visit("deliveries.correct", "geir", delivery, button="Lagre rettelsen", status=422),
        Visit("deliveries.deny", "kari", delivery),
        Visit("deliveries.deny", "kari", delivery, button="Send", status=422),
        Visit("certificate_imports.index", "siri"),
        Visit("certificate_imports.index", "siri", button="Prøv arket", status=422),
        Visit("programmes.index", "siri"),
        Visit("programmes.version", "siri", {"programme_version_id": there.programme_version}),
        Visit("programmes.propose", "siri"),
        Visit("programmes.propose", "siri", button="Se hva det ville endret", status=422),
        Visit("programmes.proposal", "siri", {"proposal_id": there.proposal}),
        Visit("programmes.proposal", "siri", {"proposal_id": there.proposal}, "Godta, og la det gjelde fra nå", 422),
        Visit("delivery_import.index", "geir"),
        Visit("delivery_import.index", "geir", button="Prøv arket", status=422),
        *(Visit("unit_deliveries.index", who) for who in ("tone", "sonja")),
        *(Visit("follow_up.index", who, delivery) for who in ("geir", "tone")),
        Visit("follow_up.sheet", "geir", delivery),
        Visit("follow_up.answer", STRANGER, {"token": world.FEEDBACK_TOKEN}),
        Visit("follow_up.answer", STRANGER, {"token": world.FEEDBACK_TOKEN}, button="Send svaret", status=422),
        Visit("follow_up.thanks", STRANGER, {"token": world.FEEDBACK_TOKEN}),
        *(Visit("guidance.index", who) for who in ("kari", "tone", "geir")),
        Visit("guidance.new", "tone", {"person": people.kari}),
        Visit("guidance.new", "tone", {"person": people.kari}, button="Lag avtalen", status=422),
        *(Visit("guidance.show", who, {"agreement_id": there.agreement}) for who in ("kari", "tone")),
        *(Visit("gathering_plans.index", who) for who in ("geir", "tone", "kari")),
        Visit("gathering_plans.plan", "tone"),
        Visit("gathering_plans.plan", "tone", button="Planlegg samlingen", status=422),
        *(Visit("gathering_plans.show", who, {"gathering_id": there.gathering}) for who in ("geir", "tone", "kari")),
        Visit("gathering_plans.attendance", "tone", {"gathering_id": there.gathering}),
        Visit("gain.index", "siri"),
        Visit("gain.index", "siri", {"kurs": MEASURED}),
        Visit("gain.index", "siri", {"kurs": MEASURED, "enhet": "/norge/nord/", "sektor": "nav"}),
        Visit("items.show", "ari", course),
        Visit("items.show", "ari", {"course_id": MEASURED}),
        Visit("gatherings.new", "tone"),
        Visit("gatherings.new", "tone", button="Registrer for de avkryssede", status=422),
        Visit("seminars.index", "tone"),
        Visit("seminars.new", "tone"),
        Visit("seminars.new", "tone", button="Planlegg samlingen", status=422),
        Visit("seminars.seminar", "tone", {"seminar_id": there.seminar}),
        Visit("booking.index", "kari"),
        Visit("booking.index", "geir"),
        *(Visit("booking.cohort", who, {"seminar_id": place.full}) for who in ("kari", "mons", "tone")),
        Visit("booking.cohort", "kari", {"seminar_id": place.bookable}),
        Visit("booking.invite", "tone", {"seminar_id": place.bookable}),
        Visit("booking.invite", "tone", {"seminar_id": place.bookable}, button="Send invitasjonene", status=422),
        Visit("planning.plan", "tone", {"seminar_id": place.bookable}),
        Visit("planning.trainers", "tone", {"seminar_id": place.bookable}),
        Visit("planning.window", "tone", {"seminar_id": place.bookable}),
        Visit("planning.cancel", "tone", {"seminar_id": place.bookable}),
        Visit("planning.cancel", "tone", {"seminar_id": place.bookable}, button="Avlys samlingen", status=422),
        Visit("seminars.seminar", "tone", {"seminar_id": place.bookable}),
        Visit("seminars.seminar", "tone", {"seminar_id": place.full}),
        Visit("seminars.remove", "tone", {"seminar_id": place.full, "person_id": people.tone}),
        Visit("seminars.day", "tone", {"seminar_id": there.seminar, "day_id": there.day}),
        *(Visit("visits.index", who) for who in ("kari", "mons", "tone")),
        *(Visit("visits.show", who, {"visit_id": there.visit}) for who in ("kari", "mons", "tone", "geir")),
        Visit("visits.show", "tone", {"visit_id": there.visit}, button="Send tilbake", status=422),
        Visit("visits.show", "kari", {"visit_id": place.planned}),
        Visit("visits.show", "geir", {"visit_id": place.proposed}),
        Visit("visits.change", "kari", {"visit_id": place.planned}),
        Visit("visits.report", "kari", {"visit_id": place.planned}),
        Visit("visits.report", "kari", {"visit_id": place.planned}, button="Lever rapporten", status=422),
        Visit("mentor_links.show", STRANGER, {"token": place.asking}),
        Visit("mentor_links.show", STRANGER, {"token": place.asking}, "Nei, send tilbake med kommentaren", 422),
        Visit("mentor_links.show", STRANGER, {"token": place.answered_link}),
        Visit("mentor_links.show", STRANGER, {"token": "no-such-token"}, status=410),
        *(Visit("pairs.index", who) for who in ("kari", "mons")),
        Visit("pairs.overview", "tone"),
        *(Visit("plans.mine", who) for who in ("kari", "geir")),
        Visit("plans.mine", "geir", button="Lever planen", status=422),
        *(Visit("plans.show", who, {"person_id": people.kari}) for who in ("geir", "tone")),
        Visit("visits.new", "kari"),
        Visit("visits.new", "kari", button="Gå videre", status=422),
        Visit("quizzes.paper", "kari", {"attempt_id": there.attempt}),
        Visit("quizzes.confirm", "kari", {"attempt_id": there.attempt}),
        Visit("quizzes.sheet", "kari", {"attempt_id": there.attempt}),
        *(Visit(f"quizzes.{page}", "knut", checked) for page in ("paper", "confirm", "sheet")),
        *(Visit(f"quizzes.{page}", "terje", {"attempt_id": place.timed}) for page in ("paper", "confirm")),
        Visit("quizzes.result", "sonja", {"attempt_id": place.attempts[people.sonja, "post"]}),
        Visit("courses.course", "sonja", {"course_id": MEASURED}),
        Visit("quizzes.sheet", "geir", {"attempt_id": place.attempts[people.geir, "post"]}),
        Visit("quizzes.result", "stian", {"attempt_id": place.attempts[people.stian, "pre"]}),
        Visit("quizzes.result", "geir", {"attempt_id": place.attempts[people.geir, "post"]}),
        *(Visit("holder.path", who) for who in ("kari", "geir", "sonja")),
        Visit("holder.certificate", "geir", valid),
        Visit("holder.certificate", "sonja", {"certificate_id": suspended}),
        Visit("holder.certificate", "geir", {**valid, "sprak": "en"}),
        Visit("holder.certificate", "knut", {**valid, "dag": PAST}),
        Visit("holder.certificate", "geir", {**valid, "dag": LONG_PAST}),
        *(Visit("planned.index", who) for who in ("knut", "sonja", "siri")),
        Visit("planned.index", "knut", {"slag": "digest", "holdt": "ja"}),
        *(Visit("planned.show", "knut", {"key": key}) for key in place.mails),
        Visit("planned.show", "knut", {"key": place.mails[0]}, button="Hold tilbake", status=422),
        *(Visit("checks.index", who) for who in ("geir", "terje", "stian")),
        Visit("checks.show", "geir", {"check_id": there.check}),
        Visit("checks.show", "terje", {"check_id": place.answered}),
        Visit("checks.show", "knut", {"check_id": place.begun}),
        Visit("checks.overview", "siri"),
        Visit("participants.index", "knut"),
        Visit("participants.index", "knut", {"vis": "not_begun"}),
        Visit("participants.person", "tone", kari),
        Visit("participants.person", "knut", kari),
        Visit("participants.person", "tone", {"person_id": people.geir}),
        *(Visit("participants.person", "tone", {"person_id": people.geir, "dag": day}) for day in (PAST, TO_COME)),
        Visit("participants.person", "tone", {**kari, "dag": LONG_PAST}),
        *(Visit("assessments.show", who, {"assessment_id": there.assessment}) for who in ("kari", "tone", "knut")),
        Visit("assessments.show", "kari", {"assessment_id": there.assessment}, "Lagre kommentaren", 422),
        *(Visit("assessments.show", who, {"assessment_id": place.assessed}) for who in ("stian", "terje")),
        *(Visit("appeals.index", who) for who in ("kari", "knut", "siri", "sonja", "ari")),
        *(Visit("appeals.show", who, {"appeal_id": there.appeal}) for who in ("kari", "knut", "terje")),
        *(Visit("appeals.show", who, {"appeal_id": place.disputed.asked}) for who in ("sonja", "siri", "knut")),
        *(Visit("appeals.show", "siri", {"appeal_id": case}) for case in (place.disputed.late, place.disputed.decided)),
        Visit("holder.certificate", "siri", {"certificate_id": place.disputed.reinstated}),
        Visit("appeals.show", "terje", {"appeal_id": there.appeal}, "Lagre avgjørelsen", 422),
        Visit("appeals.show", "knut", {"appeal_id": there.appeal}, "Gi saken til denne", 422),
        Visit("appeals.show", "siri", {"appeal_id": place.disputed.late}, "Lagre svaret", 422),
        Visit("appeals.new", "stian", {"ground": "vurdering", "ground_id": place.assessed}, "Send klagen", 422),
        Visit("sheets.show", "tone", {"sheet_id": there.sheet}),
        Visit("sheets.show", "tone", {"sheet_id": there.sheet}, "Lever vurderingen", 422),
        Visit("sheets.show", "terje", {"sheet_id": place.compared}),
        Visit("register.index", "siri"),
        Visit("register.index", "siri", {"q": "ingen som heter det"}),
        *(Visit("register.index", "knut", {"dag": day}) for day in (PAST, TO_COME, LONG_PAST, "i går")),
        Visit("register.decision", "siri", valid),
        Visit("register.decision", "siri", valid, button="Lagre beslutningen", status=422),
        Visit("editions.new", "siri", valid),
        Visit("editions.new", "siri", valid, button="Lag ny utgave", status=422),
        Visit("verification.programme", STRANGER),
        *_of_open_courses(place.opened),
        Visit("verification.index", STRANGER),
        Visit("verification.show", STRANGER, {"code": place.codes[there.certificate]}),
        Visit("verification.show", STRANGER, {"code": place.codes[suspended]}),
        *(
            Visit("verification.show", STRANGER, {"code": code}, status=404)
            for code in ("AAAA-AAAA-AAAA", "HIA-2026-000001")
        ),
        Visit("verification.show", STRANGER, {"code": "no-such-code"}, status=404),
    ]


def _of_open_courses(opened: Opened) -> list[Visit]:
    """The open course from the public page to the certificate, and what the secretariat has of it."""
    topic, certificate = {"course_id": MEASURED}, {"course_certificate_id": opened.certificate.id}
    person, approval = {"person_id": opened.practitioner}, {"approval_id": opened.approval}
    return [
        Visit("courses.course", STRANGER, topic),
        Visit("courses.index", STRANGER),
        Visit("sign_up.apply", STRANGER),
        Visit("sign_up.apply", STRANGER, button="Meld deg på", status=422),
        Visit("sign_up.confirm", STRANGER, {"token": opened.waiting}),
        Visit("sign_up.confirm", STRANGER, {"token": opened.waiting}, "Lagre og gå til kurset", 422),
        Visit("own_hpr.show", "kari"),
        Visit("own_hpr.show", "kari", button="Lagre HPR-nummeret", status=422),
        Visit("own_hpr.show", "geir"),
        Visit("practitioners.index", "siri"),
        Visit("practitioners.person", "siri", person),
        Visit("practitioners.person", "siri", person, button="Lagre rettelsen", status=422),
        *(Visit("course_certificates.index", who) for who in ("geir", "kari", "siri")),
        *(Visit("course_certificates.show", who, certificate) for who in ("geir", "siri")),
        *(Visit("course_approvals.index", who) for who in ("siri", "knut")),
        Visit("course_approvals.approvals", "siri"),
        Visit("course_approvals.approvals", "siri", button="Legg inn godkjenningen", status=422),
        Visit("course_approvals.withdraw", "siri", approval),
        Visit("course_approvals.withdraw", "siri", approval, button="Trekk godkjenningen", status=422),
        Visit("verification.show", STRANGER, {"code": opened.certificate.print_code}),
    ]


def pages(app: Flask) -> set[str]:
    """The endpoints of all pages there are."""
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint not in NOT_PAGES
    }


def address(app: Flask, visit: Visit) -> str:
    """The path of a visit."""
    with app.test_request_context():
        return app.url_map.bind("127.0.0.1").build(visit.endpoint, dict(visit.values))

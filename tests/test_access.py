"""Who gets in where: every endpoint and method against everybody of the cast. A new endpoint without a row fails.

One letter a person, in the order of `COLUMNS`: `.` gets in (whatever the form then says), `s` is asked to sign in,
`4` learns of nothing (404), `3` is refused (403).
"""

from __future__ import annotations

from flask import Flask

from lms.clock import FrozenClock, local_date
from lms.db import Database
from tests import world
from tests.cast import Cast
from tests.clients import Browser
from tests.world import World

COLUMNS = ("stranger", "kari", "mons", "tone", "knut", "geir", "sonja", "terje", "ari", "siri")

TABLE = {
    # stranger · Nord: kari, mons, tone, knut, geir · Sør: sonja, terje · ari, siri
    "POST administration.end_role":          "s333434334",
    "GET administration.index":              "s333.3.33.",
    "GET administration.invitation":         "s333.3.33.",
    "POST administration.invitation":        "s333.3.33.",
    "POST administration.invite_again":      "s333.3433.",
    "GET administration.mail_problems":      "s333.3.33.",
    "GET administration.person":             "s333.3433.",
    "POST administration.person":            "s333.3433.",
    "POST administration.send_again":        "s333434334",
    "GET auth.activate":                     "..........",
    "POST auth.activate":                    "..........",
    "GET auth.forgotten":                    "..........",
    "POST auth.forgotten":                   "..........",
    "GET auth.reset":                        "..........",
    "POST auth.reset":                       "..........",
    "GET auth.sign_in":                      "..........",
    "POST auth.sign_in":                     "..........",
    "POST auth.sign_out":                    "..........",
    "POST checks.choose":                    "s.........",
    "GET checks.index":                      "s.........",
    "GET checks.overview":                   "s33333333.",
    "GET checks.show":                       "s4444.4444",
    "POST checks.start":                     "s4444.4444",
    "GET courses.asset":                     "s444444444",
    "GET courses.course":                    "s.........",
    "GET courses.coverage":                  "s3333333..",
    "POST courses.done":                     "s.444.4444",
    "GET courses.index":                     "..........",
    "GET courses.lesson":                    "s.........",
    "GET courses.sheet":                     "s3333333..",
    "POST courses.start":                    "s.........",
    "POST courses.start_test":               "s.........",
    "GET deliveries.index":                  "s.........",
    "POST deliveries.index":                 "s.........",
    "GET gain.as_csv":                       "s33..3..3.",
    "GET gain.index":                        "s33..3..3.",
    "GET gatherings.new":                    "s33..3..3.",
    "POST gatherings.new":                   "s33..3..3.",
    "GET holder.certificate":                "s44...444.",
    "GET holder.path":                       "s.........",
    "GET holder.pdf":                        "s44...444.",
    "POST home.choose_language":             "..........",
    "GET home.healthz":                      "..........",
    "GET home.home":                         "..........",
    "GET home.me":                           "s.........",
    "POST home.me":                          "s.........",
    "GET home.readyz":                       "..........",
    "POST participants.assess":              "s33.333433",
    "POST participants.exempt":              "s333.3433.",
    "GET items.show":                        "s3333333..",
    "GET participants.index":                "s33..3..3.",
    "POST participants.issue":               "s33..3443.",
    "GET participants.person":               "s33..3443.",
    "GET quizzes.confirm":                   "s.44444444",
    "GET quizzes.paper":                     "s.44444444",
    "GET quizzes.result":                    "s.44444444",
    "POST quizzes.save_one":                 "s.44444444",
    "POST quizzes.save_page":                "s.44444444",
    "GET quizzes.sheet":                     "s.44444444",
    "POST quizzes.submit":                   "s.44444444",
    "GET quizzes_people.extra_time":         "s333.3433.",
    "POST quizzes_people.extra_time":        "s333.3433.",
    "GET register.as_csv":                   "s33..3..3.",
    "GET register.decision":                 "s443.3444.",
    "POST register.decision":                "s443.3444.",
    "GET register.index":                    "s33..3..3.",
    "GET seminars.day":                      "s33..3443.",
    "POST seminars.day":                     "s33..3443.",
    "GET seminars.index":                    "s33..3..3.",
    "GET seminars.new":                      "s33..3..3.",
    "POST seminars.new":                     "s33..3..3.",
    "POST seminars.remove":                  "s33..3443.",
    "GET seminars.seminar":                  "s33..3443.",
    "POST seminars.seminar":                 "s33..3443.",
    "GET static":                            "..........",
    "GET verification.index":                "..........",
    "GET verification.programme":            "..........",
    "GET verification.show":                 "4444444444",
    "POST visits.confirm":                   "s3...4444.",
    "GET visits.index":                      "s.........",
    "GET visits.new":                        "s.........",
    "POST visits.new":                       "s.........",
    "POST standards.close":                  "s4434444..",
    "POST standards.decide":                 "s44344443.",
    "GET standards.index":                   "s3333333..",
    "POST standards.index":                  "s3333333..",
    "POST standards.invite":                 "s4434444..",
    "POST standards.rate":                   "s44.4444.3",
    "GET standards.round_":                  "s44.4444..",
    "POST withdrawals.decide":               "s33333333.",
    "GET withdrawals.index":                 "s3333333..",
    "GET withdrawals.item":                  "s3333333..",
    "POST withdrawals.propose":              "s3333333..",
    "POST withdrawals.withdraw":             "s33333333.",
    "GET administration.correction":         "s333.3433.",
    "POST administration.correction":        "s333.3433.",
    "POST films.agree":                      "s444444444",
    "GET glossary.show":                     "s.........",
    "GET answers.mine":                      "s.........",
    "POST answers.keep":                     "s.........",
    "GET practice.show":                     "s444444444",
    "POST practice.show":                    "s444444444",
    "POST deliveries.confirm":              "s.44444444",
    "GET deliveries.correct":               "s4444.4444",
    "POST deliveries.correct":              "s4444.4444",
    "GET deliveries.deny":                  "s.44444444",
    "POST deliveries.deny":                 "s.44444444",
    "POST deliveries.separate":             "s4444.4444",
    "POST deliveries.strike":               "s4444.4444",
    "POST delivery_import.apply":           "s4444.4444",
    "GET delivery_import.index":            "s.........",
    "POST delivery_import.index":           "s.........",
    "GET delivery_import.template":         "s.........",
    "GET follow_up.answer":                 "4444444444",
    "POST follow_up.answer":                "4444444444",
    "GET follow_up.index":                  "s.4...4444",
    "POST follow_up.index":                 "s.4...4444",
    "GET follow_up.sheet":                  "s.4...4444",
    "GET follow_up.thanks":                 "4444444444",
    "GET gathering_plans.attendance":       "s33..3444.",
    "POST gathering_plans.attendance":      "s33..3444.",
    "POST gathering_plans.cancel":          "s33..3444.",
    "GET gathering_plans.index":            "s.........",
    "GET gathering_plans.plan":             "s33..3..3.",
    "POST gathering_plans.plan":            "s33..3..3.",
    "GET gathering_plans.show":             "s.....444.",
    "POST gathering_plans.sign_off":        "s.....444.",
    "POST gathering_plans.sign_up":         "s3333.4443",
    "POST guidance.agree":                  "s.4..4444.",
    "POST guidance.decline":                "s.4..4444.",
    "GET guidance.index":                   "s.........",
    "GET guidance.new":                     "s334434434",
    "POST guidance.new":                    "s334434434",
    "POST guidance.note":                   "s34..4444.",
    "GET guidance.show":                    "s.4..4444.",
    "GET unit_deliveries.as_csv":           "s33..3..33",
    "GET unit_deliveries.index":            "s33..3..33",
}  # fmt: skip


def values_for(people: Cast, there: World) -> dict[str, object]:
    """What stands in for each variable of an address: always something of Nord's, Kari's or Geir's."""
    return {
        "person_id": people.kari,
        "appointment_id": 1,
        "mail_id": 1,
        "token": "no-such-token",
        "digest": "0" * 64,
        "name": "x.svg",
        "course_id": "startopplaering",
        "question_id": there.question,
        "round_id": there.round,
        "lesson_id": "rygg-fra-skjor-til-sterk",
        "module_id": "rygg",
        "form": "pre",
        "letter": "A",
        "certificate_id": there.certificate,
        "check_id": there.check,
        "attempt_id": there.attempt,
        "position": 1,
        "seminar_id": there.seminar,
        "day_id": there.day,
        "visit_id": there.visit,
        "delivery_id": there.delivery,
        "import_id": there.rehearsed,
        "agreement_id": there.agreement,
        "guidance_visit_id": there.guidance_visit,
        "gathering_id": there.gathering,
        "locale": "nb",
        "code": "no-such-code",
        "filename": "app.css",
    }


def letter(browser: Browser, method: str, path: str) -> str:
    """What a person meets at an address."""
    answer = browser.get(path, buffered=True) if method == "GET" else browser.post(path)
    if answer.status_code == 303 and answer.location.startswith("/logg-inn"):
        return "s"
    assert answer.status_code < 500 or path == "/readyz", f"{method} {path}: {answer.status_code}"
    return {403: "3", 404: "4"}.get(answer.status_code, ".")


def test_everybody_gets_in_where_they_should_and_nowhere_else(
    app: Flask, database: Database, people: Cast, library: None, clock: FrozenClock
) -> None:
    with app.test_request_context(), database.transaction() as session:
        there = world.build(session, people, local_date(clock.now()))
    browsers = {
        name: Browser(app) if name == "stranger" else Browser(app).sign_in_as(database, getattr(people, name))
        for name in COLUMNS
    }
    for browser in browsers.values():
        browser.get("/logg-inn")
    found: dict[str, str] = {}
    with app.test_request_context():
        addresses = app.url_map.bind("127.0.0.1")
    rules = sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint == "auth.sign_out", rule.endpoint))
    for rule in rules:
        values = {name: values_for(people, there)[name] for name in rule.arguments}
        path = addresses.build(rule.endpoint, values)
        for method in sorted(rule.methods & {"GET", "POST"}):  # type: ignore[operator]
            met = "".join(letter(browsers[name], method, path) for name in COLUMNS)
            found[f"{method} {rule.endpoint}"] = met
    assert found == TABLE

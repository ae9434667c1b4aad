"""Mails about appeals: to who appeals, to who handles it, to who decided before."""

from __future__ import annotations

from datetime import date

from certificates import appeal_mails as mails
from certificates.appeals import About, AppealState, Ground, Outcome
from certificates.models.appeals import Appeal, AppealEnding
from certificates.queries.appeals import Case
from certificates.queries.decisions import Decision
from lms.clock import at_local
from tests.mail_samples.ground import NOW, REASON, Write

WHOSE = "Stian <Aasland> & sønn"
TITLES = {About.ASSESSMENT: "", About.POST_TEST: "Startopplæring <høst>"}
GROUNDS = {About.ASSESSMENT: Ground.ASSESSMENT, About.POST_TEST: Ground.ADJUSTMENT}


def case(about: About, *, late: bool = False, ended: AppealEnding | None = None) -> Case:
    """An appeal as the mails see it."""
    decided = date(2026, 11, 16)
    decision = Decision(
        ground=GROUNDS.get(about, Ground.EVENT),
        ground_id=31,
        about=about,
        person_id=9,
        programme="instruktor",
        actor_id=2,
        actor="Tone <T> Bjørnevik",
        reason=REASON,
        decided_at=at_local(decided, 12),
        decided_on=decided,
        effective_on=decided,
        title=TITLES.get(about, "HIA-2026-00417"),
        certificate_id=417,
        attempt_id=None,
        approved=False,
        is_newest=True,
        appeal_through=date(2026, 12, 7),
        answer_weeks=6,
    )
    return Case(
        row=Appeal(id=12, person_id=9, answer_by=date(2027, 1, 4)),
        name=WHOSE,
        decision=decision,
        state=AppealState.LATE if late else AppealState.UNASSIGNED,
        told=(),
        handler_id=None,
        handler="",
        ending=ended,
        ended_by="",
        files=(),
    )


def received(about: About, *, late: bool = False) -> Write:
    return lambda session, person: mails.received(session, case(about, late=late), person, now=NOW)


def made(about: About, *, late: bool = False) -> Write:
    return lambda session, person: mails.made(session, case(about, late=late), person, now=NOW)


def assigned(about: About) -> Write:
    return lambda session, person: mails.assigned(session, case(about), person, now=NOW)


def progress(what: str, words: str = "", by: str = "") -> Write:
    return lambda session, person: mails.progress(
        session, case(About.SUSPENDED), person, what=what, words=words, by=by, now=NOW
    )


def told(what: str, words: str = "") -> Write:
    return lambda session, person: mails.told(session, case(About.REVOKED), person, what=what, words=words, now=NOW)


def decided(about: About, outcome: Outcome, *, own: bool = True) -> Write:
    undone = outcome is not Outcome.UPHELD and about in {About.SUSPENDED, About.REVOKED}
    on = date(2026, 11, 16) if outcome is Outcome.GRANTED else date(2026, 11, 20)
    ending = AppealEnding(outcome=outcome, words=REASON, effective_on=on if undone else None)
    return lambda session, person: mails.decided(session, case(about, ended=ending), person, own=own, now=NOW)


MAILS: dict[str, Write] = {
    "appeal_received": received(About.SUSPENDED),
    "appeal_received-assessment": received(About.ASSESSMENT),
    "appeal_received-late": received(About.REVOKED, late=True),
    "appeal_made": made(About.ASSESSMENT),
    "appeal_made-certificate": made(About.SUSPENDED),
    "appeal_made-late": made(About.REVOKED, late=True),
    "appeal_assigned": assigned(About.ASSESSMENT),
    "appeal_assigned-certificate": assigned(About.REVOKED),
    "appeal_progress-assigned": progress("assigned", by="Sonja & Lunde"),
    "appeal_progress-asked": progress("asked", "Var du der <hele> dagen?\nOg hvem ledet?", by="Sonja & Lunde"),
    "appeal_progress-admitted": progress("admitted", "Du lå syk."),
    "appeal_progress-inadmissible": progress("inadmissible", "Du fikk beskjeden i tide."),
    "appeal_progress-delayed": progress("delayed"),
    "appeal_told-answered": told("answered", "Ja, hele <dagen>."),
    "appeal_told-withdrawn": told("withdrawn"),
    "appeal_told-recused": told("recused", "Jeg ga grunnlaget."),
    "appeal_told-soon": told("soon"),
    "appeal_told-over": told("over"),
    "appeal_decided-upheld": decided(About.ASSESSMENT, Outcome.UPHELD),
    "appeal_decided-new": decided(About.ASSESSMENT, Outcome.GRANTED),
    "appeal_decided-upheld-assessor": decided(About.ASSESSMENT, Outcome.UPHELD, own=False),
    "appeal_decided-new-assessor": decided(About.ASSESSMENT, Outcome.GRANTED, own=False),
    "appeal_decided-suspended": decided(About.SUSPENDED, Outcome.GRANTED),
    "appeal_decided-suspended-partly": decided(About.SUSPENDED, Outcome.PARTLY),
    "appeal_decided-revoked": decided(About.REVOKED, Outcome.GRANTED),
    "appeal_decided-revoked-partly": decided(About.REVOKED, Outcome.PARTLY),
    "appeal_decided-revoked-partly-decider": decided(About.REVOKED, Outcome.PARTLY, own=False),
    "appeal_decided-suspended-decider": decided(About.SUSPENDED, Outcome.GRANTED, own=False),
    "appeal_decided-corrected": decided(About.CORRECTED, Outcome.GRANTED),
    "appeal_decided-test": decided(About.POST_TEST, Outcome.GRANTED),
}

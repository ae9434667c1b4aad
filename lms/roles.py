"""Who may do what: the one table. A role is held in a unit, from a day to a day; everyone signed in is a participant.

`Scope` says how far a permission reaches: the own record, the unit of the appointment with the units below it,
or the whole country. The `access` rooms of the features ask `Viewer.may` with it; nothing else decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """The roles of DOMAIN.md 1."""

    PARTICIPANT = "participant"
    OPEN_PARTICIPANT = "open_participant"  # signed up for an open course, belongs to no unit
    MENTOR = "mentor"
    TRAINER = "trainer"
    COORDINATOR = "coordinator"
    AUTHOR = "author"
    SECRETARIAT = "secretariat"


class Scope(StrEnum):
    """How far a permission reaches."""

    OWN = "own"
    UNIT = "unit"
    ALL = "all"


class Act(StrEnum):
    """What can be done on the platform, where a right is needed for it."""

    LEARN = "learn"  # take courses and their tests, see the own path and certificates
    LOG_DELIVERIES = "log_deliveries"  # enter workplace presentations of one's own
    SEE_DELIVERIES = "see_deliveries"  # presentations of people in one's units, with companies: never the whole country
    CONFIRM_VISITS = "confirm_visits"  # confirm observation visits made with oneself as mentor
    RUN_SEMINARS = "run_seminars"  # plan seminars, seat participants, record attendance
    RECORD_VISITS = "record_visits"  # enter observation visits for participants
    ASSESS = "assess"  # assess and approve; never oneself, never one's own mentee
    ASSIGN_APPEALS = "assign_appeals"  # find an assessor who was not involved to look at an appeal
    EXEMPT = "exempt"  # exempt a person from a requirement, with a reason
    DECIDE_CERTIFICATES = "decide_certificates"  # suspend, lift, revoke
    SEE_GAIN = "see_gain"  # what groups have learnt, without names
    SEE_REGISTER = "see_register"  # who is certified, and every participant's path
    INVITE = "invite"  # invite people into a unit
    APPOINT = "appoint"  # give and end roles in units
    GRANT_EXTRA_TIME = "grant_extra_time"  # give a person more time for tests; never asked why
    SEE_MAIL_PROBLEMS = "see_mail_problems"  # refused addresses
    PLAN_MAILS = "plan_mails"  # see the mails of the days ahead, and hold one back
    PREVIEW_CONTENT = "preview_content"  # see drafts and item coverage
    PUBLISH_CONTENT = "publish_content"
    WITHDRAW_ITEMS = (
        "withdraw_items"  # withdraw a faulty question, decide on a pass whose score then lies below the mark
    )
    SET_STANDARDS = "set_standards"  # open rounds of judges on a pass mark, and invite the judges
    DECIDE_STANDARDS = "decide_standards"  # which pass mark follows from a round
    SEE_AUDIT = "see_audit"
    DEFINE_PROGRAMMES = "define_programmes"  # propose and accept versions of programmes
    IMPORT_CERTIFICATES = "import_certificates"  # certificates issued before this platform
    SEE_COURSE_NUMBERS = "see_course_numbers"  # how many in one's region have taken the open courses, without names
    LOOK_AFTER_PRACTITIONERS = "look_after_practitioners"  # those who signed up themselves, and what they have taken
    APPROVE_COURSES = "approve_courses"  # enter that a course is approved for the specialist's further education
    SEE_RETENTION = "see_retention"  # what fades after the certificate, in groups of five or more


MAY: Mapping[Role, Mapping[Act, Scope]] = MappingProxyType(
    {
        Role.PARTICIPANT: {Act.LEARN: Scope.OWN, Act.LOG_DELIVERIES: Scope.OWN},
        Role.OPEN_PARTICIPANT: {Act.LEARN: Scope.OWN},
        Role.MENTOR: {Act.CONFIRM_VISITS: Scope.OWN},
        Role.TRAINER: {
            Act.RUN_SEMINARS: Scope.UNIT,
            Act.RECORD_VISITS: Scope.UNIT,
            Act.ASSESS: Scope.UNIT,
            Act.SEE_REGISTER: Scope.UNIT,
            Act.SEE_DELIVERIES: Scope.UNIT,
            Act.SEE_GAIN: Scope.UNIT,
        },
        Role.COORDINATOR: {
            Act.RUN_SEMINARS: Scope.UNIT,
            Act.RECORD_VISITS: Scope.UNIT,
            Act.ASSIGN_APPEALS: Scope.UNIT,
            Act.EXEMPT: Scope.UNIT,
            Act.DECIDE_CERTIFICATES: Scope.UNIT,
            Act.SEE_REGISTER: Scope.UNIT,
            Act.SEE_DELIVERIES: Scope.UNIT,
            Act.SEE_GAIN: Scope.UNIT,
            Act.INVITE: Scope.UNIT,
            Act.APPOINT: Scope.UNIT,
            Act.GRANT_EXTRA_TIME: Scope.UNIT,
            Act.SEE_MAIL_PROBLEMS: Scope.UNIT,
            Act.SEE_COURSE_NUMBERS: Scope.UNIT,
            Act.PLAN_MAILS: Scope.UNIT,
        },
        Role.AUTHOR: {Act.PREVIEW_CONTENT: Scope.ALL, Act.SET_STANDARDS: Scope.ALL},
        Role.SECRETARIAT: {
            Act.ASSIGN_APPEALS: Scope.ALL,
            Act.EXEMPT: Scope.ALL,
            Act.DECIDE_CERTIFICATES: Scope.ALL,
            Act.SEE_REGISTER: Scope.ALL,
            Act.SEE_GAIN: Scope.ALL,
            Act.INVITE: Scope.ALL,
            Act.APPOINT: Scope.ALL,
            Act.GRANT_EXTRA_TIME: Scope.ALL,
            Act.SEE_MAIL_PROBLEMS: Scope.ALL,
            Act.PLAN_MAILS: Scope.ALL,
            Act.PREVIEW_CONTENT: Scope.ALL,
            Act.PUBLISH_CONTENT: Scope.ALL,
            Act.WITHDRAW_ITEMS: Scope.ALL,
            Act.SET_STANDARDS: Scope.ALL,
            Act.DECIDE_STANDARDS: Scope.ALL,
            Act.SEE_AUDIT: Scope.ALL,
            Act.DEFINE_PROGRAMMES: Scope.ALL,
            Act.IMPORT_CERTIFICATES: Scope.ALL,
            Act.SEE_RETENTION: Scope.ALL,
            Act.SEE_COURSE_NUMBERS: Scope.ALL,
            Act.LOOK_AFTER_PRACTITIONERS: Scope.ALL,
            Act.APPROVE_COURSES: Scope.ALL,
            Act.RUN_SEMINARS: Scope.ALL,
            Act.RECORD_VISITS: Scope.ALL,
        },
    }
)

# Which roles an appointer may hand out: nobody can make a colleague more powerful than the own level.
MAY_APPOINT: Mapping[Role, frozenset[Role]] = MappingProxyType(
    {
        Role.COORDINATOR: frozenset({Role.MENTOR, Role.TRAINER}),
        Role.SECRETARIAT: frozenset({Role.MENTOR, Role.TRAINER, Role.COORDINATOR, Role.AUTHOR, Role.SECRETARIAT}),
    }
)

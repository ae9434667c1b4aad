"""What this feature hands to the roof: pages, nightly steps, links, home panels, sentences."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from certificates import badge_commands, calendar, commands, course_panels, import_commands, jobs, panels, unreached
from certificates.demo import commands as demo
from certificates.doctor import examination
from certificates.models.seals import SEALED
from certificates.queries.course_certificates import carries_hpr
from certificates.queries.issued import holders
from certificates.queries.programmes import main_programme
from certificates.services.course_certificates import hear
from certificates.services.programmes import store_shipped
from certificates.simulation.commands import simulate
from certificates.views import (
    appeals,
    assessed,
    assessment,
    badges,
    booking,
    checks,
    course_approvals,
    course_certificates,
    editions,
    holder,
    importing,
    planned,
    programmes,
    register,
    sheets,
    verification,
)
from certificates.wording.appeals import APPEALS
from certificates.wording.courses import COURSES
from certificates.wording.decisions import SENTENCES
from certificates.wording.documents import SENTENCES as OF_DOCUMENTS
from certificates.wording.planned import PLANNED
from certificates.wording.policy import POLICY
from certificates.wording.rules import WORDING
from lms.features import Feature, Link
from lms.roles import Act
from lms.viewer import Viewer


def navigation(viewer: Viewer) -> Sequence[Link]:
    """The own way for everybody, first for who comes for it; the participants and the register for who has some."""
    if viewer.only_open_courses:
        return (Link(_l("Mine kursbevis"), "course_certificates.index"),)
    looks_after = bool(viewer.may(Act.SEE_REGISTER))
    links = [Link(_l("Min vei"), "holder.path", order=50 if looks_after else 10)]
    if looks_after:
        links += [Link(_l("Deltakere"), "participants.index"), Link(_l("Register"), "register.index")]
    return links


def instructors(session: Session, person_ids: Collection[int], on: date) -> frozenset[int]:
    """Who of these people holds an instructor certificate."""
    return holders(session, main_programme(session).id, person_ids, on=on)


FEATURE = Feature(
    name="certificates",
    blueprints=(
        holder.blueprint,
        badges.blueprint,
        checks.blueprint,
        booking.blueprint,
        assessment.blueprint,
        sheets.blueprint,
        assessed.blueprint,
        appeals.blueprint,
        register.blueprint,
        editions.blueprint,
        planned.blueprint,
        verification.blueprint,
        course_certificates.blueprint,
        course_approvals.blueprint,
        programmes.blueprint,
        importing.blueprint,
    ),
    commands=(commands.programme, import_commands.certificates, badge_commands.badges, simulate, demo.demo),
    jobs=jobs.JOBS,
    navigation=navigation,
    calendar=(calendar.dues,),
    panels=(
        panels.own,
        panels.seats,
        panels.appealed,
        panels.check,
        panels.assessing,
        panels.appeals,
        panels.waiting,
        panels.numbers,
        unreached.panel,
    ),
    own_pages=(
        Link(_l("Kursene mine og kursbevis"), "course_certificates.index"),
        Link(_l("Klager"), "appeals.index"),
    ),
    open_blueprints=frozenset({"course_certificates", "verification"}),
    open_panels=(course_panels.own,),
    course_panels=(course_panels.of_course,),
    after_handing_in=(hear,),
    keeps_hpr=carries_hpr,
    people_notes=(unreached.notes,),
    wording={
        **WORDING,
        **SENTENCES,
        **POLICY,
        **OF_DOCUMENTS,
        **APPEALS,
        **COURSES,
        **PLANNED,
    },
    renamed=(editions.follow_new_name,),
    sealed=SEALED,
    checks=(examination.check,),
    instructors=instructors,
    installed=store_shipped,
)

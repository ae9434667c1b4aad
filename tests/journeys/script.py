"""What both journeys share: the days on which things happen, and the answers a well-prepared participant gives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.compiling import CompiledCourse, compile_course
from courses.drafts import Draft
from quizzes.models import AttemptItem, QuestionVersion
from quizzes.questions import from_document
from tests import kept

NEWCOMER = "nina.ny@nav.example"
NAME = "Nina Øyen Ny"
PASSWORD = "en setning som er lang nok"
FIRST_DAY = date(2026, 11, 23)
PART_1 = tuple(FIRST_DAY + timedelta(days=n) for n in (14, 15, 16))
PART_2 = tuple(FIRST_DAY + timedelta(days=n) for n in (45, 46))
VISITS = ((PART_1[2] + timedelta(days=7), "muskel_skjelett"), (PART_1[2] + timedelta(days=14), "psykisk_helse"))
APPROVED = PART_2[1] + timedelta(days=3)  # 11 January 2027
SHORT = {
    "rygg-og-nakke": {"ryggens-robusthet": 2, "smerte-uten-skade": 2, "aktiv-med-plager": 1},
    "psykisk-helse": {"vanlige-psykiske-plager": 2, "angst-og-unngaelse": 1, "arbeid-og-mestring": 2},
}
VALID_THROUGH = date(2030, 1, 10)


def right_answers(session: Session, attempt_id: int) -> Mapping[int, tuple[str, ...]]:
    """The right answers as the form posts them, by position: what the participant knows, and no page has told."""
    rows = session.execute(
        select(AttemptItem.position, QuestionVersion.document)
        .join(QuestionVersion, QuestionVersion.id == AttemptItem.question_version_id)
        .where(AttemptItem.attempt_id == attempt_id)
    ).all()
    return {position: tuple(sorted(from_document(document).right_response)) for position, document in rows}


def shortened(draft: Draft) -> CompiledCourse:
    """The shipped course with two of its modules and ten questions: enough for one who clicks through all of it."""
    modules = tuple(module for module in draft.course.modules if module.id in SHORT)
    wanted = {objective: count for module, counts in SHORT.items() for objective, count in counts.items()}
    objectives = tuple(one for one in draft.course.objectives if one.id in wanted)
    course = replace(draft.course, modules=modules, objectives=objectives, blueprint=tuple(wanted.items()))
    (compiled,) = compile_course(course, kept.render).items
    return compiled


def norwegian(day: date) -> str:
    """22.11.2026."""
    return f"{day:%d.%m.%Y}"


def printed_code(words: str) -> str:
    """The code a person types, among the words of a certificate: three groups of four letters and digits."""
    (code,) = set(re.findall(r"(?<!\S)[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}(?!\S)", words))
    return str(code)

"""What both journeys share: the days on which things happen, and the answers a well-prepared participant gives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizzes.models import AttemptItem, QuestionVersion
from quizzes.questions import from_document

NEWCOMER = "nina.ny@nav.example"
NAME = "Nina Øyen Ny"
PASSWORD = "en setning som er lang nok"
FIRST_DAY = date(2026, 11, 23)
PART_1 = tuple(FIRST_DAY + timedelta(days=n) for n in (14, 15, 16))
PART_2 = tuple(FIRST_DAY + timedelta(days=n) for n in (45, 46))
VISITS = ((PART_1[2] + timedelta(days=7), "muskel_skjelett"), (PART_1[2] + timedelta(days=14), "psykisk_helse"))
APPROVED = PART_2[1] + timedelta(days=3)  # 11 January 2027
VALID_THROUGH = date(2030, 1, 10)


def right_answers(session: Session, attempt_id: int) -> Mapping[int, tuple[str, ...]]:
    """The keys of the right options, by position: what the participant knows, and no page has told."""
    rows = session.execute(
        select(AttemptItem.position, QuestionVersion.document)
        .join(QuestionVersion, QuestionVersion.id == AttemptItem.question_version_id)
        .where(AttemptItem.attempt_id == attempt_id)
    ).all()
    return {position: tuple(sorted(from_document(document).right_keys)) for position, document in rows}


def norwegian(day: date) -> str:
    """22.11.2026."""
    return f"{day:%d.%m.%Y}"


def printed_code(words: str) -> str:
    """The code a person types, among the words of a certificate: three groups of four letters and digits."""
    (code,) = set(re.findall(r"(?<!\S)[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}(?!\S)", words))
    return str(code)

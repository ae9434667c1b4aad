"""What follows here when a person's registered name has been changed in administration."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from certificates.access.certificates import may_decide
from certificates.queries.issued import renamed
from certificates.services.issuing import lock_person
from certificates.services.reissuing import reissue_renamed
from lms.clock import local_date
from lms.viewer import Viewer


def follow(session: Session, viewer: Viewer, person_id: int, now: datetime) -> Sequence[str]:
    """Re-issue the person's certificates in the new name, or say that somebody else must."""
    person, today = lock_person(session, person_id), local_date(now)
    waiting = renamed(session, person_id, on=today)
    if not all(may_decide(session, viewer, each, on=today) for each in waiting):
        return [
            _(
                "Sertifikatet %(number)s er fortsatt i det gamle navnet. Be en annen koordinator om en ny utgave.",
                number=each.number,
            )
            for each in waiting
        ]
    return [
        _("Sertifikatet %(number)s er utstedt på nytt i det nye navnet.", number=each.number)
        for each in reissue_renamed(session, person, actor_id=viewer.person_id, now=now)
    ]

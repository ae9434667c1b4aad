"""What a stage of reminders is called, for any number of days."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from certificates.programme import Stage


def stage_name(stage: str) -> str:
    """The stage in words: when the reminder is sent."""
    days = Stage(stage).days_before
    if days is None:
        return str(_("når resertifiseringen åpner"))
    if days == 0:
        return str(_("den dagen sertifikatet ikke lenger gjelder"))
    days_before = ngettext(
        "%(num)s dag før sertifikatet ikke lenger gjelder", "%(num)s dager før sertifikatet ikke lenger gjelder", days
    )
    return str(days_before)

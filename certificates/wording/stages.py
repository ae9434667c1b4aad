"""What the planned mails are called: a reminder for any number of days, a check, a reminder before part 2, a digest."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from certificates.planned import MailKind
from certificates.programme import Stage
from lms import formatting


def stage_name(stage: str) -> str:
    """The stage of a reminder in words: when it is sent."""
    days = Stage(stage).days_before
    if days is None:
        return str(_("når resertifiseringen åpner"))
    if days == 0:
        return str(_("den dagen sertifikatet ikke lenger gjelder"))
    counted = ngettext(
        "%(num)s dag før sertifikatet ikke lenger gjelder", "%(num)s dager før sertifikatet ikke lenger gjelder", days
    )
    return str(counted)


def kind_name(kind: str) -> str:
    """What a kind of planned mail is called."""
    names = {
        MailKind.REMINDER: _("Påminnelse om sertifikatet"),
        MailKind.CHECK: _("Tilbud om kunnskapssjekk"),
        MailKind.VISITS: _("Påminnelse om hospitering"),
        MailKind.DIGEST: _("Månedens oversikt"),
    }
    return str(names[MailKind(kind)])


def mail_name(kind: str, stage: str) -> str:
    """Which one of its kind a mail is."""
    if kind == MailKind.REMINDER:
        return stage_name(stage)
    if kind == MailKind.DIGEST:
        return str(_("for måneden som begynner %(day)s", day=formatting.day(date.fromisoformat(stage))))
    if kind == MailKind.CHECK:
        months = ngettext("%(num)s måned etter", "%(num)s måneder etter", int(stage))
        return str(months)
    return str(ngettext("%(num)s dag før del 2", "%(num)s dager før del 2", int(stage)))

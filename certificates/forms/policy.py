"""Forms for versions of programmes and for imports."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, TextAreaField

from lms.forms import TEXT_LENGTH_MAX, Form, at_most, not_blank, stripped

SOURCE_LENGTH_MAX = 200_000


class ProposalForm(Form):
    """The text of a programme, typed or as a file; a file is taken before what is typed."""

    source = TextAreaField(_l("Programmet som tekst"), [at_most(SOURCE_LENGTH_MAX)])
    file = FileField(_l("Eller velg en fil"))


class AcceptForm(Form):
    """Why a version is accepted, and what was shown when it was decided."""

    note = TextAreaField(
        _l("Hvorfor?"),
        [not_blank(), at_most(TEXT_LENGTH_MAX)],
        filters=[stripped],
        description=_l("Står i listen over versjoner sammen med navnet ditt."),
    )
    seen = HiddenField()


class SheetForm(Form):
    """A spreadsheet."""

    sheet = FileField(_l("Regneark"), [FileRequired(message=_l("Velg en fil."))])

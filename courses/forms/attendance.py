"""Forms about attendance: the code typed in the room."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField

from lms.forms import Form, at_most, required, stripped

CODE_LENGTH_MAX = 20  # with blanks and hyphens as people type them


class CodeForm(Form):
    """The code shown in the room."""

    kode = StringField(_l("Koden som vises i rommet"), [required(), at_most(CODE_LENGTH_MAX)], filters=[stripped])

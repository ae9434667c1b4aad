"""The form a code is typed into."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField

from certificates.numbering import TYPED_LENGTH_MAX
from lms.forms import Form, at_most, not_blank, stripped

CYCLES_MAX = 99  # three years each


class VerifyForm(Form):
    """A code from a certificate."""

    kode = StringField(
        _l("Kontrollkode"),
        [not_blank(), at_most(TYPED_LENGTH_MAX)],
        filters=[stripped],
        description=_l("Koden står nederst på sertifikatet, for eksempel K7PM-4XQT-9RWD."),
    )

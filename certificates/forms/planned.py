"""The form for holding a planned mail back."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField

from lms.forms import TEXT_LENGTH_MAX, Form, at_most, not_blank, stripped


class HoldForm(Form):
    """Why a mail is held back."""

    reason = TextAreaField(
        _l("Hvorfor skal den holdes tilbake?"),
        [not_blank(), at_most(TEXT_LENGTH_MAX)],
        filters=[stripped],
        description=_l(
            "Står sammen med navnet ditt her, i månedens oversikt og på sertifikatets side. Skriv ingenting om helse."
        ),
    )

"""Forms about attendance: the code typed in the room, and how a missed day is made up."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField, TextAreaField

from lms.forms import TEXT_LENGTH_MAX, Form, at_most, day_field, not_blank, required, row_id, some_lines, stripped

CODE_LENGTH_MAX = 20  # with blanks and hyphens as people type them


class CodeForm(Form):
    """The code shown in the room."""

    kode = StringField(_l("Koden som vises i rommet"), [required(), at_most(CODE_LENGTH_MAX)], filters=[stripped])


class MakeUpForm(Form):
    """What is agreed: another seminar's same day, or something else that is described."""

    way = RadioField(_l("Hvordan tas dagen igjen?"), [required()])
    what = TextAreaField(
        _l("Hva er avtalt, og hvorfor?"),
        [at_most(TEXT_LENGTH_MAX)],
        filters=[some_lines],
        description=_l(
            "Må fylles ut når det er noe annet enn en dag på en annen samling. Deltakeren ser det du skriver."
        ),
    )
    other = SelectField(_l("Dag på en annen samling"), coerce=row_id, validate_choice=False)


class MadeUpForm(Form):
    """That it was done: when, and what."""

    done_on = day_field(_l("Når ble det gjort?"), required())
    done_what = TextAreaField(
        _l("Hva ble gjort?"),
        [not_blank(), at_most(TEXT_LENGTH_MAX)],
        filters=[some_lines],
        description=_l("Dette blir stående sammen med sertifikatet som grunnlag."),
    )

"""The form for the next edition of a certificate."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import NumberRange

from certificates.editions import EditionKind
from lms.forms import (
    NAME_LENGTH_MAX,
    TEXT_LENGTH_MAX,
    Form,
    at_most,
    not_blank,
    required,
    sector_choices,
    stripped,
)


def kind_choices() -> list[tuple[str, Any]]:
    """Why there is a next edition, in words."""
    return [
        (EditionKind.REISSUED, _l("Innehaveren har fått nytt navn")),
        (EditionKind.CORRECTED, _l("Noe var galt da sertifikatet ble utstedt")),
    ]


class EditionForm(Form):
    """Why there is a next edition, and what it says of the holder. `edition` is the one that is on the screen."""

    edition = IntegerField(validators=[required(), NumberRange(min=1)])
    kind = RadioField(
        _l("Hva er grunnen?"),
        [required()],
        choices=kind_choices,
    )
    name = StringField(_l("Navn"), [not_blank(), at_most(NAME_LENGTH_MAX)], filters=[stripped])
    unit = SelectField(_l("Enhet"), [required()], coerce=int)
    sector = RadioField(_l("Sektor"), [required()], choices=sector_choices)
    reason = TextAreaField(
        _l("Begrunnelse"),
        [not_blank(), at_most(TEXT_LENGTH_MAX)],
        filters=[stripped],
        description=_l("Innehaveren får begrunnelsen og navnet ditt. Skriv ingenting om helse."),
    )

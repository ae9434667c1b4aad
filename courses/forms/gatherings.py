"""The form of a gathering."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    RadioField,
    StringField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice

from courses.forms.seminars import PeopleForm
from courses.seminars import GatheringKind
from lms.forms import (
    NAME_LENGTH_MAX,
    at_most,
    day_field,
    not_after,
    not_blank,
    required,
    stripped,
)
from lms.web import request_today


class GatheringForm(PeopleForm):
    """A gathering and who took part."""

    title = StringField(_l("Navn på samlingen"), [not_blank(), at_most(NAME_LENGTH_MAX)], filters=[stripped])
    on = day_field(_l("Dato"), required(), not_after(request_today))
    kind = RadioField(
        _l("Type"),
        [required()],
        choices=[
            SelectChoice(GatheringKind.FURTHER_TRAINING, _l("Videreutdanning")),
            SelectChoice(GatheringKind.NETWORK, _l("Nettverkssamling")),
        ],
        default=GatheringKind.FURTHER_TRAINING,
    )

    def validate_person(self, field: Any) -> None:
        """Somebody took part."""
        if not field.data:
            raise ValidationError(gettext("Kryss av for minst én person."))

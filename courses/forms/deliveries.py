"""The form of a delivery."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    HiddenField,
    IntegerField,
    RadioField,
    StringField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from courses.forms.visits import module_choices
from courses.visits import DeliveryModel, DeliveryReport, ModuleKind
from lms.forms import (
    NAME_LENGTH_MAX,
    Form,
    at_most,
    between,
    day_field,
    not_after,
    not_blank,
    required,
    stripped,
)
from lms.web import request_today

PEOPLE_MAX = 10_000
DURATION_MINUTES_MAX = 600
ENTRY_LENGTH_MAX = 64


class DeliveryForm(Form):
    """A delivery, short enough for a phone on the way out of the door. `entry` is made with the form."""

    entry = HiddenField(validators=[not_blank(), at_most(ENTRY_LENGTH_MAX)], filters=[stripped])
    on = day_field(_l("Dato"), required(), not_after(request_today))
    company = StringField(_l("Bedrift"), [not_blank(), at_most(NAME_LENGTH_MAX)], filters=[stripped])
    module = RadioField(_l("Modul"), [required()], choices=module_choices)
    model = RadioField(
        _l("Modell"),
        [required()],
        choices=[
            SelectChoice(DeliveryModel.ONE, _l("Modell 1, en time")),
            SelectChoice(DeliveryModel.TWO, _l("Modell 2, halvannen time")),
        ],
        coerce=int,
    )
    employees = IntegerField(_l("Ansatte"), [required(), between(0, PEOPLE_MAX)])
    leaders = IntegerField(_l("Ledere"), [required(), between(0, PEOPLE_MAX)])
    minutes = IntegerField(
        _l("Varighet i minutter"),
        [Optional(), between(1, DURATION_MINUTES_MAX)],
        description=_l("La stå tomt når presentasjonen fulgte modellen: 60 minutter for modell 1, 90 for modell 2."),
    )

    def validate_employees(self, field: Any) -> None:
        """Somebody listened."""
        if field.data == 0 and self.leaders.data == 0:
            raise ValidationError(gettext("Minst én må ha deltatt."))

    def report(self) -> DeliveryReport:
        """The delivery as logged."""
        return DeliveryReport(
            on=self.on.data,
            company=self.company.data,
            module=ModuleKind(self.module.data),
            model=DeliveryModel(self.model.data),
            employees=self.employees.data,
            leaders=self.leaders.data,
            minutes=self.minutes.data,
        )

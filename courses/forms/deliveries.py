"""The forms of a delivery."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from courses.companies import organisation_number, spaced
from courses.forms.visits import module_choices
from courses.visits import STANDARD_MINUTES, DeliveryModel, DeliveryReport, ModuleKind
from lms.forms import (
    NAME_LENGTH_MAX,
    Form,
    at_most,
    between,
    day_field,
    not_after,
    not_blank,
    required,
    some_lines,
    stripped,
)
from lms.verdict import No
from lms.web import request_today
from lms.wording import say

PEOPLE_MAX = 10_000
DURATION_MINUTES_MAX = 600
ENTRY_LENGTH_MAX = 64
ORG_NUMBER_LENGTH_MAX = 30
COMMENT_LENGTH_MAX = 500
ALONE = 0


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
    partner = SelectField(_l("Partner"), coerce=int, default=ALONE)
    org_number = StringField(
        _l("Organisasjonsnummer"), [Optional(), at_most(ORG_NUMBER_LENGTH_MAX)], filters=[stripped]
    )
    minutes = IntegerField(
        _l("Varighet i minutter"),
        [Optional(), between(1, DURATION_MINUTES_MAX)],
        description=_l("La stå tomt når presentasjonen fulgte modellen: 60 minutter for modell 1, 90 for modell 2."),
    )

    def offer(self, partners: Sequence[tuple[int, str]]) -> None:
        """The partners to choose among."""
        nobody = SelectChoice(ALONE, gettext("Ingen, eller en som ikke står i listen"))
        self.partner.choices = [nobody, *(SelectChoice(*partner) for partner in partners)]

    def begin_with(self, report: DeliveryReport) -> None:
        """Show a delivery as it stands."""
        self.on.data, self.company.data, self.module.data = report.on, report.company, report.module
        self.model.data, self.employees.data, self.leaders.data = report.model, report.employees, report.leaders
        self.partner.data = report.partner_id or ALONE
        self.org_number.data = spaced(report.org_number) if report.org_number else ""
        usual = STANDARD_MINUTES[report.model]
        self.minutes.data = report.duration_minutes if report.duration_minutes != usual else None

    def validate_employees(self, field: Any) -> None:
        """Somebody listened."""
        if field.data == 0 and self.leaders.data == 0:
            raise ValidationError(gettext("Minst én må ha deltatt."))

    def validate_org_number(self, field: Any) -> None:
        """Nine digits whose last one belongs to the others."""
        if field.data and isinstance(problem := organisation_number(field.data), No):
            raise ValidationError(" ".join(say(reason) for reason in problem.reasons))

    def report(self, numbers: Mapping[str, str | None] | None = None) -> DeliveryReport:
        """The delivery as logged; without an organisation number, the company has the one it had last."""
        typed = organisation_number(self.org_number.data) if self.org_number.data else None
        return DeliveryReport(
            on=self.on.data,
            company=self.company.data,
            module=ModuleKind(self.module.data),
            model=DeliveryModel(self.model.data),
            employees=self.employees.data,
            leaders=self.leaders.data,
            minutes=self.minutes.data,
            org_number=typed if isinstance(typed, str) else (numbers or {}).get(self.company.data),
            partner_id=self.partner.data or None,
        )


class SheetForm(Form):
    """A spreadsheet of deliveries."""

    sheet = FileField(_l("Regneark"), [FileRequired(message=_l("Velg en fil."))])


class DenialForm(Form):
    """Why one was not the partner: the colleague reads it."""

    comment = TextAreaField(
        _l("Hva er galt?"),
        [not_blank(), at_most(COMMENT_LENGTH_MAX)],
        description=_l("Kollegaen din leser dette og kan rette leveransen."),
        filters=[some_lines],
    )

"""Forms of the fieldwork: they hand over days, reports and lists of people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, NumberRange, Optional

from courses.seminars import DAYS_BY_PART, SEATS_DEFAULT, SEATS_MAX, Day, GatheringKind, days_of
from courses.visits import DeliveryModel, DeliveryReport, ModuleKind, VisitReport
from lms.forms import NAME_LENGTH_MAX, Form, at_most, day_field, not_after, required, stripped
from lms.ids import search_key
from lms.web import request_today

NOTE_LENGTH_MAX = 1_000
PEOPLE_MAX = 10_000
DURATION_MINUTES_MAX = 600
ROW_ID_MAX = 2**31 - 1
ENTRY_LENGTH_MAX = 64


class MultiCheckboxField(SelectMultipleField):  # type: ignore[misc]
    """Several of a list, as checkboxes."""

    def pre_validate(self, _form: Any) -> None:
        """Only what was offered, unless the field takes what `access` will check."""
        if self.validate_choice:
            offered = {value for value, *_rest in self.iter_choices()}
            if not offered.issuperset(self.data or ()):
                raise ValidationError(gettext("Velg blant det som står i listen."))


def not_blank() -> DataRequired:
    """The field holds more than blanks; for text with a filter that takes blanks away."""
    return DataRequired(message=_l("Fyll ut dette feltet."))


def some_lines(value: str | None) -> str:
    """A filter: text with its line breaks, without characters nobody can see."""
    return "\n".join(
        "".join(sign for sign in line if sign.isprintable()) for line in (value or "").splitlines()
    ).strip()


def row_id(value: Any) -> int:
    """The number of a row, as a form sends it; anything else is a mistake in the form."""
    number = int(value)
    if not 0 < number <= ROW_ID_MAX:
        raise ValueError("no row has this number")
    return number


def between(least: int, most: int) -> NumberRange:
    """A whole number from `least` to `most`."""
    return NumberRange(min=least, max=most, message=_l("Skriv et tall fra %(min)s til %(max)s."))


def module_choices() -> list[SelectChoice]:
    """The modules with their names."""
    return [
        SelectChoice(ModuleKind.PARTSMODUL, _l("Partsmodul")),
        SelectChoice(ModuleKind.MUSKEL_SKJELETT, _l("Muskel og skjelett")),
        SelectChoice(ModuleKind.PSYKISK_HELSE, _l("Psykisk helse")),
    ]


class SeminarForm(Form):
    """A new seminar: three days in part 1, two in part 2; a part is filled in or left empty as a whole."""

    unit = SelectField(_l("Regional enhet"), [required()], coerce=int)
    name = StringField(
        _l("Navn på samlingen"),
        [not_blank(), at_most(NAME_LENGTH_MAX)],
        filters=[stripped],
        description=_l("For eksempel «Grunnopplæring våren 2027»."),
    )
    place = StringField(_l("Sted"), [not_blank(), at_most(NAME_LENGTH_MAX)], filters=[stripped])
    seats = IntegerField(_l("Antall plasser"), [required(), between(1, SEATS_MAX)], default=SEATS_DEFAULT)
    part_1_day_1 = day_field(_l("Del 1, dag 1"), Optional())
    part_1_day_2 = day_field(_l("Del 1, dag 2"), Optional())
    part_1_day_3 = day_field(_l("Del 1, dag 3"), Optional())
    part_2_day_1 = day_field(_l("Del 2, dag 1"), Optional())
    part_2_day_2 = day_field(_l("Del 2, dag 2"), Optional())

    def fields_of(self, part: int) -> list[Any]:
        """The date fields of a part, in order."""
        return [self[f"part_{part}_day_{number}"] for number in range(1, DAYS_BY_PART[part] + 1)]

    def days(self) -> tuple[Day, ...]:
        """The days of both parts, numbered by date."""
        return days_of({part: [field.data for field in self.fields_of(part) if field.data] for part in DAYS_BY_PART})

    def validate(self, extra_validators: Any = None) -> bool:
        """A part with some of its dates is missing the others."""
        holds = bool(super().validate(extra_validators))
        for part in DAYS_BY_PART:
            fields = self.fields_of(part)
            empty = [field for field in fields if not field.data and not field.errors]
            if empty and len(empty) < len(fields):
                for field in empty:
                    field.errors = [gettext("Fyll ut alle dagene i delen, eller ingen av dem.")]
                holds = False
        return holds


class PeopleForm(Form):
    """People to choose: a search, and who is ticked so far. `person` is checked against reach in `access`."""

    q = StringField(_l("Søk etter navn"), [at_most(NAME_LENGTH_MAX)], filters=[stripped])
    person = MultiCheckboxField(_l("Deltakere"), coerce=row_id, validate_choice=False)

    def chosen(self) -> tuple[int, ...]:
        """The ticked people, each once."""
        return tuple(dict.fromkeys(self.person.data or ()))


class AttendanceForm(Form):
    """A day's list as it was read (`listed`, `seen_row`) and who of them is ticked."""

    listed = SelectMultipleField(coerce=row_id, validate_choice=False)
    present = MultiCheckboxField(_l("Til stede"), coerce=row_id, validate_choice=False)
    seen_row = IntegerField(validators=[between(0, ROW_ID_MAX)])

    def given(self) -> dict[int, bool]:
        """Everybody on the list, and whether they were there."""
        ticked = frozenset(self.present.data or ())
        return {person_id: person_id in ticked for person_id in self.listed.data or ()}


class VisitForm(Form):
    """An observation visit; the mentor is one of the region's (`mentor`), or somebody by name.

    A name that stands in the list is taken as the person there, however it was given.
    """

    on = day_field(_l("Dato"), required(), not_after(request_today))
    company = StringField(_l("Bedrift"), [not_blank(), at_most(NAME_LENGTH_MAX)], filters=[stripped])
    modules = MultiCheckboxField(_l("Hva presentasjonen dekket"), choices=module_choices, coerce=str)
    mentor = SelectField(_l("Mentor"), coerce=int, default=0)
    mentor_name = StringField(
        _l("Navn på mentoren, når navnet ikke står i listen"), [at_most(NAME_LENGTH_MAX)], filters=[stripped]
    )
    note = TextAreaField(_l("Merknad"), [at_most(NOTE_LENGTH_MAX)], filters=[some_lines])

    def validate_modules(self, field: Any) -> None:
        """At least one module was covered."""
        if not field.data:
            raise ValidationError(gettext("Kryss av for minst én modul."))

    def validate_mentor_name(self, field: Any) -> None:
        """Somebody was mentor."""
        if not self.mentor.data and not field.data:
            raise ValidationError(gettext("Velg mentoren i listen, eller skriv navnet her."))
        if len(self._listed_as_typed()) > 1:
            raise ValidationError(gettext("Flere i listen heter dette. Velg den rette i listen."))

    def report(self, mentors: Sequence[tuple[int, str]]) -> VisitReport:
        """The visit as reported; a mentor from the list has the name that stands there."""
        chosen: int | None = self.mentor.data or next(iter(self._listed_as_typed()), None)
        return VisitReport(
            on=self.on.data,
            company=self.company.data,
            modules=frozenset(ModuleKind(kind) for kind in self.modules.data),
            mentor_id=chosen,
            mentor_name=dict(mentors)[chosen] if chosen else self.mentor_name.data,
            note=self.note.data,
        )

    def _listed_as_typed(self) -> list[int]:
        """Those in the list whose name was typed, when nobody is chosen there; 0 in the list is nobody."""
        if self.mentor.data or not self.mentor_name.data:
            return []
        typed = search_key(self.mentor_name.data)
        return [choice.value for choice in self.mentor.choices if choice.value and search_key(choice.label) == typed]


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

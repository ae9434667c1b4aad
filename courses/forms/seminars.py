"""Forms of seminars: they hand over days and lists of people."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import Optional

from courses.seminars import DAYS_BY_PART, SEATS_DEFAULT, SEATS_MAX, Day, days_of
from lms.forms import (
    NAME_LENGTH_MAX,
    Form,
    MultiCheckboxField,
    at_most,
    between,
    day_field,
    not_blank,
    required,
    row_id,
    stripped,
)
from lms.ids import ROW_ID_MAX


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

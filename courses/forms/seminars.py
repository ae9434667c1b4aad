"""Forms of seminars: they hand over days and lists of people."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
    ValidationError,
)
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from courses.planning import Plan
from courses.seminars import (
    DAY_ENDS,
    DAY_STARTS,
    DAYS_BY_PART,
    SEATS_DEFAULT,
    SEATS_MAX,
    SECTOR_DAY,
    SECTORS,
    Day,
    Track,
)
from lms.forms import (
    NAME_LENGTH_MAX,
    TEXT_LENGTH_MAX,
    Form,
    MultiCheckboxField,
    at_most,
    between,
    chosen_row,
    day_field,
    not_blank,
    required,
    row_id,
    some_lines,
    stripped,
)
from lms.ids import ROW_ID_MAX
from lms.markup import MarkupError, render


class PlanFields(Form):
    """What is planned of a seminar: name, place, seats, and three days in part 1, two in part 2, each with hours and,
    where it differs, a place. A part is filled in or left empty as a whole."""

    name = StringField(
        _l("Navn på samlingen"),
        [not_blank(), at_most(NAME_LENGTH_MAX)],
        filters=[stripped],
        description=_l("For eksempel «Grunnopplæring våren 2027»."),
    )
    place = StringField(_l("Sted"), [not_blank(), at_most(NAME_LENGTH_MAX)], filters=[stripped])
    seats = IntegerField(_l("Antall plasser"), [required(), between(1, SEATS_MAX)], default=SEATS_DEFAULT)

    def rows_of(self, part: int) -> list[Any]:
        """The fields of each day of a part, in order: `date`, `starts`, `ends`, `place` and `programme` by name."""
        return [
            {kind: self[f"part_{part}_day_{number}{suffix}"] for kind, suffix in _SUFFIXES.items()}
            for number in range(1, DAYS_BY_PART[part] + 1)
        ]

    def fields_of(self, part: int) -> list[Any]:
        """The date fields of a part, in order."""
        return [row["date"] for row in self.rows_of(part)]

    def days(self) -> tuple[Day, ...]:
        """The days of both parts, numbered by date."""
        found: list[Day] = []
        for part in DAYS_BY_PART:
            typed = [self._day(part, row) for row in self.rows_of(part) if row["date"].data]
            in_order = enumerate(sorted(typed, key=lambda day: day.on), start=1)
            found += [replace(day, number=number) for number, day in in_order]
        return tuple(found)

    def _day(self, part: int, row: dict[str, Any]) -> Day:
        tracks = self.tracks() if row["date"].name == SECTOR_DAY_NAME else ()
        return Day(
            part=part,
            number=1,
            on=row["date"].data,
            starts=row["starts"].data or DAY_STARTS,
            ends=row["ends"].data or DAY_ENDS,
            place=row["place"].data,
            programme=row["programme"].data,
            tracks=tracks,
        )

    def tracks(self) -> tuple[Track, ...]:
        """What each sector does on the day on which the sectors part."""
        return ()

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


_SUFFIXES = {"date": "", "starts": "_starts", "ends": "_ends", "place": "_place", "programme": "_programme"}
SECTOR_DAY_NAME = "part_{}_day_{}".format(*SECTOR_DAY)
_DATE_LABELS = {
    (1, 1): _l("Del 1, dag 1"),
    (1, 2): _l("Del 1, dag 2"),
    (1, 3): _l("Del 1, dag 3"),
    (2, 1): _l("Del 2, dag 1"),
    (2, 2): _l("Del 2, dag 2"),
}


def _readable(_form: Any, field: Any) -> None:
    """A programme that can be shown: short enough, and Markdown we can make a page of."""
    try:
        render(field.data or "")
    except MarkupError as error:
        raise ValidationError(str(error)) from error


def _programme_field(label: Any) -> TextAreaField:
    return TextAreaField(label, [at_most(TEXT_LENGTH_MAX), _readable], filters=[some_lines])


def _hours_field(label: Any, usual: time) -> TimeField:
    return TimeField(label, [Optional()], format=["%H:%M", "%H.%M", "%H:%M:%S"], default=usual)


for (_part, _number), _label in _DATE_LABELS.items():
    _name = f"part_{_part}_day_{_number}"
    setattr(PlanFields, _name, day_field(_label, Optional()))
    setattr(PlanFields, f"{_name}_starts", _hours_field(_l("Fra klokken"), DAY_STARTS))
    setattr(PlanFields, f"{_name}_ends", _hours_field(_l("Til klokken"), DAY_ENDS))
    setattr(
        PlanFields,
        f"{_name}_place",
        StringField(_l("Sted denne dagen"), [at_most(NAME_LENGTH_MAX)], filters=[stripped]),
    )
    setattr(PlanFields, f"{_name}_programme", _programme_field(_l("Program")))


class SeminarForm(PlanFields):
    """A new seminar of a unit."""

    unit = SelectField(_l("Regional enhet"), [required()], coerce=int)


class PlanForm(PlanFields):
    """A seminar's plan, to be changed: also what each sector does on the day on which they part."""

    seen_revision = IntegerField(validators=[between(0, ROW_ID_MAX)], widget=HiddenInput())
    nav_place = StringField(_l("Sted for NAV"), [at_most(NAME_LENGTH_MAX)], filters=[stripped])
    nav_trainer = SelectField(_l("Opplæringsansvarlig for NAV"), coerce=int, default=0)
    nav_programme = _programme_field(_l("Program for NAV"))
    helse_place = StringField(_l("Sted for helsetjenesten"), [at_most(NAME_LENGTH_MAX)], filters=[stripped])
    helse_trainer = SelectField(_l("Opplæringsansvarlig for helsetjenesten"), coerce=int, default=0)
    helse_programme = _programme_field(_l("Program for helsetjenesten"))

    def tracks(self) -> tuple[Track, ...]:
        """What each sector does; sectors with nothing of their own are left out."""
        found = (
            Track(
                sector=sector,
                place=self[f"{sector}_place"].data,
                trainer_id=self[f"{sector}_trainer"].data or None,
                programme=self[f"{sector}_programme"].data,
            )
            for sector in SECTORS
        )
        return tuple(track for track in found if track)

    def plan(self) -> Plan:
        """The plan as typed."""
        return Plan(name=self.name.data, place=self.place.data, seats=self.seats.data, days=self.days())

    @staticmethod
    def values_of(plan: Plan) -> dict[str, Any]:
        """The values of the fields that show a plan."""
        values: dict[str, Any] = {"name": plan.name, "place": plan.place, "seats": plan.seats}
        for day in plan.days:
            name = f"part_{day.part}_day_{day.number}"
            values |= {name: day.on, f"{name}_starts": day.starts, f"{name}_ends": day.ends}
            values |= {f"{name}_place": day.place, f"{name}_programme": day.programme}
            for track in day.tracks:
                values |= {f"{track.sector}_place": track.place, f"{track.sector}_trainer": track.trainer_id or 0}
                values[f"{track.sector}_programme"] = track.programme
        return values


class TrainersForm(Form):
    """Who runs a seminar, and who of them leads it."""

    trainer = MultiCheckboxField(_l("Opplæringsansvarlige på samlingen"), coerce=row_id)
    lead = SelectField(_l("Hovedansvarlig"), coerce=int, default=0)


class SubstituteForm(Form):
    """Who takes over from whom, from when, and why."""

    absent = SelectField(_l("Hvem kan ikke"), [required()], coerce=chosen_row)
    substitute = SelectField(_l("Hvem tar over"), [required()], coerce=chosen_row)
    from_on = day_field(_l("Fra og med"), required())
    reason = StringField(_l("Grunn"), [not_blank(), at_most(NAME_LENGTH_MAX)], filters=[stripped])


class ReasonForm(Form):
    """Why something is decided; kept, and told to those it concerns."""

    reason = TextAreaField(_l("Grunn"), [not_blank(), at_most(TEXT_LENGTH_MAX)], filters=[some_lines])


class PeopleForm(Form):
    """People to choose: a search, and who is ticked so far. `person` is checked against reach in `access`."""

    q = StringField(_l("Søk etter navn"), [at_most(NAME_LENGTH_MAX)], filters=[stripped])
    pasted = TextAreaField(
        _l("Lim inn en liste"),
        [at_most(TEXT_LENGTH_MAX)],
        filters=[some_lines],
        description=_l("Navn eller e-postadresser, én på hver linje."),
    )
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

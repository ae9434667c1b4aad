"""Forms of booking: the window and the quotas of a seminar, whom to invite, where to move."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import Optional

from courses.booking import Limits
from courses.seminars import SEATS_MAX, SECTORS
from lms.forms import NAME_LENGTH_MAX, Form, MultiCheckboxField, at_most, between, day_field, required, row_id, stripped


class WindowForm(Form):
    """From when until when a seminar can be booked, how long one can give up the seat, and at most how many from where.
    The quotas of units are added for each seminar (`quota_fields`)."""

    bookable_from = day_field(_l("Åpen for påmelding fra og med"), Optional())
    bookable_through = day_field(_l("Til og med"), Optional())
    cancel_through = day_field(
        _l("Siste dag for å melde seg av selv"),
        Optional(),
        description=_l("Etter denne dagen tar du selv folk av listen. Uten en dag kan ingen melde seg av selv."),
    )
    most_nav = IntegerField(_l("Høyst fra NAV"), [Optional(), between(0, SEATS_MAX)])
    most_helse = IntegerField(_l("Høyst fra helsetjenesten"), [Optional(), between(0, SEATS_MAX)])
    quota_units: Sequence[Any] = ()

    def unit_fields(self) -> list[Any]:
        """The fields of the units' quotas, in the order of the tree."""
        return [self[f"most_unit_{unit.id}"] for unit in self.quota_units]

    def limits(self, seats: int) -> Limits:
        """The limits as typed; an empty field is none."""
        sectors = {sector: self[f"most_{sector}"].data for sector in SECTORS}
        units = {unit.id: self[f"most_unit_{unit.id}"].data for unit in self.quota_units}
        return Limits(
            seats=seats,
            sectors={key: most for key, most in sectors.items() if most is not None},
            units={key: most for key, most in units.items() if most is not None},
        )

    @classmethod
    def values_of(cls, seminar: Any, limits: Limits) -> dict[str, Any]:
        """The values of the fields that show a seminar's booking."""
        return {
            "bookable_from": seminar.bookable_from,
            "bookable_through": seminar.bookable_through,
            "cancel_through": seminar.cancel_through,
            **{f"most_{sector}": most for sector, most in limits.sectors.items()},
            **{f"most_unit_{unit_id}": most for unit_id, most in limits.units.items()},
        }

    def validate(self, extra_validators: Any = None) -> bool:
        """A window has both its days, or none."""
        holds = bool(super().validate(extra_validators))
        ends = (self.bookable_from, self.bookable_through)
        if not any(field.errors for field in ends) and len([field for field in ends if field.data]) == 1:
            empty = next(field for field in ends if not field.data)
            empty.errors = [gettext("Sett begge dagene, eller ingen av dem.")]
            return False
        return holds


def quota_fields(form: type[WindowForm], units: Sequence[Any]) -> type[WindowForm]:
    """The form with a quota for each of these units."""
    fields = {f"most_unit_{unit.id}": IntegerField(unit.name, [Optional(), between(0, SEATS_MAX)]) for unit in units}
    return type("SeminarWindowForm", (form,), {**fields, "quota_units": tuple(units)})


class InvitationForm(Form):
    """Whom to ask to book: people picked by name, or everybody of a unit who needs the seminar; and a last day."""

    q = StringField(_l("Søk etter navn"), [at_most(NAME_LENGTH_MAX)], filters=[stripped])
    person = MultiCheckboxField(_l("Hvem"), coerce=row_id, validate_choice=False)
    unit = SelectField(_l("Alle i en enhet som trenger samlingen"), coerce=int, default=0)
    through = day_field(_l("Siste dag for å melde seg på"), required())

    def chosen(self) -> tuple[int, ...]:
        """The ticked people, each once."""
        return tuple(dict.fromkeys(self.person.data or ()))


class MoveForm(Form):
    """Where a seat goes, and why."""

    to = SelectField(_l("Flytt til"), [required()], coerce=int)
    reason = StringField(_l("Grunn"), [at_most(NAME_LENGTH_MAX)], filters=[stripped])


class RemovalForm(Form):
    """Why somebody is taken off the list; needed once people cannot give up the seat themselves."""

    reason = StringField(_l("Grunn"), [at_most(NAME_LENGTH_MAX)], filters=[stripped])

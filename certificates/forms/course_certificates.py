"""The forms of approvals of courses."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, ValidationError

from certificates.course_certificates import QUARTER, CreditKind
from lms.forms import Form, at_most, day_field, not_blank, required, stripped

HOURS_MAX = 100


class ApprovalForm(Form):
    """That a body has approved a course, from a day through a day, for so many hours of each kind."""

    course = SelectField(_l("Kurs"), [required()])
    body = StringField(
        _l("Godkjent av"),
        [not_blank(), at_most(200)],
        filters=[stripped],
        description=_l("For eksempel Legeforeningen."),
    )
    reference = StringField(
        _l("Referanse"), [not_blank(), at_most(100)], filters=[stripped], description=_l("Slik den står i vedtaket.")
    )
    valid_from = day_field(_l("Gjelder fra"), required())
    valid_through = day_field(_l("Gjelder til og med"), required())
    online = StringField(
        _l("Kurstimer som nettkurs"),
        [at_most(10)],
        filters=[stripped],
        description=_l("I kvarte timer, for eksempel 4,25."),
    )
    topic = StringField(_l("Kurstimer som emnekurs"), [at_most(10)], filters=[stripped])
    elective = StringField(_l("Kurstimer som valgfritt kurs"), [at_most(10)], filters=[stripped])

    def validate_valid_through(self, field: Any) -> None:
        """The last day is not before the first."""
        if field.data and self.valid_from.data and field.data < self.valid_from.data:
            raise ValidationError(gettext("Siste dag er før første dag."))

    def validate_online(self, field: Any) -> None:
        """Quarters of an hour; and some hours at all."""
        _quarters(field)
        if not self.hours_typed():
            raise ValidationError(
                gettext("Skriv hvor mange kurstimer kurset er godkjent for, i minst ett av de tre feltene.")
            )

    def validate_topic(self, field: Any) -> None:
        """Quarters of an hour."""
        _quarters(field)

    def validate_elective(self, field: Any) -> None:
        """Quarters of an hour."""
        _quarters(field)

    def hours_typed(self) -> bool:
        """Whether anything is said in any of the three."""
        return any(field.data for field in (self.online, self.topic, self.elective))

    @property
    def hours(self) -> dict[CreditKind, Decimal]:
        """The hours by kind, those above zero."""
        typed = {CreditKind.ONLINE: self.online, CreditKind.TOPIC: self.topic, CreditKind.ELECTIVE: self.elective}
        read = {kind: read_hours(field.data or "") for kind, field in typed.items()}
        return {kind: hours for kind, hours in read.items() if hours}


class WithdrawalForm(Form):
    """Why an approval counts no longer."""

    reason = StringField(_l("Hvorfor trekkes godkjenningen?"), [not_blank(), at_most(500)], filters=[stripped])


def read_hours(typed: str) -> Decimal | None:
    """Hours as people type them, in quarters; None for what is no such number. Nothing typed is no hours."""
    text = typed.strip().replace(",", ".")
    if not text:
        return Decimal(0)
    plain = text.replace(".", "", 1)
    if not (plain.isascii() and plain.isdigit()):
        return None
    hours = Decimal(text)
    return hours if hours <= HOURS_MAX and hours % QUARTER == 0 else None


def _quarters(field: Any) -> None:
    if read_hours(field.data or "") is None:
        raise ValidationError(
            gettext("Skriv timer i kvarte, for eksempel 1,5 eller 4,25, høyst %(most)s.", most=HOURS_MAX)
        )

"""Forms of trainers, coordinators and of those who check a certificate; they hand over values of the rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, NumberRange

from certificates.appeals import AppealOutcome
from certificates.numbering import TYPED_LENGTH_MAX
from certificates.status import EventKind
from lms.forms import TEXT_LENGTH_MAX, Form, at_most, chosen_row, day_field, required, some_lines, stripped

CYCLES_MAX = 99  # three years each


def _written() -> DataRequired:
    """Something is written, not blanks alone: what `InputRequired` lets through and a filter then takes away."""
    return DataRequired(message=_l("Fyll ut dette feltet."))


def sheet_fields(posted: Mapping[str, Any]) -> dict[str, str] | None:
    """The fields of a sheet as they were sent, by a form or as JSON; None for what holds anything but text."""
    fields = {name: value for name, value in posted.items() if name != "csrf_token"}
    if not all(isinstance(value, str) for value in fields.values()):
        return None
    return {name: some_lines(value) for name, value in fields.items()}


class CommentForm(Form):
    """What the participant has to say about a decision."""

    words = TextAreaField(
        _l("Kommentaren din"),
        [_written(), at_most(TEXT_LENGTH_MAX)],
        filters=[some_lines],
        description=_l("Den som vurderte deg, og koordinatoren kan lese den. Den blir stående sammen med vurderingen."),
    )


class AppealForm(Form):
    """Why the participant does not agree."""

    why = TextAreaField(
        _l("Hva er du uenig i, og hvorfor?"),
        [_written(), at_most(TEXT_LENGTH_MAX)],
        filters=[some_lines],
        description=_l("Skriv gjerne hva du viste i presentasjonen. Skriv ingenting om helsa til andre."),
    )


class ReviewerForm(Form):
    """Who is to look at an appeal."""

    reviewer = SelectField(
        _l("Hvem skal se på klagen?"),
        [required()],
        coerce=chosen_row,
        description=_l("Bare opplæringsansvarlige som ikke har vurdert deltakeren eller vært mentor, står i listen."),
    )


class ReviewForm(Form):
    """What the reviewer decides, and why."""

    outcome = RadioField(
        _l("Avgjørelse"),
        [required()],
        choices=lambda: [
            (AppealOutcome.UPHELD, _l("Vurderingen blir stående")),
            (AppealOutcome.NEW_ASSESSMENT, _l("Deltakeren skal vurderes på nytt")),
        ],
    )
    reason = TextAreaField(
        _l("Begrunnelse"),
        [_written(), at_most(TEXT_LENGTH_MAX)],
        filters=[some_lines],
        description=_l("Deltakeren og de som vurderte, får begrunnelsen og navnet ditt."),
    )


class ExemptionForm(Form):
    """A requirement to waive, and why."""

    requirement = SelectField(_l("Krav"), [required()])
    reason = TextAreaField(
        _l("Begrunnelse"),
        [_written(), at_most(TEXT_LENGTH_MAX)],
        filters=[stripped],
        description=_l("Følger sertifikatet sammen med navnet ditt."),
    )


class IssueForm(Form):
    """The cycle to issue: a second click asks for the same one."""

    cycle = IntegerField(validators=[required(), NumberRange(min=1, max=CYCLES_MAX)])


class DecisionForm(Form):
    """Suspend, lift or revoke, from a day, with a reason."""

    kind = RadioField(_l("Hva skal skje?"), [required()])
    effective_on = day_field(
        _l("Gjelder fra og med"), required(), description=_l("Denne dagen er den første det gjelder.")
    )
    reason = TextAreaField(
        _l("Begrunnelse"),
        [_written(), at_most(TEXT_LENGTH_MAX)],
        filters=[stripped],
        description=_l("Innehaveren får begrunnelsen og navnet ditt. Skriv ingenting om helse."),
    )


def kind_choices(kinds: tuple[EventKind, ...]) -> list[tuple[str, Any]]:
    """What can be decided, in words."""
    words = {
        EventKind.SUSPENDED: _l("Stans sertifikatet midlertidig"),
        EventKind.LIFTED: _l("Opphev stansen"),
        EventKind.REVOKED: _l("Trekk sertifikatet tilbake for godt"),
    }
    return [(kind, words[kind]) for kind in kinds]


class VerifyForm(Form):
    """A code from a certificate."""

    kode = StringField(
        _l("Kontrollkode"),
        [_written(), at_most(TYPED_LENGTH_MAX)],
        filters=[stripped],
        description=_l("Koden står nederst på sertifikatet, for eksempel K7PM-4XQT-9RWD."),
    )

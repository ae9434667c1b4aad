"""Forms for decisions about a certificate and for exemptions."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectField, TextAreaField
from wtforms.validators import NumberRange

from certificates.status import EventKind
from lms.forms import TEXT_LENGTH_MAX, Form, at_most, day_field, not_blank, required, stripped

CYCLES_MAX = 99  # three years each


class ExemptionForm(Form):
    """A requirement to waive, and why."""

    requirement = SelectField(_l("Krav"), [required()])
    reason = TextAreaField(
        _l("Begrunnelse"),
        [not_blank(), at_most(TEXT_LENGTH_MAX)],
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
        [not_blank(), at_most(TEXT_LENGTH_MAX)],
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

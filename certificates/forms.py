"""Forms of trainers, coordinators and of those who check a certificate; they hand over values of the rules."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, NumberRange

from certificates.evidence import Outcome
from certificates.numbering import TYPED_LENGTH_MAX
from certificates.status import EventKind
from lms.forms import TEXT_LENGTH_MAX, Form, at_most, day_field, required, stripped

CYCLES_MAX = 99  # three years each
SCORE_WORDS = {
    1: _l("1 – mye gjenstår"),
    2: _l("2 – noe gjenstår"),
    3: _l("3 – tilfredsstillende"),
    4: _l("4 – godt"),
    5: _l("5 – svært godt"),
}


def _score_choices() -> list[tuple[int, Any]]:
    return list(SCORE_WORDS.items())


def _written() -> DataRequired:
    """Something is written, not blanks alone: what `InputRequired` lets through and a filter then takes away."""
    return DataRequired(message=_l("Fyll ut dette feltet."))


def _whole(raw: Any) -> int | None:
    return int(raw) if raw not in (None, "") else None


class AssessmentForm(Form):
    """A trainer's assessment. Where the programme names no criteria, the two scores are taken away."""

    content_score = RadioField(
        _l("Kunnskap om faget"),
        [required()],
        choices=_score_choices,
        coerce=_whole,
        description=_l("Forklarer riktig og forståelig, og skiller mellom plage, sykdom og skade."),
    )
    non_directive_score = RadioField(
        _l("Ikke-formyndende formidling"),
        [required()],
        choices=_score_choices,
        coerce=_whole,
        description=_l("Inviterer til egne erfaringer og valg, framfor å gi råd ovenfra."),
    )
    feedback = TextAreaField(
        _l("Tilbakemelding til deltakeren"),
        [at_most(TEXT_LENGTH_MAX)],
        filters=[stripped],
        description=_l("Må fylles ut når svaret er «ikke ennå». Deltakeren ser teksten på sin side."),
    )
    outcome = RadioField(
        _l("Vurdering"),
        [required()],
        choices=lambda: [(Outcome.APPROVED, _l("Godkjent")), (Outcome.NOT_YET, _l("Ikke ennå"))],
    )

    def validate_feedback(self, field: Any) -> None:
        """ "Not yet" without a word on what to work on helps nobody."""
        if self.outcome.data == Outcome.NOT_YET and not field.data:
            raise ValidationError(gettext("Skriv hva deltakeren skal arbeide videre med."))


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

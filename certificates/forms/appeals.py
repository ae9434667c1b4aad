"""Forms of appeals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.validators import Optional

from certificates.appeals import About, Outcome
from lms.forms import TEXT_LENGTH_MAX, Form, at_most, chosen_row, day_field, not_blank, required, some_lines

CYCLES_MAX = 99  # three years each

KINDS = ".pdf,.png,.jpg,.jpeg,.docx,.xlsx,.pptx"


def words(label: Any, *validators: Callable[[Any, Any], Any], description: Any = "") -> TextAreaField:
    """Some lines of text."""
    checks = [*validators, at_most(TEXT_LENGTH_MAX)]
    return TextAreaField(label, checks, filters=[some_lines], description=description)


def a_file() -> FileField:
    """A file to go with it, or none."""
    return FileField(_l("Fil"), description=_l("PDF, bilde, dokument, regneark eller presentasjon, høyst 20 MB."))


class AppealForm(Form):
    """What the person does not agree with; and, after the last day, why it comes now."""

    why = words(
        _l("Hva er du uenig i, og hvorfor?"),
        not_blank(),
        description=_l("Skriv det som taler for at beslutningen er gal. Skriv ingenting om helsa til andre."),
    )
    late_why = words(
        _l("Hvorfor kommer klagen nå?"), description=_l("Fristen er ute. Sekretariatet leser dette først.")
    )
    file = a_file()


class AnswerForm(Form):
    """What the appellant answers, or wants to add."""

    answer = words(_l("Svaret ditt, eller mer om klagen"), not_blank())
    file = a_file()


class WithdrawForm(Form):
    """That the appeal is taken back; why is the appellant's own affair."""

    withdrawn_why = words(_l("Vil du si hvorfor?"))


class AdmitForm(Form):
    """Whether a late appeal is taken, and why."""

    admitted = RadioField(
        _l("Skal klagen tas til behandling?"),
        [required()],
        choices=lambda: [("ja", _l("Ja, selv om fristen var ute")), ("nei", _l("Nei, fristen gjelder"))],
    )
    admitted_why = words(_l("Begrunnelse"), not_blank(), description=_l("Den som har klaget, får begrunnelsen."))


class HandlerForm(Form):
    """Who is to handle an appeal."""

    handler = SelectField(
        _l("Hvem skal behandle klagen?"),
        [required()],
        coerce=chosen_row,
        description=_l("Bare de som ikke har vært med på det som er besluttet, står i listen."),
    )


class RecuseForm(Form):
    """Who can't handle it, and why."""

    partial = SelectField(_l("Hvem kan ikke behandle klagen?"), [required()], coerce=chosen_row)
    partial_why = words(
        _l("Hvorfor ikke?"),
        not_blank(),
        description=_l("For eksempel at det var denne personen som ga grunnlaget for beslutningen."),
    )


class AskForm(Form):
    """What the handler needs to know."""

    question = words(_l("Spørsmål til den som har klaget"), not_blank())


class OutcomeForm(Form):
    """What the handler decides, from when, and why."""

    outcome = RadioField(_l("Avgjørelse"), [required()])
    effective_on = day_field(
        _l("Omgjort fra og med"), Optional(), description=_l("Fylles ut når klagen bare delvis tas til følge.")
    )
    reason = words(
        _l("Begrunnelse"),
        not_blank(),
        description=_l("Den som har klaget og de som tok beslutningen, får begrunnelsen og navnet ditt."),
    )


def outcome_choices(about: About, outcomes: tuple[Outcome, ...]) -> list[tuple[str, Any]]:
    """What can be decided, in the words of what it does."""
    said = {
        (About.ASSESSMENT, Outcome.UPHELD): _l("Vurderingen blir stående"),
        (About.ASSESSMENT, Outcome.GRANTED): _l("Deltakeren skal vurderes på nytt"),
        (About.SUSPENDED, Outcome.UPHELD): _l("Stansen blir stående"),
        (About.SUSPENDED, Outcome.GRANTED): _l("Stansen oppheves fra den første dagen, som om den aldri var"),
        (About.SUSPENDED, Outcome.PARTLY): _l("Stansen oppheves fra en senere dag"),
        (About.REVOKED, Outcome.UPHELD): _l("Tilbaketrekkingen blir stående"),
        (About.REVOKED, Outcome.GRANTED): _l(
            "Sertifikatet gjøres gyldig igjen fra den første dagen, som om ingenting var"
        ),
        (About.REVOKED, Outcome.PARTLY): _l("Sertifikatet gjøres gyldig igjen fra en senere dag, senest i dag"),
        (About.CORRECTED, Outcome.UPHELD): _l("Rettelsen blir stående"),
        (About.CORRECTED, Outcome.GRANTED): _l("Rettelsen gjøres om i en ny utgave av sertifikatet"),
        (About.POST_TEST, Outcome.UPHELD): _l("Prøven er ikke bestått"),
        (About.POST_TEST, Outcome.GRANTED): _l("Prøven er bestått, fra den dagen den først var det"),
    }
    return [(each, said[about, each]) for each in outcomes]

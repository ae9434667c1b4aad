"""Forms about faulty questions: how one is scored when it is withdrawn, and why."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, TextAreaField

from lms.forms import TEXT_LENGTH_MAX, Form, at_most, not_blank, required, some_lines
from quizzes.withdrawal import Way


def way_choices() -> list[tuple[str, Any]]:
    """The two ways with their names."""
    return [
        (Way.LEFT_OUT, _l("Spørsmålet tas ut: resten av poengene regnes av resten av prøven")),
        (Way.FULL, _l("Alle får full poengsum for spørsmålet")),
    ]


def way_from(text: str | None) -> Way:
    """The way somebody asks to see; left out where it is none."""
    return Way(text) if text in tuple(Way) else Way.LEFT_OUT


class WithdrawalForm(Form):
    """How the question is scored, why it is withdrawn, and which rehearsal that was decided on."""

    maate = RadioField(_l("Slik regnes det"), [required()], choices=way_choices, default=Way.LEFT_OUT)
    grunn = TextAreaField(
        _l("Begrunnelse"),
        [not_blank(), at_most(TEXT_LENGTH_MAX)],
        filters=[some_lines],
        description=_l("Den vises for dem som har hatt spørsmålet i ettertesten, så skriv hva som er galt."),
    )
    sett = HiddenField()


class PassForm(Form):
    """Why a pass is kept or taken away; which of the two, the button says."""

    grunn = TextAreaField(_l("Begrunnelse"), [not_blank(), at_most(TEXT_LENGTH_MAX)], filters=[some_lines])

"""The form for those who listened."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice

from courses.feedback import QUESTIONS
from lms.forms import Form, at_most, not_blank, required, some_lines, stripped

ENTRY_LENGTH_MAX = 64
COMMENT_LENGTH_MAX = 1_000


def _scale() -> list[SelectChoice]:
    """From disagreement to agreement."""
    words = (_l("Helt uenig"), _l("Litt uenig"), _l("Både og"), _l("Litt enig"), _l("Helt enig"))
    return [SelectChoice(mark, word) for mark, word in enumerate(words, start=1)]


class FeedbackForm(Form):
    """Four statements and, who wants to, some words. Nothing that says who one is."""

    entry = HiddenField(validators=[not_blank(), at_most(ENTRY_LENGTH_MAX)], filters=[stripped])
    useful = RadioField(_l("Presentasjonen var nyttig for meg"), [required()], choices=_scale, coerce=int)
    heard = RadioField(_l("Det ble snakket med oss, ikke til oss"), [required()], choices=_scale, coerce=int)
    knowing = RadioField(
        _l("Jeg vet mer om hva vi kan gjøre på jobben når noen har plager"), [required()], choices=_scale, coerce=int
    )
    using = RadioField(_l("Jeg kommer til å bruke noe av det vi snakket om"), [required()], choices=_scale, coerce=int)
    comment = TextAreaField(
        _l("Noe du vil si til dem som holdt den?"),
        [at_most(COMMENT_LENGTH_MAX)],
        description=_l("Skriv ikke navn, og ikke noe om helsen til deg selv eller andre."),
        filters=[some_lines],
    )

    def marks(self) -> list[int]:
        """The marks, in the order of the questions."""
        return [int(self[question].data) for question in QUESTIONS]

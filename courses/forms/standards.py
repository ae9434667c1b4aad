"""Forms of the rounds on the pass mark: what to judge, who judges, the ratings, the decision."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import IntegerField, RadioField, TextAreaField

from lms.forms import (
    TEXT_LENGTH_MAX,
    Form,
    MultiCheckboxField,
    at_most,
    between,
    not_blank,
    required,
    row_id,
    some_lines,
)

NO_NUMBER = -1
"""Stands for what is no number at all: no rule takes it for a rating."""


class RoundForm(Form):
    """Which questions to judge; the choices are those of the version."""

    omfang = RadioField(_l("Hva skal vurderes?"), [required()])


class PanelForm(Form):
    """Whom to invite; the choices are those who may judge."""

    person = MultiCheckboxField(_l("Inviter til panelet"), coerce=row_id)


class DecisionForm(Form):
    """Which pass mark follows, and why."""

    grense = IntegerField(_l("Bestått ved (prosent av poengene)"), [required(), between(0, 100)])
    grunn = TextAreaField(
        _l("Begrunnelse"),
        [not_blank(), at_most(TEXT_LENGTH_MAX)],
        filters=[some_lines],
        description=_l("Skriv også hvorfor, om grensen blir en annen enn panelet anbefaler."),
    )

    @property
    def pass_mark(self) -> Fraction:
        """The share, 0…1."""
        return Fraction(int(self.grense.data), 100)


def ratings_in(posted: MultiDict[str, str], items: Iterable[str]) -> dict[str, int]:
    """The ratings a page sends, by question; a question without a choice is left out."""
    given = {item: posted.get(f"svar-{item}", "") for item in items}
    return {
        item: int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else NO_NUMBER
        for item, text in given.items()
        if text
    }

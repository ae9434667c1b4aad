"""The form of the evaluation: a number for each statement, two free texts."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice

from courses.evaluation import SCALE, STATEMENTS
from lms.forms import TEXT_LENGTH_MAX, Form, at_most, required, some_lines


def _scale(statement: Any) -> RadioField:
    ends = {SCALE[0]: _l("1 – helt uenig"), SCALE[-1]: _l("5 – helt enig")}
    return RadioField(
        statement,
        [required()],
        choices=[SelectChoice(number, ends.get(number, str(number))) for number in SCALE],
        coerce=int,
    )


class EvaluationForm(Form):
    """The fields of the statements are named after them."""

    useful = _scale(_l("Samlingen ga meg noe jeg kommer til å bruke"))
    content = _scale(_l("Innholdet var faglig godt og til å stole på"))
    methods = _scale(_l("Arbeidsmåtene passet: vi fikk øve, prøve og dele erfaringer"))
    ready = _scale(_l("Jeg er tryggere på å holde bedriftstiltak enn før"))
    practical = _scale(_l("Det praktiske var i orden: sted, tider og informasjon"))
    most_useful = TextAreaField(_l("Hva var mest nyttig?"), [at_most(TEXT_LENGTH_MAX)], filters=[some_lines])
    better = TextAreaField(_l("Hva bør gjøres annerledes?"), [at_most(TEXT_LENGTH_MAX)], filters=[some_lines])

    def ratings(self) -> dict[str, int]:
        """The number given to each statement."""
        return {statement: self[statement].data for statement in STATEMENTS}

    def scales(self) -> list[Any]:
        """The fields of the statements, in order."""
        return [self[statement] for statement in STATEMENTS]

"""Forms of the assessment: sheets and comments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField

from lms.forms import TEXT_LENGTH_MAX, Form, at_most, not_blank, some_lines

CYCLES_MAX = 99  # three years each


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
        [not_blank(), at_most(TEXT_LENGTH_MAX)],
        filters=[some_lines],
        description=_l("Den som vurderte deg, og koordinatoren kan lese den. Den blir stående sammen med vurderingen."),
    )

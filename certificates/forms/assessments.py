"""Forms of the assessment: sheets, comments and appeals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, TextAreaField

from certificates.appeals import AppealOutcome
from lms.forms import TEXT_LENGTH_MAX, Form, at_most, chosen_row, not_blank, required, some_lines

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


class AppealForm(Form):
    """Why the participant does not agree."""

    why = TextAreaField(
        _l("Hva er du uenig i, og hvorfor?"),
        [not_blank(), at_most(TEXT_LENGTH_MAX)],
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
        [not_blank(), at_most(TEXT_LENGTH_MAX)],
        filters=[some_lines],
        description=_l("Deltakeren og de som vurderte, får begrunnelsen og navnet ditt."),
    )

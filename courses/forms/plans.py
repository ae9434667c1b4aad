"""Forms of the plan from part 1 to part 2."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, StringField, TextAreaField, ValidationError
from wtforms.validators import Optional

from courses.plans import LINK_LENGTH_MAX, TEXT_LENGTH_MAX, Heading, is_web_address
from lms.forms import Form, at_most, not_blank, required, some_lines, stripped

ENTRY_LENGTH_MAX = 64


def _text(label: Any, help_: Any = "") -> TextAreaField:
    return TextAreaField(label, [at_most(TEXT_LENGTH_MAX)], filters=[some_lines], description=help_)


class PlanForm(Form):
    """The plan under its headings."""

    practise = _text(
        _l("Hva jeg vil øve på"), _l("For eksempel å spørre mer og forklare mindre, eller å snakke om smerte.")
    )
    visits = _text(
        _l("Hospiteringer jeg planlegger"),
        _l("Hvor, hos hvem og når, og hva du vil se etter. Makkeren din bør være med."),
    )
    topic = _text(
        _l("Presentasjonen jeg skal holde på del 2"),
        _l("Tema eller modul, hvem den er for, og hvordan du tenker å gjøre det."),
    )
    link = StringField(
        _l("Lenke til presentasjonen"),
        [Optional(), at_most(LINK_LENGTH_MAX)],
        filters=[stripped],
        description=_l("Begynner med https://. Den må kunne åpnes av makkeren din og opplæringsansvarlig."),
    )
    feedback = _text(_l("Hva jeg vil ha tilbakemelding på"))

    def validate_link(self, field: Any) -> None:
        """A link leads somewhere, openly."""
        if field.data and not is_web_address(field.data):
            raise ValidationError(gettext("Skriv hele adressen, slik at den begynner med https://."))

    def written(self) -> dict[Heading, str]:
        """What stands under the headings that were sent."""
        return {heading: self[heading.value].data or "" for heading in Heading if self[heading.value].raw_data}


class PresentationForm(Form):
    """The presentation as a file."""

    file = FileField(
        _l("Presentasjonen som fil"),
        [FileRequired(message=_l("Velg en fil."))],
        description=_l("PDF eller PPTX, høyst 20 MB."),
    )


class PlanCommentForm(Form):
    """What one says of a plan."""

    text = TextAreaField(_l("Tilbakemelding"), [not_blank(), at_most(TEXT_LENGTH_MAX)], filters=[some_lines])
    entry = HiddenField(validators=[required(), at_most(ENTRY_LENGTH_MAX)])

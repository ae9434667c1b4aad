"""The form of a gathering."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    HiddenField,
    RadioField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice

from courses.forms.seminars import PeopleForm
from courses.gatherings import GatheringPlan
from courses.seminars import GatheringKind
from lms.forms import (
    NAME_LENGTH_MAX,
    Form,
    MultiCheckboxField,
    at_most,
    day_field,
    not_after,
    not_blank,
    required,
    some_lines,
    stripped,
)
from lms.web import request_today

LINK_LENGTH_MAX = 500
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
ABOUT_LENGTH_MAX = 2_000


def _clock(value: str | None) -> str:
    """A filter: 9.30 and 09:30 are 09:30."""
    hours, _colon, minutes = stripped(value).replace(".", ":").partition(":")
    return f"{hours:0>2}:{minutes}" if hours and minutes else stripped(value)


def _on_the_clock(_form: Any, field: Any) -> None:
    """The time is one a clock shows."""
    if not _TIME.fullmatch(field.data or ""):
        raise ValidationError(gettext("Skriv klokkeslettet som 09:30."))


class PlanForm(Form):
    """A gathering planned ahead."""

    entry = HiddenField(validators=[not_blank(), at_most(64)], filters=[stripped])
    title = StringField(_l("Navn på samlingen"), [not_blank(), at_most(NAME_LENGTH_MAX)], filters=[stripped])
    kind = RadioField(
        _l("Type"),
        [required()],
        choices=[
            SelectChoice(GatheringKind.FURTHER_TRAINING, _l("Videreutdanning")),
            SelectChoice(GatheringKind.NETWORK, _l("Nettverkssamling")),
        ],
        default=GatheringKind.FURTHER_TRAINING,
    )
    on = day_field(_l("Dato"), required())
    starts = StringField(_l("Fra klokken"), [required(), _on_the_clock], filters=[_clock])
    ends = StringField(_l("Til klokken"), [required(), _on_the_clock], filters=[_clock])
    place = StringField(_l("Sted"), [at_most(NAME_LENGTH_MAX)], filters=[stripped])
    webinar_link = StringField(
        _l("Lenke til webinaret"),
        [at_most(LINK_LENGTH_MAX)],
        description=_l("Begynner med https://. Bare de påmeldte ser den."),
        filters=[stripped],
    )
    about = TextAreaField(_l("Hva det handler om"), [at_most(ABOUT_LENGTH_MAX)], filters=[some_lines])
    units = MultiCheckboxField(_l("Åpen for"), coerce=int)

    def validate_units(self, field: Any) -> None:
        """Somebody may come."""
        if not field.data:
            raise ValidationError(gettext("Kryss av for minst én enhet."))

    def plan(self) -> GatheringPlan:
        """The gathering as planned."""
        return GatheringPlan(
            title=self.title.data,
            kind=GatheringKind(self.kind.data),
            on=self.on.data,
            starts=self.starts.data,
            ends=self.ends.data,
            place=self.place.data,
            webinar_link=self.webinar_link.data,
            about=self.about.data,
        )


class TookPartForm(PeopleForm):
    """Who took part in a gathering that was planned."""


class GatheringForm(PeopleForm):
    """A gathering and who took part."""

    title = StringField(_l("Navn på samlingen"), [not_blank(), at_most(NAME_LENGTH_MAX)], filters=[stripped])
    on = day_field(_l("Dato"), required(), not_after(request_today))
    kind = RadioField(
        _l("Type"),
        [required()],
        choices=[
            SelectChoice(GatheringKind.FURTHER_TRAINING, _l("Videreutdanning")),
            SelectChoice(GatheringKind.NETWORK, _l("Nettverkssamling")),
        ],
        default=GatheringKind.FURTHER_TRAINING,
    )

    def validate_person(self, field: Any) -> None:
        """Somebody took part."""
        if not field.data:
            raise ValidationError(gettext("Kryss av for minst én person."))

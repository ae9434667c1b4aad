"""The forms of guidance."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import DateField, FieldList, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from courses.guidance import GuidanceKind, Proposal
from lms.forms import Form, at_most, day_field, not_after, not_blank, required, some_lines, stripped
from lms.web import request_today

GOALS_LENGTH_MAX = 2_000
NOTE_LENGTH_MAX = 2_000
COMMENT_LENGTH_MAX = 500
VISITS_OFFERED = 4
ENTRY_LENGTH_MAX = 64


class AgreementForm(Form):
    """An agreement on guidance, or on a stay at another unit (`host`)."""

    entry = HiddenField(validators=[not_blank(), at_most(ENTRY_LENGTH_MAX)], filters=[stripped])
    kind = RadioField(
        _l("Hva avtalen gjelder"),
        [required()],
        choices=[
            SelectChoice(GuidanceKind.METHOD, _l("Metodeveiledning: hvordan presentasjonene holdes")),
            SelectChoice(GuidanceKind.OPERATION, _l("Driftsveiledning: hvordan tiltaket planlegges og drives")),
            SelectChoice(GuidanceKind.STAY, _l("Hospitering ved en annen enhet")),
        ],
        default=GuidanceKind.METHOD,
    )
    host = SelectField(_l("Vert, når det er hospitering"), coerce=str, default="")
    first = day_field(_l("Fra"), required())
    last = day_field(_l("Til og med"), required())
    goals = TextAreaField(
        _l("Mål"),
        [not_blank(), at_most(GOALS_LENGTH_MAX)],
        description=_l("Hva dere vil oppnå, med egne ord."),
        filters=[some_lines],
    )
    visits = FieldList(
        DateField(_l("Avtalt besøk"), [Optional()], format=["%Y-%m-%d", "%d.%m.%Y"]),
        min_entries=VISITS_OFFERED,
        max_entries=10,
    )

    def proposal(self, *, person_id: int, guide_id: int) -> Proposal:
        """The agreement as written."""
        return Proposal(
            kind=GuidanceKind(self.kind.data),
            person_id=person_id,
            guide_id=guide_id,
            first=self.first.data,
            last=self.last.data,
            goals=self.goals.data,
            visits=tuple(day for day in self.visits.data if isinstance(day, date)),
        )


class WordForm(Form):
    """Why somebody says no, or ends an agreement: the other reads it."""

    comment = TextAreaField(_l("Hvorfor?"), [not_blank(), at_most(COMMENT_LENGTH_MAX)], filters=[some_lines])


class NoteForm(Form):
    """That a visit was held."""

    held_on = day_field(_l("Holdt"), required(), not_after(request_today))
    note = TextAreaField(
        _l("Hva dere snakket om"),
        [at_most(NOTE_LENGTH_MAX)],
        description=_l("Dere ser det begge."),
        filters=[some_lines],
    )

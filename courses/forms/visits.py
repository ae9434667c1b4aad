"""The form of an observation visit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice

from courses.visits import ModuleKind, VisitReport
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
from lms.ids import search_key
from lms.web import request_today

NOTE_LENGTH_MAX = 1_000


def module_choices() -> list[SelectChoice]:
    """The modules with their names."""
    return [
        SelectChoice(ModuleKind.PARTSMODUL, _l("Partsmodul")),
        SelectChoice(ModuleKind.MUSKEL_SKJELETT, _l("Muskel og skjelett")),
        SelectChoice(ModuleKind.PSYKISK_HELSE, _l("Psykisk helse")),
    ]


class VisitForm(Form):
    """An observation visit; the mentor is one of the region's (`mentor`), or somebody by name.

    A name that stands in the list is taken as the person there, however it was given.
    """

    on = day_field(_l("Dato"), required(), not_after(request_today))
    company = StringField(_l("Bedrift"), [not_blank(), at_most(NAME_LENGTH_MAX)], filters=[stripped])
    modules = MultiCheckboxField(_l("Hva presentasjonen dekket"), choices=module_choices, coerce=str)
    mentor = SelectField(_l("Mentor"), coerce=int, default=0)
    mentor_name = StringField(
        _l("Navn på mentoren, når navnet ikke står i listen"), [at_most(NAME_LENGTH_MAX)], filters=[stripped]
    )
    note = TextAreaField(_l("Merknad"), [at_most(NOTE_LENGTH_MAX)], filters=[some_lines])

    def validate_modules(self, field: Any) -> None:
        """At least one module was covered."""
        if not field.data:
            raise ValidationError(gettext("Kryss av for minst én modul."))

    def validate_mentor_name(self, field: Any) -> None:
        """Somebody was mentor."""
        if not self.mentor.data and not field.data:
            raise ValidationError(gettext("Velg mentoren i listen, eller skriv navnet her."))
        if len(self._listed_as_typed()) > 1:
            raise ValidationError(gettext("Flere i listen heter dette. Velg den rette i listen."))

    def report(self, mentors: Sequence[tuple[int, str]]) -> VisitReport:
        """The visit as reported; a mentor from the list has the name that stands there."""
        chosen: int | None = self.mentor.data or next(iter(self._listed_as_typed()), None)
        return VisitReport(
            on=self.on.data,
            company=self.company.data,
            modules=frozenset(ModuleKind(kind) for kind in self.modules.data),
            mentor_id=chosen,
            mentor_name=dict(mentors)[chosen] if chosen else self.mentor_name.data,
            note=self.note.data,
        )

    def _listed_as_typed(self) -> list[int]:
        """Those in the list whose name was typed, when nobody is chosen there; 0 in the list is nobody."""
        if self.mentor.data or not self.mentor_name.data:
            return []
        typed = search_key(self.mentor_name.data)
        return [choice.value for choice in self.mentor.choices if choice.value and search_key(choice.label) == typed]

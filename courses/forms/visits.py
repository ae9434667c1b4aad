"""Forms of observation visits: the facts, what was observed, and what a mentor or trainer answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from courses.visits import DeliveryModel, FieldNotes, ModuleKind, Prompt, VisitReport
from lms.forms import (
    NAME_LENGTH_MAX,
    Form,
    MultiCheckboxField,
    at_most,
    day_field,
    email_address,
    not_after,
    not_blank,
    required,
    some_lines,
    stripped,
)
from lms.ids import search_key
from lms.web import request_today

NOTE_LENGTH_MAX = 1_000
OBSERVED_LENGTH_MAX = 3_000


def module_choices() -> list[SelectChoice]:
    """The modules with their names."""
    return [
        SelectChoice(ModuleKind.PARTSMODUL, _l("Partsmodul")),
        SelectChoice(ModuleKind.MUSKEL_SKJELETT, _l("Muskel og skjelett")),
        SelectChoice(ModuleKind.PSYKISK_HELSE, _l("Psykisk helse")),
    ]


def model_choices() -> list[tuple[int, Any]]:
    """The two models of the workplace programme, each with what sets it apart."""
    return [
        (DeliveryModel.ONE.value, _l("Modell 1")),
        (DeliveryModel.TWO.value, _l("Modell 2, med IA-prosess fra NAV")),
    ]


class VisitForm(Form):
    """An observation visit; the mentor is one of the region's (`mentor`), or somebody by name and address.

    A name that stands in the list is taken as the person there, however it was given.
    """

    on = day_field(_l("Dato"), required())
    company = StringField(_l("Bedrift"), [not_blank(), at_most(NAME_LENGTH_MAX)], filters=[stripped])
    modules = MultiCheckboxField(_l("Hva presentasjonen dekker"), choices=module_choices, coerce=str)
    model = RadioField(_l("Modell"), [required()], choices=model_choices, coerce=int)
    mentor = SelectField(_l("Mentor"), coerce=int, default=0)
    mentor_name = StringField(
        _l("Navn på mentoren, når navnet ikke står i listen"), [at_most(NAME_LENGTH_MAX)], filters=[stripped]
    )
    mentor_address = EmailField(
        _l("E-postadressen til mentoren, når navnet ikke står i listen"),
        [Optional(), at_most(254), email_address()],
        filters=[stripped],
        description=_l(
            "Mentoren får en lenke og bekrefter på telefonen, uten konto. "
            "Uten adresse må en opplæringsansvarlig bekrefte."
        ),
    )
    both = BooleanField(_l("Legg den inn for makkeren min også"))
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
            model=DeliveryModel(self.model.data),
            mentor_address="" if self.mentor.data else self.mentor_address.data or "",
        )

    def _listed_as_typed(self) -> list[int]:
        """Those in the list whose name was typed, when nobody is chosen there; 0 in the list is nobody."""
        if self.mentor.data or not self.mentor_name.data:
            return []
        typed = search_key(self.mentor_name.data)
        return [choice.value for choice in self.mentor.choices if choice.value and search_key(choice.label) == typed]


class MadeVisitForm(VisitForm):
    """A visit that has been made, as a trainer records it for somebody."""

    on = day_field(_l("Dato"), required(), not_after(request_today))


def _observed(label: Any, help_: Any) -> TextAreaField:
    return TextAreaField(label, [at_most(OBSERVED_LENGTH_MAX)], filters=[some_lines], description=help_)


class NotesForm(Form):
    """What was observed, by prompt, and the own reflection."""

    message = _observed(
        _l("Hvordan ble budskapet formidlet?"),
        _l("Hvilke ord, eksempler og bilder ble brukt? Hva så ut til å nå fram?"),
    )
    questions = _observed(
        _l("Hva spurte deltakerne om?"), _l("Hva lurte de på, og hvordan ble det svart? Ikke skriv hvem som spurte.")
    )
    taking_part = _observed(
        _l("Hvordan tok leder og ansatte del?"),
        _l("Hvem var med, og hva ble sagt om egen arbeidsplass og hva de kan gjøre selv?"),
    )
    non_directive = _observed(
        _l("Hvor så du ikke-formyndende formidling?"),
        _l("Når ble det spurt og lyttet heller enn gitt råd? Og når ble det motsatte gjort?"),
    )
    sectors = _observed(
        _l("Hvordan delte NAV og helsetjenesten oppgavene?"),
        _l("Hvem gjorde hva, og hvordan bygde de på hverandre? I modell 2: hvordan gikk IA-prosessen?"),
    )
    reflection = TextAreaField(
        _l("Hva tar du med deg til din egen formidling?"),
        [not_blank(), at_most(OBSERVED_LENGTH_MAX)],
        filters=[some_lines],
    )

    def notes(self) -> FieldNotes:
        """What was written, by prompt."""
        return FieldNotes(
            observed={prompt: self[prompt.value].data or "" for prompt in Prompt}, reflection=self.reflection.data
        )


class SendBackForm(Form):
    """What is to be set right."""

    comment = TextAreaField(
        _l("Hva skal rettes?"),
        [not_blank(), at_most(NOTE_LENGTH_MAX)],
        filters=[some_lines],
        description=_l("Den som har hospitert, leser dette."),
    )


class RejectForm(Form):
    """Why a visit does not count."""

    reason = TextAreaField(
        _l("Hvorfor teller den ikke?"),
        [not_blank(), at_most(NOTE_LENGTH_MAX)],
        filters=[some_lines],
        description=_l(
            "Deltakeren leser dette. Beslutningen kan ikke tas tilbake, men en ny hospitering kan registreres."
        ),
    )


class AskAgainForm(Form):
    """Where to send a new link: to whom and at which address."""

    mentor_name = StringField(_l("Navn på mentoren"), [at_most(NAME_LENGTH_MAX)], filters=[stripped])
    mentor_address = EmailField(
        _l("E-postadressen til mentoren"), [Optional(), at_most(254), email_address()], filters=[stripped]
    )

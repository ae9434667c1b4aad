"""Forms of those who come to an open course by themselves, and of the secretariat that looks after them."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, RadioField, SelectField, StringField, ValidationError

from lms.forms import NAME_LENGTH_MAX, Form, at_most, chosen_row, email_address, required, stripped
from lms.hpr import read_hpr
from lms.practitioners import Occupation
from lms.verdict import No, because
from lms.wording import say

HPR_TYPED_MAX = 30
OFFICE_LENGTH_MAX = 120
NO_OFFICE = because("office-missing")


def occupation_choices() -> list[tuple[str, Any]]:
    """What people take the course as, in words."""
    return [
        (Occupation.GP.value, _l("Fastlege eller annen lege som sykmelder")),
        (Occupation.COUNSELLOR.value, _l("Veileder ved et NAV-kontor")),
    ]


class _Named(Form):
    """Who it is; made first, so that what is wrong here is also said first, as it stands on the page."""

    name = StringField(
        _l("Navn"),
        [required(), at_most(NAME_LENGTH_MAX)],
        filters=[stripped],
        description=_l("Slik det skal stå på kursbeviset."),
    )
    email = EmailField(_l("E-postadresse"), [required(), at_most(254), email_address()], filters=[stripped])


class _WithOccupation(Form):
    """What both a doctor and a counsellor may be asked; what is asked of the other is left alone."""

    occupation = RadioField(_l("Jeg er"), [required()], choices=occupation_choices)
    hpr_number = StringField(
        _l("HPR-nummer"),
        [at_most(HPR_TYPED_MAX)],
        filters=[stripped],
        description=_l("For leger. Høyst ni sifre; mellomrom og nuller foran har ingenting å si."),
    )
    office = StringField(
        _l("NAV-kontor"),
        [at_most(OFFICE_LENGTH_MAX)],
        filters=[stripped],
        description=_l("For veiledere, for eksempel NAV Tromsø."),
    )

    def validate_hpr_number(self, field: Any) -> None:
        """A doctor has a number."""
        if self.occupation.data == Occupation.GP:
            self._check_hpr(field)

    def _check_hpr(self, field: Any) -> None:
        read = read_hpr(field.data or "")
        if isinstance(read, No):
            raise ValidationError(say(read.reasons[0]))

    def validate_office(self, field: Any) -> None:
        """A counsellor has an office."""
        if self.occupation.data == Occupation.COUNSELLOR and not field.data:
            raise ValidationError(say(NO_OFFICE))

    @property
    def canonical_hpr(self) -> str | None:
        """The number as it is kept, when a doctor gave one."""
        read = read_hpr(self.hpr_number.data or "")
        return None if isinstance(read, No) or self.occupation.data != Occupation.GP else read

    @property
    def asked_office(self) -> str:
        """The office, when a counsellor gave it."""
        return str(self.office.data) if self.occupation.data == Occupation.COUNSELLOR else ""


class SignUpForm(_Named, _WithOccupation):
    """What somebody says of themselves to take an open course."""

    region = SelectField(
        _l("Hvor i landet jobber du?"),
        [required()],
        coerce=chosen_row,
        description=_l("Vi bruker dette bare til å telle hvor mange i hver region som har tatt kurset."),
    )


class PractitionerForm(_WithOccupation):
    """What the secretariat corrects of somebody who signed up; a counsellor may have a number, too."""

    reason = StringField(_l("Hvorfor rettes det?"), [required(), at_most(500)], filters=[stripped])


class HprForm(Form):
    """The own HPR number."""

    hpr_number = StringField(
        _l("HPR-nummer"),
        [required(), at_most(HPR_TYPED_MAX)],
        filters=[stripped],
        description=_l("Høyst ni sifre; mellomrom og nuller foran har ingenting å si."),
    )

    def validate_hpr_number(self, field: Any) -> None:
        """Digits, at most nine, not nothing."""
        read = read_hpr(field.data or "")
        if isinstance(read, No):
            raise ValidationError(say(read.reasons[0]))

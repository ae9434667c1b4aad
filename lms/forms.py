"""Forms of the ground, and what every form shares: messages in the reader's language, fields that hand over values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import request
from flask_babel import get_domain, gettext, lazy_ngettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    EmailField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.validators import DataRequired, Email, EqualTo, InputRequired, Length, NumberRange, StopValidation

from lms.ids import ROW_ID_MAX
from lms.people import PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN, Locale
from lms.units import Sector

NAME_LENGTH_MAX = 200
TEXT_LENGTH_MAX = 5_000


# What WTForms itself has to say: its words are the keys, our catalogues hold the translations.
_SAID_BY_WTFORMS = (
    _l("Invalid Choice: could not coerce."),
    _l("Invalid choice(s): one or more data inputs could not be coerced."),
    _l("Not a valid choice."),
    _l("Not a valid date value."),
    _l("Not a valid decimal value."),
    _l("Not a valid integer value."),
    lazy_ngettext(
        "'%(value)s' is not a valid choice for this field.", "'%(value)s' are not valid choices for this field.", 1
    ),
)


class _Translations:
    """WTForms' own sentences from our catalogues: it knows no nynorsk."""

    def gettext(self, string: str) -> str:
        return str(get_domain().get_translations().gettext(string))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return str(get_domain().get_translations().ngettext(singular, plural, n))


class Form(FlaskForm):  # type: ignore[misc]
    """Base of every form on the platform."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Translated messages; CSRF is checked for the whole application."""

        csrf = False

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Forms read forms: JSON sent to one is not looked into."""
            return super().wrap_formdata(form, formdata) if not request.is_json else None

        def get_translations(self, _form: Any) -> _Translations:
            return _Translations()


class _Required(InputRequired):  # type: ignore[misc]
    """Something must be given, and blanks are nothing."""

    def __call__(self, form: Any, field: Any) -> None:
        """Stop the checks of this field with one message."""
        if isinstance(field, RadioField) and not field.raw_data:
            field.errors = []
            raise StopValidation(gettext("Velg ett av alternativene."))
        super().__call__(form, field)
        if isinstance(field.data, str) and not field.data.strip():
            field.errors = []
            raise StopValidation(str(self.message))


def required() -> InputRequired:
    """The field must be filled in; blanks alone do not count."""
    return _Required(message=_l("Fyll ut dette feltet."))


def at_most(characters: int) -> Length:
    """The field holds at most so many characters."""
    return Length(max=characters, message=_l("Skriv høyst %(max)d tegn."))


def not_after(latest: Callable[[], date]) -> Callable[[Any, Any], None]:
    """The day is not later than the given one, as a rule today."""

    def check(_form: Any, field: Any) -> None:
        if field.data and field.data > latest():
            raise ValidationError(gettext("Datoen ligger fram i tid."))

    return check


def stripped(value: str | None) -> str:
    """A filter: text on one line, without blanks around it and without characters nobody can see."""
    return "".join(sign for sign in " ".join((value or "").split()) if sign.isprintable()).strip()


def email_address() -> Email:
    """An address mail can be sent to everywhere: ASCII before the @."""
    return Email(message=_l("Dette ser ikke ut som en e-postadresse."), allow_smtputf8=False)


def day_field(label: Any, *validators: Any, **options: Any) -> DateField:
    """A day: the browser's own date picker, or typed as 2026-11-22 or 22.11.2026."""
    return DateField(label, validators=validators, format=["%Y-%m-%d", "%d.%m.%Y"], **options)


class MultiCheckboxField(SelectMultipleField):  # type: ignore[misc]
    """Several of a list, as checkboxes."""

    def pre_validate(self, _form: Any) -> None:
        """Only what was offered, unless the field takes what `access` will check."""
        if self.validate_choice:
            offered = {value for value, *_rest in self.iter_choices()}
            if not offered.issuperset(self.data or ()):
                raise ValidationError(gettext("Velg blant det som står i listen."))


def not_blank() -> DataRequired:
    """The field holds more than blanks; for text with a filter that takes blanks away."""
    return DataRequired(message=_l("Fyll ut dette feltet."))


def some_lines(value: str | None) -> str:
    """A filter: text with its line breaks, without characters nobody can see."""
    return "\n".join(
        "".join(sign for sign in line if sign.isprintable()) for line in (value or "").splitlines()
    ).strip()


def row_id(value: Any) -> int:
    """The number of a row, as a form sends it; anything else is a mistake in the form."""
    number = int(value)
    if not 0 < number <= ROW_ID_MAX:
        raise ValueError("no row has this number")
    return number


def chosen_row(value: object) -> int | None:
    """The number of a row; None for the line that says to choose."""
    return None if value in ("", None) else row_id(value)


def between(least: int, most: int) -> NumberRange:
    """A whole number from `least` to `most`."""
    return NumberRange(min=least, max=most, message=_l("Skriv et tall fra %(min)s til %(max)s."))


def sector_choices() -> list[tuple[str, Any]]:
    """The two sectors with their names."""
    return [(Sector.NAV, _l("NAV")), (Sector.HELSE, _l("Helsetjenesten"))]


def locale_choices() -> list[tuple[str, Any]]:
    """The languages, each in its own words."""
    return [(Locale.NB, "Bokmål"), (Locale.NN, "Nynorsk"), (Locale.EN, "English")]


class SignInForm(Form):
    """Address and password."""

    email = EmailField(_l("E-postadresse"), [required(), at_most(254)], filters=[stripped])
    password = PasswordField(_l("Passord"), [required(), at_most(PASSWORD_LENGTH_MAX)])


class ForgottenForm(Form):
    """The address to send a link to."""

    email = EmailField(
        _l("E-postadresse"),
        [required(), at_most(254), email_address()],
        filters=[stripped],
    )


class PasswordForm(Form):
    """A new password, twice."""

    password = PasswordField(
        _l("Nytt passord"),
        [
            required(),
            Length(
                min=PASSWORD_LENGTH_MIN,
                max=PASSWORD_LENGTH_MAX,
                message=_l("Velg et passord på %(min)d til %(max)d tegn."),
            ),
        ],
        description=_l("Minst 12 tegn. En setning er lett å huske."),
    )
    again = PasswordField(
        _l("Gjenta passordet"), [required(), EqualTo("password", message=_l("De to passordene er ikke like."))]
    )


class InvitationForm(Form):
    """Whom to invite, into which unit and sector."""

    name = StringField(_l("Navn"), [required(), at_most(NAME_LENGTH_MAX)], filters=[stripped])
    email = EmailField(
        _l("E-postadresse"),
        [required(), at_most(254), email_address()],
        filters=[stripped],
    )
    unit = SelectField(_l("Enhet"), [required()], coerce=int)
    sector = RadioField(_l("Sektor"), [required()], choices=sector_choices)
    locale = RadioField(_l("Språk"), [required()], choices=locale_choices, default=Locale.NB)


class PersonForm(Form):
    """What is held on a person, to be corrected; a new unit or sector counts from today."""

    name = StringField(_l("Navn"), [required(), at_most(NAME_LENGTH_MAX)], filters=[stripped])
    email = EmailField(
        _l("E-postadresse"),
        [required(), at_most(254), email_address()],
        filters=[stripped],
    )
    unit = SelectField(_l("Enhet"), [required()], coerce=int, description=_l("En ny enhet gjelder fra i dag."))
    sector = RadioField(_l("Sektor"), [required()], choices=sector_choices)


class AppointmentForm(Form):
    """A role to give in a unit."""

    role = SelectField(_l("Rolle"), [required()])
    unit = SelectField(_l("Enhet"), [required()], coerce=int)


class LanguageForm(Form):
    """The language to read the platform in."""

    locale = RadioField(_l("Språk"), [required()], choices=locale_choices)

"""Forms of pairs."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from lms.forms import Form, chosen_row, day_field, not_after, required, row_id
from lms.web import request_today


class LinkForm(Form):
    """The two to link, and since when."""

    nav = SelectField(_l("Fra NAV"), [required()], coerce=chosen_row, validate_choice=False)
    helse = SelectField(_l("Fra helsetjenesten"), [required()], coerce=chosen_row, validate_choice=False)
    from_on = day_field(_l("Makkere fra"), required(), not_after(request_today))


class ProposalForm(Form):
    """Whom to ask; that they may be asked is decided by `access`."""

    partner = SelectField(_l("Hvem vil du være makker med?"), [required()], coerce=row_id, validate_choice=False)


class EndForm(Form):
    """The last day of a pair."""

    through_on = day_field(_l("Siste dag som makkere"), required(), not_after(request_today))

"""Form of materials: a file or a link."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import StringField

from lms.forms import NAME_LENGTH_MAX, Form, at_most, stripped

LINK_LENGTH_MAX = 2_000


class MaterialForm(Form):
    """A file, or a link to where it lies."""

    title = StringField(
        _l("Hva er det?"),
        [at_most(NAME_LENGTH_MAX)],
        filters=[stripped],
        description=_l("For eksempel «Lysbilder om kroppen». Uten tittel vises navnet på filen."),
    )
    file = FileField(_l("Fil"), description=_l("PDF, bilde, presentasjon, dokument eller regneark, høyst 20 MB."))
    link = StringField(
        _l("Eller en lenke"), [at_most(LINK_LENGTH_MAX)], filters=[stripped], description=_l("Begynner med https://")
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Exactly one of the two is given."""
        holds = bool(super().validate(extra_validators))
        if bool(self.file.data) == bool(self.link.data):
            self.file.errors = [gettext("Velg en fil, eller skriv en lenke, men ikke begge deler.")]
            return False
        return holds

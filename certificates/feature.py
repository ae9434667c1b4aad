"""What this feature hands to the roof: pages, nightly steps, links, home panels, sentences."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from certificates import jobs, panels
from certificates.demo import commands
from certificates.sentences import SENTENCES
from certificates.views import assessment, booking, checks, holder, register, verification
from certificates.wording import WORDING
from lms.features import Feature, Link
from lms.roles import Act
from lms.viewer import Viewer


def navigation(viewer: Viewer) -> Sequence[Link]:
    """The own way for everybody, first for who comes for it; the participants and the register for who has some."""
    looks_after = bool(viewer.may(Act.SEE_REGISTER))
    links = [Link(_l("Min vei"), "holder.path", order=50 if looks_after else 10)]
    if looks_after:
        links += [Link(_l("Deltakere"), "participants.index"), Link(_l("Register"), "register.index")]
    return links


FEATURE = Feature(
    name="certificates",
    blueprints=(
        holder.blueprint,
        checks.blueprint,
        booking.blueprint,
        assessment.blueprint,
        register.blueprint,
        verification.blueprint,
    ),
    commands=(commands.demo,),
    jobs=jobs.JOBS,
    navigation=navigation,
    panels=(panels.own, panels.seats, panels.check, panels.waiting, panels.numbers),
    wording={**WORDING, **SENTENCES},
)

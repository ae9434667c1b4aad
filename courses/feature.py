"""What this feature hands to the roof: the learning half and the fieldwork half as one."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from courses import commands, fieldwork_feature, panels
from courses.views import answers, films, gain, glossary, items, learning, practice, standards, withdrawals
from courses.wording import learning as learning_wording
from lms.features import Feature, Link
from lms.roles import Act
from lms.viewer import Viewer


def navigation(viewer: Viewer) -> Sequence[Link]:
    """The courses for everybody, and what fieldwork has for this viewer."""
    own = (Link(_l("Kurs"), "courses.index"),) if viewer.may(Act.LEARN) else ()
    return own if viewer.only_open_courses else (*own, *fieldwork_feature.navigation(viewer))


FEATURE = Feature(
    name="courses",
    blueprints=(
        learning.blueprint,
        answers.blueprint,
        films.blueprint,
        glossary.blueprint,
        practice.blueprint,
        standards.blueprint,
        withdrawals.blueprint,
        items.blueprint,
        gain.blueprint,
        *fieldwork_feature.BLUEPRINTS,
    ),
    commands=(commands.content,),
    public_links=(Link(_l("Emnekurs"), "courses.topics"),),
    open_blueprints=frozenset({"courses", "answers", "films", "glossary", "practice"}),
    open_panels=(panels.go_on,),
    jobs=fieldwork_feature.JOBS,
    navigation=navigation,
    panels=(panels.go_on, panels.judging, panels.faults, *fieldwork_feature.PANELS),
    calendar=fieldwork_feature.CALENDAR,
    own_pages=fieldwork_feature.OWN_PAGES,
    wording={**learning_wording.WORDING, **fieldwork_feature.WORDING},
)

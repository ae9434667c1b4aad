"""What a browser posts while answering, as answers by position. Whether they make sense is the services' business."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import IntegerField
from wtforms.validators import NumberRange

from lms.forms import Form, required
from quizzes.access import ID_MAX
from quizzes.limits import EXTRA_PERCENT_MAX

SECONDS_MAX = 24 * 60 * 60
QUESTIONS_MAX = 1_000


class ExtraTimeForm(Form):
    """How much more time a person gets for tests."""

    percent = IntegerField(
        _l("Ekstra tid i prosent"),
        [required(), NumberRange(0, EXTRA_PERCENT_MAX, message=_l("Skriv et helt tall fra %(min)s til %(max)s."))],
        description=_l("25 gir en firedel mer tid enn andre får. 0 betyr vanlig tid."),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OneAnswer:
    """What the script sends of one question. None: nothing was said of it."""

    keys: list[str] | None
    flagged: bool | None = None
    seconds: dict[int, int] = field(default_factory=dict)


def page_answers(posted: MultiDict[str, str]) -> dict[int, list[str]]:
    """The answers of a whole page. Each question it holds names itself in `sporsmal`, its choices in `svar-N`.

    So an empty choice is told from a question that was not on the page. What is no number becomes position 0, which
    no test has.
    """
    return {_position(text): posted.getlist(f"svar-{text}") for text in posted.getlist("sporsmal")}


def page_flags(posted: MultiDict[str, str]) -> dict[int, bool]:
    """Which questions of a whole page are marked (`merke-N`) to come back to. A page without marks says nothing."""
    if "merker" not in posted:
        return {}
    return {_position(text): f"merke-{text}" in posted for text in posted.getlist("sporsmal")}


def page_seconds(posted: MultiDict[str, str]) -> dict[int, int]:
    """The time spent, by position, as the script writes it into a page that is sent: `3:40 7:12`."""
    pairs = (one.partition(":") for one in posted.get("sekunder", "").split()[:QUESTIONS_MAX])
    return _seconds({position: int(text) for position, _, text in pairs if text.isascii() and text.isdigit()})


def one_answer(document: Any) -> OneAnswer | None:
    """A JSON document `{"keys": ["a"], "flagged": true, "seconds": {"3": 40}}`, or None when it is something else.

    `keys` may be missing when `flagged` is there; what is no count of seconds is passed over.
    """
    if not isinstance(document, dict):
        return None
    keys, flagged = document.get("keys"), document.get("flagged")
    if keys is not None and not (isinstance(keys, list) and all(isinstance(key, str) for key in keys)):
        return None
    if not isinstance(flagged, bool | None) or (keys is None and flagged is None):
        return None
    spent = document.get("seconds")
    return OneAnswer(keys=keys, flagged=flagged, seconds=_seconds(spent if isinstance(spent, dict) else {}))


def time_spent(document: Any) -> dict[int, int] | None:
    """The seconds of a JSON document `{"seconds": {"3": 40}}`, by position, or None when it is something else."""
    spent = document.get("seconds") if isinstance(document, dict) else None
    return _seconds(spent) if isinstance(spent, dict) else None


def _seconds(spent: dict[str, Any]) -> dict[int, int]:
    """What makes sense of seconds by position; the rest is passed over, since they only ever count."""
    return {
        _position(position): min(count, SECONDS_MAX)
        for position, count in list(spent.items())[:QUESTIONS_MAX]
        if _position(position) and type(count) is int and count > 0
    }


def _position(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(ID_MAX)) else 0
    return number if number <= ID_MAX else 0

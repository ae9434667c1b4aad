"""What a browser posts while answering, as answers by position. Whether they make sense is the services' business."""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import MultiDict

from quizzes.access import ID_MAX


def page_answers(posted: MultiDict[str, str]) -> dict[int, list[str]]:
    """The answers of a whole page. Each question it holds names itself in `sporsmal`, its choices in `svar-N`.

    So an empty choice is told from a question that was not on the page. What is no number becomes position 0, which
    no test has.
    """
    return {_position(text): posted.getlist(f"svar-{text}") for text in posted.getlist("sporsmal")}


def one_answer(document: Any) -> list[str] | None:
    """The keys in a JSON document `{"keys": ["a"]}`, or None when it is something else."""
    keys = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        return None
    return keys


def _position(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(ID_MAX)) else 0

"""What a question is: a frozen value with its options, its answer key and what it teaches (DOMAIN.md 7)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from string import ascii_lowercase
from typing import Any

OPTION_KEYS = ascii_lowercase
"""Keys of options by their order in the source: "a", "b", … A question has no more options than there are keys."""


class Kind(StrEnum):
    """How a question is answered: one option, any number of options, or one of a fixed pair."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true_false"


class Flaw(StrEnum):
    """What makes an answer key unusable, wherever the question comes from."""

    NO_OPTIONS = "no-options"
    ONE_OPTION = "one-option"
    TOO_MANY_OPTIONS = "too-many-options"
    NOT_TWO_OPTIONS = "not-two-options"
    NO_RIGHT_OPTION = "no-right-option"
    SEVERAL_RIGHT_OPTIONS = "several-right-options"
    NO_WRONG_OPTION = "no-wrong-option"


def flaws(kind: Kind | None, marks: Sequence[bool]) -> tuple[Flaw, ...]:
    """All flaws of an answer key. `marks` says of each option whether it is right; an unknown kind is None."""
    count, right = len(marks), sum(marks)
    if count == 0:
        return (Flaw.NO_OPTIONS,)
    found: list[Flaw] = []
    if kind is Kind.TRUE_FALSE and count != 2:
        found.append(Flaw.NOT_TWO_OPTIONS)
    elif count == 1:
        found.append(Flaw.ONE_OPTION)
    elif count > len(OPTION_KEYS):
        found.append(Flaw.TOO_MANY_OPTIONS)
    if right == 0:
        found.append(Flaw.NO_RIGHT_OPTION)
    elif right > 1 and kind in (Kind.SINGLE, Kind.TRUE_FALSE):
        found.append(Flaw.SEVERAL_RIGHT_OPTIONS)
    elif right == count and kind is Kind.MULTIPLE:
        found.append(Flaw.NO_WRONG_OPTION)
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One answer to choose. `text` and `feedback` are Markdown; `feedback` may be empty."""

    key: str
    text: str
    right: bool
    feedback: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question on one objective. `stem` and `explanation` are Markdown, `title` is plain text for authors.

    `line` is where it stands in its file; it is no part of what the question is. Raises `ValueError` when the
    answer key has a flaw, so that every question there is can be answered and scored.
    """

    id: str
    title: str
    objective: str
    kind: Kind
    stem: str
    options: tuple[Option, ...]
    explanation: str
    line: int = field(default=0, compare=False)

    def __post_init__(self) -> None:
        found = flaws(self.kind, [option.right for option in self.options])
        if found:
            raise ValueError(f"{self.id}: {', '.join(found)}")
        if [option.key for option in self.options] != list(OPTION_KEYS[: len(self.options)]):
            raise ValueError(f"{self.id}: options are keyed a, b, … in order")

    @property
    def keys(self) -> frozenset[str]:
        """The keys of all options."""
        return frozenset(option.key for option in self.options)

    @property
    def right_keys(self) -> frozenset[str]:
        """The answer key: the keys of the right options."""
        return frozenset(option.key for option in self.options if option.right)


def key_changed(old: Question, new: Question) -> bool:
    """Whether `new` asks for another answer than `old`: another kind, or other right options.

    Options are compared by key, since answers are stored by key. A reworded option is the same option; one that
    moves changes the key. Once answers exist such a change needs a new id (DESIGN.md, Content).
    """
    return old.kind != new.kind or old.right_keys != new.right_keys


def content_digest(question: Question) -> str:
    """SHA-256, in hexadecimal, of everything a question says, as canonical JSON. Its line is left out."""
    canonical = json.dumps(_source(question), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def to_document(question: Question, render: Callable[[str], str]) -> dict[str, Any]:
    """What an attempt pins: the source, and the HTML that was shown (`stem_html`, `explanation_html`, and in each
    option `text_html`, `feedback_html`), made by `render`. Values are plain JSON."""

    def html(markdown: str) -> str:
        return str(render(markdown)) if markdown else ""

    document = _source(question)
    document["stem_html"] = html(question.stem)
    document["explanation_html"] = html(question.explanation)
    for option in document["options"]:
        option["text_html"] = html(option["text"])
        option["feedback_html"] = html(option["feedback"])
    return document


def from_document(document: Mapping[str, Any]) -> Question:
    """The question a document was made of. Raises `KeyError` or `ValueError` if it is no such document."""
    return Question(
        id=document["id"],
        title=document["title"],
        objective=document["objective"],
        kind=Kind(document["kind"]),
        stem=document["stem"],
        options=tuple(
            Option(key=option["key"], text=option["text"], right=option["right"], feedback=option["feedback"])
            for option in document["options"]
        ),
        explanation=document["explanation"],
    )


def _source(question: Question) -> dict[str, Any]:
    return {
        "id": question.id,
        "title": question.title,
        "objective": question.objective,
        "kind": question.kind.value,
        "stem": question.stem,
        "options": [
            {"key": option.key, "text": option.text, "right": option.right, "feedback": option.feedback}
            for option in question.options
        ],
        "explanation": question.explanation,
    }

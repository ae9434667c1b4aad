"""What a question is: a frozen value with its options, its answer key and what it teaches (DOMAIN.md 7)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal
from enum import StrEnum
from fractions import Fraction
from string import ascii_lowercase
from typing import Any

from quizzes.typed import folded

OPTION_KEYS = ascii_lowercase
"""Keys of options: "a", "b", … A question has no more options than there are keys."""

PAIRS_MIN, PAIRS_MAX = 3, 8
RIGHT_SIDES_MAX = 12
"""Different right-hand texts of a matching question, wrong ones included."""

STEPS_MIN, STEPS_MAX = 3, 8

EXACT = Context(prec=200)
"""Digits enough for the bounds of any number an author writes."""


class Kind(StrEnum):
    """How a question is answered.

    One option, any number of options, one of a fixed pair; an option for each prompt; steps put in order; a number;
    a short text.
    """

    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true_false"
    MATCHING = "matching"
    ORDERING = "ordering"
    NUMERIC = "numeric"
    SHORT = "short"


CHOICES = frozenset({Kind.SINGLE, Kind.MULTIPLE, Kind.TRUE_FALSE})
"""Kinds answered by choosing among options."""

CAN_KEEP_ORDER = frozenset({Kind.SINGLE, Kind.MULTIPLE})
"""Kinds whose options are shuffled, unless their order carries meaning: true and false always stand in theirs, and what
is to be paired or put in order must not."""

TYPED = frozenset({Kind.NUMERIC, Kind.SHORT})
"""Kinds answered by typing."""


class Flaw(StrEnum):
    """What makes an answer key unusable, wherever the question comes from."""

    NO_OPTIONS = "no-options"
    ONE_OPTION = "one-option"
    TOO_MANY_OPTIONS = "too-many-options"
    NOT_TWO_OPTIONS = "not-two-options"
    NO_RIGHT_OPTION = "no-right-option"
    SEVERAL_RIGHT_OPTIONS = "several-right-options"
    NO_WRONG_OPTION = "no-wrong-option"
    TOO_FEW_PAIRS = "too-few-pairs"
    TOO_MANY_PAIRS = "too-many-pairs"
    ONE_RIGHT_SIDE = "one-right-side"
    TOO_MANY_RIGHT_SIDES = "too-many-right-sides"
    TOO_FEW_STEPS = "too-few-steps"
    TOO_MANY_STEPS = "too-many-steps"
    NO_ANSWER = "no-answer"


def flaws(kind: Kind | None, marks: Sequence[bool]) -> tuple[Flaw, ...]:
    """All flaws of an answer key of options. `marks` says of each whether it is right; an unknown kind is None."""
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


def matching_flaws(pairs: int, right_sides: int) -> tuple[Flaw, ...]:
    """All flaws of so many pairs with so many different right-hand texts, wrong ones included."""
    found: list[Flaw] = []
    if pairs < PAIRS_MIN:
        found.append(Flaw.TOO_FEW_PAIRS)
    elif pairs > PAIRS_MAX:
        found.append(Flaw.TOO_MANY_PAIRS)
    if pairs >= PAIRS_MIN and right_sides == 1:
        found.append(Flaw.ONE_RIGHT_SIDE)
    elif right_sides > RIGHT_SIDES_MAX:
        found.append(Flaw.TOO_MANY_RIGHT_SIDES)
    return tuple(found)


def ordering_flaws(steps: int) -> tuple[Flaw, ...]:
    """All flaws of so many steps."""
    if steps < STEPS_MIN:
        return (Flaw.TOO_FEW_STEPS,)
    return (Flaw.TOO_MANY_STEPS,) if steps > STEPS_MAX else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One answer to choose, a right-hand text to pair with, or a step. `text` and `feedback` are Markdown.

    `right` says of an option of a matching question whether any prompt asks for it; a step is always right.
    """

    key: str
    text: str
    right: bool
    feedback: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """The left-hand side of a pair (Markdown), and the key of the option that belongs to it."""

    key: str
    text: str
    option: str
    feedback: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number, and how far from it an answer may lie, bounds included."""

    value: Decimal
    tolerance: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        if self.tolerance < 0 or not (self.value.is_finite() and self.tolerance.is_finite()):
            raise ValueError(f"no number with a tolerance: {self.value} ± {self.tolerance}")

    @property
    def bounds(self) -> tuple[Decimal, Decimal]:
        """The least and the largest answer that is taken."""
        return EXACT.subtract(self.value, self.tolerance), EXACT.add(self.value, self.tolerance)

    def takes(self, given: Decimal) -> bool:
        """Whether an answer is near enough; exact, whatever the number of decimals."""
        return abs(Fraction(given) - Fraction(self.value)) <= Fraction(self.tolerance)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A story that several questions ask about. `text` is Markdown; `line` is no part of what it is."""

    id: str
    title: str
    text: str
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question on one objective. `stem` and `explanation` are Markdown, `title` is plain text for authors.

    What else there is depends on the kind: *matching* has `prompts` in the order of the source beside its options;
    *ordering* has `order`, the keys of the steps as they should stand; *numeric* has `number`; *short* has `accepted`,
    at least one text. `case` is the story it asks about, if any. Options stand in the order of their keys, and are
    shown in it where it carries meaning (`keeps_order`, for `CAN_KEEP_ORDER`); else they are shuffled.

    `line` is where it stands in its file; it is no part of what the question is. Raises `ValueError` when the
    answer key has a flaw, so that every question there is can be answered and scored.
    """

    id: str
    title: str
    objective: str
    kind: Kind
    stem: str
    explanation: str
    options: tuple[Option, ...] = ()
    prompts: tuple[Prompt, ...] = ()
    order: tuple[str, ...] = ()
    number: Number | None = None
    accepted: tuple[str, ...] = ()
    case: Case | None = None
    keeps_order: bool = False
    line: int = field(default=0, compare=False)

    def __post_init__(self) -> None:
        found = self._flaws()
        if found:
            raise ValueError(f"{self.id}: {', '.join(found)}")
        if [option.key for option in self.options] != list(OPTION_KEYS[: len(self.options)]):
            raise ValueError(f"{self.id}: options are keyed a, b, … in order")
        if sorted(prompt.key for prompt in self.prompts) != list(OPTION_KEYS[: len(self.prompts)]):
            raise ValueError(f"{self.id}: prompts are keyed a, b, … in any order")
        if not {prompt.option for prompt in self.prompts} <= self.keys:
            raise ValueError(f"{self.id}: a prompt asks for an option that is not there")
        if self.kind is Kind.ORDERING and sorted(self.order) != sorted(self.keys):
            raise ValueError(f"{self.id}: the order names each step once")
        if self.keeps_order and self.kind not in CAN_KEEP_ORDER:
            raise ValueError(f"{self.id}: only options to choose among can keep their order")

    def _flaws(self) -> tuple[Flaw, ...]:
        if self.kind is Kind.MATCHING:
            return matching_flaws(len(self.prompts), len(self.options))
        if self.kind is Kind.ORDERING:
            return ordering_flaws(len(self.options))
        if self.kind is Kind.NUMERIC:
            return () if self.number else (Flaw.NO_ANSWER,)
        if self.kind is Kind.SHORT:
            return () if self.accepted and all(map(folded, self.accepted)) else (Flaw.NO_ANSWER,)
        return flaws(self.kind, [option.right for option in self.options])

    @property
    def keys(self) -> frozenset[str]:
        """The keys of all options."""
        return frozenset(option.key for option in self.options)

    @property
    def right_keys(self) -> frozenset[str]:
        """The answer key of a question answered by choosing: the keys of the right options."""
        return frozenset(option.key for option in self.options if option.right)

    @property
    def right_response(self) -> frozenset[str]:
        """A response that gives full score, whatever the kind; for a typed answer one of those that do."""
        if self.kind is Kind.MATCHING:
            return frozenset(f"{prompt.key}={prompt.option}" for prompt in self.prompts)
        if self.kind is Kind.ORDERING:
            return frozenset(f"{key}={place}" for place, key in enumerate(self.order, 1))
        if self.number is not None:
            return frozenset({f"{self.number.value:f}"})
        return frozenset(self.accepted[:1]) or self.right_keys


def key_changed(old: Question, new: Question) -> bool:
    """Whether `new` asks for another answer than `old`. Once answers exist, that needs a new id (DESIGN.md, Content).

    Another kind always does. Otherwise:

    *single, multiple, true_false*: other right options. They are compared by key, since answers are stored by key: a
    reworded option is the same option, one that moves changes the key.
    *matching*: other pairs, another number of prompts or options, or a text that has come to stand under another key
    (two right-hand texts that have changed places), since keys follow places in the source and not words.
    *ordering*: another number of steps, or a step that has moved. A reworded step in its old place is the same step.
    *numeric*: another value, or a smaller tolerance; a larger one only takes more answers as right.
    *short*: a text that was accepted and is so no more; one more that is accepted changes nothing.
    """
    if old.kind != new.kind:
        return True
    if old.number and new.number:
        return old.number.value != new.number.value or new.number.tolerance < old.number.tolerance
    if old.kind is Kind.SHORT:
        return not {*map(folded, old.accepted)} <= {*map(folded, new.accepted)}
    if old.kind in CHOICES:
        return old.right_keys != new.right_keys
    return old.right_response != new.right_response or _has_moved(old, new) or old.keys != new.keys


def _has_moved(old: Question, new: Question) -> bool:
    """Whether a text of both stands under another key in each."""

    def texts(question: Question) -> tuple[dict[str, str], dict[str, str]]:
        prompts = {" ".join(one.text.split()).casefold(): one.key for one in question.prompts}
        return prompts, {" ".join(one.text.split()).casefold(): one.key for one in question.options}

    return any(
        before[text] != after[text]
        for before, after in zip(texts(old), texts(new), strict=True)
        for text in before.keys() & after.keys()
    )


def content_digest(question: Question) -> str:
    """SHA-256, in hexadecimal, of everything a question says, as canonical JSON. Its line is left out."""
    canonical = json.dumps(_source(question), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def to_document(question: Question, render: Callable[[str], str]) -> dict[str, Any]:
    """What an attempt pins: the source, and the HTML that was shown, made by `render`. Values are plain JSON.

    `stem_html`, `explanation_html`; in each option and prompt `text_html` and `feedback_html`; in a case `text_html`.
    """

    def html(markdown: str) -> str:
        return str(render(markdown)) if markdown else ""

    document = _source(question)
    document["stem_html"] = html(question.stem)
    document["explanation_html"] = html(question.explanation)
    for one in (*document["options"], *document.get("prompts", ())):
        one["text_html"] = html(one["text"])
        one["feedback_html"] = html(one["feedback"])
    if question.case:
        document["case"]["text_html"] = html(question.case.text)
    return document


def from_document(document: Mapping[str, Any]) -> Question:
    """The question a document was made of. Raises `KeyError` or `ValueError` if it is no such document."""
    number, case = document.get("number"), document.get("case")
    return Question(
        id=document["id"],
        title=document["title"],
        objective=document["objective"],
        kind=Kind(document["kind"]),
        stem=document["stem"],
        options=tuple(
            Option(key=one["key"], text=one["text"], right=one["right"], feedback=one["feedback"])
            for one in document["options"]
        ),
        prompts=tuple(
            Prompt(key=one["key"], text=one["text"], option=one["option"], feedback=one["feedback"])
            for one in document.get("prompts", ())
        ),
        order=tuple(document.get("order", ())),
        number=number and Number(value=Decimal(number["value"]), tolerance=Decimal(number["tolerance"])),
        accepted=tuple(document.get("accepted", ())),
        case=case and Case(id=case["id"], title=case["title"], text=case["text"]),
        keeps_order=document.get("keeps_order", False),
        explanation=document["explanation"],
    )


def _source(question: Question) -> dict[str, Any]:
    """What a question says. Fields it does not use are left out: digests made before they were there must stand."""
    source: dict[str, Any] = {
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
    if question.prompts:
        source["prompts"] = [
            {"key": prompt.key, "text": prompt.text, "option": prompt.option, "feedback": prompt.feedback}
            for prompt in question.prompts
        ]
    if question.order:
        source["order"] = list(question.order)
    if question.number:
        number = question.number
        source["number"] = {"value": f"{number.value:f}", "tolerance": f"{number.tolerance:f}"}
    if question.accepted:
        source["accepted"] = list(question.accepted)
    if question.keeps_order:
        source["keeps_order"] = True
    if question.case:
        source["case"] = {"id": question.case.id, "title": question.case.title, "text": question.case.text}
    return source

"""A question as one meets it afterwards: what one answered, what is right and why. Never shown for a pre-test."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from markupsafe import Markup

from quizzes.questions import TYPED, Kind, from_document
from quizzes.responses import Response, assigned, places, typed
from quizzes.showing import Document, ShownCase, case_of, html, ordered, phrase
from quizzes.typed import shown_number


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedOption:
    """An answer with everything known about it."""

    text: Markup
    feedback: Markup
    chosen: bool
    right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedPrompt:
    """A prompt with the option found for it (None: none) and the right one."""

    text: Markup
    feedback: Markup
    chosen: Markup | None
    chosen_feedback: Markup
    right: Markup
    is_right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedStep:
    """A step in its right place; `given` is where it was put, from 1, or None."""

    text: Markup
    feedback: Markup
    place: int
    given: int | None

    @property
    def is_right(self) -> bool:
        """Whether it was put in its place."""
        return self.given == self.place


@dataclass(frozen=True, slots=True, kw_only=True)
class RightNumber:
    """The number asked for and the bounds of what is taken, as one writes them; `bounds` is None without room."""

    value: str
    bounds: tuple[str, str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedQuestion:
    """A question afterwards: what was answered, what is right and why, and what it gave (0…1).

    `steps` stand in the right order; `typed` is what was typed, `accepted` what would have been taken.
    """

    position: int
    kind: Kind
    stem: Markup
    explanation: Markup
    score: Fraction
    is_answered: bool
    case: ShownCase | None = None
    options: tuple[ReviewedOption, ...] = ()
    prompts: tuple[ReviewedPrompt, ...] = ()
    steps: tuple[ReviewedStep, ...] = ()
    typed: str = ""
    number: RightNumber | None = None
    accepted: tuple[str, ...] = ()


def reviewed(
    document: Document, position: int, option_order: Iterable[str], response: Response, score: Fraction
) -> ReviewedQuestion:
    """A question afterwards, from its document; `option_order` and `response` are those it was answered with."""
    kind = Kind(document["kind"])
    common = ReviewedQuestion(
        position=position,
        kind=kind,
        stem=html(document["stem_html"]),
        explanation=html(document["explanation_html"]),
        score=score,
        is_answered=bool(response),
        case=case_of(document),
        typed=typed(response) if kind in TYPED else "",
        number=_number(document),
        accepted=tuple(document.get("accepted", ())),
    )
    if kind is Kind.MATCHING:
        return replace(common, prompts=_prompts(document, assigned(response)))
    if kind is Kind.ORDERING:
        return replace(common, steps=_steps(document, places(response)))
    return replace(
        common,
        options=tuple(
            ReviewedOption(
                text=phrase(option["text_html"]),
                feedback=html(option["feedback_html"]),
                chosen=option["key"] in response,
                right=option["right"],
            )
            for option in ordered(document, option_order)
        ),
    )


def _prompts(document: Document, given: dict[str, str]) -> tuple[ReviewedPrompt, ...]:
    options = {option["key"]: option for option in document["options"]}
    shown: list[ReviewedPrompt] = []
    for prompt in document["prompts"]:
        chosen = options.get(given.get(prompt["key"], ""))
        is_right = chosen is not None and chosen["key"] == prompt["option"]
        shown.append(
            ReviewedPrompt(
                text=phrase(prompt["text_html"]),
                feedback=html(prompt["feedback_html"]),
                chosen=phrase(chosen["text_html"]) if chosen else None,
                chosen_feedback=html(chosen["feedback_html"] if chosen and not is_right else ""),
                right=phrase(options[prompt["option"]]["text_html"]),
                is_right=is_right,
            )
        )
    return tuple(shown)


def _steps(document: Document, given: dict[str, int]) -> tuple[ReviewedStep, ...]:
    return tuple(
        ReviewedStep(
            text=phrase(step["text_html"]),
            feedback=html(step["feedback_html"]),
            place=place,
            given=given.get(step["key"]),
        )
        for place, step in enumerate(ordered(document, document["order"]), 1)
    )


def _number(document: Document) -> RightNumber | None:
    number = from_document(document).number if "number" in document else None
    if number is None:
        return None
    low, high = number.bounds
    return RightNumber(
        value=shown_number(number.value),
        bounds=(shown_number(low), shown_number(high)) if number.tolerance else None,
    )

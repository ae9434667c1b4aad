"""A question as one meets it while answering: no key, no feedback, no explanation (DOMAIN.md 7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from markupsafe import Markup

from quizzes.attempts import Standing, standing
from quizzes.questions import TYPED, Kind, from_document
from quizzes.responses import Response, assigned, places, typed
from quizzes.showing import Document, ShownCase, case_of, html, ordered, phrase, words


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperOption:
    """An answer to choose, as sanitised HTML. Whether it is right is not known here."""

    key: str
    text: Markup
    chosen: bool = False

    @property
    def words(self) -> str:
        """The text without mark-up, for a list to choose from."""
        return words(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperPrompt:
    """What an option is to be found for; `chosen` is the key of that found so far, or ""."""

    key: str
    text: Markup
    chosen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperStep:
    """A step to be put in its place; `place` is that given so far, from 1, or None."""

    key: str
    text: Markup
    place: int | None

    @property
    def words(self) -> str:
        """The text without mark-up, for the name of a button."""
        return words(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperQuestion:
    """A question to answer. `options` (those of a matching question too) and `steps` stand in the order shown."""

    position: int
    kind: Kind
    stem: Markup
    standing: Standing
    case: ShownCase | None = None
    options: tuple[PaperOption, ...] = ()
    prompts: tuple[PaperPrompt, ...] = ()
    steps: tuple[PaperStep, ...] = ()
    typed: str = ""
    flagged: bool = False

    @property
    def is_answered(self) -> bool:
        """Whether there is a whole answer, readable or not."""
        return self.standing in (Standing.WHOLE, Standing.UNREADABLE)


def asked(document: Document, position: int, option_order: Iterable[str], response: Response) -> PaperQuestion:
    """A question to answer, from its document, with what has been answered so far.

    `option_order` are the keys of all its options as they are to be shown (`quizzes.selection.Item`).
    """
    kind = Kind(document["kind"])
    options = ordered(document, option_order)
    common = PaperQuestion(
        position=position,
        kind=kind,
        stem=html(document["stem_html"]),
        standing=standing(from_document(document), response),
        case=case_of(document),
        typed=typed(response) if kind in TYPED else "",
    )
    if kind is Kind.ORDERING:
        given = places(response)
        return replace(
            common,
            steps=tuple(
                PaperStep(key=one["key"], text=phrase(one["text_html"]), place=given.get(one["key"])) for one in options
            ),
        )
    chosen = assigned(response) if kind is Kind.MATCHING else {}
    return replace(
        common,
        options=tuple(
            PaperOption(
                key=one["key"],
                text=phrase(one["text_html"]),
                chosen=kind is not Kind.MATCHING and one["key"] in response,
            )
            for one in options
        ),
        prompts=tuple(
            PaperPrompt(key=one["key"], text=phrase(one["text_html"]), chosen=chosen.get(one["key"], ""))
            for one in document.get("prompts", ())
        ),
    )


def told_once(questions: Iterable[PaperQuestion]) -> tuple[PaperQuestion, ...]:
    """The questions of a page, with each case told in full above the first that asks about it."""
    told: set[ShownCase] = set()
    page: list[PaperQuestion] = []
    for question in questions:
        case = question.case
        page.append(replace(question, case=replace(case, again=True)) if case and case in told else question)
        if case:
            told.add(case)
    return tuple(page)

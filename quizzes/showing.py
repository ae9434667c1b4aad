"""HTML from a question's document, and its options in the order shown: what paper and review have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

Document = Mapping[str, Any]
"""A question as it is pinned: `quizzes.questions.to_document`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCase:
    """The story a question asks about. `again`: it stands above an earlier question already."""

    id: str
    title: str
    text: Markup
    again: bool = False


def case_of(document: Document) -> ShownCase | None:
    """The case of a question, if any."""
    case = document.get("case")
    return ShownCase(id=case["id"], title=case["title"], text=html(case["text_html"])) if case else None


def ordered(document: Document, option_order: Iterable[str]) -> list[Mapping[str, Any]]:
    """The options in the order shown."""
    options = {option["key"]: option for option in document["options"]}
    return [options[key] for key in option_order]


def html(stored: str) -> Markup:
    """HTML that was sanitised when it was published (`lms.markup.render`), and is kept in our own table only."""
    return Markup(stored)  # noqa: S704


def phrase(stored: str) -> Markup:
    """The same without the paragraph around it, when there is only one: a label may not hold a block."""
    text = stored.strip()
    inner = text.removeprefix("<p>").removesuffix("</p>")
    return html(inner if len(inner) == len(text) - 7 and "<p" not in inner else text)


def words(markup: Markup) -> str:
    """HTML as plain text on one line, for what holds nothing else: a list to choose from, the name of a button."""
    return " ".join(markup.striptags().split())

"""A text cut at its headings, and what a heading says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from quizzes.questions import CAN_KEEP_ORDER, Kind

SLUG_MAX_CHARS = 80

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
HEADING = re.compile(r" {0,3}(#+)(.*)")
CODE_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})(.*)")
INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

ATTRIBUTES = "{#id objective=læringsmål kind=single}"
CASE_ATTRIBUTES = "{#id kind=case}"
CASE = "case"
ORDER, FIXED = "order", "fixed"
"""`order=fixed`: the options are shown in the order of the source, since it carries meaning."""

KINDS = ", ".join([*Kind, CASE])

NOTHING_TO_KEEP = {
    str(Kind.TRUE_FALSE): "sant og usant bytter aldri plass",
    str(Kind.MATCHING): "svarene må blandes, ellers står parene ferdige",
    str(Kind.ORDERING): "trinnene må blandes, ellers står svaret der",
}

Tell = Callable[[int, str], None]
"""Reports a problem at a line."""


class Line(NamedTuple):
    """A line and its number in the file. `code`: inside a fenced code block, or its end, so no mark-up."""

    number: int
    text: str
    code: bool


class Heading(NamedTuple):
    """The title of a section, and its attributes: those that stand there once, are known and have a value."""

    line: int
    title: str
    attributes: Mapping[str, str]

    @property
    def id(self) -> str:
        """The id, or "" where there is none."""
        return self.attributes.get("id", "")

    @property
    def is_case(self) -> bool:
        """Whether the section tells a case and asks nothing."""
        return self.attributes.get("kind") == CASE

    @property
    def keeps_order(self) -> bool:
        """Whether the options are to be shown in the order they are written in."""
        return self.attributes.get(ORDER) == FIXED


@dataclass(slots=True)
class Section:
    """A heading (without its ##) and the lines below it."""

    line: int
    heading: str
    lines: list[Line] = field(default_factory=list)
    unclosed_code: bool = False


def lines_of(text: str) -> list[str]:
    """The lines of a text from any system."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def cut(lines: Iterable[str], tell: Tell) -> list[Section]:
    """Cut the text at its level 2 headings. A heading with attributes ends an unclosed code block too."""
    sections: list[Section] = []
    fence, fence_line = "", 0
    told_of_preface = False

    def tell_of_unclosed_code() -> None:
        tell(fence_line, f"kodeblokken tar ikke slutt: skriv {fence} på en egen linje under koden")
        if sections:
            sections[-1].unclosed_code = True

    for number, text in enumerate(lines, 1):
        if invisible := INVISIBLE.search(text):
            tell(number, f"usynlig tegn (U+{ord(invisible[0]):04X}): slett det")
        heading = HEADING.fullmatch(text)
        begins = heading is not None and len(heading[1]) == 2 and (not fence or "{#" in heading[2])
        if heading and begins:
            if fence:
                tell_of_unclosed_code()
                fence = ""
            sections.append(Section(number, heading[2].strip()))
        elif heading and not fence:
            tell(number, "overskriften hører ikke hjemme her: bruk ## for et nytt spørsmål, ellers fjern #")
        else:
            if sections:
                sections[-1].lines.append(Line(number, text, bool(fence)))
            elif text.strip() and not told_of_preface:
                told_of_preface = True
                tell(number, f"tekst før første spørsmål: slett den, eller sett ## Tittel {ATTRIBUTES} over")
            fence, fence_line = _fence_after(text, number, fence, fence_line)
    if fence:
        tell_of_unclosed_code()
    return sections


def _fence_after(text: str, number: int, fence: str, fence_line: int) -> tuple[str, int]:
    """The code fence that is open below a line, and where it opened; "" for none."""
    mark = CODE_FENCE.fullmatch(text)
    if mark is None:
        return fence, fence_line
    if fence:
        return ("", 0) if mark[1].startswith(fence) and not mark[2].strip() else (fence, fence_line)
    return (mark[1], number) if "`" not in mark[2] or mark[1][0] == "~" else ("", 0)


def read_heading(section: Section, tell: Tell) -> Heading:
    """What `Title {#id objective=… kind=…}` says."""
    title, brace, rest = section.heading.rpartition("{")
    if not brace:
        tell(section.line, f"overskriften mangler {ATTRIBUTES}: skriv det sist i linjen")
        return Heading(section.line, section.heading, {})
    if not rest.endswith("}"):
        tell(section.line, f"attributtene leses ikke: de skal stå sist i overskriften, slik: {ATTRIBUTES}")
        return Heading(section.line, section.heading, {})
    if not title.strip():
        tell(section.line, "overskriften mangler tittel: skriv noen ord foran {")
    words = [_key_and_value(word) for word in rest[:-1].split()]
    is_case = any(key == "kind" and value == CASE for key, value, _word in words)
    known = {"id", "kind"} if is_case else {"id", "objective", "kind", "case", ORDER}
    attributes: dict[str, str] = {}
    for key, value, word in words:
        if key not in known:
            agreed = CASE_ATTRIBUTES if is_case else f"{ATTRIBUTES}, og om det trengs case=…, {ORDER}={FIXED}"
            tell(section.line, f"ukjent attributt «{word}»: bruk bare {agreed}")
        elif key in attributes:
            tell(section.line, f"«{key}» står to ganger i overskriften: behold én")
        else:
            attributes[key] = value
    _check(section.line, attributes, tell, is_case=is_case)
    return Heading(section.line, title.strip(), {key: value for key, value in attributes.items() if value})


def _key_and_value(word: str) -> tuple[str, str, str]:
    """Key, value and the word itself; an empty key for what is no attribute."""
    if word.startswith("#"):
        return "id", word[1:], word
    key, equals, value = word.partition("=")
    return ("" if not equals or key == "id" else key), value, word


def _check(line: int, attributes: Mapping[str, str], tell: Tell, *, is_case: bool) -> None:
    examples = {"id": "#rygg-skive-01", "objective": "objective=ryggens-robusthet"}
    if is_case:
        del examples["objective"]
    for key, example in examples.items():
        value = attributes.get(key)
        if not value:
            tell(line, f"mangler {key}: skriv for eksempel {example} mellom {{ og }} i overskriften")
        elif not SLUG.fullmatch(value) or len(value) > SLUG_MAX_CHARS:
            tell(
                line,
                f"{key} «{value[:SLUG_MAX_CHARS]}» kan ikke brukes: bruk små bokstaver a–z, tall og "
                f"enkle bindestreker, høyst {SLUG_MAX_CHARS} tegn",
            )
    kind = attributes.get("kind")
    if not kind:
        tell(line, f"mangler kind: skriv kind= og én av {KINDS}")
    elif kind not in (*Kind, CASE):
        tell(line, f"ukjent kind «{kind}»: bruk én av {KINDS}")
    if (order := attributes.get(ORDER)) is not None:
        _check_order(line, order, kind, tell)
    if attributes.get("case") == "":
        tell(line, "«case» er tom: skriv id-en til kasuset etter =, eller slett attributtet")


def _check_order(line: int, order: str, kind: str | None, tell: Tell) -> None:
    if order != FIXED:
        tell(line, f"ukjent {ORDER} «{order[:SLUG_MAX_CHARS]}»: skriv {ORDER}={FIXED}, eller slett attributtet")
    elif kind in tuple(Kind) and kind not in CAN_KEEP_ORDER:
        why = NOTHING_TO_KEEP.get(str(kind), "her er det ingen alternativer")
        tell(line, f"{ORDER}={FIXED} passer ikke til kind={kind}: {why}, så slett attributtet")

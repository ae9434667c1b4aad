"""Questions from Markdown, or every problem in the text at once (DESIGN.md, Content).

    ## Title {#question-id objective=objective-id kind=single}

    Stem, any Markdown without headings.

    - [ ] A wrong option, which may go on in lines below
      > Feedback on this option, indented
    - [x] The right option

    > Explanation.

The text is read line by line in one pass, so the time grows with its length only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from lms.content import Problem, Report
from quizzes.questions import OPTION_KEYS, Flaw, Kind, Option, Question, flaws

SLUG_MAX_CHARS = 80
OPTION_INDENT_COLUMNS = 2
"""From this indent on a line belongs to the option above it."""

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
HEADING = re.compile(r" {0,3}(#+)(.*)")
QUOTED_HEADING = re.compile(r"[ \t]*(?:>[ \t]?)+ {0,3}#")
UNDERLINE = re.compile(r"=+|-+")
CODE_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})(.*)")
OPTION = re.compile(r"[ \t]*(?:[-*+]|[0-9]{1,3}[.)])[ \t]*\[([ \t]{0,3}[^\s\]]?[ \t]{0,3})\](?!\()(.*)")
OPTION_AS_AGREED = re.compile(r" {0,3}[-*+][ \t]+\[[ xX]\](?:[ \t]|$)")
QUOTE_MARK = re.compile(r"[ \t]*>[ \t]?")
INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

ATTRIBUTES = "{#id objective=læringsmål kind=single}"
KINDS = ", ".join(Kind)

FLAW_MESSAGES = {
    Flaw.NO_OPTIONS: "mangler svaralternativer: skriv dem som en liste med «- [ ] » for galt og «- [x] » for riktig",
    Flaw.ONE_OPTION: "bare ett svaralternativ: skriv minst to",
    Flaw.TOO_MANY_OPTIONS: f"for mange svaralternativer: skriv høyst {len(OPTION_KEYS)}",
    Flaw.NOT_TWO_OPTIONS: "et spørsmål med kind=true_false skal ha nøyaktig to alternativer: skriv «Sant» og «Usant»",
    Flaw.NO_RIGHT_OPTION: "ingen riktige svar: sett x i hakeparentesen foran det som er riktig, «- [x] »",
    Flaw.SEVERAL_RIGHT_OPTIONS: "mer enn ett riktig svar: la bare ett ha «[x]», eller bruk kind=multiple",
    Flaw.NO_WRONG_OPTION: "alle alternativene er riktige: la minst ett være galt, «- [ ] »",
}

Tell = Callable[[int, str], None]
"""Reports a problem at a line."""


class _Line(NamedTuple):
    number: int
    text: str
    code: bool
    """Inside a fenced code block, or its end: no mark-up."""


@dataclass(slots=True)
class _Section:
    """A question's heading (without its ##) and the lines below it."""

    line: int
    heading: str
    lines: list[_Line] = field(default_factory=list)
    unclosed_code: bool = False


@dataclass(slots=True)
class _Choice:
    line: int
    right: bool
    text: list[str]
    feedback: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Body:
    stem: list[str] = field(default_factory=list)
    choices: list[_Choice] = field(default_factory=list)
    explanation: list[str] = field(default_factory=list)


def parse_questions(text: str, name: str) -> Report[Question]:
    """The questions of a text in order, or all its problems, by line. `name` is the path that problems show.

    Never raises, whatever the text. Ids are unique in the text; that they are so in the course, and that the
    objectives exist, is for the course to check.
    """
    problems: list[Problem] = []

    def tell(line: int, message: str) -> None:
        problems.append(Problem(name, line, message))

    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    sections = _sections(lines, tell)
    if not sections and not problems:
        tell(1, f"ingen spørsmål: begynn hvert med en overskrift, ## Tittel {ATTRIBUTES}, eller slett filen")
    lines_by_id: dict[str, int] = {}
    questions = [_question(section, lines_by_id, tell) for section in sections]
    if problems:
        return Report(problems=tuple(sorted(problems)))
    return Report(items=tuple(question for question in questions if question))


def _sections(lines: Iterable[str], tell: Tell) -> list[_Section]:
    """Cut the text at its level 2 headings. A heading with attributes ends an unclosed code block too."""
    sections: list[_Section] = []
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
            sections.append(_Section(number, heading[2].strip()))
        elif heading and not fence:
            tell(number, "overskriften hører ikke hjemme her: bruk ## for et nytt spørsmål, ellers fjern #")
        else:
            if sections:
                sections[-1].lines.append(_Line(number, text, bool(fence)))
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


def _question(section: _Section, lines_by_id: dict[str, int], tell: Tell) -> Question | None:
    """A section as a question; None, and everything told, when it is not one."""
    title, attributes = _heading(section, tell)
    question_id = attributes.get("id")
    if question_id and question_id in lines_by_id:
        tell(section.line, f"id-en «{question_id}» er alt brukt på linje {lines_by_id[question_id]}: velg en annen")
    elif question_id:
        lines_by_id[question_id] = section.line
    kind = Kind(attributes["kind"]) if attributes.get("kind") in tuple(Kind) else None
    if section.unclosed_code:
        return None

    body = _body(section, tell)
    stem, explanation = _block(body.stem), _block(_unquoted(body.explanation))
    found = flaws(kind, [choice.right for choice in body.choices])
    if not stem:
        tell(section.line, "mangler spørsmålstekst: skriv den mellom overskriften og alternativene")
    for flaw in found:
        tell(section.line, FLAW_MESSAGES[flaw])
    if body.choices and not explanation:  # without options nothing tells it from the stem
        tell(section.line, "mangler forklaring: skriv den under alternativene, med > helt til venstre i hver linje")
    options = _options(body.choices, tell)
    if found or kind is None or question_id is None or "objective" not in attributes:
        return None
    return Question(
        id=question_id,
        title=title,
        objective=attributes["objective"],
        kind=kind,
        stem=stem,
        options=options,
        explanation=explanation,
        line=section.line,
    )


def _heading(section: _Section, tell: Tell) -> tuple[str, dict[str, str]]:
    """The title and the sound attributes (id, objective, kind) of `Title {#id objective=… kind=…}`."""
    title, brace, rest = section.heading.rpartition("{")
    if not brace:
        tell(section.line, f"overskriften mangler {ATTRIBUTES}: skriv det sist i linjen")
        return section.heading, {}
    if not rest.endswith("}"):
        tell(section.line, f"attributtene leses ikke: de skal stå sist i overskriften, slik: {ATTRIBUTES}")
        return section.heading, {}
    if not title.strip():
        tell(section.line, "overskriften mangler tittel: skriv noen ord foran {")
    attributes: dict[str, str] = {}
    for word in rest[:-1].split():
        key, equals, value = ("id", "=", word[1:]) if word.startswith("#") else word.partition("=")
        if not equals or key not in ("id", "objective", "kind") or word.startswith("id="):
            tell(section.line, f"ukjent attributt «{word}»: bruk bare {ATTRIBUTES}")
        elif key in attributes:
            tell(section.line, f"«{key}» står to ganger i overskriften: behold én")
        else:
            attributes[key] = value
    _check_attributes(section.line, attributes, tell)
    return title.strip(), {key: value for key, value in attributes.items() if value}


def _check_attributes(line: int, attributes: dict[str, str], tell: Tell) -> None:
    for key, example in (("id", "#rygg-skive-01"), ("objective", "objective=ryggens-robusthet")):
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
    elif kind not in tuple(Kind):
        tell(line, f"ukjent kind «{kind}»: bruk én av {KINDS}")


def _body(section: _Section, tell: Tell) -> _Body:
    """Share a section's lines between stem, options, feedback and explanation."""
    body = _Body()
    target = body.stem
    above = ""  # the line above, without indent and quote marks
    after_gap = True
    for number, text, code in section.lines:
        bare = text.strip(" \t>")
        if code or not text.strip():
            target.append(text)
        elif mark := OPTION.fullmatch(text):
            _check_option(number, text, late=bool(body.explanation), tell=tell)
            body.choices.append(_Choice(number, bool(mark[1].strip()), [mark[2].strip()]))
            target = body.choices[-1].text
        else:
            if QUOTED_HEADING.match(text) or (above and UNDERLINE.fullmatch(bare)):
                tell(
                    number, "linjen lager en overskrift: fjern # eller streken, eller sett en blank linje over streken"
                )
            if target is not body.stem:
                target = _target(body, target, number, text, after_gap=after_gap, tell=tell)
            target.append(text)
        above = "" if code else bare
        after_gap = not code and not text.strip()
    return body


def _check_option(line: int, text: str, *, late: bool, tell: Tell) -> None:
    if not OPTION_AS_AGREED.match(text):
        tell(line, "alternativet er skrevet feil: begynn linjen med «- [ ] » for galt eller «- [x] » for riktig")
    if late:
        tell(
            line,
            "alternativet står etter forklaringen: flytt det over; "
            "er sitatet over en tilbakemelding, så rykk det inn med to mellomrom",
        )


def _target(body: _Body, target: list[str], line: int, text: str, *, after_gap: bool, tell: Tell) -> list[str]:
    """Where a line of text below the first option belongs; without a gap above it goes on where the line above was."""
    quoted = text.lstrip().startswith(">")
    choice = body.choices[-1]
    if _indent(text) >= OPTION_INDENT_COLUMNS and not body.explanation:
        if quoted:
            return choice.feedback
        if after_gap and target is choice.feedback:
            tell(line, "teksten står etter tilbakemeldingen: flytt den over, eller begynn linjen med >")
    elif quoted:
        return body.explanation
    elif after_gap:
        tell(
            line,
            "teksten hører ikke til noe: begynn linjen med > hvis den er forklaring, "
            "eller rykk den inn med to mellomrom hvis den hører til alternativet over",
        )
    return target


def _options(choices: list[_Choice], tell: Tell) -> tuple[Option, ...]:
    """The options with their keys; as many as there are keys for."""
    options: list[Option] = []
    first_lines: dict[str, int] = {}
    for key, choice in zip(OPTION_KEYS, choices, strict=False):
        text = _block([choice.text[0], *_dedented(choice.text[1:])])
        same = " ".join(text.split()).casefold()
        if not text:
            tell(choice.line, "alternativet er tomt: skriv teksten etter hakeparentesen, eller slett linjen")
        elif same in first_lines:
            tell(choice.line, f"alternativet er likt det på linje {first_lines[same]}: skriv det om, eller slett det")
        first_lines.setdefault(same, choice.line)
        options.append(Option(key=key, text=text, right=choice.right, feedback=_block(_unquoted(choice.feedback))))
    return tuple(options)


def _indent(text: str) -> int:
    """Columns of white space before the text; a tab reaches to the next multiple of four."""
    white = text[: len(text) - len(text.lstrip(" \t"))]
    return len(white.expandtabs(4))


def _unquoted(lines: list[str]) -> list[str]:
    """Lines without their quote mark; a line that goes on without one is kept."""
    return [QUOTE_MARK.sub("", line, count=1) if line.lstrip().startswith(">") else line.strip() for line in lines]


def _dedented(lines: list[str]) -> list[str]:
    """Lines moved left by the indent they share."""
    shared = min((_indent(line) for line in lines if line.strip()), default=0)
    return [" " * (_indent(line) - shared) + line.lstrip(" \t") for line in lines]


def _block(lines: list[str]) -> str:
    """Lines as one Markdown text: blank lines truly blank, none at either end."""
    return "\n".join(line if line.strip() else "" for line in lines).strip("\n").rstrip()

"""The lines below a heading, shared between stem, answers, feedback and explanation."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from quizzes.parsing.sections import Section, Tell
from quizzes.questions import Kind

INDENT_COLUMNS = 2
"""From this indent on a line belongs to the answer above it."""

QUOTED_HEADING = re.compile(r"[ \t]*(?:>[ \t]?)+ {0,3}#")
UNDERLINE = re.compile(r"=+|-+")
QUOTE_MARK = re.compile(r"[ \t]*>[ \t]?")

OPTION = re.compile(r"[ \t]*(?:[-*+]|[0-9]{1,3}[.)])[ \t]*\[([ \t]{0,3}[^\s\]]?[ \t]{0,3})\](?!\()(.*)")
OPTION_AS_AGREED = re.compile(r" {0,3}[-*+][ \t]+\[[ xX]\](?:[ \t]|$)")
LIST_LINE = re.compile(r"[ \t]*(?:[-*+]|[0-9]{1,9}[.)])(?:[ \t]|$)")
PAIR = re.compile(r"[ \t]*(?:[-+](?!-)|\*(?=[ \t])|[0-9]{1,9}[.)](?=[ \t]))[ \t]*(.*)")
PAIR_AS_AGREED = re.compile(r" {0,3}[-*+][ \t](?:.*[ \t])?::(?:[ \t]|$)")
SEPARATOR = re.compile(r"(?:^|(?<=[ \t]))::(?=[ \t]|$)")
STEP = re.compile(r" {0,3}([0-9]{1,9})[.)](?![0-9])[ \t]*(.*)")
STEP_AS_AGREED = re.compile(r" ?[0-9]+\.(?:[ \t]|$)")
TYPED = re.compile(r"[ \t]*[-*+][ \t]*=(.*)")
TYPED_AS_AGREED = re.compile(r" {0,3}[-*+][ \t]+=")


@dataclass(slots=True)
class Answer:
    """An option, a pair, a step or an accepted answer. `mark` is what stands before its text: x, the left side, 1."""

    line: int
    mark: str
    text: list[str]
    feedback: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Body:
    """A section's lines by what they are."""

    stem: list[str] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    explanation: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """How the answers of a kind are written.

    `reads` gives mark and text of a line that is an answer, however badly written; `as_agreed` matches a good one.
    """

    noun: str
    agreed: str
    reads: Callable[[str], tuple[str, str] | None]
    as_agreed: re.Pattern[str]
    is_one_line: bool
    has_feedback: bool


def _option(text: str) -> tuple[str, str] | None:
    found = OPTION.fullmatch(text)
    return (found[1].strip(), found[2].strip()) if found else None


def _pair(text: str) -> tuple[str, str] | None:
    found = PAIR.fullmatch(text) if "::" in text else None
    if found is None:
        return None
    separator = SEPARATOR.search(found[1])
    at = separator.start() if separator else found[1].find("::")
    return (found[1][:at].strip(), found[1][at + 2 :].strip()) if at >= 0 else None


def _step(text: str) -> tuple[str, str] | None:
    found = STEP.fullmatch(text)
    return (found[1], found[2].strip()) if found else None


def _typed(text: str) -> tuple[str, str] | None:
    found = TYPED.fullmatch(text)
    return ("", found[1].strip()) if found else None


CHOICE_GRAMMAR = Grammar(
    noun="alternativet",
    agreed="begynn linjen med «- [ ] » for galt eller «- [x] » for riktig",
    reads=_option,
    as_agreed=OPTION_AS_AGREED,
    is_one_line=False,
    has_feedback=True,
)
GRAMMARS: Mapping[Kind, Grammar] = MappingProxyType(
    {
        Kind.MATCHING: Grammar(
            noun="paret",
            agreed="skriv «- Venstre :: Høyre», med mellomrom rundt ::, eller «- :: Ekstra» for et galt svar",
            reads=_pair,
            as_agreed=PAIR_AS_AGREED,
            is_one_line=True,
            has_feedback=True,
        ),
        Kind.ORDERING: Grammar(
            noun="trinnet",
            agreed="skriv trinnene som en nummerert liste, «1. Først», helt til venstre og i riktig rekkefølge",
            reads=_step,
            as_agreed=STEP_AS_AGREED,
            is_one_line=False,
            has_feedback=True,
        ),
        Kind.NUMERIC: Grammar(
            noun="tallet",
            agreed="skriv det på én linje som «- = 36» eller «- = 36 ± 0,5»",
            reads=_typed,
            as_agreed=TYPED_AS_AGREED,
            is_one_line=True,
            has_feedback=False,
        ),
        Kind.SHORT: Grammar(
            noun="svaret",
            agreed="skriv «- = svar», en linje for hvert svar som godtas",
            reads=_typed,
            as_agreed=TYPED_AS_AGREED,
            is_one_line=True,
            has_feedback=False,
        ),
    }
)


def grammar_of(kind: Kind | None) -> Grammar:
    """How answers of a kind are written; as options where the kind is not known."""
    return GRAMMARS.get(kind, CHOICE_GRAMMAR) if kind else CHOICE_GRAMMAR


def share_out(section: Section, grammar: Grammar, tell: Tell) -> Body:
    """Share a question's lines between stem, answers, feedback and explanation."""
    body = Body()
    target = body.stem
    above = ""  # the line above, without indent and quote marks
    after_gap = True
    for number, text, code in section.lines:
        bare = text.strip(" \t>")
        if code or not text.strip():
            target.append(text)
        elif (found := grammar.reads(text)) is not None:
            _check_answer(body, number, text, grammar, above=above, tell=tell)
            body.answers.append(Answer(number, found[0], [found[1]]))
            target = body.answers[-1].text
        elif grammar is not CHOICE_GRAMMAR and _is_of_another_kind(body, text):
            tell(number, f"linjen leses ikke som svar her: {grammar.agreed}")
            target = [] if body.answers else body.stem
        else:
            _tell_of_heading(number, text, above, tell)
            if target is not body.stem:
                target = _target(body, target, number, text, grammar, after_gap=after_gap, tell=tell)
            target.append(text)
        above = "" if code else bare
        after_gap = not code and not text.strip()
    return body


def story(section: Section, tell: Tell) -> str:
    """A case's lines as one text; a case asks nothing."""
    above = ""
    for number, text, code in section.lines:
        if not code and text.strip():
            if OPTION.fullmatch(text):
                tell(number, "kasuset har et svaralternativ: et kasus forteller bare, så flytt det til et spørsmål")
            _tell_of_heading(number, text, above, tell)
        above = "" if code else text.strip(" \t>")
    return block([line.text for line in section.lines])


def _check_answer(body: Body, line: int, text: str, grammar: Grammar, *, above: str, tell: Tell) -> None:
    if not grammar.as_agreed.match(text):
        tell(line, f"{grammar.noun} er skrevet feil: {grammar.agreed}")
    if grammar is not CHOICE_GRAMMAR and not body.answers and above:
        tell(
            line,
            f"mangler blank linje over {grammar.noun}: sett en etter spørsmålsteksten; "
            f"er linjen over også et svar, så {grammar.agreed}",
        )
    if body.explanation:
        tell(
            line,
            f"{grammar.noun} står etter forklaringen: flytt det over"
            + ("; er sitatet over en tilbakemelding, så rykk det inn med to mellomrom" if grammar.has_feedback else ""),
        )


def _is_of_another_kind(body: Body, text: str) -> bool:
    """Whether a line is written as an answer, but not as one of this kind."""
    if OPTION.fullmatch(text):
        return True
    return bool(body.answers) and _indent(text) < INDENT_COLUMNS and LIST_LINE.match(text) is not None


def _tell_of_heading(line: int, text: str, above: str, tell: Tell) -> None:
    if QUOTED_HEADING.match(text) or (above and UNDERLINE.fullmatch(text.strip(" \t>"))):
        tell(line, "linjen lager en overskrift: fjern # eller streken, eller sett en blank linje over streken")


def _target(
    body: Body, target: list[str], line: int, text: str, grammar: Grammar, *, after_gap: bool, tell: Tell
) -> list[str]:
    """Where a line of text below the first answer belongs; without a gap above it goes on where the line above was."""
    quoted = text.lstrip().startswith(">")
    answer = body.answers[-1]
    inside = _indent(text) >= INDENT_COLUMNS and not body.explanation
    if inside and quoted and not grammar.has_feedback:
        tell(line, "svaret har ingen egen tilbakemelding: skriv den i forklaringen, med > helt til venstre")
    if inside and quoted:
        return answer.feedback
    if quoted:
        return body.explanation
    if grammar.is_one_line and target is answer.text and (inside or not after_gap):
        tell(line, f"{grammar.noun} skal stå på én linje: flytt teksten opp, eller sett den i spørsmålsteksten")
    elif inside and after_gap and target is answer.feedback:
        tell(line, "teksten står etter tilbakemeldingen: flytt den over, eller begynn linjen med >")
    elif not inside and after_gap:
        elsewhere = (
            "flytt den opp i spørsmålsteksten"
            if grammar.is_one_line
            else f"rykk den inn med to mellomrom hvis den hører til {grammar.noun} over"
        )
        tell(line, f"teksten hører ikke til noe: begynn linjen med > hvis den er forklaring, eller {elsewhere}")
    return target


def _indent(text: str) -> int:
    """Columns of white space before the text; a tab reaches to the next multiple of four."""
    white = text[: len(text) - len(text.lstrip(" \t"))]
    return len(white.expandtabs(4))


def unquoted(lines: list[str]) -> list[str]:
    """Lines without their quote mark; a line that goes on without one is kept."""
    return [QUOTE_MARK.sub("", line, count=1) if line.lstrip().startswith(">") else line.strip() for line in lines]


def dedented(lines: list[str]) -> list[str]:
    """Lines moved left by the indent they share."""
    shared = min((_indent(line) for line in lines if line.strip()), default=0)
    return [" " * (_indent(line) - shared) + line.lstrip(" \t") for line in lines]


def block(lines: list[str]) -> str:
    """Lines as one Markdown text: blank lines truly blank, none at either end."""
    return "\n".join(line if line.strip() else "" for line in lines).strip("\n").rstrip()

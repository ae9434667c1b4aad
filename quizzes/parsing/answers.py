"""The answers of a question, read by its kind into the fields of `quizzes.questions.Question`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from quizzes.dealing import Pair, match_up, put_in_order, same
from quizzes.parsing.bodies import SEPARATOR, Answer, block, dedented, unquoted
from quizzes.parsing.sections import Tell
from quizzes.questions import (
    OPTION_KEYS,
    PAIRS_MAX,
    PAIRS_MIN,
    RIGHT_SIDES_MAX,
    STEPS_MAX,
    STEPS_MIN,
    Flaw,
    Kind,
    Number,
    Option,
    flaws,
    matching_flaws,
    ordering_flaws,
)
from quizzes.typed import TEXT_MAX_CHARS, folded, read_number

NUMBER_MAX_CHARS = 30
SHOWN_CHARS = 40
"""So much of an author's text is repeated in a problem."""

FLAW_MESSAGES = {
    Flaw.NO_OPTIONS: "mangler svaralternativer: skriv dem som en liste med «- [ ] » for galt og «- [x] » for riktig",
    Flaw.ONE_OPTION: "bare ett svaralternativ: skriv minst to",
    Flaw.TOO_MANY_OPTIONS: f"for mange svaralternativer: skriv høyst {len(OPTION_KEYS)}",
    Flaw.NOT_TWO_OPTIONS: "et spørsmål med kind=true_false skal ha nøyaktig to alternativer: skriv «Sant» og «Usant»",
    Flaw.NO_RIGHT_OPTION: "ingen riktige svar: sett x i hakeparentesen foran det som er riktig, «- [x] »",
    Flaw.SEVERAL_RIGHT_OPTIONS: "mer enn ett riktig svar: la bare ett ha «[x]», eller bruk kind=multiple",
    Flaw.NO_WRONG_OPTION: "alle alternativene er riktige: la minst ett være galt, «- [ ] »",
    Flaw.TOO_FEW_PAIRS: f"for få par: skriv minst {PAIRS_MIN}, hvert som «- Venstre :: Høyre»",
    Flaw.TOO_MANY_PAIRS: f"for mange par: skriv høyst {PAIRS_MAX}",
    Flaw.ONE_RIGHT_SIDE: "alle parene har samme høyre side: skriv minst to ulike, eller et galt svar, «- :: Ekstra»",
    Flaw.TOO_MANY_RIGHT_SIDES: f"for mange svar å velge blant: skriv høyst {RIGHT_SIDES_MAX} ulike høyresider",
    Flaw.TOO_FEW_STEPS: f"for få trinn: skriv minst {STEPS_MIN}, som en nummerert liste, «1. Først»",
    Flaw.TOO_MANY_STEPS: f"for mange trinn: skriv høyst {STEPS_MAX}",
}
NO_NUMBER = "mangler tallet som er svaret: skriv «- = 36» eller «- = 36 ± 0,5»"
NO_TEXT = "mangler svar: skriv «- = svar», en linje for hvert svar som godtas"

Fields = Mapping[str, Any]
"""Fields of a `Question`."""


def read_answers(kind: Kind | None, answers: list[Answer], question_id: str, line: int, tell: Tell) -> Fields | None:
    """The answers as fields of a question, or None, and everything told, when they are none of this kind.

    Problems of the answers together are told at `line`, the heading's.
    """
    return READERS.get(kind, _options)(kind, answers, question_id, Teller(line, tell))


class Teller:
    """Tells problems, and remembers whether there were any."""

    def __init__(self, line: int, tell: Tell) -> None:
        self.line = line
        self.silent = True
        self._tell = tell

    def at(self, line: int, message: str) -> None:
        """Tell of a problem at a line."""
        self.silent = False
        self._tell(line, message)

    def flaws(self, found: tuple[Flaw, ...]) -> None:
        """Tell of flaws, at the heading."""
        for flaw in found:
            self.at(self.line, FLAW_MESSAGES[flaw])


def _options(kind: Kind | None, answers: list[Answer], _question_id: str, teller: Teller) -> Fields | None:
    found = flaws(kind, [bool(answer.mark) for answer in answers])
    teller.flaws(found)
    options: list[Option] = []
    first_lines: dict[str, int] = {}
    for key, answer in zip(OPTION_KEYS, answers, strict=False):
        text = _text(answer)
        if not text:
            teller.at(answer.line, "alternativet er tomt: skriv teksten etter hakeparentesen, eller slett linjen")
        elif first := first_lines.get(same(text)):
            teller.at(answer.line, f"alternativet er likt det på linje {first}: skriv det om, eller slett det")
        first_lines.setdefault(same(text), answer.line)
        options.append(Option(key=key, text=text, right=bool(answer.mark), feedback=_feedback(answer)))
    return None if found else {"options": tuple(options)}


def _pairs(_kind: Kind | None, answers: list[Answer], question_id: str, teller: Teller) -> Fields | None:
    lefts: dict[str, int] = {}
    rights = {same(answer.text[0]): answer.line for answer in reversed(answers) if answer.mark}
    extras: dict[str, int] = {}
    for answer in answers:
        left, right, line = answer.mark, answer.text[0], answer.line
        if not right:
            teller.at(line, "paret mangler høyre side: skriv den etter ::, eller slett linjen")
            continue
        if SEPARATOR.search(right):
            teller.at(line, "paret har mer enn ett ::: skriv ett par på hver linje")
        if "![" in right:
            teller.at(line, "høyre side er et bilde: i en nedtrekksliste står bare tekst, så skriv det med ord")
        if not left and same(right) in rights:
            teller.at(
                line, f"det ekstra svaret er riktig på linje {rights[same(right)]}: skriv et annet, eller slett det"
            )
        elif not left and same(right) in extras:
            teller.at(line, f"det ekstra svaret er likt det på linje {extras[same(right)]}: slett det ene")
        elif left and same(left) in lefts:
            teller.at(line, f"venstre side er lik den på linje {lefts[same(left)]}: skriv den om, eller slett paret")
        (lefts if left else extras).setdefault(same(left or right), line)
    pairs = [Pair(answer.mark, answer.text[0], _feedback(answer)) for answer in answers if answer.text[0]]
    teller.flaws(matching_flaws(sum(bool(pair.left) for pair in pairs), len({same(pair.right) for pair in pairs})))
    if not teller.silent:
        return None
    prompts, options = match_up(question_id, pairs)
    return {"prompts": prompts, "options": options}


def _steps(_kind: Kind | None, answers: list[Answer], question_id: str, teller: Teller) -> Fields | None:
    numbered = [(int(answer.mark), answer.line) for answer in answers]
    astray = next(((number, at, line) for at, (number, line) in enumerate(numbered, 1) if number != at), None)
    if astray:
        number, at, line = astray
        teller.at(
            line, f"trinnet har nummer {number}, men er nummer {at} ovenfra: nummerer 1, 2, 3 … i riktig rekkefølge"
        )
    first_lines: dict[str, int] = {}
    for answer in answers:
        text = same(_text(answer))
        if not text:
            teller.at(answer.line, "trinnet er tomt: skriv teksten etter tallet, eller slett linjen")
        elif text in first_lines:
            teller.at(answer.line, f"trinnet er likt det på linje {first_lines[text]}: skriv det om, eller slett det")
        first_lines.setdefault(text, answer.line)
    teller.flaws(ordering_flaws(len(answers)))
    if not teller.silent:
        return None
    options, order = put_in_order(question_id, [(_text(answer), _feedback(answer)) for answer in answers])
    return {"options": options, "order": order}


def _number(_kind: Kind | None, answers: list[Answer], _question_id: str, teller: Teller) -> Fields | None:
    if not answers:
        teller.at(teller.line, NO_NUMBER)
        return None
    for answer in answers[1:]:
        teller.at(answer.line, "mer enn ett tall: behold ett, og bruk ± for det som også godtas")
    text, plus_minus, tolerance = (part.strip() for part in answers[0].text[0].partition("±"))
    value = read_number(text) if len(text) <= NUMBER_MAX_CHARS else None
    if value is None:
        teller.at(
            answers[0].line, f"tallet «{text[:SHOWN_CHARS]}» leses ikke: skriv for eksempel 36, −3,5 eller 1 000 ± 10"
        )
    spread = read_number(tolerance if plus_minus else "0") if len(tolerance) <= NUMBER_MAX_CHARS else None
    if spread is None or spread < 0:
        teller.at(
            answers[0].line,
            f"tallet etter ± leses ikke («{tolerance[:SHOWN_CHARS]}»): skriv for eksempel 0,5, uten minus",
        )
    if value is None or spread is None or not teller.silent:
        return None
    return {"number": Number(value=value, tolerance=spread)}


def _accepted(_kind: Kind | None, answers: list[Answer], _question_id: str, teller: Teller) -> Fields | None:
    if not answers:
        teller.at(teller.line, NO_TEXT)
        return None
    first_lines: dict[str, int] = {}
    for answer in answers:
        text = answer.text[0]
        if not folded(text):
            teller.at(answer.line, "svaret er tomt: skriv det etter =, eller slett linjen")
        elif len(text) > TEXT_MAX_CHARS:
            teller.at(
                answer.line, f"svaret er for langt: skriv høyst {TEXT_MAX_CHARS} tegn, ellers kan ingen svare det"
            )
        elif folded(text) in first_lines:
            first = first_lines[folded(text)]
            teller.at(
                answer.line, f"svaret godtas alt på linje {first}: slett det, store og små bokstaver er like gode"
            )
        first_lines.setdefault(folded(text), answer.line)
    return {"accepted": tuple(answer.text[0] for answer in answers)} if teller.silent else None


Reader = Callable[[Kind | None, list[Answer], str, Teller], Fields | None]

READERS: Mapping[Kind | None, Reader] = {
    Kind.MATCHING: _pairs,
    Kind.ORDERING: _steps,
    Kind.NUMERIC: _number,
    Kind.SHORT: _accepted,
}


def _text(answer: Answer) -> str:
    return block([answer.text[0], *dedented(answer.text[1:])])


def _feedback(answer: Answer) -> str:
    return block(unquoted(answer.feedback))

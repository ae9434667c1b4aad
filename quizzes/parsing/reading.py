"""From a text to questions, or to all its problems at once."""

from __future__ import annotations

from dataclasses import dataclass, field

from lms.content import Problem, Report
from quizzes.parsing.answers import read_answers
from quizzes.parsing.bodies import block, grammar_of, share_out, story, unquoted
from quizzes.parsing.sections import ATTRIBUTES, CASE, Heading, Section, Tell, cut, lines_of, read_heading
from quizzes.questions import CAN_KEEP_ORDER, Case, Kind, Question


def parse_questions(text: str, name: str) -> Report[Question]:
    """The questions of a text in order, or all its problems, by line. `name` is the path that problems show.

    Never raises, whatever the text. Ids are unique in the text; that they are so in the course, and that the
    objectives exist, is for the course to check.
    """
    problems: list[Problem] = []

    def tell(line: int, message: str) -> None:
        problems.append(Problem(name, line, message))

    sections = cut(lines_of(text), tell)
    if not sections and not problems:
        tell(1, f"ingen spørsmål: begynn hvert med en overskrift, ## Tittel {ATTRIBUTES}, eller slett filen")
    questions = _File(sections, [read_heading(section, tell) for section in sections], tell).questions()
    if problems:
        return Report(problems=tuple(sorted(problems)))
    return Report(items=tuple(question for question in questions if question))


@dataclass(slots=True)
class _File:
    """The sections of a file, and what they know of each other."""

    sections: list[Section]
    headings: list[Heading]
    tell: Tell
    lines_by_id: dict[str, int] = field(default_factory=dict)
    case_lines: dict[str, int] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def questions(self) -> list[Question | None]:
        """The questions in order, None for one that has problems."""
        for heading in self.headings:
            if heading.is_case and heading.id:
                self.case_lines.setdefault(heading.id, heading.line)
        found: list[Question | None] = []
        for section, heading in zip(self.sections, self.headings, strict=True):
            self._claim(heading)
            if heading.is_case:
                self._tell_case(section, heading)
            else:
                found.append(self._question(section, heading))
        for case, line in self.case_lines.items():
            if case not in self.used:
                self.tell(line, f"kasuset «{case}» brukes ikke: skriv case={case} i overskriften til et spørsmål under")
        return found

    def _claim(self, heading: Heading) -> None:
        if heading.id and heading.id in self.lines_by_id:
            first = self.lines_by_id[heading.id]
            self.tell(heading.line, f"id-en «{heading.id}» er alt brukt på linje {first}: velg en annen")
        elif heading.id:
            self.lines_by_id[heading.id] = heading.line

    def _tell_case(self, section: Section, heading: Heading) -> None:
        text = story(section, self.tell)
        if not text:
            self.tell(heading.line, "kasuset er tomt: skriv det under overskriften")
        if heading.id:
            case = Case(id=heading.id, title=heading.title, text=text, line=heading.line)
            self.cases.setdefault(heading.id, case)

    def _case_of(self, heading: Heading) -> Case | None:
        name = heading.attributes.get(CASE)
        if name is None:
            return None
        self.used.add(name)
        if name in self.case_lines and name not in self.cases:
            self.tell(
                heading.line, f"kasuset «{name}» står lenger ned, på linje {self.case_lines[name]}: flytt det over"
            )
        elif name not in self.cases:
            self.tell(
                heading.line, f"kasuset «{name}» finnes ikke: skriv ## Tittel {{#{name} kind=case}} over, i samme fil"
            )
        return self.cases.get(name)

    def _question(self, section: Section, heading: Heading) -> Question | None:
        """A section as a question; None, and everything told, when it is not one."""
        attributes = heading.attributes
        case = self._case_of(heading)
        kind = Kind(attributes["kind"]) if attributes.get("kind") in tuple(Kind) else None
        if section.unclosed_code:
            return None
        body = share_out(section, grammar_of(kind), self.tell)
        stem, explanation = block(body.stem), block(unquoted(body.explanation))
        if not stem:
            self.tell(section.line, "mangler spørsmålstekst: skriv den mellom overskriften og svarene")
        answers = read_answers(kind, body.answers, heading.id, section.line, self.tell)
        if body.answers and not explanation:  # without answers nothing tells it from the stem
            self.tell(section.line, "mangler forklaring: skriv den under svarene, med > helt til venstre i hver linje")
        if answers is None or kind is None or not heading.id or "objective" not in attributes:
            return None
        return Question(
            id=heading.id,
            title=heading.title,
            objective=attributes["objective"],
            kind=kind,
            stem=stem,
            explanation=explanation,
            case=case,
            keeps_order=heading.keeps_order and kind in CAN_KEEP_ORDER,
            line=section.line,
            **answers,
        )

"""A course in another language, from files beside its own: `01-navn.nn.md` translates `01-navn.md`, paired by id.

Every translated text says in `original` what it was made of (`courses.catalogue.fingerprint` of its original at the
time). Where the original has changed since, the course's `notes` say so; what isn't translated stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from courses.catalogue import Course, Language, Lesson, Module, Objective, Prompt, Term, Video, fingerprint
from courses.manuscript import Callout, read, video_links
from courses.media import video_complaint
from courses.parsing.front_matter import FINGERPRINT, Fields
from courses.parsing.glossary import parse_glossary
from lms.content import FrontMatter, Problem, Report, split_front_matter
from quizzes.parsing import parse_questions
from quizzes.questions import Kind, Question, content_digest, key_changed

TRANSLATED = re.compile(r"(.+)\.(nb|nn|en)\.md")
QUESTION = re.compile(r"(##[ \t]++[^{]*+)\{#([a-z0-9-]++)[ \t]++original=([0-9a-f]*+)\}[ \t]*+")
ORIGINAL_KEY = re.compile(r"^original:[^\r\n]*", re.MULTILINE)
ORIGINAL_ATTRIBUTE = re.compile(r"(?<=\{#)([a-z0-9-]+)[ \t]+original=[0-9a-f]*(?=\})")


def fingerprints(course: Course) -> dict[str, str]:
    """What each text of a course is known by, by id; the course's own under "". Words stand as `ord:id`."""
    found = {"": fingerprint(course.title, course.audience, *(one.text for one in course.objectives), course.text)}
    for module in course.modules:
        found[module.id] = fingerprint(module.title, module.text)
        found |= {lesson.id: fingerprint(lesson.title, lesson.text) for lesson in module.lessons}
        found |= {f"ord:{term.id}": fingerprint(term.term, term.text) for term in module.glossary}
        for question in module.questions:
            found[question.id] = content_digest(question)[:8]
            if question.case is not None:
                found[question.case.id] = fingerprint(question.case.title, question.case.text)
    return found


def stamp(course: Course, key: str, text: str) -> str:
    """A translated file's text, saying of everything in it that it answers to its original as it stands now."""
    known = fingerprints(course)
    if key.rpartition("/")[2].startswith(("questions.", "glossary.")):
        prefix = "ord:" if "glossary." in key else ""
        return ORIGINAL_ATTRIBUTE.sub(
            lambda found: f"{found[1]} original={known.get(prefix + found[1], '00000000')}", text
        )
    front = split_front_matter(text, key)
    entry = front.items[0].entries.get("id") if front else None
    own = str(entry.value) if entry and "/" in key else ""
    return ORIGINAL_KEY.sub(f"original: {known.get(own, '00000000')}", text, count=1)


def translate(course: Course, texts: Mapping[str, str], name: str, language: str) -> Report[Course]:
    """The course in a language, or the problems of its files. `texts` are those files, by relative path."""
    work = _Translator(course, texts, name, language, fingerprints(course))
    translated = work.course()
    for key in sorted(texts.keys() - work.read):
        work.tell(
            key, 1, "det finnes ingen original til denne filen: gi den samme navn som originalen, eller slett den"
        )
    return Report(problems=tuple(work.problems)) if work.problems else Report(items=(translated,))


def _asks_otherwise(original: Question, question: Question) -> bool:
    """Whether a translated question has other answers than its original; words to type are those of the language."""
    if original.kind is Kind.SHORT:
        return False
    return len(question.keys) != len(original.keys) or key_changed(original, question)


@dataclass(slots=True)
class _Translator:
    """Goes through the original and puts in what is translated."""

    original: Course
    texts: Mapping[str, str]
    name: str
    language: str
    known: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    read: set[str] = field(default_factory=set)

    def course(self) -> Course:
        original = self.original
        if self.language == original.language:
            self.tell(self._key(original.path), 1, f"kurset er allerede på «{self.language}»: gi filen et annet språk")
        front, fields = self._file(original.path, "", ("id", "title", "audience", "objectives", "original"))
        objectives = fields.mapping("objectives") if front else {}
        for one, located in objectives.items():
            if one not in {each.id for each in original.objectives}:
                self.problems.append(
                    Problem(fields.path, located.line, f"læringsmålet «{one}» finnes ikke i course.md")
                )
        for each in original.objectives:
            if front and each.id not in objectives:
                self._note_missing(fields.path, fields.line("objectives"), f"læringsmålet «{each.id}»")
        return replace(
            original,
            language=Language(self.language),
            title=fields.text("title") if front else original.title,
            audience=fields.text("audience") if front else original.audience,
            objectives=tuple(
                Objective(id=one.id, text=objectives[one.id].value) if one.id in objectives else one
                for one in original.objectives
            ),
            text=front.body if front else original.text,
            path=fields.path if front else original.path,
            line=front.body_line if front else original.line,
            modules=tuple(self._module(module) for module in original.modules),
            notes=tuple(sorted(self.notes)),
        )

    def tell(self, key: str, line: int, message: str) -> None:
        self.problems.append(Problem(f"{self.name}/{key}" if self.name else key, line, message))

    def _module(self, module: Module) -> Module:
        front, fields = self._file(module.path, module.id, ("id", "title", "original"))
        return replace(
            module,
            title=fields.text("title") if front else module.title,
            text=front.body if front else module.text,
            path=fields.path if front else module.path,
            line=front.body_line if front else module.line,
            lessons=tuple(self._lesson(lesson, module) for lesson in module.lessons),
            questions=self._questions(module),
            questions_path=self._translated(module.questions_path),
            glossary=self._glossary(module),
        )

    def _lesson(self, lesson: Lesson, module: Module) -> Lesson:
        front, fields = self._file(lesson.path, lesson.id, ("id", "title", "original"))
        if front is None:
            return lesson
        reading = read(front.body, fields.path, front.body_line)
        if [one.key for one in reading.prompts] != [one.id for one in lesson.prompts]:
            ids = ", ".join(one.id for one in lesson.prompts) or "ingen"
            self.problems.append(
                Problem(fields.path, 1, f"refleksjonene skal ha de samme id-ene som originalen: {ids}")
            )
        if len(reading.videos) != len(lesson.videos):
            self.problems.append(Problem(fields.path, 1, "filmene skal være de samme som i originalen"))
        return replace(
            lesson,
            title=fields.text("title"),
            text=front.body,
            path=fields.path,
            line=front.body_line,
            prompts=tuple(Prompt(id=one.key, title=one.title, text=one.body) for one in reading.prompts),
            videos=tuple(self._video(one, fields.path, module) for one in reading.videos),
            terms=tuple(sorted(reading.terms)),
        )

    def _video(self, callout: Callout, path: str, module: Module) -> Video:
        """A film of a translation, which may have captions of its own."""
        source, captions = video_links(callout.body)
        if complaint := video_complaint(source, captions, {figure.name: figure for figure in module.figures}):
            self.problems.append(Problem(path, callout.line, complaint))
        return Video(title=callout.title, source=source, captions=captions)

    def _glossary(self, module: Module) -> tuple[Term, ...]:
        if not module.glossary:
            return ()
        key = self._key(module.glossary[0].path)
        if key not in self.texts:
            self._note(module.glossary[0].path, "er ikke oversatt")
            return module.glossary
        self.read.add(key)
        report = parse_glossary(self.texts[key], self._path(module.glossary[0].path))
        self.problems += report.problems
        found = {term.id: term for term in report.items}
        self._compare_ids(report.items, {term.id for term in module.glossary})
        said = {match[1]: match[0].rpartition("=")[2] for match in ORIGINAL_ATTRIBUTE.finditer(self.texts[key])}
        for term in report.items:
            self._compare(term.path, term.line, f"ord:{term.id}", said.get(term.id, ""))
        for term in module.glossary:
            if term.id not in found:
                self._note_missing(self._path(term.path), 1, f"ordet «{term.id}»")
        return tuple(found.get(term.id, term) for term in module.glossary)

    def _questions(self, module: Module) -> tuple[Question, ...]:
        if not module.questions:
            return ()
        key, path = self._key(module.questions_path), self._path(module.questions_path)
        if key not in self.texts:
            self._note(module.questions_path, "er ikke oversatt")
            return module.questions
        self.read.add(key)
        originals = {question.id: question for question in module.questions}
        report = parse_questions(self._with_attributes(self.texts[key], path, originals), path)
        self.problems += report.problems
        for question in report.items:
            original = originals.get(question.id)
            if original is not None and _asks_otherwise(original, question):
                message = "svarene skal være like mange, i samme rekkefølge og med samme fasit som i originalen"
                self.problems.append(Problem(path, question.line, message))
        found = {question.id: question for question in report.items}
        for question in module.questions:
            if question.id not in found and report:
                self._note_missing(path, 1, f"spørsmålet «{question.id}»")
        return tuple(found.get(question.id, question) for question in module.questions)

    def _with_attributes(self, text: str, path: str, originals: Mapping[str, Question]) -> str:
        """The text with what a question's heading must say, taken over from its original: the lines stay."""
        cases = {question.case.id for question in originals.values() if question.case is not None}
        lines = text.split("\n")
        for number, line in enumerate(lines, 1):
            heading = QUESTION.fullmatch(line.rstrip("\r"))
            if heading is None:
                if line.startswith("## "):
                    self.problems.append(
                        Problem(path, number, "overskriften skal være ## Tittel {#id original=00000000}")
                    )
                continue
            start, question_id, said = heading.groups()
            question = originals.get(question_id)
            if question is None and question_id not in cases:
                self.problems.append(Problem(path, number, f"spørsmålet «{question_id}» finnes ikke i originalen"))
                continue
            self._compare(path, number, question_id, said)
            attributes = "kind=case"
            if question is not None:
                attributes = f"objective={question.objective} kind={question.kind}"
                attributes += f" case={question.case.id}" if question.case is not None else ""
                attributes += " order=fixed" if question.keeps_order else ""
            lines[number - 1] = f"{start}{{#{question_id} {attributes}}}"
        return "\n".join(lines)

    def _file(self, path: str, own_id: str, keys: tuple[str, ...]) -> tuple[FrontMatter | None, Fields]:
        """The translation of the file at a path, compared with its original; None when there is none."""
        key, translated = self._key(path), self._path(path)
        nothing = Fields(translated, {}, self.problems)
        if key not in self.texts:
            self._note(path, "er ikke oversatt")
            return None, nothing
        self.read.add(key)
        report = split_front_matter(self.texts[key], translated)
        self.problems += report.problems
        if not report:
            return None, nothing
        front = report.items[0]
        fields = Fields(translated, front.entries, self.problems)
        fields.check_keys(keys)
        wanted = own_id or self.original.id
        if fields.slug("id") not in ("", wanted):
            fields.tell("id", f"id-en skal være den samme som i originalen: {wanted}")
        self._compare(translated, fields.line("original"), own_id, fields.fingerprint("original"))
        return front, fields

    def _compare(self, path: str, line: int, own_id: str, said: str) -> None:
        """Note a translation that was made of another text than the one that stands there now."""
        now = self.known.get(own_id, "")
        if said != now:
            what = "er eldre enn originalen" if FINGERPRINT.fullmatch(said) else "sier ikke hvilken original den er av"
            message = f"{what}: les gjennom, og skriv original {now} når teksten svarer til den igjen"
            self.notes.append(Problem(path, line, message))

    def _compare_ids(self, terms: tuple[Term, ...], known: set[str]) -> None:
        for term in terms:
            if term.id not in known:
                self.problems.append(Problem(term.path, term.line, f"ordet «{term.id}» finnes ikke i originalen"))

    def _note(self, path: str, message: str) -> None:
        self.notes.append(Problem(path, 1, f"{message} til {self.language}: lag {self._path(path).rpartition('/')[2]}"))

    def _note_missing(self, path: str, line: int, what: str) -> None:
        self.notes.append(Problem(path, line, f"{what} er ikke oversatt: det vises som i originalen"))

    def _translated(self, path: str) -> str:
        """The path of a file's translation, where it has one; else its own."""
        return self._path(path) if self._key(path) in self.texts else path

    def _path(self, path: str) -> str:
        return f"{path.removesuffix('.md')}.{self.language}.md"

    def _key(self, path: str) -> str:
        return self._path(path).removeprefix(f"{self.name}/")

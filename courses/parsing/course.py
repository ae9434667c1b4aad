"""A course folder's files as a `Course`, or every problem in them at once (DESIGN.md, Content).

course.md
04-rygg-og-nakke/module.md
04-rygg-og-nakke/01-skapt-for-bevegelse.md
04-rygg-og-nakke/questions.md
04-rygg-og-nakke/figur-skiven.svg
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from courses.catalogue import (
    Course,
    Figure,
    Kind,
    Language,
    Lesson,
    Module,
    Objective,
    Prompt,
    Reference,
    Term,
    Video,
    count_words,
)
from courses.manuscript import Reading, read, video_links
from courses.media import parse_file, video_complaint
from courses.parsing.front_matter import Fields, Located, whole_number
from courses.parsing.glossary import parse_glossary
from courses.parsing.limits import LIMIT_KEYS, read_limits
from courses.parsing.translation import TRANSLATED, translate
from courses.pictures import parse_picture
from lms.content import FrontMatter, Problem, Report, split_front_matter
from lms.markup import MAX_BYTES
from quizzes.blueprint import coverage
from quizzes.parsing import parse_questions
from quizzes.questions import Question

COURSE_FILE = "course.md"
MODULE_FILE = "module.md"
QUESTIONS_FILE = "questions.md"
GLOSSARY_FILE = "glossary.md"

MODULE_FOLDER = re.compile(r"[0-9]{2}-[a-z0-9]+(?:-[a-z0-9]+)*")
LESSON_FILE = re.compile(r"[0-9]{2}-[a-z0-9]+(?:-[a-z0-9]+)*\.md")
PICTURE_FILE = re.compile(r"[^/]+\.(?:svg|png|jpe?g|webp|gif)", re.IGNORECASE)
OTHER_FILE = re.compile(r"[^/]+\.(?!md$)[A-Za-z0-9]{2,4}")

COURSE_KEYS = ("id", "title", "kind", "language", "audience", "objectives", "references")
TESTED_KEYS = ("hours", "pass_mark", "blueprint")
"""What every course has to say but the open ones, which have no tests and give no hours."""


def parse_course(files: Mapping[str, bytes], name: str) -> Report[Course]:
    """The course in a folder's files (by relative path), or all their problems, located below `name`.

    Never raises, whatever the files hold.
    """
    return _CourseReader(files, name).report()


def advice(course: Course) -> tuple[Problem, ...]:
    """What is worth mending but stops nothing: objectives where pre- and post-test must share questions, and
    translations that lack something or are older than their original."""
    gaps = coverage(course.questions, dict(course.blueprint))
    shared = tuple(Problem(course.path, 1, gap.message) for gap in gaps if not gap.is_error)
    return shared + tuple(note for translation in course.translations for note in translation.notes)


@dataclass(slots=True)
class _CourseReader:
    """Reads one course; `problems` grows, and the course is only built when it stays empty."""

    files: Mapping[str, bytes]
    name: str
    problems: list[Problem] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    objectives: dict[str, Located] | None = None
    references: dict[str, Located] | None = None
    terms: dict[str, str] | None = None

    def report(self) -> Report[Course]:
        front = self._front_matter(COURSE_FILE) if COURSE_FILE in self.files else None
        if COURSE_FILE not in self.files:
            self._tell(COURSE_FILE, 1, "mangler: hvert kurs begynner med course.md")
        course = self._course(front) if front else None
        if course is None:
            self._modules()  # for what they have to tell
        if self.problems or course is None:
            return Report(problems=tuple(sorted(set(self.problems))))
        return Report(items=(course,))

    def _course(self, front: FrontMatter) -> Course:
        path = self._path(COURSE_FILE)
        fields = Fields(path, front.entries, self.problems)
        kind = fields.choice("kind", Kind)
        is_open = kind is Kind.OPEN
        fields.check_keys(COURSE_KEYS if is_open else COURSE_KEYS + TESTED_KEYS, () if is_open else LIMIT_KEYS)
        self.objectives = fields.mapping("objectives")
        self.references = fields.mapping("references", least=0)
        blueprint = fields.mapping("blueprint")
        self.terms = self._term_ids()
        self._read(COURSE_FILE, front, {}, {}, set())
        counts = {one: whole_number(count.value, 1, 100) or 0 for one, count in blueprint.items()}
        course = Course(
            id=fields.slug("id"),
            title=fields.text("title"),
            kind=kind,
            language=fields.choice("language", Language),
            audience=fields.text("audience"),
            hours=fields.hours("hours") or Decimal(0),
            pass_mark=fields.share("pass_mark") or Fraction(1),
            objectives=tuple(Objective(id=one, text=text.value) for one, text in self.objectives.items()),
            references=tuple(Reference(key=key, text=text.value) for key, text in self.references.items()),
            blueprint=tuple(counts.items()),
            limits=read_limits(fields),
            text=front.body,
            path=path,
            line=front.body_line,
            modules=self._modules(),
        )
        self._check_objectives(course, blueprint)
        return replace(course, translations=self._translations(course))

    def _translations(self, course: Course) -> tuple[Course, ...]:
        """The course in every other language it has files in, told of what is wrong in them."""
        found = {match[2] for match in map(TRANSLATED.fullmatch, self.files) if match}
        done = []
        for language in sorted(found):
            texts = {key: self._decoded(key) for key in self.files if key.endswith(f".{language}.md")}
            report = translate(
                course, {key: text for key, text in texts.items() if text is not None}, self.name, language
            )
            self.problems += report.problems
            for translated in report.items:
                self._check_texts(translated)
                done.append(translated)
        return tuple(done)

    def _check_texts(self, course: Course) -> None:
        """Tell of what may not stand in the texts of a translation."""

        def check(text: str | None, path: str, line: int, folder: str = "", **kind: bool) -> None:
            if text is not None and path.endswith(f".{course.language}.md"):
                pictures, others = self._beside(folder)
                known = {"pictures": pictures, "files": others, "references": self.references, "terms": self.terms}
                self.problems += read(text, path, line, **known, **kind).problems  # type: ignore[arg-type]

        check(course.text, course.path, course.line, has_word_list=False)
        for module in course.modules:
            folder = module.path.removeprefix(f"{self.name}/").rpartition("/")[0]
            check(module.text, module.path, module.line, folder, has_word_list=False)
            for lesson in module.lessons:
                check(lesson.text, lesson.path, lesson.line, folder)
            for term in module.glossary:
                check(term.text, term.path, term.line + 1, has_word_list=False)
            if (key := module.questions_path.removeprefix(f"{self.name}/")) in self.files:
                check(self._decoded(key), module.questions_path, 1, folder, is_questions=True)

    def _check_objectives(self, course: Course, blueprint: Mapping[str, Located]) -> None:
        """Every objective is taught in a module, asked about, and in the blueprint; nothing else is."""
        taught = {one for module in course.modules for one in module.objectives}
        asked = {question.objective for question in course.questions}
        gaps = {gap.objective: gap for gap in coverage(course.questions, dict(course.blueprint)) if gap.is_error}
        for one, located in (self.objectives or {}).items():
            line = located.line
            if one not in taught:
                self._tell(COURSE_FILE, line, f"ingen modul har læringsmålet «{one}»: før det opp i en module.md")
            if one not in asked:
                self._tell(COURSE_FILE, line, f"læringsmålet «{one}» har ingen spørsmål: skriv noen, eller fjern det")
            if one not in blueprint and course.kind is not Kind.OPEN:
                self._tell(COURSE_FILE, line, f"læringsmålet «{one}» måles ikke: gi det et antall under blueprint")
        for one, located in blueprint.items():
            self._check_objective(one, course.path, located.line)
            if whole_number(located.value, 1, 100) is None:
                self._tell(COURSE_FILE, located.line, f"antallet for «{one}» skal være et helt tall fra 1 til 100")
            elif one in gaps and one in asked:
                self._tell(COURSE_FILE, located.line, gaps[one].message)
        if not course.questions:
            self._tell(COURSE_FILE, 1, "kurset har ingen spørsmål: skriv dem i questions.md i modulene")

    def _modules(self) -> tuple[Module, ...]:
        folders = sorted({key.partition("/")[0] for key in self.files if "/" in key})
        modules = [self._module(folder) for folder in folders if MODULE_FOLDER.fullmatch(folder)]
        for key in sorted(self.files):
            folder, slash, inside = key.partition("/")
            if not slash and key != COURSE_FILE and not TRANSLATED.fullmatch(key):
                self._tell(key, 1, "filen hører ikke hjemme her: flytt den inn i en modul, eller slett den")
            elif slash and not MODULE_FOLDER.fullmatch(folder):
                self._tell(key, 1, f"mappen «{folder}» er ingen modul: gi den et navn som 04-rygg-og-nakke")
            elif (
                slash
                and not TRANSLATED.fullmatch(key)
                and inside not in (MODULE_FILE, QUESTIONS_FILE, GLOSSARY_FILE)
                and not (LESSON_FILE.fullmatch(inside) or OTHER_FILE.fullmatch(inside))
            ):
                self._tell(key, 1, "filen hører ikke hjemme her: leksjoner heter 01-navn.md; flytt eller slett den")
        if not any(module.lessons for module in modules):
            self._tell(COURSE_FILE, 1, "kurset har ingen leksjoner: lag en mappe som 01-navn med 01-navn.md i")
        return tuple(modules)

    def _module(self, folder: str) -> Module:
        inside = {key.removeprefix(f"{folder}/"): key for key in self.files if key.startswith(f"{folder}/")}
        used: set[str] = set()
        pictures, others = self._beside(folder)
        key = f"{folder}/{MODULE_FILE}"
        front = self._front_matter(key) if key in self.files else None
        if key not in self.files:
            self._tell(key, 1, "mangler: hver modul begynner med module.md")
        fields = Fields(self._path(key), front.entries if front else {}, self.problems)
        objectives: dict[str, int] = {}
        if front:
            fields.check_keys(("id", "title", "objectives", "minutes"))
            objectives = fields.slugs("objectives")
            for one, line in objectives.items():
                self._check_objective(one, self._path(key), line)
        lessons = [
            self._lesson(inside[name], pictures, others, used) for name in sorted(inside) if LESSON_FILE.fullmatch(name)
        ]
        if not lessons:
            self._tell(key, 1, "modulen har ingen leksjoner: lag en fil som 01-navn.md")
        module = Module(
            id=self._new_id(fields),
            title=fields.text("title"),
            objectives=tuple(objectives),
            minutes=fields.number("minutes", 1, 1000),
            text=front.body if front else "",
            path=self._path(key),
            line=front.body_line if front else 1,
            lessons=tuple(lesson for lesson in lessons if lesson),
            questions=self._questions(f"{folder}/{QUESTIONS_FILE}", pictures, used),
            questions_path=self._path(f"{folder}/{QUESTIONS_FILE}"),
            figures=self._figures(pictures, others),
            glossary=self._glossary(f"{folder}/{GLOSSARY_FILE}"),
        )
        if front:
            self._read(key, front, pictures, others, used)
        for language_file in (name for name in inside if TRANSLATED.fullmatch(name)):
            shown = read(self._decoded(inside[language_file]) or "", "", is_questions=True)
            used |= shown.pictures | shown.attachments
        for name in sorted((pictures.keys() | others.keys()) - used):
            self._tell(inside[name], 1, f"filen «{name}» er ikke brukt: vis den i en tekst, eller slett den")
        return module

    def _beside(self, folder: str) -> tuple[dict[str, str], dict[str, str]]:
        """The pictures of a module and its other files (films, captions, attachments), by name."""
        inside = {key.removeprefix(f"{folder}/"): key for key in self.files if key.startswith(f"{folder}/")}
        pictures = {name: key for name, key in inside.items() if PICTURE_FILE.fullmatch(name)}
        others = {name: key for name, key in inside.items() if OTHER_FILE.fullmatch(name) and name not in pictures}
        return pictures, others

    def _lesson(
        self, key: str, pictures: Mapping[str, str], others: Mapping[str, str], used: set[str]
    ) -> Lesson | None:
        front = self._front_matter(key)
        if front is None:
            return None
        fields = Fields(self._path(key), front.entries, self.problems)
        fields.check_keys(("id", "title"))
        if not count_words(front.body):
            self._tell(key, front.body_line, "leksjonen har ingen tekst: skriv den under ---, eller slett filen")
        reading = self._read(key, front, pictures, others, used)
        for prompt in reading.prompts:
            self._claim(prompt.key, self._path(key), prompt.line)
        return Lesson(
            id=self._new_id(fields),
            title=fields.text("title"),
            text=front.body,
            path=self._path(key),
            line=front.body_line,
            prompts=tuple(Prompt(id=one.key, title=one.title, text=one.body) for one in reading.prompts),
            videos=self._videos(key, reading, others),
            terms=tuple(sorted(reading.terms)),
        )

    def _videos(self, key: str, reading: Reading, others: Mapping[str, str]) -> tuple[Video, ...]:
        videos = []
        for one in reading.videos:
            source, captions = video_links(one.body)
            if complaint := video_complaint(source, captions, others):
                self._tell(key, one.line, complaint)
            videos.append(Video(title=one.title, source=source, captions=captions))
        return tuple(videos)

    def _term_ids(self) -> dict[str, str]:
        """Every id in a glossary, with the file it stands in; told of those that stand twice when they are read."""
        found: dict[str, str] = {}
        for key in sorted(self.files):
            if key.endswith(f"/{GLOSSARY_FILE}") and (text := self._decoded(key)) is not None:
                found |= {term.id: key for term in parse_glossary(text, self._path(key)).items}
        return found

    def _glossary(self, key: str) -> tuple[Term, ...]:
        text = self._decoded(key) if key in self.files else None
        if text is None:
            return ()
        report = parse_glossary(text, self._path(key))
        self.problems += report.problems
        for term in report.items:
            self._claim(f"ord:{term.id}", term.path, term.line)
            below = term.line + 1
            self.problems += read(term.text, term.path, below, references=self.references, has_word_list=False).problems
        return report.items

    def _questions(self, key: str, pictures: Mapping[str, str], used: set[str]) -> tuple[Question, ...]:
        text = self._decoded(key) if key in self.files else None
        if text is None:
            return ()
        report = parse_questions(text, self._path(key))
        self.problems += report.problems
        reading = read(text, self._path(key), pictures=pictures, references=self.references, is_questions=True)
        self.problems += reading.problems
        used |= reading.pictures
        for case in {question.case.id: question.case for question in report.items if question.case}.values():
            self._claim(case.id, self._path(key), case.line)
        for question in report.items:
            self._claim(question.id, self._path(key), question.line)
            self._check_objective(question.objective, self._path(key), question.line)
        return report.items

    def _figures(self, pictures: Mapping[str, str], others: Mapping[str, str]) -> tuple[Figure, ...]:
        reports = [parse_picture(self._path(key), self.files[key]) for _, key in sorted(pictures.items())]
        reports += [parse_file(self._path(key), self.files[key]) for _, key in sorted(others.items())]
        self.problems += [problem for report in reports for problem in report.problems]
        return tuple(figure for report in reports for figure in report.items)

    def _read(
        self,
        key: str,
        front: FrontMatter,
        pictures: Mapping[str, str],
        others: Mapping[str, str],
        used: set[str],
    ) -> Reading:
        """What a file's body uses, after telling what is wrong in it and noting the files it shows."""
        reading = read(
            front.body,
            self._path(key),
            front.body_line,
            pictures=pictures,
            files=others,
            references=self.references,
            terms=self.terms,
            has_word_list=LESSON_FILE.fullmatch(key.rpartition("/")[2]) is not None,
        )
        self.problems += reading.problems
        used |= reading.pictures | reading.attachments
        return reading

    def _front_matter(self, key: str) -> FrontMatter | None:
        text = self._decoded(key)
        if text is None:
            return None
        report = split_front_matter(text, self._path(key))
        self.problems += report.problems
        return report.items[0] if report else None

    def _decoded(self, key: str) -> str | None:
        content = self.files[key]
        if len(content) > MAX_BYTES:
            self._tell(key, 1, f"filen er over {MAX_BYTES // 1024} KiB: del den i flere")
            return None
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            self._tell(key, line, "filen er ikke UTF-8: lagre den som UTF-8")
            return None

    def _new_id(self, fields: Fields) -> str:
        slug = fields.slug("id")
        if slug:
            self._claim(slug, fields.path, fields.line("id"))
        return slug

    def _claim(self, slug: str, path: str, line: int) -> None:
        """Tell of an id that something else in the course has."""
        if slug in self.ids:
            self.problems.append(Problem(path, line, f"id-en «{slug}» er alt brukt i {self.ids[slug]}: velg en annen"))
        self.ids.setdefault(slug, f"{path}:{line}")

    def _check_objective(self, objective: str, path: str, line: int) -> None:
        if self.objectives is not None and objective not in self.objectives:
            known = ", ".join(self.objectives) or "ingen"
            message = f"læringsmålet «{objective}» finnes ikke i course.md: bruk et av {known}"
            self.problems.append(Problem(path, line, message))

    def _path(self, key: str) -> str:
        return f"{self.name}/{key}" if self.name else key

    def _tell(self, key: str, line: int, message: str) -> None:
        self.problems.append(Problem(self._path(key), line, message))

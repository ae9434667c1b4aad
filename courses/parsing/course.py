"""A course folder's files as a `Course`, or every problem in them at once (DESIGN.md, Content).

course.md
04-rygg-og-nakke/module.md
04-rygg-og-nakke/01-skapt-for-bevegelse.md
04-rygg-og-nakke/questions.md
04-rygg-og-nakke/figur-skiven.svg
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from courses.catalogue import Course, Figure, Kind, Language, Lesson, Module, Objective, Reference, count_words
from courses.manuscript import read
from courses.pictures import parse_picture
from lms.content import Entry, FrontMatter, Problem, Report, split_front_matter
from lms.markup import MAX_BYTES
from quizzes.blueprint import coverage
from quizzes.parsing import parse_questions
from quizzes.questions import Question

COURSE_FILE = "course.md"
MODULE_FILE = "module.md"
QUESTIONS_FILE = "questions.md"

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
SLUG_MAX_CHARS = 80
MODULE_FOLDER = re.compile(r"[0-9]{2}-[a-z0-9]+(?:-[a-z0-9]+)*")
LESSON_FILE = re.compile(r"[0-9]{2}-[a-z0-9]+(?:-[a-z0-9]+)*\.md")
INVISIBLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff]")
PICTURE_FILE = re.compile(r"[^/]+\.(?:svg|png|jpe?g|webp|gif)", re.IGNORECASE)

E = TypeVar("E", bound=StrEnum)
V = TypeVar("V")


def parse_course(files: Mapping[str, bytes], name: str) -> Report[Course]:
    """The course in a folder's files (by relative path), or all their problems, located below `name`.

    Never raises, whatever the files hold.
    """
    return _CourseReader(files, name).report()


def advice(course: Course) -> tuple[Problem, ...]:
    """What is worth mending but stops nothing: objectives where pre- and post-test must share questions."""
    gaps = coverage(course.questions, dict(course.blueprint))
    return tuple(Problem(course.path, 1, gap.message) for gap in gaps if not gap.is_error)


@dataclass(slots=True)
class _Fields:
    """The front matter of one file, read key by key; what is wrong is told, and something harmless returned."""

    path: str
    entries: Mapping[str, Entry]
    problems: list[Problem]

    def tell(self, key: str, message: str) -> None:
        self.problems.append(Problem(self.path, self.line(key), message))

    def line(self, key: str) -> int:
        return self.entries[key].line if key in self.entries else 1

    def check_keys(self, expected: Collection[str]) -> None:
        """Tell of keys that are missing and of keys nobody knows."""
        for key in expected:
            if key not in self.entries:
                self.tell(key, f"mangler «{key}»: skriv «{key}: …» mellom --- og ---")
        for key in self.entries:
            if key not in expected:
                self.tell(key, f"ukjent nøkkel «{key}»: bruk bare {', '.join(expected)}")

    def text(self, key: str) -> str:
        return self._converted(key, "en tekst uten usynlige tegn", _text) or ""

    def slug(self, key: str) -> str:
        return self._converted(key, "små bokstaver a–z, tall og bindestreker", _slug) or ""

    def number(self, key: str, least: int, most: int) -> int:
        wanted = f"et helt tall fra {least} til {most}"
        return self._converted(key, wanted, lambda value: _number(value, least, most)) or 0

    def hours(self, key: str) -> Decimal:
        return self._converted(key, "timer over null, for eksempel 7,5", _hours) or Decimal(0)

    def share(self, key: str) -> Fraction:
        return self._converted(key, "en prosent fra 1 til 100, for eksempel 80 %", _share) or Fraction(0)

    def choice(self, key: str, choices: type[E]) -> E:
        known = {member.value: member for member in choices}
        return self._converted(key, f"en av {', '.join(known)}", known.get) or next(iter(choices))

    def slugs(self, key: str) -> dict[str, int]:
        """A list of slugs with the line of each."""
        entry = self.entries.get(key)
        if entry is None:
            return {}
        found: dict[str, int] = {}
        for one in entry.value if isinstance(entry.value, list) else ():
            if not isinstance(one.value, str) or _slug(one.value) is None or one.value in found:
                self.problems.append(Problem(self.path, one.line, f"«{key}» skal være ulike id-er: [en-id, en-annen]"))
            else:
                found[one.value] = one.line
        if not isinstance(entry.value, list) or not entry.value:
            self.tell(key, f"«{key}» skal være en liste med minst én id: [en-id, en-annen]")
        return found

    def mapping(self, key: str, *, least: int = 1) -> dict[str, _Located]:
        """Slugs with a text each, and the line of each."""
        entry = self.entries.get(key)
        if entry is None:
            return {}
        found: dict[str, _Located] = {}
        for name, one in entry.value.items() if isinstance(entry.value, dict) else ():
            if _slug(name) is None or not isinstance(one.value, str) or _text(one.value) is None:
                self.problems.append(Problem(self.path, one.line, f"under «{key}»: skriv en id, kolon og en tekst"))
            else:
                found[name] = _Located(one.value.strip(), one.line)
        if not isinstance(entry.value, dict) or len(entry.value) < least:
            self.tell(key, f"«{key}» skal ha linjer under seg, rykket inn: en-id: tekst")
        return found

    def _converted(self, key: str, wanted: str, convert: Callable[[str], V | None]) -> V | None:
        entry = self.entries.get(key)
        if entry is None:
            return None
        result = convert(entry.value) if isinstance(entry.value, str) else None
        if result is None:
            self.tell(key, f"«{key}» skal være {wanted}")
        return result


@dataclass(frozen=True, slots=True)
class _Located:
    value: str
    line: int


def _text(value: str) -> str | None:
    return value.strip() or None if INVISIBLE.search(value) is None else None


def _slug(value: str) -> str | None:
    return value if SLUG.fullmatch(value) and len(value) <= SLUG_MAX_CHARS else None


def _number(value: str, least: int, most: int) -> int | None:
    plain = re.fullmatch(r"[0-9]{1,6}", value)
    return int(value) if plain and least <= int(value) <= most else None


def _hours(value: str) -> Decimal | None:
    plain = re.fullmatch(r"[0-9]{1,3}(?:[.,][0-9]{1,2})?", value)
    return (Decimal(value.replace(",", ".")) or None) if plain else None


def _share(value: str) -> Fraction | None:
    plain = re.fullmatch(r"([0-9]{1,3}(?:[.,][0-9]{1,2})?)\s*%", value)
    share = Fraction(plain[1].replace(",", ".")) / 100 if plain else Fraction(0)
    return share if 0 < share <= 1 else None


@dataclass(slots=True)
class _CourseReader:
    """Reads one course; `problems` grows, and the course is only built when it stays empty."""

    files: Mapping[str, bytes]
    name: str
    problems: list[Problem] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    objectives: dict[str, _Located] | None = None
    references: dict[str, _Located] | None = None

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
        fields = _Fields(path, front.entries, self.problems)
        fields.check_keys(
            ("id", "title", "kind", "language", "audience", "hours", "pass_mark")
            + ("objectives", "references", "blueprint")
        )
        self.objectives = fields.mapping("objectives")
        self.references = fields.mapping("references", least=0)
        blueprint = fields.mapping("blueprint")
        counts = {one: _number(count.value, 1, 100) or 0 for one, count in blueprint.items()}
        course = Course(
            id=fields.slug("id"),
            title=fields.text("title"),
            kind=fields.choice("kind", Kind),
            language=fields.choice("language", Language),
            audience=fields.text("audience"),
            hours=fields.hours("hours"),
            pass_mark=fields.share("pass_mark"),
            objectives=tuple(Objective(id=one, text=text.value) for one, text in self.objectives.items()),
            references=tuple(Reference(key=key, text=text.value) for key, text in self.references.items()),
            blueprint=tuple(counts.items()),
            text=self._text(COURSE_FILE, front, pictures=()),
            path=path,
            line=front.body_line,
            modules=self._modules(),
        )
        self._check_objectives(course, blueprint)
        return course

    def _check_objectives(self, course: Course, blueprint: Mapping[str, _Located]) -> None:
        """Every objective is taught in a module, asked about, and in the blueprint; nothing else is."""
        taught = {one for module in course.modules for one in module.objectives}
        asked = {question.objective for question in course.questions}
        gaps = {gap.objective: gap for gap in coverage(course.questions, dict(course.blueprint)) if gap.is_error}
        for one, located in (self.objectives or {}).items():
            if one not in taught:
                self._tell(
                    COURSE_FILE, located.line, f"ingen modul har læringsmålet «{one}»: før det opp i en module.md"
                )
            if one not in asked:
                self._tell(
                    COURSE_FILE, located.line, f"læringsmålet «{one}» har ingen spørsmål: skriv noen, eller fjern det"
                )
            if one not in blueprint:
                self._tell(
                    COURSE_FILE, located.line, f"læringsmålet «{one}» måles ikke: gi det et antall under blueprint"
                )
        for one, located in blueprint.items():
            self._check_objective(one, course.path, located.line)
            if _number(located.value, 1, 100) is None:
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
            if not slash and key != COURSE_FILE:
                self._tell(key, 1, "filen hører ikke hjemme her: flytt den inn i en modul, eller slett den")
            elif slash and not MODULE_FOLDER.fullmatch(folder):
                self._tell(key, 1, f"mappen «{folder}» er ingen modul: gi den et navn som 04-rygg-og-nakke")
            elif (
                slash
                and inside not in (MODULE_FILE, QUESTIONS_FILE)
                and not (LESSON_FILE.fullmatch(inside) or PICTURE_FILE.fullmatch(inside))
            ):
                self._tell(key, 1, "filen hører ikke hjemme her: leksjoner heter 01-navn.md; flytt eller slett den")
        if not any(module.lessons for module in modules):
            self._tell(COURSE_FILE, 1, "kurset har ingen leksjoner: lag en mappe som 01-navn med 01-navn.md i")
        return tuple(modules)

    def _module(self, folder: str) -> Module:
        inside = {key.removeprefix(f"{folder}/"): key for key in self.files if key.startswith(f"{folder}/")}
        used: set[str] = set()
        pictures = {name: key for name, key in inside.items() if PICTURE_FILE.fullmatch(name)}
        key = f"{folder}/{MODULE_FILE}"
        front = self._front_matter(key) if key in self.files else None
        if key not in self.files:
            self._tell(key, 1, "mangler: hver modul begynner med module.md")
        fields = _Fields(self._path(key), front.entries if front else {}, self.problems)
        objectives: dict[str, int] = {}
        if front:
            fields.check_keys(("id", "title", "objectives", "minutes"))
            objectives = fields.slugs("objectives")
            for one, line in objectives.items():
                self._check_objective(one, self._path(key), line)
        lessons = [self._lesson(inside[name], pictures, used) for name in sorted(inside) if LESSON_FILE.fullmatch(name)]
        if not lessons:
            self._tell(key, 1, "modulen har ingen leksjoner: lag en fil som 01-navn.md")
        module = Module(
            id=self._new_id(fields),
            title=fields.text("title"),
            objectives=tuple(objectives),
            minutes=fields.number("minutes", 1, 1000),
            text=self._text(key, front, pictures, used) if front else "",
            path=self._path(key),
            line=front.body_line if front else 1,
            lessons=tuple(lesson for lesson in lessons if lesson),
            questions=self._questions(f"{folder}/{QUESTIONS_FILE}", pictures, used),
            questions_path=self._path(f"{folder}/{QUESTIONS_FILE}"),
            figures=self._figures(pictures),
        )
        for name in sorted(set(pictures) - used):
            self._tell(pictures[name], 1, f"bildet «{name}» er ikke brukt: vis det i en tekst, eller slett filen")
        return module

    def _lesson(self, key: str, pictures: Mapping[str, str], used: set[str]) -> Lesson | None:
        front = self._front_matter(key)
        if front is None:
            return None
        fields = _Fields(self._path(key), front.entries, self.problems)
        fields.check_keys(("id", "title"))
        if not count_words(front.body):
            self._tell(key, front.body_line, "leksjonen har ingen tekst: skriv den under ---, eller slett filen")
        return Lesson(
            id=self._new_id(fields),
            title=fields.text("title"),
            text=self._text(key, front, pictures, used),
            path=self._path(key),
            line=front.body_line,
        )

    def _questions(self, key: str, pictures: Mapping[str, str], used: set[str]) -> tuple[Question, ...]:
        text = self._decoded(key) if key in self.files else None
        if text is None:
            return ()
        report = parse_questions(text, self._path(key))
        self.problems += report.problems
        reading = read(text, self._path(key), pictures=pictures, references=self.references, is_questions=True)
        self.problems += reading.problems
        used |= reading.pictures
        for question in report.items:
            self._claim(question.id, self._path(key), question.line)
            self._check_objective(question.objective, self._path(key), question.line)
        return report.items

    def _figures(self, pictures: Mapping[str, str]) -> tuple[Figure, ...]:
        reports = [parse_picture(self._path(key), self.files[key]) for _, key in sorted(pictures.items())]
        self.problems += [problem for report in reports for problem in report.problems]
        return tuple(figure for report in reports for figure in report.items)

    def _text(self, key: str, front: FrontMatter, pictures: Collection[str], used: set[str] | None = None) -> str:
        """A file's body, after telling what is wrong in it and noting the pictures it shows."""
        reading = read(front.body, self._path(key), front.body_line, pictures=pictures, references=self.references)
        self.problems += reading.problems
        if used is not None:
            used |= reading.pictures
        return front.body

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

    def _new_id(self, fields: _Fields) -> str:
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

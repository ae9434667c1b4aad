"""From folders on disk to courses ready to be published, or every problem in them at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from courses.archive import pack
from courses.catalogue import Course
from courses.compiling import CompiledCourse, compile_course
from courses.files import FolderError, read_folder
from courses.parsing.course import COURSE_FILE, advice, parse_course
from lms.content import Problem, Report
from lms.markup import Renderer

BUNDLED = Path(__file__).parent / "content"
"""The courses that ship with the platform."""

RESERVED_LESSON_IDS = frozenset({"start", "innhold", "prove", "svar", "ordliste", "test-deg-selv"})
"""What stands where a lesson's id does in other addresses of a course (`courses.views.learning`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A course without problems. `assets` are its files' bytes by digest; `advice` stops nothing; `source` is the
    zip of all it was made of (`courses.archive`)."""

    course: Course
    compiled: CompiledCourse
    assets: Mapping[str, bytes]
    advice: tuple[Problem, ...]
    source: bytes


def course_folders(path: Path) -> tuple[Path, ...]:
    """The folder itself when it holds a course, else the folders in it.

    Raises FolderError when there are none.
    """
    if any(path.glob("*.md")):
        return (path,)
    folders = tuple(sorted(one for one in path.glob("*") if one.is_dir() and not one.name.startswith((".", "_"))))
    if not folders:
        raise FolderError(f"{path}: her er ingen kurs: et kurs er en mappe med {COURSE_FILE}")
    return folders


def read_drafts(path: Path, render: Renderer) -> Report[Draft]:
    """All courses at a path, or all problems of all of them, sorted by place.

    `render` as for `compile_course`. Paths in problems begin as `path` does.
    """
    try:
        folders = course_folders(path)
    except FolderError as error:
        return Report(problems=(_untraced(path, error),))
    drafts: list[Draft] = []
    problems: list[Problem] = []
    for folder in folders:
        report = read_draft(folder, render)
        drafts += report.items
        problems += report.problems
    by_id: dict[str, Draft] = {}
    for draft in drafts:
        if draft.course.id in by_id:
            other = by_id[draft.course.id].course.path
            problems.append(Problem(draft.course.path, 1, f"kurs-id-en «{draft.course.id}» er alt brukt i {other}"))
        by_id.setdefault(draft.course.id, draft)
    return Report(items=tuple(drafts), problems=tuple(sorted(problems)))


def read_draft(folder: Path, render: Renderer) -> Report[Draft]:
    """The course in one folder, or all its problems."""
    try:
        files = read_folder(folder)
    except FolderError as error:
        return Report(problems=(_untraced(folder, error),))
    return make_draft(files, folder.as_posix(), render)


def make_draft(files: Mapping[str, bytes], name: str, render: Renderer) -> Report[Draft]:
    """The course in these files, or all its problems; their paths begin with `name`."""
    parsed = parse_course(files, name)
    if not parsed:
        return Report(problems=parsed.problems)
    course = parsed.items[0]
    compiled = compile_course(course, render)
    problems = compiled.problems + _reserved(course)
    if problems:
        return Report(problems=tuple(sorted(problems)))
    figures = [figure for module in course.modules for figure in module.figures]
    return Report(
        items=(
            Draft(
                course=course,
                compiled=compiled.items[0],
                assets={figure.digest: figure.content for figure in figures},
                advice=advice(course),
                source=pack(files),
            ),
        )
    )


def _reserved(course: Course) -> tuple[Problem, ...]:
    return tuple(
        Problem(lesson.path, 2, f"id-en «{lesson.id}» brukes av nettstedet selv: velg en annen")
        for module in course.modules
        for lesson in module.lessons
        if lesson.id in RESERVED_LESSON_IDS
    )


def _untraced(path: Path, error: FolderError) -> Problem:
    """A folder that cannot be read, as a problem. The error's message begins with the path it is about."""
    return Problem(path.as_posix(), 1, str(error).removeprefix(f"{path}: "))

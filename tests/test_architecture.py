"""The house: floors, rooms, one commit, one clock, short files. A new file must be given its room here."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("lms", "quizzes", "courses", "certificates")
LINES_MAX = 400

# What a room may never import. Pure rooms hold the rules: no web, no database, no files, no clock of their own.
WEB = {"flask", "flask_babel", "flask_login", "flask_wtf", "wtforms", "werkzeug"}
DATABASE = {"sqlalchemy", "psycopg", "alembic"}
OUTSIDE = {"pathlib", "os", "subprocess", "smtplib", "socket", "random", "secrets", "time"}
ROOMS: dict[str, set[str]] = {
    "pure": WEB | DATABASE | OUTSIDE,
    "parsing": WEB | DATABASE | OUTSIDE,
    "models": WEB,
    "queries": {"flask", "wtforms", "flask_wtf"},
    "statistics": {"flask", "wtforms", "flask_wtf"},  # reads over many people, for figures
    "access": {"flask", "wtforms", "flask_wtf"},
    "services": {"wtforms", "flask_wtf", "flask_login"},
    "forms": DATABASE,
    "views": set(),
    "jobs": {"wtforms", "flask_wtf"},
    "edge": set(),  # wording, features, commands, documents: the rim of the house
    "ground": set(),
}
PURE = {
    "lms": {"clock", "errors", "verdict", "content", "roles", "hpr"},
    "quizzes": {
        "questions", "scoring", "blueprint", "selection", "attempts", "gain", "item_analysis", "typed", "dealing",
        "responses", "showing", "paper", "review", "weakest", "withdrawal", "angoff", "limits", "intervals",
        "disclosure", "item_flags", "item_review",
    },
    "courses": {
        "catalogue", "progress", "steps", "manuscript", "pictures", "compiling", "seminars", "visits", "calendar",
        "attendance", "evaluation", "pairs", "plans", "media", "archive", "summaries", "example", "readability",
        "parallel", "outcomes", "slopes", "companies", "deliveries", "guidance", "feedback", "gatherings", "booking",
        "planning", "roster",
    },
    "certificates": {
        "programme", "evidence", "eligibility", "validity", "status", "reminders", "numbering", "issued", "deciding",
        "records", "pathway", "looking_back", "checks", "curve", "rubric", "appeals", "answering", "badges", "baking",
        "editions", "retention", "course_certificates", "imported", "impact", "programme_changes", "planned",
    },
}  # fmt: skip
EDGE = {
    "quizzes": {"wording", "feature", "panels", "mails"},
    "courses": {
        "wording", "feature", "fieldwork_feature", "commands", "files", "publishing", "preview", "coverage", "drafts",
        "shelf", "panels", "delivery_sheets",
    },
    "certificates": {
        "wording", "feature", "documents", "gathering", "programmes_on_file", "demo", "presentation", "machine",
        "mails", "appeal_mails", "panels", "calendar", "badge_texts", "badge_commands", "course_presentation",
        "course_panels", "commands", "import_commands", "certificate_sheets", "impact_report", "previews",
        "unreached", "simulation",
    },
}  # fmt: skip
# Rooms that have grown a second file beside the first.
BESIDE = {
    "quizzes": {"effective": "queries", "timekeeping": "queries", "withdrawing": "services", "timing": "services"},
    "certificates": {"doctor": "queries"},
}
# Pure rooms may seed their own randomness from an argument; nothing else does.
SEEDED = {"quizzes/selection.py"}


def sources() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (ROOT / package).rglob("*.py")
    yield ROOT / "wsgi.py"


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def room_of(path: Path) -> str:
    """The room a file stands in; fails for a file that has none."""
    if named(path) == "wsgi.py" or path.name == "__init__.py":
        return "edge"
    package, *folders, _name = path.relative_to(ROOT).parts
    name = folders[0] if folders else path.stem
    if name in PURE[package]:
        return "pure"
    if package == "lms":
        return "ground"
    if name in EDGE[package]:
        return "edge"
    if name in ROOMS:
        return name
    if name in BESIDE.get(package, {}):
        return BESIDE[package][name]
    pytest.fail(
        f"{named(path)} has no room: put it into one of the house, or give it one in this file and in README.md"
    )


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_imports_only_go_down() -> None:
    """In a process of its own: the linter turns off every logger there is, and later tests read the log."""
    linter = "import sys; from importlinter import cli; sys.exit(cli.lint_imports(no_cache=True))"
    run = subprocess.run([sys.executable, "-c", linter], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_every_file_stands_in_a_room_and_keeps_its_rules() -> None:
    broken = []
    for path in sources():
        forbidden = ROOMS[room_of(path)]
        for module in imports(ast.parse(path.read_text(encoding="utf-8"))):
            top = module.partition(".")[0]
            if top in forbidden and not (top == "random" and named(path) in SEEDED):
                broken.append(f"{named(path)} imports {module}")
    assert broken == []


def test_rules_never_reach_for_the_rooms_that_write_or_ask_the_web() -> None:
    """A pure room imports only pure rooms of the house."""
    broken = []
    for path in sources():
        if room_of(path) not in ("pure", "parsing"):
            continue
        for module in imports(ast.parse(path.read_text(encoding="utf-8"))):
            package, _, rest = module.partition(".")
            if (
                package in PACKAGES
                and rest
                and rest.partition(".")[0] not in PURE[package] | {"parsing", "ids", "markup", "dialect"}
            ):
                broken.append(f"{named(path)} imports {module}")
    assert broken == []


def test_imports_stand_at_the_top_of_the_file() -> None:
    late = [
        f"{named(path)}:{node.lineno}"
        for path in sources()
        for outer in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(outer)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert late == []


def test_one_place_commits() -> None:
    commits = [
        f"{named(path)}:{node.lineno}"
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]
    assert [place.partition(":")[0] for place in commits] == ["lms/db.py"]


def test_one_place_reads_the_clock() -> None:
    clocks = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time")}
    reads = [
        f"{named(path)}:{node.lineno}"
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and (node.func.value.id, node.func.attr) in clocks
    ]
    assert [place.partition(":")[0] for place in reads] == ["lms/clock.py"]


def test_files_end_before_four_hundred_lines() -> None:
    long = [
        named(path)
        for path in (*sources(), *(ROOT / "tests").rglob("*.py"))
        if len(path.read_text(encoding="utf-8").splitlines()) > LINES_MAX
    ]
    assert long == []


def test_a_package_begins_with_what_it_owns_and_nothing_else() -> None:
    for package in PACKAGES:
        tree = ast.parse((ROOT / package / "__init__.py").read_text(encoding="utf-8"))
        assert ast.get_docstring(tree), package
        assert len(tree.body) == 1, f"{package}/__init__.py holds more than its docstring"


def test_nothing_has_a_name_that_says_nothing() -> None:
    empty_words = {"utils", "util", "helpers", "helper", "manager", "common", "misc", "handlers"}
    assert [named(path) for path in sources() if set(path.relative_to(ROOT).with_suffix("").parts) & empty_words] == []


def test_the_top_level_holds_what_it_should() -> None:
    given = {
        "lms", "courses", "quizzes", "certificates", "templates", "migrations", "tests", "wsgi.py", "pyproject.toml",
        "README.md", "Makefile", "CHANGELOG.md", "LICENSE", "package.json", "package-lock.json", "requirements.txt",
        "requirements-dev.txt", "requirements-node.txt",
    }  # fmt: skip
    made = {"node_modules", "var", "helseiarbeid_lms.egg-info", "build"}
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".") and path.name != "__pycache__"}
    assert found - given - made == set()

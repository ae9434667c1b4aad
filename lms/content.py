"""Front matter and located problems: what every content file of the platform has in common. Reads no files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

import yaml

from lms.verdict import Reason

T = TypeVar("T")

FENCE = "---"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to mend in a content file: where it stands, what is wrong and what to do."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowProblem:
    """What is wrong with a row of a spreadsheet: its number there, the column's heading, what it is and what to do."""

    number: int
    column: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Report(Generic[T]):
    """What was read from a text: all items, or all problems at once. With problems the items are not to be used."""

    items: tuple[T, ...] = ()
    problems: tuple[Problem, ...] = ()

    def __bool__(self) -> bool:
        return not self.problems


@dataclass(frozen=True, slots=True)
class Entry:
    """A front matter value and the line it stands on. Scalars are always `str`: `no` stays "no", 1.10 stays "1.10"."""

    value: str | list[Entry] | dict[str, Entry]
    line: int


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The keys of a file's front matter in order, the body below it and the body's first line number."""

    entries: dict[str, Entry]
    body: str
    body_line: int


def split_front_matter(text: str, path: str) -> Report[FrontMatter]:
    """Separate front matter and body.

    Returns a report with one `FrontMatter`, or the problems: no front matter, not closed, not a mapping,
    a key given twice, YAML that cannot be read.
    """
    lines = text.removeprefix("\ufeff").splitlines()
    if not lines or lines[0].strip() != FENCE:
        return Report(problems=(Problem(path, 1, "mangler front matter: første linje skal være ---"),))
    closing = next((i for i, line in enumerate(lines[1:], 1) if line.strip() == FENCE), None)
    if closing is None:
        return Report(problems=(Problem(path, 1, "front matter er ikke avsluttet med en linje ---"),))
    source = "\n".join(lines[1:closing])
    try:
        alias = next((token for token in yaml.scan(source) if isinstance(token, yaml.AliasToken)), None)
        if alias is not None:  # a value that holds itself would never end
            line = alias.start_mark.line + 2
            return Report(problems=(Problem(path, line, "front matter kan ikke bruke YAML-alias (*navn)"),))
        node = yaml.compose(source, Loader=yaml.SafeLoader)
    except RecursionError:
        return Report(problems=(Problem(path, 2, "front matter er nøstet for dypt"),))
    except yaml.MarkedYAMLError as error:
        line = (error.problem_mark.line if error.problem_mark else 0) + 2
        return Report(problems=(Problem(path, line, f"front matter kan ikke leses: {error.problem}"),))
    except yaml.YAMLError as error:
        return Report(problems=(Problem(path, 2, f"front matter kan ikke leses: {error}"),))
    problems: list[Problem] = []
    if node is None:
        entries: dict[str, Entry] = {}
    elif isinstance(node, yaml.MappingNode):
        top = _entry(node, path, problems).value
        entries = top if isinstance(top, dict) else {}
    else:
        return Report(problems=(Problem(path, 2, "front matter skal være nøkler og verdier"),))
    if problems:
        return Report(problems=tuple(problems))
    return Report(items=(FrontMatter(entries, "\n".join(lines[closing + 1 :]), closing + 2),))


def _entry(node: yaml.Node, path: str, problems: list[Problem]) -> Entry:
    """Turn a YAML node into strings, lists and mappings of strings, with line numbers of the file."""
    line = node.start_mark.line + 2
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Entry] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in found:
                problems.append(Problem(path, key_node.start_mark.line + 2, f"nøkkelen «{key}» står to ganger"))
            found[key] = _entry(value_node, path, problems)
        return Entry(found, line)
    if isinstance(node, yaml.SequenceNode):
        return Entry([_entry(child, path, problems) for child in node.value], line)
    return Entry(str(node.value), line)

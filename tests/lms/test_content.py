"""Front matter: what authors write is what is read, and what cannot be read is told with its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.content import Entry, FrontMatter, Problem, split_front_matter


def front(text: str) -> FrontMatter:
    report = split_front_matter(text, "a.md")
    assert report.problems == ()
    return report.items[0]


def told(text: str) -> list[str]:
    report = split_front_matter(text, "a.md")
    assert not report
    assert report.items == ()
    return [str(problem) for problem in report.problems]


@pytest.mark.parametrize("value", ["no", "1.10", "12:30", "80 %", "2026-11-22", "null", "0x10", "~", "1e3", "Ja: nei"])
def test_a_value_stays_the_text_that_was_written(value: str) -> None:
    written = f'"{value}"' if ": " in value else value
    assert front(f"---\nkey: {written}\n---\n").entries["key"].value == value


def test_entries_and_body_know_their_lines_in_the_file() -> None:
    found = front("---\nid: a\n\nlist: [x,\n  y]\nmap:\n  one: 1\n  two: 2\n---\nFørste\n\nTredje\n")
    assert found.entries["id"] == Entry("a", 2)
    assert found.entries["list"].value == [Entry("x", 4), Entry("y", 5)]
    assert found.entries["map"].value == {"one": Entry("1", 7), "two": Entry("2", 8)}
    assert found.body_line == 10
    assert found.body.startswith("Første")


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter() -> None:
    found = front("\ufeff---\r\nid: a\r\n---\r\nEn\r\nto")
    assert found.entries["id"] == Entry("a", 2)
    assert found.body == "En\nto"


def test_a_line_of_dashes_in_the_body_belongs_to_the_body() -> None:
    assert front("---\nid: a\n---\nEn\n\n---\n\nto").body == "En\n\n---\n\nto"


def test_front_matter_may_be_empty() -> None:
    assert front("---\n---\nTekst").entries == {}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "mangler front matter"),
        ("id: a\n---\n", 1, "mangler front matter"),
        ("\n---\nid: a\n---\n", 1, "mangler front matter"),
        ("---\nid: a\n", 1, "ikke avsluttet"),
        ("---\n- a\n---\n", 2, "nøkler og verdier"),
        ("---\nbare tekst\n---\n", 2, "nøkler og verdier"),
        ("---\nid: a\nid: b\n---\n", 3, "«id» står to ganger"),
        ("---\nmap:\n  a: 1\n  a: 2\n---\n", 4, "«a» står to ganger"),
        ("---\nid: a\nlist: [x\n---\n", 3, "kan ikke leses"),
        ("---\nid: a\ntitle: a: b\n---\n", 3, "kan ikke leses"),
        ("---\nid: a\x00\n---\n", 2, "kan ikke leses"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(text: str, line: int, words: str) -> None:
    (found,) = told(text)
    assert found.startswith(f"a.md:{line}: ")
    assert words in found


@pytest.mark.parametrize(
    "text",
    [
        "---\na: &x [*x]\n---\n",
        "---\na: " + "[" * 5000 + "]" * 5000 + "\n---\n",
        "---\na: &a [x, x]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(40)) + "---\n",
    ],
)
def test_values_that_hold_themselves_or_too_much_are_refused(text: str) -> None:
    assert told(text)


def test_all_doubled_keys_are_told_at_once() -> None:
    assert len(told("---\na: 1\na: 2\nb: 1\nb: 2\n---\n")) == 2


def test_problems_sort_by_path_and_line() -> None:
    problems = [Problem("b", 1, "x"), Problem("a", 10, "x"), Problem("a", 9, "y")]
    assert sorted(problems) == [problems[2], problems[1], problems[0]]


PLAIN = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF).filter(str.isprintable), max_size=30)


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), PLAIN, min_size=1), PLAIN)
def test_quoted_values_come_back_as_they_were_written(values: dict[str, str], body: str) -> None:
    quoted = "\n".join(f"{key}: '{value.replace(chr(39), chr(39) * 2)}'" for key, value in values.items())
    found = front(f"---\n{quoted}\n---\n{body}")
    assert {key: entry.value for key, entry in found.entries.items()} == values
    assert found.body == body
    assert [entry.line for entry in found.entries.values()] == list(range(2, 2 + len(values)))

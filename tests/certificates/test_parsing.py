"""Programme files: the one that ships, and everything an author can get wrong, all at once and with its line."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.parsing import parse_programme
from certificates.programme import (
    DECIDED_STAGES,
    Deliveries,
    Gatherings,
    KnowledgeChecks,
    Lessons,
    ModuleKind,
    ObservationVisits,
    Policy,
    PostTest,
    PreTest,
    SeminarPart,
    Stage,
    TrainerAssessment,
)

SHIPPED = Path(__file__).parents[2] / "certificates" / "programmes" / "instruktor.md"
SMALL = """\
---
id: liten
title: Et lite program
edition: 1
first:
  - id: prove
    kind: post_test
    course: kurs
    pass_mark: 80 %
  - id: samling
    kind: seminar
    part: 1
    days: 2
    after: [prove]
renewal:
  - id: leveranser
    kind: deliveries
    at_least: 6
reentry:
  - id: ny-vurdering
    kind: assessment
---
Slik blir du sertifisert.
"""


def problems(*changes: tuple[str, str]) -> list[str]:
    """The problems of the small programme after some changes, each as `line: message`."""
    text = SMALL
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return [f"{problem.line}: {problem.message}" for problem in parse_programme(text, "liten.md").problems]


def checks(keys: str) -> str:
    """The line of the edition and knowledge checks below it."""
    return f"edition: 1\nknowledge_checks:\n  {keys}"


def test_a_programme_reminds_so_many_days_before_as_it_wants_and_without_the_key_as_decided() -> None:
    def stages(key: str) -> tuple[Stage, ...]:
        (programme,) = parse_programme(SMALL.replace("edition: 1", f"edition: 1\n{key}"), "liten.md").items
        return programme.policy.reminders

    assert stages("reminders: [730, opened, 45, 1, 0]") == ("days_730", "opened", "days_45", "days_1", "day_0")
    assert stages("reminders: []") == ()
    assert stages("seats: 15") == DECIDED_STAGES


def test_the_instructor_programme_says_what_the_domain_decided() -> None:
    (programme,) = parse_programme(SHIPPED.read_text("utf-8"), SHIPPED.name).items
    assert programme.policy == Policy(validity_months=36, window_months=6, grace_months=6, reminders=DECIDED_STAGES)
    assert programme.seats == 15
    assert programme.checks == KnowledgeChecks(months=(3, 12, 24), items=6)
    pre, lessons, post, part_1, visits, part_2, assessment = programme.first
    assert isinstance(pre, PreTest) and isinstance(lessons, Lessons)
    assert isinstance(post, PostTest) and (post.pass_mark, post.within_months) == (Fraction(4, 5), None)
    assert isinstance(part_1, SeminarPart) and (part_1.part, part_1.days) == (1, 3)
    assert isinstance(visits, ObservationVisits) and visits.at_least == 2
    assert set(visits.covering) == {ModuleKind.MUSKEL_SKJELETT, ModuleKind.PSYKISK_HELSE}
    assert isinstance(part_2, SeminarPart) and (part_2.part, part_2.days) == (2, 2)
    assert isinstance(assessment, TrainerAssessment) and not assessment.mentor_may_assess
    test, deliveries, gatherings, approval = programme.renewal
    assert isinstance(test, PostTest) and (test.course, test.within_months) == ("resertifisering", 12)
    assert isinstance(deliveries, Deliveries) and deliveries.at_least == 6
    assert isinstance(gatherings, Gatherings) and gatherings.at_least == 1
    assert isinstance(approval, TrainerAssessment)
    assert [type(each) for each in programme.reentry] == [SeminarPart, TrainerAssessment]
    assert "## Resertifisering" in programme.body


def test_what_is_left_out_is_the_decided_default() -> None:
    (programme,) = parse_programme(SMALL, "liten.md").items
    assert programme.policy == Policy()
    assert programme.body == "Slik blir du sertifisert.\n"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("title: Et lite program\n", ""), "1: «title»: mangler"),
        (("id: liten", "id: Liten!"), "2: «id»: «Liten!» må skrives"),
        (("edition: 1", "edition: 1\nfarge: blå"), "5: «farge»: ukjent nøkkel"),
        (("edition: 1", "edition: 1\nvalidity_months: tre"), "5: «validity_months»: «tre» er ikke et helt tall"),
        (("edition: 1", "edition: 1\nvalidity_months: 0"), "5: «validity_months»: «0» er ikke et helt tall fra 1"),
        (("edition: 1", "edition: 1\nvalidity_months: ３"), "5: «validity_months»: «３» er ikke et helt tall"),
        (("edition: 1", "edition: 1\nwindow_months: 40"), "5: «window_months»: 40 måneder er lenger enn"),
        (("edition: 1", "edition: 1\ngrace_months: -1"), "5: «grace_months»: «-1» er ikke et helt tall fra 0"),
        (
            ("edition: 1", "edition: 1\nreminders: [60, 731]"),
            "5: «reminders»: «731» er ikke en påminnelse; skriv opened",
        ),
        (("edition: 1", "edition: 1\nreminders: [-1]"), "5: «reminders»: «-1» er ikke en påminnelse"),
        (("edition: 1", "edition: 1\nreminders: [07]"), "5: «reminders»: «07» er ikke en påminnelse"),
        (("edition: 1", "edition: 1\nreminders: [days_90]"), "5: «reminders»: «days_90» er ikke en påminnelse"),
        (
            ("edition: 1", "edition: 1\nvalidity_months: 12\nreminders: [337]"),
            "6: «reminders»: 337 dager er lenger enn sertifikatet på 12 måneder varer",
        ),
        (("edition: 1", "edition: 1\nreminders: [7, 7]"), "5: «reminders»: listen skal ha enkle ord"),
        (("edition: 1", "edition: 1\nreminders: ofte"), "5: «reminders»: skal være en liste"),
        (("edition: 1", "edition: [1]"), "4: «edition»: skal være en tekst"),
        (("80 %", "80"), "9: «pass_mark»: «80» er ikke en prosent"),
        (("80 %", "101 %"), "9: «pass_mark»: «101 %» er ikke en prosent"),
        (("80 %", "0 %"), "9: «pass_mark»: «0 %» er ikke en prosent"),
        (("    pass_mark: 80 %\n", ""), "6: «pass_mark»: mangler"),
        (("kind: seminar", "kind: webinar"), "11: «kind»: «webinar» er ukjent; bruk pre_test"),
        (("    part: 1\n", "    part: 1\n    rom: 7\n"), "13: «rom»: ukjent nøkkel; bruk after, days, id, kind, part"),
        (("after: [prove]", "after: [leveranser]"), "14: «after»: «leveranser» finnes ikke"),
        (("after: [prove]", "after: [samling]"), "14: «after»: kravene venter på hverandre i ring"),
        (("80 %", "80 %\n    after: [samling]"), "10: «after»: kravene venter på hverandre i ring"),
        (("id: samling", "id: prove"), "10: «id»: «prove» er brukt før"),
        (("id: ny-vurdering", "id: prove"), "20: «id»: «prove» er brukt før"),
        (("id: samling", "id: [samling]"), "10: «id»: skal være en tekst"),
        (("kind: assessment", "kind: gatherings\n    at_least: 1"), "21: «kind»: «gatherings» teller i perioden"),
        (("kind: assessment", "kind: assessment\n    criteria: [humor]"), "22: «criteria»: «humor» er ukjent"),
        (
            ("kind: assessment", "kind: assessment\n    mentor_may_assess: kanskje"),
            "22: «mentor_may_assess»: «kanskje»",
        ),
        (("at_least: 6", "at_least: 0"), "18: «at_least»: «0» er ikke et helt tall fra 1"),
        (("edition: 1", checks("months: 3")), "6: «months»: skal være en liste"),
        (("edition: 1", checks("months: [3, 0]")), "6: «months»: «0» er ikke et helt tall"),
        (("edition: 1", checks("months: [12, 3]")), "6: «months»: skal være antall måneder i stigende rekkefølge"),
        (("edition: 1", checks("months: [3, 03]")), "6: «months»: skal være antall måneder i stigende rekkefølge"),
        (("edition: 1", checks("months: []")), "6: «months»: skal være antall måneder"),
        (("edition: 1", checks("months: [3, 36]")), "6: «months»: etter 36 måneder er sertifikatet på 36 gått ut"),
        (("edition: 1", checks("items: 6")), "6: «months»: skal være antall måneder"),
        (("edition: 1", checks("months: [3]\n  items: 0")), "7: «items»: «0» er ikke et helt tall fra 1"),
        (("edition: 1", checks("months: [3]\n  items: 21")), "7: «items»: 21 spørsmål er for mange"),
        (("edition: 1", checks("months: [3]\n  pass_mark: 80 %")), "7: «pass_mark»: ukjent nøkkel; bruk items, months"),
        (("edition: 1", "edition: 1\nknowledge_checks: [3]"), "5: «knowledge_checks»: skal ha egne nøkler under seg"),
        (("edition: 1", "edition: 1\nknowledge_checks:"), "5: «knowledge_checks»: skal ha egne nøkler under seg"),
        (("Slik blir du sertifisert.", " "), "23: brødteksten mangler"),
        (("  - id: ny-vurdering\n    kind: assessment\n", "  []\n"), "20: «reentry»: skal være en liste med minst ett"),
        (("  - id: ny-vurdering\n    kind: assessment\n", "  - vurdering\n"), "20: «reentry»: skal være en liste"),
        (("reentry:\n  - id: ny-vurdering\n    kind: assessment\n", ""), "1: «reentry»: skal være en liste"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_to_do(change: tuple[str, str], expected: str) -> None:
    told = problems(change)
    assert any(problem.startswith(expected) for problem in told), told


def test_a_programme_without_the_key_offers_no_checks_and_one_with_it_those_it_names() -> None:
    (without,) = parse_programme(SMALL, "liten.md").items
    (with_two,) = parse_programme(SMALL.replace("edition: 1", checks("months: [2, 30]")), "liten.md").items
    assert without.checks is None
    assert with_two.checks == KnowledgeChecks(months=(2, 30), items=6)


def test_one_mistake_is_told_once_and_leads_to_no_others() -> None:
    for keys in ("months: 3", "months: [[3]]", "months: [tre]", "months: [12, 3]", "months: [3]\n  items: 0"):
        assert len(problems(("edition: 1", checks(keys)))) == 1, keys
    assert len(problems(("edition: 1", "edition: 1\nvalidity_months: tre"))) == 1
    assert len(problems(("kind: seminar", "kind: webinar"))) == 1
    assert len(problems(("80 %", "80 %\n    after: [samling]"))) == 1


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    told = problems(("edition: 1", "edition: 1\nfarge: blå"), ("80 %", "åtti"), ("at_least: 6", "at_least: seks"))
    assert [problem.split(":")[0] for problem in told] == ["5", "10", "19"]


@pytest.mark.parametrize(
    ("written", "share"),
    [
        ("80 %", Fraction(4, 5)),
        ("80%", Fraction(4, 5)),
        ("82,5 %", Fraction(33, 40)),
        ("66.6667 %", Fraction(666667, 10**6)),
    ],
)
def test_a_percentage_is_read_exactly(written: str, share: Fraction) -> None:
    (programme,) = parse_programme(SMALL.replace("80 %", written), "liten.md").items
    requirement = programme.first[0]
    assert isinstance(requirement, PostTest)
    assert requirement.pass_mark == share


@pytest.mark.parametrize("text", ["", "uten front matter", "---\nid: x", "---\n- en\n- to\n---\ntekst", "---\n---\n"])
def test_a_file_that_is_no_programme_is_a_problem_and_never_a_crash(text: str) -> None:
    assert not parse_programme(text, "rart.md")


@given(line=st.integers(1, SMALL.count("\n")), junk=st.text(max_size=30))
def test_whatever_stands_on_a_line_is_read_or_told_and_never_crashes(line: int, junk: str) -> None:
    lines = SMALL.split("\n")
    lines[line - 1] = junk
    report = parse_programme("\n".join(lines), "rart.md")
    assert bool(report.items) != bool(report.problems)


@given(
    values=st.lists(
        st.tuples(
            st.sampled_from(
                ["80 %", "[prove]", "deliveries", "liten", "at_least: 6", "kurs", "samling", "ny-vurdering"]
            ),
            st.sampled_from(["[a, b]", "{a: b}", "null", "~", "no", "''", "[[]]", "[{a: b}]", "1.10", "12:30", "-1"]),
        ),
        max_size=4,
    )
)
def test_values_of_the_wrong_shape_are_told_and_never_crash(values: list[tuple[str, str]]) -> None:
    text = SMALL
    for old, new in values:
        text = text.replace(old, new, 1)
    report = parse_programme(text, "rart.md")
    assert bool(report.items) != bool(report.problems)

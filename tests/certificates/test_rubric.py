"""The rubric: read with every mistake told, what a sheet holds, when it can be handed in, comparing two, the score."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates import rubric
from certificates.evidence import Outcome
from certificates.parsing import parse_programme
from certificates.programme import Criterion, Rubric, RubricCriterion
from certificates.rubric import Agreement, Filled
from lms.verdict import No
from tests.certificates.dossiers import PROGRAMME
from tests.certificates.test_parsing import SMALL

assert PROGRAMME.rubric is not None
SHIPPED = PROGRAMME.rubric
SMALL_RUBRIC = """\
edition: 1
rubric:
  levels: [Lavt, Høyt]
  content_knowledge:
    - id: fag
      title: Fag
      looks_at: Om det stemmer.
      levels:
        - Galt.
        - Rett.
  non_directive:
    - id: stil
      title: Stil
      looks_at: Om det inviterer.
      levels: [Ovenfra, Ved siden av]
"""
ASKING = SMALL.replace("edition: 1\n", SMALL_RUBRIC).replace(
    "kind: assessment\n", "kind: assessment\n    criteria: [content_knowledge, non_directive]\n"
)


def told(*changes: tuple[str, str]) -> list[str]:
    text = ASKING
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return [f"{problem.line}: {problem.message}" for problem in parse_programme(text, "liten.md").problems]


def test_the_shipped_rubric_describes_every_level_of_several_criteria_in_both_areas() -> None:
    assert len(SHIPPED.levels) == 4
    for area, criteria in rubric.areas(SHIPPED):
        assert 3 <= len(criteria) <= 5, area
        for criterion in criteria:
            assert len(set(criterion.levels)) == 4
            assert all(level.endswith(".") for level in (*criterion.levels, criterion.looks_at))
    assert PROGRAMME.appeal_weeks == 3


def test_a_rubric_is_read_and_a_programme_without_one_still_works() -> None:
    (programme,) = parse_programme(ASKING, "liten.md").items
    assert programme.rubric is not None
    assert [(each.id, each.area, each.levels) for each in programme.rubric.criteria] == [
        ("fag", Criterion.CONTENT_KNOWLEDGE, ("Galt.", "Rett.")),
        ("stil", Criterion.NON_DIRECTIVE, ("Ovenfra", "Ved siden av")),
    ]
    (old,) = parse_programme(SMALL, "liten.md").items
    assert (old.rubric, old.appeal_weeks) == (None, 3)
    bare = rubric.asked(old, tuple(Criterion))
    assert bare.levels == ("1", "2", "3", "4", "5")
    assert [(each.id, each.area) for each in bare.criteria] == [
        ("content-knowledge", Criterion.CONTENT_KNOWLEDGE),
        ("non-directive", Criterion.NON_DIRECTIVE),
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("        - Rett.\n", ""), "12: «levels»: beskriver 1 nivåer, men rubrikken har 2: Lavt, Høyt"),
        (("        - Rett.\n", "        - Rett.\n        - Best.\n"), "12: «levels»: beskriver 3 nivåer"),
        (("        - Rett.\n", "        -\n"), "12: «levels»: et nivå mangler beskrivelse"),
        (("        - Rett.\n", "        - Galt.\n"), "12: «levels»: listen skal ha enkle ord, hvert av dem én gang"),
        (("id: stil", "id: fag"), "15: «id»: «fag» er brukt før; hvert kriterium har sin egen id"),
        (("id: stil", "id: Stil!"), "15: «id»: «Stil!» må skrives med små bokstaver"),
        (("      title: Stil\n", ""), "15: «title»: mangler"),
        (("      looks_at: Om det inviterer.\n", ""), "15: «looks_at»: mangler"),
        (("      levels: [Ovenfra, Ved siden av]\n", ""), "15: «levels»: beskriver 0 nivåer"),
        (("  levels: [Lavt, Høyt]\n", ""), "6: «levels»: skal være navnene på 2 til 6 nivåer"),
        (("[Lavt, Høyt]", "[Lavt]"), "6: «levels»: skal være navnene på 2 til 6 nivåer"),
        (("[Lavt, Høyt]", "Lavt"), "6: «levels»: skal være en liste"),
        (("  non_directive:\n", "  humor:\n"), "15: «humor»: ukjent nøkkel; bruk content_knowledge, levels, non_"),
        (("      title: Stil\n", "      title: Stil\n      vekt: 2\n"), "17: «vekt»: ukjent nøkkel; bruk id, levels"),
        (("  levels: [Lavt, Høyt]\n  content_knowledge:\n", "  levels: [Lavt, Høyt]\n  x:\n"), "8: «x»: ukjent nøkkel"),
    ],
)
def test_a_mistake_in_the_rubric_is_told_with_its_line_and_what_to_do(change: tuple[str, str], expected: str) -> None:
    problems = told(change)
    assert any(problem.startswith(expected) for problem in problems), problems


def test_an_area_that_an_assessment_asks_for_and_the_rubric_lacks_is_a_problem() -> None:
    cut = ASKING[: ASKING.index("  non_directive:")] + ASKING[ASKING.index("first:") :]
    problems = parse_programme(cut, "liten.md").problems
    assert [problem.message for problem in problems] == [
        "«non_directive»: mangler: en vurdering i programmet spør etter dette området"
    ]


@pytest.mark.parametrize("value", ["[]", "text", "[a]", "{a: b}", "[{id: x}]", "[[]]", ""])
@pytest.mark.parametrize("key", ["rubric", "  content_knowledge"])
def test_a_rubric_of_the_wrong_shape_is_told_and_never_crashes(key: str, value: str) -> None:
    at = ASKING.index(f"{key.strip()}:")
    text = ASKING[:at] + f"{key.strip()}: {value}\n" + ASKING[ASKING.index("first:") :]
    assert parse_programme(text, "liten.md").problems


@pytest.mark.parametrize("weeks", ["0", "tre", "-1", "1000"])
def test_the_weeks_to_appeal_in_are_a_whole_number(weeks: str) -> None:
    text = SMALL.replace("edition: 1", f"edition: 1\nappeal_weeks: {weeks}")
    assert [problem.line for problem in parse_programme(text, "liten.md").problems] == [5]


def test_only_the_criteria_of_the_areas_asked_for_are_on_the_sheet() -> None:
    assert {each.area for each in rubric.asked(PROGRAMME, [Criterion.NON_DIRECTIVE]).criteria} == {"non_directive"}
    assert rubric.asked(PROGRAMME, []).criteria == ()


def full(level: int = 3) -> Filled:
    return Filled(levels={each.id: level for each in SHIPPED.criteria}, outcome=Outcome.APPROVED)


def test_filling_in_one_field_leaves_all_others_and_an_empty_one_takes_back() -> None:
    sheet = rubric.changed(full(), SHIPPED, {"level-rollen": "4", "note-rollen": "Delte ordet.", "feedback": "Fint."})
    assert isinstance(sheet, Filled)
    assert (sheet.levels["rollen"], sheet.levels["egne-valg"], sheet.outcome) == (4, 3, Outcome.APPROVED)
    cleared = rubric.changed(sheet, SHIPPED, {"level-rollen": "", "note-rollen": "", "outcome": ""})
    assert isinstance(cleared, Filled)
    assert "rollen" not in cleared.levels
    assert (dict(cleared.notes), cleared.outcome, cleared.feedback) == ({}, None, "Fint.")


@pytest.mark.parametrize(
    "fields",
    [
        {"level-rollen": "5"}, {"level-rollen": "0"}, {"level-rollen": "３"}, {"level-rollen": " 3"},
        {"level-finnes-ikke": "3"}, {"note-finnes-ikke": "x"}, {"outcome": "kanskje"}, {"assessor_id": "1"},
        {"level-": "1"}, {"": ""}, {"level-note-rollen": "1"},
    ],
)  # fmt: skip
def test_a_field_that_cannot_be_is_refused_and_nothing_is_kept(fields: dict[str, str]) -> None:
    assert isinstance(rubric.changed(full(), SHIPPED, {"note-rollen": "y", **fields}), No)


def test_more_words_than_can_be_kept_are_told_by_their_field() -> None:
    long = {
        "note-rollen": "x" * 2_001,
        "note-egne-valg": "x" * 2_000,
        "feedback": "x" * 5_001,
        "next_steps": "x" * 5_000,
    }
    sheet = rubric.changed(full(), SHIPPED, long)
    assert isinstance(sheet, Filled)
    assert set(rubric.overlong(sheet)) == set(rubric.unfinished(SHIPPED, sheet)) == {"note-rollen", "feedback"}


def test_a_sheet_is_handed_in_with_every_level_and_an_outcome_and_not_yet_says_why_and_what_to_do() -> None:
    assert rubric.unfinished(SHIPPED, full()) == {}
    nothing = rubric.unfinished(SHIPPED, Filled())
    assert set(nothing) == {f"level-{each.id}" for each in SHIPPED.criteria} | {"outcome"}
    not_yet = rubric.wordless(Outcome.NOT_YET, " ", "\n")
    assert [reason.code for reason in not_yet.values()] == ["sheet-feedback-missing", "sheet-next-steps-missing"]
    assert rubric.wordless(Outcome.NOT_YET, "Derfor.", "Gjør dette.") == {}


def test_two_sheets_are_compared_criterion_by_criterion() -> None:
    other = {**full().levels, "rollen": 4, "egne-valg": 1}
    found = rubric.compare(SHIPPED, full().levels, other)
    assert {each.criterion.id: each.agreement for each in found if each.agreement is not Agreement.SAME} == {
        "rollen": Agreement.ONE_LEVEL,
        "egne-valg": Agreement.MORE,
    }
    assert rubric.tally(found) == {Agreement.SAME: 6, Agreement.ONE_LEVEL: 1, Agreement.MORE: 1}


@pytest.mark.parametrize(("levels", "score"), [((1, 1), 1), ((4, 4), 5), ((2, 3), 3), ((3, 3), 4), ((1, 2), 2)])
def test_the_score_of_an_area_is_the_mean_laid_on_one_to_five(levels: tuple[int, int], score: int) -> None:
    ids = [each.id for each in SHIPPED.criteria if each.area is Criterion.NON_DIRECTIVE][:2]
    assert rubric.area_score(SHIPPED, Criterion.NON_DIRECTIVE, [dict(zip(ids, levels, strict=True))]) == score


def test_five_bare_levels_are_scored_as_they_are_and_nothing_has_no_score() -> None:
    bare = Rubric(
        levels=("1", "2", "3", "4", "5"),
        criteria=(
            RubricCriterion(id="x", area=Criterion.NON_DIRECTIVE, title="", looks_at="", levels=("", "", "", "", "")),
        ),
    )
    assert [rubric.area_score(bare, Criterion.NON_DIRECTIVE, [{"x": level}]) for level in range(1, 6)] == [*range(1, 6)]
    assert rubric.area_score(bare, Criterion.CONTENT_KNOWLEDGE, [{"x": 1}]) is None
    assert rubric.area_score(bare, Criterion.NON_DIRECTIVE, []) is None


@given(
    names=st.integers(2, 6),
    data=st.data(),
)
def test_a_higher_level_never_lowers_the_score_and_the_order_of_assessors_does_not_matter(
    names: int, data: st.DataObject
) -> None:
    criteria = tuple(
        RubricCriterion(id=f"k{n}", area=Criterion.NON_DIRECTIVE, title="", looks_at="", levels=("",) * names)
        for n in range(data.draw(st.integers(1, 5)))
    )
    asked = Rubric(levels=tuple(map(str, range(names))), criteria=criteria)
    sheets = [
        {each.id: data.draw(st.integers(1, names)) for each in criteria} for _ in range(data.draw(st.integers(1, 2)))
    ]
    score = rubric.area_score(asked, Criterion.NON_DIRECTIVE, sheets)
    assert score is not None
    mean = Fraction(sum(sum(one.values()) for one in sheets), sum(map(len, sheets)))
    exact = 1 + (mean - 1) / (names - 1) * 4
    assert abs(score - exact) <= Fraction(1, 2)
    assert rubric.area_score(asked, Criterion.NON_DIRECTIVE, sheets[::-1]) == score
    raised = [{id_: min(level + 1, names) for id_, level in one.items()} for one in sheets]
    higher = rubric.area_score(asked, Criterion.NON_DIRECTIVE, raised)
    assert higher is not None
    assert higher >= score

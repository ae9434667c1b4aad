"""Numbers as people in Norway write them."""

from __future__ import annotations

from datetime import date, time
from fractions import Fraction

import pytest
from flask_babel import force_locale

from lms.formatting import fixed, hours, share, weekday
from lms.verdict import because
from lms.wording import say

MARK = Fraction(4, 5)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (Fraction(1, 2), 2, "0,50"),
        (1, 1, "1,0"),
        (Fraction(2, 3), 2, "0,67"),
        (Fraction(5, 2), 0, "3"),
        (-2, 1, "-2,0"),
    ],
)
def test_figures_under_each_other_have_all_their_decimals(value: Fraction | int, decimals: int, text: str) -> None:
    assert fixed(value, decimals) == text


def test_a_share_is_never_rounded_up_to_the_mark_it_did_not_reach() -> None:
    almost = MARK - Fraction(1, 10_000)
    assert share(almost) == "80\N{NO-BREAK SPACE}%"
    assert share(almost, below=MARK) == "79,9\N{NO-BREAK SPACE}%"
    assert share(MARK, below=MARK) == "80\N{NO-BREAK SPACE}%"
    assert share(Fraction(14, 27), below=None) == "51,9\N{NO-BREAK SPACE}%"


@pytest.mark.usefixtures("in_app")
def test_a_sentence_never_rounds_a_score_up_to_the_mark_it_names() -> None:
    almost = MARK - Fraction(1, 10_000)
    said = say(because("retake-post-test", course="rolig-start", score=almost, pass_mark=MARK))
    assert "79,9" in said
    assert "minst 80" in said


@pytest.mark.usefixtures("in_app")
def test_times_and_near_days_are_written_as_the_reader_writes_them() -> None:
    assert hours("09:30") == hours(time(9, 30)) == "09.30"
    assert weekday(date(2026, 12, 2)) == "onsdag 2. desember"
    with force_locale("nn"):
        assert weekday(date(2026, 12, 5)) == "laurdag 5. desember"
    with force_locale("en"):
        assert hours("09:30") == "09:30"
        assert weekday(date(2026, 12, 2)) == "Wednesday 2 December"

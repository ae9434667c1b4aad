"""The rules of booking: who may when and why not, quotas, the line, offers, giving up; and reading pasted lists."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses import booking, roster
from courses.booking import Belonging, Cohort, Held, Limits, Part, Wish
from courses.roster import Known, Unmatched
from lms.clock import at_local, local_date
from lms.ids import search_key
from lms.verdict import No

TODAY = date(2026, 11, 23)
NOW = at_local(TODAY, 12)
FIRST = Part(part=1, starts_at=at_local(date(2027, 1, 11), 9), first_on=date(2027, 1, 11), last_on=date(2027, 1, 13))
SECOND = Part(part=2, starts_at=at_local(date(2027, 2, 9), 9), first_on=date(2027, 2, 9), last_on=date(2027, 2, 10))
COHORT = Cohort(
    id=1,
    name="Vinter",
    parts=(FIRST, SECOND),
    bookable_from=date(2026, 11, 23),
    bookable_through=date(2027, 1, 4),
    cancel_through=date(2027, 1, 2),
)
BOTH = Wish(needed=frozenset({1, 2}))


def code(no: No | None) -> str:
    return no.reasons[0].code if no is not None else ""


def may_book(cohort: Cohort = COHORT, wish: Wish = BOTH, now: datetime = NOW) -> str:
    return code(booking.may_book(cohort, wish, now=now, today=local_date(now)))


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (date(2026, 11, 22), "booking-not-open"),
        (date(2026, 11, 23), ""),
        (date(2027, 1, 4), ""),
        (date(2027, 1, 5), "booking-closed"),
    ],
)
def test_the_window_holds_both_its_days(today: date, said: str) -> None:
    assert may_book(now=at_local(today, 12)) == said


def test_the_window_opens_at_midnight_in_oslo() -> None:
    assert may_book(now=datetime(2026, 11, 22, 22, 59, tzinfo=UTC)) == "booking-not-open"
    assert may_book(now=datetime(2026, 11, 22, 23, 0, tzinfo=UTC)) == ""


def test_who_needs_nothing_or_another_part_is_told_so() -> None:
    assert may_book(wish=Wish(needed=frozenset())) == "booking-not-needed"
    assert may_book(replace(COHORT, parts=(SECOND,)), Wish(needed=frozenset({1}))) == "booking-other-part"
    assert may_book(replace(COHORT, parts=(SECOND,)), Wish(needed=frozenset({2}))) == ""


def test_what_has_begun_is_not_booked_and_part_2_not_before_part_1() -> None:
    wide = replace(COHORT, bookable_through=date(2027, 3, 1))
    assert may_book(wide, now=FIRST.starts_at - timedelta(seconds=1)) == ""
    assert may_book(wide, now=FIRST.starts_at) == "booking-part-1-first"
    assert may_book(wide, Wish(needed=frozenset({1})), now=FIRST.starts_at) == "booking-begun"
    assert may_book(wide, Wish(needed=frozenset({2})), now=FIRST.starts_at) == ""
    assert may_book(wide, Wish(needed=frozenset({2})), now=SECOND.starts_at) == "booking-begun"
    earlier = Held(seminar_id=2, seminar_name="Høst", part=1, first_on=date(2027, 1, 18), last_on=date(2027, 1, 20))
    assert may_book(wide, replace(BOTH, held=(earlier,)), now=FIRST.starts_at) == ""


def test_nobody_has_two_seats_for_a_part_that_is_to_come() -> None:
    held = Held(seminar_id=2, seminar_name="Vår", part=2, first_on=date(2027, 5, 1), last_on=date(2027, 5, 2))
    no = booking.may_book(COHORT, replace(BOTH, held=(held,)), now=NOW, today=TODAY)
    assert no is not None
    assert (no.reasons[0].code, no.reasons[0].values["seminar"]) == ("booking-seated-elsewhere", "Vår")
    over = replace(held, first_on=date(2026, 11, 20), last_on=date(2026, 11, 22))
    assert may_book(wish=replace(BOTH, held=(over,))) == ""
    assert may_book(wish=replace(BOTH, held=(replace(held, seminar_id=COHORT.id),))) == ""
    assert may_book(replace(COHORT, parts=(FIRST,)), replace(BOTH, held=(held,))) == ""


def test_an_invitation_opens_a_window_of_its_own() -> None:
    closed = replace(COHORT, bookable_from=None, bookable_through=None)
    assert may_book(closed) == "booking-by-trainer"
    assert may_book(closed, replace(BOTH, invited_through=TODAY)) == ""
    assert may_book(closed, replace(BOTH, invited_through=TODAY - timedelta(days=1))) == "booking-invitation-over"
    assert may_book(COHORT, replace(BOTH, invited_through=TODAY - timedelta(days=1))) == ""
    assert may_book(replace(COHORT, cancelled=True), replace(BOTH, invited_through=TODAY)) == "booking-cancelled"


people = st.builds(Belonging, unit_id=st.integers(1, 3), sector=st.sampled_from(["nav", "helse"]))
limits = st.builds(
    Limits,
    seats=st.integers(1, 15),
    sectors=st.dictionaries(st.sampled_from(["nav", "helse"]), st.integers(0, 10)),
    units=st.dictionaries(st.integers(1, 3), st.integers(0, 10)),
)


@given(limits=limits, line=st.lists(people, max_size=40))
def test_seating_whoever_fits_never_passes_a_limit_and_leaves_nobody_out_who_fits(
    limits: Limits, line: list[Belonging]
) -> None:
    taken: list[Belonging] = []
    while (place := booking.next_in_line(limits, taken, line)) is not None:
        assert all(booking.fits(limits, taken, before) is not None for before in line[:place])
        taken.append(line.pop(place))
    assert len(taken) <= limits.seats
    for sector, most in limits.sectors.items():
        assert sum(each.sector == sector for each in taken) <= most
    for unit_id, most in limits.units.items():
        assert sum(each.unit_id == unit_id for each in taken) <= most
    assert all(booking.fits(limits, taken, left) is not None for left in line)


@given(minutes=st.integers(-10_000, 100_000))
def test_an_offer_lasts_at_most_two_days_and_a_fourth_of_what_is_left_or_is_not_made(minutes: int) -> None:
    starts_at = NOW + timedelta(minutes=minutes)
    ends_at = booking.offer_ends(NOW, starts_at)
    if ends_at is None:
        assert minutes < 16 * 60
    else:
        assert timedelta(hours=4) <= ends_at - NOW <= timedelta(hours=48)
        assert (ends_at - NOW) * 4 <= starts_at - NOW


@pytest.mark.parametrize(
    ("left", "lasts"),
    [
        (timedelta(days=30), timedelta(hours=48)),
        (timedelta(days=8), timedelta(hours=48)),
        (timedelta(days=4), timedelta(hours=24)),
        (timedelta(hours=16), timedelta(hours=4)),
        (timedelta(hours=15, minutes=59), None),
    ],
)
def test_how_long_an_offer_lasts(left: timedelta, lasts: timedelta | None) -> None:
    ends_at = booking.offer_ends(NOW, NOW + left)
    assert (ends_at - NOW if ends_at else None) == lasts


def test_an_offer_is_taken_before_its_instant_and_not_at_it() -> None:
    assert booking.may_accept(NOW, NOW - timedelta(microseconds=1)) is None
    assert code(booking.may_accept(NOW, NOW)) == "offer-ran-out"
    assert code(booking.may_accept(None, NOW)) == "no-offer"


def test_a_seat_is_given_up_through_the_last_day_for_that() -> None:
    def give_up(cohort: Cohort, day: date) -> str:
        return code(booking.may_give_up(cohort, now=at_local(day, 23), today=day))

    assert give_up(COHORT, date(2027, 1, 2)) == ""
    assert give_up(COHORT, date(2027, 1, 3)) == "give-up-too-late"
    assert give_up(replace(COHORT, cancel_through=None), TODAY) == "give-up-by-trainer"
    assert give_up(replace(COHORT, cancel_through=FIRST.first_on), FIRST.first_on) == "give-up-by-trainer"
    late = date(2027, 1, 3)
    assert code(booking.removal_problem(COHORT, reason="", today=late)) == "removal-needs-reason"
    assert booking.removal_problem(COHORT, reason="Syk", today=late) is None
    assert booking.removal_problem(COHORT, reason="", today=late - timedelta(days=1)) is None


def test_a_window_that_makes_no_sense_is_told_everything() -> None:
    wrong = replace(
        COHORT,
        bookable_from=date(2027, 1, 13),
        bookable_through=date(2027, 1, 12),
        cancel_through=date(2027, 1, 12),
    )
    no = booking.window_problems(wrong)
    assert no is not None
    assert [each.code for each in no.reasons] == ["booking-window-order", "booking-window-late", "cancel-window-late"]
    assert code(booking.window_problems(replace(COHORT, bookable_from=None))) == "booking-window-half"
    assert booking.window_problems(COHORT) is None


# a pasted list

KNOWN = [
    Known(id=1, key=search_key("Kari Åsen"), email="kari@nav.example"),
    Known(id=2, key=search_key("Geir Ødegård"), email="geir@helse.example"),
    Known(id=3, key=search_key("Ola Nordmann"), email="ola@nav.example"),
    Known(id=4, key=search_key("Ola Nordmann"), email="ola.n@helse.example"),
]


@pytest.mark.parametrize(
    "line",
    [
        "Kari Åsen",
        "  kari   ÅSEN ",
        "Åsen, Kari",
        "1. Kari Åsen",
        "- Kari Åsen,",
        "KARI@nav.example",
        "Kari <kari@nav.example>",
    ],
)
def test_a_line_names_somebody_however_it_is_written(line: str) -> None:
    assert roster.match(roster.lines_of(line), KNOWN, search_key).people == (1,)


def test_a_list_from_a_mail_program_is_parted_and_what_names_nobody_is_kept_as_it_stood() -> None:
    pasted = "Kari Åsen <kari@nav.example>; Geir Ødegård\n\nOla Nordmann\nKari Asen\nkari@feil.example\nkari åsen"
    found = roster.match(roster.lines_of(pasted), KNOWN, search_key)
    assert found.people == (1, 2)
    assert found.unmatched == (
        ("Ola Nordmann", Unmatched.SEVERAL),
        ("Kari Asen", Unmatched.UNKNOWN),
        ("kari@feil.example", Unmatched.UNKNOWN),
    )


@given(st.text(max_size=300))
def test_any_text_is_a_list_and_no_entry_is_lost(pasted: str) -> None:
    lines = roster.lines_of(pasted)
    kept = [text for text, _why in roster.match(lines, [], search_key).unmatched]
    assert kept == list(lines)

"""Calendar files, read back by another program than the one that wrote them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st

from courses.calendar import Happening, Method, calendar_text, day_key, read_words, uid_of

NOW = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
HOSTILE = 'Rådhuset, rom 2; "A"\\\r\nEND:VEVENT\r\nBEGIN:VEVENT\nSUMMARY:Noe annet\rX\x0b\x00'


def happening(**more: object) -> Happening:
    facts: dict[str, object] = {
        "uid": uid_of(day_key(7, 1, 2), "laering.example"),
        "title": "Grunnopplæring høst: del 1, dag 2",
        "on": date(2026, 11, 24),
        "starts": time(9),
        "ends": time(15, 30),
        "place": "Tromsø",
    }
    return Happening(**{**facts, **more})  # type: ignore[arg-type]


def written(*events: Happening, method: Method = Method.REQUEST) -> str:
    return calendar_text(
        events, method=method, stamp=NOW, organiser="ikke-svar@laering.example", attendee="kari@nav.example"
    )


def test_an_invitation_is_read_by_another_program_as_it_was_meant() -> None:
    text = written(happening(sequence=3))
    read = vobject.readOne(text)
    event = read.vevent
    assert read.method.value == "REQUEST"
    assert event.uid.value == "samling-7-del-1-dag-2@laering.example"
    assert event.sequence.value == "3"
    assert event.status.value == "CONFIRMED"
    assert event.dtstamp.value == NOW
    assert event.dtstart.value.astimezone(UTC) == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    assert event.dtend.value.astimezone(UTC) == datetime(2026, 11, 24, 14, 30, tzinfo=UTC)
    assert event.attendee.value == "mailto:kari@nav.example"
    assert event.organizer.value == "mailto:ikke-svar@laering.example"
    assert "DTSTART;TZID=Europe/Oslo:20261124T090000" in text
    assert read.vtimezone.tzid.value == "Europe/Oslo"


@pytest.mark.parametrize(("on", "utc_hour"), [(date(2027, 3, 27), 8), (date(2027, 3, 28), 7), (date(2027, 10, 31), 8)])
def test_nine_in_the_morning_is_nine_on_both_sides_of_summer_time(on: date, utc_hour: int) -> None:
    """By the file's own time zone: the readers of mails have no other."""
    event = vobject.readOne(written(happening(on=on))).vevent
    assert event.dtstart.value.astimezone(UTC).hour == utc_hour
    assert event.dtstart.value.hour == 9


@pytest.mark.parametrize("field", ["title", "place", "text", "link"])
def test_hostile_words_stay_words(field: str) -> None:
    text = written(happening(**{field: HOSTILE}))
    read = vobject.readOne(text)
    assert len(read.vevent_list) == 1
    assert text.count("\r\nBEGIN:VEVENT\r\n") == 1
    assert "\n" not in text.replace("\r\n", "") and "\x00" not in text and "\x0b" not in text
    if field == "place":
        assert read.vevent.location.value == 'Rådhuset, rom 2; "A"\\\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:Noe annet\nX'


@given(place=st.text(max_size=200), title=st.text(min_size=1, max_size=200))
def test_whatever_people_write_there_is_one_event_with_short_lines(place: str, title: str) -> None:
    text = written(happening(place=place, title=title))
    assert len(list(vobject.readOne(text).vevent_list)) == 1
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75


def test_a_cancellation_names_the_same_event_with_a_higher_number() -> None:
    first, last = (
        vobject.readOne(written(happening(sequence=number), method=method))
        for number, method in ((0, Method.REQUEST), (1, Method.CANCEL))
    )
    assert last.method.value == "CANCEL"
    assert last.vevent.status.value == "CANCELLED"
    assert last.vevent.uid.value == first.vevent.uid.value
    assert int(last.vevent.sequence.value) > int(first.vevent.sequence.value)


def test_a_deadline_is_a_whole_day_that_takes_no_time() -> None:
    event = vobject.readOne(written(happening(starts=None, ends=None))).vevent
    assert event.dtstart.value == date(2026, 11, 24)
    assert event.dtend.value - event.dtstart.value == timedelta(days=1)
    assert event.transp.value == "TRANSPARENT"


def test_what_was_told_is_known_again_and_every_change_is_seen() -> None:
    told = happening(text="Én\nto", link="https://laering.example/")
    assert read_words(told.uid, told.words(), sequence=0) == told
    changes = ({"on": date(2026, 11, 25)}, {"starts": time(10)}, {"ends": time(14)}, {"place": "Alta"}, {"title": "X"})
    assert len({happening(**change).words() for change in ({}, *changes)}) == 6
    assert happening(sequence=9).words() == happening().words()

"""When a run is due: on the region's clock, denser before the deadline, a missed one once."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iid.tasks.operate.serve.due import Timetable

INDONESIA = st.sampled_from(["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "UTC"])
SHIFTING = st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"])
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(lambda when: when.replace(tzinfo=UTC))
CLOCKS = st.times().map(lambda t: t.replace(second=0, microsecond=0))
HOUR = timedelta(hours=1)
DENSE = ((timedelta(days=7), 6 * HOUR), (timedelta(days=1), HOUR))
FOUR = time(4)
MARTAPURA = Timetable("Asia/Makassar", FOUR)
DEADLINE = datetime(2026, 8, 31, 15, 59, 59, tzinfo=UTC)  # the last second of August in Martapura


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        (None, "2026-08-31T12:00", "2026-08-30T20:00"),  # never: last night's 04.00 WITA, at once
        ("2026-08-30T20:05", "2026-08-31T12:00", "2026-08-31T20:00"),  # ran last night: tonight
        ("2026-08-30T19:59", "2026-08-31T12:00", "2026-08-30T20:00"),  # ran just before: still due
        ("2026-08-01T20:05", "2026-08-31T12:00", "2026-08-30T20:00"),  # four weeks down: once
        ("2026-08-30T20:05", "2026-08-31T20:00", "2026-08-31T20:00"),  # to the minute
    ],
)
def test_due_at_four_in_martapura(last: str | None, now: str, due: str) -> None:
    assert MARTAPURA.due(utc(last) if last else None, utc(now)) == utc(due)


@given(now=MOMENTS, zone=INDONESIA, at=CLOCKS)
def test_the_last_due_moment_shows_that_time_and_is_less_than_a_day_ago(
    now: datetime, zone: str, at: time
) -> None:
    due = Timetable(zone, at).last(now)
    assert due <= now < due + timedelta(days=1)
    assert due.astimezone(ZoneInfo(zone)).time() == at


@given(now=MOMENTS, zone=INDONESIA, ago=st.timedeltas(timedelta(0), timedelta(days=60)))
def test_after_a_run_nothing_is_due_until_the_next_night(now: datetime, zone: str, ago: timedelta) -> None:
    table = Timetable(zone, FOUR)
    due = table.due(now - ago, now)
    if due <= now:  # missed: run now, then not again before tomorrow
        assert now - ago < due
        due = table.due(now, now)
    assert now < due <= now + timedelta(days=1)


@given(now=MOMENTS, zone=SHIFTING, at=CLOCKS, deadline=MOMENTS)
def test_last_and_after_are_neighbours_even_where_clocks_are_shifted(
    now: datetime, zone: str, at: time, deadline: datetime
) -> None:
    table = Timetable(zone, at, deadline, DENSE)
    last, after = table.last(now), table.after(now)
    assert last <= now < after
    assert table.last(after - timedelta(microseconds=1)) == last
    assert table.after(last) == after
    assert after - last <= timedelta(hours=26)


@pytest.mark.parametrize(
    ("day", "utc_time"),
    [("2026-03-28", "01:30"), ("2026-03-29", "01:30"), ("2026-03-30", "00:30"), ("2026-10-25", "00:30")],
)
def test_a_time_that_is_missing_or_doubled_comes_once_a_night(day: str, utc_time: str) -> None:
    table = Timetable("Europe/Berlin", time(2, 30))
    nights = set()
    moment = utc(f"{day}T00:00") - 3 * HOUR
    while moment < utc(f"{day}T12:00"):
        nights.add(table.last(moment))
        moment += HOUR / 4
    assert utc(f"{day}T{utc_time}") in nights
    assert len(nights) == 2  # that night's and the one before


def moments(table: Timetable, since: datetime, until: datetime) -> list[datetime]:
    found = []
    while (since := table.after(since)) <= until:
        found.append(since)
    return found


def test_the_last_week_has_four_runs_a_day_and_the_last_day_one_an_hour() -> None:
    table = Timetable("Asia/Makassar", FOUR, DEADLINE, DENSE)
    week = moments(table, DEADLINE - timedelta(days=7, seconds=1), DEADLINE - timedelta(days=1))
    assert len(week) == 25 + 6  # every six hours, both ends, and six nights
    last_day = moments(table, DEADLINE - timedelta(days=1), DEADLINE)
    assert len(last_day) == 24 + 1
    assert last_day[-1] == DEADLINE
    assert moments(table, DEADLINE, DEADLINE + timedelta(days=3)) == [
        DEADLINE + timedelta(seconds=1) + 4 * HOUR + timedelta(days=day) for day in range(3)
    ]
    before = moments(table, DEADLINE - timedelta(days=14), DEADLINE - timedelta(days=7, seconds=1))
    assert len(before) == 7


def test_hours_that_were_missed_before_the_deadline_are_caught_up_once() -> None:
    table = Timetable("Asia/Makassar", FOUR, DEADLINE, DENSE)
    now = DEADLINE - timedelta(minutes=90)
    due = table.due(DEADLINE - timedelta(hours=9), now)
    assert due == DEADLINE - 2 * HOUR
    assert table.due(now, now) == DEADLINE - HOUR


@pytest.mark.parametrize(
    ("now", "since"),
    [
        ("2026-06-30T12:00", "2026-06-28T20:00"),  # at noon: the night before last
        ("2026-06-30T20:00", "2026-06-29T20:00"),  # the third night begins: the second had its time
        ("2026-08-31T12:30", "2026-08-31T10:59:59"),  # every hour on the last day
        ("2026-08-30T20:00:30", "2026-08-30T18:59:59"),  # 03.59.59 and 04.00 are one
    ],
)
def test_what_was_not_checked_since_has_missed_two_moments(now: str, since: str) -> None:
    table = Timetable("Asia/Makassar", FOUR, DEADLINE, DENSE)
    assert table.expected(utc(now)) == utc(since)

"""When the nightly run is due: on the region's clock, a missed night once."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iid.tasks.serving.due import last_due, next_due

ZONES = st.sampled_from(["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "UTC"])
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(lambda when: when.replace(tzinfo=UTC))
FOUR = time(4)


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
    aware = [datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None for text in (last, now, due)]
    assert next_due(aware[0], aware[1], "Asia/Makassar", FOUR) == aware[2]


@given(now=MOMENTS, zone=ZONES, at=st.times().map(lambda t: t.replace(second=0, microsecond=0)))
def test_the_last_due_moment_shows_that_time_and_is_less_than_a_day_ago(
    now: datetime, zone: str, at: time
) -> None:
    due = last_due(now, zone, at)
    assert due <= now < due + timedelta(days=1)
    assert due.astimezone(ZoneInfo(zone)).time() == at


@given(now=MOMENTS, zone=ZONES, ago=st.timedeltas(timedelta(0), timedelta(days=60)))
def test_after_a_run_nothing_is_due_until_the_next_night(now: datetime, zone: str, ago: timedelta) -> None:
    due = next_due(now - ago, now, zone, FOUR)
    if due <= now:  # missed: run now, then not again before tomorrow
        assert now - ago < due
        due = next_due(now, now, zone, FOUR)
    assert now < due <= now + timedelta(days=1)

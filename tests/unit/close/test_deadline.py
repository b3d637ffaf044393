"""When a cycle may be closed, and what a change after the deadline means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from iid.expectations.rulebook.loading import load
from iid.tasks.close.deadline import ahead, deadline_of
from iid.tasks.values.errors import GuardError
from iid.tasks.values.region import Marker
from iid.tasks.values.timetable import rulebook_deadline

BANJAR = Marker("63.03", "Kabupaten Banjar", "Asia/Makassar")
AFTER = datetime(2026, 9, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cycle", "zone", "moment", "cuts"),
    [
        (2023, "Asia/Makassar", "2023-07-28T15:59:59+00:00", True),
        (2024, "Asia/Jayapura", "2024-08-22T14:59:59+00:00", True),
        (2026, "Asia/Jakarta", "2026-08-31T16:59:59+00:00", False),
    ],
)
def test_the_deadline_is_the_last_second_of_the_day_where_the_region_lies(cycle, zone, moment, cuts):
    deadline = rulebook_deadline(load(cycle).rulebook, zone)
    assert deadline is not None
    assert (deadline.moment.isoformat(), deadline.cuts) == (moment, cuts)


def test_a_second_before_the_deadline_is_refused_and_the_deadline_itself_is_not():
    rulebook = load(2023).rulebook
    just_before = datetime(2023, 7, 28, 15, 59, 58, tzinfo=UTC)
    with pytest.raises(GuardError, match=r"28 Juli 2023 23\.59 WITA \(batas waktu menurut sumber\)"):
        deadline_of(rulebook, BANJAR, just_before, None, AFTER)
    assert deadline_of(rulebook, BANJAR, None, None, datetime(2023, 7, 28, 15, 59, 59, tzinfo=UTC)).cuts


def test_closing_early_needs_a_reason_and_cuts_at_that_moment():
    now = datetime(2026, 7, 1, tzinfo=UTC)
    deadline = deadline_of(load(2026).rulebook, BANJAR, None, "lomba dimajukan", now)
    assert (deadline.moment, deadline.status, deadline.cuts) == (now, "early", True)


def test_a_named_moment_extends_the_rulebooks_day():
    deadline = deadline_of(load(2023).rulebook, BANJAR, datetime(2023, 8, 4, tzinfo=UTC), None, AFTER)
    assert (deadline.moment, deadline.status) == (datetime(2023, 8, 4, tzinfo=UTC), "given")


def test_a_cycle_without_a_known_deadline_asks_for_one():
    rulebook = load(2027).rulebook
    with pytest.raises(GuardError, match="--as-of"):
        deadline_of(rulebook, BANJAR, None, None, AFTER)
    assert deadline_of(rulebook, BANJAR, AFTER, None, AFTER).cuts


def test_the_refusal_reports_the_real_time_beside_the_one_that_was_named():
    now = datetime(2026, 8, 20, 1, tzinfo=UTC)
    with pytest.raises(
        GuardError, match=r"--as-of menyebut 1 Agustus 2026 08\.00 WITA, sekarang 20 Agu.* 09\.00"
    ):
        deadline_of(load(2026).rulebook, BANJAR, datetime(2026, 8, 1, tzinfo=UTC), None, now)
    with pytest.raises(GuardError, match=r"\); sekarang 20 Agustus 2026 09\.00 WITA"):
        deadline_of(load(2026).rulebook, BANJAR, None, None, now)


def test_only_a_time_to_come_is_noted():
    for passed in (AFTER, AFTER - timedelta(days=1), AFTER + timedelta(minutes=5)):
        assert ahead(passed, AFTER, BANJAR.zone, final=True) == ()
    [closing] = ahead(AFTER + timedelta(days=2), AFTER, BANJAR.zone, final=True)
    assert "3 September 2026 08.00 WITA masih akan datang: siklus dibekukan SEKARANG, 1 September" in closing
    assert "--reopen" in closing
    [assessing] = ahead(AFTER + timedelta(days=2), AFTER, BANJAR.zone, final=False)
    assert "masih akan datang" in assessing
    assert "dibekukan" not in assessing

"""How long the next try of a password waits, on a clock of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from iid.tasks.desk.sessions import Session, Signer, Tries


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def waits(tries: Tries, clock: Clock, count: int) -> list[float]:
    """What each of *count* failed tries had to wait, the wait kept."""
    found = []
    for _ in range(count):
        found.append(tries.take("ani", "192.0.2.1"))
        clock.now += found[-1]
        if found[-1]:
            assert tries.take("ani", "192.0.2.1") == 0
    return found


def test_each_failed_try_after_the_fifth_waits_twice_as_long_up_to_a_quarter_of_an_hour(clock: Clock) -> None:
    found = waits(Tries(clock), clock, 14)
    assert found == [0, 0, 0, 0, 0, 15, 30, 60, 120, 240, 480, 900, 900, 900]


def test_who_does_not_wait_is_refused_and_waits_no_longer_for_it(clock: Clock) -> None:
    tries = Tries(clock)
    waits(tries, clock, 5)
    assert [tries.take("ani", "192.0.2.1") for _ in range(50)] == [15] * 50
    clock.now += 15
    assert tries.take("ani", "192.0.2.1") == 0


def test_signing_in_forgets_the_tries_at_that_name_and_not_those_at_others(clock: Clock) -> None:
    tries = Tries(clock)
    for number in range(29):
        assert tries.take(f"orang {number}", "192.0.2.1") == 0
    assert tries.take("ani", "192.0.2.1") == 0
    tries.passed("ani", "192.0.2.1")
    assert tries.take("orang 99", "192.0.2.1") == 0  # the thirtieth in vain
    assert tries.take("orang 100", "192.0.2.1") == 15


def test_after_quiet_hours_all_is_forgotten(clock: Clock) -> None:
    tries = Tries(clock)
    waits(tries, clock, 12)
    clock.now += 4 * 3600
    assert waits(tries, clock, 6) == [0, 0, 0, 0, 0, 15]


def test_a_name_tried_from_a_hundred_addresses_waits_everywhere_but_in_a_known_browser(clock: Clock) -> None:
    tries = Tries(clock)
    for number in range(100):
        assert tries.take("ani", f"198.51.100.{number}") == 0
    assert tries.take("Ani ", "203.0.113.7") == 15
    assert tries.take("ani", "203.0.113.7", browser="dikenal") == 0
    assert tries.take("budi", "203.0.113.7") == 0


def test_refused_tries_are_counted_where_they_waited_until_one_is_looked_at(clock: Clock) -> None:
    tries = Tries(clock)
    for number in range(30):
        tries.take(f"orang {number}", "192.0.2.1")
    assert [tries.refused(f"orang {number}", "192.0.2.1") for number in range(40, 43)] == [1, 2, 3]
    assert tries.refused("orang 1", "192.0.2.9") == 1
    assert tries.unlooked("orang 50", "192.0.2.1") == 3
    assert tries.unlooked("orang 50", "192.0.2.1") == 0


def test_without_a_place_for_its_key_a_desk_signs_with_one_that_it_forgets(tmp_path: Path) -> None:
    (tmp_path / "berkas").write_text("")
    session = Session("ani", "cap", "nonce")
    one, other = (Signer(tmp_path / "berkas" / "meja") for _ in range(2))
    assert one.session(one.cookie(session)) == session
    assert other.session(one.cookie(session)) is None


def test_what_is_remembered_is_bounded(clock: Clock) -> None:
    tries = Tries(clock)
    for number in range(25_000):
        tries.take(f"orang {number}", f"10.{number >> 16}.{(number >> 8) & 255}.{number & 255}")
    assert len(tries._failed) == 20_000

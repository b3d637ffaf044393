"""The forecast of verification: what past decisions say, how sure it is, when it stays silent."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import comb

import pytest

from iid.tasks.answers.forecast import ENOUGH, forecast, interval, kept_share


@pytest.mark.parametrize(("kept", "decided"), [(0, 10), (10, 10), (48, 60), (1, 3), (7, 12)])
def test_the_interval_leaves_exactly_two_and_a_half_percent_on_either_side(kept, decided):
    lower, upper = (Fraction(end) for end in interval(kept, decided))
    step, tail = Fraction(1, 10**4), Fraction(25, 1000)
    if kept:  # at its lower end, so many or more are kept in 2.5 of 100 cases
        assert _at_least(kept, decided, lower - step) < tail < _at_least(kept, decided, lower + step)
    else:
        assert lower == 0
    if kept < decided:
        assert _at_most(kept, decided, upper + step) < tail < _at_most(kept, decided, upper - step)
    else:
        assert upper == 1


def _at_least(kept: int, decided: int, share: Fraction) -> Fraction:
    terms = (comb(decided, k) * share**k * (1 - share) ** (decided - k) for k in range(kept, decided + 1))
    return sum(terms, Fraction(0))


def _at_most(kept: int, decided: int, share: Fraction) -> Fraction:
    return 1 - _at_least(kept + 1, decided, share)


def test_a_textbook_interval():
    assert interval(48, 60) == (Decimal("0.6767"), Decimal("0.8922"))


def test_nothing_is_forecast_from_fewer_decisions_than_enough(small, tmp_path):
    small.decide("101/Satu", "16", "terima")
    found = forecast(small.publish(tmp_path))
    assert (found["possible"], found["needs"], found["kept"]["decisions"]) == (False, ENOUGH, 1)
    assert "taken" not in found


def test_only_decisions_on_claims_with_complete_evidence_count(small, tmp_path):
    small.decide("101/Satu", "16", "terima")
    small.decide("101/Satu", "17", "turunkan", 1)
    small.decide("101/Dua", "35", "tolak")
    small.decide("101/Dua", "16", "tolak")  # its file is lost: the machine would not count it either
    small.decide("102/Tiga", "16", "terima")  # complete, although the innovation is not eligible
    kept = kept_share(small.publish(tmp_path))
    assert (kept.accepted, kept.lowered, kept.refused, kept.other) == (2, 1, 1, 1)
    assert kept.share == Fraction(1, 2)


def test_the_forecast_is_what_refusing_that_share_of_the_open_points_takes(published):
    picture = published.picture()
    found = forecast(picture)
    assert found["possible"]
    assert found["kept"] == {
        "decisions": 15, "accepted": 12, "lowered": 1, "refused": 2, "on_claims_without_complete_evidence": 0,
    }  # fmt: skip
    points = Fraction(found["open_points"])
    index = picture.states["supported"].index().index
    lower, upper = interval(12, 15)
    for name, share in (
        ("expected", Fraction(12, 15)),
        ("worst", Fraction(lower)),
        ("best", Fraction(upper)),
    ):
        assert abs(Fraction(found["taken"][name]) - (1 - share) * points) < Fraction(2, 10**4)
        assert abs(Fraction(found["index_left"][name]) - (index - (1 - share) * points)) <= Fraction(
            51, 10**4
        )


def test_open_points_are_what_the_index_loses_when_every_open_claim_is_refused(small, tmp_path):
    small.decide("101/Satu", "16", "terima")
    picture = small.publish(tmp_path)
    before = picture.states["supported"].index().index
    for owner, key in [p for p, row in picture.score_rows.items() if not row["decision"]]:
        small.decide(owner, key, "tolak")
    after = small.scored().exact["supported"].index
    found = forecast(picture)
    assert Fraction(found["open_points"]) == round((before - after) * 10**4) / Fraction(10**4)
    assert found["open_claims"] == 6

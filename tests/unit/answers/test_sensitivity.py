"""Sensitivity: against all outcomes counted one by one, bounds, ranks, the same figures everywhere."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from iid.tasks.answers.sensitivity import DRAWS, HIGH, LOW, Board, Odds, _ranks
from iid.tasks.answers.what_if import Question, share_of, what_if_of


def board_of(picture):
    return Board(picture.states, {place for place, row in picture.score_rows.items() if row["decision"]})


def open_claims(picture):
    return [
        place
        for place, row in picture.score_rows.items()
        if row["supported_parameter"] and not row["decision"]
    ]


def outcomes(region, picture):
    """Every possible outcome: (index, how many claims are accepted), by really deciding them all."""
    places = open_claims(picture)
    for words in product(("terima", "tolak"), repeat=len(places)):
        decided = deepcopy(region)
        for (owner, key), word in zip(places, words, strict=True):
            decided.decide(owner, key, word)
        yield decided.scored().exact["verified"].index, words.count("terima")


@pytest.fixture
def undecided(small):
    """Five open claims, one accepted and one refused already."""
    small.claims = [c | {"parameter": 0} if c["indicator"] in {"1", "8"} else c for c in small.claims]
    small.decide("101/Satu", "31", "terima")
    small.decide("101/Dua", "33", "tolak")
    return small


def test_bounds_are_the_outcomes_of_refusing_and_accepting_everything(undecided, tmp_path):
    picture = undecided.publish(tmp_path)
    every = [index for index, _ in outcomes(undecided, picture)]
    low, high = board_of(picture).bounds()
    assert (low.index, high.index) == (min(every), max(every))


def test_frequencies_are_those_of_all_outcomes_counted_one_by_one(undecided, tmp_path):
    picture, share = undecided.publish(tmp_path), Fraction(3, 4)
    claims = len(open_claims(picture))
    exact: Counter[Fraction] = Counter()
    for index, accepted in outcomes(undecided, picture):
        exact[index] += share**accepted * (1 - share) ** (claims - accepted)
    spread = board_of(picture).simulate(Odds(assumed=share))
    drawn: Counter[Fraction] = Counter()
    for found, count in spread.outcomes:
        drawn[found.index] += Fraction(count, spread.draws)
    assert drawn.keys() <= exact.keys()
    for index, chance in exact.items():
        assert abs(drawn[index] - chance) < Fraction(2, 100)  # four standard deviations of 10,000 draws


def test_sure_claims_leave_no_spread(undecided, tmp_path):
    picture = undecided.publish(tmp_path)
    low, high = board_of(picture).bounds()
    for share, wanted in ((Fraction(0), low), (Fraction(1), high)):
        spread = board_of(picture).simulate(Odds(assumed=share))
        assert [(found.index, count) for found, count in spread.outcomes] == [(wanted.index, DRAWS)]


def test_past_decisions_spread_the_share_like_their_beta_distribution():
    shares = Odds(kept=12, decided=15).thresholds(DRAWS, np.random.PCG64(7)) / 2**32
    mean, variance = 13 / 17, (13 * 4) / (17**2 * 18)  # of beta(13, 4)
    assert abs(shares.mean() - mean) < 4 * (variance / DRAWS) ** 0.5
    assert abs(shares.var() - variance) < 0.05 * variance


def test_the_same_run_gives_the_same_figures_on_every_machine(published):
    picture = published.picture()
    first, second = (
        what_if_of(published.picture(), Question(sensitivity=True))["sensitivity"] for _ in range(2)
    )
    assert first == second
    assert first["draws"] == DRAWS
    spread = board_of(picture).simulate(Odds(12, 15))
    assert [f"{spread.quantile(part).rounded}" for part in (LOW, HIGH)] == [
        first["index"]["low"], first["index"]["high"],
    ]  # fmt: skip


def test_raw_bits_are_those_numpy_promises():
    assert np.random.PCG64(20260101).random_raw(3).tolist() == RAW


RAW = [4285179866339403946, 15275854281187292848, 9739315471840732266]


def test_ranks_share_a_place_when_equal_and_leave_out_who_does_not_count():
    points = np.array([[5, 9, 9, 1, 7], [3, 3, 3, 3, 3]])
    counts = np.array([[True, True, True, True, False], [True, False, True, False, True]])
    assert _ranks(points, counts).tolist() == [[3, 1, 1, 4, 0], [1, 0, 1, 0, 1]]


def test_ranks_after_sure_decisions_are_the_published_ones(published):
    picture = published.picture()
    board = board_of(picture)
    spread = board.simulate(Odds(assumed=Fraction(1)))
    ranks = picture.table("innovations").set_index("innovation_id")["rank"]
    found = {owner: spread.rank_of(place) for place, owner in enumerate(spread.owners)}
    assert found == {owner: (ranks[owner],) * 3 + (DRAWS,) for owner in spread.owners}


def test_without_enough_decisions_only_the_bounds_are_reported(undecided, tmp_path):
    found = what_if_of(undecided.publish(tmp_path), Question(sensitivity=True))["sensitivity"]
    assert not found["possible"]
    assert found["none_accepted"] < found["all_accepted"]
    assert "index" not in found


def test_a_hypothetical_claim_is_settled_and_no_longer_drawn(undecided, tmp_path):
    picture = undecided.publish(tmp_path)
    before, after = (
        what_if_of(picture, Question(sets=sets, sensitivity=True, kept=share_of("50")))["sensitivity"]
        for sets in ((), ("101/Satu:16=3",))
    )
    assert after["open_claims"] == before["open_claims"] - 1


@pytest.mark.parametrize(
    ("text", "share"), [("70", "7/10"), ("70,5%", "141/200"), (" 0 % ", "0"), ("100", "1")]
)
def test_the_assumed_share_is_given_in_percent(text, share):
    assert share_of(text) == Fraction(share)

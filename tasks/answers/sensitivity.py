"""How index and ranks move with open claims: Monte Carlo, fixed seed.

The answer is the index once everything is decided: claims that count and wait for a
decision are accepted or refused by chance, everything else stays as decided. How many are
accepted follows past decisions, their own uncertainty included: each draw first draws a share
from the beta distribution that *k* of *n* decisions leave (uniform before them), then each
claim. Only raw bits of PCG64 are used, which numpy keeps the same in every version, and
whole numbers; so the same run gives the same figures on every machine.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from iid.expectations.rulebook.words import match
from iid.tasks.answers.forecast import kept_share
from iid.tasks.answers.hypothetical_changes import ranks
from iid.tasks.answers.run_view import Added, ClaimKey, Picture, Record, Views
from iid.tasks.score.exact import published
from iid.tasks.score.formula import Index, as_published, index_of
from iid.tasks.score.grid import TOTAL, Flags, Whole
from iid.tasks.score.state import State
from iid.tasks.values.tables import REGION_ID

SEED = 20260101
DRAWS, FEWEST = 10_000, 1_000
#: Random numbers in all, and in memory at the same time.
BUDGET, CHUNK = 60_000_000, 2_000_000
LOW, HIGH = Fraction(25, 1000), Fraction(975, 1000)
_ONE = 2**32

Raw = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Odds:
    """How a claim fares: like *kept* of *decided*, or by an assumed share."""

    kept: int = 0
    decided: int = 0
    assumed: Fraction | None = None

    def thresholds(self, draws: int, bits: np.random.PCG64) -> Raw:
        """For each draw the accepted share, as a part of 2**32.

        With past decisions this is an order statistic of uniform numbers, which has exactly
        the beta distribution with ``kept + 1`` and ``decided - kept + 1``.
        """
        if self.assumed is not None:
            return np.full(draws, int(self.assumed * _ONE), dtype=np.uint64)
        found = np.empty(draws, dtype=np.uint64)
        step = max(1, CHUNK // (self.decided + 1))
        for start in range(0, draws, step):
            rows = min(step, draws - start)
            numbers = _uniform(bits, rows, self.decided + 1)
            found[start : start + rows] = np.partition(numbers, self.kept, axis=1)[:, self.kept]
        return found


@dataclass(frozen=True, slots=True)
class Spread:
    """Outcomes: indices with counts, best last; ranks per draw (0: none)."""

    draws: int
    outcomes: tuple[tuple[Index, int], ...]
    owners: tuple[str, ...]
    ranks: Whole  # draws x owners

    def quantile(self, part: Fraction) -> Index:
        """The outcome that *part* of the draws do not exceed."""
        wanted, seen = max(1, math.ceil(part * self.draws)), 0
        for index, count in self.outcomes:
            seen += count
            if seen >= wanted:
                return index
        raise AssertionError("unreachable")

    def categories(self) -> dict[str, int]:
        """Draws by category, the best category first."""
        found: dict[str, int] = {}
        for index, count in reversed(self.outcomes):
            found[index.category] = found.get(index.category, 0) + count
        return found

    def rank_of(self, place: int) -> tuple[int, int, int, int] | None:
        """Return an owner's low, median and high rank, and draws; None if none."""
        ranks = np.sort(self.ranks[:, place])
        ranks = ranks[ranks > 0]
        if not len(ranks):
            return None
        parts = (LOW, Fraction(1, 2), HIGH)
        low, middle, high = (int(ranks[max(0, math.ceil(p * len(ranks)) - 1)]) for p in parts)
        return low, middle, high, len(ranks)


class Board:
    """What is settled and what is open, in steps of ``1 / scale`` points."""

    def __init__(self, views: Views, decided: Collection[ClaimKey]) -> None:
        """Take settled *views* of one region, and the *decided* claims."""
        supported, verified = views["supported"], views["verified"]
        self._state, self._decided = verified, decided
        self.owners = tuple(sorted(o for o, one in supported.innovations.items() if one.eligible))
        self._scale = _scale(verified, supported.spd_total)
        self._spd = verified.spd_points()
        self._spd_open = self._gains(REGION_ID, supported.spd, verified.spd)
        if not self._spd and supported.spd_total and (REGION_ID, TOTAL) not in decided:
            self._spd_open = [self._whole(supported.spd_total)]
        pairs = [(supported.innovations[o], verified.innovations[o]) for o in self.owners]
        rules = verified.rulebook
        self._points = np.array([self._whole(v.points(rules)) for _, v in pairs], dtype=np.int64)
        self._counts = np.array([v.eligible for _, v in pairs], dtype=bool)
        gains = [
            [] if isinstance(v, Added) else self._gains(o, s.parameters, v.parameters)
            for o, (s, v) in zip(self.owners, pairs, strict=True)
        ]
        self._worth = np.array([w for some in gains for w in some], dtype=np.int64)
        self._whose = np.repeat(np.arange(len(self.owners)), [len(some) for some in gains])
        names = rules.formula.basic_services.value
        found = [match(s.affair, names) for s, _ in pairs]
        self._service = np.array([names.index(n) if n else -1 for n in found], dtype=np.int64)

    @property
    def open_claims(self) -> int:
        """How many claims are decided by chance."""
        return len(self._worth) + len(self._spd_open)

    def bounds(self) -> tuple[Index, Index]:
        """Return the index when all open claims are refused, and accepted."""
        hits = np.array([[0] * self.open_claims, [1] * self.open_claims], dtype=bool)
        rows = self._totals(hits)[0]
        return self._index(tuple(rows[0].tolist())), self._index(tuple(rows[1].tolist()))

    def simulate(self, odds: Odds) -> Spread:
        """Draw all open claims many times."""
        size = max(self.open_claims, len(self.owners), odds.decided + 1)
        draws = max(FEWEST, min(DRAWS, BUDGET // size))
        bits = np.random.PCG64(SEED)
        limits = odds.thresholds(draws, bits)
        ranks = np.empty((draws, len(self.owners)), dtype=np.int64)
        seen: dict[tuple[int, ...], int] = {}
        step = max(1, CHUNK // max(self.open_claims, len(self.owners), 1))
        for start in range(0, draws, step):
            part = limits[start : start + step]
            hits = _uniform(bits, len(part), self.open_claims) < part[:, None]
            totals, points, counts = self._totals(hits)
            ranks[start : start + len(part)] = _ranks(points, counts)
            for row, count in zip(*np.unique(totals, axis=0, return_counts=True), strict=True):
                key = tuple(row.tolist())
                seen[key] = seen.get(key, 0) + int(count)
        outcomes = sorted(((self._index(key), n) for key, n in seen.items()), key=lambda o: o[0].index)
        return Spread(draws, tuple(outcomes), self.owners, ranks)

    def _totals(self, hits: Flags) -> tuple[Whole, Whole, Flags]:
        """Return sums by draw, and points and counting by draw and owner."""
        sid, spd = hits[:, : len(self._worth)], hits[:, len(self._worth) :]
        won = np.zeros((len(hits), len(self.owners)), dtype=np.int64)
        taken = np.zeros((len(hits), len(self.owners)), dtype=bool)
        if len(self._worth):
            starts = np.flatnonzero(np.diff(self._whose, prepend=-1))
            some = self._whose[starts]
            won[:, some] = np.add.reduceat(sid * self._worth, starts, axis=1)
            taken[:, some] = np.logical_or.reduceat(sid, starts, axis=1)
        points, counts = self._points + won, self._counts | taken
        services = sum(
            (counts[:, self._service == place].any(axis=1).astype(np.int64) for place in self._services()),
            np.zeros(len(hits), dtype=np.int64),
        )
        spd_won = (spd * np.array(self._spd_open, dtype=np.int64)).sum(axis=1)
        return np.stack([spd_won, points.sum(axis=1), counts.sum(axis=1), services], axis=1), points, counts

    def _services(self) -> Iterator[int]:
        yield from sorted(set(self._service.tolist()) - {-1})

    def _index(self, row: tuple[int, ...]) -> Index:
        spd, sid, eligible, services = row
        return index_of(
            self._state.rulebook,
            spd=self._spd + Fraction(spd, self._scale),
            sids=[Fraction(sid, self._scale)],
            eligible=eligible,
            reported=len(self._state.innovations),
            basic_services=services,
        )

    def _gains(self, owner: str, wanted: Mapping[str, int], counted: Mapping[str, int]) -> list[int]:
        known = self._state.rulebook.by_key
        return [
            self._whole(Fraction(known[key].weight.value) * value)
            for key, value in sorted(wanted.items())
            if key in known and value and not counted.get(key) and (owner, key) not in self._decided
        ]

    def _whole(self, points: Fraction) -> int:
        return int(points * self._scale)


def _scale(state: State, total: Fraction) -> int:
    weights = [Fraction(i.weight.value).denominator for i in state.rulebook.indicators]
    added = [one.score.denominator for one in state.innovations.values() if isinstance(one, Added)]
    return math.lcm(*weights, *added, total.denominator)


def _uniform(bits: np.random.PCG64, rows: int, columns: int) -> Raw:
    """Uniform whole numbers below 2**32."""
    numbers: Raw = bits.random_raw(rows * columns).reshape(rows, columns) >> np.uint64(32)
    return numbers


def _ranks(points: Whole, counts: Flags) -> Whole:
    """Rank those that count by points, equals share one; 0 for the others."""
    if not points.shape[1]:
        return points
    keys = np.where(counts, -points, np.iinfo(np.int64).max)
    order = np.argsort(keys, axis=1, kind="stable")
    ordered = np.take_along_axis(keys, order, axis=1)
    places = np.arange(1, points.shape[1] + 1)
    first = np.ones_like(ordered, dtype=bool)
    first[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    shared = np.maximum.accumulate(np.where(first, places, 0), axis=1)
    ranks = np.empty_like(shared)
    np.put_along_axis(ranks, order, shared, axis=1)
    return np.where(counts, ranks, 0)


def spread_of(picture: Picture, after: Views, assumed: Fraction | None) -> Record:
    """Return how the index moves once *after*'s open claims are decided.

    *assumed*: the share of accepted claims; else that of past decisions, if they are enough.
    """
    decided = {place for place, row in picture.score_rows.items() if row["decision"]}
    board, kept = Board(after, decided), kept_share(picture)
    none, every = (as_published(index) for index in board.bounds())
    record: Record = {
        "possible": assumed is not None or kept.enough,
        "open_claims": board.open_claims,
        "kept": kept.as_json(),
        "assumed_share": None if assumed is None else published(assumed, 4),
        "none_accepted": none["index"],
        "all_accepted": every["index"],
    }
    if not record["possible"]:
        return record
    odds = Odds(assumed=assumed) if assumed is not None else Odds(kept.accepted, kept.decided)
    spread = board.simulate(odds)
    middle = Fraction(1, 2)
    return {
        **record,
        "seed": SEED,
        "draws": spread.draws,
        "index": {
            name: as_published(spread.quantile(part))["index"]
            for name, part in (("low", LOW), ("median", middle), ("high", HIGH))
        },
        "categories": [
            {"category": name, "share": published(Fraction(count, spread.draws), 4)}
            for name, count in spread.categories().items()
        ],
        "ranks": _rank_rows(picture, after, spread),
    }


def _rank_rows(picture: Picture, after: Views, spread: Spread) -> list[Record]:
    now = ranks(after["supported"])
    rows = []
    for place, owner in enumerate(spread.owners):
        found = spread.rank_of(place)
        low, median, high, count = found or (None, None, None, 0)
        rows.append(
            {
                "innovation_id": owner,
                "name": picture.names.get(owner, ""),
                "rank": now.get(owner),
                "low": low,
                "median": median,
                "high": high,
                "counted": published(Fraction(count, spread.draws), 4),
            }
        )
    return sorted(rows, key=lambda r: (r["rank"], r["innovation_id"]))

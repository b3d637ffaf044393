"""The fewest moves by prices: a selection, and a bound that proves it.

A move costs one step: holding an innovation back, making one eligible, adding one, winning one
claim. For a fixed number of innovations in the divisor the index is a sum, and at a price of
λ points a step every innovation decides for itself; the best *n* of them are a sorted prefix.
That gives for every n a plan, and by Lagrange a number of steps below which none exists:
points with k steps ≤ L(λ) + λk. Basic services stay exact: the best innovation of each of the
cheapest services goes in first.

All numbers are whole, in units of ``1 / scale`` points; region claims count ``divisor`` times.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from iid.tasks.score.grid import Whole
from iid.tasks.score.plan_board import Board, Choice

NEVER = 10**12  # what it costs to leave out an innovation that may not be held back
UNREACHED = np.iinfo(np.int64).max // 4  # steps to what no plan reaches


def cheapest(board: Board, target: Fraction) -> tuple[Choice | None, int]:
    """Return a plan, and the steps below which none exists (or UNREACHED)."""
    table = _Table(board)
    orders = [order for price in _prices(board) for order in table.orders(price)]
    size = len(orders[0].cost)
    divisors = np.maximum(board.formula.divisor_min.value, np.arange(size)).clip(1)
    wanted = board.wanted(target)
    needs = np.array([math.ceil(wanted * int(d)) for d in divisors], dtype=np.int64) - board.spd * divisors
    bounds: dict[bool, Whole] = {}
    for order in orders:
        found = order.bound(board, needs, divisors)
        bounds[order.served] = np.maximum(bounds.get(order.served, 0), found)
    least = np.minimum.reduce(list(bounds.values()))
    best: tuple[int, int, _Order] | None = None
    for n in np.argsort(least, kind="stable").tolist():
        if least[n] >= (best[0] if best else UNREACHED):
            break
        for order in orders:
            steps = order.steps(board, n, int(needs[n]), int(divisors[n]), best[0] if best else UNREACHED)
            if steps is not None and (best is None or steps < best[0]):
                best = steps, n, order
    bound = int(least.min())
    return (best[2].choice(board, best[1], best[0], exact=best[0] <= bound) if best else None), bound


def reach(board: Board) -> Fraction:
    """Return the highest exact index of *board*, ``most_added`` ones included."""
    best = Fraction(0)
    for order in _Table(board).orders(0):
        everything = order.points + order.hist @ order.values
        for n in np.flatnonzero(order.feasible).tolist():
            fixed = (
                board.spd + sum(board.region) + board.counted(int(order.number[n]), int(order.services[n]))
            )
            best = max(best, fixed + Fraction(int(everything[n]), board.divisor(n)))
    return best / board.scale / Fraction(board.formula.maximum_total.value) * 100


@dataclass(frozen=True)
class _Order:
    """Innovations as they enter at one price; arrays sum up the first n.

    ``value`` is L at that price without the region's claims and the number score, ``extra`` the
    number score of n innovations at most.
    """

    price: int
    served: bool
    sequence: Whole
    qualifies: np.ndarray
    value: Whole
    extra: Whole
    cost: Whole
    feasible: np.ndarray
    number: Whole
    services: Whole
    points: Whole
    hist: Whole
    values: Whole

    def bound(self, board: Board, needs: Whole, divisors: Whole) -> Whole:
        """Steps below which no plan with n innovations in the divisor exists."""
        gains = np.array(board.region, dtype=np.int64)
        won = np.maximum(0, divisors[:, None] * gains[None, :] - self.price).sum(axis=1)
        missing = needs - self.extra * divisors - self.value - won
        if self.price == 0:
            return np.where(missing > 0, UNREACHED, 0)
        return np.asarray(np.maximum(0, -(-missing // self.price)), dtype=np.int64)

    def steps(self, board: Board, n: int, need: int, divisor: int, below: int) -> int | None:
        """Return the steps with the first n; None below *need* or not *below*."""
        if not self.feasible[n] or self.cost[n] >= below:
            return None
        missing = need - board.counted(int(self.number[n]), int(self.services[n])) * divisor
        missing -= int(self.points[n])
        steps = int(self.cost[n])
        open_claims = list(zip(self.values.tolist(), self.hist[n].tolist(), strict=True))
        open_claims += [(gain * divisor, 1) for gain in board.region]
        for gain, count in sorted(open_claims, reverse=True):
            if missing <= 0:
                return steps
            if not gain:
                continue
            taken = min(count, -(-missing // gain))
            steps, missing = steps + taken, missing - taken * gain
            if steps >= below:
                return None
        return steps if missing <= 0 else None

    def choice(self, board: Board, n: int, steps: int, *, exact: bool) -> Choice:
        """The selection as names."""
        inside = set(self.sequence[:n].tolist())
        rows = board.rows
        held = [
            row.name
            for place, row in enumerate(rows)
            if place not in inside and (row.counts or board.by_reported)
        ]
        chosen = [place for place in sorted(inside) if place < len(rows) and not rows[place].counts]
        return Choice(
            tuple(held),
            tuple(rows[place].name for place in chosen if self.qualifies[place]),
            sum(place >= len(rows) for place in inside),
            steps,
            exact,
        )


def _prices(board: Board) -> list[int]:
    """Prices worth trying: the gains there are, and the points between them."""
    gains = {gain for row in (*board.rows, *([board.new] if board.new else [])) for gain in row.gains}
    in_divisor = sum(row.counts or board.by_reported for row in board.rows)
    for divisor in {board.divisor(0), board.divisor(in_divisor)}:
        gains |= {gain * divisor for gain in board.region}
    steps = sorted(gains | {0, board.count_weight * board.divisor(0)})
    between = {(low + high) // 2 for low, high in pairwise(steps)}
    return sorted({*steps, *between})


class _Table:
    """The rows of a board as arrays, the possible new ones last."""

    def __init__(self, board: Board) -> None:
        self._board = board
        new = [board.new] * board.most_added if board.new else []
        self._rows = (*board.rows, *new)
        self._new = np.arange(len(self._rows)) >= len(board.rows)
        self._counts = np.array([row.counts for row in self._rows], dtype=bool)
        self._may_hold = np.array([row.may_hold for row in self._rows], dtype=bool)
        self._may_count = np.array([row.counts or row.may_qualify for row in self._rows], dtype=bool)
        self._may_count |= self._new
        self._points = np.array([row.points for row in self._rows], dtype=np.int64)
        self._service = np.array([row.service for row in self._rows], dtype=np.int64)
        self._values = np.array(sorted({g for row in self._rows for g in row.gains}), dtype=np.int64)
        places = {int(value): place for place, value in enumerate(self._values)}
        self._hist = np.zeros((len(self._rows), len(places)), dtype=np.int64)
        for n, row in enumerate(self._rows):
            for gain in row.gains:
                self._hist[n, places[gain]] += 1

    def orders(self, price: int) -> Iterator[_Order]:
        """One order for each way to treat the number score, all valid as bounds."""
        board = self._board
        found = len(set(self._service[self._may_count].tolist()) - {-1}) + int(self._new.sum())
        if min(len(board.formula.basic_services.value), found) >= board.services_min:
            yield self._order(price, served=True, penalty=0)
            if board.by_reported:
                yield self._order(price, served=True, penalty=board.count_weight * board.divisor(0))
        if board.services_min:
            yield self._order(price, served=False, penalty=0)

    def _order(self, price: int, *, served: bool, penalty: int) -> _Order:
        """Return who enters when at *price*; *penalty*: an ineligible one's loss."""
        board, rows = self._board, len(self._rows)
        worth = self._points + self._hist @ np.maximum(0, self._values - price)
        counting = np.where(self._counts, worth, worth - price)
        counting = np.where(self._may_count, counting, -NEVER)
        waits = ~self._counts & ~self._new if board.by_reported else np.zeros(rows, dtype=bool)
        inside = np.where(waits, np.maximum(counting, -penalty), counting)
        leaves = self._counts | waits  # leaving the divisor is a move of its own
        outside = np.where(leaves, np.where(self._may_hold, -price, -NEVER), 0)
        first = self._first(counting - outside) if served else []
        ahead = np.zeros(rows, dtype=bool)
        ahead[first] = True
        inside = np.where(ahead, counting, inside)
        qualifies = ~self._counts & (inside == counting)
        gain = inside - outside
        rest = np.flatnonzero(~ahead)
        sequence = np.concatenate(
            [np.array(first, dtype=np.int64), rest[np.argsort(-gain[rest], kind="stable")]]
        )
        forced = (leaves & ~self._may_hold)[sequence]
        unfit = (~self._may_count & ~waits)[sequence]
        inside_counts = (self._counts | qualifies)[sequence]
        step = np.where(leaves, np.where(self._counts, -1, qualifies.astype(np.int64) - 1), 1)[sequence]
        services, number = self._services(sequence, inside_counts), _sums(inside_counts)
        n = np.arange(rows + 1)
        most = n if penalty else np.minimum(n, board.formula.count_cap.value)
        return _Order(
            price=price,
            served=served,
            sequence=sequence,
            qualifies=qualifies,
            value=int(outside.sum()) + _sums(gain[sequence]),
            extra=board.count_weight * most if served else np.zeros(rows + 1, dtype=np.int64),
            cost=int(leaves.sum()) + _sums(step),
            feasible=(_sums(forced) == int(forced.sum())) & (_sums(unfit) == 0),
            number=number,
            services=services,
            points=_sums(np.where(inside_counts, self._points[sequence], 0)),
            hist=np.concatenate(
                [
                    np.zeros((1, len(self._values)), dtype=np.int64),
                    np.cumsum(np.where(inside_counts[:, None], self._hist[sequence], 0), axis=0),
                ]
            ),
            values=self._values,
        )

    def _first(self, worth: Whole) -> list[int]:
        """Return the cheapest innovations that cover *services*, one for each."""
        chosen = np.flatnonzero(self._new).tolist()  # a new one covers whatever service is missing
        for service in range(len(self._board.formula.basic_services.value)):
            own = np.flatnonzero((self._service == service) & self._may_count)
            if len(own):
                chosen.append(int(own[np.argmax(worth[own])]))
        chosen.sort(key=lambda place: (-int(worth[place]), place))
        return chosen[: self._board.services_min]

    def _services(self, sequence: Whole, counts: np.ndarray) -> Whole:
        """Count the services of the first n; a new one covers a missing service."""
        service = np.where(counts, self._service[sequence], -1)
        found, first = np.unique(service, return_index=True)
        adds = self._new[sequence].astype(np.int64)
        adds[first[found >= 0]] = 1
        return np.minimum(len(self._board.formula.basic_services.value), _sums(adds))


def _sums(values: np.ndarray) -> Whole:
    """0 and the running sums: entry n belongs to the first n."""
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(values, dtype=np.int64)])

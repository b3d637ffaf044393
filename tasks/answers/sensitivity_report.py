"""The sensitivity of index and ranks as a record, JSON-ready."""

from __future__ import annotations

from fractions import Fraction

from iid.tasks.answers.forecast import kept_share
from iid.tasks.answers.hypothetical_views import ranks
from iid.tasks.answers.run_view import Picture, Record, Views
from iid.tasks.answers.sensitivity import HIGH, LOW, SEED, Board, Odds, Spread
from iid.tasks.score.exact import published
from iid.tasks.score.formula import as_published


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

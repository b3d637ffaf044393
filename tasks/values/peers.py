"""A region's places in a national ranking, beside its neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

BESIDE = 3  # regions above and below that are named


@dataclass(frozen=True, slots=True)
class Peer:
    """A region of the cluster; ``index`` as published, 2 places."""

    rank: int
    code: str
    name: str
    index: Decimal
    category: str
    status: str  # provisional | final
    example: bool


@dataclass(frozen=True, slots=True)
class Peers:
    """A cluster of the region; ``near``: itself and neighbours, best first."""

    cluster: str
    by: str  # claimed | supported | verified, the measure of every index
    size: int
    median: Decimal
    own: Peer
    near: tuple[Peer, ...]

    @property
    def gap(self) -> Decimal:
        """Points of the index above (below: negative) the cluster's median."""
        return self.own.index - self.median


def peers_in(ranking: Any, region: str) -> tuple[Peers, ...]:
    """Return a region's clusters in *ranking*; none if it is no such record.

    *ranking* is the record of ``iid national``. Times and runs are left out: they say nothing of the
    regions' places, and change every night.
    """
    try:
        return tuple(_clusters(ranking, region))
    except (KeyError, TypeError, ValueError, InvalidOperation, AttributeError):
        return ()


def _clusters(ranking: Mapping[str, Any], region: str) -> Iterator[Peers]:
    for cluster in ranking["clusters"]:
        places: Sequence[Mapping[str, Any]] = cluster["places"]
        found = [number for number, place in enumerate(places) if place["region"] == region]
        if not found:
            continue
        first = max(found[0] - BESIDE, 0)
        near = tuple(map(_peer, places[first : found[0] + BESIDE + 1]))
        yield Peers(
            str(cluster["name"]),
            str(ranking["by"]),
            len(places),
            Decimal(cluster["median"]),
            near[found[0] - first],
            near,
        )


def _peer(place: Mapping[str, Any]) -> Peer:
    return Peer(
        int(place["rank"]),
        str(place["region"]),
        str(place["name"]),
        Decimal(place["index"]),
        str(place["category"]),
        str(place["status"]),
        bool(place["example"]),
    )

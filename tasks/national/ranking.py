"""Rankings in clusters, with nominees. Pure: no clock, no store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from statistics import median

from iid.expectations.rulebook.sourced import half_up
from iid.tasks.national.clusters import Cluster, Members, Scheme, belongs
from iid.tasks.national.gather import Problem, Region


@dataclass(frozen=True, slots=True)
class RankedRegion:
    """A region in a cluster. Equal exact indices share a rank (1, 2, 2, 4)."""

    rank: int
    region: Region
    nominee: bool

    def gap(self, median: Decimal) -> Decimal:
        """Return published index points above (or below) the *median*."""
        return Decimal(self.region.index) - median


@dataclass(frozen=True, slots=True)
class Ranking:
    """One cluster, best first, equals by code; ``seats`` None if unknown.

    ``tied``: more share the last rank than there are seats. ``unlisted``: membership was not given.
    """

    cluster: Cluster
    places: tuple[RankedRegion, ...]
    seats: int | None
    tied: bool
    unlisted: bool

    @property
    def median(self) -> Decimal | None:
        """The median index of the cluster, 2 places; None without a region."""
        return half_up(median(place.region.exact for place in self.places), 2) if self.places else None

    @property
    def nominees(self) -> tuple[RankedRegion, ...]:
        """Those who take the seats, in order."""
        return tuple(place for place in self.places if place.nominee)


@dataclass(frozen=True, slots=True)
class Nation:
    """All clusters, regions and problems; ``as_of``: of the newest run."""

    scheme: Scheme
    regions: tuple[Region, ...]
    rankings: tuple[Ranking, ...]
    problems: tuple[Problem, ...]
    as_of: datetime | None
    oldest: datetime | None
    by: str  # the measure that all are ranked by

    def also(self, code: str, here: str) -> tuple[str, ...]:
        """Names of the other clusters in which that region is a nominee."""
        return tuple(
            ranking.cluster.name
            for ranking in self.rankings
            if ranking.cluster.key != here and any(p.region.code == code for p in ranking.nominees)
        )


def rank_nation(
    scheme: Scheme,
    members: Members,
    regions: Sequence[Region],
    problems: Sequence[Problem],
    by: str = "supported",
) -> Nation:
    """Rank every cluster of *scheme*; a region is in each of its own."""
    times = sorted(region.as_of for region in regions)
    return Nation(
        scheme,
        tuple(regions),
        tuple(_ranking(cluster, scheme, members, regions) for cluster in scheme.clusters),
        tuple(problems),
        times[-1] if times else None,
        times[0] if times else None,
        by,
    )


def _ranking(cluster: Cluster, scheme: Scheme, members: Members, regions: Sequence[Region]) -> Ranking:
    own = sorted(
        (region for region in regions if belongs(region.code, cluster, members)),
        key=lambda region: (-region.exact, region.code),
    )
    seats = scheme.nominees.get(cluster.key)
    places: list[RankedRegion] = []
    for position, region in enumerate(own, 1):
        tie = bool(places) and places[-1].region.exact == region.exact
        rank = places[-1].rank if tie else position
        # An index of 0 cannot be assessed ("Tidak Dapat Dinilai"), whatever seats are left.
        places.append(RankedRegion(rank, region, seats is not None and rank <= seats and region.exact > 0))
    named = sum(place.nominee for place in places)
    return Ranking(
        cluster,
        tuple(places),
        seats,
        seats is not None and named > seats,
        cluster.by == "list" and not members.given,
    )

"""Ranks by the unrounded index, ties shared, seats never decided by chance."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from iid.expectations.rulebook.sourced import half_up
from iid.tasks.national.clusters import Members, Scheme, scheme_of
from iid.tasks.national.gather import Region
from iid.tasks.national.ranking import Nation, rank_nation
from iid.tasks.national.ranking_text import seats_words

WHEN = datetime(2026, 8, 31, tzinfo=UTC)


def a_region(code: str, exact: Fraction) -> Region:
    index = str(half_up(exact, 2))
    return Region(code, code, exact, index, "Inovatif", "supported", "provisional", 1, 1, "run", WHEN)


def ranked(indices: dict[str, Fraction], seats: int | None = None) -> Nation:
    shown = scheme_of(2026)
    scheme = Scheme(
        2026, shown.clusters, shown.source, "", {} if seats is None else {"kabupaten": seats}, "surat"
    )
    return rank_nation(scheme, Members(), [a_region(code, exact) for code, exact in indices.items()], ())


def kabupaten(nation: Nation):
    return next(r for r in nation.rankings if r.cluster.key == "kabupaten")


def test_equal_published_numbers_are_ranked_by_what_was_rounded_away() -> None:
    found = kabupaten(ranked({"63.01": Fraction(50_001, 1000), "63.02": Fraction(50_002, 1000)}))
    assert [(p.rank, p.region.code, p.region.index) for p in found.places] == [
        (1, "63.02", "50.00"),
        (2, "63.01", "50.00"),
    ]


def test_equals_share_a_rank_and_a_tie_for_the_last_seat_is_reported() -> None:
    found = kabupaten(ranked({f"63.0{n}": Fraction(x) for n, x in enumerate((60, 50, 50, 40), 1)}, seats=2))
    assert [place.rank for place in found.places] == [1, 2, 2, 4]
    assert [place.nominee for place in found.places] == [True, True, True, False]
    assert found.tied
    assert seats_words(found) == "2 tempat nomine; seri pada tempat terakhir, jadi 3 nama"


def test_each_region_is_seen_beside_the_median_of_its_cluster() -> None:
    found = kabupaten(ranked({f"63.0{n}": Fraction(x) for n, x in enumerate((60, 50, 41, 40), 1)}))
    assert found.median == Decimal("45.50")
    assert [place.gap(found.median) for place in found.places] == [
        Decimal(x) for x in ("14.5", "4.5", "-4.5", "-5.5")
    ]
    empty = next(r for r in ranked({"63.01": Fraction(1)}).rankings if not r.places)
    assert empty.median is None


def test_a_region_that_cannot_be_assessed_is_no_nominee() -> None:
    found = kabupaten(ranked({"63.01": Fraction(10), "63.02": Fraction(0)}, seats=5))
    assert [place.nominee for place in found.places] == [True, False]
    assert seats_words(found) == "5 tempat nomine, baru 1 terisi"


def test_without_a_number_nobody_is_named() -> None:
    found = kabupaten(ranked({"63.01": Fraction(10)}))
    assert found.nominees == ()
    assert "tidak ditemukan dalam sumber" in seats_words(found)


def test_an_unknown_membership_is_reported_and_not_taken_for_none() -> None:
    found = next(r for r in ranked({"63.01": Fraction(1)}).rankings if r.cluster.key == "tertinggal")
    assert found.unlisted
    assert "--clusters" in seats_words(found)


@given(st.dictionaries(st.integers(1, 60), st.fractions(0, 100), max_size=30), st.integers(0, 12))
def test_ranks_and_seats_hold_for_any_indices(values: dict[int, Fraction], seats: int) -> None:
    indices = {f"63.{number:02d}": exact for number, exact in values.items()}
    found = kabupaten(ranked(indices, seats))
    for place in found.places:
        assert place.rank == 1 + sum(other > place.region.exact for other in indices.values())
    assert len(found.nominees) >= min(seats, sum(exact > 0 for exact in indices.values()))
    worst = min((place.region.exact for place in found.nominees), default=None)
    if worst is not None:
        assert all(p.nominee for p in found.places if p.region.exact >= worst)
        assert sum(p.region.exact > worst for p in found.places) < seats
    backwards = kabupaten(ranked(dict(reversed(indices.items())), seats))
    assert backwards == found


def test_klaster_yaml_stands_in_the_package() -> None:
    from importlib.resources import files

    assert Path(str(files("iid.tasks.national"))).joinpath("klaster.yaml").is_file()

"""The national tables: one row a region and cluster, and the unranked."""

from __future__ import annotations

import pandas as pd

from iid.expectations.rulebook.sourced import half_up
from iid.tasks.national.ranking import Nation, RankedRegion, Ranking
from iid.tasks.report.sheet_writer import Column
from iid.tasks.store.paths import stamp
from iid.tasks.values.tables import FLAG, TEXT, WHOLE, Columns, frame

EXACT_PLACES = 6  # shown beside the published index, so that a reader sees why equals are none

RANKING: Columns = {
    "cluster": TEXT,
    "rank": WHOLE,
    "nominee": FLAG,
    "region": TEXT,
    "name": TEXT,
    "index": TEXT,  # as published, 2 places
    "index_exact": TEXT,  # EXACT_PLACES places, half up; the order follows the exact fraction
    "category": TEXT,
    "view": TEXT,  # claimed | supported | verified, the same in every row
    "status": TEXT,  # provisional | final
    "reported": WHOLE,
    "eligible": WHOLE,
    "also": TEXT,  # other clusters in which the region is a nominee, separated by ;
    "run_id": TEXT,
    "as_of": TEXT,
    "example": FLAG,
}
PROBLEMS: Columns = {"region": TEXT, "kind": TEXT, "message": TEXT}
VIEW = {"claimed": "diklaim", "supported": "didukung bukti", "verified": "terverifikasi"}
STATUS = {"provisional": "sementara", "final": "final"}
KIND = {"damaged": "rusak", "unpublished": "belum terbit", "missing": "tidak ada"}


def row_of(nation: Nation, ranking: Ranking, place: RankedRegion) -> dict[str, object]:
    """One row of RANKING."""
    region = place.region
    return {
        "cluster": ranking.cluster.key,
        "rank": place.rank,
        "nominee": place.nominee,
        "region": region.code,
        "name": region.name,
        "index": region.index,
        "index_exact": str(half_up(region.exact, EXACT_PLACES)),
        "category": region.category,
        "view": region.view,
        "status": region.status,
        "reported": region.reported,
        "eligible": region.eligible,
        "also": ";".join(nation.also(region.code, ranking.cluster.key)) if place.nominee else "",
        "run_id": region.run_id,
        "as_of": stamp(region.as_of),
        "example": region.example,
    }


def ranking_table(nation: Nation) -> pd.DataFrame:
    """RANKING, clusters in the scheme's order, best first."""
    rows = (row_of(nation, ranking, place) for ranking in nation.rankings for place in ranking.places)
    return frame(RANKING, rows)


def problems_table(nation: Nation) -> pd.DataFrame:
    """PROBLEMS, by region."""
    return frame(PROBLEMS, ((p.code, p.kind, p.words) for p in nation.problems))


SHEET = (
    Column("Peringkat", 10, "whole", lambda r: r["rank"]),
    Column("Wilayah", 34, "text", lambda r: r["name"]),
    Column("Kode", 9, "text", lambda r: r["region"]),
    Column("Indeks", 10, "points", lambda r: r["index"]),
    Column("Indeks, 6 desimal", 16, "exact", lambda r: r["index_exact"]),
    Column("Kategori", 22, "text", lambda r: r["category"]),
    Column("Nomine", 9, "flag", lambda r: r["nominee"]),
    Column("Juga nomine di", 24, "text", lambda r: r["also"]),
    Column("Cara menghitung", 17, "text", lambda r: VIEW[r["view"]]),
    Column("Status", 12, "text", lambda r: STATUS[r["status"]]),
    Column("Dilaporkan", 11, "whole", lambda r: r["reported"]),
    Column("Memenuhi syarat", 11, "whole", lambda r: r["eligible"]),
    Column("Perhitungan", 26, "text", lambda r: r["run_id"]),
)
PROBLEM_SHEET = (
    Column("Kode", 9, "text", lambda r: r["region"]),
    Column("Keadaan", 14, "text", lambda r: KIND[r["kind"]]),
    Column("Keterangan", 90, "wrap", lambda r: r["message"]),
)

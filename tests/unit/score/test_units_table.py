"""The table of units."""

from __future__ import annotations

import pytest

from iid.tasks.score.score_tables import units_table
from iid.tasks.score.scoring import score
from iid.tasks.values.tables import PUBLISHED_UNITS, UNITS, frame


@pytest.fixture
def units():
    names = {"1.02": "Dinas Sosial", "1.01": "Dinas Kesehatan", "9": "Desa Kosong"}
    return frame(
        UNITS,
        [
            {"unit_code": c, "name": n, "type": "opd", "known": True, "submitted": c != "9"}
            for c, n in names.items()
        ],
    )


def test_mean_is_over_eligible_innovations_and_rounded_half_up(make_region, rulebook, units):
    region = make_region(rulebook)
    for name, key in (("a", "16"), ("b", "20"), ("c", "20")):
        region.innovation(f"1.01/{name}", {key: 1})
    region.innovation("1.02/d", {"16": 3})
    region.fault("profile.window", "1.02/d")
    region.fault("evidence.no_text", "1.02/d", "16", "warning")
    findings = region.tables()[3]
    table = units_table(units, score(*region.tables(), rulebook).innovations, findings)
    assert list(table.columns) == list(PUBLISHED_UNITS)
    columns = ["unit_code", "innovations", "eligible", "mean_supported", "critical", "warnings"]
    assert table[columns].values.tolist() == [
        ["1.01", 3, 3, "1.67", 0, 0],
        ["1.02", 1, 0, "", 1, 1],
        ["9", 0, 0, "", 0, 0],
    ]
    assert table["submitted"].tolist() == [True, True, False]

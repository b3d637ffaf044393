"""Counting and naming what stands in several places."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from iid.tasks.validate.duplicates import places_elsewhere, times_elsewhere

ROWS = st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.sampled_from("xyz")), max_size=30)


@given(ROWS)
def test_counts_agree_with_looking_at_every_pair(rows):
    group, claim = (pd.Series([row[i] for row in rows], dtype="string") for i in range(2))
    counted = times_elsewhere(group, claim)
    for place, (own, own_claim) in enumerate(rows):
        if own is None:
            assert pd.isna(counted[place])
        else:
            assert counted[place] == sum(row[0] == own and row[1] != own_claim for row in rows)


def test_thousand_copies_in_one_claim_and_one_elsewhere_stay_quick_to_name():
    claims = ["k1"] * 20_000 + ["k2"]
    table = pd.DataFrame(
        {
            "shared_key": "h",
            "claim": claims,
            "innovation_id": claims,
            "indicator": "16",
            "source": [f"b/{n}.pdf" for n in range(20_001)],
        }
    ).astype("string")
    table["shared_elsewhere"] = times_elsewhere(table["shared_key"], table["claim"])
    places = places_elsewhere(table, table, "shared_key", "shared_elsewhere")
    assert places[0] == "k2 indikator 16 (20000.pdf)"
    assert places[-1].endswith("dan 19.980 tempat lain")

"""Counting and naming what stands in several places."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from iid.tasks.validation.duplicates import (
    IMAGE_BITS_APART,
    IMAGE_BITS_OF_PHOTO,
    image_groups,
    places_elsewhere,
    times_elsewhere,
)

ROWS = st.lists(
    st.tuples(st.sampled_from(["a", "b", None]), st.sampled_from("xyz"), st.sampled_from("12")), max_size=30
)


@given(ROWS)
def test_counts_agree_with_looking_at_every_pair(rows):
    group, claim, content = (pd.Series([row[i] for row in rows], dtype="string") for i in range(3))
    counted = times_elsewhere(group, claim, content)
    plain = times_elsewhere(group, claim)
    for place, (own, own_claim, own_content) in enumerate(rows):
        if own is None:
            assert pd.isna(counted[place])
            continue
        kin = [row for row in rows if row[0] == own and row[1] != own_claim]
        assert plain[place] == len(kin)
        assert counted[place] == sum(row[2] != own_content for row in kin)


@given(
    st.lists(st.integers(0, 2**64 - 1), max_size=25), st.lists(st.integers(0, 63), max_size=IMAGE_BITS_APART)
)
def test_photos_within_the_limit_always_share_a_group(numbers, flips):
    near = [n ^ sum({1 << bit for bit in flips}) for n in numbers]
    hashes = pd.Series([f"{n:016x}" for n in numbers + near], dtype="string")
    groups = image_groups(hashes)
    for one, (number, other) in enumerate(zip(numbers, near, strict=True)):
        if all(IMAGE_BITS_OF_PHOTO <= n.bit_count() <= 64 - IMAGE_BITS_OF_PHOTO for n in (number, other)):
            assert groups[one] == groups[one + len(numbers)]


def test_nearly_empty_pictures_belong_to_no_group():
    hashes = pd.Series(["0000000000000001", "ffffffffffffffff", "", None], dtype="string")
    assert image_groups(hashes).isna().all()


def test_flat_pictures_must_be_equal():
    hashes = pd.Series(["2c84868585860000", "2c84868585860001", "2c84868585860000"], dtype="string")
    groups = image_groups(hashes)
    assert groups[0] == groups[2] != groups[1]


def test_pictures_far_apart_share_no_group():
    groups = image_groups(pd.Series(["00000000ffffffff", "ffffffff00000000"], dtype="string"))
    assert groups.nunique() == 2


def test_thousand_copies_in_one_claim_and_one_elsewhere_stay_quick_to_name():
    claims = ["k1"] * 20_000 + ["k2"]
    table = pd.DataFrame(
        {
            "bytes_key": "h",
            "claim": claims,
            "innovation_id": claims,
            "indicator": "16",
            "source": [f"b/{n}.pdf" for n in range(20_001)],
        }
    ).astype("string")
    table["same_bytes"] = times_elsewhere(table["bytes_key"], table["claim"])
    places = places_elsewhere(table, table, "bytes_key", None, "same_bytes")
    assert places[0] == "k2 indikator 16 (20000.pdf)"
    assert places[-1].endswith("dan 19.997 tempat lain")

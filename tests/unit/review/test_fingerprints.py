"""The fingerprint of a claim and its evidence."""

from __future__ import annotations

import pytest

from iid.tasks.review.fingerprints import fingerprint, fingerprints
from iid.tasks.values.tables import CLAIMS, EVIDENCE, frame

ARGUMENTS = ("1.01/a", "33", "3", "a", "", [("file", "f" * 64), ("link", "https://a.id")])


def tables(**changes):
    base = {"innovation_id": "1.01/a", "unit_code": "1.01", "indicator": "16"}
    claim = {**base, "parameter": 2}
    item = {**base, "kind": "file", "listed": "folder", "sha256": "a" * 64, "source": "x/a.pdf"}
    second = {**item, "sha256": "b" * 64, "source": "x/b.pdf"}
    for name, value in changes.items():
        (claim if name in {"parameter", "basis", "value"} else item)[name] = value
    return frame(CLAIMS, [claim]), frame(EVIDENCE, [item, second])


def test_fingerprint_is_sixteen_hex_digits_and_fixed_for_all_time():
    assert fingerprint(*ARGUMENTS) == "ad52535ffe17df03"


@pytest.mark.parametrize("place", range(6))
def test_every_part_of_claim_and_evidence_changes_the_fingerprint(place):
    changed = list(ARGUMENTS)
    changed[place] = [("file", "0" * 64)] if place == 5 else "lain"
    assert fingerprint(*changed) != fingerprint(*ARGUMENTS)


@pytest.mark.parametrize(
    "changes",
    [
        {"parameter": 1},
        {"basis": "b"},
        {"value": "3.5"},
        {"sha256": "c" * 64},
        {"listed": "extra"},
        {"kind": "link"},
        {"sha256": "", "source": "x/lain.pdf"},
    ],
)
def test_changed_claim_or_content_changes_it(changes):
    assert fingerprints(*tables(**changes)) != fingerprints(*tables())


@pytest.mark.parametrize(
    "changes", [{"source": "x/nama baru.pdf"}, {"readable": True}, {"modified_at": "2026"}]
)
def test_a_renamed_or_touched_file_keeps_it(changes):
    assert fingerprints(*tables(**changes)) == fingerprints(*tables())


def test_order_of_evidence_does_not_matter():
    claims, evidence = tables()
    assert fingerprints(claims, evidence[::-1]) == fingerprints(claims, evidence)


def test_a_moved_copy_of_the_same_file_under_another_claim_has_its_own():
    claims, evidence = tables()
    other = claims.assign(indicator="17")
    assert fingerprints(other, evidence.assign(indicator="17")) != fingerprints(claims, evidence)


def test_a_cycle_without_parameter_has_a_fingerprint_too():
    claims, evidence = tables(value="41.5")
    claims["parameter"] = claims["parameter"].astype("Int64").mask([True])
    assert len(fingerprints(claims, evidence)[0]) == 16

"""A claim is judged by its proof: what lies beside a sufficient one costs nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from iid.tasks.score.scoring import score
from iid.tasks.values.tables import DECISIONS, frame

FAULTS = {
    "evidence.kind_not_allowed": {"format": "docx"},
    "evidence.empty": {"problem": "empty", "size": 0, "readable": False},
    "evidence.unreadable": {"problem": "unreadable", "readable": False},
    "evidence.encrypted": {"problem": "encrypted", "readable": False},
    "evidence.missing": {"problem": "missing", "size": None, "readable": False},
    "evidence.too_large": {"size": 9 * 1024 * 1024},
}


def severities(found: pd.DataFrame, indicator: str) -> list[str]:
    return found.loc[found["indicator"] == indicator, "severity"].tolist()


def supported(region: Any, indicator: str, findings: pd.DataFrame) -> int:
    """The parameter that counts with *findings*."""
    tables = region.tables()
    scored = score(
        tables.innovations, tables.claims, tables.evidence, findings, frame(DECISIONS, []), region.rulebook
    )
    rows = scored.scores
    row = rows[(rows["innovation_id"] == region.one) & (rows["indicator"] == indicator)]
    return int(row["supported_parameter"].iloc[0])


@pytest.mark.parametrize("beside", [True, False])
def test_faults_beside_sufficient_proof_are_warnings_and_cost_nothing(region: Any, beside: bool) -> None:
    region.rule("17", max_size_mb=Decimal(2))
    region.set_claim("17", parameter=3)
    if not beside:
        region.drop_items("17")
    for code, changes in FAULTS.items():
        region.add_file("17", f"{code}.pdf", **changes)
    found = region.found("evidence.")
    found = found[(found["indicator"] == "17") & found["code"].isin(list(FAULTS))]
    assert dict(zip(found["code"], found["severity"], strict=True)) == dict.fromkeys(
        FAULTS, "warning" if beside else "critical"
    )
    assert supported(region, "17", found) == (3 if beside else 0)


def test_a_warning_beside_proof_says_that_nothing_is_lost(region: Any) -> None:
    region.add_file("17", "sumber.docx", format="docx")
    assert region.only("evidence.kind_not_allowed")["message"].endswith("bukti lainnya sudah cukup.")


def only_a_picture(region: Any, indicator: str, parameter: int, basis: str = "") -> None:
    region.drop_items(indicator)
    region.claim(indicator, parameter, **({"basis": basis, "basis_raw": basis} if basis else {}))
    region.drop_items(indicator)
    region.add_file(indicator, "foto.jpg", format="jpg", text_sha256="", text_chars=None)


@pytest.mark.parametrize(
    ("indicator", "parameter", "basis", "counts"),
    [
        ("35", 3, "", False),
        ("34", 3, "", False),
        ("34", 2, "", False),
        ("34", 1, "", True),
        ("33", 3, "a", True),
        ("33", 3, "c", False),
        ("33", 3, "d", False),
        ("33", 3, "f", False),
    ],
)
def test_a_picture_proves_only_what_the_rulebook_lets_it(
    region: Any, indicator: str, parameter: int, basis: str, counts: bool
) -> None:
    only_a_picture(region, indicator, parameter, basis)
    found = region.found("evidence.supporting_only")
    assert severities(found, indicator) == ([] if counts else ["critical"])
    assert supported(region, indicator, found) == (parameter if counts else 0)


@pytest.mark.parametrize("basis", ["b", "e"])
def test_what_was_inferred_to_accompany_only_warns(region: Any, basis: str) -> None:
    only_a_picture(region, "33", 3, basis)
    found = region.found("evidence.supporting_only")
    assert severities(found, "33") == ["warning"]
    assert "simpulan kami" in found["message"].iloc[0]
    assert supported(region, "33", found) == 3


def test_a_cycle_that_is_only_announced_warns(region_of_any_cycle: Any) -> None:
    region = region_of_any_cycle
    if region.rulebook.standing != "announced":
        return
    only_a_picture(region, "35", 3)
    assert severities(region.found("evidence.supporting_only"), "35") == ["warning"]


def test_a_picture_beside_the_film_is_no_finding(region: Any) -> None:
    region.claim("35", 3)
    region.add_file("35", "sampul.jpg", format="jpg", text_sha256="", text_chars=None)
    assert severities(region.found("evidence.supporting_only"), "35") == []
    assert severities(region.found("evidence.kind_not_allowed"), "35") == []


def test_a_link_proves_the_film_and_not_a_decree(region: Any) -> None:
    for key in ("35", "17"):
        region.set_claim(key, parameter=3)
        region.drop_items(key)
        region.add_link(key, "https://youtu.be/abc12345678")
    found = region.found("evidence.link_instead_of_file")
    assert [supported(region, key, found) for key in ("35", "17")] == [3, 0]


def test_a_doubtful_parameter_stays_critical_whatever_its_proof(region: Any) -> None:
    region.set_claim("17", parameter=0, raw="7", problem="parameter_unknown")
    assert severities(region.found("claim.parameter_unknown"), "17") == ["critical"]


@pytest.mark.parametrize(("fault", "kind"), [("unreadable", "pdf"), ("empty", ""), ("encrypted", "pdf")])
def test_a_proof_that_does_not_open_beside_a_picture_is_one_finding(
    region: Any, fault: str, kind: str
) -> None:
    only_a_picture(region, "33", 3, "c")
    region.add_file("33", "Laporan.pdf", format=kind, problem=fault, readable=False)
    found = region.found("evidence.")
    found = found[found["indicator"] == "33"]
    assert found["code"].tolist() == [f"evidence.{fault}"]
    assert supported(region, "33", found) == 0


def codes(region: Any, indicator: str) -> list[str]:
    found = region.found("evidence.")
    return sorted(found["code"][found["indicator"] == indicator])


def test_a_report_of_the_wrong_kind_beside_a_picture_is_one_finding(region: Any) -> None:
    only_a_picture(region, "33", 3, "c")
    region.add_file("33", "Laporan.docx", format="docx")
    assert codes(region, "33") == ["evidence.kind_not_allowed"]
    found = region.only("evidence.kind_not_allowed")
    assert "hanya menerima PDF" in found["message"]
    assert found["fix"].startswith("Tambahkan PDF sebagai bukti")
    assert supported(region, "33", region.found("evidence.")) == 0


def test_a_missing_report_beside_a_picture_is_one_finding_and_a_missing_picture_two(region: Any) -> None:
    gone = {"problem": "missing", "size": None, "readable": False, "sha256": "", "format": ""}
    only_a_picture(region, "33", 3, "c")
    region.add_file("33", "Laporan.pdf", **gone)
    assert codes(region, "33") == ["evidence.missing"]
    region.items("33")[-1]["source"] = "lain/foto.JPEG"
    assert codes(region, "33") == ["evidence.missing", "evidence.supporting_only"]
    region.items("33")[-1]["problem"] = "empty"
    assert codes(region, "33") == ["evidence.empty", "evidence.supporting_only"]


def test_a_broken_link_where_no_link_counts_does_not_make_a_picture_proof(region: Any) -> None:
    only_a_picture(region, "33", 3, "c")
    region.add_link("33", "https://laporan", problem="link_malformed")
    found = region.found("evidence.")
    found = found[found["indicator"] == "33"]
    assert "evidence.supporting_only" in set(found["code"])
    assert supported(region, "33", found) == 0


def test_a_picture_that_does_not_open_is_no_proof_of_a_report(region: Any) -> None:
    only_a_picture(region, "33", 3, "c")
    region.add_file("33", "lain.jpg", format="jpg", problem="unreadable", readable=False)
    found = region.found("evidence.")
    found = found[found["indicator"] == "33"]
    assert set(found["code"]) == {"evidence.supporting_only", "evidence.unreadable"}

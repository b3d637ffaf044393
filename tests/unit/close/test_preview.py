"""What a closing says before it makes anything final."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from iid.tasks.close.late import Late
from iid.tasks.close.preview import check_decided, preview_of
from iid.tasks.values.errors import GuardError
from iid.tasks.values.region import finding, findings_table


def run(decisions):
    """A run of two SID claims (6 and 3 points), one SPD claim (2) and one claim that does not count."""
    scores = pd.DataFrame(
        {
            "indicator": ["16", "17", "1", "18"],
            "aspect": ["SID", "SID", "SPD", "SID"],
            "supported_score": ["6.00", "3.00", "2.00", "0.00"],
            "decision": decisions,
        }
    )
    level = {"divisor": 12, "maximum": "250.00"}
    index = {
        "supported": {**level, "index": "49.77", "category": "Inovatif"},
        "verified": {**level, "index": "6.40", "category": "Kurang Inovatif"},
    }
    units = pd.DataFrame(
        {"unit_code": ["101", "102"], "name": ["Dinas Kesehatan", "Dinas Sosial"], "submitted": [True, False]}
    )
    gone = finding("unit.evidence_gone", unit_code="101", what="2 dari 5 berkas bukti yang dihitung hilang")
    found = findings_table([gone])
    return SimpleNamespace(scores=scores, index=index, units=units, findings=found)


def test_it_says_what_becomes_final_and_what_would_be_lost():
    late = [
        Late("2026/101/x.pdf", 1, 0.0, counted=False),
        Late("2026/101/y.pdf", 1, 0.0, counted=True, why="batas waktu disimpulkan"),
    ]
    preview = preview_of(run(["terima", "", "", ""]), late)
    words = " ".join(preview.sentences())
    assert "Yang menjadi final: 6,40 Kurang Inovatif (terverifikasi); sekarang 49,77 Inovatif" in words
    assert "2 klaim yang terbukti belum diputuskan" in words
    assert preview.worth == "0.90"  # (3 / 12 + 2) / 250 * 100
    assert "1 berkas terlambat tidak dihitung: 2026/101/x.pdf." in words
    assert "1 berkas berubah setelah batas waktu, tetapi dihitung: batas waktu disimpulkan." in words
    assert preview.as_json()["late_counted"] == 1
    assert "1 unit belum melaporkan apa pun: Dinas Sosial." in words
    assert "Dinas Kesehatan: Kehilangan bukti unit ini sekarang dihitung: 2 dari 5 berkas" in words
    assert preview.as_json()["undecided"] == 2


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_undecided_claims_stop_a_closing_and_the_message_names_the_way_on(reason):
    with pytest.raises(GuardError, match=r"2 klaim .* --accept-undecided"):
        check_decided(preview_of(run(["terima", "", "", ""])), reason)


def test_a_reason_or_full_review_lets_it_pass():
    check_decided(preview_of(run(["terima", "", "", ""])), "Rapat 31 Agustus")
    check_decided(preview_of(run(["terima", "tolak", "turunkan", ""])), None)

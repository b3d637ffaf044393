"""A workbook that came after the deadline: late, as critical as a missing one, and never called missing."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import pytest

from iid.tasks.close.late import Late, late_workbooks, with_late_findings
from iid.tasks.values.region import Marker, finding, findings_table
from iid.tasks.values.tables import UNITS, frame
from iid.tasks.values.timetable import Deadline

BANJAR = Marker("63.03", "Kabupaten Banjar", "Asia/Makassar")
DEADLINE = Deadline(datetime(2026, 8, 31, 15, 59, 59, tzinfo=UTC), "given")
AFTER = datetime(2026, 9, 5, tzinfo=UTC).timestamp()
UNIT = "2026/105 Dinas Contoh"
NO_WORKBOOK = "submission.workbook_missing"


def missing(unit: str, owner: str, folder: str, name: str):
    where = {"unit_code": unit, "innovation_id": owner, "source": f"{folder}/{name}"}
    return finding(NO_WORKBOOK, **where, name=name, folder=folder, advice="Salin buku kerja kosong")


def shown(late: list[Late]) -> pd.DataFrame:
    """The findings after a closing of a region without any workbook that counts."""
    read = [
        missing("105", "105/Antre Mudah", f"{UNIT}/Antre Mudah", "inovasi.xlsx"),
        missing("105", "105/Kosong", f"{UNIT}/Kosong", "inovasi.xlsx"),
        missing("pemda", "pemda", "2026/00 Pemda", "pemda.xlsx"),
    ]
    units = frame(UNITS, [{"unit_code": "105", "folder": UNIT}])
    return with_late_findings(findings_table(read), late, units, DEADLINE, BANJAR)


def late(path: str, *, counted: bool = False) -> Late:
    return Late(path, 1, AFTER, counted, "sebab" if counted else "")


@pytest.mark.parametrize("name", ["inovasi.xlsx", "Inovasi.XLSX"])
def test_a_late_workbook_replaces_the_finding_that_it_is_missing(name):
    path = f"{UNIT}/Antre Mudah/{name}"
    rows = shown([late(path)]).to_dict("records")
    assert [(row["code"], row["innovation_id"]) for row in rows] == [
        (NO_WORKBOOK, "105/Kosong"),
        (NO_WORKBOOK, "pemda"),
        ("submission.workbook_late", "105/Antre Mudah"),
    ]
    assert (rows[-1]["severity"], rows[-1]["unit_code"], rows[-1]["source"]) == ("critical", "105", path)


def test_a_late_workbook_of_the_region_belongs_to_the_region():
    found = shown([late("2026/00 Pemda/pemda.xlsx")])
    assert found.iloc[-1][["code", "innovation_id"]].tolist() == ["submission.workbook_late", "pemda"]
    assert "pemda.xlsx" in late_workbooks(found)[0]


def test_other_late_files_stay_warnings_and_those_that_count_are_not_reported():
    found = shown([late(f"{UNIT}/Antre Mudah/bukti/16/SK.pdf"), late(f"{UNIT}/x/inovasi.xlsx", counted=True)])
    assert found["code"].tolist() == [NO_WORKBOOK] * 3 + ["submission.late"]
    assert found.iloc[-1][["severity", "unit_code"]].tolist() == ["warning", "105"]
    assert late_workbooks(found) == ()


def test_the_summary_counts_innovations_not_files():
    names = ("Antre Mudah/inovasi.xlsx", "Antre Mudah/INOVASI.xlsx", "Kosong/inovasi.xlsx")
    [said] = late_workbooks(shown([late(f"{UNIT}/{name}") for name in names]))
    assert said.startswith("2 inovasi tidak dihitung karena buku kerjanya diubah setelah batas waktu: ")
    assert said.endswith(": 105/Antre Mudah; 105/Kosong")

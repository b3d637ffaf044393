"""One claim a case, each in a unit of its own: what its evidence is worth, and what is said of it.

``items/expect.json``: a case is an innovation with one claim of 3 (``items/base.xlsx`` with only that
row filled), its files (name on the share: file in ``items/files``) and cells.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

ITEMS = Path(__file__).with_name("items")
CASES: dict[str, dict[str, Any]] = json.loads((ITEMS / "expect.json").read_text(encoding="utf-8"))
CYCLE = 2026
COLUMNS = {"Parameter": 3, "Basis": 4, "Bukti": 5, "Tautan": 6}


def write_innovation(folder: Path, name: str, case: dict[str, Any]) -> None:
    book = openpyxl.load_workbook(ITEMS / "base.xlsx")
    book["Profil"]["B2"] = name
    sheet = book["Indikator"]
    for row in range(2, sheet.max_row + 1):
        chosen = str(sheet.cell(row, 1).value) == case["indicator"]
        cells = {"Parameter": 3, **{c: case.get(c.lower()) for c in ("Basis", "Bukti", "Tautan")}}
        for title, column in COLUMNS.items():
            sheet.cell(row, column).value = cells[title] if chosen else None
    proof = folder / "bukti" / f"{case['indicator']} bukti"
    proof.mkdir(parents=True)
    book.save(folder / "inovasi.xlsx")
    for shown, file in case.get("files", {}).items():
        shutil.copy(ITEMS / "files" / file, proof / shown)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published run of a share with a unit for every case."""
    folder = tmp_path_factory.mktemp("items")
    share, store = folder / "share", folder / "store"
    share.mkdir()
    (share / "iid-share.toml").write_text('region = "63.03"\nname = "Kabupaten Banjar"\n', encoding="utf-8")
    for key, case in CASES.items():
        name = case.get("name", f"GEBRAKS {key}")
        write_innovation(share / str(CYCLE) / f"203.{key} UPT Puskesmas Aluh-Aluh" / "Inovasi", name, case)
    options = ["--cycle", str(CYCLE), "--as-of", f"{CYCLE}-08-31", "--direct", "--no-feedback"]
    command = [Path(sys.executable).with_name("iid"), "assess", "--share", share, "--store", store, *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ})
    assert done.returncode == 0, done.stderr
    cycle = store / "63.03" / str(CYCLE)
    return cycle / "runs" / json.loads((cycle / "latest.json").read_text(encoding="utf-8"))["run_id"]


@pytest.mark.parametrize("key", CASES)
def test_the_claim_counts_and_is_spoken_of_as_expected(run: Path, key: str) -> None:
    case, owner = CASES[key], f"203.{key}/Inovasi"
    scores, findings = pd.read_parquet(run / "scores.parquet"), pd.read_parquet(run / "findings.parquet")
    row = scores[(scores["innovation_id"] == owner) & (scores["indicator"] == case["indicator"])]
    codes = set(findings.loc[findings["innovation_id"] == owner, "code"])
    if "supported" in case:
        assert row["supported_parameter"].tolist() == [case["supported"]], codes
    assert set(case.get("codes", ())) <= codes
    assert codes & set(case.get("not", ())) == set()

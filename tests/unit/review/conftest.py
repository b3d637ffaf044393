"""A small region on a folder share, reviewed by stewards who edit workbooks with openpyxl."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook

from iid.expectations.rulebook.loading import load
from iid.expectations.rulebook.model import Rulebook
from iid.tasks.review.decision_log import extended, withdrawn
from iid.tasks.review.decisions import read_decisions
from iid.tasks.review.review_workbooks import write_review_workbooks
from iid.tasks.score.score_tables import units_table
from iid.tasks.score.scoring import score
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.values.assessment import Assessment
from iid.tasks.values.region import Marker
from iid.tasks.values.tables import CLAIMS, EVIDENCE, FIELDS, FINDINGS, INNOVATIONS, UNITS, concat, frame

MARKER = Marker("63.03", "Kabupaten Contoh", "Asia/Makassar")


@dataclass
class Review:
    """One region: tables that tests change, and the round from share to workbooks and back."""

    root: Path
    rulebook: Rulebook
    cycle: int
    claims: list[dict[str, Any]] = field(default_factory=list)
    evidence: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    kept: pd.DataFrame | None = None  # the decisions of the last run
    log: pd.DataFrame | None = None  # the decision log of the last run
    as_of: datetime = datetime(2026, 8, 1, tzinfo=UTC)

    @property
    def drive(self) -> FolderDrive:
        return FolderDrive(self.root)

    @property
    def folder(self) -> Path:
        return self.root / str(self.cycle) / "_tinjauan"

    def claim(
        self, owner: str, key: str, parameter: int, sha256: str | None = "a" * 64, **changes: Any
    ) -> None:
        """A claim with one readable file (none for ``sha256=None``)."""
        unit = owner.partition("/")[0]
        row = {"innovation_id": owner, "unit_code": unit, "indicator": key}
        self.claims.append(
            {**row, "aspect": self.rulebook.by_key[key].aspect, "parameter": parameter} | changes
        )
        if sha256 is not None:
            self.evidence.append(
                {
                    **row, "source": f"{self.cycle}/{owner}/bukti/{key}/berkas.pdf", "kind": "file",
                    "listed": "folder",
                    "counted": True, "sha256": sha256, "readable": True, "size": 10,
                }
            )  # fmt: skip

    def fault(self, code: str, severity: str, owner: str, key: str, message: str) -> None:
        self.findings.append(
            {
                "code": code, "severity": severity, "innovation_id": owner, "indicator": key,
                "unit_code": owner.partition("/")[0], "message": message,
            }
        )  # fmt: skip

    def read(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Decisions and what is unclear in them."""
        return read_decisions(
            self.drive, frame(CLAIMS, self.claims), frame(EVIDENCE, self.evidence), self.cycle, self.kept
        )

    def assess(self) -> Assessment:
        """Read decisions and score: everything a review workbook is made of."""
        owners = sorted({c["innovation_id"] for c in self.claims} - {"pemda"})
        innovations = frame(
            INNOVATIONS,
            [{"innovation_id": o, "unit_code": o.partition("/")[0], "name": o} for o in owners],
        )
        units = frame(
            UNITS,
            [
                {"unit_code": code, "name": f"Unit {code}", "type": "opd", "submitted": True}
                for code in sorted({o.partition("/")[0] for o in owners})
            ],
        )
        decisions, unclear = self.read()
        log = extended(self.log, decisions, self.as_of)
        gone = withdrawn(log, self.as_of)
        findings = concat(FINDINGS, [frame(FINDINGS, self.findings), unclear, gone])
        claims, evidence = frame(CLAIMS, self.claims), frame(EVIDENCE, self.evidence)
        scored = score(innovations, claims, evidence, findings, decisions, self.rulebook)
        return Assessment(
            marker=MARKER,
            cycle=self.cycle,
            rulebook=self.rulebook,
            rulebook_sha256="0" * 64,
            run_id="uji",
            as_of=self.as_of,
            status="provisional",
            index=scored.index,
            units=units_table(units, scored.innovations, findings),
            innovations=scored.innovations,
            profiles=innovations,
            fields=frame(FIELDS, []),
            claims=claims,
            evidence=evidence,
            scores=scored.scores,
            findings=findings,
            decisions=decisions,
            decision_log=log,
        )

    def run(self) -> tuple[Assessment, list[str]]:
        """One whole round: assess, then bring the workbooks up to date."""
        assessment = self.assess()
        self.kept, self.log = assessment.decisions, assessment.decision_log
        self.as_of += timedelta(days=1)
        return assessment, list(write_review_workbooks(self.drive, assessment))

    def edit(self, unit: str, change: Callable[[Any], None]) -> None:
        """A steward opens the workbook, changes sheet Keputusan, saves."""
        path = self.folder / f"{unit}.xlsx"
        book = load_workbook(path)
        change(book["Keputusan"])
        book.save(path)

    def decide(self, owner: str, key: str, **cells: Any) -> None:
        """Fill the first row of a claim; names of columns with ``_`` for a space."""

        def fill(sheet: Any) -> None:
            header = [cell.value.replace("_", " ") for cell in sheet[1]]
            row = next(r for r in sheet.iter_rows(min_row=2) if (r[0].value, str(r[1].value)) == (owner, key))
            for name, value in cells.items():
                row[header.index(name.replace("_", " "))].value = value

        self.edit(owner.partition("/")[0], fill)

    def rows(self, unit: str, sheet: str = "Keputusan") -> list[list[Any]]:
        """All cells of a sheet, empty ones as ``""``."""
        book = load_workbook(self.folder / f"{unit}.xlsx")
        return [["" if v is None else v for v in row] for row in book[sheet].iter_rows(values_only=True)]


@pytest.fixture(scope="session")
def rules_2026() -> Rulebook:
    return load(2026).rulebook


@pytest.fixture
def review(tmp_path: Path, rules_2026: Rulebook) -> Review:
    """Two claims of one innovation and one of another unit, with workbooks written."""
    review = Review(tmp_path, rules_2026, 2026)
    review.claim("1.01/Siaga", "16", 3)
    review.claim("1.01/Siaga", "17", 2, "b" * 64)
    review.claim("1.02/Peta", "35", 1, "c" * 64)
    review.run()
    return review


@pytest.fixture
def review_2023(tmp_path: Path) -> Review:
    """The SPD row of a cycle whose SPD is entered as one total."""
    review = Review(tmp_path, load(2023).rulebook, 2023)
    review.claim("pemda", "SPD", 0, value="41.5")
    review.run()
    return review

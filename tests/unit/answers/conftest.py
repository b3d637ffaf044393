"""The example region published twice: as it comes, and after a day of fixing and reviewing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from built_once import built_once
from openpyxl import load_workbook

from iid.expectations.rulebook.loading import Loaded, load
from iid.flows.cli.main import run as command
from iid.tasks.answers.run_view import Picture
from iid.tasks.demo.build_share import build_demo_share
from iid.tasks.score.score_tables import units_table
from iid.tasks.score.scoring import Scored, score
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.published_run import read_run
from iid.tasks.store.publishing import publish
from iid.tasks.store.table_files import table_files
from iid.tasks.values.region import finding
from iid.tasks.values.tables import CLAIMS, DECISIONS, EVIDENCE, FIELDS, FINDINGS, INNOVATIONS, UNITS, frame

REGION, CYCLE = "63.03", 2026
FIRST, SECOND = "2026-08-30T12:00:00+00:00", "2026-08-31T12:00:00+00:00"

START = "104 Dinas Kependudukan dan Pencatatan Sipil/START BANJAR"
GEBRAKS = "203 UPT Puskesmas Aluh-Aluh/GEBRAKS"
DEPE = "102 Dinas Kesehatan/DEPE CANTIX"
SAWAH = "401 Balai Penyuluhan Pertanian Kecamatan Martapura Barat/SAWAH PINTAR"
NEW = "402 Balai Penyuluhan Pertanian Kecamatan Cintapuri Darussalam/Sawah Terapung"
#: What a steward decided on BATASBIH FUKAHA, by indicator.
REVIEWED = {
    **{str(key): ("terima", None) for key in (17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28)},
    "29": ("turunkan", 1),
    "30": ("tolak", None),
    "16": ("tolak", None),
}


@dataclass(frozen=True)
class Published:
    """A store with two runs of the example region; never changed by a test."""

    store: Path
    runs: tuple[str, str]

    def picture(self, place: int = 1) -> Picture:
        """The picture of the first (0) or second (1) run."""
        return Picture.of(read_run(FolderStore(self.store), REGION, CYCLE, self.runs[place]))


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    store = built_once(tmp_path_factory, "dua hari", _two_days) / "hasil"
    first, second = sorted(path.name for path in (store / REGION / str(CYCLE) / "runs").iterdir())
    return Published(store, (first, second))


def _two_days(root: Path) -> None:
    share, store = root / "share", root / "hasil"
    build_demo_share(share, CYCLE)
    _assess(share, store, FIRST)
    _a_day_of_work(share / str(CYCLE))
    _assess(share, store, SECOND, "--accept-loss", "DEPE CANTIX tidak dilaporkan lagi")


def _assess(share: Path, store: Path, as_of: str, *more: str) -> None:
    where = ["--share", str(share), "--store", str(store), "--cycle", str(CYCLE)]
    assert command(["assess", *where, "--as-of", as_of, "--direct", *more]) == 0


def _a_day_of_work(cycle: Path) -> None:
    """Files lost, replaced, renamed and fixed; a claim raised; one innovation gone, one new; decisions."""
    proof = cycle / START / "bukti"
    (proof / "17 Ketersediaan dan peran SDM terhadap" / "Surat tugas tim pengelola.pdf").unlink()
    shutil.copyfile(proof / "28 Kemudahan proses inovasi yang dihasilkan" / "SOP.pdf",
                    proof / "26 Pedoman teknis" / "Buku manual.pdf")  # fmt: skip
    folder = proof / "23 Pelaksana inovasi daerah"
    (folder / "SK pelaksana.pdf").rename(folder / "SK pelaksana inovasi.pdf")
    _write(cycle / START / "inovasi.xlsx", "Indikator", "No", "22", Parameter=2)
    _write(cycle / GEBRAKS / "inovasi.xlsx", "Profil", "Isian", "Waktu Penerapan", Jawaban="5 April 2024")
    shutil.rmtree(cycle / DEPE)
    shutil.copytree(cycle / SAWAH, cycle / NEW)
    _write(cycle / NEW / "inovasi.xlsx", "Profil", "Isian", "Nama Inovasi", Jawaban="Sawah Terapung")
    for key, (word, new) in REVIEWED.items():
        _decide(cycle / "_tinjauan" / "102.xlsx", "102/BATASBIH FUKAHA", key, word, new)


def _write(path: Path, sheet: str, column: str, row: str, **values: Any) -> None:
    """Set cells of the row whose *column* reads *row*, wherever the header stands."""
    book = load_workbook(path)
    page = book[sheet]
    head = next(r for r in page.iter_rows() if column in [str(c.value or "").strip().rstrip("*") for c in r])
    places = {str(c.value or "").strip().rstrip("*"): c.column for c in head}
    line = next(
        r for r in page.iter_rows(min_row=head[0].row + 1)
        if str(r[places[column] - 1].value or "").strip().rstrip("* ") == row
    )  # fmt: skip
    for name, value in values.items():
        page.cell(line[0].row, places[name]).value = value
    book.save(path)


def _decide(path: Path, owner: str, key: str, word: str, new: int | None) -> None:
    book = load_workbook(path)
    page = book["Keputusan"]
    places = {str(cell.value): cell.column for cell in page[1]}
    for row in page.iter_rows(min_row=2):
        if (row[0].value, str(row[1].value)) == (owner, key):
            entries = {
                "Keputusan": word,
                "Parameter baru": new,
                "Catatan": "Lihat halaman 3",
                "Peninjau": "Ani",
            }
            for name, value in entries.items():
                page.cell(row[0].row, places[name]).value = value
    book.save(path)


Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def iid(published: Published, capsys: pytest.CaptureFixture[str]) -> Iterator[Call]:
    """Run a command on the published store; gives status, output and errors."""

    def call(name: str, *arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = command([name, "--store", str(published.store), "--cycle", str(CYCLE), *arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    yield call


@dataclass
class Small:
    """A small region as tables; tests change them and score or publish again."""

    cycle: int = CYCLE
    loaded: Loaded | None = None
    innovations: list[dict[str, Any]] = field(default_factory=list)
    claims: list[dict[str, Any]] = field(default_factory=list)
    evidence: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)

    @property
    def rules(self) -> Loaded:
        return self.loaded or load(self.cycle)

    def innovation(self, name: str, affair: str = "Kesehatan", **parameters: int) -> None:
        """``k16=3`` claims parameter 3 of indicator 16, proven; the others are not claimed."""
        unit = name.partition("/")[0]
        self.innovations.append(
            {"innovation_id": name, "unit_code": unit, "name": name.partition("/")[2], "read": True,
             "main_affair": affair, "stage": "Penerapan", "applied_date": "2024-05-01",
             "design": "uraian", "design_words": 400, "design_distinct_words": 200}
        )  # fmt: skip
        for indicator in self.rules.rulebook.sid:
            self.claim(name, indicator.key, parameters.get(f"k{indicator.key}", 0))

    def spd(self, total: str = "", **parameters: int) -> None:
        for indicator in self.rules.rulebook.spd_rows:
            self.claim("pemda", indicator.key, parameters.get(f"k{indicator.key}", 0), total)

    def claim(self, owner: str, key: str, parameter: int, value: str = "") -> None:
        row = {"innovation_id": owner, "unit_code": owner.partition("/")[0], "indicator": key}
        aspect = self.rules.rulebook.by_key[key].aspect
        source = f"{owner}/inovasi.xlsx#Indikator!C{key}"
        self.claims.append(
            {**row, "aspect": aspect, "parameter": parameter, "value": value, "source": source}
        )
        if parameter or value:
            self.prove(owner, key)

    def prove(self, owner: str, key: str, name: str = "bukti.pdf", sha256: str = "a" * 64) -> None:
        row = {"innovation_id": owner, "unit_code": owner.partition("/")[0], "indicator": key}
        self.evidence.append(
            {**row, "source": f"{owner}/bukti/{key}/{name}", "kind": "file", "listed": "folder",
             "counted": True, "sha256": sha256, "size": 1000, "format": "pdf", "readable": True}
        )  # fmt: skip

    def unprove(self, owner: str, key: str) -> None:
        self.evidence = [r for r in self.evidence if (r["innovation_id"], r["indicator"]) != (owner, key)]

    def bar(self, owner: str, code: str = "profile.window") -> None:
        """Make an innovation ineligible."""
        if code == "profile.window":
            next(i for i in self.innovations if i["innovation_id"] == owner)["applied_date"] = "2021-05-01"
        words = {"applied": "2021", "from": "2024", "to": "2025", "developed": "", "name": "X", "other": "Y"}
        found = finding(code, innovation_id=owner, unit_code=owner.partition("/")[0], **words)
        self.findings.append({name: getattr(found, name) for name in FINDINGS})

    def decide(self, owner: str, key: str, word: str, new: int | None = None, note: str = "") -> None:
        self.decisions.append(
            {"innovation_id": owner, "indicator": key, "decision": word, "new_parameter": new, "note": note,
             "in_force": True}
        )  # fmt: skip

    def tables(self) -> dict[str, pd.DataFrame]:
        return {
            "profiles": frame(INNOVATIONS, self.innovations),
            "claims": frame(CLAIMS, self.claims),
            "evidence_all": frame(EVIDENCE, self.evidence),
            "findings": frame(FINDINGS, self.findings),
            "decisions": frame(DECISIONS, self.decisions),
        }

    def scored(self) -> Scored:
        return score(*self.tables().values(), self.rules.rulebook)

    def publish(self, folder: Path, run_id: str = "20260801T000000Z-0123abcd", status: str = "provisional",
                versions: Mapping[str, str] | None = None) -> Picture:  # fmt: skip
        """Publish it as *run_id* and give its picture."""
        tables, scored = self.tables(), self.scored()
        codes = sorted({row["unit_code"] for row in self.innovations})
        units = frame(
            UNITS, [{"unit_code": c, "name": f"Unit {c}", "known": True, "submitted": True} for c in codes]
        )
        tables |= {
            "fields": frame(FIELDS, []),
            "innovations": scored.innovations,
            "scores": scored.scores,
            "units": units_table(units, scored.innovations, tables["findings"]),
        }
        as_of = datetime.strptime(run_id[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        index = {
            "region": REGION, "cycle": self.cycle, "run_id": run_id, "as_of": f"{as_of:%Y-%m-%dT%H:%M:%SZ}",
            "status": status, "rulebook": {"cycle": self.cycle, "sha256": self.rules.sha256}, **scored.index,
        }  # fmt: skip
        files = [("index.json", json.dumps(index).encode()), ("rulebook.yaml", self.rules.text.encode())]
        files += [file for name, table in tables.items() for file in table_files(name, table)]
        head = {"versions": dict(versions or {})}
        store = FolderStore(folder)
        publish(store, REGION, self.cycle, run_id, files, head, published_at=as_of, status=status)
        return Picture.of(read_run(store, REGION, self.cycle, run_id))


@pytest.fixture
def small() -> Small:
    """Three innovations: one good, one with a lost file and a weak claim, one barred."""
    region = Small()
    region.spd(k1=3, k8=2, k14=3)
    region.unprove("pemda", "14")
    region.innovation("101/Satu", "Pendidikan", k16=3, k17=3, k31=2)
    region.innovation("101/Dua", "Kesehatan", k16=3, k33=2, k35=3)
    region.unprove("101/Dua", "16")
    region.innovation("102/Tiga", "Sosial", k16=3, k18=3, k35=2)
    region.unprove("102/Tiga", "18")
    region.bar("102/Tiga")
    return region

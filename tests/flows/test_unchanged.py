"""A run over what has not changed publishes nothing new: it moves `checked_at` and says so."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from runs import published, snapshot
from small_region import Region, emptied, filled

from iid.flows.cli.main import run as command
from iid.tasks.inspect.links.link_checks import Check
from iid.tasks.inspect.links.link_table import AGE_DAYS, remember
from iid.tasks.review.claim_keys import known_claims
from iid.tasks.review.desk_records import DeskRecord, keep
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.values.tables import CLAIMS, EVIDENCE, frame

FIRST, SECOND, THIRD = "2026-08-01T12:00:00", "2026-08-02T12:00:00", "2026-08-03T12:00:00"
OWNER, LINK, PREFIX = "101/Perahu Sehat", "https://contoh.go.id/bukti", "63.03/2026"


@dataclass
class Place:
    """A share and a store, and the command that assesses one into the other."""

    region: Region
    store: Path

    def assess(self, as_of: str, *more: str) -> str:
        """The run that is published afterwards."""
        where = ("--share", str(self.region.root), "--store", str(self.store), "--cycle", "2026")
        assert command(["assess", *where, "--direct", "--as-of", as_of, *more]) == 0
        return published(self.store).name

    def pointer(self) -> dict[str, str]:
        found: dict[str, str] = json.loads((self.store / PREFIX / "latest.json").read_text())
        return found

    def names(self, folder: str) -> set[str]:
        return {path.name for path in (self.store / PREFIX / folder).iterdir()}

    def decide(self, word: str | None, note: str | None = None) -> None:
        """The first row of Perahu Sehat's indicator 16 in the review workbook."""
        path = self.region.cycle / "_tinjauan" / "101.xlsx"
        book = load_workbook(path)
        sheet = book["Keputusan"]
        header = [cell.value for cell in sheet[1]]
        row = next(r for r in sheet.iter_rows(min_row=2) if (r[0].value, str(r[1].value)) == (OWNER, "16"))
        for name, value in (("Keputusan", word), ("Catatan", note), ("Peninjau", word and "Budi")):
            row[header.index(name)].value = value
        book.save(path)


@pytest.fixture(autouse=True)
def private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("IID_TOML", str(tmp_path / "no.toml"))


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Share and store after one run; one claim has a link that somebody had looked at on the first day."""
    folder = tmp_path_factory.mktemp("sekali")
    region = filled(emptied(folder))
    region.innovation("102", "Bertautan", {"16": (1, "")}, {"16": LINK})
    place = Place(region, folder / "hasil")
    remember(FolderStore(place.store), PREFIX, {LINK: Check("gone", "404", "2026-08-01T10:00:00Z")})
    place.assess(FIRST)
    return folder


@pytest.fixture
def place(once: Path, tmp_path: Path) -> Place:
    for name in ("share", "hasil"):
        shutil.copytree(once / name, tmp_path / name, symlinks=True)
    return Place(Region(tmp_path / "share"), tmp_path / "hasil")


def test_a_later_run_over_the_same_share_moves_checked_at_and_nothing_else(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    run, before = published(place.store).name, place.pointer()
    assert before["checked_at"] == before["published_at"]
    share, runs = place.region.files(), snapshot(place.store / PREFIX / "runs")
    history = place.names("history")
    capsys.readouterr()
    assert place.assess(SECOND) == run
    said = capsys.readouterr().out
    assert f"tidak ada yang berubah sejak 1 Agustus 2026 12.00 WITA; yang terbit tetap {run}" in said
    after = place.pointer()
    assert after["checked_at"] > before["checked_at"]
    assert {**after, "checked_at": ""} == {**before, "checked_at": ""}
    assert snapshot(place.store / PREFIX / "runs") == runs
    assert place.names("history") == history
    assert place.region.files() == share
    assert command(["verify", "--store", str(place.store), "--cycle", "2026"]) == 0


def test_json_says_unchanged_and_names_the_run_that_stays(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    run = published(place.store).name
    capsys.readouterr()
    place.assess(SECOND, "--json", "--full", "--unit", "101", "--accept-loss", "tidak perlu")
    answer = json.loads(capsys.readouterr().out)
    assert (answer["unchanged"], answer["run_id"]) == (True, run)
    assert answer["checked_at"] == place.pointer()["checked_at"]
    assert answer["as_of"] == "2026-08-01T04:00:00Z"


@pytest.mark.parametrize("as_of", [FIRST, "2026-07-01T12:00:00"], ids=["the same time", "an earlier time"])
def test_no_other_time_makes_a_new_run_either(place: Place, as_of: str) -> None:
    run, before = published(place.store).name, place.pointer()
    assert place.assess(as_of) == run
    assert place.pointer()["checked_at"] > before["checked_at"]


def file_changed(place: Place) -> None:
    path = next(place.region.cycle.rglob("alat.png"))
    path.write_bytes(path.read_bytes() + b" ")


def decision_in_workbook(place: Place) -> None:
    place.decide("tolak", "bukan buktinya")


def decision_at_desk(place: Place) -> None:
    import pandas as pd

    run = published(place.store)
    claims, evidence = (pd.read_parquet(run / f"{name}.parquet") for name in ("claims", "evidence_all"))
    known = known_claims(
        frame(CLAIMS, claims.to_dict("records")), frame(EVIDENCE, evidence.to_dict("records")), [OWNER]
    )
    claim = known.find(OWNER, "16")
    assert claim is not None
    record = DeskRecord(OWNER, "16", "terima", "", "", "ani", "2026-08-02T01:02:03Z", claim.fingerprint, 1)
    assert keep(FolderStore(place.store), PREFIX, record)


def roster_changed(place: Place) -> None:
    path = place.region.cycle / "_roster.csv"
    path.write_text(path.read_text() + "105,Dinas Baru,opd,\n")


@pytest.mark.parametrize(
    "change", [file_changed, decision_in_workbook, decision_at_desk, roster_changed], ids=lambda c: c.__name__
)
def test_what_changed_is_published_once(place: Place, change: Callable[[Place], None]) -> None:
    run = published(place.store).name
    change(place)
    new = place.assess(SECOND)
    assert new != run
    assert place.pointer()["checked_at"] == place.pointer()["published_at"]
    assert place.assess(THIRD) == new


def test_another_rulebook_is_another_run(place: Place, tmp_path: Path) -> None:
    run = published(place.store).name
    own = tmp_path / "aturan.yaml"
    text = files("iid.expectations.rulebooks").joinpath("2026.yaml").read_text("utf-8")
    own.write_text(text + "\n# salinan sendiri\n", "utf-8")
    assert place.assess(SECOND, "--rulebook", str(own)) != run


def test_a_day_that_moves_a_result_is_another_run(place: Place) -> None:
    run = published(place.store).name
    later = datetime(2026, 8, 1 + AGE_DAYS, 9, tzinfo=UTC).isoformat()
    assert place.assess(later) == run
    too_late = datetime(2026, 8, 1 + AGE_DAYS, 11, tzinfo=UTC).isoformat()
    assert place.assess(too_late) != run  # the look at the link is forgotten


def test_a_decision_taken_back_is_reported_by_one_run_which_stays(place: Place) -> None:
    place.decide("tolak", "bukan buktinya")
    place.assess(SECOND)
    place.decide(None)
    gone = place.assess(THIRD)

    def shown() -> list[str]:
        return [line for line in (published(place.store) / "findings.csv").read_text().splitlines()
                if line.startswith("decision.withdrawn")]  # fmt: skip

    assert len(shown()) == 1
    share = place.region.files()
    assert place.assess("2026-08-04T12:00:00") == gone
    assert len(shown()) == 1
    assert place.region.files() == share


def test_a_run_that_lost_a_file_is_replaced_by_a_whole_one(place: Place) -> None:
    run = published(place.store)
    (run / "hasil.xlsx").unlink()
    assert place.assess(SECOND) != run.name
    assert command(["verify", "--store", str(place.store), "--cycle", "2026"]) == 0


def test_a_damaged_pointer_is_fixed(place: Place) -> None:
    run = published(place.store).name
    (place.store / PREFIX / "latest.json").write_text("{")
    assert place.assess(SECOND) != run
    assert place.pointer()["checked_at"]


def test_a_pointer_and_a_run_of_an_older_version_are_read_and_followed_by_a_new_run(place: Place) -> None:
    run = published(place.store)
    manifest = json.loads((run / "manifest.json").read_text())
    del manifest["results_sha256"]
    (run / "manifest.json").write_text(json.dumps(manifest))
    import hashlib

    old: dict[str, Any] = place.pointer()
    del old["checked_at"]
    old["manifest_sha256"] = hashlib.sha256((run / "manifest.json").read_bytes()).hexdigest()
    (place.store / PREFIX / "latest.json").write_text(json.dumps(old))
    new = place.assess(SECOND)
    assert new != run.name
    assert place.assess(THIRD) == new


def test_status_says_when_the_share_was_checked(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.assess(SECOND)
    capsys.readouterr()
    assert command(["status", "--store", str(place.store)]) == 0
    assert "terakhir diperiksa" in capsys.readouterr().out
    assert command(["status", "--store", str(place.store), "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["runs"]
    assert row["checked_at"] == place.pointer()["checked_at"] > row["published_at"]


def test_withdrawing_gives_the_pointer_of_the_run_before(place: Place) -> None:
    first = place.pointer()
    place.assess(SECOND)
    file_changed(place)
    place.assess(THIRD)
    assert command(["withdraw", "--store", str(place.store), "--cycle", "2026", "--reason", "uji"]) == 0
    assert place.pointer() == first

"""A unit whose evidence vanished stays at its last published state; all others are published (contract 3)."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import boto3
import pandas as pd
import pytest
import s3_servers
from background import until
from openpyxl import Workbook, load_workbook
from prefect_api import ask
from runs import Run, published
from small_region import Region, emptied, picture

from iid.flows.cli.main import run as command
from iid.tasks.operate.notify import occasions
from iid.tasks.operate.notify.sent import Reported
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.open_store import open_store
from iid.tasks.store.published_run import read_run
from iid.tasks.store.table_files import read_table

FIRST, SECOND, THIRD = "2026-08-01T12:00:00", "2026-08-02T12:00:00", "2026-08-03T12:00:00"
OVER = "2026-08-05T12:00:00"  # 72 hours after the second
UNITS = [str(code) for code in range(101, 108)]
FOURTH = "2026-08-04T12:00:00"
KEPT = {"as_of": "2026-08-01T04:00:00Z", "since": "2026-08-02T04:00:00Z", "until": "2026-08-05T04:00:00Z"}


@dataclass
class Place:
    """A share of seven units with five files each, its store, and the command that assesses."""

    region: Region
    store: Path

    @property
    def where(self) -> tuple[str, ...]:
        return ("--share", str(self.region.root), "--store", str(self.store), "--cycle", "2026")

    def assess(self, as_of: str, *more: str, done: int = 0) -> dict[str, Any]:
        """``index.json`` of what is published afterwards."""
        assert command(["assess", *self.where, "--direct", "--as-of", as_of, *more]) == done
        return self.index

    def asked(self, name: str, *more: str, done: int = 0) -> None:
        assert command([name, "--store", str(self.store), "--cycle", "2026", *more]) == done

    @property
    def index(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((published(self.store) / "index.json").read_text())
        return found

    def table(self, name: str, unit: str = "") -> pd.DataFrame:
        table = read_table(published(self.store) / f"{name}.parquet")
        column = next(one for one in ("unit_code", "innovation_id") if one in table)
        mine = table[column].str.partition("/")[0] == unit if unit else table[column].notna()
        return table[mine].reset_index(drop=True)

    def codes(self, unit: str) -> list[str]:
        return self.table("findings", unit)["code"].tolist()

    def evidence(self, unit: str) -> list[Path]:
        return sorted(self.region.folder(unit).glob("*/bukti/*/*"))

    def lose(self, unit: str, count: int = 9) -> list[tuple[Path, bytes]]:
        """Remove the first *count* files of a unit's evidence; what they were."""
        gone = [(path, path.read_bytes()) for path in self.evidence(unit)[:count]]
        for path, _ in gone:
            path.unlink()
        return gone


@pytest.fixture(autouse=True)
def private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("IID_TOML", str(tmp_path / "no.toml"))


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sekali")
    region = emptied(folder)
    (region.cycle / "_roster.csv").write_text(
        "code,name,type,parent\n" + "".join(f"{code},Dinas {code},opd,\n" for code in UNITS)
    )
    for place in sorted(region.cycle.glob("1*")):
        place.rmdir()
    for number, code in enumerate(UNITS):
        (region.cycle / f"{code} Dinas {code}").mkdir()
        claims = {key: (1, "") for key in ("19", "25", "26", "27", "30")}
        made = region.innovation(code, f"Perahu {code}", claims)
        for shade, key in enumerate(claims):
            region.proof(made, key, f"foto {key}.png", picture(number * 10 + shade))
    _region_workbook(region)
    Place(region, folder / "hasil").assess(FIRST)
    return folder


def _region_workbook(region: Region) -> None:
    """The region's own submission: one SPD row with a picture of its proof."""
    book = Workbook()
    book.active.title = "Indikator"
    for row in (
        ["No", "Indikator", "Nilai", "Parameter", "Bukti", "Tautan", "Keterangan"],
        ["12", "", "", 3, "", "", ""],
    ):
        book.active.append(row)
    folder = region.cycle / "00 Pemda"
    book.save(folder / "pemda.xlsx")
    region.proof(folder, "12", "piagam.png", picture(90))


@pytest.fixture
def place(once: Path, tmp_path: Path) -> Place:
    return _copied(once, tmp_path)


@pytest.fixture(scope="module")
def after(once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same after a second run: the folder of 103 is gone, and one of the five files of 104."""
    folder = tmp_path_factory.mktemp("ditahan")
    place = _copied(once, folder)
    shutil.rmtree(place.region.folder("103"))
    place.evidence("104")[0].unlink()
    place.assess(SECOND)
    return folder


@pytest.fixture
def held(after: Path, tmp_path: Path) -> Place:
    return _copied(after, tmp_path)


def _copied(folder: Path, to: Path) -> Place:
    for name in ("share", "hasil"):
        shutil.copytree(folder / name, to / name, symlinks=True)
    return Place(Region(to / "share"), to / "hasil")


def test_a_unit_without_its_folder_keeps_its_published_state_and_others_are_published(
    once: Path, held: Place
) -> None:
    first = Place(held.region, once / "hasil")
    assert held.index["held"] == {"103": KEPT}
    assert held.index["reported"] == len(UNITS)
    assert held.index["supported"]["index"] < first.index["supported"]["index"]
    assert "evidence.missing" in held.codes("104")  # a fifth of its evidence, not more: counts at once
    for name in ("innovations", "scores", "evidence", "claims", "profiles"):
        pd.testing.assert_frame_equal(held.table(name, "103"), first.table(name, "103"))
    row, old = held.table("units", "103").loc[0], first.table("units", "103").loc[0]
    assert row["warnings"] == old["warnings"] + 1
    assert row.drop("warnings").equals(old.drop("warnings"))
    assert sorted(held.codes("103")) == sorted([*first.codes("103"), "unit.held"])
    assert not list(held.region.cycle.glob("103*"))  # feedback makes no folder for it


def test_every_reader_of_a_run_says_that_a_unit_is_held(
    held: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    held.asked("verify", "--recompute")
    capsys.readouterr()
    held.asked("explain", "103/Perahu 103", "--indicator", "19")
    assert "Unit ini ditahan sejak 2 Agustus 2026 12.00 WITA" in capsys.readouterr().out
    held.asked("explain", "102/Perahu 102")
    assert "ditahan" not in capsys.readouterr().out
    held.asked("status", "--stale", "1000000")
    assert "unit ditahan: 103" in capsys.readouterr().out
    held.asked("next-steps")
    held.asked("what-if", "--set", "103/Perahu 103:19=2")
    page = (published(held.store) / "report/index.html").read_text()
    assert "1 unit ditahan karena buktinya hilang dari folder bersama" in page
    message = held.table("findings").set_index("code").loc["unit.held", "message"]
    assert "5 dari 5 berkas bukti" in message
    assert "103 Dinas 103/Perahu 103/bukti/19 bukti/foto 19.png" in message
    assert "Sampai 5 Agustus 2026 12.00 WITA" in message


def test_a_hold_is_reported_once_to_those_who_are_sent_guards(held: Place) -> None:
    run = occasions.published(FolderStore(held.store), "63.03", 2026)
    assert run
    shown, today = Reported(), date(2026, 8, 2)

    def due() -> list[occasions.Cause]:
        return [cause for cause in occasions.causes(run, shown, today, 1) if cause.kind == "guard"]

    (cause,) = due()
    assert "ditahan" in cause.title
    occasions.remember(shown, cause, today, run)
    assert due() == []


def test_a_hold_goes_on_unchanged_and_ends_by_itself_without_a_change(
    held: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = published(held.store).name
    held.assess(THIRD)
    assert published(held.store).name == run
    monkeypatch.setenv("IID_GUARD__INDEX_FALL", "0")  # what was held for three days stops nobody else
    index = held.assess(OVER)
    assert "held" not in index
    assert index["reported"] == len(UNITS) - 1
    assert [code for code in held.codes("103") if code.startswith("unit.")] == [
        "unit.nothing_submitted",
        "unit.evidence_gone",
    ]
    run = published(held.store).name
    held.assess("2026-08-06T12:00:00")
    assert published(held.store).name == run
    capsys.readouterr()
    held.asked("verify", "--recompute")


def test_a_fall_elsewhere_trips_the_guard_also_when_a_hold_ends(
    held: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IID_GUARD__INDEX_FALL", "0")
    held.evidence("105")[0].unlink()
    run = published(held.store).name
    held.assess(OVER, done=3)
    assert "indeks turun" in capsys.readouterr().err
    assert published(held.store).name == run


def test_files_that_are_back_end_the_hold_at_once(once: Path, held: Place) -> None:
    folder = "2026/103 Dinas 103"
    shutil.copytree(once / "share" / folder, held.region.root / folder)
    index = held.assess(THIRD)
    assert "held" not in index
    assert "unit.held" not in held.codes("103")
    first = Place(held.region, once / "hasil")
    pd.testing.assert_frame_equal(held.table("scores", "103"), first.table("scores", "103"))


def test_an_accepted_loss_counts_at_once_and_is_recorded(held: Place) -> None:
    index = held.assess(THIRD, "--accept-loss", "unit digabung")
    assert "held" not in index
    assert index["reported"] == len(UNITS) - 1
    manifest = json.loads((published(held.store) / "manifest.json").read_text())
    assert manifest["accepted_loss"] == "unit digabung"
    assert "unit.evidence_gone" in held.codes("103")


def test_another_unit_is_held_from_its_own_loss_on_and_the_first_not_longer(
    held: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IID_GUARD__HOLD", "48")
    monkeypatch.setenv("IID_GUARD__VANISHED_SHARE", "0.5")  # five of 34 and ten of 34 files are no lost drive
    held.lose("106", 3)
    index = held.assess(THIRD, "--unit", "105")
    assert {
        code: (one["as_of"][8:10], one["since"][8:10], one["until"][8:10])
        for code, one in index["held"].items()
    } == {
        "103": ("01", "02", "04"),
        "106": ("02", "03", "05"),
    }
    assert held.table("units", "106")["warnings"].tolist() > [0]
    shown = (held.region.shown("106") / "umpan-balik.html").read_text()
    assert "Unit ini ditahan sejak 3 Agustus 2026 12.00 WITA" in shown


def test_a_held_unit_is_scored_by_the_rulebook_of_the_run(held: Place, tmp_path: Path) -> None:
    rules = files("iid.expectations.rulebooks").joinpath("2026.yaml").read_text(encoding="utf-8")
    head, first, rest = rules.partition('key: "19"')
    first += rest.replace("weight: {value: 2,", "weight: {value: 1,", 1)  # 19
    head, first = head + first.partition('key: "20"')[0], 'key: "20"' + first.partition('key: "20"')[2]
    own = tmp_path / "aturan.yaml"
    own.write_text(head + first.replace("weight: {value: 1,", "weight: {value: 2,", 1), encoding="utf-8")
    index = held.assess(THIRD, "--rulebook", str(own))
    assert index["held"] == {"103": KEPT}
    scores = held.table("scores", "103").set_index("indicator")
    assert scores.loc["19", "supported_score"] == "1.00"
    held.asked("verify", "--recompute")


def test_the_regions_own_folder_is_held_like_a_units(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    before = place.table("scores", "pemda")
    spd = place.index["supported"]["spd"]
    assert spd == "6.00"
    shutil.rmtree(place.region.cycle / "00 Pemda")
    index = place.assess(SECOND)
    assert index["held"] == {"pemda": KEPT}
    assert index["supported"]["spd"] == spd
    pd.testing.assert_frame_equal(place.table("scores", "pemda"), before)
    place.asked("verify", "--recompute")
    monkeypatch.setenv("IID_GUARD__INDEX_FALL", "0")
    assert place.assess(OVER)["supported"]["spd"] == "0.00"


@pytest.mark.integration
def test_a_unit_is_held_in_a_bucket_too(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with s3_servers.moto_server() as address:
        for name, value in {**s3_servers.ENVIRONMENT, "AWS_ENDPOINT_URL": address}.items():
            monkeypatch.setenv(name, value)
        boto3.client("s3", endpoint_url=address, region_name="us-east-1").create_bucket(Bucket="iid")
        where = (
            "--share",
            str(place.region.root),
            "--store",
            "s3://iid/hasil",
            "--cycle",
            "2026",
            "--direct",
        )
        assert command(["assess", *where, "--as-of", FIRST]) == 0
        shutil.rmtree(place.region.folder("103"))
        assert command(["assess", *where, "--as-of", SECOND]) == 0
        store = open_store("s3://iid/hasil", address)
        assert read_run(store, "63.03", 2026).json("index.json")["held"] == {"103": KEPT}
        asked = ("--store", "s3://iid/hasil", "--cycle", "2026", "--endpoint-url", address)
        assert command(["verify", *asked, "--recompute"]) == 0


@pytest.mark.integration
def test_a_run_on_a_prefect_server_holds_a_unit_and_reports_the_server_once(
    place: Place, iid: Run, prefect_server: str
) -> None:
    shutil.rmtree(place.region.folder("103"))
    done = iid("assess", *place.where, "--as-of", SECOND, "--no-feedback", PREFECT_API_URL=prefect_server)
    assert done.returncode == 0, done.stderr
    assert place.index["held"] == {"103": KEPT}
    wanted = {"filter": {"event": {"name": ["iid.unit.held"]}}}
    (event,) = until(lambda: ask(prefect_server, "/events/filter", wanted)["events"])
    assert event["resource"]["prefect.resource.id"] == "iid.region.63.03.cycle.2026"
    assert event["payload"]["unit"] == "103"


def test_claims_that_a_steward_rejected_are_a_loss_that_counts(held: Place) -> None:
    path = held.region.cycle / "_tinjauan" / "103.xlsx"
    book = load_workbook(path)
    sheet = book["Keputusan"]
    header = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        if row[0].value:
            for name, value in (("Keputusan", "tolak"), ("Catatan", "memang dihapus"), ("Peninjau", "Budi")):
                row[header.index(name)].value = value
    book.save(path)
    index = held.assess(THIRD)
    assert index["held"] == {"103": KEPT}
    assert set(held.table("scores", "103")["supported_score"]) == {"0.00"}
    assert "held" not in held.assess(FOURTH)


def test_closing_holds_nothing_and_says_what_is_gone(held: Place, capsys: pytest.CaptureFixture[str]) -> None:
    held.evidence("105")[0].unlink()
    order = ("--direct", "--early", "uji", "--accept-undecided", "uji", "--as-of", THIRD)
    assert command(["close", *held.where, *order]) == 0
    said = capsys.readouterr().out
    assert "Dinas 103: Kehilangan bukti unit ini sekarang dihitung: 5 dari 5 berkas" in said
    assert "Dinas 105: Kehilangan bukti unit ini sekarang dihitung: 1 dari 5 berkas" in said
    assert "held" not in held.index
    assert held.index["reported"] == len(UNITS) - 1

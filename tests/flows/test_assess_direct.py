"""`iid assess --direct`: the whole way from a share of real files to a published run."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from runs import AS_OF, Run, assess, published, snapshot

LAYOUT = {
    "index.json",
    "hasil.xlsx",
    "report/index.html",
    "data-docs/index.html",
    *(
        f"{table}.{kind}"
        for table in ("innovations", "scores", "evidence", "findings", "units")
        for kind in ("csv", "parquet")
    ),
}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, whole_example: Path):
    """One published run of the example share, shared by the tests that only read it."""
    import subprocess
    import sys

    folder = tmp_path_factory.mktemp("first")
    share = Path(shutil.copytree(whole_example, folder / "share", symlinks=True))
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("iid")),
            *("assess", "--share", str(share), "--store", str(folder / "store"), "--cycle", "2026"),
            *("--direct", "--as-of", AS_OF),
        ],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done, folder / "store", share


def test_the_run_has_every_file_of_the_contract(first) -> None:
    _, store, _ = first
    run = published(store)
    assert LAYOUT - set(snapshot(run)) == set()
    latest = json.loads((store / "63.03/2026/latest.json").read_text())
    assert set(latest) == {"run_id", "manifest_sha256", "published_at", "status", "checked_at"}
    assert latest["manifest_sha256"] == hashlib.sha256((run / "manifest.json").read_bytes()).hexdigest()


def test_the_last_line_says_where_report_and_index_are(first) -> None:
    done, store, _ = first
    line = done.stdout.strip().splitlines()[-1]
    assert str(published(store) / "report" / "index.html") in line
    assert str(published(store) / "index.json") in line


def test_no_library_warns_or_traces_back(first) -> None:
    done, _, _ = first
    assert "Traceback" not in done.stderr
    assert "Warning" not in done.stderr


def test_index_json_has_the_shape_of_the_contract(first) -> None:
    _, store, _ = first
    index = json.loads((published(store) / "index.json").read_text())
    assert index["region"] == "63.03"
    assert index["status"] == "provisional"
    for view in ("claimed", "supported", "verified"):
        assert set(index[view]) == {
            *("spd", "sid_mean", "count_score", "sid", "total", "maximum", "index", "category"),
            *("divisor", "basic_services"),
        }
        assert all(len(index[view][key].split(".")[1]) == 2 for key in ("spd", "total", "index"))
    assert index["verified"]["index"] == "0.00"
    assert index["verified"]["category"] == "Tidak Dapat Dinilai"
    assert float(index["claimed"]["index"]) > float(index["supported"]["index"]) > 0


def test_the_published_rows_add_up_to_the_index(first) -> None:
    from fractions import Fraction

    _, store, _ = first
    run = published(store)
    scores = pd.read_csv(run / "scores.csv", dtype=str)
    index = json.loads((run / "index.json").read_text())
    for view in ("claimed", "supported"):
        spd = sum(Fraction(s) for s in scores.loc[scores.aspect == "SPD", f"{view}_score"])
        sid = sum(Fraction(s) for s in scores.loc[scores.aspect == "SID", f"{view}_score"])
        mean = sid / index[view]["divisor"]
        total = spd + mean + Fraction(index[view]["count_score"])
        assert abs(spd - Fraction(index[view]["spd"])) <= Fraction(1, 200)
        assert abs(total / 250 * 100 - Fraction(index[view]["index"])) <= Fraction(1, 200)


def test_every_planted_fault_is_found(first) -> None:
    from iid.tasks.demo.build_share import FAULTS

    _, store, _ = first
    found = set(pd.read_csv(published(store) / "findings.csv", dtype=str, keep_default_na=False)["code"])
    assert {fault.code for fault in FAULTS if fault.code} - found == set()


def test_verify_agrees_and_sees_one_changed_byte(first, iid: Run, tmp_path: Path) -> None:
    _, store, _ = first
    copy = Path(shutil.copytree(store, tmp_path / "store"))
    assert iid("verify", "--store", copy, "--cycle", "2026").returncode == 0
    assert iid("verify", "--store", copy, "--cycle", "2026", "--recompute").returncode == 0
    path = published(copy) / "scores.csv"
    path.write_bytes(path.read_bytes().replace(b"16", b"17", 1))
    done = iid("verify", "--store", copy, "--cycle", "2026")
    assert done.returncode == 4
    assert "scores.csv" in done.stdout + done.stderr


def test_a_second_run_with_the_same_inputs_gives_the_same_bytes_elsewhere(
    first, iid: Run, tmp_path: Path
) -> None:
    _, store, share = first
    done = assess(iid, share, tmp_path / "other", "--no-feedback", "--workers", "1")
    assert done.returncode == 0, done.stderr
    assert published(tmp_path / "other").name == published(store).name
    assert snapshot(published(tmp_path / "other")) == snapshot(published(store))


def test_a_broken_workbook_costs_that_submission_only(share: Path, iid: Run, tmp_path: Path) -> None:
    assert assess(iid, share, tmp_path / "store").returncode == 0
    before = json.loads((published(tmp_path / "store") / "index.json").read_text())
    book = next(p for p in sorted(share.glob("2026/1*/[!_]*/inovasi.xlsx")) if p.stat().st_size > 5000)
    book.write_bytes(book.read_bytes()[:1000])
    done = assess(iid, share, tmp_path / "store", as_of="2026-08-31T13:00:00+00:00")
    assert done.returncode == 0, done.stderr
    after = json.loads((published(tmp_path / "store") / "index.json").read_text())
    assert after["reported"] == before["reported"]
    findings = pd.read_csv(published(tmp_path / "store") / "findings.csv", dtype=str, keep_default_na=False)
    broken = findings[findings.code == "submission.workbook_unreadable"]
    assert str(book.relative_to(share)) in set(broken.source)


def test_an_unmounted_share_is_refused_and_the_last_run_stays(share: Path, iid: Run, tmp_path: Path) -> None:
    assert assess(iid, share, tmp_path / "store").returncode == 0
    before = snapshot(tmp_path / "store")
    (share / "iid-share.toml").unlink()
    done = assess(iid, share, tmp_path / "store")
    assert done.returncode == 3
    assert len(done.stderr.strip().splitlines()[-1:]) == 1
    assert snapshot(tmp_path / "store") == before


@pytest.mark.parametrize("folders", [(), ("2026",)], ids=["no cycle folder", "empty cycle folder"])
def test_an_empty_share_is_refused_and_publishes_nothing(
    folders: tuple[str, ...], iid: Run, tmp_path: Path
) -> None:
    (tmp_path / "share").mkdir()
    (tmp_path / "share" / "iid-share.toml").write_text('region = "63.03"\n')
    for folder in folders:
        (tmp_path / "share" / folder).mkdir()
    done = assess(iid, tmp_path / "share", tmp_path / "store")
    assert done.returncode == 3
    assert "2026" in done.stderr.strip().splitlines()[-1]
    assert list((tmp_path / "store").rglob("latest.json")) == []


def test_many_vanished_files_are_refused_until_the_loss_is_accepted(
    share: Path, iid: Run, tmp_path: Path
) -> None:
    assert assess(iid, share, tmp_path / "store").returncode == 0
    before = snapshot(tmp_path / "store")
    for unit in sorted(share.glob("2026/[1-9]*"))[1:]:
        shutil.rmtree(unit)
    later = "2026-08-31T13:00:00+00:00"
    done = assess(iid, share, tmp_path / "store", as_of=later)
    assert done.returncode == 3
    assert "--accept-loss" in done.stderr
    assert snapshot(tmp_path / "store") == before
    done = assess(iid, share, tmp_path / "store", "--accept-loss", "unit digabung", as_of=later)
    assert done.returncode == 0, done.stderr
    assert (
        json.loads((published(tmp_path / "store") / "manifest.json").read_text())["accepted_loss"]
        == "unit digabung"
    )


def test_a_store_that_cannot_be_written_fails_in_one_line(share: Path, iid: Run, tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file where the store should be")
    done = assess(iid, share, tmp_path / "store")
    assert done.returncode in {1, 2}
    assert "Traceback" not in done.stderr
    assert str(tmp_path / "store") in done.stderr.strip().splitlines()[-1]


def test_a_roster_with_a_duplicate_code_is_refused_naming_line_and_value(
    share: Path, iid: Run, tmp_path: Path
) -> None:
    roster = tmp_path / "unit.csv"
    roster.write_text("code,name,type,parent\nA1,Dinas A,opd,\nA1,Dinas B,opd,\n")
    done = assess(iid, share, tmp_path / "store", "--roster", str(roster))
    assert done.returncode == 2
    assert "A1" in done.stderr
    assert "3" in done.stderr
    assert not (tmp_path / "store").exists()


def test_a_store_inside_the_cycle_folder_is_refused(share: Path, iid: Run) -> None:
    done = assess(iid, share, share / "2026" / "hasil")
    assert done.returncode == 2
    assert "hasil" in done.stderr.strip().splitlines()[-1]
    assert not (share / "2026" / "hasil").exists()


def test_an_unknown_unit_is_refused_naming_those_that_exist(share: Path, iid: Run, tmp_path: Path) -> None:
    done = assess(iid, share, tmp_path / "store", "--unit", "ZZZ")
    assert done.returncode == 2
    assert "ZZZ" in done.stderr
    assert "101" in done.stderr
    assert list((tmp_path / "store").rglob("latest.json")) == []


def test_a_time_without_a_zone_is_meant_in_the_regions_zone(share: Path, iid: Run, tmp_path: Path) -> None:
    done = assess(iid, share, tmp_path / "store", "--no-feedback", as_of="2026-08-31T08:00")
    assert done.returncode == 0, done.stderr
    index = json.loads((published(tmp_path / "store") / "index.json").read_text())
    assert index["as_of"] == "2026-08-31T00:00:00Z"
    assert "31 Agustus 2026 08.00 WITA" in done.stdout


@pytest.mark.parametrize("direct", [("--direct",), ()], ids=["direct", "prefect"])
def test_a_home_that_cannot_be_written_is_no_obstacle(
    share: Path, iid: Run, tmp_path: Path, direct: tuple[str, ...]
) -> None:
    (tmp_path / "file").write_text("no folder")
    where = ("--share", share, "--store", tmp_path / "store", "--cycle", "2026", "--no-feedback")
    done = iid("assess", *where, *direct, HOME=str(tmp_path / "file" / "home"))
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


def test_verify_takes_store_and_cycle_from_the_environment(first, iid: Run) -> None:
    _, store, _ = first
    done = iid("verify", IID_STORE=str(store), IID_CYCLE="2026")
    assert done.returncode == 0, done.stderr

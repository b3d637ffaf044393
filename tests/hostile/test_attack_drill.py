"""What an attack on a whole region came to, from the share to the published run: by kind, once each."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import drive_servers
import pytest
from openpyxl import Workbook
from small_region import AS_OF, Region, emptied, picture

from iid.tasks.desk.claims import RunClaims
from iid.tasks.review.desk_records import DeskRecord, keep
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.published_run import read_run

ID = "102/Peta Jalan"
PREFIX = "63.03/2026"
LATER = AS_OF.replace(month=9, day=1)
FILM = Path(__file__).parents[1] / "cases/items/files/film.mp4"
LITTLE, SIZE, SPARSE = 1024 << 20, 1100 << 20, 15 << 30
VIEWS = ("claimed", "supported", "verified")
HEADER = (
    *("innovation_id", "No", "Indikator", "Parameter klaim", "Didukung", "Temuan", "Keputusan"),
    *("Parameter baru", "Catatan", "Peninjau", "Tanggal", "Sidik bukti"),
)


@pytest.fixture
def region(tmp_path: Path) -> Region:
    """One innovation of unit 102 with proof of two claims; published once."""
    region = emptied(tmp_path)
    folder = region.innovation("102", "Peta Jalan", {"19": (3, ""), "20": (1, "")})
    region.proof(folder, "19", "alat.png", picture(60))
    region.proof(folder, "20", "layanan.png", picture(90))
    region.assess()
    return region


def store_of(region: Region) -> FolderStore:
    return FolderStore(region.root.parent / "hasil")


def accept_all(store: FolderStore) -> None:
    """What a steward accepts at the desk."""
    run = RunClaims(read_run(store, "63.03", 2026))
    for row in run.queue:
        if row.innovation_id == ID:
            record = DeskRecord(*row.key, "terima", "", "", "ani", "2026-08-31T12:00:00Z", row.fingerprint, 1)
            assert keep(store, PREFIX, record)


def numbers(store: FolderStore) -> tuple[Mapping[str, Any], Mapping[str, Mapping[str, Any]]]:
    """The index of the last run, and its innovations by id."""
    run = read_run(store, "63.03", 2026)
    rows = run.table("innovations").to_dict("records")
    return run.json("index.json"), {row["innovation_id"]: row for row in rows}


@pytest.mark.parametrize("whole", [True, False])
def test_a_copy_under_a_lower_unit_code_takes_nothing_from_the_original(whole: bool, region: Region) -> None:
    store = store_of(region)
    accept_all(store)
    region.assess(AS_OF.replace(hour=13))
    index, before = numbers(store)
    assert before[ID]["verified_score"] != "0.00"
    original, copy = region.folder("102") / "Peta Jalan", region.folder("101") / "Peta Jalan"
    if whole:
        shutil.copytree(original, copy)
    else:
        copy.mkdir()
        shutil.copy(original / "inovasi.xlsx", copy)
        region.proof(copy, "19", "apa saja.png", picture(7))
    region.assess(AS_OF.replace(hour=14))
    after, rows = numbers(store)
    for view in ("supported", "verified"):
        assert after[view]["index"] == index[view]["index"]
        assert rows[ID][f"{view}_score"] == before[ID][f"{view}_score"]
        assert rows["101/Peta Jalan"][f"{view}_score"] == "0.00"


def forge(region: Region, store: FolderStore) -> None:
    """A review workbook by somebody who may write to the share: one claim accepted, one rejected."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Keputusan"
    sheet.append(HEADER)
    for row, word in zip(RunClaims(read_run(store, "63.03", 2026)).queue, ("tolak", "terima"), strict=True):
        said = (*("" for _ in range(4)), word, "", "palsu", "Kepala", "1 Agustus 2026")
        sheet.append((row.innovation_id, row.indicator, *said, row.fingerprint))
    folder = region.cycle / "_tinjauan"
    folder.mkdir()
    book.save(folder / "102.xlsx")


def test_a_forged_review_workbook_decides_nothing_where_the_desk_alone_decides(region: Region) -> None:
    store = store_of(region)
    index, _ = numbers(store)
    forge(region, store)
    region.assess(AS_OF.replace(hour=13), workbooks=False)
    after, _ = numbers(store)
    assert read_run(store, "63.03", 2026).table("decisions").empty
    assert [after[view]["index"] for view in VIEWS] == [index[view]["index"] for view in VIEWS]
    region.assess(AS_OF.replace(hour=14))  # where workbooks decide too: `iid doctor` says who can write
    decided = read_run(store, "63.03", 2026).table("decisions")
    assert decided["in_force"].tolist() == [True, True]
    assert set(decided["origin"]) == {"buku"}


def test_a_forged_review_workbook_takes_nothing_that_the_desk_accepted_and_is_told_apart(
    region: Region,
) -> None:
    store = store_of(region)
    accept_all(store)
    region.assess(AS_OF.replace(hour=13))
    index, before = numbers(store)
    forge(region, store)
    region.assess(AS_OF.replace(hour=14))
    after, rows = numbers(store)
    assert rows[ID]["verified_score"] == before[ID]["verified_score"] != "0.00"
    assert after["verified"]["index"] == index["verified"]["index"]
    decided = read_run(store, "63.03", 2026).table("decisions")
    assert set(decided[decided["in_force"]]["origin"]) == {"meja"}


def test_a_sparse_file_of_15_gib_is_not_read_and_costs_one_finding(region: Region) -> None:
    store = store_of(region)
    index, before = numbers(store)
    for number in range(4):
        region.proof(region.folder("102") / "Peta Jalan", "21", f"{number}.pdf", b"%PDF-1.7\n")
        os.truncate(next(region.root.rglob(f"{number}.pdf")), SPARSE)
    region.assess(AS_OF.replace(hour=13))
    after, rows = numbers(store)
    run = read_run(store, "63.03", 2026)
    evidence = run.table("evidence")
    sparse = evidence[evidence["size"] == SPARSE]
    assert len(sparse) == 4
    assert sparse["sha256"].fillna("").eq("").all()  # a hash would be that of bytes that were read
    assert not sparse["readable"].any()
    found = run.table("findings")
    assert found[found["indicator"] == "21"]["code"].unique().tolist() == ["evidence.unclaimed"]
    assert rows[ID]["supported_score"] == before[ID]["supported_score"]
    assert after["supported"]["index"] == index["supported"]["index"]


def iid(folder: Path, *words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "iid.flows", *map(str, words)],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "HOME": str(folder), "IID_TOML": str(folder / "no.toml"), **environment},
        timeout=300,
    )


def closing(share: object, store: Path) -> tuple[object, ...]:
    where = ("close", "--share", share, "--store", store, "--cycle", "2026", "--direct", "--no-feedback")
    return (*where, "--accept-undecided", "uji", "--as-of", f"{LATER:%Y-%m-%dT%H:%M:%S+00:00}")


@pytest.mark.integration
def test_bytes_swapped_on_a_drive_without_marks_are_found_by_the_closing_which_ends(
    region: Region, tmp_path: Path
) -> None:
    store = store_of(region)
    with drive_servers.running(drive_servers.rclone_webdav(tmp_path, region.root)) as server:
        secret = {"IID_WEBDAV_PASSWORD": drive_servers.PASSWORD}
        order = ("assess", "--share", server.url(), "--store", store.root, "--cycle", "2026", "--direct")
        done = iid(tmp_path, *order, "--no-feedback", "--as-of", f"{AS_OF:%Y-%m-%dT%H:%M:%S+00:00}", **secret)
        assert done.returncode == 0, done.stderr
        accept_all(store)
        proof = next(region.root.rglob("alat.png"))
        state = proof.stat()
        proof.write_bytes(b"bukan gambar lagi".ljust(state.st_size, b"#"))
        os.utime(proof, ns=(state.st_atime_ns, state.st_mtime_ns))
        done = iid(tmp_path, *closing(server.url(), store.root), **secret)
        assert done.returncode == 0, done.stderr
    run = read_run(store, "63.03", 2026)
    scores = run.table("scores").set_index(["innovation_id", "indicator"])
    assert run.json("index.json")["status"] == "final"
    assert scores.loc[(ID, "19"), "verified_parameter"] == 0
    assert scores.loc[(ID, "20"), "verified_parameter"] == 1
    lapsed = run.table("decisions").set_index("indicator")["in_force"]
    assert (lapsed["19"], lapsed["20"]) == (False, True)


def test_a_file_larger_than_the_memory_is_closed_and_one_over_the_limit_left_out(
    region: Region, tmp_path: Path
) -> None:
    folder = region.folder("102") / "Peta Jalan"
    region.proof(folder, "35", "film penuh.mp4", FILM.read_bytes())
    with next(folder.rglob("film penuh.mp4")).open("r+b") as film:
        film.truncate(SIZE)
    region.proof(folder, "35", "berlubang.mp4", FILM.read_bytes())
    os.truncate(next(folder.rglob("berlubang.mp4")), SPARSE)
    little = ["prlimit", f"--data={LITTLE}", sys.executable, "-m", "iid.flows"]
    done = subprocess.run(
        [*little, *map(str, closing(region.root, store_of(region).root))],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "HOME": str(tmp_path), "IID_TOML": str(tmp_path / "no.toml")},
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    kept = max(store_of(region).root.rglob("evidence/*/*"), key=lambda path: path.stat().st_size)
    assert kept.stat().st_size == SIZE  # nobody read the other, so nobody copies it
    evidence = read_run(store_of(region), "63.03", 2026).table("evidence").set_index("size")
    assert not evidence.loc[SPARSE, "readable"]

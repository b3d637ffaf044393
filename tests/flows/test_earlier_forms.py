"""Stores that earlier versions of the program wrote, kept as they were, are read, verified and continued.

``earlier/first.tar.xz``: share and store of commit 68c225b, the first whole form (one run).
``closed.tar.xz``: of 700db7c, with review workbook, decision, three runs and closing.
Both know no ``checked_at``, ``inputs_sha256`` or ``origin`` of a decision. A new form is added here.
"""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest
from runs import Run, assess, published, snapshot

from iid.tasks.desk.claims import RunClaims
from iid.tasks.review.desk_records import DeskRecord, keep
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.published_run import read_run

KEPT = Path(__file__).parent / "earlier"
LATER = "2026-09-02T12:00:00+00:00"
NAMES = sorted(path.name.split(".")[0] for path in KEPT.iterdir())


def unpacked(name: str, folder: Path) -> tuple[Path, Path]:
    """Share and store as they were left."""
    known = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}  # not in Python 3.11.2 of Debian 12
    with tarfile.open(KEPT / f"{name}.tar.xz") as kept:
        kept.extractall(folder, **known)  # noqa: S202  archives of our own
    return folder / "share", folder / "hasil"


@pytest.mark.parametrize("name", NAMES)
def test_what_was_published_is_verified_recomputed_and_shown(name: str, iid: Run, tmp_path: Path) -> None:
    _, store = unpacked(name, tmp_path)
    before = snapshot(store)
    manifest = json.loads((published(store) / "manifest.json").read_text())
    assert manifest["schema"] == 1
    assert "inputs_sha256" not in manifest
    of_cycle = ("--store", store, "--cycle", "2026")
    done = iid("verify", *of_cycle, "--recompute")
    assert done.returncode == 0, done.stderr
    done = iid("explain", *of_cycle, "102/Peta Jalan", "--indicator", "19")
    assert "alat.png" in done.stdout, done.stderr
    shown = json.loads(iid("status", "--store", store, "--json").stdout)
    assert manifest["run_id"] in json.dumps(shown)
    rows = json.loads(iid("decisions", *of_cycle, "--json").stdout)
    assert ("terima" in json.dumps(rows)) == (name == "closed")
    assert snapshot(store) == before


def test_the_next_run_goes_on_where_the_first_version_ended(iid: Run, tmp_path: Path) -> None:
    share, store = unpacked("first", tmp_path)
    old = published(store)
    before = snapshot(old)
    done = assess(iid, share, store, as_of=LATER)
    assert done.returncode == 0, done.stderr
    assert published(store) != old
    assert snapshot(old) == before
    done = iid("compare", "--store", store, "--cycle", "2026", "--json")
    assert json.loads(done.stdout)["from"]["run_id"] == old.name, done.stderr


def test_an_older_version_that_runs_in_between_during_an_update_loses_nothing(
    iid: Run, tmp_path: Path
) -> None:
    share, store = unpacked("first", tmp_path)
    older = {path: path.read_bytes() for path in store.rglob("*") if path.is_file()}
    assert assess(iid, share, store, as_of=LATER).returncode == 0
    newer, files = published(store), snapshot(published(store))
    folder = FolderStore(store)
    for row in RunClaims(read_run(folder, "63.03", 2026)).queue:
        said = DeskRecord(*row.key, "terima", "", "", "ani", "2026-09-02T13:00:00Z", row.fingerprint, 1)
        assert keep(folder, "63.03/2026", said)
    for path, content in older.items():  # its pointer, its ledger and its run, written over the newer ones
        if "lease" not in path.parts:
            path.write_bytes(content)
    assert published(store) != newer
    done = assess(iid, share, store, as_of="2026-09-03T12:00:00+00:00")
    assert done.returncode == 0, done.stderr
    decided = read_run(folder, "63.03", 2026).table("decisions")
    assert decided["in_force"].all()
    assert set(decided["origin"]) == {"meja"}
    assert snapshot(newer) == files
    for run in (published(store), newer):
        done = iid("verify", "--store", store, "--cycle", "2026", "--run", run.name)
        assert done.returncode == 0, done.stderr


def test_a_cycle_that_an_earlier_version_closed_is_closed_and_opens_with_its_decisions(
    iid: Run, tmp_path: Path
) -> None:
    share, store = unpacked("closed", tmp_path)
    assert assess(iid, share, store, as_of=LATER).returncode == 3
    of_cycle = ("--share", share, "--store", store, "--cycle", "2026")
    done = iid("close", *of_cycle, "--reopen", "--reason", "uji")
    assert done.returncode == 0, done.stderr
    done = assess(iid, share, store, as_of=LATER)
    assert done.returncode == 0, done.stderr
    index = json.loads((published(store) / "index.json").read_text())
    assert index["status"] == "provisional"
    assert index["verified"]["index"] == "0.20"

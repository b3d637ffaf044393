"""Backup, restore, upgrade and removal, as docs/backup.md says it."""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest
from runs import Run, published, snapshot

from iid.flows.settings.load import check_file
from iid.flows.settings.setting_models import Keys
from iid.tasks.inspect.ledger.ledger import Ledger
from iid.tasks.store.folder_store import FolderStore

SETTINGS = 'share = "{0}/share"\nstore = "{0}/hasil"\ncycle = 2026\n[serve]\nat = "03:30"\n'
TABLES = ("scores", "innovations", "findings", "evidence")


@pytest.fixture
def settled(share: Path, tmp_path: Path) -> Path:
    """A folder with share, store and settings, as it stands on a server."""
    place = tmp_path / "server"
    place.mkdir()
    share.rename(place / "share")
    (place / "iid.toml").write_text(SETTINGS.format(place))
    return place


def assess(iid: Run, place: Path, *more: str, time: str = "2026-08-31T12:00:00+00:00") -> Any:
    done = iid("assess", "--direct", "--as-of", time, "--json", *more, IID_TOML=str(place / "iid.toml"))
    assert done.returncode == 0, done.stderr
    return done


def tables(place: Path) -> dict[str, bytes]:
    """What counts of the published run: its tables and its index, without who and when."""
    run = published(place / "hasil")
    index = json.loads((run / "index.json").read_text())
    found = {name: (run / f"{name}.csv").read_bytes() for name in TABLES}
    views = {view: index[view] for view in ("claimed", "supported", "verified")}
    return {**found, "index": json.dumps(views, sort_keys=True).encode()}


def without_feedback(share: Path) -> dict[str, str]:
    """The share's files but those that docs/backup.md says to remove."""
    made = {"_tinjauan", "_umpan-balik"}
    return {path: digest for path, digest in snapshot(share).items() if not made & set(path.split("/"))}


def test_a_restored_server_goes_on_as_if_nothing_had_happened(
    iid: Run, settled: Path, tmp_path: Path
) -> None:
    untouched = snapshot(settled / "share")
    assess(iid, settled, "--no-feedback")
    assert snapshot(settled / "share") == untouched  # nothing to remove where no feedback was written
    before, run = tables(settled), published(settled / "hasil").name

    backup, restored = tmp_path / "backup", tmp_path / "new"
    shutil.copytree(settled, backup, symlinks=True)
    shutil.rmtree(settled)
    shutil.copytree(backup, restored, symlinks=True, ignore=shutil.ignore_patterns("_ledger", "_workbooks"))
    shutil.rmtree(backup)
    (restored / "iid.toml").write_text(SETTINGS.format(restored))
    settings = {"IID_TOML": str(restored / "iid.toml")}
    assert iid("verify", "--recompute", **settings).returncode == 0
    assert published(restored / "hasil").name == run
    assert iid("history", **settings).stdout.count(run) == 1

    assess(iid, restored, time="2026-09-01T12:00:00+00:00")
    assert tables(restored) == before
    assert without_feedback(restored / "share") == untouched
    assert iid("verify", **settings).returncode == 0


def test_a_ledger_of_another_version_is_said_and_made_anew_never_guessed_at(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store, key = FolderStore(tmp_path / "hasil"), "63.03/2026/_ledger/manifest.json"
    Ledger().save(store, "63.03/2026")
    assert not caplog.records
    newer = json.loads(store.get(key)) | {"format": 99}
    store.put(key, json.dumps(newer).encode())
    ledger = Ledger.load(store, "63.03/2026")
    assert ledger.facts.num_rows == 0
    assert "ledger: ditulis versi iid lain (bentuk 99, di sini 1); semua berkas diperiksa lagi" in caplog.text
    ledger.save(store, "63.03/2026")
    assert json.loads(store.get(key))["format"] == 1


def test_settings_of_the_first_version_are_still_valid(tmp_path: Path) -> None:
    file = tmp_path / "iid.toml"
    file.write_text(
        'share = "s"\nstore = "t"\ncycle = 2026\nregion = "63.03"\nroster = "r.csv"\nrulebook = "b.yaml"\n'
        'feedback = false\nendpoint_url = "http://localhost"\nworkers = 2\n'
        "[guard]\nvanished_share = 0.2\nvanished_files = 5\nindex_fall = 10\n"
        '[watch]\nquiet_period = 30\npoll = 5\n[serve]\nat = "04:00"\nhost = "127.0.0.1"\nport = 8036\n'
        "watch = true\n"
    )
    keys = check_file(file)
    said = tomllib.loads(file.read_text())
    assert keys.model_dump(exclude_unset=True) == said
    assert set(said) <= set(Keys.model_fields)


def test_what_lies_outside_share_and_store_is_in_the_users_own_folders(
    iid: Run, settled: Path, tmp_path: Path
) -> None:
    others = {path.name for path in tmp_path.iterdir()}
    done = iid("status", IID_TOML=str(settled / "iid.toml"), XDG_STATE_HOME="", XDG_DATA_HOME="")
    assert done.returncode == 1
    assert {path.name for path in tmp_path.iterdir()} - others <= {"home"}
    assert not (settled / "hasil").exists() or not list((settled / "hasil").iterdir())

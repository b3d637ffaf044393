"""A whole assessment over the network gives what it gives over the local folder, byte for byte."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import drive_shares
import pandas as pd
import pytest
from example_share import build_units
from runs import published, snapshot

from iid.flows.assess import run_assessment
from iid.flows.telemetry.progress import Reporter
from iid.tasks.assess import evidence_steps, reading_steps
from iid.tasks.assess.request import AssessRequest
from iid.tasks.shares.remote_drive import RemoteDrive

pytestmark = pytest.mark.integration

UNIT = "63.03.03"  # of the example; the network is the same for all of them


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some units of the example share, with real documents and planted faults."""
    share = build_units(tmp_path_factory.mktemp("contoh") / "share", UNIT)
    for link in [path for path in share.rglob("*") if path.is_symlink()]:
        link.unlink()  # whether links are followed is the server's affair: see docs/drives.md
    return share


@pytest.fixture(scope="module")
def local(example: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], dict[str, str]]:
    """What is published, and what stands on the share afterwards, when it is a local folder."""
    place = tmp_path_factory.mktemp("lokal")
    shutil.copytree(example, place / "share")
    assess(str(place / "share"), place / "store")
    return run_of(place / "store"), snapshot(place / "share")


def assess(share: str, store: Path) -> None:
    request = AssessRequest(share=share, store=str(store), cycle=2026, as_of="2026-08-31T12:00:00+00:00")
    run_assessment(request, Reporter(quiet=True))


def run_of(store: Path) -> dict[str, str]:
    """Hash of every published file; the manifest names the share."""
    files = snapshot(published(store))
    del files["manifest.json"]
    return files


@pytest.mark.parametrize("kind", ["sftp", "smb"])
def test_assessment_over_the_network_publishes_the_same_bytes(
    kind: str,
    example: Path,
    local: tuple[dict[str, str], dict[str, str]],
    new_share: Callable[[str], drive_shares.Outside],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outside = new_share(kind)
    root = drive_shares.root_of(outside)
    shutil.copytree(example, root, dirs_exist_ok=True)
    opened: list[str] = []
    really = RemoteDrive.open
    monkeypatch.setattr(RemoteDrive, "open", lambda drive, path: opened.append(path) or really(drive, path))
    assess(outside.url(), tmp_path / "store")
    assert run_of(tmp_path / "store") == local[0]
    assert snapshot(root) == local[1]
    assert any("/bukti/" in path for path in opened)

    opened.clear()
    assert inspect_again(outside.url(), tmp_path / "store")["sha256"].ne("").any()
    assert not any("/bukti/" in path for path in opened)


def inspect_again(share: str, store: Path) -> pd.DataFrame:
    """The steps of a second run that touch the share."""
    run = reading_steps.open_run(AssessRequest(share=share, store=str(store), cycle=2026))
    run = reading_steps.listed(run, reading_steps.Past(), reading_steps.list_cycle(run))
    books = reading_steps.read_books(run)
    with evidence_steps.plan_inspection(run, books) as plan:
        return evidence_steps.gather_facts(
            run, books, plan, evidence_steps.inspect_batches(plan, plan.batches)
        ).evidence

"""`iid watch`: a dropped file becomes an event and a new index, without a schedule."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from background import proof_folder, running, runs, unit, until
from prefect_api import ask
from runs import Run, assess, published, snapshot

ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "home").mkdir()
    return {"HOME": str(tmp_path / "home"), "IID_TOML": str(tmp_path / "no.toml"), "PREFECT_API_URL": ""}


@pytest.fixture
def watching(share: Path, tmp_path: Path, home: dict[str, str]) -> Callable[..., Any]:
    """Start `iid watch` on the share."""

    def start(*more: str, log: str = "watch.log", **environment: str):
        command = ("iid.flows", "watch", "--share", share, "--store", tmp_path / "store", "--cycle", "2026")
        quiet = ("--quiet-period", "0.5", *more)
        return running(tmp_path / log, *command, *quiet, **{**home, **environment})

    return start


def findings(store: Path) -> pd.DataFrame:
    return pd.read_csv(published(store) / "findings.csv", dtype=str, keep_default_na=False)


def test_a_dropped_file_is_assessed_once_and_feedback_starts_nothing(
    share: Path, tmp_path: Path, watching: Callable[..., Any]
) -> None:
    with watching() as watch:
        watch.says("mengamati")
        for number in range(200):
            (proof_folder(share) / f"salinan {number}.txt").write_text(str(number))
        watch.says("✓ indeks")
        assert len(runs(tmp_path / "store")) == 1
        assert any(share.glob("2026/_tinjauan/*.xlsx"))  # feedback was written, and seen by nobody
        other = proof_folder(share, 1)
        (other / "lagi.txt").write_text("x")
        watch.says("✓ indeks", count=2)
        assert watch.ends() == 0
    said = watch.said()
    assert f"200 berkas berubah pada unit {unit(proof_folder(share))}\n" in said
    assert f"1 berkas berubah pada unit {unit(other)}\n" in said
    assert said.count("berkas berubah") == 2
    assert len(runs(tmp_path / "store")) == 2
    assert "berhenti" in said


def test_what_changed_while_nobody_watched_is_assessed_at_the_next_start(
    share: Path, tmp_path: Path, watching: Callable[..., Any]
) -> None:
    with watching(log="first.log") as watch:
        watch.says("mengamati")
        assert watch.ends(signal.SIGINT) == 0
    (proof_folder(share) / "sementara itu.txt").write_text("x")
    with watching("--once") as watch:
        assert watch.process.wait(timeout=90) == 0, watch.said()
    assert f"1 berkas berubah pada unit {unit(proof_folder(share))}" in watch.said()
    assert any("sementara itu.txt" in source for source in findings(tmp_path / "store").source)


def test_a_run_that_is_refused_is_reported_and_the_watcher_lives(
    share: Path, tmp_path: Path, iid: Run, watching: Callable[..., Any]
) -> None:
    assert assess(iid, share, tmp_path / "store").returncode == 0
    before = snapshot(tmp_path / "store/63.03/2026/runs")
    with watching() as watch:
        watch.says("mengamati")
        lost = [path for path in share.glob("2026/10*/*/bukti/*/*") if path.is_file()]
        for path in lost:
            path.rename(tmp_path / f"{lost.index(path)}.bin")
        watch.says("✗ penilaian tidak terbit (keluar 3)")
        assert "--accept-loss" in watch.said()
        assert snapshot(tmp_path / "store/63.03/2026/runs") == before
        for path in lost:
            (tmp_path / f"{lost.index(path)}.bin").rename(path)
        (proof_folder(share) / "baru.txt").write_text("x")
        watch.says("✓ indeks")


def test_a_share_that_goes_away_is_reported_once_and_changes_nothing(
    share: Path, tmp_path: Path, watching: Callable[..., Any]
) -> None:
    with watching() as watch:
        watch.says("mengamati")
        share.rename(tmp_path / "elsewhere")
        watch.says("share tampaknya terlepas")
        (tmp_path / "elsewhere").rename(share)
        watch.says("share terlihat lagi")
        assert watch.ends() == 0
    assert watch.said().count("terlepas") == 1
    assert "berkas berubah" not in watch.said()
    assert runs(tmp_path / "store") == []


def test_a_watcher_that_is_reported_to_stop_ends_its_run_and_leaves_no_lease(
    share: Path, tmp_path: Path, iid: Run, watching: Callable[..., Any]
) -> None:
    with watching() as watch:
        watch.says("mengamati")
        (proof_folder(share) / "baru.txt").write_text("x")
        until(lambda: list((tmp_path / "store").glob("63.03/2026/lease/*.json")))
        assert watch.ends() == 0
    assert runs(tmp_path / "store") == []
    assert assess(iid, share, tmp_path / "store").returncode == 0


@pytest.mark.parametrize(
    ("more", "status", "word"),
    [
        (("--emit-only",), 2, "PREFECT_API_URL"),
        (("--quiet-period", "-1"), 2, "--quiet-period"),
        (("--cycle", "2025"), 2, "2025"),
        (("--cycle", "2027", "--share", "tidak-ada"), 2, "tidak-ada"),
    ],
)
def test_a_mistake_ends_the_watcher_at_once(
    more: tuple[str, ...], status: int, word: str, watching: Callable[..., Any]
) -> None:
    with watching(*more) as watch:
        assert watch.process.wait(timeout=60) == status
    assert word in watch.said()
    assert len(watch.said().splitlines()) == 1


@pytest.fixture
def automated(share: Path, tmp_path: Path, home: dict[str, str], prefect_server: str) -> dict[str, str]:
    """The deployments of this project on a real server, pointed at the private share and store."""
    text = (ROOT / "deployments/prefect.yaml").read_text(encoding="utf-8")
    text = text.replace("/srv/iid/share", str(share)).replace("/srv/iid/hasil", str(tmp_path / "store"))
    (tmp_path / "prefect.yaml").write_text(text, encoding="utf-8")
    environment = {**home, "PREFECT_API_URL": prefect_server, "PREFECT_HOME": str(tmp_path / "prefect")}
    said = ""
    for command in (
        ("work-pool", "create", "iid-berat", "--type", "process", "--overwrite"),
        ("--no-prompt", "deploy", "--prefect-file", "prefect.yaml", "--name", "perubahan"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "prefect", *command],
            check=False,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**os.environ, **environment},
            timeout=120,
        )
        said += done.stdout + done.stderr
    # Not its exit status: with fastapi 0.151 and newer the command makes everything and then stumbles
    # over its own last question (which workers are online: 422). What counts is what the server has.
    assert [one["name"] for one in ask(prefect_server, "/deployments/filter", {})] == ["perubahan"], said
    automations = ask(prefect_server, "/automations/filter", {})
    assert [one["name"] for one in automations] == ["Share berubah, nilai ulang"], said
    return environment


def ended(prefect_server: str) -> bool:
    """Whether every run of the automation has ended; one cut off would keep its deployment's only slot."""
    found = ask(prefect_server, "/flow_runs/filter", {"flows": {"name": {"any_": ["assess-changed"]}}})
    return {run["state"]["type"] for run in found} == {"COMPLETED"}


@pytest.mark.integration
def test_a_dropped_file_reaches_the_index_through_event_automation_and_worker(
    share: Path,
    tmp_path: Path,
    automated: dict[str, str],
    prefect_server: str,
    watching: Callable[..., Any],
) -> None:
    pool = ("prefect", "worker", "start", "--pool", "iid-berat")
    with running(tmp_path / "worker.log", *pool, **automated) as worker:
        worker.says("started!", seconds=90)
        with watching("--emit-only", **automated) as watch:
            watch.says("mengamati")
            dropped = proof_folder(share) / "bukti baru.txt"
            dropped.write_text("isi")
            watch.says("kejadian iid.share.changed dikirim")
            until(lambda: runs(tmp_path / "store"), 90, why=lambda: worker.said()[-2000:])
            until((tmp_path / "store/63.03/2026/latest.json").exists)
            until(lambda: ended(prefect_server), 90, why=lambda: worker.said()[-2000:])
            assert watch.ends() == 0
    assert any(dropped.name in source for source in findings(tmp_path / "store").source)
    (event,) = ask(prefect_server, "/events/filter", {"filter": {"event": {"name": ["iid.share.changed"]}}})[
        "events"
    ]
    assert event["resource"]["prefect.resource.id"] == "iid.region.63.03.cycle.2026"
    assert event["payload"]["units"] == [unit(dropped.parent)]
    assert event["payload"]["files"] == 1
    alive = ask(prefect_server, "/events/filter", {"filter": {"event": {"name": ["iid.watch.alive"]}}})
    assert alive["events"][0]["resource"] == event["resource"]
    flows = ask(prefect_server, "/flow_runs/filter", {"flows": {"name": {"any_": ["assess-changed"]}}})
    assert [run["parameters"]["request"]["units"] for run in flows] == [[unit(dropped.parent)]]
    assert flows[0]["auto_scheduled"] is False


@pytest.mark.integration
def test_a_storm_of_changes_is_one_run_about_all_of_their_units(
    share: Path,
    tmp_path: Path,
    automated: dict[str, str],
    prefect_server: str,
    watching: Callable[..., Any],
) -> None:
    def found() -> list[dict[str, Any]]:
        wanted = {"deployments": {"name": {"any_": ["perubahan"]}}}
        everything = ask(prefect_server, "/flow_runs/filter", wanted)
        return [run for run in everything if run["parameters"]["request"]["share"] == str(share)]

    def states() -> list[str]:
        return sorted(run["state"]["type"] for run in found())

    folders = [proof_folder(share, number) for number in range(3)]
    with watching("--emit-only", **automated) as watch:
        watch.says("mengamati")
        for number, folder in enumerate(folders, 1):
            (folder / f"badai {number}.txt").write_text(str(number))
            watch.says("kejadian iid.share.changed dikirim", count=number)
        assert watch.ends() == 0
    until(lambda: states() == ["SCHEDULED"] * 3, why=lambda: str(states()))
    with running(
        tmp_path / "worker.log", "prefect", "worker", "start", "--pool", "iid-berat", **automated
    ) as worker:
        until(
            lambda: states() == ["CANCELLED", "CANCELLED", "COMPLETED"],
            120,
            why=lambda: f"{states()} {worker.said()[-2000:]}",
        )
    assert len(runs(tmp_path / "store")) == 1
    sources = "\n".join(findings(tmp_path / "store").source)
    assert all(f"badai {number}.txt" in sources for number in (1, 2, 3))
    cancelled = [run["state"]["message"] for run in found() if run["state"]["type"] == "CANCELLED"]
    assert all(runs(tmp_path / "store")[0] in message for message in cancelled)


def test_every_target_is_watched_and_one_that_is_away_keeps_no_other_waiting(
    share: Path, tmp_path: Path, home: dict[str, str]
) -> None:
    places = (("satu", share), ("dua", tmp_path / "lepas"))
    (tmp_path / "iid.toml").write_text(
        'store = "hasil"\ncycle = 2026\n'
        + "".join(f'[[target]]\nname = "{name}"\nshare = "{place}"\n' for name, place in places)
    )
    home["IID_TOML"] = str(tmp_path / "iid.toml")
    command = ("iid.flows", "watch", "--quiet-period", "0.5")
    with running(tmp_path / "watch.log", *command, **home) as watch:
        watch.says("satu: ✓ mengamati")
        watch.says("dua: ✗")
        (proof_folder(share) / "baru.txt").write_text("x")
        watch.says("satu: … 1 berkas berubah")
        assert watch.ends() == 0

"""No change is lost on a team's server: a run that meets another of its region waits, and says so."""

from __future__ import annotations

import json
import shutil
from contextlib import nullcontext
from pathlib import Path

import pytest
from background import proof_folder, running, until
from postgres import postgres, programs
from prefect_api import ask
from team_server import ASKED, Team, team_server

from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.lease import hold

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]
REGIONS = {"banjar": "63.03", "tapin": "63.05"}
SETTINGS = """
store = "{0}/hasil"
cycle = 2026
feedback = false
[watch]
quiet_period = 0.5
poll = 0.2
[[target]]
name = "banjar"
share = "{0}/banjar"
region = "63.03"
[[target]]
name = "tapin"
share = "{0}/tapin"
region = "63.05"
"""


@pytest.fixture
def shares(example: Path, tmp_path: Path) -> dict[str, Path]:
    """Two regions of two units each, of the example share."""
    for name, region in REGIONS.items():
        folder = Path(shutil.copytree(example, tmp_path / name, symlinks=True))
        marker = (folder / "iid-share.toml").read_text(encoding="utf-8")
        (folder / "iid-share.toml").write_text(marker.replace("63.03", region), encoding="utf-8")
        units = sorted(
            path for path in (folder / "2026").iterdir() if path.is_dir() and path.name[0].isdigit()
        )
        for unit in units:
            if unit.name[:3] not in {"00 ", "102"}:
                shutil.rmtree(unit)
    return {name: tmp_path / name for name in REGIONS}


def names(team: Team, run: str) -> list[str]:
    states = ask(team.api, f"/flow_run_states/?flow_run_id={run}")
    return [one["name"] for one in sorted(states, key=lambda one: one["timestamp"])]


def drop_in_every_step(team: Team, run: str, share: Path) -> set[str]:
    """Until *run* ends, a new file whenever one of its steps began or ended; the steps met."""
    met: set[tuple[str, str]] = set()

    def ended() -> bool:
        for one in ask(team.api, "/task_runs/filter", {"flow_runs": {"id": {"any_": [run]}}}):
            if (step := (one["name"], one["state_type"])) not in met:
                met.add(step)
                (proof_folder(share) / f"{run[:8]}-{len(met)}.pdf").write_bytes(b"%PDF-1.4")
        return team.state(run).get("type") in {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}

    until(ended, 300, pause=0.3, why=lambda: team.report(run))
    return {name for name, _ in met}


def published(store: Path, region: str) -> str:
    """The evidence of the published run, as CSV."""
    pointer = store / region / "2026/latest.json"
    if not pointer.exists():
        return ""
    run = json.loads(pointer.read_text())["run_id"]
    return (pointer.parent / "runs" / run / "evidence.csv").read_text(encoding="utf-8")


def test_what_arrives_in_any_step_of_a_run_is_in_the_next_and_runs_that_meet_one_wait(
    shares: dict[str, Path], tmp_path: Path
) -> None:
    database = postgres() if programs() else nullcontext()
    with database as url, team_server(tmp_path, shares["banjar"], url, silence=900) as team:
        (tmp_path / "iid.toml").write_text(SETTINGS.format(tmp_path))
        done = team.iid("deploy", "--file", tmp_path / "prefect.yaml")
        assert done.returncode == 0, done.stderr
        for name in ("satu", "dua"):  # as on two machines: nothing in common but server, share and store
            (home := tmp_path / f"home-{name}").mkdir()
            team.start_worker("iid-berat", name, HOME=str(home), PREFECT_HOME=str(home / "prefect"))
        command = ("iid.flows", "watch", "--emit-only")
        watch = team.stack.enter_context(running(tmp_path / "watch.log", *command, **team.environment))
        watch.says("mengamati", count=2)
        with hold(FolderStore(tmp_path / "hasil"), "63.03", 2026):  # another run of the region is on
            waiting = [team.begin("assess/sekarang-banjar"), team.begin("assess/malam-banjar")]
            beside = team.begin("assess/sekarang-tapin")
            met = drop_in_every_step(team, beside, shares["tapin"])
            assert team.ends(beside)["name"] == "Completed"  # a second region is not kept waiting
            for run in waiting:
                until(
                    lambda run=run: "Menunggu giliran" in names(team, run), 240, pause=ASKED, why=watch.said
                )
                assert team.state(run)["type"] in {"SCHEDULED", "PENDING", "RUNNING"}
        met |= drop_in_every_step(team, waiting[0], shares["banjar"])
        ended = [team.ends(run, 400)["name"] for run in waiting]
        assert set(ended) <= {"Completed", "Sudah dinilai"}
        assert "Sudah dinilai" in ended
        chosen = {"deployments": {"name": {"any_": ["perubahan-banjar"]}}, "sort": "START_TIME_DESC"}
        change = until(
            lambda: [one for one in ask(team.api, "/flow_runs/filter", chosen) if one["start_time"]],
            300,
            pause=ASKED,
        )
        met |= drop_in_every_step(
            team, change[0]["id"], shares["banjar"]
        )  # a second time, in a run of a change
        for name, region in REGIONS.items():
            wanted = {path.name for path in shares[name].rglob("????????-*.pdf")}
            assert wanted
            until(
                lambda wanted=wanted, region=region: all(
                    one in published(tmp_path / "hasil", region) for one in wanted
                ),
                400,
                pause=ASKED,
                why=watch.said,
            )
        assert {"Membaca buku kerja", "Memvalidasi terhadap peraturan", "Menghitung skor"} <= met
        states = {one["state_name"] for one in ask(team.api, "/flow_runs/filter", {})}
        assert not {"Failed", "Crashed"} & states
        assert watch.ends() == 0

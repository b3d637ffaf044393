"""No change is lost on a team's server: a run that meets another of its region waits, and says so."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from background import runs, until
from prefect_api import ask
from team_server import Team, team_server

from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.lease import hold

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]


@pytest.fixture
def share(example: Path, tmp_path: Path) -> Path:
    """Two units of the example share."""
    folder = Path(shutil.copytree(example, tmp_path / "share", symlinks=True))
    units = sorted(path for path in (folder / "2026").iterdir() if path.is_dir() and path.name[0].isdigit())
    for unit in units[2:]:
        shutil.rmtree(unit)
    return folder


def names(team: Team, run: str) -> list[str]:
    states = ask(team.api, f"/flow_run_states/?flow_run_id={run}")
    return [one["name"] for one in sorted(states, key=lambda one: one["timestamp"])]


def test_runs_that_meet_another_wait_see_what_came_meanwhile_and_are_one_run_afterwards(
    share: Path, tmp_path: Path
) -> None:
    other = Path(shutil.copytree(share, tmp_path / "tapin", symlinks=True))
    marker = (other / "iid-share.toml").read_text(encoding="utf-8")
    (other / "iid-share.toml").write_text(marker.replace("63.03", "63.05"), encoding="utf-8")
    with team_server(tmp_path, share, None, silence=900) as team:
        done = team.iid("deploy", "--file", tmp_path / "prefect.yaml")
        assert done.returncode == 0, done.stderr
        team.start_worker("iid-berat", "satu")
        store = FolderStore(tmp_path / "hasil")
        with hold(store, "63.03", 2026):  # another run of the region is on
            waiting = [team.begin("assess/sekarang"), team.begin("assess/malam")]
            beside = team.begin("assess/sekarang", share=str(other), region=None)
            for run in waiting:
                until(
                    lambda run=run: "Menunggu giliran" in names(team, run),
                    240,
                    why=lambda run=run: team.report(run),
                )
                assert team.state(run)["type"] in {"SCHEDULED", "PENDING", "RUNNING"}
            assert team.ends(beside, 240)["name"] == "Completed"  # a second region is not kept waiting
            proof = next(path for path in sorted(share.glob("2026/00 */bukti/*")) if path.is_dir())
            (proof / "terlambat.pdf").write_bytes(b"%PDF-1.4 terlambat")
        ended = [team.ends(run, 400) for run in waiting]
        assert sorted(one["name"] for one in ended) == ["Completed", "Sudah dinilai"]
        assert not {"Failed", "Crashed"} & {name for run in waiting for name in names(team, run)}
        (published,) = runs(tmp_path / "hasil")
        tables = (tmp_path / "hasil/63.03/2026/runs" / published).glob("*.csv")
        assert any("terlambat.pdf" in table.read_text(encoding="utf-8") for table in tables)
        assert json.loads((tmp_path / "hasil/63.05/2026/latest.json").read_text())["run_id"]

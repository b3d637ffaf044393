"""`iid serve --desk` as it is used: account, sign-in, decision, the unit recalculated, the next run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from background import Running, running, until
from desk_client import HEALTH, PASSWORD, Client, address, fields
from prefect_api import ask
from small_region import emptied
from team_server import Team, team_server

from iid.flows.assess import STEPS
from iid.tasks.assess.step import about
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.published_run import Run, read_run

TITLES = {found.title for name in STEPS.__slots__ if (found := about(getattr(STEPS, name)))}
LETTER = Path(__file__).parents[1] / "unit/desk/files/sk.pdf"


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A share with one innovation; nothing is published yet."""
    region = emptied(tmp_path_factory.mktemp("layanan"))
    folder = region.innovation("101", "Perahu Sehat", {"16": (3, ""), "17": (2, "")})
    for key in ("16", "17"):
        region.proof(folder, key, f"sk {key}.pdf", LETTER.read_bytes() + key.encode())
    return region.root


def reviewer(name: str, *more: str, password: str = PASSWORD, **environment: str) -> str:
    """Add an account as an administrator does in a script: the password on standard input."""
    done = subprocess.run(
        [sys.executable, "-m", "iid.flows", "reviewer", "add", name, *more],
        check=False,
        input=f"{password}\n",
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert password not in done.stdout + done.stderr
    return done.stdout


def desk_of(serve: Running) -> int:
    """The port of the desk, once a first run is published."""
    serve.says("✓ indeks", seconds=180)
    found = re.search(r"meja tinjauan di http://127\.0\.0\.1:(\d+)/meja/", serve.said())
    assert found, serve.said()
    return int(found[1])


def signed_in(port: int, name: str = "ani") -> Client:
    client = Client(port)
    assert client.sign_in(name).status == 303
    return client


def recalculated(client: Client, serve: Running) -> tuple[dict[str, Any], set[str]]:
    """Press "Hitung ulang unit ini" and wait; the last progress, and the lines on the way."""
    form = fields(client.page(address(HEALTH, "16")), "/_hitung")
    assert client.post("/meja/101/_hitung", **form).status == 303
    lines: set[str] = set()

    def ended() -> dict[str, Any] | None:
        now = json.loads(client.get("/meja/101/_hitung").body)
        lines.add(now["line"])
        return now if now["state"] != "berjalan" else None

    return until(ended, 240, why=serve.said), lines


def decision_of(store: Path) -> Mapping[str, Any]:
    run: Run = read_run(FolderStore(store), "63.03", 2026)
    (row,) = run.table("decisions").to_dict("records")
    return dict(row)


def test_from_a_new_account_to_a_decision_that_the_next_run_counts(region: Path, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    store = tmp_path / "hasil"
    (tmp_path / "iid.toml").write_text(
        f'share = "{region}"\nstore = "{store}"\ncycle = 2026\nfeedback = false\n'
        "[serve]\nport = 0\nwatch = false\n[review]\nworkbooks = false\n"
    )
    environment = {"HOME": str(tmp_path / "home"), "IID_TOML": str(tmp_path / "iid.toml")}
    environment |= {"PREFECT_API_URL": ""}
    assert "ani" in reviewer("ani", **environment)
    with running(tmp_path / "serve.log", "iid.flows", "serve", "--desk", **environment) as serve:
        ani = signed_in(desk_of(serve))
        assert ani.decide(HEALTH, "16", "turunkan", parameter_baru="1", catatan="SK unit").status == 303
        now, lines = recalculated(ani, serve)
        assert now["state"] == "selesai", now
        assert re.search(r"indeks \d+,\d\d", now["line"])
        assert lines & TITLES, lines
        page = ani.page(address(HEALTH, "16"))
        assert "belum dihitung" not in page
        assert now["line"] in page
        assert serve.ends() == 0
    row = decision_of(store)
    assert (row["origin"], row["decision"], row["new_parameter"]) == ("meja", "turunkan", 1)
    assert row["in_force"]
    log = next(tmp_path.rglob("desk/log.jsonl"))
    events = [json.loads(line)["event"] for line in log.read_text().splitlines()]
    assert events == ["signed_in", "decided", "recalculation"]
    assert PASSWORD not in log.read_text()
    assert log.stat().st_mode & 0o077 == 0


@pytest.fixture(scope="module")
def team(region: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """A team's server with everything deployed, and one worker for light work."""
    folder = tmp_path_factory.mktemp("tim")
    with team_server(folder, region, None, silence=40) as team:
        done = team.iid("deploy", "--file", folder / "prefect.yaml")
        assert done.returncode == 0, done.stderr
        yield team


@pytest.mark.integration
@pytest.mark.timeout(600)
def test_with_a_team_server_the_recalculation_is_a_run_of_its_deployment(team: Team) -> None:
    reviewer("ani", **team.environment)
    words = ("serve", "--desk", "--port", "0", "--no-watch")
    with running(team.folder / "serve.log", "iid.flows", *words, **team.environment) as serve:
        ani = signed_in(desk_of(serve))
        ani.decide(HEALTH, "16", "terima")
        now, _ = recalculated(ani, serve)  # no worker yet: a process of the service does it
        assert now["state"] == "selesai", now
        assert runs_of_the_desk(team) == []
        team.start_worker("iid-ringan", "satu")
        until(lambda: ask(team.api, "/work_pools/iid-ringan")["status"] == "READY", 90)
        ani.decide(HEALTH, "17", "tolak", catatan="bukan SK")
        now, lines = recalculated(ani, serve)
        assert now["state"] == "selesai", now
        assert re.search(r"indeks \d+,\d\d", now["line"])
        assert any("server Prefect" in line for line in lines)
        assert lines & {f"{title}, di server Prefect" for title in TITLES}, lines
        (run,) = runs_of_the_desk(team)
        assert run["state"]["type"] == "COMPLETED"
        assert run["parameters"]["request"]["units"] == ["101"]
        assert "belum dihitung" not in ani.page(address(HEALTH, "17"))


def runs_of_the_desk(team: Team) -> list[dict[str, Any]]:
    chosen = {"flow_runs": {"tags": {"all_": ["meja"]}}}
    return list(ask(team.api, "/flow_runs/filter", chosen))

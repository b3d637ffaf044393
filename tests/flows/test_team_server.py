"""A team's server on PostgreSQL: one deploy command, two workers, one of them and the server killed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from background import runs, until
from postgres import postgres, programs
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect_api import ask
from team_server import SECRET, Team, team_server

from iid.flows.prefect_glue import events

pytestmark = [
    pytest.mark.integration,
    pytest.mark.timeout(600),  # of a busy machine; quiet, the whole file takes two minutes
    pytest.mark.skipif(programs() is None, reason="PostgreSQL is not installed"),
]
SILENCE = 40  # seconds without a sign of life; heartbeats come every 30 (90 in deployments/)


@pytest.fixture(scope="module")
def team(example: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """Server on PostgreSQL, everything deployed, two workers for heavy work."""
    folder = tmp_path_factory.mktemp("tim")
    with postgres() as database, team_server(folder, example, database, silence=SILENCE) as team:
        done = team.iid("deploy", "--file", folder / "prefect.yaml")
        assert done.returncode == 0, done.stderr
        for name in ("satu", "dua"):
            team.start_worker("iid-berat", name, PREFECT_WORKER_HEARTBEAT_SECONDS="5")
        yield team


@dataclass
class Begun:
    """A run that something was done to in its middle, and the store it publishes into."""

    run: str
    store: Path
    worker: str = ""
    secret: set[str | None] = field(default_factory=set)


def begun(team: Team, name: str) -> Begun:
    """A run in its middle: it holds the lease of an own store, and has published nothing."""
    store = team.folder / name
    run = team.begin("assess/sekarang", store=str(store))
    until(lambda: list(store.glob("63.03/2026/lease/*.json")), 90, why=lambda: team.report(run))
    return Begun(run, store)


@pytest.fixture(scope="module")
def outlived(team: Team) -> Begun:
    """A run during which the server is killed and started again."""
    found = begun(team, "tabah")
    found.secret = {one.get("AWS_SECRET_ACCESS_KEY") for one in team.environment_of_runs()}
    team.kill_server()
    assert runs(found.store) == []
    team.start_server()
    return found


@pytest.fixture(scope="module")
def orphan(team: Team, outlived: Begun) -> Begun:
    """A run whose worker is killed with it, as when a machine dies; not waited for."""
    team.ends(outlived.run)  # events of before a server's death are heard late: docs/team-server.md
    found = begun(team, "yatim")
    found.worker = team.kill_the_worker_of(found.run)
    assert runs(found.store) == []
    return found


@pytest.fixture(scope="module")
def silent(team: Team, outlived: Begun) -> None:
    """A watcher that gives one sign of life, and the only worker of a pool, killed; neither is waited for."""
    with temporary_settings({PREFECT_API_URL: team.api}):
        events.watching("63.03", 2026)
    team.start_worker("iid-ringan", "tiga", PREFECT_WORKER_HEARTBEAT_SECONDS="2")
    pool = "/work_pools/iid-ringan"
    until(lambda: ask(team.api, pool)["status"] == "READY", 90, why=team.workers["tiga"].said)
    team.workers["tiga"].process.kill()


@pytest.mark.usefixtures("silent")
def test_a_run_outlives_the_death_of_the_server_and_is_published_once(team: Team, outlived: Begun) -> None:
    team.ends(outlived.run)
    assert len(runs(outlived.store)) == 1
    latest = json.loads((outlived.store / "63.03/2026/latest.json").read_text())
    assert latest["run_id"] == runs(outlived.store)[0]


def test_deploying_again_changes_nothing(team: Team, orphan: Begun) -> None:
    def standing() -> list[Any]:
        wanted = {
            "/deployments/filter": "updated",
            "/automations/filter": "updated",
            "/work_pools/filter": "id",
        }
        # What a worker changes in its pool by asking for work is not what was deployed.
        return [
            sorted((one["id"], one["name"], one[last]) for one in ask(team.api, path, {}))
            for path, last in wanted.items()
        ]

    before = standing()
    done = team.iid("deploy", "--file", team.folder / "prefect.yaml", "--json")
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert {one["what"] for one in shown} == {"tidak berubah"}
    assert {one["kind"] for one in shown} == {"kumpulan kerja", "deployment", "automasi"}
    assert standing() == before


def test_the_next_nights_are_planned_on_the_clock_of_the_region(team: Team, outlived: Begun) -> None:
    chosen = {"deployments": {"name": {"any_": ["malam"]}}, "limit": 5}
    found = until(lambda: ask(team.api, "/flow_runs/filter", chosen), 90)
    assert all(one["auto_scheduled"] and one["state"]["type"] == "SCHEDULED" for one in found)
    assert {one["expected_start_time"][11:16] for one in found} == {"20:00"}  # 04.00 WITA


def test_a_secret_reaches_the_run_from_its_block_and_stands_nowhere_else(team: Team, outlived: Begun) -> None:
    team.ends(outlived.run)
    assert SECRET in outlived.secret
    pages = ("/deployments/filter", "/flow_runs/filter", "/artifacts/filter", "/logs/filter")
    assert SECRET not in "".join(json.dumps(ask(team.api, page, {})) for page in pages)


def test_a_published_run_shows_summary_units_and_where_its_tables_come_from(
    team: Team, outlived: Begun
) -> None:
    found = ask(team.api, "/artifacts/filter", {"flow_runs": {"id": {"any_": [outlived.run]}}})
    artifacts = {one["key"]: one for one in found}
    assert "Kabupaten Banjar" in artifacts["iid-63-03-2026-ringkasan"]["data"]
    assert "Temuan kritis" in json.loads(artifacts["iid-63-03-2026-unit"]["data"])[0]
    assert artifacts["iid-63-03-2026-pemeriksaan"]["data"] == 100
    events = ask(team.api, "/events/filter", {"filter": {"event": {"prefix": ["prefect.asset."]}}})["events"]
    made = {one["resource"]["prefect.resource.id"]: one for one in events if "material" in one["event"]}
    assert made.keys() == {
        f"iid://63.03/2026/{name}"
        for name in ("index", "innovations", "scores", "evidence", "findings", "units")
    }
    scores = made["iid://63.03/2026/scores"]
    upstream = {one["prefect.resource.id"] for one in scores["related"]}
    assert {"iid://63.03/2026/share", "iid://rulebook/2026"} <= upstream
    assert scores["payload"]["run_id"] == runs(outlived.store)[0]


def test_a_run_whose_worker_was_killed_is_finished_by_the_other(team: Team, orphan: Begun) -> None:
    team.ends(orphan.run, 180)
    assert len(runs(orphan.store)) == 1
    assert team.workers[orphan.worker].process.poll() is not None
    states = ask(team.api, f"/flow_run_states/?flow_run_id={orphan.run}")
    history = [one["name"] for one in sorted(states, key=lambda one: one["timestamp"])]
    assert history.count("Running") == 2
    assert history.index("Crashed") < history.index("AwaitingRetry") < history.index("Completed")
    subject = "IID: sekarang terputus, dijalankan lagi"
    until(lambda: subject in team.mail.subjects(), why=lambda: str(team.mail.shown))


def test_a_run_that_published_and_could_not_say_so_is_begun_again_and_publishes_nothing(
    team: Team, orphan: Begun
) -> None:
    silent = {"type": "SCHEDULED", "name": "AwaitingRetry"}  # what the automations make of a silent run
    ask(team.api, f"/flow_runs/{orphan.run}/set_state", {"state": silent, "force": True})
    state = team.ends(orphan.run)
    assert "sudah dinilai" in state["message"]
    assert len(runs(orphan.store)) == 1


@pytest.mark.usefixtures("silent", "orphan")
def test_a_silent_watcher_and_a_pool_whose_only_worker_died_are_reported(team: Team) -> None:
    wanted = {"IID: share tidak diamati lagi", "IID: tidak ada pekerja di iid-ringan"}
    until(lambda: wanted <= set(team.mail.subjects()), 180, why=lambda: str(team.mail.shown))


def test_one_dead_worker_among_several_is_reported_and_the_living_one_is_not(
    team: Team, orphan: Begun
) -> None:
    def states() -> dict[str, str]:
        found = ask(team.api, "/work_pools/iid-berat/workers/filter", {})
        return {one["name"]: one["status"] for one in found}

    (living,) = {"satu", "dua"} - {orphan.worker}
    wanted = {orphan.worker: "OFFLINE", living: "ONLINE"}
    until(lambda: states() == wanted, 90, why=lambda: str(states()))
    done = team.iid("notify", "--dry-run", "--json")
    assert done.returncode == 0, done.stderr
    (letter,) = json.loads(done.stdout)["sent"]
    assert f"Pekerja {orphan.worker} di iid-berat diam" in letter["body"] + letter["title"]
    assert f"Pekerja {living}" not in letter["body"]
    assert "iid-ringan" not in letter["body"]  # without any worker: an automation reports that
    assert f"diam: {orphan.worker} di iid-berat" in team.iid("doctor").stdout

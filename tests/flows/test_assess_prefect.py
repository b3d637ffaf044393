"""`iid assess` as a Prefect flow: the same bytes, true states, artifacts and events."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from background import until
from prefect_api import ask
from runs import AS_OF, Run, assess, published, snapshot


@pytest.mark.integration
def test_flow_and_direct_publish_the_same_bytes_and_the_flow_tells_prefect(
    share: Path, iid: Run, tmp_path: Path, prefect_server: str
) -> None:
    assert assess(iid, share, tmp_path / "direct", "--no-feedback").returncode == 0
    done = iid(
        *("assess", "--share", share, "--store", tmp_path / "flow", "--cycle", "2026"),
        *("--as-of", AS_OF, "--no-feedback"),
        PREFECT_API_URL=prefect_server,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert snapshot(published(tmp_path / "flow")) == snapshot(published(tmp_path / "direct"))

    runs = ask(prefect_server, "/flow_runs/filter", {"sort": "START_TIME_DESC", "limit": 1})
    assert runs[0]["state"]["type"] == "COMPLETED"
    tasks = ask(prefect_server, "/task_runs/filter", {"flow_runs": {"id": {"any_": [runs[0]["id"]]}}})
    assert {t["state"]["type"] for t in tasks} == {"COMPLETED"}
    assert len(tasks) >= 10
    artifacts = ask(prefect_server, "/artifacts/filter", {})
    assert any(a["key"] == "iid-63-03-2026-ringkasan" for a in artifacts)

    def told() -> dict[str, str]:  # the server writes events down some seconds after it got them
        asked = ask(prefect_server, "/events/filter", {"filter": {"event": {"prefix": ["iid."]}}})
        return {e["event"]: e["resource"]["prefect.resource.id"] for e in asked["events"]}

    until(lambda: "iid.findings.critical" in told())
    assert told()["iid.cycle.assessed"] == "iid.region.63.03.cycle.2026"


@pytest.mark.integration
def test_a_refused_run_is_failed_in_prefect_and_exits_3(
    share: Path, iid: Run, tmp_path: Path, prefect_server: str
) -> None:
    (share / "iid-share.toml").unlink()
    done = iid(
        *("assess", "--share", share, "--store", tmp_path / "flow", "--cycle", "2026"),
        PREFECT_API_URL=prefect_server,
    )
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    runs = ask(prefect_server, "/flow_runs/filter", {"sort": "START_TIME_DESC", "limit": 1})
    assert runs[0]["state"]["type"] == "FAILED"
    assert not (tmp_path / "flow").exists() or list((tmp_path / "flow").rglob("latest.json")) == []


@pytest.mark.integration
def test_the_embedded_server_needs_no_set_up_and_makes_no_noise(
    share: Path, iid: Run, tmp_path: Path
) -> None:
    done = iid("assess", "--share", share, "--store", tmp_path / "store", "--cycle", "2026", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["region"] == "63.03"
    assert done.stderr == ""

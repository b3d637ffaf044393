"""`iid close` as a Prefect flow tells the world that the cycle is closed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from background import until
from prefect_api import ask
from runs import Run


@pytest.mark.integration
def test_the_flow_emits_cycle_closed_and_a_refusal_trips_the_guard(
    share: Path, iid: Run, tmp_path: Path, prefect_server: str
) -> None:
    order = ("close", "--share", share, "--store", tmp_path / "hasil", "--cycle", "2026")
    order = (*order, "--accept-undecided", "uji coba")
    early = iid(*order, "--as-of", "2026-07-01T00:00:00+08:00", PREFECT_API_URL=prefect_server)
    assert early.returncode == 3
    assert not list((tmp_path / "hasil").glob("**/latest.json"))
    done = iid(*order, "--as-of", "2026-09-01", "--json", PREFECT_API_URL=prefect_server)
    assert done.returncode == 0, done.stderr
    asked = {"filter": {"event": {"prefix": ["iid."]}}}

    def shown() -> dict[str, Any]:  # the server writes events down some seconds after it got them
        return {event["event"]: event for event in ask(prefect_server, "/events/filter", asked)["events"]}

    events = until(lambda: (found := shown()).get("iid.cycle.closed") and found)
    closed = events["iid.cycle.closed"]
    assert closed["resource"]["prefect.resource.id"] == "iid.region.63.03.cycle.2026"
    assert closed["payload"]["run_id"] == json.loads(done.stdout)["run_id"]
    assert "iid.guard.tripped" in events

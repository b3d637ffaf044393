"""`iid assess` as a Prefect flow: the same bytes, true states, artifacts and events."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from background import until
from prefect_api import ask
from runs import AS_OF, Run, assess, published, snapshot


@pytest.mark.integration
def test_flow_and_direct_publish_the_same_bytes_and_the_flow_reports_prefect(
    whole_example: Path, iid: Run, tmp_path: Path, prefect_server: str
) -> None:
    share = whole_example
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
    assert (runs[0]["name"], set(runs[0]["tags"])) == ("63.03 2026", {"iid", "63.03", "2026"})
    assert "25 inovasi" in runs[0]["state"]["message"]
    assert "temuan kritis" in runs[0]["state"]["message"]
    tasks = ask(prefect_server, "/task_runs/filter", {"flow_runs": {"id": {"any_": [runs[0]["id"]]}}})
    assert {t["state"]["type"] for t in tasks} == {"COMPLETED"}
    names = [t["name"] for t in tasks]
    assert {"Mendaftar berkas", "Membaca buku kerja", "Menghitung skor"} <= set(names)
    batches = [name for name in names if name.startswith("Memeriksa bukti: ")]
    assert len(batches) > 1  # mapped: one task run a batch
    assert all(name.endswith(" berkas)") for name in batches)
    # What was asked, and what depends on what.
    asked = runs[0]["parameters"]["request"]
    assert (asked["share"], asked["cycle"], asked["feedback"]) == (str(share), 2026, False)
    by_id = {t["id"]: t["name"] for t in tasks}
    upstream = {
        t["name"]: {by_id[one["id"]] for given in t["task_inputs"].values() for one in given} for t in tasks
    }
    assert "Merencanakan pemeriksaan bukti" in upstream[batches[0]]
    assert upstream["Merangkum isi bukti"] >= set(batches)
    assert upstream["Menghitung skor"] >= {"Membaca buku kerja", "Merangkum isi bukti"}
    begins = {name.partition("-")[0] for name in names if not upstream[name]}
    assert begins == {"Membuka share, penyimpanan, dan peraturan", "Mencatat hasil"}
    lines = ask(prefect_server, "/logs/filter", {"logs": {"flow_run_id": {"any_": [runs[0]["id"]]}}})
    assert any(line["message"].startswith("indeks ") and "temuan kritis" in line["message"] for line in lines)
    artifacts = ask(prefect_server, "/artifacts/filter", {})
    assert {"iid-63-03-2026-ringkasan", "iid-63-03-2026-pemeriksaan"} <= {a["key"] for a in artifacts}

    def shown() -> dict[str, str]:  # the server writes events down some seconds after it got them
        asked = ask(prefect_server, "/events/filter", {"filter": {"event": {"prefix": ["iid."]}}})
        return {e["event"]: e["resource"]["prefect.resource.id"] for e in asked["events"]}

    until(lambda: "iid.findings.critical" in shown())
    assert shown()["iid.cycle.assessed"] == "iid.region.63.03.cycle.2026"


@pytest.mark.integration
def test_a_run_that_a_guard_holds_says_so_in_a_state_of_its_own_and_exits_3(
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
    state = runs[0]["state"]
    assert (state["type"], state["name"]) == ("CANCELLED", "Ditahan")
    assert "iid-share.toml" in state["message"]
    assert not (tmp_path / "flow").exists() or list((tmp_path / "flow").rglob("latest.json")) == []


@pytest.mark.integration
def test_the_embedded_server_needs_no_set_up_and_makes_no_noise(
    share: Path, iid: Run, tmp_path: Path
) -> None:
    done = iid("assess", "--share", share, "--store", tmp_path / "store", "--cycle", "2026", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["region"] == "63.03"
    assert done.stderr == ""

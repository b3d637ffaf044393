"""A run that nobody watches does nothing twice: late nights, runs begun again, closed cycles."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from iid.flows.telemetry.progress import Reporter
from iid.tasks.assess.request import AssessRequest

DUE = datetime(2026, 8, 1, 20, 0, tzinfo=UTC)  # 04.00 in Makassar


@pytest.fixture
def request_(tmp_path: Path) -> AssessRequest:
    share = tmp_path / "share"
    (share / "2026").mkdir(parents=True)
    (share / "iid-share.toml").write_text('region = "63.03"\nname = "Kabupaten Banjar"\n')
    return AssessRequest(share=str(share), store=str(tmp_path / "store"), cycle=2026)


def publish(
    request: AssessRequest, as_of: datetime, *, status: str = "provisional", checked: datetime | None = None
) -> str:
    """The pointer of a run of *as_of* that was published a minute later and found to stand when *checked*."""
    run_id = f"{as_of:%Y%m%dT%H%M%SZ}-0a1b2c3d"
    pointer = {
        "run_id": run_id,
        "manifest_sha256": "0" * 64,
        "published_at": f"{as_of + timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}",
        "status": status,
    }
    if checked:
        pointer["checked_at"] = f"{checked:%Y-%m-%dT%H:%M:%SZ}"
    path = Path(request.store) / "63.03/2026/latest.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(pointer))
    return run_id


def needless(request: AssessRequest, *, scheduled: bool = True) -> str | None:
    """What a run that was due at DUE says, as Prefect would start it."""
    from prefect.client.schemas.objects import FlowRun
    from prefect.context import FlowRunContext

    from iid.flows.prefect_glue import idempotency

    run = FlowRun(flow_id=uuid4(), auto_scheduled=scheduled, expected_start_time=DUE, run_count=1)
    with FlowRunContext.model_construct(flow_run=run):
        return idempotency.needless(request)


def test_the_first_late_night_runs_and_the_others_end_because_it_did(request_: AssessRequest) -> None:
    publish(request_, DUE - timedelta(hours=24))
    assert needless(request_) is None
    run_id = publish(request_, DUE + timedelta(hours=1))
    said = needless(request_)
    assert said is not None
    assert run_id in said


def test_a_run_that_looked_at_the_share_before_this_one_was_due_does_not_count(
    request_: AssessRequest,
) -> None:
    publish(request_, DUE - timedelta(seconds=30))  # published half a minute after DUE
    assert needless(request_) is None


def test_what_waited_for_a_run_that_began_after_it_was_asked_for_is_done_by_it(
    request_: AssessRequest,
) -> None:
    run_id = publish(request_, DUE + timedelta(minutes=1))
    assert run_id in str(needless(request_, scheduled=False))
    publish(request_, DUE - timedelta(minutes=1))
    assert needless(request_, scheduled=False) is None


def test_a_run_that_found_nothing_changed_does_for_what_waited_since_before_it_began(
    request_: AssessRequest,
) -> None:
    day_before = DUE - timedelta(days=1)
    run_id = publish(request_, day_before, checked=DUE + timedelta(seconds=1))
    assert run_id in str(needless(request_))
    publish(request_, day_before, checked=DUE - timedelta(seconds=1))
    assert needless(request_) is None


@pytest.mark.parametrize(
    "more", [{"full": True}, {"units": ("101",)}, {"accept_loss": "benar"}, {"check_links": True}]
)
def test_what_a_person_asked_for_besides_is_always_done(
    request_: AssessRequest, more: dict[str, object]
) -> None:
    publish(request_, DUE + timedelta(hours=1))
    assert needless(request_.model_copy(update=more), scheduled=False) is None


def test_a_night_of_a_closed_cycle_ends_well(request_: AssessRequest) -> None:
    run_id = publish(request_, DUE - timedelta(days=2), status="final")
    assert run_id in str(needless(request_))


def test_without_a_share_the_run_itself_says_what_is_wrong(request_: AssessRequest) -> None:
    publish(request_, DUE + timedelta(hours=1))
    (Path(request_.share) / "iid-share.toml").unlink()
    assert needless(request_) is None


def test_outside_a_flow_run_nothing_is_needless(request_: AssessRequest) -> None:
    from iid.flows.prefect_glue import idempotency

    publish(request_, DUE + timedelta(hours=1))
    assert idempotency.needless(request_) is None


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (
            "https://nama:rahasia@hasil.example.go.id/x/report/index.html?token=rahasia#a",
            "/x/report/index.html",
        ),
        ("s3://bucket/63.03/2026/index.json", "s3://bucket/63.03/2026/index.json"),
        ("/srv/iid/hasil/63.03/index.json", "/srv/iid/hasil/63.03/index.json"),
    ],
)
def test_an_address_is_shown_without_what_may_be_secret(address: str, shown: str) -> None:
    from iid.flows.prefect_glue.artifacts import shown as show

    assert show(address).endswith(shown)
    assert "rahasia" not in show(address)


def test_the_progress_of_a_run_is_reported_a_dozen_times_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    from iid.flows.prefect_glue import artifacts

    calls: list[float] = []
    monkeypatch.setattr(
        artifacts, "create_progress_artifact", lambda progress, **_: calls.append(progress) or 1
    )
    monkeypatch.setattr(artifacts, "update_progress_artifact", lambda _id, progress: calls.append(progress))
    progress = artifacts.Progress(Reporter(quiet=True))
    for done in range(1, 1001):
        progress.progress(done, 1000)
    assert len(calls) <= 12
    assert calls[-1] == 100.0

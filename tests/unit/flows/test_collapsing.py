"""A storm of changes is one run: what waits is taken over."""

from __future__ import annotations

from uuid import uuid4

from iid.flows.prefect_glue.quiet_prefect import DEFAULTS
from iid.tasks.assess.request import AssessRequest

REQUEST = AssessRequest(share="s", store="t", cycle=2026, units=("103",))


def test_a_run_takes_over_the_units_of_the_runs_that_wait(monkeypatch) -> None:
    for name, value in {**DEFAULTS, "PREFECT_HOME": "/nonexistent"}.items():
        monkeypatch.setenv(name, value)
    from prefect.client.schemas.objects import FlowRun

    from iid.flows.changed import with_units_of

    asked = ({"request": {"units": ["102", "103"]}}, {"request": {"units": []}}, {"request": {}}, {})
    waiting = [FlowRun(id=uuid4(), flow_id=uuid4(), parameters=parameters) for parameters in asked]
    assert with_units_of(REQUEST, waiting).units == ("102", "103")
    assert with_units_of(REQUEST, []) == REQUEST

"""What a flow came to is known here, also where a busy server gives its state back without the result."""

from __future__ import annotations

import logging
from contextlib import nullcontext
from typing import Any

import httpx
import pytest
from prefect.states import Completed

from iid.flows.prefect_glue import page_flow, quiet_prefect
from iid.flows.telemetry.progress import Reporter
from iid.tasks.assess.request import AssessRequest
from iid.tasks.values.errors import FailedError


def test_a_completed_run_gives_what_it_did_though_the_server_lost_its_result(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(quiet_prefect, "embedded_server", nullcontext)
    monkeypatch.setattr(page_flow, "get_run_logger", lambda: logging.getLogger("uji"))
    done = object.__new__(type("Closed", (), {"outcome": None}))

    def made(request: AssessRequest, **_named: Any) -> Any:
        page_flow.state_of(request, lambda: done)
        return Completed()  # as of the server: without data

    asked = AssessRequest(share="s", store="t", cycle=2026, region="63.03")
    assert page_flow.run_here(made, asked, Reporter(quiet=True)) is done


@pytest.mark.parametrize(("status", "words"), [(503, "terkunci"), (401, "PREFECT_API_AUTH_STRING")])
def test_a_server_that_fails_in_the_middle_of_a_run_is_one_line(
    monkeypatch: pytest.MonkeyPatch, status: int, words: str
) -> None:
    monkeypatch.setattr(quiet_prefect, "embedded_server", nullcontext)
    asked = httpx.Request("POST", "http://127.0.0.1:4200/api/task_runs/")

    def made(request: AssessRequest, **_named: Any) -> Any:
        raise httpx.HTTPStatusError("busy", request=asked, response=httpx.Response(status, request=asked))

    request = AssessRequest(share="s", store="t", cycle=2026, region="63.03")
    with pytest.raises(FailedError, match=words) as failed:
        page_flow.run_here(made, request, Reporter(quiet=True))
    assert "\n" not in str(failed.value)

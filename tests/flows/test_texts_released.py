"""The texts of a region's evidence, most of a run's memory, are gone when the inspection is done."""

from __future__ import annotations

import gc
import weakref
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from iid.tasks.assess import evidence_steps, reading_steps
from iid.tasks.assess.request import AssessRequest
from iid.tasks.inspect.inspection import Inspecting


def test_texts_are_gone_after_inspection_and_their_findings_are_not(
    whole_example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[weakref.ref[Any]] = []
    finish = Inspecting.finish

    def watched(plan: Inspecting) -> Any:
        ledger, found = plan._ledger, finish(plan)
        texts = found.facts["text"].array
        assert texts.nbytes > 10_000
        held.extend(weakref.ref(one) for one in (ledger, found.facts, texts._pa_array))
        return found

    monkeypatch.setattr(Inspecting, "finish", watched)
    as_of = datetime(2026, 8, 31, tzinfo=UTC)
    place = {"share": str(whole_example), "store": str(tmp_path / "store")}
    request = AssessRequest(**place, cycle=2026, as_of=as_of)
    run = reading_steps.open_run(request)
    run = reading_steps.listed(run, reading_steps.Past(), reading_steps.list_cycle(run))
    books = reading_steps.read_books(run)
    with evidence_steps.plan_inspection(run, books) as plan:
        inspection = evidence_steps.gather_facts(
            run, books, plan, evidence_steps.inspect_batches(plan, plan.batches)
        )
    gc.collect()
    assert plan.batches  # the plan is still here, as Prefect keeps it; the texts are not
    assert [one() is None for one in held] == [True, True, True]
    findings = evidence_steps.validate_all(run, books, inspection, None)
    assert {"evidence.name_absent", "evidence.date_outside"} & set(findings["code"])

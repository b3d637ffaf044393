"""The texts of a region's evidence, most of a run's memory, are gone when the inspection is done."""

from __future__ import annotations

import gc
import weakref
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from iid.tasks import steps


def test_texts_are_gone_after_inspection_and_their_findings_are_not(
    share: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[weakref.ref[Any]] = []
    inspect_evidence = steps.inspect_evidence

    def watched(drive: Any, listing: Any, evidence: Any, ledger: Any, **more: Any) -> Any:
        found = inspect_evidence(drive, listing, evidence, ledger, **more)
        texts = found.facts["text"].array
        assert texts.nbytes > 10_000
        held.extend(weakref.ref(one) for one in (ledger, found.facts, texts._pa_array))
        return found

    monkeypatch.setattr(steps, "inspect_evidence", watched)
    opened = steps.open_run(
        share=str(share),
        store=str(tmp_path / "store"),
        cycle=2026,
        region=None,
        roster=None,
        rulebook=None,
        endpoint_url=None,
    )
    listing = steps.list_cycle(opened)
    read = steps.read_workbooks(opened, listing)
    inspection = steps.inspect(opened, listing, read, steps.Effort())
    gc.collect()
    assert [one() is None for one in held] == [True, True, True]
    findings = steps.validate_all(opened, read, inspection, None, datetime(2026, 8, 31, tzinfo=UTC))
    assert {"evidence.name_absent", "evidence.date_outside"} & set(findings["code"])

"""A whole assessment that looks at its links: warnings and a table, and not one score changes."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from example_share import build_units
from runs import AS_OF, Run, published

from iid.flows.assess import run_assessment
from iid.flows.service.subprocess_run import arguments
from iid.flows.telemetry.progress import Reporter
from iid.tasks.assess.publishing_steps import Outcome
from iid.tasks.assess.request import AssessRequest
from iid.tasks.inspect.links import link_checks
from iid.tasks.inspect.links.public_addresses import Network


def assessed(share: Path, store: Path, *, check_links: bool) -> Outcome:
    request = AssessRequest(
        share=str(share), store=str(store), cycle=2026, as_of=AS_OF, feedback=False, check_links=check_links
    )
    return run_assessment(request, Reporter(quiet=True))


def table(run: Path, name: str) -> list[dict[str, str]]:
    with (run / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_look_at_the_links_warns_and_changes_no_score(
    tmp_path: Path, iid: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    share = build_units(tmp_path / "share", "102", "63.03.05.2054")  # with links of every kind
    store = tmp_path / "store"
    plain = assessed(share, store, check_links=False)
    before = published(store)
    assert {row["status"] for row in table(before, "links.csv")} == {""}

    asked: list[str] = []

    def nobody(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["10.0.0.7"]  # every name leads inward: nothing is ever connected to

    # A time of the check near as_of, as for a run of that day.
    monkeypatch.setattr(
        link_checks,
        "check_links",
        partial(
            link_checks.check_links,
            network=Network(resolve=nobody),
            manners=link_checks.Manners(host_rest_s=0.0),
            now=lambda: datetime(2026, 8, 31, 11, tzinfo=UTC),
        ),
    )
    looked = assessed(share, store, check_links=True)
    after = published(store)
    rows = table(after, "links.csv")
    assert asked
    # A host without a dot is a fault of the claim, and nothing to ask.
    assert {row["source"] for row in rows if not row["status"]} == {"https://youtube/contoh-lider"}
    assert {row["status"] for row in rows if row["status"]} == {"unknown"}
    assert {row["checked_at"] for row in rows if row["status"]} == {"2026-08-31T11:00:00Z"}
    assert before != after
    for name in ("scores.csv", "innovations.csv", "evidence.csv", "units.csv"):
        assert (before / name).read_bytes() == (after / name).read_bytes(), name
    assert _numbers(plain) == _numbers(looked)

    again = assessed(share, store, check_links=False)  # the answers are an input that was kept
    assert again.already
    assert published(store) == after
    done = iid("verify", "--store", store, "--cycle", "2026", "--recompute")
    assert done.returncode == 0, done.stdout + done.stderr


def _numbers(outcome: Outcome) -> str:
    index = {key: value for key, value in outcome.assessment.index.items() if key != "run_id"}
    return json.dumps(index, sort_keys=True)


def test_links_are_not_looked_at_unless_asked(iid: Run) -> None:
    plain = AssessRequest(share="a", store="b", cycle=2026)
    assert (plain.check_links, plain.ocr) == (False, False)
    both = plain.model_copy(update={"check_links": True, "ocr": True})
    assert {"--no-check-links", "--no-ocr"} <= set(arguments(plain, direct=True))  # whatever iid.toml says
    assert {"--check-links", "--ocr"} <= set(arguments(both, direct=True))
    text = iid("assess", "--help").stdout
    assert "--check-links" in text
    assert "--ocr" in text

"""Every folder beside this file is a case; see README.md."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

CASES = sorted(path.parent for path in Path(__file__).parent.glob("*/make.yaml"))


class Plainly:
    """Runs the steps of the pipeline one after the other, saying nothing."""

    def run(self, title: str, work: Any) -> Any:
        return work()

    def progress(self, done: int, total: int) -> None:
        pass


def assess(case: Path, folder: Path) -> Any:
    from iid.expectations.rulebook.loading import load
    from iid.flows.assess import run_assessment
    from iid.tasks.assess.request import AssessRequest
    from iid.tasks.demo.build_share import build_share
    from iid.tasks.demo.recipe import Recipe

    recipe = Recipe.model_validate(yaml.safe_load((case / "make.yaml").read_text(encoding="utf-8")))
    build_share(folder / "share", recipe, load(recipe.cycle).rulebook)
    request = AssessRequest(
        share=str(folder / "share"),
        store=str(folder / "store"),
        cycle=recipe.cycle,
        as_of=datetime(recipe.cycle, 8, 31, tzinfo=UTC),
        feedback=False,
        workers=1,
    )
    return run_assessment(request, Plainly()).assessment


def places(findings: Any) -> list[tuple[str, str, str]]:
    """Code, innovation folder and indicator of every finding, sorted."""
    found = findings[["code", "innovation_id", "indicator"]].itertuples(index=False)
    return sorted((code, innovation.rpartition("/")[2], indicator) for code, innovation, indicator in found)


def wanted(entries: list[dict[str, str]]) -> list[tuple[str, str, str]]:
    return sorted((e["code"], e.get("innovation", ""), e.get("indicator", "")) for e in entries)


def numbers(index: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    """The part of *index* that *expected* speaks about."""
    return {
        key: numbers(index[key], value) if isinstance(value, dict) else index[key]
        for key, value in expected.items()
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_case_comes_out_as_expected(case: Path, tmp_path: Path) -> None:
    expected = yaml.safe_load((case / "expect.yaml").read_text(encoding="utf-8"))
    assessment = assess(case, tmp_path)
    findings = assessment.findings
    assert places(findings[findings["severity"] == "critical"]) == wanted(expected["critical"])
    assert set(wanted(expected.get("also", []))) <= set(places(findings))
    assert set(expected.get("absent", [])) & set(findings["code"]) == set()
    assert numbers(assessment.index, expected["index"]) == expected["index"]

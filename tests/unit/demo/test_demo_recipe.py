"""Recipes are strict, and what they say becomes files and answers."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from iid.expectations.rulebook.loading import load
from iid.tasks.demo.build_share import build_share
from iid.tasks.demo.filled_answers import fitting_value
from iid.tasks.demo.recipe import Recipe
from iid.tasks.demo.share_plan import plan

UNIT = {"code": "101", "name": "Dinas Contoh", "type": "opd"}


def recipe(*innovations: dict[str, Any], **more: Any) -> Recipe:
    named = [{"unit": "101", "name": f"Inovasi {n}", **spec} for n, spec in enumerate(innovations, 1)]
    return Recipe.model_validate({"cycle": 2026, "units": [UNIT], "innovations": named, **more})


def paths(built: Recipe) -> list[str]:
    return [item.path.split("/bukti/")[-1] for item in plan(built, load(2026).rulebook)]


@pytest.mark.parametrize(
    "broken",
    [{"claim": {}}, {"claims": {"16": {"paramter": 1}}}, {"claims": {"16": {"files": {"a.pdf": "pfd"}}}}],
)
def test_a_key_or_kind_nobody_knows_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        recipe(broken)


def test_a_bare_number_is_the_parameter_with_the_evidence_it_takes() -> None:
    assert paths(recipe({"claims": {"18": 2, "25": 0}})) == [
        "18 Dukungan anggaran/DPA 2025.pdf",
        "18 Dukungan anggaran/DPA 2024.pdf",
    ]


def test_all_holds_for_every_row_that_is_not_named() -> None:
    made = paths(recipe({"claims": {"all": 1, "16": 0}}))
    assert {path.split(" ", 1)[0] for path in made} == {str(n) for n in range(17, 36)}


def test_repeat_makes_numbered_innovations() -> None:
    built = recipe({"repeat": 3, "claims": {}})
    assert [spec.name for spec in built.each_innovation()] == ["Inovasi 1 01", "Inovasi 1 02", "Inovasi 1 03"]


def test_a_copy_of_nothing_is_refused() -> None:
    lost = {"claims": {"16": {"parameter": 1, "files": {"a.pdf": {"make": "copy", "of": "Tidak ada/16"}}}}}
    with pytest.raises(ValueError, match="Tidak ada/16"):
        paths(recipe(lost))


@pytest.mark.parametrize("cycle", [2026, 2027])
def test_a_fitting_value_earns_exactly_its_parameter(cycle: int) -> None:
    rulebook = load(cycle).rulebook
    for indicator in rulebook.spd_rows:
        for parameter in (1, 2, 3) if indicator.thresholds else ():
            value = fitting_value(indicator, parameter, rulebook)
            assert isinstance(value, Decimal)
            assert rulebook.threshold_parameter(indicator.key, value) == parameter


def test_evidence_follows_the_kinds_of_another_cycle(tmp_path: Path) -> None:
    rulebook = load(2024).rulebook
    built = Recipe.model_validate(
        {
            "cycle": 2024,
            "units": [UNIT],
            "innovations": [{"unit": "101", "name": "Perahu", "claims": {"all": 3}}],
        }
    )
    for item in plan(built, rulebook):
        indicator = rulebook.by_key[item.path.split("/bukti/")[1].split(" ", 1)[0]]
        suffix = item.path.rsplit(".", 1)[1]
        assert indicator.kinds.value is None or suffix in indicator.kinds.value, item.path
    assert build_share(tmp_path, built, rulebook).files > 20

"""docs/rulebook.md names every key a rulebook can have."""

import inspect
import re
from pathlib import Path

import pytest

from iid.expectations.rulebook import model as rulebook
from iid.expectations.rulebook import sourced
from iid.expectations.rulebook.checks_indicators import KINDS
from iid.expectations.rulebook.loading import available, load
from iid.expectations.rulebook.sourced import Strict

TEXT = (Path(__file__).parents[3] / "docs" / "rulebook.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"[a-z0-9_]+", " ".join(re.findall(r"`([^`\n]+)`", TEXT))))
MODELS = sorted(
    {
        model
        for module in (sourced, rulebook)
        for _, model in inspect.getmembers(module, inspect.isclass)
        if issubclass(model, Strict)
    },
    key=lambda model: model.__name__,
)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_key_is_named_in_the_documentation(model: type[Strict]) -> None:
    assert not set(model.model_fields) - NAMED


def test_every_kind_of_file_is_named_in_the_documentation() -> None:
    assert not set(KINDS) - NAMED


def test_the_table_of_cycles_is_complete_and_right() -> None:
    found: list[tuple[int, int]] = []
    for line in TEXT.splitlines():
        if re.match(r"\| 20\d\d", line):
            cycles, _, divisors = line.strip("| ").split("|")[:3]
            numbers = [re.findall(r"\d+", cell) for cell in (cycles, divisors)]
            found += [(int(cycle), int(divisor)) for cycle, divisor in zip(*numbers, strict=True)]
    assert found == [(cycle, load(cycle).rulebook.formula.divisor_min.value) for cycle in available()]

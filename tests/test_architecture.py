"""docs/dev/architecture.md names rooms and functions that exist, with their true parameters."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "dev" / "architecture.md").read_text(encoding="utf-8")
FUNCTIONS = re.findall(r"`(iid\.[a-z_.]+)\.([a-z_]+)(?:\(([a-z_, ]*)\))?`", PAGE)
TESTS = re.findall(
    r"`(tests/[a-z0-9_/.]+)::(\w+)`", (ROOT / "docs/dev/evidence.md").read_text(encoding="utf-8")
)
PLACES = sorted(set(re.findall(r"`((?:expectations|tasks|flows|tests)/[a-z0-9_/.]*)`", PAGE)))


@pytest.mark.parametrize(("module", "name", "parameters"), FUNCTIONS)
def test_a_seam_of_the_page_has_these_parameters(module: str, name: str, parameters: str) -> None:
    function = getattr(import_module(module), name)
    if parameters:
        assert [p.strip() for p in parameters.split(",")] == list(inspect.signature(function).parameters)


@pytest.mark.parametrize("place", PLACES)
def test_a_place_of_the_page_exists(place: str) -> None:
    assert (ROOT / place).exists()


def test_every_fault_of_the_attack_drill_has_a_test() -> None:
    assert len(TESTS) == 12
    for place, name in TESTS:
        assert f"\ndef {name}(" in (ROOT / place).read_text(encoding="utf-8"), name


def test_every_room_has_a_line() -> None:
    rooms = [
        p.parent for top in ("expectations", "tasks", "flows") for p in (ROOT / top).glob("*/__init__.py")
    ]
    assert [r.name for r in rooms if f"/{r.name}/`" not in PAGE] == []

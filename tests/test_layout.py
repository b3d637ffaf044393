"""Every folder is packaged, scoring is pure, names are unique; `make lint` checks the layers of imports."""

from __future__ import annotations

import ast
import tomllib
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("expectations", "tasks", "flows")
IMPURE = {"os", "time", "datetime", "random", "socket", "pathlib", "io", "prefect", "boto3", "requests"}


def modules(folder: str) -> list[Path]:
    return sorted(p for p in (ROOT / folder).rglob("*.py") if "__pycache__" not in p.parts)


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module)
    return names


def test_every_folder_with_files_is_declared_as_a_package() -> None:
    declared = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    found = {
        ".".join(("iid", *path.parent.relative_to(ROOT).parts))
        for folder in ROOMS
        for path in (ROOT / folder).rglob("*.*")
        if "__pycache__" not in path.parts
    }
    data_only = {
        name for name in found - declared if not (ROOT / name[4:].replace(".", "/") / "__init__.py").exists()
    }
    assert found - data_only == declared


@pytest.mark.parametrize("room", ["tasks", "expectations"])
def test_prefect_is_known_only_in_flows(room: str) -> None:
    for path in modules(room):
        assert not {n for n in imported(path) if n.split(".")[0] == "prefect"}, path.relative_to(ROOT)


def test_scoring_imports_nothing_impure() -> None:
    for path in modules("tasks/score"):
        assert not {n.split(".")[0] for n in imported(path)} & IMPURE, path.relative_to(ROOT)


def test_no_root_conftest_and_no_root_folder_named_like_the_package() -> None:
    assert not (ROOT / "conftest.py").exists()
    assert not (ROOT / "iid").exists()


def test_no_file_name_is_used_twice() -> None:
    names = Counter(p.name for room in ROOMS for p in modules(room) if p.name != "__init__.py")
    assert [name for name, count in names.items() if count > 1] == []


def test_the_lock_names_no_registry_and_hashes_every_package() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    for block in lock.split("\n\n")[0].split("\n"):
        if "==" in block:
            assert block.rstrip().endswith("\\"), f"no hash: {block}"

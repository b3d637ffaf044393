"""The same inputs give the same bytes in two environments that differ in all that should not matter."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from runs import published, snapshot

IID = str(Path(sys.executable).with_name("iid"))

#: Home, zone, locale, hash seed, width, Python's encoding, workers and the way the time is written.
HERE = (
    {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1", "COLUMNS": "200"},
    (),
    ("--workers", "1", "--as-of", "2026-08-31T12:00:00+00:00"),
    0o022,
)
ELSEWHERE = (
    {
        **{"TZ": "America/St_Johns", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONHASHSEED": "4242"},
        **{"COLUMNS": "40", "OMP_NUM_THREADS": "3", "ARROW_DEFAULT_MEMORY_POOL": "system"},
    },
    ("-X", "utf8=0", "-O"),
    ("--workers", "4", "--as-of", "2026-08-31T20:00:00+08:00"),
    0o077,
)


def copy_backwards(source: Path, target: Path) -> None:
    """*source* with the same times, its entries made in the opposite order."""
    target.mkdir(parents=True)
    for inner in sorted(source.iterdir(), reverse=True):
        goal = target / inner.name
        if inner.is_symlink():
            goal.symlink_to(inner.readlink())
            shutil.copystat(inner, goal, follow_symlinks=False)
        elif inner.is_dir():
            copy_backwards(inner, goal)
        else:
            shutil.copy2(inner, goal)


def start(share: Path, store: Path, home: Path, way: tuple) -> subprocess.Popen[str]:
    environment, python, options, umask = way
    home.mkdir(parents=True)
    command = ["assess", "--share", share.name, "--store", str(store), "--cycle", "2026", "--direct"]
    return subprocess.Popen(
        [sys.executable, *python, IID, *command, "--no-feedback", *options],
        cwd=share.parent,
        env={"PATH": os.environ["PATH"], "HOME": str(home), **environment},
        umask=umask,
        text=True,
        encoding="utf-8",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.fixture(scope="module")
def two_runs(example: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """The store of each environment; both assess at the same time."""
    folder = tmp_path_factory.mktemp("dua")
    share = Path(shutil.copytree(example, folder / "satu" / "share", symlinks=True))
    photo = next(p for p in sorted(share.glob("2026/*/*/bukti/*/*.jpg")) if not p.is_symlink())
    named = photo.with_name("Rapat \u2013 caf\u00e9 R\u00e9mi.jpg")
    shutil.copy2(photo, named)
    copy_backwards(share, folder / "di tempat lain" / "Inovasi Daerah é")
    stores = {"here": folder / "hasil", "elsewhere": folder / "di tempat lain" / "terbitan"}
    runs = [
        start(share, stores["here"], folder / "rumah", HERE),
        start(
            folder / "di tempat lain" / "Inovasi Daerah é", stores["elsewhere"], folder / "lain", ELSEWHERE
        ),
    ]
    for run in runs:
        _, shown = run.communicate(timeout=240)
        assert run.returncode == 0, shown
    assert named.name in (published(stores["here"]) / "evidence.csv").read_text("utf-8")
    return stores


def test_two_environments_publish_the_same_bytes(two_runs: Mapping[str, Path]) -> None:
    here, elsewhere = (snapshot(published(store)) for store in two_runs.values())
    assert here.keys() == elsewhere.keys()
    assert [name for name in here if here[name] != elsewhere[name]] == []
    assert published(two_runs["here"]).name == published(two_runs["elsewhere"]).name


def test_no_published_byte_says_where_it_was_made(two_runs: Mapping[str, Path]) -> None:
    places = [two_runs["here"].parent, Path(sys.prefix), Path.cwd()]
    machine = [str(place).encode() for place in places]
    for path in sorted(published(two_runs["here"]).rglob("*")):
        if path.is_file():
            assert [word for word in machine if word in path.read_bytes()] == [], path.name


def test_each_recomputes_from_its_own_tables_in_the_other_environment(two_runs: Mapping[str, Path]) -> None:
    for store, (environment, python, _, _) in zip(two_runs.values(), (ELSEWHERE, HERE), strict=True):
        command = ["verify", "--store", str(store), "--cycle", "2026", "--recompute", "--json"]
        done = subprocess.run(
            [sys.executable, *python, IID, *command],
            env={"PATH": os.environ["PATH"], "HOME": str(store.parent), **environment},
            check=False,
            capture_output=True,
        )
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["ok"] is True

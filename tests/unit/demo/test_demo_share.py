"""The example share as a whole."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from iid.tasks.demo.build_share import UNFINISHED, build_demo_share, demo_recipe
from iid.tasks.ingest.roster import TYPES
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.shares.marker import read_marker
from iid.tasks.values.errors import UsageError


def snapshot(folder: Path) -> dict[str, tuple[float, str]]:
    return {
        p.relative_to(folder).as_posix(): (p.lstat().st_mtime, hashlib.sha256(p.read_bytes()).hexdigest())
        for p in sorted(folder.rglob("*"))
        if p.is_file() and not p.is_symlink()
    }


def test_the_share_is_labelled_as_an_example(example: Path) -> None:
    assert read_marker(FolderDrive(example)).example


def test_there_are_thirty_units_of_all_eight_types() -> None:
    units = demo_recipe().units
    assert len(units) == 30
    assert {unit.type for unit in units} == set(TYPES)


def test_there_are_25_innovations_and_some_400_files_of_all_kinds(example: Path) -> None:
    files = [p for p in example.rglob("*") if p.is_file() and not p.name.startswith("_")]
    evidence = [p for p in files if "/bukti/" in p.as_posix()]
    assert len(list(demo_recipe().each_innovation())) == 25
    assert 380 <= len(evidence) <= 500
    kinds = {p.suffix for p in files}
    assert kinds >= {".pdf", ".jpg", ".png", ".mp4", ".docx", ".xlsx", ".pptx", ".zip"}


def test_two_builds_differ_in_nothing(example: Path, tmp_path: Path) -> None:
    build_demo_share(tmp_path / "again")
    assert snapshot(tmp_path / "again") == snapshot(example)


def test_no_evidence_is_the_same_as_another_except_where_a_copy_was_planted(example: Path) -> None:
    seen: dict[str, list[str]] = {}
    for path, (_, digest) in snapshot(example).items():
        if "/bukti/" in path and not path.rsplit("/", 1)[1].startswith(("_", "~")):
            seen.setdefault(digest, []).append(path)
    empty = hashlib.sha256(b"").hexdigest()
    assert [len(paths) for digest, paths in seen.items() if len(paths) > 1 and digest != empty] == [2]


def test_a_finished_example_is_left_as_it_is(example: Path, tmp_path: Path) -> None:
    share = Path(shutil.copytree(example, tmp_path / "share", symlinks=True))
    played_with = share / "2026/00 Pemda/pemda.xlsx"
    played_with.write_bytes(b"played with")
    done = build_demo_share(share)
    assert not done.fresh
    assert played_with.read_bytes() == b"played with"


def test_an_interrupted_build_is_built_again(example: Path, tmp_path: Path) -> None:
    share = tmp_path / "share"
    (share / "2026/102 Dinas Kesehatan").mkdir(parents=True)
    (share / UNFINISHED).touch()
    assert build_demo_share(share).fresh
    assert snapshot(share) == snapshot(example)


def test_a_folder_with_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tesis.docx").write_bytes(b"mine")
    with pytest.raises(UsageError, match="bukan share contoh"):
        build_demo_share(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["tesis.docx"]


def test_a_real_share_is_never_taken_for_an_example(tmp_path: Path) -> None:
    (tmp_path / "iid-share.toml").write_text('region = "63.03"\n')
    with pytest.raises(UsageError):
        build_demo_share(tmp_path)


def test_another_cycle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="2026"):
        build_demo_share(tmp_path / "share", 2023)

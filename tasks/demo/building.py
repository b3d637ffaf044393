"""Build a made-up share from a recipe: real workbooks, real files, the same bytes every time."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import yaml

from iid.expectations.loading import load
from iid.expectations.rulebook import Rulebook
from iid.tasks.demo.filling import innovation_answers, region_answers
from iid.tasks.demo.messy import messy_workbook, old_workbook
from iid.tasks.demo.planning import Folder, folders, plan, region_folder
from iid.tasks.demo.recipe import Recipe
from iid.tasks.demo.rendering import render
from iid.tasks.drives.folder import FolderDrive
from iid.tasks.errors import UsageError
from iid.tasks.model import Marker, Unit
from iid.tasks.scaffold.names import INNOVATION_WORKBOOK, MARKER_FILE, REGION_FOLDER, REGION_WORKBOOK
from iid.tasks.scaffold.scaffolding import scaffold
from iid.tasks.scaffold.workbooks import innovation_workbook, region_workbook

Progress = Callable[[int, int], None]
UNFINISHED = ".iid-contoh-belum-selesai"
DEMO_CYCLE = 2026


@dataclass(frozen=True, slots=True)
class DemoShare:
    """What was built. ``fresh`` is false when a finished example share stood there already."""

    path: Path
    cycle: int
    units: int
    innovations: int
    files: int  # workbooks and evidence, without the scaffold's notes
    fresh: bool


class _QuickFolder(FolderDrive):
    """A folder that does not wait for the disk after every file: an example can be built again."""

    def write(self, path: str, data: bytes) -> None:
        """Write *data*, making folders."""
        _write(Path(self.url, path), data)


def demo_recipe() -> Recipe:
    """The recipe of the example share."""
    text = (files("iid.tasks.demo.data") / "contoh.yaml").read_text(encoding="utf-8")
    return Recipe.model_validate({**yaml.safe_load(text), "cycle": DEMO_CYCLE})


def build_demo_share(
    path: Path | str, cycle: int = DEMO_CYCLE, progress: Progress | None = None
) -> DemoShare:
    """Build the example share at *path*, labelled ``example = true``.

    A finished example share at *path* is left as it is, so that people may play with it.
    Raises UsageError when *path* holds anything else, and for another cycle than the example's: the
    planted dates belong to that one.
    """
    if cycle != DEMO_CYCLE:
        raise UsageError(f"share contoh disusun untuk siklus {DEMO_CYCLE} saja, bukan {cycle}")
    rulebook = load(cycle).rulebook
    place = Path(path)
    recipe = demo_recipe()
    if not _may_build(place, cycle):
        count = sum(1 for file in place.rglob("*") if file.is_file() and not file.name.startswith("_"))
        return DemoShare(place, cycle, len(recipe.units), len(recipe.innovations), count, fresh=False)
    return build_share(place, recipe, rulebook, progress)


def build_share(
    path: Path | str, recipe: Recipe, rulebook: Rulebook, progress: Progress | None = None
) -> DemoShare:
    """Build the share of *recipe* at *path* (made if missing), under *rulebook*.

    Writes the operators' files first and lets the scaffold add what is missing: roster, blank
    examples, marker last. All files are dated alike, so that two builds differ in nothing.
    """
    root = Path(path)
    cycle = root / str(recipe.cycle)
    cycle.mkdir(parents=True, exist_ok=True)
    (root / UNFINISHED).touch()
    made = _write_workbooks(cycle, recipe, rulebook)
    planned = plan(recipe, rulebook)
    for number, item in enumerate(planned, 1):
        target = cycle / item.path
        target.parent.mkdir(parents=True, exist_ok=True)
        if item.make == "link_out":
            _link_out(target)
        else:
            target.write_bytes(render(item))
        if progress is not None:
            progress(number, len(planned))
    units = tuple(Unit(u.code, u.name, u.type, u.parent) for u in recipe.units)
    region = recipe.region
    marker = Marker(region.code, region.name, region.zone, region.example)
    scaffold(_QuickFolder(root), rulebook, units, marker)
    (root / UNFINISHED).unlink()
    _date_alike(root, recipe.cycle)
    innovations = sum(1 for _ in recipe.each_innovation())
    return DemoShare(root, recipe.cycle, len(units), innovations, made + len(planned), fresh=True)


def _may_build(place: Path, cycle: int) -> bool:
    """True for a place to build at, False for a finished example; UsageError for anything else."""
    if not place.exists():
        return True
    if not place.is_dir():
        raise UsageError(f"{place} adalah berkas, bukan folder; pilih folder lain untuk share contoh")
    if not any(place.iterdir()) or (place / UNFINISHED).exists():
        return True
    marker = place / MARKER_FILE
    if marker.is_file() and "example = true" in marker.read_text(encoding="utf-8"):
        return not (place / str(cycle)).is_dir()
    raise UsageError(f"{place} sudah berisi dan bukan share contoh; pilih folder lain atau kosongkan dahulu")


def _write_workbooks(cycle: Path, recipe: Recipe, rulebook: Rulebook) -> int:
    region = region_answers(recipe.pemda, region_folder(recipe), rulebook)
    _write(cycle / REGION_FOLDER / REGION_WORKBOOK, region_workbook(rulebook, region))
    made = 1
    for folder in folders(recipe, rulebook):
        (cycle / folder.path).mkdir(parents=True, exist_ok=True)
        data = _workbook(folder, rulebook)
        if data is not None:
            _write(cycle / folder.path / INNOVATION_WORKBOOK, data)
            made += 1
    return made


def _workbook(folder: Folder, rulebook: Rulebook) -> bytes | None:
    answers = innovation_answers(folder, rulebook)
    if folder.spec.workbook == "missing":
        return None
    if folder.spec.workbook == "messy":
        return messy_workbook(rulebook, answers)
    if folder.spec.workbook == "xls":
        return old_workbook(rulebook, answers)
    plain = innovation_workbook(rulebook, answers)
    return plain[: len(plain) // 2] if folder.spec.workbook == "cut" else plain


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _link_out(target: Path) -> None:
    """A symbolic link that climbs out of the share; an empty file where links cannot be made."""
    target.unlink(missing_ok=True)
    try:
        target.symlink_to(Path("../" * 12) / "dokumen-di-luar-share.pdf")
    except OSError:
        target.write_bytes(b"")


def _date_alike(root: Path, cycle: int) -> None:
    """Fixed times, a minute apart in path order: the share's fingerprint does not know when it was built."""
    start = datetime(cycle, 6, 15, 1, 0, tzinfo=UTC)
    for number, path in enumerate(sorted(root.rglob("*"))):
        if path.is_file() and not path.is_symlink():
            moment = (start + timedelta(minutes=number)).timestamp()
            os.utime(path, (moment, moment))

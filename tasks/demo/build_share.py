"""A made-up share from a recipe: real files, the same bytes every time."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from iid.expectations.rulebook.loading import load
from iid.expectations.rulebook.model import Rulebook
from iid.expectations.rulebook.strict_yaml import shipped
from iid.tasks.demo import film, office_files, papers, pictures, prose
from iid.tasks.demo.filled_answers import innovation_answers, region_answers
from iid.tasks.demo.messy_workbooks import messy_workbook, old_workbook
from iid.tasks.demo.recipe import Recipe
from iid.tasks.demo.share_plan import Folder, Planned, folders, plan, region_folder, unit_and_folder
from iid.tasks.scaffold.blank_workbooks import innovation_workbook, region_workbook
from iid.tasks.scaffold.scaffolding import scaffold
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.values.errors import UsageError
from iid.tasks.values.folder_names import INNOVATION_WORKBOOK, MARKER_FILE, REGION_FOLDER, REGION_WORKBOOK
from iid.tasks.values.region import Marker, Unit
from iid.tasks.values.tables import REGION_ID

_FRAME = (480, 360)
#: What the ministry asks a film to show; one picture each.
_SCENES = ("Latar belakang", "Penjaringan ide", "Pemilihan ide", "Manfaat", "Dampak")
_SECONDS_A_SCENE = 12
_TOO_LONG_A_SCENE = 75
_PASSWORD = "contoh"  # noqa: S105 (locks an invented paper)


def render(item: Planned) -> bytes:
    """Build the content of *item*; equal plans give equal bytes everywhere."""
    rng = random.Random(item.key)  # noqa: S311 (a fixed seed is the point)
    if item.make == "empty":
        return b""
    if item.make == "text":
        return f"{prose.EXAMPLE_NOTE}\r\n".encode()
    if item.make in {"photo", "screen"}:
        return _picture(item, rng)
    if item.make in {"video", "long_video"}:
        scenes = [pictures.photo(f"{item.facts.name}: {scene}", rng, size=_FRAME) for scene in _SCENES]
        seconds = _SECONDS_A_SCENE if item.make == "video" else _TOO_LONG_A_SCENE
        return film.mp4([pictures.encode(scene, "JPEG") for scene in scenes], seconds, _FRAME)
    return _paper(item, rng)


def _picture(item: Planned, rng: random.Random) -> bytes:
    name = item.facts.name
    if item.make == "photo":
        image = pictures.photo(f"{item.paper['title']} {name}", rng)
    else:
        rows = [f"{label}: {rng.randrange(12, 900)} layanan" for label in prose.sentences()["kegiatan"]]
        image = pictures.screen(f"{name} | {item.paper['title']}", rows, rng)
    return pictures.encode(image, "PNG" if item.path.lower().endswith(".png") else "JPEG")


def _paper(item: Planned, rng: random.Random) -> bytes:
    layout = item.paper["layout"] if item.paper["layout"] in prose.LAYOUTS else "report"
    document = prose.compose(layout, item.paper, item.facts, item.when, rng)
    makers = {
        "pdf": lambda: papers.text_pdf(document),
        "retyped": lambda: papers.text_pdf(document, variant=1),
        "scan": lambda: papers.scanned_pdf(document, rng),
        "locked": lambda: papers.text_pdf(document, password=_PASSWORD),
        "cut": lambda: papers.cut_off(papers.text_pdf(document)),
        "docx": lambda: office_files.docx(document),
        "xlsx": lambda: office_files.xlsx(document),
        "pptx": lambda: office_files.pptx(document),
        "zip": lambda: office_files.archive({"dokumen.pdf": papers.text_pdf(document)}),
    }
    return makers[item.make]()


Progress = Callable[[int, int], None]
UNFINISHED = ".iid-contoh-belum-selesai"
DEMO_CYCLE = 2026


@dataclass(frozen=True, slots=True)
class DemoShare:
    """What was built; ``fresh`` is false if a finished example was there."""

    path: Path
    cycle: int
    units: int
    innovations: int
    files: int  # workbooks and evidence, without the scaffold's notes
    fresh: bool


class _QuickFolder(FolderDrive):
    """A folder that waits for no disk: an example can be built again."""

    def write(self, path: str, data: bytes) -> None:
        """Write *data*, making folders."""
        _write(Path(self.url, path), data)


def demo_recipe() -> Recipe:
    """The recipe of the example share."""
    return Recipe.model_validate({**shipped("iid.tasks.demo.data", "contoh.yaml"), "cycle": DEMO_CYCLE})


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
    """Build *recipe*'s share at *path* (made if missing), under *rulebook*.

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
    """Return True to build, False for a finished example; else UsageError."""
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
    """Make a symbolic link out of the share; an empty file without links."""
    target.unlink(missing_ok=True)
    try:
        target.symlink_to(Path("../" * 12) / "dokumen-di-luar-share.pdf")
    except OSError:
        target.write_bytes(b"")


def _date_alike(root: Path, cycle: int) -> None:
    """Set fixed times, a minute apart in path order, on any day of building."""
    start = datetime(cycle, 6, 15, 1, 0, tzinfo=UTC)
    for number, path in enumerate(sorted(root.rglob("*"))):
        if path.is_file() and not path.is_symlink():
            moment = (start + timedelta(minutes=number)).timestamp()
            os.utime(path, (moment, moment))


@dataclass(frozen=True, slots=True)
class Fault:
    """A planted fault; ``code`` is "" for a shape that has no finding."""

    code: str
    unit: str  # "" for the whole share, "pemda" for SPD
    innovation: str  # innovation_id, "pemda" for SPD, "" where it concerns none
    indicator: str  # "" where it concerns none, or many
    description: str


def planted(recipe: Recipe) -> Iterator[Fault]:
    """Every fault that *recipe* notes, in its order."""
    for find in recipe.finds:
        yield Fault(find.code, "", "", "", find.why)
    for key, claim in recipe.pemda.items():
        for find in claim.finds:
            yield Fault(find.code, REGION_ID, REGION_ID, key, find.why)
    for spec in recipe.each_innovation():
        unit, folder = unit_and_folder(spec)
        for find in spec.finds:
            yield Fault(find.code, unit, f"{unit}/{folder}", "", find.why)
        for key, claim in spec.claims.items():
            for find in claim.finds:
                indicator = "" if key == "all" else key
                yield Fault(find.code, unit, f"{unit}/{folder}", indicator, find.why)


FAULTS = tuple(planted(demo_recipe()))

"""Night after night over a share that changes publishes what a run without any memory would publish."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from openpyxl import load_workbook
from runs import published, snapshot
from small_region import Region, emptied, filled, picture

from iid.flows.assess import run_assessment
from iid.flows.telemetry.progress import Reporter
from iid.tasks.assess.publishing_steps import Outcome
from iid.tasks.assess.request import AssessRequest
from iid.tasks.review.desk_records import DeskRecord, keep
from iid.tasks.store.folder_store import FolderStore

FIRST = datetime(2026, 8, 1, 4, tzinfo=UTC)
PREFIX, OWNER = "63.03/2026", "101/Perahu Sehat"
CACHES = ("_ledger", "_workbooks", "_memory", "_inputs.json")
NIGHTS = 6


def long_ago(region: Region, night: int) -> None:
    """Date what was changed to a time that no clock of this run comes near: it is at rest."""
    for path in sorted(region.root.rglob("*")):
        if path.stat().st_mtime > 1_785_000_000:
            os.utime(path, (1_780_000_000 + night, 1_780_000_000 + night))


def assess(folder: Path, night: float) -> Outcome:
    request = AssessRequest(
        share=str(folder / "share"),
        store=str(folder / "hasil"),
        cycle=2026,
        as_of=FIRST + timedelta(days=night),
        workers=1,
    )
    return run_assessment(request, Reporter(quiet=True))


def row_of(book: object, sheet: str, number: str) -> dict[str, object]:
    """The cells of a row by the title of their column."""
    cells = book[sheet]  # type: ignore[index]
    header = [cell.value for cell in cells[1]]
    at = header.index("No")
    row = next(row for row in cells.iter_rows(min_row=2) if str(row[at].value) == number)
    return dict(zip(header, row, strict=True))


def workbook(region: Region, rng: random.Random) -> None:
    path = region.folder("101") / "Perahu Sehat" / "inovasi.xlsx"
    book = load_workbook(path)
    row_of(book, "Indikator", "19")["Parameter"].value = rng.randrange(1, 4)  # type: ignore[attr-defined]
    book.save(path)


def evidence_changed(region: Region, rng: random.Random) -> None:
    path = next(region.folder("101").rglob("alat.png"))
    path.write_bytes(picture(rng.randrange(20, 200)))


def evidence_swapped(region: Region, rng: random.Random) -> None:
    """Other bytes of the same size under the same time."""
    path = next(region.folder("102").rglob("alat lain.png"))
    before, data = path.stat(), bytearray(path.read_bytes())
    data[-1] ^= rng.randrange(1, 256)
    path.write_bytes(data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def evidence_added(region: Region, rng: random.Random) -> None:
    region.proof(region.folder("101") / "Perahu Sehat", "16", f"foto {rng.random()}.png", picture(30))


def evidence_gone(region: Region, rng: random.Random) -> None:
    found = sorted(region.folder("101").rglob("*.png"))
    if len(found) > 1:
        found[rng.randrange(len(found))].unlink()


def innovation_added(region: Region, rng: random.Random) -> None:
    name = rng.choice(("Perahu Sehat", f"Baru {rng.randrange(1000)}"))
    folder = region.innovation("103", name, {"16": (1, "")})
    region.proof(folder, "16", "alat.png", picture(60))


def decided_in_workbook(region: Region, rng: random.Random) -> None:
    path = region.cycle / "_tinjauan" / "101.xlsx"
    book = load_workbook(path)
    row = row_of(book, "Keputusan", str(rng.choice((16, 19))))
    values = {"Keputusan": rng.choice(("terima", "tolak", None)), "Catatan": "dilihat", "Peninjau": "Budi"}
    for name, value in values.items():
        row[name].value = value  # type: ignore[attr-defined]
    book.save(path)


def decided_at_desk(region: Region, rng: random.Random) -> None:
    store = FolderStore(region.root.parent / "hasil")
    words = (OWNER, "16", rng.choice(("terima", "tolak")), "", "dilihat", "ani")
    at, sign = "2026-08-02T01:02:03Z", f"{rng.random()}"
    assert any(keep(store, PREFIX, DeskRecord(*words, at, sign, number)) for number in count(1))


def unit_added(region: Region, rng: random.Random) -> None:
    path = region.cycle / "_roster.csv"
    path.write_text(path.read_text() + f"9{rng.randrange(1000):03},Dinas Lagi {rng.random()},opd,\n")


def feedback_gone(region: Region, rng: random.Random) -> None:
    for path in region.shown(rng.choice(("101", "102", "103"))).iterdir():
        path.unlink()


def nothing(_region: Region, _rng: random.Random) -> None:
    """A night like the one before."""


CHANGES: tuple[Callable[[Region, random.Random], None], ...] = (
    *(workbook, evidence_changed, evidence_swapped, evidence_added, evidence_gone, innovation_added),
    *(decided_in_workbook, decided_at_desk, unit_added, feedback_gone, nothing, nothing),
)


def nights(rng: random.Random) -> Iterator[list[Callable[[Region, random.Random], None]]]:
    for _ in range(NIGHTS):
        yield rng.sample(CHANGES, rng.randrange(1, 3))


@pytest.mark.parametrize("seed", [14, 2026])
def test_every_night_publishes_what_a_run_without_memory_publishes(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311
    region = filled(emptied(tmp_path))
    long_ago(region, 0)
    assess(tmp_path, 0)
    for night, changes in enumerate(nights(rng), 1):
        for change in changes:
            change(region, rng)
        long_ago(region, night)
        shown = f"night {night}: {[change.__name__ for change in changes]}"
        anew = tmp_path / f"malam {night}"
        for name in ("share", "hasil"):
            shutil.copytree(tmp_path / name, anew / name)
        for name in CACHES:
            place = anew / "hasil" / PREFIX / name
            shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)
        fresh, kept = assess(anew, night), assess(tmp_path, night)
        assert kept.unchanged is fresh.unchanged, shown
        runs = [published(folder / "hasil") for folder in (anew, tmp_path)]
        assert runs[0].name == runs[1].name, shown
        assert snapshot(runs[0]) == snapshot(runs[1]), shown
        shares = [snapshot(folder / "share") for folder in (anew, tmp_path)]
        assert [name for name in shares[0] if shares[0][name] != shares[1].get(name)] == [], shown
        assert (tmp_path / "hasil" / PREFIX / "_inputs.json").exists(), shown
        assert assess(tmp_path, night + 0.5).unchanged

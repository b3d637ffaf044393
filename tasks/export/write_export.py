"""Write the whole export at once: a hidden folder, renamed when complete."""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from iid.tasks.answers.run_view import Picture
from iid.tasks.export.copy_evidence import Origin, bring
from iid.tasks.export.export_plan import FORM, Packed, Plan
from iid.tasks.export.ministry_forms import form_workbook, list_workbook
from iid.tasks.export.preflight import Check, place_of
from iid.tasks.export.preflight_page import region_name, rehearsal_page, rehearsal_workbook
from iid.tasks.shares.folder_listing import why_unwritten
from iid.tasks.values.errors import FailedError, UsageError

Progress = Callable[[int, int], None]
FILES = ("path", "innovation_id", "indicator", "source", "size", "sha256")


def write_export(
    picture: Picture,
    plan: Plan,
    checks: Sequence[Check],
    out: Path,
    origin: Origin,
    *,
    zipped: bool = False,
    progress: Progress = lambda done, total: None,
) -> list[Check]:
    """Write *plan* to the folder *out*; return all checks, files included.

    UsageError when *out* holds something already; FailedError when it cannot be written. Whatever
    fails, *out* is then as it was.
    """
    region = region_name(picture) + (" (CONTOH)" if origin.example else "")
    with _complete_or_nothing(out) as folder:
        found = list(_brought(plan, folder, origin, progress))
        lost = {(check.owner, check.indicator, check.source) for check in found}
        order = {indicator.key: n for n, indicator in enumerate(picture.rulebook.indicators)}
        everything = sorted([*found, *checks], key=lambda check: place_of(check, order))
        for entry in plan.entries:
            form = folder / entry.folder / FORM
            form.parent.mkdir(exist_ok=True)
            form.write_bytes(form_workbook(entry, picture.rulebook))
        _write(folder, "daftar-inovasi.xlsx", list_workbook(plan, picture.rulebook, region))
        _write(folder, "gladi-kirim.html", rehearsal_page(picture, plan, everything, region))
        _write(folder, "gladi-kirim.xlsx", rehearsal_workbook(picture, everything))
        brought = [
            item
            for entry in plan.entries
            for item in entry.files
            if (item.owner, item.indicator, item.sources[0]) not in lost
        ]
        _write(folder, "daftar-berkas.csv", _listing(brought))
        if zipped:
            for entry in plan.entries:
                _zip(folder / entry.folder)
    return everything


def _brought(plan: Plan, folder: Path, origin: Origin, progress: Progress) -> Iterator[Check]:
    items = [item for entry in plan.entries for item in entry.files]
    for done, item in enumerate(items, 1):
        check = bring(item, folder / item.path, origin)
        if check:
            yield check
        progress(done, len(items))


def _listing(items: Sequence[Packed]) -> bytes:
    import pandas as pd

    from iid.tasks.store.table_files import csv_bytes

    rows = [(i.path, i.owner, i.indicator, i.sources[0], str(i.size), i.sha256) for i in items]
    return csv_bytes(pd.DataFrame(rows, columns=list(FILES), dtype="string"))


def _write(folder: Path, name: str, data: bytes) -> None:
    (folder / name).write_bytes(data)


def _zip(folder: Path) -> None:
    """Pack one innovation's folder; the same content gives the same bytes."""
    with zipfile.ZipFile(f"{folder}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            info = zipfile.ZipInfo(f"{folder.name}/{path.name}", (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            with path.open("rb") as source, archive.open(info, "w", force_zip64=True) as target:
                shutil.copyfileobj(source, target)
    shutil.rmtree(folder)


@contextmanager
def _complete_or_nothing(out: Path) -> Iterator[Path]:
    """A hidden folder that becomes *out* at the end, or goes away."""
    _check_empty(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as error:
        raise FailedError(f"folder {out} tidak dapat dibuat: {why_unwritten(error)}") from error
    try:
        yield folder
        folder.chmod(0o755)
        _check_empty(out)
        os.rename(folder, out)  # noqa: PTH104  (over an empty folder, atomically)
    except OSError as error:
        raise FailedError(f"ekspor ke {out} gagal: {why_unwritten(error)}; tidak ada yang ditulis") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _check_empty(out: Path) -> None:
    """Raise UsageError unless *out* is an empty folder, or nothing at all."""
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise UsageError(f"--out {out} bukan folder; sebut folder yang belum ada")
    if out.is_dir() and any(out.iterdir()):
        raise UsageError(f"--out {out} sudah berisi; tidak ada yang ditimpa, sebut folder lain")

"""The findings of reading: what is missing, misplaced, unknown, repeated. Grouped by cause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from iid.tasks.drives.base import Entry
from iid.tasks.drives.names import printable
from iid.tasks.model import Finding, finding
from iid.tasks.submissions.items import Gathered
from iid.tasks.submissions.layout import Layout, Place
from iid.tasks.submissions.parsed import Parsed
from iid.tasks.tables import REGION_ID

GROUP_FROM = 6  # so many files of one folder with one cause become one finding


def layout_findings(layout: Layout) -> Iterator[Finding]:
    """Findings about units and files outside of submissions, and folders that could not be listed."""
    for code, unit in layout.units.items():
        if not unit.known:
            for folder in unit.folders:
                yield finding("submission.unit_unknown", unit_code=code, source=folder, unit=printable(code))
        if len(unit.folders) > 1:
            yield _repeated_folder(code, unit.folders)
    if len(layout.region_folders) > 1:
        yield _repeated_folder(REGION_ID, layout.region_folders)
    for place, first in layout.repeated:
        words = {
            "folder": printable(place.folder),
            "other": printable(first.folder),
            "id": printable(place.innovation_id),
        }
        yield finding(
            "innovation.folder_repeated",
            unit_code=place.unit_code,
            innovation_id=place.innovation_id,
            source=place.folder,
            **words,
        )
    by_unit: dict[str, list[Entry]] = {}
    for code, entry in layout.misplaced:
        by_unit.setdefault(code, []).append(entry)
    for code, entries in by_unit.items():
        yield from _files("file.unexpected", entries, code, "")
    yield from _unreadable(layout)


def place_findings(layout: Layout, place: Place, parsed: Parsed, gathered: Gathered) -> Iterator[Finding]:
    """Findings about one submission: its workbook, its rows, files that belong to nothing."""
    where = {"unit_code": place.unit_code, "innovation_id": place.innovation_id}
    unit = layout.units.get(place.unit_code)
    if unit is not None and not unit.known:
        yield finding(
            "submission.unit_unknown", **where, source=place.folder, unit=printable(place.unit_code)
        )
    path = place.workbook.path if place.workbook else f"{place.folder}/{place.wanted}"
    if place.unreadable:
        detail = f"foldernya tidak dapat dibaca ({place.unreadable})"
        yield finding(
            "submission.workbook_unreadable", **where, source=path, name=place.wanted, detail=detail
        )
    elif place.workbook is None:
        yield finding(
            "submission.workbook_missing", **where, source=path, name=place.wanted, folder=_shown(place)
        )
    elif parsed.unreadable:
        name = printable(path.rsplit("/", 1)[1])
        yield finding(
            "submission.workbook_unreadable", **where, source=path, name=name, detail=parsed.unreadable
        )
    for remark in parsed.remarks:
        cell = f"{path}#{remark.address}" if remark.address else path
        yield finding(remark.code, **where, indicator=remark.indicator, source=cell, **dict(remark.words))
    meant = {entry.path for entry in place.lookalikes}
    loose = [*place.workbooks[1:], *(entry for entry in gathered.loose if entry.path not in meant)]
    yield from _files("file.unexpected", loose, place.unit_code, place.innovation_id)
    yield from _files("evidence.folder_unknown", gathered.numberless, place.unit_code, place.innovation_id)


def _shown(place: Place) -> str:
    """The folder, with the files that were probably meant as its workbook."""
    folder = printable(place.folder)
    names = ", ".join(printable(entry.path.rsplit("/", 1)[1]) for entry in place.lookalikes[:3])
    return f"{folder} (yang ada: {names})" if names else folder


def _repeated_folder(code: str, folders: Sequence[str]) -> Finding:
    names = "; ".join(printable(folder) for folder in folders)
    return finding(
        "unit.folder_repeated", unit_code=code, source=folders[1], unit=printable(code), folders=names
    )


def _files(code: str, entries: Sequence[Entry], unit_code: str, innovation_id: str) -> Iterator[Finding]:
    """One finding a file, or one a folder where it holds many of them."""
    folders: dict[str, list[str]] = {}
    for entry in entries:
        folder, _, name = entry.path.rpartition("/")
        folders.setdefault(folder, []).append(name)
    for folder, names in sorted(folders.items()):
        if len(names) >= GROUP_FROM:
            name = f"di folder {printable(folder)} ({len(names)} berkas, misalnya {printable(min(names))})"
            shown = [(folder, name)]
        else:
            shown = [(f"{folder}/{name}", printable(name)) for name in sorted(names)]
        for source, name in shown:
            yield finding(code, unit_code=unit_code, innovation_id=innovation_id, source=source, name=name)


def _unreadable(layout: Layout) -> Iterator[Finding]:
    """One finding a folder that could not be listed; folders below such a one add nothing."""
    paths = {path for _, path, _ in layout.unreadable}
    ids = {place.folder: place.innovation_id for place in (layout.region, *layout.innovations)}
    for code, path, reason in layout.unreadable:
        if any(path.startswith(f"{other}/") for other in paths):
            continue
        names = path.split("/")
        owner = ids.get("/".join(names[:3]), ids.get("/".join(names[:2]), ""))
        yield finding(
            "evidence.folder_unreadable",
            unit_code=code,
            innovation_id=owner,
            source=path,
            name=printable(path),
            detail=reason,
        )

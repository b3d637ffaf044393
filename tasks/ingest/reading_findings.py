"""The findings of reading (missing, misplaced, unknown), by cause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from iid.tasks.ingest.cycle_layout import Layout, Place
from iid.tasks.ingest.evidence_items import Gathered
from iid.tasks.ingest.parse_workbook import INNOVATION_WORKBOOK
from iid.tasks.ingest.parsed import Parsed
from iid.tasks.ingest.titles import plain
from iid.tasks.shares.drive import Entry
from iid.tasks.text.cell_values import shown
from iid.tasks.values.region import Finding, finding
from iid.tasks.values.share_paths import printable, tidy
from iid.tasks.values.tables import REGION_ID

GROUP_FROM = 6  # so many files of one folder with one cause become one finding


def layout_findings(layout: Layout) -> Iterator[Finding]:
    """Yield findings about units, stray files and folders that fail to list."""
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
        name = entry.path.rsplit("/", 1)[1]
        if code and plain(name).startswith("inovasi") and name.casefold().endswith(".xlsx"):
            yield finding(
                "submission.workbook_in_unit_folder", unit_code=code, source=entry.path, name=printable(name)
            )
        else:
            by_unit.setdefault(code, []).append(entry)
    for code, entries in by_unit.items():
        yield from _files("file.unexpected", entries, code, "")
    yield from _unreadable(layout)


def place_findings(layout: Layout, place: Place, parsed: Parsed, gathered: Gathered) -> Iterator[Finding]:
    """Yield the findings of one submission: workbook, rows, stray files."""
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
        yield _missing(place, path, where)
    elif parsed.unreadable:
        name = printable(path.rsplit("/", 1)[1])
        yield finding(
            "submission.workbook_unreadable", **where, source=path, name=name, detail=parsed.unreadable
        )
    yield from _versions(place, where)
    if place.inner:
        words = {"inner": printable(place.inner.rsplit("/", 1)[1]), "folder": printable(place.folder)}
        yield finding("submission.folder_too_deep", **where, source=place.inner, **words)
    yield from _bukti_notes(place, path, gathered, where)
    for remark in parsed.remarks:
        cell = f"{path}#{remark.address}" if remark.address else path
        yield finding(remark.code, **where, indicator=remark.indicator, source=cell, **dict(remark.words))
    meant = {entry.path for entry in place.lookalikes}
    loose = [entry for entry in gathered.loose if entry.path not in meant]
    yield from _files("file.unexpected", loose, place.unit_code, place.innovation_id)
    yield from _files("evidence.folder_unknown", gathered.numberless, place.unit_code, place.innovation_id)


def is_blank(place: Place, parsed: Parsed) -> bool:
    """Return whether the workbook has only what scaffold or the folder gave."""
    if place.workbook is None or parsed.unreadable or not any(claim.address for claim in parsed.claims):
        return False
    named = parsed.answered == 1 and plain(parsed.name) == plain(place.folder.rsplit("/", 1)[1])
    return parsed.answered == 0 or named


def blank_finding(place: Place, gathered: Gathered) -> Finding:
    """Return the one finding of a blank workbook; it counts waiting files."""
    files = (
        sum(item.kind == "file" for item in gathered.items) + len(gathered.numberless) + len(gathered.loose)
    )
    path = place.workbook.path if place.workbook else place.folder
    return finding(
        "submission.blank",
        unit_code=place.unit_code,
        innovation_id="" if place.wanted == INNOVATION_WORKBOOK else place.innovation_id,
        source=path,
        name=printable(path.rsplit("/", 1)[1]),
        folder=printable(place.folder),
        files=f"; {files} berkas di foldernya belum dipakai" if files else "",
    )


def _missing(place: Place, path: str, where: dict[str, str]) -> Finding:
    """No workbook: what is in its place is named, with what to do about it."""
    names = ", ".join(printable(entry.path.rsplit("/", 1)[1]) for entry in place.lookalikes[:3])
    folder = printable(place.folder) + (f" (yang ada: {names})" if names else "")
    words = {"name": place.wanted, "folder": folder, "advice": _advice(place)}
    return finding("submission.workbook_missing", **where, source=path, **words)


def _advice(place: Place) -> str:
    endings = {entry.path.casefold().rpartition(".")[2] for entry in place.lookalikes}
    if not endings:
        return f"Salin buku kerja kosong dari folder contoh unit, isi, dan beri nama {place.wanted}"
    if endings & {"zip", "rar", "7z"}:
        return f"Keluarkan isi arsipnya ke folder ini; buku kerjanya harus bernama {place.wanted}"
    if endings & {"lnk", "url", "desktop", "webloc", "gsheet"}:
        return f"Itu pintasan. Salin buku kerjanya sendiri ke folder ini dengan nama {place.wanted}"
    if endings <= {"xlsx"}:
        return f"Bila itu buku kerjanya, ganti namanya menjadi {place.wanted}"
    return (
        f"Bila itu buku kerjanya, buka lalu simpan sebagai (Save As) Excel .xlsx dengan nama {place.wanted}"
    )


def _versions(place: Place, where: dict[str, str]) -> Iterator[Finding]:
    """Yield which of several or misnamed workbooks is read, which is newer."""
    used = place.workbook
    if used is None:
        return
    name = used.path.rsplit("/", 1)[1]
    others = [entry for entry in place.candidates if entry is not used]
    for other in others:
        age = {True: "lebih baru", False: "lebih lama"}
        newer = "" if other.modified == used.modified else f" ({age[other.modified > used.modified]})"
        words = {
            "used": f'"{printable(name)}"',
            "other": f'"{printable(other.path.rsplit("/", 1)[1])}"{newer}',
        }
        yield finding("submission.two_candidates", **where, source=other.path, **words)
    if not others and tidy(name).casefold() != place.wanted:
        words = {"name": printable(name), "wanted": place.wanted}
        yield finding("submission.workbook_name", **where, source=used.path, **words)


def _bukti_notes(place: Place, path: str, gathered: Gathered, where: dict[str, str]) -> Iterator[Finding]:
    """Yield one finding for all words in Bukti that name no file."""
    if gathered.notes:
        claim, text = gathered.notes[0]
        words = {
            "value": shown(text),
            "indicators": ", ".join(claim.indicator for claim, _ in gathered.notes),
        }
        indicator = claim.indicator if len(gathered.notes) == 1 else ""
        cell = f"{path}#{claim.files_address}" if claim.files_address else path
        yield finding("claim.note_instead_of_files", **where, indicator=indicator, source=cell, **words)


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
    """Yield one finding per unlistable folder, none for those below it."""
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

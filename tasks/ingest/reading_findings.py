"""The findings of reading (missing, misplaced, unknown), by cause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from iid.tasks.ingest.cell_grids import OLD_FORMATS
from iid.tasks.ingest.cycle_layout import Layout
from iid.tasks.ingest.evidence_items import Gathered
from iid.tasks.ingest.parse_workbook import INNOVATION_WORKBOOK, REGION_WORKBOOK
from iid.tasks.ingest.parsed import Parsed
from iid.tasks.ingest.submission_place import ARCHIVES, SHORTCUTS, SubmissionPlace, may_be_workbook
from iid.tasks.ingest.titles import plain
from iid.tasks.ingest.unreadable import advice_on
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
                yield finding(
                    "submission.unit_unknown", unit_code=code, source=folder, **_unknown(code, layout)
                )
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
    yield from _misplaced(layout)
    yield from _unreadable(layout)


def _misplaced(layout: Layout) -> Iterator[Finding]:
    """Yield files outside innovations; a workbook's finding covers its bukti/."""
    by_unit: dict[str, list[Entry]] = {}
    covered: set[str] = set()
    for code, entry in layout.misplaced:
        name = entry.path.rsplit("/", 1)[1]
        wanted = REGION_WORKBOOK if plain(name).startswith("pemda") else INNOVATION_WORKBOOK
        called = plain(name).startswith(plain(wanted[:-5]))
        if code == REGION_ID or not (may_be_workbook(name, wanted) and (code or called)):
            by_unit.setdefault(code, []).append(entry)
            continue
        advice = (
            "Salin buku kerja dan folder buktinya ke folder 00 Pemda"
            if wanted == REGION_WORKBOOK
            else "Buat satu folder untuk inovasinya di folder unit, dan salin buku kerja dan folder "
            "buktinya ke sana"
        )
        waiting = len(layout.ownerless.get(code, ())) if code not in covered else 0
        covered.add(code)
        yield finding(
            "submission.workbook_in_unit_folder",
            unit_code=code,
            source=entry.path,
            name=printable(name),
            where="folder unit" if code else "folder siklus",
            files=f"; {waiting} berkas di folder bukti di sampingnya juga belum dipakai" if waiting else "",
            advice=advice if name == wanted else f"{advice}. {_use(name, wanted)}",
        )
    for code, entries in layout.ownerless.items():
        if entries and code not in covered:
            by_unit.setdefault(code, []).extend(entries)
    for code, entries in by_unit.items():
        yield from _files("file.unexpected", entries, code, "")


def _unknown(code: str, layout: Layout) -> dict[str, str]:
    """Return the words on a unit that the roster has not, with a code near it.

    Excel makes 1.1 of 1.10 and 201 of 0201 when it saves a roster.
    """
    near = next((k for k, unit in layout.units.items() if unit.known and _bare(k) == _bare(code)), "")
    hint = f'; yang ada "{printable(near)}", mungkin diubah Excel saat daftarnya disimpan' if near else ""
    return {"unit": printable(code), "near": hint}


def _bare(code: str) -> str:
    code = code.lstrip("0")
    return code.rstrip("0") if "." in code else code


def place_findings(
    layout: Layout, place: SubmissionPlace, parsed: Parsed, gathered: Gathered
) -> Iterator[Finding]:
    """Yield the findings of one submission: workbook, rows, stray files."""
    where = {"unit_code": place.unit_code, "innovation_id": place.innovation_id}
    unit = layout.units.get(place.unit_code)
    if unit is not None and not unit.known:
        words = _unknown(place.unit_code, layout)
        yield finding("submission.unit_unknown", **where, source=place.folder, **words)
    path = place.workbook.path if place.workbook else f"{place.folder}/{place.wanted}"
    if place.unreadable:
        detail = f"foldernya tidak dapat dibaca ({place.unreadable})"
        words = {"name": place.wanted, "detail": detail, "advice": advice_on(detail, place.wanted)}
        yield finding("submission.workbook_unreadable", **where, source=path, **words)
    elif place.workbook is None:
        yield _missing(place, path, where)
    elif parsed.unreadable:
        words = {"detail": parsed.unreadable, "advice": advice_on(parsed.unreadable, place.wanted)}
        yield finding("submission.workbook_unreadable", **where, source=path, name=_name(path), **words)
    form = next((dict(r.words)["detail"] for r in parsed.remarks if r.code == "submission.repaired"), "")
    renamed = form in OLD_FORMATS.values() and tidy(_name(path)).casefold() != place.wanted
    yield from _versions(place, where, form if renamed else "")
    if place.inner:
        inner = place.inner[len(place.folder) + 1 :]
        levels = "satu" if "/" not in inner else str(inner.count("/") + 1)
        words = {"what": place.moved, "inner": printable(inner), "levels": levels}
        yield finding(
            "submission.folder_too_deep", **where, source=place.inner, **words, folder=printable(place.folder)
        )
    yield from _bukti_notes(place, path, gathered, where)
    for remark in parsed.remarks:
        if renamed and remark.code == "submission.repaired" and len(place.candidates) == 1:
            continue  # the finding on its name says so
        cell = f"{path}#{remark.address}" if remark.address else path
        words = dict(remark.words)
        if remark.code.startswith("submission.") and "name" in words:
            words["name"] = _name(path)
        yield finding(remark.code, **where, indicator=remark.indicator, source=cell, **words)
    meant = {entry.path for entry in place.lookalikes}
    loose = [e for e in gathered.loose if e.path not in meant and not place.is_in_one_of_several(e)]
    yield from _files("file.unexpected", loose, place.unit_code, place.innovation_id)
    yield from _files("evidence.folder_unknown", gathered.numberless, place.unit_code, place.innovation_id)


def is_blank(place: SubmissionPlace, parsed: Parsed) -> bool:
    """Return whether the workbook has only what scaffold or the folder gave."""
    if place.workbook is None or parsed.unreadable or not any(claim.address for claim in parsed.claims):
        return False
    named = parsed.answered == 1 and plain(parsed.name) == plain(place.folder.rsplit("/", 1)[1])
    return parsed.answered == 0 or named


def blank_finding(place: SubmissionPlace, gathered: Gathered) -> Finding:
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
        name=_name(path),
        folder=printable(place.folder),
        advice="Isi lembar Profil dan Indikator; bila inovasi ini tidak jadi dilaporkan, biarkan saja"
        if place.wanted == INNOVATION_WORKBOOK
        else "Isi lembar Indikator",
        files=f"; {files} berkas di foldernya belum dipakai" if files else "",
    )


def _missing(place: SubmissionPlace, path: str, where: dict[str, str]) -> Finding:
    """No workbook: what is in its place is named, with what to do about it."""
    names = ", ".join(printable(entry.path.rsplit("/", 1)[1]) for entry in place.lookalikes[:3])
    folder = printable(place.folder) + (f" (yang ada: {names})" if names else "")
    words = {"name": place.wanted, "folder": folder, "advice": _advice(place)}
    return finding("submission.workbook_missing", **where, source=path, **words)


def _advice(place: SubmissionPlace) -> str:
    if place.several:
        names = ", ".join(map(printable, place.several[:3]))
        return (
            f"Ada buku kerja di {len(place.several)} subfolder ({names}). Bila itu inovasi yang berbeda, "
            "salin setiap subfolder menjadi satu folder inovasi langsung di folder unit; bila satu inovasi, "
            "salin isi subfolder yang benar ke folder ini"
        )
    if not place.lookalikes:
        if place.wanted == REGION_WORKBOOK:
            return f"Minta pengelola membuat {place.wanted} kosong dengan iid scaffold, lalu isi"
        return f"Salin buku kerja kosong dari folder contoh unit, isi, dan beri nama {place.wanted}"
    ranked = sorted(place.lookalikes, key=lambda e: not e.path.casefold().endswith((*ARCHIVES, *SHORTCUTS)))
    return _use(ranked[0].path, place.wanted)


def _use(path: str, wanted: str) -> str:
    """Return how a file of another name or kind becomes the workbook *wanted*."""
    name = path.rsplit("/", 1)[-1].casefold()
    if name.endswith(ARCHIVES):
        return f"Keluarkan isi arsipnya; buku kerjanya harus bernama {wanted}"
    if name.endswith(SHORTCUTS):
        return f"Itu pintasan. Salin buku kerjanya sendiri dengan nama {wanted}"
    if name.endswith(".xlsx") or "." not in name or ".xlsx" in name:
        return f"Bila itu buku kerjanya, ganti namanya menjadi {wanted}"
    return f"Bila itu buku kerjanya, buka lalu simpan sebagai (Save As) Excel .xlsx dengan nama {wanted}"


def _name(path: str) -> str:
    return printable(path.rsplit("/", 1)[1])


def _versions(place: SubmissionPlace, where: dict[str, str], form: str) -> Iterator[Finding]:
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
        advice = (
            "beri nama lain yang diawali garis bawah (_) pada berkas yang tidak dipakai; bila isinya inovasi "
            "lain, buatkan folder dan buku kerjanya sendiri"
        )
        yield finding("submission.two_candidates", **where, source=other.path, **words, advice=advice)
    if not others and tidy(name).casefold() != place.wanted:
        detail = f" ({form})" if form else ""
        words = {"name": printable(name), "wanted": place.wanted, "detail": detail}
        words["advice"] = (
            f"Ganti namanya menjadi {place.wanted}"
            if name.casefold().rstrip().endswith(".xlsx")
            else f"Buka, lalu simpan sebagai (Save As) Excel .xlsx dengan nama {place.wanted}"
        )
        yield finding("submission.workbook_name", **where, source=used.path, **words)


def _bukti_notes(
    place: SubmissionPlace, path: str, gathered: Gathered, where: dict[str, str]
) -> Iterator[Finding]:
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

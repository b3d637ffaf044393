"""Make a cycle's tree and workbooks on a share; touch nothing existing."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from iid.expectations.rulebook.model import Rulebook
from iid.tasks.scaffold.answers import Answers
from iid.tasks.scaffold.blank_workbooks import innovation_workbook, region_workbook
from iid.tasks.scaffold.instructions import folder_note
from iid.tasks.shares.drive import Drive
from iid.tasks.values.folder_names import (
    EXAMPLE_FOLDER,
    INNOVATION_LENGTH,
    INNOVATION_WORKBOOK,
    MARKER_FILE,
    REGION_FOLDER,
    REGION_WORKBOOK,
    ROSTER_FILE,
    evidence_folders,
    safe_name,
    unit_folder,
)
from iid.tasks.values.region import Marker, Unit

NOTE_FILE = "_petunjuk.txt"
ROSTER_LIMIT = 5_000_000  # bytes; a safety limit, the national list of villages is far smaller

Files = dict[str, bytes]  # path inside the share -> content
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ScaffoldReport:
    """Paths made, paths already there (in the share), and notes about them."""

    created: tuple[str, ...]
    kept: tuple[str, ...]
    notes: tuple[str, ...]


def scaffold(
    place: Drive | Path | str,
    rulebook: Rulebook,
    roster: Sequence[Unit],
    marker: Marker,
    *,
    innovations: Sequence[tuple[str, str, Answers]] = (),
    progress: Progress | None = None,
) -> ScaffoldReport:
    """Make what is missing of the share at *place* (drive, path or address).

    Every unit of *roster* gets a folder with a blank innovation to copy, in
    ``_Contoh inovasi (salin folder ini)``: the reader ignores that name, so an untouched
    scaffold reports nothing. *innovations* are ``(unit code, name, answers already known)``; they get a
    folder of their own. A unit whose folder was renamed keeps it: its first word, the code, still matches.

    Each evidence folder holds a ``_petunjuk.txt``: it keeps the folder alive on drives that
    know no empty folders, and says what belongs there.

    Raises UsageError (path), DriveError (share cannot be written), KeyError for an unknown unit.
    """
    drive = _drive(place)
    cycle = rulebook.cycle
    folders, notes = _unit_folders(drive, cycle, roster)
    files = _plan(rulebook, roster, marker, folders, innovations)
    created: list[str] = []
    kept: list[str] = []
    for number, (path, data) in enumerate(files.items(), 1):
        if drive.exists(path):
            kept.append(path)
        else:
            drive.write(path, data)
            created.append(path)
        if progress is not None:
            progress(number, len(files))
    if f"{cycle}/{ROSTER_FILE}" in kept:
        notes += _roster_note(drive, cycle, files[f"{cycle}/{ROSTER_FILE}"])
    return ScaffoldReport(tuple(created), tuple(kept), tuple(notes))


def marker_toml(marker: Marker) -> bytes:
    """The content of ``iid-share.toml``."""
    # A JSON string is a TOML basic string: the same escapes.
    lines = [
        "# Penanda share IID. Tanpa berkas ini share dianggap tidak terpasang; jangan dihapus.",
        f"region = {json.dumps(marker.region, ensure_ascii=False)}",
        f"name = {json.dumps(marker.name, ensure_ascii=False)}",
        f"zone = {json.dumps(marker.zone, ensure_ascii=False)}",
    ]
    if marker.example:
        lines.append("example = true")
    return ("\n".join(lines) + "\n").encode()


def roster_csv(roster: Iterable[Unit]) -> bytes:
    """The roster as ``code,name,type,parent``."""
    rows = [(unit.code, unit.name, unit.type, unit.parent) for unit in roster]
    # Python's writer leaves a lone carriage return unquoted, and readers take it for a line's end.
    returns = any("\r" in cell for row in rows for cell in row)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL if returns else csv.QUOTE_MINIMAL)
    writer.writerow(("code", "name", "type", "parent"))
    writer.writerows(rows)
    return text.getvalue().encode()


def innovation_files(rulebook: Rulebook, folder: str, workbook: bytes) -> Files:
    """Return a workbook and the annotated evidence folders below *folder*."""
    files = {f"{folder}/{INNOVATION_WORKBOOK}": workbook}
    for place, indicator in evidence_folders(rulebook, "SID").items():
        files[f"{folder}/{place}/{NOTE_FILE}"] = folder_note(indicator).encode()
    return files


def _plan(
    rulebook: Rulebook,
    roster: Sequence[Unit],
    marker: Marker,
    folders: dict[str, str],
    named: Sequence[tuple[str, str, Answers]],
) -> Files:
    cycle = rulebook.cycle
    region = f"{cycle}/{REGION_FOLDER}"
    files: Files = {f"{region}/{REGION_WORKBOOK}": region_workbook(rulebook)}
    for place, indicator in evidence_folders(rulebook, "SPD").items():
        files[f"{region}/{place}/{NOTE_FILE}"] = folder_note(indicator).encode()
    blank = innovation_workbook(rulebook)
    for unit in roster:
        files |= innovation_files(rulebook, f"{cycle}/{folders[unit.code]}/{EXAMPLE_FOLDER}", blank)
    for code, name, answers in named:
        folder = f"{cycle}/{folders[code]}/{safe_name(name, INNOVATION_LENGTH)}"
        files |= innovation_files(rulebook, folder, innovation_workbook(rulebook, answers))
    # Last: an interrupted scaffold has no marker yet and is simply run again.
    return files | {f"{cycle}/{ROSTER_FILE}": roster_csv(roster), MARKER_FILE: marker_toml(marker)}


def _drive(place: Drive | Path | str) -> Drive:
    if not isinstance(place, Path | str):
        return place
    from iid.tasks.shares.open_share import open_drive

    return open_drive(str(place))


def _unit_folders(drive: Drive, cycle: int, roster: Sequence[Unit]) -> tuple[dict[str, str], list[str]]:
    """Return the folder of every unit: the existing one, else our name for it."""
    standing: dict[str, str] = {}
    if drive.exists(str(cycle)):
        for path in drive.list(str(cycle)).folders:
            names = path.split("/")
            if len(names) == 2:
                standing.setdefault(names[1].split(" ", 1)[0], names[1])
    folders, notes = {}, []
    for unit in roster:
        wanted = unit_folder(unit.code, unit.name)
        folders[unit.code] = standing.get(unit.code, wanted)
        if folders[unit.code] != wanted:
            notes.append(f"Unit {unit.code} memakai folder yang sudah ada: {folders[unit.code]}")
    return folders, notes


def _roster_note(drive: Drive, cycle: int, wanted: bytes) -> list[str]:
    """Note when the share's roster is not the given one; it is never replaced."""
    if drive.read_bytes(f"{cycle}/{ROSTER_FILE}", ROSTER_LIMIT) == wanted:
        return []
    return [
        f"{cycle}/{ROSTER_FILE} berbeda dari daftar yang diberikan dan tidak diubah; hapus dahulu lalu "
        "ulangi "
        "perintah ini, atau sebutkan --roster saat iid assess."
    ]

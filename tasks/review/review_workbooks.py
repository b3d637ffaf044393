"""Write the review workbooks, one a unit, without losing an entry.

The workbook that is on the share is read again right before writing: its entries
are carried over row by row, also unclear ones. It is written only when its content
would change, and left alone when it cannot be read or is open in Excel. Where it holds
more than can be carried (comments, pictures, other columns), that version is kept too.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator, Mapping

from iid.tasks.review import claim_meaning
from iid.tasks.review.proposals import Proposals, proposals
from iid.tasks.review.review_cells import MAX_BYTES, Grid, Reader, UnreadableBookError, read_book
from iid.tasks.review.review_files import SUFFIX, is_open_elsewhere, path_of
from iid.tasks.review.review_lines import SHEET, header_of
from iid.tasks.review.sheet_content import EVIDENCE, EVIDENCE_HEADER, comparable, content_of
from iid.tasks.review.sheet_layout import workbook_bytes
from iid.tasks.review.steward_entries import Entries, entries_of
from iid.tasks.shares.drive import Drive, FileChangedError
from iid.tasks.values.assessment import Assessment

ATTEMPTS = 3


def write_review_workbooks(drive: Drive, assessment: Assessment, read: Reader = read_book) -> Iterator[str]:
    """Bring the review workbooks up to date; yield a note for each left alone.

    One workbook a unit that submitted, and ``pemda.xlsx`` for the SPD rows, below
    ``<cycle>/_tinjauan``. DriveError when the share cannot be written.
    """
    for proposal in proposals(assessment):
        if note := _update(drive, assessment.cycle, proposal, read):
            yield note


def _update(drive: Drive, cycle: int, proposal: Proposals, read: Reader) -> str:
    """Write one workbook where needed; why not, or ``""``."""
    path = path_of(cycle, proposal.unit_code)
    try:
        return _attempts(drive, path, proposal, read)
    except UnreadableBookError as error:
        return _left_alone(path, str(error))


def _left_alone(path: str, why_not: str) -> str:
    return f"{path} tidak diperbarui: {why_not}"


def _attempts(drive: Drive, path: str, proposal: Proposals, read: Reader) -> str:
    """Return a note if the workbook was left alone or not carried whole.

    UnreadableBookError when it cannot be read.
    """
    for _ in range(ATTEMPTS):
        before = _bytes(drive, path)
        grids = read(before) if before is not None else None
        content = content_of(proposal, entries_of(grids) if grids is not None else Entries())
        if grids is not None and comparable(grids) == content.grids():
            return ""
        data = workbook_bytes(content)
        if is_open_elsewhere(drive, path):
            return _left_alone(path, "sedang dibuka; diperbarui pada perhitungan berikutnya")
        if _digest(_bytes(drive, path)) == _digest(before):  # nobody saved it meanwhile
            note = keep_aside(drive, path, before, grids) if before is not None and grids else ""
            drive.write(path, data)
            return note
    return _left_alone(path, "terus berubah saat akan ditulis")


def _bytes(drive: Drive, path: str) -> bytes | None:
    try:
        return drive.read_bytes(path, MAX_BYTES + 1)
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise UnreadableBookError(
            "tidak ada hak baca, atau bukan berkas biasa di dalam folder bersama"
        ) from error
    except FileChangedError as error:
        raise UnreadableBookError("berubah saat dibaca") from error


def _digest(data: bytes | None) -> str:
    return hashlib.sha256(data).hexdigest() if data is not None else ""


FOLDER = "_lama"  # below _tinjauan; a name with an underscore is read by nothing
_PARTS = {
    "komentar": re.compile(r"^xl/(?:threaded)?comments", re.IGNORECASE),
    "gambar": re.compile(r"^xl/media/", re.IGNORECASE),
}


def keep_aside(drive: Drive, path: str, data: bytes, grids: Mapping[str, Grid]) -> str:
    """Save *data* beside *path* if a rewrite loses some; a note, or ``""``.

    The copy's name holds its content's hash: the same version is written once, none replaces another.
    """
    what = [*_parts(data), *(["tulisan di luar kolomnya"] if _has_stray_text(grids) else [])]
    what += [f"lembar {name}" for name, grid in grids.items() if _is_written_into(name, grid)]
    if not what:
        return ""
    folder, _, name = path.rpartition("/")
    mark = hashlib.sha256(data).hexdigest()[:8]
    copy = f"{folder}/{FOLDER}/{name.removesuffix(SUFFIX)} {mark}{SUFFIX}"
    if not drive.exists(copy):
        drive.write(copy, data)
    return f"{path} diperbarui; {' dan '.join(what)} di dalamnya tidak terbawa, versi lama utuh di {copy}"


def _parts(data: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
    yield from (what for what, form in _PARTS.items() if any(form.match(name) for name in names))


def _has_stray_text(grids: Mapping[str, Grid]) -> bool:
    """Report whether Keputusan has text above its header or beside columns."""
    grid, head, places = header_of(grids, SHEET)
    known = set(places.values())
    below = (place for row in grid[head:] for place, text in enumerate(row) if text)
    return any(any(row) for row in grid[:head]) or any(place not in known for place in below)


def _is_written_into(name: str, grid: Grid) -> bool:
    """Report whether a sheet of ours by name has columns that are not ours."""
    ours = {EVIDENCE: EVIDENCE_HEADER, claim_meaning.SHEET: claim_meaning.HEADER}
    header = next((texts for own, texts in ours.items() if own.casefold() == name.casefold()), None)
    return header is not None and (grid[:1] != (header,) or any(len(row) > len(header) for row in grid))

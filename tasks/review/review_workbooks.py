"""Write the review workbooks, one a unit, without losing an entry.

The workbook that is on the share is read again right before writing: its entries
are carried over row by row, also unclear ones. It is written only when its content
would change, and left alone when it cannot be read or is open in Excel. Where it holds
more than can be carried (comments, pictures, other columns), that version is kept too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from iid.tasks.review.backup_copy import keep_aside
from iid.tasks.review.proposals import Proposals, proposals
from iid.tasks.review.review_cells import MAX_BYTES, Reader, UnreadableBookError, read_book
from iid.tasks.review.review_files import is_open_elsewhere, path_of
from iid.tasks.review.sheet_content import comparable, content_of
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

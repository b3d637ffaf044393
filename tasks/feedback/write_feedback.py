"""Write each unit's ``_umpan-balik``: atomically, what changed, only ours."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Mapping, Sequence

from iid.tasks.feedback import feedback_page, findings_book
from iid.tasks.feedback.marked_copies import marked_copy
from iid.tasks.feedback.receipt import MAX_BYTES, NAME, WHEN, Receipt, Written, read_receipt, receipt_bytes
from iid.tasks.feedback.unit_feedback import Book, Feedback, feedback_of
from iid.tasks.ingest.container import MAX_BYTES as BOOK_BYTES
from iid.tasks.review.review_files import FOLDER as REVIEW
from iid.tasks.review.review_files import is_open_elsewhere
from iid.tasks.shares.drive import Drive, Listing
from iid.tasks.text.os_errors import said
from iid.tasks.values.assessment import Assessment
from iid.tasks.values.errors import DriveError
from iid.tasks.values.region import Unit

GIVE_UP = 3  # units in a row that could not be written, before it is asked whether the drive refuses
NAMED = 10  # units that a note names


class LeftAloneError(Exception):
    """A file could not be replaced now; the next run tries again."""


def write_feedback(
    drive: Drive, assessment: Assessment, listing: Listing, roster: Sequence[Unit] | None
) -> Iterator[str]:
    """Update every unit's feedback; yield a note for what was left alone.

    A share that refuses is one note, however many units it has. What is wrong in a unit's own folder
    is that unit's trouble alone. Nothing outside ``_umpan-balik`` is written to stay, or removed.
    An unchanged unit costs one small read and one listing.
    """
    failed: dict[str, str] = {}
    in_a_row, refused = 0, False
    for feedback in feedback_of(assessment, listing, roster):
        try:
            if _update(drive, feedback, f"{assessment.as_of:{WHEN}}"):
                in_a_row = 0
        except LeftAloneError as error:
            yield str(error)
        except (DriveError, OSError) as error:
            failed[feedback.code] = said(error)
            in_a_row += 1
            refused = in_a_row % GIVE_UP == 0 and _refuses(drive, assessment.cycle)
            if refused:
                break
        except Exception as error:  # noqa: BLE001  (a unit's folder holds anything; the next unit waits)
            failed[feedback.code] = f"{type(error).__name__}: {error}"
    if refused or (in_a_row % GIVE_UP and _refuses(drive, assessment.cycle)):
        yield f"umpan balik tidak ditulis ({[*failed.values()][-1]})"
    elif failed:
        yield _left_out(failed)


def _refuses(drive: Drive, cycle: int) -> bool:
    """Report if the drive takes nothing, tried where no unit's folder is."""
    probe = f"{cycle}/{REVIEW}/.iid-periksa"
    try:
        drive.write(probe, b"iid")
    except (DriveError, OSError):
        return True
    with contextlib.suppress(DriveError, OSError):
        drive.remove(probe)
    return False


def _left_out(failed: Mapping[str, str]) -> str:
    names = ", ".join([*failed][:NAMED])
    more = f" dan {len(failed) - NAMED} unit lain" if len(failed) > NAMED else ""
    first, why = next(iter(failed.items()))
    why = f"misalnya {first}: {why}" if len(failed) > 1 else why
    return f"umpan balik {len(failed)} unit tidak ditulis: {names}{more} ({why})"


def _update(drive: Drive, feedback: Feedback, now: str) -> bool:
    """Bring one unit's folder up to date; whether anything had to be written."""
    place = feedback.place
    old = _receipt(drive, f"{place}/{NAME}")
    there = _sizes(drive, place) if old.digest else {}
    complete = all(there.get(name) == one.size for name, one in old.ours.items())
    if old.digest == feedback.digest and complete:
        return False
    since = old.since if old.digest == feedback.digest else now
    ours: dict[str, Written] = {}
    for name, data in _files(drive, feedback, since):
        if data is None:  # the workbook changed after it was assessed: the old copy stays until then
            if name in old.ours:
                ours[name] = old.ours[name]
            continue
        ours[name] = one = Written(len(data), hashlib.sha256(data).hexdigest())
        if old.ours.get(name) != one or there.get(name) != one.size:
            _write(drive, f"{place}/{name}", data, replaces=name in there)
    _tidy(drive, place, old, ours, there)
    drive.write(f"{place}/{NAME}", receipt_bytes(feedback, since, ours))
    return True


def _receipt(drive: Drive, path: str) -> Receipt:
    try:
        return read_receipt(drive.read_bytes(path, MAX_BYTES))
    except (FileNotFoundError, PermissionError):  # a pipe or a refused link in its place is no receipt
        return Receipt()


def _sizes(drive: Drive, place: str) -> dict[str, int]:
    return {entry.path.removeprefix(f"{place}/"): entry.size for entry in drive.list(place).entries}


def _files(drive: Drive, feedback: Feedback, since: str) -> Iterator[tuple[str, bytes | None]]:
    """Yield name and bytes of all but the receipt; None: the old one remains."""
    yield findings_book.NAME, findings_book.findings_book(feedback, since)
    yield feedback_page.NAME, feedback_page.page(feedback, since)
    for book in feedback.books:
        data = _as_listed(drive, book)
        if data is None:
            yield book.copy, None
            continue
        lines = [line for line in feedback.lines if line.innovation_id == book.owner]
        copy = marked_copy(data, book.path, lines)
        if copy is not None:
            yield book.copy, copy


def _as_listed(drive: Drive, book: Book) -> bytes | None:
    """Return the workbook as assessed; None when it has changed since."""
    try:
        data = drive.read_bytes(book.path, BOOK_BYTES + 1)
    except (FileNotFoundError, PermissionError):
        return None
    return data if len(data) == book.size else None


def _write(drive: Drive, path: str, data: bytes, *, replaces: bool) -> None:
    if replaces and path.endswith(".xlsx") and is_open_elsewhere(drive, path):
        raise LeftAloneError(f"{path} sedang dibuka; diperbarui pada perhitungan berikutnya")
    drive.write(path, data)


def _tidy(
    drive: Drive, place: str, old: Receipt, ours: Mapping[str, Written], there: Mapping[str, int]
) -> None:
    """Remove what we no longer write, if it still is what we wrote."""
    for name, one in sorted(old.ours.items()):
        if name in ours or there.get(name) != one.size:
            continue
        data = drive.read_bytes(f"{place}/{name}", one.size + 1)
        if hashlib.sha256(data).hexdigest() == one.sha256:
            drive.remove(f"{place}/{name}")

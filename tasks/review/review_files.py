"""Where the review workbooks are on the share."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from iid.tasks.ingest.submission_place import READ
from iid.tasks.review.review_cells import MAX_BYTES, Grid, Reader, UnreadableBookError, read_book
from iid.tasks.shares.drive import Drive, FileChangedError, Listing
from iid.tasks.values.errors import DriveError

FOLDER = "_tinjauan"
SUFFIX = ".xlsx"  # of what we write; what LibreOffice and Excel save otherwise is read too


@dataclass(frozen=True, slots=True)
class Book:
    """One file of the review folder: its sheets, or why they cannot be read."""

    path: str
    grids: dict[str, Grid]
    problem: str = ""

    @property
    def name(self) -> str:
        """File name without the folder."""
        return self.path.rpartition("/")[2]


def folder_of(cycle: int) -> str:
    """The review folder of a cycle."""
    return f"{cycle}/{FOLDER}"


def path_of(cycle: int, unit_code: str) -> str:
    """The review workbook of a unit (``pemda`` for the region's own rows)."""
    return f"{folder_of(cycle)}/{unit_code}{SUFFIX}"


#: What file programs put behind a name when two people saved it: Excel, OneDrive, Nextcloud, Syncthing.
_OF_COPY = re.compile(r"[ (].*|-[^ ]*[^\d.-].*|\.sync-conflict-.*", re.DOTALL)


def unit_of(path: str) -> str:
    """Return the unit code in front of the name of a review workbook.

    ``1.01`` for ``1.01.xlsx``, ``1.01 (salinan).xlsx``, ``1.01-LAPTOP-ANI.xlsx`` and
    ``1.01.sync-conflict-20260824-101112-ABCDEFG.xlsx``.
    """
    name = path.rpartition("/")[2].rpartition(".")[0].strip()
    return _OF_COPY.sub("", name)


def books(drive: Drive, cycle: int, read: Reader = read_book) -> Iterator[Book]:
    """Yield every file of the review folder, by path; none is passed over."""
    folder = folder_of(cycle)
    if not drive.exists(folder):
        # A link out of the share does not "exist", but it is not the same as no folder.
        if _exists(drive, folder):
            yield Book(folder, {}, "menunjuk ke luar folder bersama")
        return
    try:
        listing = drive.list(folder)
    except DriveError:
        if not _exists(drive, folder):
            raise  # the drive itself fails
        yield Book(folder, {}, "bukan folder yang dapat didaftar")
        return
    yield from _listed(drive, folder, listing, read)


def _listed(drive: Drive, folder: str, listing: Listing, read: Reader) -> Iterator[Book]:
    for path, reason in listing.unreadable:
        yield Book(path, {}, reason)
    for path in listing.folders:
        if path.casefold().endswith(SUFFIX):
            yield Book(path, {}, "sebuah folder, bukan berkas")
    for entry in listing.entries:
        inside = entry.path.removeprefix(f"{folder}/")
        if entry.problem:
            yield Book(entry.path, {}, "bukan berkas biasa di dalam folder bersama")
        elif "/" in inside or not inside.casefold().endswith(READ):
            yield Book(entry.path, {}, f"hanya buku kerja langsung di dalam {FOLDER} yang dibaca")
        else:
            yield opened(drive, entry.path, read)


def _exists(drive: Drive, path: str) -> bool:
    """Whether the drive answers that something is at *path*, be it refused."""
    try:
        drive.open(path).close()
    except PermissionError:
        return True
    except (OSError, DriveError):
        return False
    return True


def opened(drive: Drive, path: str, read: Reader = read_book) -> Book:
    """Open the workbook at *path*; a problem in place of sheets if it fails."""
    try:
        return Book(path, read(drive.read_bytes(path, MAX_BYTES + 1)))
    except UnreadableBookError as error:
        return Book(path, {}, str(error))
    except FileNotFoundError:
        return Book(path, {}, "hilang saat dibaca")
    except PermissionError:
        return Book(path, {}, "tidak ada hak baca, atau bukan berkas biasa di dalam folder bersama")
    except FileChangedError:
        return Book(path, {}, "berubah saat dibaca")


def is_open_elsewhere(drive: Drive, path: str) -> bool:
    """Report whether an Excel or LibreOffice lock file shows it is open."""
    folder, _, name = path.rpartition("/")
    # Excel leaves out the first two letters of a long name in its lock file's name.
    locks = (f"~${name}", f"~${name[2:]}", f".~lock.{name}#")
    try:
        return any(drive.exists(f"{folder}/{lock}") for lock in locks)
    except DriveError:
        return False  # a drive that refuses such names cannot hold lock files either

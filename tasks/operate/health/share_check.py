"""Whether a share is readable and writable, whose it is, and its clock."""

from __future__ import annotations

import os
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from iid.tasks.operate.health.health_check import UNNAMED, Check, first_line
from iid.tasks.review.review_files import FOLDER
from iid.tasks.shares.drive import Drive, Listing
from iid.tasks.shares.folder_listing import why
from iid.tasks.shares.marker import MARKER, read_marker
from iid.tasks.shares.open_share import open_drive
from iid.tasks.text.indonesian import number
from iid.tasks.values.errors import IidError
from iid.tasks.values.region import Marker

NAME = "Share"
EVERYBODY = "semua pengguna komputer itu"
_BOOKS = 200  # review workbooks whose rights are looked at
PROBE = ".iid-periksa-"  # begins with a dot: never evidence, never seen by the watcher


@dataclass(frozen=True, slots=True)
class SeenShare:
    """What was found; ``ahead``: the share's clock minus ours in s, or None."""

    checks: tuple[Check, ...]
    marker: Marker | None = None
    ahead: float | None = None


def examine_share(
    url: str | None, cycle: int | None, *, feedback: bool, now: Callable[[], float] = time.time
) -> SeenShare:
    """Open, read the marker, list, and write a probe that is removed at once."""
    if url is None:
        advice = "sebut --share, IID_SHARE, atau share dalam iid.toml"
        return SeenShare((Check(NAME, "warning", UNNAMED, advice),))
    try:
        drive = open_drive(url)
        marker = read_marker(drive)
    except IidError as error:
        seen = first_line(error)
        advice = "" if "scaffold" in seen else "bila belum pernah dibuat: iid scaffold --roster FILE.csv"
        return SeenShare((Check(NAME, "failed", seen, advice),))
    whose = f"{drive.url} milik {marker.name} ({marker.region})"
    listed = _listed(drive, cycle, whose)
    if listed.mark == "failed" or not feedback:
        return SeenShare((listed,), marker)
    written, ahead = _written(drive, now)
    return SeenShare((listed, written), marker, ahead)


def _listed(drive: Drive, cycle: int | None, whose: str) -> Check:
    folder = "" if cycle is None else str(cycle)
    if folder and not drive.exists(folder):
        advice = f"buat dengan iid scaffold --cycle {folder}, atau periksa apakah share terpasang utuh"
        return Check(NAME, "failed", f"{whose}, tetapi folder siklus {folder} tidak ada", advice)
    try:
        listing = drive.list(folder)
    except IidError as error:
        return Check(NAME, "failed", f"{whose}; {first_line(error)}", "beri hak baca kepada pengguna ini")
    return _judged(listing, whose)


def _judged(listing: Listing, whose: str) -> Check:
    if listing.unreadable:
        path, reason = listing.unreadable[0]
        seen = f"{whose}, {len(listing.unreadable)} folder tidak dapat dibaca (misalnya {path}: {reason})"
        return Check(NAME, "warning", seen, "beri hak baca; isinya sekarang dihitung tidak ada")
    if not listing.entries:
        return Check(NAME, "warning", f"{whose}, kosong", "periksa apakah share terpasang utuh")
    return Check(NAME, "ok", f"{whose}, terbaca, {number(len(listing.entries))} berkas")


def _written(drive: Drive, now: Callable[[], float]) -> tuple[Check, float | None]:
    """Check writing of feedback by a temporary file; return the clock, too."""
    place = drive.local(MARKER)
    if place is None:
        return Check("Umpan balik", "ok", "penulisan ke share jarak jauh tidak dicoba"), None
    try:
        with tempfile.NamedTemporaryFile(prefix=PROBE, dir=place.parent) as probe:
            probe.write(b"iid")
            probe.flush()
            ahead = Path(probe.name).stat().st_mtime - now()
    except OSError as error:
        advice = "beri hak tulis, atau pakai --no-feedback (feedback = false)"
        return Check("Umpan balik", "warning", f"share tidak dapat ditulis: {why(error)}", advice), None
    return Check("Umpan balik", "ok", "share dapat ditulis"), ahead


def check_reviewers(url: str | None, cycle: int | None) -> Iterator[Check]:
    """Yield who can write the review folder and so decide, if it exists."""
    try:
        place = open_drive(url).local(MARKER) if url and cycle else None
    except IidError:
        return
    folder = place.parent / str(cycle) / FOLDER if place else None
    advice = "batasi haknya (docs/meja.md), atau [review] workbooks = false"
    if url and cycle and folder is None:
        seen = (
            f"siapa yang dapat menulis {FOLDER}, dan dengan itu memutus, hanya terlihat di server share-nya"
        )
        yield Check("Buku tinjauan", "ok", seen, advice)
    if folder is None or not folder.is_dir():
        return
    writers, open_to_all = writers_of(folder)
    seen = f"{FOLDER} dapat ditulis oleh {writers}: siapa pun di antaranya dapat memutus"
    yield Check("Buku tinjauan", "warning" if open_to_all else "ok", seen, advice if open_to_all else "")


def writers_of(folder: Path) -> tuple[str, bool]:
    """Return who can write in *folder*, and whether all can; by mode bits.

    Its workbooks have rights of their own, and who can write the folder above can put another in its place.
    """
    above = folder.parent
    places = [folder, *islice(folder.glob("*.xlsx"), _BOOKS)]
    places += [] if above.stat().st_mode & stat.S_ISVTX else [above]
    names = list(dict.fromkeys(name for place in places for name in _writers(place)))
    return ", ".join(names), EVERYBODY in names


def _writers(place: Path) -> Iterator[str]:
    state = place.stat()
    yield f"pemilik {_named('pwd', state.st_uid)}"
    if state.st_mode & stat.S_IWGRP:
        yield f"grup {_named('grp', state.st_gid)}"
    if state.st_mode & stat.S_IWOTH:
        yield EVERYBODY
    if hasattr(os, "listxattr") and "system.posix_acl_access" in os.listxattr(place):
        yield "yang disebut getfacl"


def _named(database: str, number: int) -> str:
    """The name of a user or group; its number where the system has no name."""
    try:
        import grp
        import pwd

        return pwd.getpwuid(number).pw_name if database == "pwd" else grp.getgrgid(number).gr_name
    except (ImportError, KeyError):
        return str(number)

"""Whether a share can be read, whose it is, whether feedback can be written, and what its clock says."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from iid.tasks.doctoring.checks import Check, first_line
from iid.tasks.drives.base import Drive, Listing
from iid.tasks.drives.marker import MARKER, read_marker
from iid.tasks.drives.opening import open_drive
from iid.tasks.drives.walking import why
from iid.tasks.errors import IidError
from iid.tasks.model import Marker

NAME = "Share"
PROBE = ".iid-periksa-"  # begins with a dot: never evidence, never seen by the watcher


@dataclass(frozen=True, slots=True)
class SeenShare:
    """What was found; ``ahead`` is how many seconds the share's clock is before ours, None where unknown."""

    checks: tuple[Check, ...]
    marker: Marker | None = None
    ahead: float | None = None


def examine_share(
    url: str | None, cycle: int | None, *, feedback: bool, now: Callable[[], float] = time.time
) -> SeenShare:
    """Open, read the marker, list, and write a probe that is removed at once."""
    if url is None:
        advice = "sebut --share, IID_SHARE, atau share dalam iid.toml"
        return SeenShare((Check(NAME, "warning", "belum disebut", advice),))
    try:
        drive = open_drive(url)
        marker = read_marker(drive)
    except IidError as error:
        return SeenShare((Check(NAME, "failed", first_line(error)),))
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
    files = f"{len(listing.entries):,}".replace(",", ".")
    if not listing.entries:
        return Check(NAME, "warning", f"{whose}, kosong", "periksa apakah share terpasang utuh")
    return Check(NAME, "ok", f"{whose}, terbaca, {files} berkas")


def _written(drive: Drive, now: Callable[[], float]) -> tuple[Check, float | None]:
    """Whether feedback can be written, tried with a file that vanishes; and the share's clock."""
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

"""Digests of all that a run is computed from, without opening evidence."""

from __future__ import annotations

import hashlib
import importlib.metadata
import sys
from typing import TYPE_CHECKING

from iid.tasks.assess.reading_steps import Opened
from iid.tasks.inspect.inspectors.reader_versions import VERSIONS, inspector_version
from iid.tasks.inspect.ledger.scans import ocr_version
from iid.tasks.sandbox.limits import Limits
from iid.tasks.store.paths import history_prefix
from iid.tasks.values.errors import DriveError
from iid.tasks.values.versions import versions

if TYPE_CHECKING:
    from iid.tasks.shares.drive import Drive, Entry, Listing
    from iid.tasks.values.peers import Peers

_SETTINGS = {"share", "feedback", "workbooks", "guard", "inspect"}
#: Libraries besides those of :mod:`iid.tasks.values.versions` that read or judge what is on a share.
_LIBRARIES = ("openpyxl", "scipy", "pyarrow", "jinja2", "xlsxwriter")
_BLOCK = 1024**2


def inputs_of(opened: Opened, listing: Listing, cycles: dict[int, str], peers: tuple[Peers, ...] = ()) -> str:
    """Hash what a run begins with: rules, roster, settings, listing."""
    request = opened.request.model_dump(mode="json", include=_SETTINGS)
    return _digest(
        opened.loaded.sha256,
        opened.marker,
        opened.roster,
        sorted(request.items()),
        sorted(versions().items()),
        [inspector_version(word) for word in sorted(VERSIONS)],
        [importlib.metadata.version(name) for name in _LIBRARIES],
        ocr_version(Limits().for_ocr().ocr_pages) if opened.request.ocr else "",
        sys.version,
        _rows(listing),
        sorted(cycles.items()),
        peers,
    )


def around(opened: Opened, listing: Listing) -> str:
    """Hash what the listing does not show: decisions, feedback, links."""
    store, prefix = opened.store, opened.prefix
    region, cycle = opened.marker.region, opened.cycle
    folders = [f"{cycle}/_tinjauan"]
    if opened.request.feedback:
        folders += [f"{path}/_umpan-balik" for path in listing.folders if path.count("/") == 1]
    try:
        links = hashlib.sha256(store.get(f"{prefix}/_links/checks.json")).hexdigest()
    except KeyError:
        links = ""
    return _digest(
        sorted(store.keys(f"{prefix}/decisions/")),
        sorted(store.keys(history_prefix(region, cycle))),
        links,
        [(path, _inside(opened.drive, path)) for path in folders],
    )


def _inside(drive: Drive, folder: str) -> str:
    """Describe a *folder* that the listing leaves out, by marks or hashes."""
    try:
        listing = drive.list(folder) if drive.exists(folder) else None
    except DriveError as error:
        return f"! {error}"
    if listing is None:
        return ""
    books = unmarked_files(listing) if folder.endswith("/_tinjauan") else ()
    return _digest(_rows(listing), [hash_of(drive, one.path) for one in books])


def hash_of(drive: Drive, path: str) -> str:
    """SHA-256 of a file; "" where it cannot be read."""
    try:
        digest = hashlib.sha256()
        with drive.open(path) as file:
            while block := file.read(_BLOCK):
                digest.update(block)
        return digest.hexdigest()
    except OSError:
        return ""


def _rows(listing: Listing) -> list[object]:
    return [list(map(tuple, listing.entries)), listing.folders, listing.unreadable]


def _digest(*parts: object) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{part!r}\n".encode("utf-8", "backslashreplace"))
    return digest.hexdigest()


def unmarked_files(listing: Listing) -> list[Entry]:
    """Return the files that can change while the listing stays the same."""
    return [entry for entry in listing.entries if entry.size and not entry.ident]

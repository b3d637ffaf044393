"""Copies in the store of what a final run rests on, once per SHA-256."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from mmap import ACCESS_READ, mmap
from typing import BinaryIO

import pandas as pd

from iid.tasks.ingest.container import MAX_BYTES
from iid.tasks.shares.drive import Drive, FileChangedError, Listing
from iid.tasks.store.bulk import bounded_map, put_checked
from iid.tasks.store.closed_cycle import evidence_key, evidence_prefix
from iid.tasks.store.store import Digest, Store
from iid.tasks.text.indonesian import number
from iid.tasks.text.os_errors import why
from iid.tasks.values.errors import FailedError, GuardError, StoreError

CHUNK = 1 << 20  # bytes
WORKERS = 4  # each holds one small file in memory
BIG = 64 << 20  # bytes; larger ones go one after the other, through a private copy on disk
_GONE = (FileNotFoundError, PermissionError, FileChangedError)


@dataclass(frozen=True, slots=True)
class Content:
    """One content to keep: hash, size, and every path on the share."""

    sha256: str
    size: int
    sources: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """For ``closing.json``."""
        return {"sha256": self.sha256, "size": self.size, "sources": list(self.sources)}


def contents_of(evidence: pd.DataFrame) -> list[Content]:
    """Every content of EVIDENCE that was read, by hash; links have none."""
    files = evidence[(evidence["kind"] == "file") & (evidence["sha256"] != "")]
    found: dict[str, tuple[int, set[str]]] = {}
    for sha, size, source in zip(*(files[c].tolist() for c in ("sha256", "size", "source")), strict=True):
        found.setdefault(sha, (int(size), set()))[1].add(source)
    return [Content(sha, size, tuple(sorted(sources))) for sha, (size, sources) in sorted(found.items())]


def workbooks_of(drive: Drive, paths: Iterable[str]) -> list[Content]:
    """Return the workbooks at *paths* as contents.

    One that cannot be read, or is too large to be read, is left to its finding.
    """
    found: dict[str, tuple[int, set[str]]] = {}
    for path in sorted(set(paths)):
        try:
            data = drive.read_bytes(path, MAX_BYTES + 1)
        except (FileNotFoundError, PermissionError):
            continue
        if len(data) > MAX_BYTES:
            continue
        sha = hashlib.sha256(data).hexdigest()
        found.setdefault(sha, (len(data), set()))[1].add(path)
    return [Content(sha, size, tuple(sorted(sources))) for sha, (size, sources) in sorted(found.items())]


def keep_all(
    store: Store,
    region: str,
    cycle: int,
    drive: Drive,
    contents: Iterable[Content],
    progress: Callable[[int, int], None],
) -> int:
    """Bring every content into the store; return how many were sent.

    GuardError when a file is no longer what was judged: then nothing was published.
    """
    there = {item.key: item.size for item in store.objects(evidence_prefix(region, cycle))}
    wanted = sorted(contents, key=lambda content: (content.size, content.sha256))
    missing = [c for c in wanted if there.get(evidence_key(region, cycle, c.sha256)) != c.size]

    def send(content: Content) -> str:
        key = evidence_key(region, cycle, content.sha256)
        if key in there:
            store.delete(key)  # half of a copy; no run names it, else verify would have reported
        with tempfile.TemporaryFile() if content.size >= BIG else BytesIO() as copy:
            data = _judged(drive, content, copy)
            try:
                put_checked(store, key, data)
            except StoreError as error:
                raise StoreError(f"bukti {content.sources[0]} tidak dapat disimpan: {error}") from error
        return key

    small = [content for content in missing if content.size < BIG]
    for done, _ in enumerate(_sent(send, small, missing), 1):
        progress(done, len(missing))
    return len(missing)


def _sent(send: Callable[[Content], str], small: list[Content], all_of: list[Content]) -> Iterator[str]:
    yield from bounded_map(send, small, WORKERS)
    yield from map(send, all_of[len(small) :])


def _judged(drive: Drive, content: Content, copy: BinaryIO) -> bytes:
    """Return the bytes that were judged, from a source that still holds them.

    Those of a big one are a map of the file *copy*.
    """
    for source in content.sources:
        copy.seek(0)
        copy.truncate()
        try:
            found = _copied(drive, source, copy)
        except _GONE:
            continue
        except OSError as error:
            raise FailedError(
                f"{source} ({number(content.size)} byte) tidak dapat disalin: {why(error)}; "
                "siklus belum ditutup"
            ) from error
        if found == Digest(content.size, content.sha256):
            copy.flush()
            return copy.getvalue() if isinstance(copy, BytesIO) else _mapped(copy)
    raise GuardError(
        f"{content.sources[0]} berubah atau hilang selama penutupan; siklus belum ditutup. "
        "Pastikan tidak ada yang menyunting share, lalu ulangi"
    )


def _copied(drive: Drive, path: str, copy: BinaryIO) -> Digest:
    """Copy a file of the share; its size and hash."""
    digest, size = hashlib.sha256(), 0
    with drive.open(path) as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            size += copy.write(chunk)
    return Digest(size, digest.hexdigest())


def _mapped(copy: BinaryIO) -> bytes:
    """Map the file *copy* as bytes that the system reads on demand."""
    return mmap(copy.fileno(), 0, access=ACCESS_READ)  # type: ignore[return-value]  # read only, as bytes are


def late_since(listing: Listing, closing: dict[str, object]) -> list[str]:
    """Return the paths new, gone or changed since the cycle was closed."""
    seen = {str(item["source"]): (item["size"], item["modified"]) for item in _items(closing, "files")}
    now = {entry.path: (entry.size, int(entry.modified)) for entry in listing.entries}
    return sorted(path for path in seen.keys() | now.keys() if seen.get(path) != now.get(path))


def _items(closing: dict[str, object], name: str) -> list[dict[str, object]]:
    found = closing.get(name)
    return found if isinstance(found, list) else []

"""The evidence beside a claim: how it is shown, whether it changed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from iid.tasks.desk.claims import Key, RunClaims
from iid.tasks.desk.previews import LARGEST
from iid.tasks.ingest.evidence_items import iso_time
from iid.tasks.inspect.links.hosts import CLASSES, host_class, host_of
from iid.tasks.review.fingerprints import OF_CLAIM
from iid.tasks.shares.drive import Drive, Entry
from iid.tasks.shares.marker import read_marker
from iid.tasks.text.indonesian import MONTHS, clean
from iid.tasks.text.labels import PROBLEMS
from iid.tasks.values.errors import IidError
from iid.tasks.values.row_groups import Row

_PICTURES = frozenset({"jpg", "png", "gif", "webp", "tiff", "bmp"})
_FILMS = {"mp4": "video/mp4", "m4v": "video/mp4", "webm": "video/webm", "mov": "video/mp4"}
_TEXTS = frozenset({"docx", "xlsx", "pptx", "odt", "ods", "txt", "csv", "html", "rtf", "doc", "xls", "ppt"})
#: Pages drawn on a claim's page at once; the others are a click away.
PAGES = 6
_BLOCK = 1 << 20
_HASHED = 256 * _BLOCK  # bytes of evidence that are hashed while somebody waits


@dataclass(frozen=True, slots=True)
class Item:
    """One item. ``how`` is page, picture, film, text, link or none."""

    id: str  # 16 hex digits, by its address
    source: str
    tail: str  # what distinguishes it from the others
    how: str
    row: Row
    of_claim: bool  # named, or in the folder of an empty Bukti: an extra file proves nothing
    state: str
    host: str = ""  # of a link
    host_kind: str = ""
    copies: tuple[str, ...] = ()  # some of them
    copied: int = 0  # places in all

    @property
    def pages(self) -> int:
        """Pages of a PDF."""
        return int(self.row["pages"] or 0)

    @property
    def media(self) -> str:
        """Media type of a film."""
        return _FILMS.get(str(self.row["format"]), "application/octet-stream")


def item_id(source: str) -> str:
    """16 hex digits for the address of an item."""
    return hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def items_of(run: RunClaims, key: Key) -> list[Item]:
    """The items of one claim, those that belong to it first."""
    found = [_item(run, key, row) for row in run.rows("evidence", *key)]
    return sorted(found, key=lambda item: (not item.of_claim, item.source))


def _item(run: RunClaims, key: Key, row: Row) -> Item:
    source, link = str(row["source"]), row["kind"] == "link"
    problem = str(row["problem"] or "")
    state = PROBLEMS.get(problem, problem) if problem else ("" if row["readable"] else "tidak terbaca")
    host = host_of(source) if link else ""
    copies, copied = run.copies(str(row["sha256"]), key) if row["sha256"] else ([], 0)
    return Item(
        id=item_id(source),
        source=source,
        tail=source if link else source.rpartition("/bukti/")[2].partition("/")[2] or source,
        how="link" if link else _how(row),
        row=row,
        of_claim=row["listed"] in OF_CLAIM,
        state=state,
        host=host,
        host_kind=CLASSES.get(host_class(source), "") if link else "",
        copies=tuple(copies),
        copied=copied,
    )


def _how(row: Row) -> str:
    form = str(row["format"])
    if not row["sha256"] or not row["readable"]:
        return "none"
    if form in _FILMS:
        return "film"
    kinds = {"page": form == "pdf", "picture": form in _PICTURES, "text": form in _TEXTS}
    fits = int(row["size"] or 0) <= LARGEST
    return next((how for how, is_it in kinds.items() if is_it and fits), "none")


def terms_of(run: RunClaims, innovation_id: str) -> tuple[str, ...]:
    """Return what to mark in evidence: the innovation's name and its dates.

    Of a name with its meaning in brackets also what is before them: letters seldom write the whole.
    """
    profile = run.profiles.get(innovation_id, {})
    name = clean(profile.get("name") or "").strip()
    found = [part for part in (name, name.partition("(")[0].strip()) if len(part) >= 3]
    for field in ("trial_date", "applied_date", "developed_date"):
        try:
            day = date.fromisoformat(str(profile.get(field) or ""))
        except ValueError:
            continue
        found += [f"{day.day} {MONTHS[day.month - 1]} {day.year}", f"{day:%d-%m-%Y}", f"{day:%d/%m/%Y}"]
    return tuple(dict.fromkeys(found))


def changed_on_share(drive: Drive | None, rows: Sequence[Row]) -> str:
    """Say which of a claim's files (EVIDENCE rows) changed; "" for none.

    Size and time are compared, then the content where they differ. A share that does not answer
    says nothing: the decision carries the fingerprint, and the next run compares it.
    """
    files = [row for row in rows if row["kind"] == "file" and row["listed"] in OF_CLAIM]
    if drive is None or not files:
        return ""
    try:
        return _changed(drive, files, {str(row["source"]) for row in rows})
    except (IidError, OSError):
        return ""


def _changed(drive: Drive, files: Sequence[Row], known: set[str]) -> str:
    read_marker(drive)  # GuardError for a mount point without its share: then nothing is known
    folders = dict.fromkeys(str(row["source"]).rpartition("/")[0] for row in files)
    there: dict[str, Entry] = {}
    for folder in folders:
        if drive.exists(folder):
            there.update((entry.path, entry) for entry in drive.list(folder).entries)
    for row in files:
        entry = there.get(str(row["source"]))
        if entry is None and row["sha256"]:
            return f"{_name(row)} tidak ada lagi"
        if entry is not None and not _same(drive, row, entry):
            return f"{_name(row)} berubah"
    whole = any(row["listed"] == "folder" for row in files)
    fresh = sorted(path for path in there if path not in known) if whole else []
    return f"{fresh[0].rpartition('/')[2]} baru ditambahkan" if fresh else ""


def _name(row: Row) -> str:
    return clean(str(row["source"]).rpartition("/")[2])


def _same(drive: Drive, row: Row, entry: Entry) -> bool:
    same_size = entry.size == row["size"]
    if not row["sha256"] or (same_size and iso_time(entry.modified) == row["modified_at"]):
        return bool(same_size or not row["sha256"])
    return bool(same_size and entry.size <= _HASHED and _digest(drive, entry.path) == row["sha256"])


def _digest(drive: Drive, path: str) -> str:
    digest: Any = hashlib.sha256()
    with drive.open(path) as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return str(digest.hexdigest())

"""A steward's version, saved where a rewritten workbook loses content."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator, Mapping

from iid.tasks.review import claim_meaning
from iid.tasks.review.review_cells import Grid
from iid.tasks.review.review_files import SUFFIX
from iid.tasks.review.review_lines import SHEET, header_of
from iid.tasks.review.sheet_content import EVIDENCE, EVIDENCE_HEADER
from iid.tasks.shares.drive import Drive

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

"""The bytes of one item: drawn, as text, as film by ranges, or download."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from iid.tasks.desk.claims import DeskPlace, Key, RunClaims
from iid.tasks.desk.gate import RefusedError
from iid.tasks.desk.previews import LARGEST, Drawn, NotShownError, Previews, Source
from iid.tasks.desk.shown_evidence import Item, items_of, terms_of
from iid.tasks.values.errors import IidError

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})$")
_BLOCK = 1 << 18
#: Bytes of a film that is compared by content before it is shown; a larger one begins at once.
CHECKED_FILM = 64 << 20
_GONE = "Berkas ini tidak ada dalam klaim itu."
_DRAWN = {"page": "halaman", "picture": "gambar", "text": "teks"}


def evidence(
    previews: Previews, place: DeskPlace, run: RunClaims, key: Key, rest: tuple[str, ...], request: Request
) -> Response:
    """Answer ``…/bukti/<item>[/…]``. Raises RefusedError, NotShownError.

    The rest is empty or ``halaman/<n>``, ``letak``, ``gambar``, ``teks`` or ``film``.
    ``letak``: the pages of a PDF on which the innovation's name and dates are.
    """
    item = next((one for one in items_of(run, key) if one.id == rest[0] and one.how != "link"), None)
    if item is None or not item.row["sha256"]:
        raise RefusedError(404, _GONE)
    row, path = item.row, item.source
    size, sha256 = int(row["size"] or 0), str(row["sha256"])
    source = Source(path, size, sha256, place.drive, place.store, place.prefix)
    what = rest[1:]
    if not what:
        return _file(_opened(previews, source, LARGEST), item, request, "application/octet-stream")
    if what == ("film",) and item.how == "film":
        return _file(_opened(previews, source, CHECKED_FILM), item, request, item.media)
    if what == ("letak",) and item.how == "page":
        return _drawn(previews.draw(source, "places", 0, terms_of(run, key[0])))
    if what[0] != _DRAWN.get(item.how) or len(what) != (2 if item.how == "page" else 1):
        raise RefusedError(404, _GONE)
    number = int(what[1]) if item.how == "page" and what[1].isdecimal() and len(what[1]) < 6 else 0
    if item.how == "page" and not 1 <= number <= max(item.pages, 1):
        raise RefusedError(404, _GONE)
    terms = terms_of(run, key[0]) if item.how == "page" else ()
    return _drawn(previews.draw(source, item.how, number, terms))


def _drawn(drawn: Drawn) -> Response:
    media = "text/plain; charset=utf-8" if drawn.media == "text/plain" else drawn.media
    return Response(drawn.data, media_type=media, headers={"Cache-Control": "private, max-age=600"})


def _opened(previews: Previews, source: Source, checked: int) -> BinaryIO:
    """Open the assessed content; above *checked* bytes compare only its size."""
    if source.size <= checked:
        return previews.copy(source).open("rb")
    if source.drive is None:
        raise NotShownError("folder bersama sedang tidak terpasang")
    try:
        file = source.drive.open(source.path)
        size = file.seek(0, 2)
    except (OSError, IidError):
        raise NotShownError("berkasnya tidak dapat dibuka di folder bersama") from None
    if size != source.size:
        file.close()
        raise NotShownError("berkasnya berubah sejak perhitungan terakhir")
    return file


def _file(file: BinaryIO, item: Item, request: Request, media: str) -> Response:
    """The file itself, whole or one range of it; never as a page of ours."""
    size = int(item.row["size"] or 0)
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, max-age=600",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    if media == "application/octet-stream":
        name = quote(item.source.rpartition("/")[2].encode("utf-8", "replace"))
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    start, stop, status = _range(request.headers.get("range", ""), size)
    if status == 416:
        file.close()
        return Response(status_code=416, headers={"Content-Range": f"bytes */{size}"})
    if status == 206:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    headers["Content-Length"] = str(stop - start)
    return StreamingResponse(_blocks(file, start, stop), status, headers, media_type=media)


def _range(text: str, size: int) -> tuple[int, int, int]:
    """Return (first byte, end, status) of one range; otherwise the whole file."""
    match = _RANGE.match(text.strip())
    if match is None or match[0] == "bytes=-":
        return 0, size, 200
    if not match[1]:
        return max(size - int(match[2]), 0), size, 206
    start, stop = int(match[1]), min(int(match[2]) + 1 if match[2] else size, size)
    return (start, stop, 206) if start < stop else (0, 0, 416)


def _blocks(file: BinaryIO, start: int, stop: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        while start < stop and (block := file.read(min(_BLOCK, stop - start))):
            start += len(block)
            yield block

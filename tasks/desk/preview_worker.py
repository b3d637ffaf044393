"""The process that draws evidence (``tasks.desk.preview_worker``).

As guarded as the one that inspects (:mod:`iid.tasks.sandbox.worker`): no secrets, no files written,
little memory and time. A job is ``{"path", "what", "page", "terms"}``; the answer has the picture
(``image/jpeg``), the text (``text/plain``) or the pages of each term (``application/json``) behind it.
"""

from __future__ import annotations

import ctypes
import io
import json
import os
import re
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops, ImageOps

from iid.tasks.inspect.inspectors.image import PILLOW
from iid.tasks.inspect.inspectors.registry import examine
from iid.tasks.inspect.inspectors.sniffing import recognise
from iid.tasks.sandbox import frames
from iid.tasks.sandbox.content import Content
from iid.tasks.sandbox.limits import Limits
from iid.tasks.sandbox.worker import allow, confine, quiet

WIDE = 1240  # pixels of a page: A4 at 150 dpi
PICTURE = 1600  # pixels of the longer side of a picture
_TALLEST = 4  # a page is at most so many times as high as wide
_MARKS = 200  # places marked on one page
_SEARCHED = 300  # pages of a document in which terms are looked for
_MARK = (255, 231, 130)
_TEXT = 200_000  # characters
_EMPTY_LINES = re.compile(r"[ \t]*\n\s*\n")
_RENDER_FLAGS = {"may_draw_forms": False}


def main() -> None:
    """Serve jobs until standard input ends."""
    with os.fdopen(os.dup(0), "rb") as jobs, os.fdopen(os.dup(1), "wb") as answers:
        quiet()
        limits = Limits(**frames.read(jobs)[0])
        confine(limits)
        frames.write(answers, {"status": "ready"})
        while (frame := frames.read_or_end(jobs)) is not None:
            allow(limits.cpu_s)
            answer, blob = _answer(frame[0], limits)
            frames.write(answers, answer, blob)
            if answer["status"] == "memory":
                os._exit(0)  # what is left of this process is not trusted with the next file


def _answer(job: dict[str, Any], limits: Limits) -> tuple[dict[str, Any], bytes]:
    try:
        if job["what"] == "text":
            return {"status": "ok", "media": "text/plain"}, _text(job, limits)
        if job["what"] == "places":
            return {"status": "ok", "media": "application/json"}, json.dumps(_places(job)).encode()
        media, data = _page(job) if job["what"] == "page" else _picture(job, limits)
        return {"status": "ok", "media": media}, data
    except MemoryError:
        return {"status": "memory"}, b""
    except Exception:  # noqa: BLE001  (parsers leak errors of all kinds; the item is simply not shown)
        return {"status": "failed"}, b""


def _text(job: dict[str, Any], limits: Limits) -> bytes:
    with Path(job["path"]).open("rb") as file:
        data = file.read(limits.in_memory)
    text = _EMPTY_LINES.sub("\n", examine(Content.of(data), limits).text)  # between the cells of a sheet
    return text[:_TEXT].encode("utf-8", "replace")


def _picture(job: dict[str, Any], limits: Limits) -> tuple[str, bytes]:
    Image.MAX_IMAGE_PIXELS = None  # the guard below is ours
    with Path(job["path"]).open("rb") as file:
        kind = recognise(Content(file, os.fstat(file.fileno()).st_size)).format
        with Image.open(file, formats=PILLOW[kind]) as image:
            if image.width * image.height > limits.pixels:
                raise ValueError("too many pixels")
            image.draft("RGB", (PICTURE, PICTURE))
            image.thumbnail((PICTURE, PICTURE), Image.Resampling.BOX, reducing_gap=2.0)
            turned = ImageOps.exif_transpose(image)
            paper = Image.new("RGB", turned.size, "white")
            whole = turned.convert("RGBA")
            paper.paste(whole, mask=whole.getchannel("A"))
            return _encoded(paper)


def _page(job: dict[str, Any]) -> tuple[str, bytes]:
    import pypdfium2 as pdfium

    document = pdfium.PdfDocument(job["path"])
    try:
        page = document[int(job["page"]) - 1]
        width, height = page.get_size()
        scale = min(WIDE / max(width, 1.0), _TALLEST * WIDE / max(height, 1.0))
        image = page.render(scale=scale, **_RENDER_FLAGS).to_pil()  # RGB: another copy costs as much again
        places = [place for term in job["terms"] for place in _found(page, image.size, term)][:_MARKS]
        for place in dict.fromkeys(places):
            part = image.crop(place)
            image.paste(ImageChops.multiply(part, Image.new("RGB", part.size, _MARK)), place)
        return _encoded(image)
    finally:
        document.close()


def _places(job: dict[str, Any]) -> dict[str, list[int]]:
    """The pages on which each term is, of the first pages of the document."""
    import pypdfium2 as pdfium

    document = pdfium.PdfDocument(job["path"])
    try:
        found: dict[str, list[int]] = {term: [] for term in job["terms"]}
        for number in range(min(len(document), _SEARCHED)):
            layer = document[number].get_textpage()
            for term, pages in found.items():
                if layer.search(term, match_case=False).get_next() is not None:
                    pages.append(number + 1)
            layer.close()
        return found
    finally:
        document.close()


def _found(page: Any, size: tuple[int, int], term: str) -> list[tuple[int, int, int, int]]:
    """Where *term* is on the page, in pixels."""
    layer = page.get_textpage()
    places: list[tuple[int, int, int, int]] = []
    try:
        search = layer.search(term, match_case=False)
        while (hit := search.get_next()) is not None and len(places) < _MARKS:
            boxes = range(layer.count_rects(*hit))
            places += [_pixels(page, size, layer.get_rect(number)) for number in boxes]
    finally:
        layer.close()
    return places


def _pixels(
    page: Any, size: tuple[int, int], box: tuple[float, float, float, float]
) -> tuple[int, int, int, int]:
    from pypdfium2 import raw

    across, down = ctypes.c_int(), ctypes.c_int()
    corners = []
    for x, y in ((box[0], box[1]), (box[2], box[3])):
        raw.FPDF_PageToDevice(page, 0, 0, *size, 0, x, y, ctypes.byref(across), ctypes.byref(down))
        corners.append((across.value, down.value))
    (left, top), (right, bottom) = corners
    return min(left, right) - 2, min(top, bottom) - 2, max(left, right) + 2, max(top, bottom) + 2


def _encoded(image: Image.Image) -> tuple[str, bytes]:
    """Encode as JPEG: a tenth of PNG's time and size, and letters stay sharp."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85, subsampling=0)
    return "image/jpeg", out.getvalue()


if __name__ == "__main__":
    main()

"""Scans read with tesseract (Indonesian) in the guarded worker; optional.

What comes out can be wrong, so it is kept apart from the inspectors' facts and serves
warnings only. The program is a process below the worker: the same limit on memory, its own
on time, nothing written, one thread.
"""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from iid.tasks.inspect.inspectors.normalised_text import cleaned, text_facts
from iid.tasks.sandbox.content import Content, SetupError
from iid.tasks.sandbox.facts import TEXT_KEPT, Facts
from iid.tasks.sandbox.limits import Limits

VERSION = 2
LANGUAGE = "ind"
PROGRAM = "tesseract"
#: Formats that are worth reading: scans, and pictures that may show a paper.
FORMATS = ("pdf", "jpg", "png", "tiff", "webp", "bmp")
#: Pixels of a page's longer side: some 240 dots an inch of A4. Tesseract wants 200 to 300.
_LONGER = 2_800
_PAGE_S = 60  # of the processor, a page
_POINTS_LIMIT = 20_000.0  # a page larger than seven metres is no page


def read_scan(content: Content, kind: Facts, limits: Limits) -> Facts:
    """Read *kind* with the text of its first ``limits.ocr_pages`` scans.

    ``pages`` is how many such there are, ``text_pages`` how many were read. Raises SetupError without
    the program; a page that cannot be shown counts as read, without text.
    """
    pages, pictures = (_pdf if kind.format == "pdf" else _picture)(content, kind, limits)
    texts = [_read(width, height, grey) for width, height, grey in pictures]
    text = cleaned("\n".join(texts))
    digest, length = text_facts(text)
    return replace(
        kind,
        pages=pages,
        text_sha256=digest,
        text_chars=length,
        text_pages=min(pages, limits.ocr_pages),
        text=text[:TEXT_KEPT],
    )


Grey = tuple[int, int, bytes]


def _pdf(content: Content, _kind: Facts, limits: Limits) -> tuple[int, Iterator[Grey]]:
    import pypdfium2 as pdfium

    from iid.tasks.inspect.inspectors.pdf import scan_pages

    document = pdfium.PdfDocument(content.data if content.data is not None else content.file)
    wanted = scan_pages(document, limits)
    return len(wanted), (grey for index in wanted[: limits.ocr_pages] for grey in _page(document, index))


def _page(document: Any, index: int) -> Iterator[Grey]:
    """The page as grey pixels; nothing for one that cannot be shown."""
    import pypdfium2 as pdfium

    with contextlib.suppress(pdfium.PdfiumError):
        page = document[index]
        longer = max(page.get_size())
        if 0 < longer < _POINTS_LIMIT:
            picture = page.render(scale=_LONGER / longer, grayscale=True).to_pil().convert("L")
            yield picture.width, picture.height, picture.tobytes()
        page.close()


def _picture(content: Content, kind: Facts, limits: Limits) -> tuple[int, Iterator[Grey]]:
    from PIL import Image, ImageOps

    from iid.tasks.inspect.inspectors.image import PILLOW

    Image.MAX_IMAGE_PIXELS = None
    content.file.seek(0)
    with Image.open(content.file, formats=PILLOW[kind.format]) as image:
        if image.width * image.height > limits.pixels:
            return 1, iter(())
        image.draft("L", (_LONGER, _LONGER))
        shown = ImageOps.exif_transpose(image)
        grey = (shown.convert("RGBA") if shown.mode in ("P", "PA", "LA") else shown).convert("L")
        grey.thumbnail((_LONGER, _LONGER))
        return 1, iter([(grey.width, grey.height, grey.tobytes())])


def _read(width: int, height: int, grey: bytes) -> str:
    """Read the words of grey pixels. SetupError without the program."""
    place = shutil.which(PROGRAM)
    if place is None:
        raise SetupError(f"program {PROGRAM} tidak ditemukan")
    command = [place, "stdin", "stdout", "-l", LANGUAGE, "--dpi", "240"]
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    process = subprocess.Popen(  # noqa: S603  our own arguments; the picture goes through a pipe
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    resource.prlimit(process.pid, resource.RLIMIT_CPU, (_PAGE_S, _PAGE_S))
    out, _ = process.communicate(b"P5 %d %d 255\n" % (width, height) + grey)
    return out.decode("utf-8", "replace")

"""PDF files from ``prose.Document``: text, scanned, locked, cut off."""

from __future__ import annotations

import io
import random
from typing import Any

from iid.tasks.demo.pictures import scanned_page
from iid.tasks.demo.prose import EXAMPLE_NOTE, Document

_A4 = (595.276, 841.89)
_LEFT, _TOP, _WIDTH = 62, 790, 472
_FOOT = 60


def text_pdf(document: Document, *, password: str = "", variant: int = 0) -> bytes:
    """*document* as a PDF with a text layer.

    *password* locks it. *variant* changes the bytes and not one word of the text, as a second
    download of the same letter does.
    """
    buffer = io.BytesIO()
    canvas = _canvas(buffer, document.title, password=password, compressed=variant % 2 == 0)
    canvas.setSubject(f"Contoh {variant}")
    page = _Page(canvas)
    page.letterhead(document)
    for paragraph in document.paragraphs:
        page.paragraph(paragraph)
    for position, row in enumerate(document.table):
        page.row(row, bold=position == 0)
    page.closing(document)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def scanned_pdf(document: Document, rng: random.Random) -> bytes:
    """*document* as a scan: one picture a page, no text layer."""
    from reportlab.lib.utils import ImageReader

    lines = [
        *document.letterhead,
        "",
        document.title,
        document.about,
        document.number,
        "",
        *document.paragraphs,
    ]
    lines += ["   ".join(row) for row in document.table] + ["", *document.closing]
    picture = scanned_page(lines, rng)
    buffer = io.BytesIO()
    canvas = _canvas(buffer, document.title)
    canvas.drawImage(ImageReader(io.BytesIO(picture)), 0, 0, *_A4)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def cut_off(pdf: bytes) -> bytes:
    """Cut a PDF to its first third, as if copied in part: no page tree."""
    return pdf[: len(pdf) // 3]


def _canvas(buffer: io.BytesIO, title: str, *, password: str = "", compressed: bool = True) -> Any:
    from reportlab import rl_config
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    rl_config.useA85 = 0  # streams as bytes, not wrapped in letters: a fifth smaller, and quicker
    # 128 bits: the stronger scheme draws random salts, and these files must come out the same.
    lock = StandardEncryption(password, strength=128) if password else None
    canvas = Canvas(buffer, pagesize=_A4, invariant=1, pageCompression=int(compressed), encrypt=lock)
    canvas.setTitle(title)
    canvas.setAuthor("Contoh IID")
    return canvas


class _Page:
    """A pen that writes downwards and turns the page when it is full."""

    def __init__(self, canvas: Any) -> None:
        self._canvas = canvas
        self._y = float(_TOP)
        self._foot()

    def letterhead(self, document: Document) -> None:
        for text, size in zip(document.letterhead, (13, 11), strict=True):
            self._centred(text, "Helvetica-Bold", size)
        self._canvas.line(_LEFT, self._y + 6, _LEFT + _WIDTH, self._y + 6)
        self._y -= 14
        self._centred(document.title, "Helvetica-Bold", 12)
        self._centred(document.number, "Helvetica", 10)
        self._centred("TENTANG", "Helvetica", 9)
        self._centred(document.about, "Helvetica-Bold", 11)
        self._y -= 8

    def paragraph(self, text: str) -> None:
        for line in self._split(text, "Helvetica", 10.5, _WIDTH):
            self._write(_LEFT, line, "Helvetica", 10.5)
            self._down(15)
        self._down(6)

    def row(self, cells: tuple[str, ...], *, bold: bool) -> None:
        font = "Helvetica-Bold" if bold else "Helvetica"
        for position, cell in enumerate(cells):
            self._write(_LEFT + (0, 70, 350)[position], cell[:60], font, 9.5)
        self._canvas.line(_LEFT, self._y - 4, _LEFT + _WIDTH, self._y - 4)
        self._down(16)

    def closing(self, document: Document) -> None:
        self._down(20)
        for text in document.closing:
            self._write(_LEFT + 230, text, "Helvetica", 10)
            self._down(15)

    def _centred(self, text: str, font: str, size: float) -> None:
        for line in self._split(text, font, size, _WIDTH):
            self._canvas.setFont(font, size)
            self._canvas.drawCentredString(_LEFT + _WIDTH / 2, self._y, line)
            self._down(size + 5)

    def _write(self, x: float, text: str, font: str, size: float) -> None:
        self._canvas.setFont(font, size)
        self._canvas.drawString(x, self._y, text)

    def _down(self, points: float) -> None:
        self._y -= points
        if self._y < _FOOT + 10:
            self._canvas.showPage()
            self._y = float(_TOP)
            self._foot()

    def _foot(self) -> None:
        self._canvas.setFont("Helvetica-Oblique", 8)
        self._canvas.drawString(_LEFT, _FOOT - 20, EXAMPLE_NOTE)

    @staticmethod
    def _split(text: str, font: str, size: float, width: float) -> list[str]:
        from reportlab.lib.utils import simpleSplit

        lines: list[str] = simpleSplit(text, font, size, width)
        return lines

"""A corpus of hostile files, made by code; nothing of it is dangerous where limits hold."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

OOXML = {"[Content_Types].xml": b"<Types/>"}
MIB = 1 << 20
CATALOGUE = b"<</Type /Catalog /Pages 2 0 R>>"
PAGES = b"<</Type /Pages /Kids [3 0 R] /Count 1>>"
PAGE = b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] %s>>"


def office(document: bytes | str, name: str = "word/document.xml") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in {**OOXML, name: document}.items():
            archive.writestr(zipfile.ZipInfo(member), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def inflating_office(size: int) -> bytes:
    """A Word file whose document inflates to *size* bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        archive.writestr("word/document.xml", b" " * size)
    return out.getvalue()


def lying_office(size: int) -> bytes:
    """The same, but its directory says 100 bytes."""
    data = inflating_office(size)
    return wide(data, data.rindex(b"PK\x01\x02") + 24, "<I", 100)


def pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer <</Size %d /Root 1 0 R %s>>\n" % (len(objects) + 1, trailer)
    return bytes(out) + b"startxref\n%d\n%%%%EOF\n" % start


def streamed(data: bytes, filters: bytes = b"/FlateDecode") -> bytes:
    return b"<</Length %d /Filter %s>> stream\n%s\nendstream" % (len(data), filters, data)


def pdf_with(content: bytes, filters: bytes = b"/FlateDecode") -> bytes:
    return pdf(CATALOGUE, PAGES, PAGE % b"/Contents 4 0 R", streamed(content, filters))


def gigabyte() -> bytes:
    """A zlib stream of 2^30 zeros: one deflated block over and over, and the checksum by its formula."""
    size = 1 << 30
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = (size % 65_521) << 16 | 1
    return b"\x78\xda" + first + block * (size // MIB - 1) + b"\x03\x00" + struct.pack(">I", checksum)


def png(width: int, height: int, data: bytes) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def saved(kind: str, size: tuple[int, int] = (200, 160)) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(out, kind)
    return out.getvalue()


def wide(data: bytes, at: int, code: str, *values: int) -> bytes:
    """*data* with *values* written over it at *at*: a header that lies about the size."""
    changed = bytearray(data)
    struct.pack_into(code, changed, at, *values)
    return bytes(changed)


def laughs() -> str:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    return f'<!DOCTYPE w [<!ENTITY l0 "haha">{levels}]><w>&l11;</w>'


def many(count: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(count):
            archive.writestr(str(number), b"")
    return out.getvalue()


def lying_jpeg(width: int, height: int) -> bytes:
    data = saved("JPEG")
    return wide(data, data.index(b"\xff\xc0") + 5, ">HH", height, width)


def text_bomb() -> bytes:
    body = b"a\0\0" + zlib.compress(bytes(100 * MIB), 9)
    chunk = struct.pack(">I", len(body)) + b"zTXt" + body + struct.pack(">I", zlib.crc32(b"zTXt" + body))
    data = saved("PNG")
    return data[:33] + chunk + data[33:]


def looping_tiff() -> bytes:
    """A TIFF whose first page is followed by itself."""
    data = saved("TIFF")
    first = struct.unpack_from("<I", data, 4)[0]
    count = struct.unpack_from("<H", data, first)[0]
    return wide(data, first + 2 + 12 * count, "<I", first)


def deep_boxes(depth: int) -> bytes:
    return b"".join(struct.pack(">I", 8 * (depth - n)) + b"moov" for n in range(depth))


def looping_ole() -> bytes:
    """An OLE file whose directory goes round in a circle."""
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header += bytes(6) + struct.pack("<9I", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    return header + struct.pack("<128I", 0xFFFFFFFD, 1, *[1] * 126) + bytes(512)


ZIPS: dict[str, Callable[[], bytes]] = {
    "flat bomb.docx": lambda: inflating_office(60 * MIB),
    "lying bomb.docx": lambda: lying_office(60 * MIB),
    "nested bomb.zip": lambda: office(office(office(bytes(60 * MIB), "c.zip"), "b.zip"), "a.zip"),
    "many members.zip": lambda: many(30_000),
    "path tricks.zip": lambda: office(b"x", "../../../../etc/passwd"),
    "entities.docx": lambda: office(laughs()),
    "outside entity.docx": lambda: office('<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><w>&x;</w>'),
    "deep xml.docx": lambda: office("<w>" * 200_000 + "</w>" * 200_000),
    "wide attribute.docx": lambda: office('<w a="' + "x" * 5_000_000 + '"/>'),
    "entities.xlsx": lambda: office(laughs(), "xl/workbook.xml"),
}

PDFS: dict[str, Callable[[], bytes]] = {
    "deep arrays.pdf": lambda: pdf(CATALOGUE, PAGES, PAGE % b"", b"[" * 300_000 + b"]" * 300_000),
    "deep catalogue.pdf": lambda: pdf(b"<</A " * 100_000 + b">>" * 100_000),
    "deep page.pdf": lambda: pdf_with(zlib.compress(b"q " * 300_000 + b"[" * 300_000)),
    "kids in a loop.pdf": lambda: pdf(CATALOGUE, b"<</Type /Pages /Kids [2 0 R 2 0 R] /Count 2>>"),
    "parents in a loop.pdf": lambda: pdf(
        CATALOGUE, PAGES, b"<</Type /Page /Parent 4 0 R>>", b"<</Type /Pages /Parent 4 0 R>>"
    ),
    "form draws itself.pdf": lambda: pdf(
        CATALOGUE,
        PAGES,
        PAGE % b"/Resources <</XObject <</F 5 0 R>>>> /Contents 4 0 R",
        b"<</Length 5>> stream\n/F Do\nendstream",
        b"<</Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources <</XObject <</F 5 0 R>>>>"
        b" /Length 11>> stream\n/F Do /F Do\nendstream",
    ),
    "references in a loop.pdf": lambda: pdf(CATALOGUE, b"3 0 R", b"2 0 R"),
    "billion pages.pdf": lambda: pdf(CATALOGUE, b"<</Type /Pages /Kids [] /Count 2147483647>>"),
    "pages that are not there.pdf": lambda: pdf(CATALOGUE, b"<</Type /Pages /Kids [9 0 R] /Count 100000>>"),
    "huge page.pdf": lambda: pdf(
        CATALOGUE, PAGES, b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 1e30 1e30]>>"
    ),
    "big stream.pdf": lambda: pdf_with(zlib.compress(bytes(100 * MIB), 9)),
    "gigabyte stream.pdf": lambda: pdf_with(gigabyte()),
    "gigabyte picture.pdf": lambda: pdf(
        CATALOGUE,
        PAGES,
        PAGE % b"/Resources <</XObject <</F 5 0 R>>>> /Contents 4 0 R",
        b"<</Length 5>> stream\n/F Do\nendstream",
        b"<</Type /XObject /Subtype /Image /Width 32768 /Height 32768 /BitsPerComponent 8"
        b" /ColorSpace /DeviceGray" + streamed(gigabyte())[2:],
    ),
    "stream in a stream.pdf": lambda: pdf_with(
        zlib.compress(zlib.compress(bytes(100 * MIB), 9), 9), b"[/FlateDecode /FlateDecode]"
    ),
    "xref in a loop.pdf": lambda: pdf(CATALOGUE, PAGES, PAGE % b"", trailer=b"/Prev 9"),
    "negative numbers.pdf": lambda: pdf(CATALOGUE, PAGES, PAGE % b"/Rotate -9999999999 /Contents -4 0 R"),
    "much text.pdf": lambda: pdf_with(
        zlib.compress(b"BT /F 9 Tf " + b"(kata kata kata kata) Tj " * 60_000 + b"ET", 9)
    ),
}

PICTURES: dict[str, Callable[[], bytes]] = {
    "pixels.png": lambda: png(100_000, 100_000, zlib.compress(b"")),
    "pixels within the limit.png": lambda: png(12_000, 12_000, zlib.compress(bytes(1000))),
    "pixels.gif": lambda: wide(saved("GIF"), 6, "<HH", 65_535, 65_535),
    "pixels.jpg": lambda: lying_jpeg(65_500, 65_500),
    "pixels.bmp": lambda: wide(saved("BMP"), 18, "<ii", 2**31 - 1, 2**31 - 1),
    "pixels.webp": lambda: b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\xff\xff\xff\xff\x07" + bytes(8),
    "text chunk bomb.png": text_bomb,
    "frames in a loop.tiff": looping_tiff,
}

OTHERS: dict[str, Callable[[], bytes]] = {
    "braces.rtf": lambda: b"{\\rtf1" + b"{\\*" * 300_000,
    "tags.html": lambda: b"<html>" + b"<a <" * 300_000,
    "comments.html": lambda: b"<!-- -->" * 900 + b"<" * 300_000,
    "laughs.svg": lambda: laughs().replace("!DOCTYPE w", "!DOCTYPE svg").replace("<w>", "<svg>").encode(),
    "boxes.mp4": lambda: b"\0\0\0\x18ftypisom\0\0\2\0isommp41" + b"\0\0\0\x08free" * 200_000,
    "deep boxes.mp4": lambda: b"\0\0\0\x18ftypisom\0\0\2\0isommp41" + deep_boxes(20_000),
    "loop.doc": looping_ole,
    "nothing.pdf": lambda: bytes(2 * MIB),
    "gif and pdf.pdf": lambda: saved("GIF") + pdf(CATALOGUE, PAGES, PAGE % b""),
    "pdf and zip.pdf": lambda: pdf(CATALOGUE, PAGES, PAGE % b"") + office(b"<w/>"),
    "script.csv": lambda: b'=HYPERLINK("http://x","y");1\n@SUM(A1);2\n',
}


@pytest.fixture(scope="session")
def corpus() -> dict[str, bytes]:
    """Hostile files by name."""
    return {name: made() for part in (ZIPS, PDFS, PICTURES, OTHERS) for name, made in part.items()}


@pytest.fixture(scope="session")
def honest() -> dict[str, bytes]:
    """One sound file of each kind that can be made quickly."""
    text = zlib.compress(b"BT /F 9 Tf 9 9 Td (Inovasi) Tj ET")
    font = b"/Resources <</Font <</F <</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>>>>> /Contents 4 0 R"
    return {
        "a.pdf": pdf(CATALOGUE, PAGES, PAGE % font, streamed(text)),
        "a.jpg": saved("JPEG"),
        "a.png": saved("PNG"),
        "a.gif": saved("GIF"),
        "a.tiff": saved("TIFF"),
        "a.bmp": saved("BMP"),
        "a.webp": saved("WEBP"),
        "a.docx": office("<w:d xmlns:w='w'><w:p><w:t>Inovasi</w:t></w:p></w:d>"),
        "a.xlsx": office("<w xmlns='x'/>", "xl/workbook.xml"),
        "a.zip": office(b"isi", "berkas.txt"),
        "a.txt": b"Surat Keputusan\n" * 40,
        "a.html": b"<html><p>Surat</p></html>",
        "a.rtf": b"{\\rtf1 Surat}",
        "a.svg": b"<svg><text>Peta</text></svg>",
    }

"""Real documents of every kind, made on the spot, and small shares of them."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from iid.tasks.inspect import local_engine
from iid.tasks.inspect.inspection import Inspection, inspect_evidence
from iid.tasks.inspect.inspectors.registry import inspect
from iid.tasks.inspect.ledger.ledger import Ledger
from iid.tasks.sandbox.content import Content
from iid.tasks.sandbox.limits import Limits
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.values.tables import EVIDENCE, frame

PREFIX = "63.03/2026"
REGULATION = "01 Dinas/Inovasi/bukti/16 Regulasi/"
OLD = 1_700_000_000  # seconds; any time that is not "just now"


def pdf(*pages: str, **options: object) -> bytes:
    """A PDF with one line of text a page."""
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, invariant=True, **options)
    for page in pages or ("Keputusan Bupati",):
        if page:
            canvas.drawString(72, 700, page)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def raw_pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A PDF of the numbered *objects*; the first is the catalogue."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer <</Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        trailer,
        start,
    )
    return bytes(out)


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (320, 200), seed: int = 0, **options: object
) -> bytes:
    """A picture with soft shapes."""
    image = Image.linear_gradient("L").rotate(30 * seed).resize(size).convert("RGB")
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def zipped(members: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of *members*."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx(*paragraphs: str, **more: bytes | str) -> bytes:
    """A small Word file; *more* are further parts (``__`` for ``/``)."""
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    document = f'<?xml version="1.0"?><w:document {W}><w:body>{body}</w:body></w:document>'
    parts: dict[str, bytes | str] = {"[Content_Types].xml": "<Types/>", "word/document.xml": document}
    return zipped(parts | {name.replace("__", "/"): data for name, data in more.items()})


def xlsx(rows: Iterable[Iterable[object]] = (("Nama", 1),)) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def pptx(*titles: str) -> bytes:
    from pptx import Presentation

    deck = Presentation()
    for title in titles:
        deck.slides.add_slide(deck.slide_layouts[0]).shapes.title.text = title
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def odt(text: str = "Laporan", manifest: str = "<manifest/>") -> bytes:
    content = f"<office:d xmlns:office='o' xmlns:text='t'><text:p>{text}</text:p></office:d>"
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": content,
            "META-INF/manifest.xml": manifest,
        },
        zipfile.ZIP_STORED,
    )


def ole(streams: Mapping[str, bytes]) -> bytes:
    """An OLE file with *streams*, each padded to where it must not lie in the mini stream."""
    sector, bodies, entries = 512, b"", []
    directory = -(-(len(streams) + 1) // 4)
    fat = [0xFFFFFFFD] + [2 + i for i in range(directory - 1)] + [0xFFFFFFFE]
    for name, data in streams.items():
        body = data.ljust(4096, b"\0")
        body += b"\0" * (-len(body) % sector)
        start, count = len(fat), len(body) // sector
        fat += [start + i + 1 for i in range(count - 1)] + [0xFFFFFFFE]
        bodies += body
        entries.append((name, 2, start, len(body)))
    rows = [("Root Entry", 5, 0xFFFFFFFE, 0), *entries]
    raw = b"".join(_ole_entry(*row, place, len(rows)) for place, row in enumerate(rows))
    raw += b"\0" * (directory * sector - len(raw))
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(sector, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header += b"\0" * 6 + struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    return header + table + raw + bodies


def _ole_entry(name: str, kind: int, start: int, size: int, place: int, count: int) -> bytes:
    """An entry of the directory: the root's child is the first, each other's right neighbour the next."""
    none, following = 0xFFFFFFFF, place + 1 if place + 1 < count else 0xFFFFFFFF
    neighbours = (none, none, following) if place == 0 else (none, following, none)
    raw = name.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<HBB", 2 * len(name) + 2, kind, 1)
    raw += struct.pack("<III", *neighbours)
    return raw.ljust(116, b"\0") + struct.pack("<IQ", start, size)


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body


def mp4(seconds: int = 60, brand: bytes = b"isom", data: bytes = b"\0" * 64) -> bytes:
    """A film of one sample: enough of a container for a player to say how long it is."""
    matrix = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    mvhd = struct.pack(">IIIIIIH10x", 0, 0, 0, 1000, seconds * 1000, 0x10000, 0x100) + matrix + b"\0" * 24
    tkhd = struct.pack(">IIIIII8xHHHH", 7, 0, 0, 1, 0, seconds * 1000, 0, 0, 0, 0) + matrix
    tkhd += struct.pack(">II", 480 << 16, 360 << 16)
    mdhd = struct.pack(">IIIIIHH", 0, 0, 0, 1000, seconds * 1000, 0x55C4, 0)
    avc1 = b"\0" * 6 + struct.pack(">H16xHHII", 1, 480, 360, 0x480000, 0x480000) + b"\0" * 4
    avc1 += struct.pack(">H32xHh", 1, 24, -1)
    stbl = box(
        b"stbl",
        box(b"stsd", struct.pack(">II", 0, 1), box(b"avc1", avc1)),
        box(b"stts", struct.pack(">IIII", 0, 1, 1, seconds * 1000)),
        box(b"stsc", struct.pack(">IIIII", 0, 1, 1, 1, 1)),
        box(b"stsz", struct.pack(">III", 0, len(data), 1)),
        box(b"stco", struct.pack(">III", 0, 1, 40)),
    )
    hdlr = struct.pack(">II4s12x", 0, 0, b"vide") + b"\0"
    dinf = box(b"dinf", box(b"dref", struct.pack(">II", 0, 1), box(b"url ", b"\0\0\0\1")))
    minf = box(b"minf", box(b"vmhd", b"\0\0\0\1" + b"\0" * 8), dinf, stbl)
    mdia = box(b"mdia", box(b"mdhd", mdhd), box(b"hdlr", hdlr), minf)
    moov = box(b"moov", box(b"mvhd", mvhd), box(b"trak", box(b"tkhd", tkhd), mdia))
    return box(b"ftyp", brand, b"\0\0\2\0", brand, b"mp41") + box(b"mdat", data) + moov


class PlainDrive(FolderDrive):
    """A folder, with or without paths on this machine."""

    def __init__(self, root: Path, *, paths: bool = True) -> None:
        super().__init__(root)
        self.paths = paths

    def local(self, path: str) -> Path | None:
        return super().local(path) if self.paths else None


class Share:
    """A folder of evidence; every file written is old, so that its time can be trusted."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "iid-share.toml").write_text('region = "63.03"\n', encoding="utf-8")

    def put(self, path: str, data: bytes, when: float = OLD) -> Path:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        os.utime(place, (when, when))
        return place

    def evidence(self, *more: Mapping[str, object]):
        """Rows for every file of the share, as the reader makes them, then *more*."""
        listing = FolderDrive(self.root).list()
        rows: list[Mapping[str, object]] = [
            {
                "innovation_id": "01/Inovasi",
                "unit_code": entry.path.split("/")[0],
                "indicator": "16",
                "source": entry.path,
                "kind": "file",
                "listed": "folder",
                "counted": True,
                "size": entry.size,
            }
            for entry in listing.entries
            if entry.path != "iid-share.toml"
        ]
        return listing, frame(EVIDENCE, [*rows, *more])


@pytest.fixture
def share(tmp_path: Path) -> Share:
    root = tmp_path / "share"
    root.mkdir()
    return Share(root)


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    place = tmp_path / "store"
    place.mkdir()
    return FolderStore(place)


@pytest.fixture
def facts_of() -> Callable[..., object]:
    """Facts of bytes, inspected in this process."""
    return lambda data, **limits: inspect(Content.of(data), Limits(**limits))


@pytest.fixture
def make() -> SimpleNamespace:
    """The makers of documents."""
    makers = (pdf, raw_pdf, picture, zipped, docx, xlsx, pptx, odt, ole, box, mp4)
    return SimpleNamespace(drive=PlainDrive, **{maker.__name__: maker for maker in makers})


class Spied(local_engine.Pool):
    """Notes what the workers were asked, and whether they inspected."""

    answered: list[tuple[str, bool]]

    def run(self, feed):
        for answer in super().run(feed):
            Spied.answered.append((Path(answer.job.path).name, "facts" in answer.message))
            yield answer


@pytest.fixture
def spy(monkeypatch: pytest.MonkeyPatch) -> type[Spied]:
    Spied.answered = []
    monkeypatch.setattr(local_engine, "Pool", Spied)
    return Spied


@pytest.fixture
def run(share, store, make, spy):
    """One nightly run: load, inspect, save. Gives the inspection; ``spy.answered`` what was read."""

    def once(more: Sequence[dict[str, object]] = (), *, workers: int = 1, **options: object) -> Inspection:
        spy.answered = []
        listing, evidence = share.evidence(*more)
        drive = PlainDrive(share.root)
        ledger = Ledger.load(store, PREFIX)
        found = inspect_evidence(drive, listing, evidence, ledger, workers=workers, **options)
        ledger.save(store, PREFIX)
        spy.answered.sort()
        return found

    return once


@pytest.fixture
def filled(share, make):
    """A share with one file of several kinds and several troubles."""
    share.put(REGULATION + "sk.pdf", make.pdf("Keputusan Bupati", "Inovasi SIPANDU"))
    share.put(REGULATION + "salinan sk.pdf", make.pdf("Keputusan Bupati", "Inovasi SIPANDU"))
    share.put(REGULATION + "foto.jpg", make.picture())
    share.put(REGULATION + "kosong.pdf", b"")
    share.put(REGULATION + "rusak.pdf", make.pdf("x" * 90)[:300])
    share.put(REGULATION + "kunci.pdf", make.pdf("x", encrypt="sandi"))
    share.put("02 Desa/Lain/bukti/16/surat.pdf", make.docx("Surat"))
    return share

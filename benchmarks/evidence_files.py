"""Real files of all kinds for the evidence benchmark, in the mix that a share holds."""

from __future__ import annotations

import io
import random
import struct

LETTER = (
    "keputusan kepala dinas tentang penetapan inovasi daerah pelayanan masyarakat kabupaten banjar tahun "
    "anggaran kegiatan sosialisasi bimbingan teknis laporan hasil pelaksanaan evaluasi manfaat pengguna "
    "puskesmas desa kecamatan sistem informasi pengaduan kemudahan replikasi penghargaan kualitas nomor"
)
WORDS = LETTER.split()

#: Kind, share of the files in percent.
MIX = (
    ("pdf", 33),  # made by a word processor, 1 to 6 pages
    ("scan", 19),  # scanned, 1 to 5 pages
    ("chat", 19),  # photograph as a messenger sends it, 1600 x 1200
    ("photo", 10),  # photograph of 12 million pixels
    ("png", 4),  # screenshot
    ("docx", 6),
    ("xlsx", 4),
    ("pptx", 2),
    ("video", 3),  # indicator 35 asks one of every innovation; 5 minutes as a messenger packs them
)
VIDEO_BYTES = 24_000_000
FRAME_BYTES = 30_000


def picture(width: int, height: int, seed: int, quality: int) -> bytes:
    """A JPEG with soft shapes and sensor noise, so that its size is that of a real photograph."""
    from PIL import Image

    rng = random.Random(seed)  # noqa: S311  a picture, no secret
    small = Image.frombytes("RGB", (48, 36), rng.randbytes(48 * 36 * 3)).resize(
        (width, height), Image.BICUBIC
    )
    noise = Image.effect_noise((width, height), 20).convert("RGB")
    out = io.BytesIO()
    Image.blend(small, noise, 0.25).save(out, "JPEG", quality=quality)
    return out.getvalue()


def commented(jpeg: bytes, number: int) -> bytes:
    """*jpeg* with a comment that makes its bytes unique; what a viewer decodes stays the same."""
    note = f"berkas {number} ".encode().ljust(20 + number % 4096, b".")
    return jpeg[:2] + b"\xff\xfe" + (len(note) + 2).to_bytes(2, "big") + note + jpeg[2:]


def sentence(rng: random.Random, words: int) -> str:
    return " ".join(rng.choices(WORDS, k=words))


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body


def film(seconds: int, data: bytes) -> bytes:
    """An MP4 of *data*: Motion JPEG, each frame a picture of FRAME_BYTES."""
    matrix = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    length, frames = seconds * 1000, len(data) // FRAME_BYTES
    mvhd = struct.pack(">IIIIIIH10x", 0, 0, 0, 1000, length, 0x10000, 0x100) + matrix + bytes(24)
    tkhd = struct.pack(">IIIIII8xHHHH", 7, 0, 0, 1, 0, length, 0, 0, 0, 0) + matrix
    mdhd = struct.pack(">IIIIIHH", 0, 0, 0, 1000, length, 0x55C4, 0)
    entry = bytes(6) + struct.pack(">H16xHHII4xH32xHh", 1, 480, 360, 0x480000, 0x480000, 1, 24, -1)
    stbl = box(
        b"stbl",
        box(b"stsd", struct.pack(">II", 0, 1), box(b"jpeg", entry)),
        box(b"stts", struct.pack(">IIII", 0, 1, frames, length // frames)),
        box(b"stsc", struct.pack(">IIIII", 0, 1, 1, frames, 1)),
        box(b"stsz", struct.pack(">III", 0, FRAME_BYTES, frames)),
        box(b"stco", struct.pack(">III", 0, 1, 40)),
    )
    hdlr = box(b"hdlr", struct.pack(">II4s13x", 0, 0, b"vide"))
    trak = box(
        b"trak",
        box(b"tkhd", tkhd, struct.pack(">II", 480 << 16, 360 << 16)),
        box(b"mdia", box(b"mdhd", mdhd), hdlr, box(b"minf", stbl)),
    )
    return box(b"ftyp", b"isom\0\0\2\0isommp41") + box(b"mdat", data) + box(b"moov", box(b"mvhd", mvhd), trak)


class Maker:
    """Makes one file of a kind; pictures are made once and given unique bytes."""

    def __init__(self) -> None:
        self.chats = [picture(1600, 1200, seed, 70) for seed in range(3)]
        self.photos = [picture(4000, 3000, seed, 80) for seed in range(2)]
        self.frames = [picture(480, 360, seed, 60) for seed in range(4)]
        self.pages = [picture(1240, 1754, seed, 55) for seed in range(3)]

    def make(self, kind: str, number: int) -> tuple[str, bytes]:
        rng = random.Random(number)  # noqa: S311  a text, no secret
        name = {"scan": "pdf", "chat": "jpg", "photo": "jpg", "video": "mp4"}.get(kind, kind)
        return name, getattr(self, kind)(rng, number)

    def video(self, _rng: random.Random, number: int) -> bytes:
        frames = [commented(jpeg, number).ljust(FRAME_BYTES, b"\0") for jpeg in self.frames]
        return film(300, b"".join(frames) * (VIDEO_BYTES // FRAME_BYTES // len(frames)))

    def chat(self, rng: random.Random, number: int) -> bytes:
        return commented(rng.choice(self.chats), number)

    def photo(self, rng: random.Random, number: int) -> bytes:
        return commented(rng.choice(self.photos), number)

    def pdf(self, rng: random.Random, _number: int) -> bytes:
        from reportlab.pdfgen.canvas import Canvas

        out = io.BytesIO()
        canvas = Canvas(out)
        for _ in range(rng.choice((1, 1, 2, 2, 3, 6))):
            for line in range(38):
                canvas.drawString(60, 780 - 18 * line, sentence(rng, 10))
            canvas.showPage()
        canvas.save()
        return out.getvalue()

    def scan(self, rng: random.Random, number: int) -> bytes:
        from reportlab.lib.utils import ImageReader
        from reportlab.pdfgen.canvas import Canvas

        out = io.BytesIO()
        canvas = Canvas(out)
        for page in range(rng.choice((1, 1, 2, 3, 5))):
            jpeg = commented(rng.choice(self.pages), number + page)
            canvas.drawImage(ImageReader(io.BytesIO(jpeg)), 0, 0, 595, 842)
            canvas.showPage()
        canvas.save()
        return out.getvalue()

    def png(self, rng: random.Random, _number: int) -> bytes:
        from PIL import Image, ImageDraw

        image = Image.new("RGB", (1366, 768), "white")
        draw = ImageDraw.Draw(image)
        for line in range(40):
            draw.text((20, 18 * line), sentence(rng, 14), fill="black")
        out = io.BytesIO()
        image.save(out, "PNG")
        return out.getvalue()

    def docx(self, rng: random.Random, _number: int) -> bytes:
        from docx import Document

        document = Document()
        for _ in range(25):
            document.add_paragraph(sentence(rng, 40))
        document.add_picture(io.BytesIO(rng.choice(self.chats)))
        out = io.BytesIO()
        document.save(out)
        return out.getvalue()

    def xlsx(self, rng: random.Random, _number: int) -> bytes:
        from openpyxl import Workbook

        book = Workbook()
        for _ in range(80):
            book.active.append([sentence(rng, 3), *(rng.randrange(10**6) for _ in range(6))])
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    def pptx(self, rng: random.Random, _number: int) -> bytes:
        from pptx import Presentation

        deck = Presentation()
        for _ in range(6):
            slide = deck.slides.add_slide(deck.slide_layouts[1])
            slide.shapes.title.text = sentence(rng, 5)
            slide.placeholders[1].text = sentence(rng, 40)
        out = io.BytesIO()
        deck.save(out)
        return out.getvalue()

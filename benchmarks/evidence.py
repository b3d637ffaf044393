"""Evidence inspection against its floor: hashing the same tree.

    python benchmarks/evidence.py --files 3000 [--workers 2] [--rclone PATH] [--drop-caches]

Makes a share of real files of all kinds (half photographs and scans, as in the
field), then measures in one run: a cold inspection, an unchanged one, one with one
changed file, and the floors: ``rclone hashsum sha256`` (or ``sha256sum``) and a bare
listing. Ratios of one run on one machine; the best of ``--repeat`` counts.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

WORDS = (
    "keputusan kepala dinas tentang penetapan inovasi daerah pelayanan masyarakat kabupaten banjar tahun "
    "anggaran kegiatan sosialisasi bimbingan teknis laporan hasil pelaksanaan evaluasi manfaat pengguna "
    "puskesmas desa kecamatan sistem informasi pengaduan kemudahan replikasi penghargaan kualitas nomor"
).split()

#: Kind, share of the files in percent.
MIX = (
    ("pdf", 34),  # made by a word processor, 1 to 6 pages
    ("scan", 20),  # scanned, 1 to 5 pages
    ("chat", 20),  # photograph as a messenger sends it, 1600 x 1200
    ("photo", 10),  # photograph of 12 million pixels
    ("png", 4),  # screenshot
    ("docx", 6),
    ("xlsx", 4),
    ("pptx", 2),
)
CYCLE = "2026"


def picture(width: int, height: int, seed: int, quality: int) -> bytes:
    """A JPEG with soft shapes and sensor noise, so that its size is that of a real photograph."""
    from PIL import Image

    rng = random.Random(seed)
    small = Image.frombytes("RGB", (48, 36), rng.randbytes(48 * 36 * 3)).resize((width, height), Image.BICUBIC)
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


class Maker:
    """Makes one file of a kind; pictures are made once and given unique bytes."""

    def __init__(self) -> None:
        self.chats = [picture(1600, 1200, seed, 70) for seed in range(3)]
        self.photos = [picture(4000, 3000, seed, 80) for seed in range(2)]
        self.pages = [picture(1240, 1754, seed, 55) for seed in range(3)]

    def make(self, kind: str, number: int) -> tuple[str, bytes]:
        rng = random.Random(number)
        name = {"scan": "pdf", "chat": "jpg", "photo": "jpg"}.get(kind, kind)
        return name, getattr(self, kind)(rng, number)

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


def build(root: Path, files: int) -> None:
    """A share of *files* evidence files, 25 a folder."""
    maker = Maker()
    kinds = [kind for kind, percent in MIX for _ in range(percent)]
    old = time.time() - 86_400
    (root / "iid-share.toml").write_text('region = "63.03"\n', encoding="utf-8")
    for number in range(files):
        folder = root / CYCLE / f"{number // 750:02} Unit" / f"Inovasi {number // 25}" / "bukti" / "16 Regulasi"
        folder.mkdir(parents=True, exist_ok=True)
        ending, data = maker.make(kinds[number * 37 % 100], number)
        path = folder / f"{number}.{ending}"
        path.write_bytes(data)
        os.utime(path, (old, old))


def rows(listing):
    """Evidence rows for every listed file, as the reader makes them."""
    from iid.tasks.tables import EVIDENCE, frame

    return frame(
        EVIDENCE,
        (
            {
                "innovation_id": entry.path.rsplit("/", 3)[0],
                "unit_code": entry.path.split("/")[1][:2],
                "indicator": "16",
                "source": entry.path,
                "kind": "file",
                "size": entry.size,
            }
            for entry in listing.entries
            if entry.path.startswith(CYCLE)
        ),
    )


def run(root: Path, store, workers: int | None):
    from iid.tasks.drives.folder import FolderDrive
    from iid.tasks.evidence.inspecting import inspect_evidence
    from iid.tasks.evidence.ledger import Ledger

    drive = FolderDrive(root)
    listing = drive.list()
    evidence = rows(listing)
    ledger = Ledger.load(store, "63.03/2026")
    inspection = inspect_evidence(drive, listing, evidence, ledger, workers=workers)
    ledger.save(store, "63.03/2026")
    return inspection


def timed(action: Callable[[], object], repeat: int, before: Callable[[], object] = lambda: None) -> float:
    best = float("inf")
    for _ in range(repeat):
        before()
        start = time.perf_counter()
        action()
        best = min(best, time.perf_counter() - start)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=3000)
    parser.add_argument("--workers", type=int)
    parser.add_argument("--repeat", type=int, default=2)
    parser.add_argument("--rclone", default=shutil.which("rclone"))
    parser.add_argument("--drop-caches", action="store_true", help="empty the page cache before each (root)")
    parser.add_argument("--share", type=Path, help="an existing share made by this script, or where to make it")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        root = options.share or Path(temporary) / "share"
        if not root.exists():
            root.mkdir(parents=True)
            build(root, options.files)
        measure(root, Path(temporary) / "store", options)


def measure(root: Path, place: Path, options: argparse.Namespace) -> None:
    from iid.tasks.drives.folder import FolderDrive
    from iid.tasks.stores.folder import FolderStore

    def empty_cache() -> None:
        if options.drop_caches:
            os.sync()
            Path("/proc/sys/vm/drop_caches").write_text("3", encoding="ascii")

    def forget() -> None:
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        empty_cache()

    def touch() -> None:
        victim = sorted(root.rglob("*.pdf"))[7]
        victim.write_bytes(victim.read_bytes() + b"\n%")
        os.utime(victim, (time.time() - 3600,) * 2)

    cores = str(len(os.sched_getaffinity(0)))
    hashing = ["sh", "-c", f'find "$0" -type f -print0 | xargs -0 -n 64 -P {cores} sha256sum >/dev/null', str(root)]
    count = sum(1 for path in root.rglob("*") if path.is_file())
    size = sum(path.stat().st_size for path in root.rglob("*") if path.is_file())
    print(f"{count} files, {size / 1e6:.0f} MB, {cores} cores, page cache {'dropped' if options.drop_caches else 'warm'}")
    floors = {"sha256sum": timed(lambda: subprocess.run(hashing, check=True), options.repeat, empty_cache)}
    if options.rclone:
        command = [options.rclone, "hashsum", "sha256", str(root), "--checkers", cores]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": True}
        floors["rclone"] = timed(lambda: subprocess.run(command, **quiet), options.repeat, empty_cache)
    listed = timed(lambda: FolderDrive(root).list(), options.repeat)
    store = FolderStore(place)
    cold = timed(lambda: run(root, store, options.workers), options.repeat, forget)
    same = timed(lambda: run(root, store, options.workers), options.repeat)
    one = timed(lambda: run(root, store, options.workers), options.repeat, touch)
    for name, value in floors.items():
        print(f"floor {name:10} {value:8.2f} s   cold / floor {cold / value:6.2f}")
    print(f"floor listing    {listed:8.3f} s")
    print(f"cold             {cold:8.2f} s   {1000 * cold / count:.2f} ms a file")
    print(f"unchanged        {same:8.3f} s   {same / listed:6.2f} x listing")
    print(f"one changed      {one:8.3f} s   {one / listed:6.2f} x listing")
    print(f"peak memory      {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:8.0f} MiB (this process)")
    print(f"                 {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:8.0f} MiB (largest child)")


if __name__ == "__main__":
    main()

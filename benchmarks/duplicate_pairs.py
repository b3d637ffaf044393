# ruff: noqa: S311  pairs are drawn, not keys
"""Labelled pairs of evidence, made by code: which are one document or picture, which only look alike.

``python benchmarks/duplicate_pairs.py [--seed N]`` prints how many of each kind are judged rightly, and
precision and recall over all. The product's own functions judge: facts of each content, then groups.
"""

from __future__ import annotations

import argparse
import io
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from iid.tasks.inspect.inspectors.image import inspect as inspect_image
from iid.tasks.inspect.inspectors.normalised_text import folded_words, text_facts, text_sketch
from iid.tasks.sandbox.content import Content
from iid.tasks.sandbox.facts import Facts
from iid.tasks.sandbox.limits import Limits
from iid.tasks.validate.near_images import image_groups
from iid.tasks.validate.near_texts import near_texts

#: How often each kind is made.
EACH = 24
WORDS = """
    daerah pelayanan masyarakat kegiatan anggaran pelaksana ketentuan peraturan kecamatan desa
    inovasi mutu perlu rangka sesuai tim tugas publik menimbang mengingat menetapkan undangan
    kesejahteraan peningkatan laporan pemerintah kabupaten tahun berdasarkan tentang dengan untuk
    dalam bahwa sebagai dan yang pada kepala dinas bidang seksi warga kelompok usaha tani ternak
    ikan sekolah guru siswa puskesmas bidan perawat posyandu balita ibu hamil lansia air bersih
    jalan jembatan pasar koperasi digital aplikasi data informasi
""".split()  # noqa: SIM905
NAMES = """
    Ahmad Siti Budi Rahman Nurul Fauzi Hasan Aminah Rizky Dewi Yusuf Fatimah Irwan Lestari Hendra
    Mariani Syarif Wahyuni Gunawan Kartika Taufik Rosita Bambang Sulastri Arifin Halimah Junaidi
    Noraini Suryadi Ratnasari
""".split()  # noqa: SIM905
INNOVATIONS = """
    SIPANDU GEBRAKS JEMPOL CERDAS TANGGAP SAPAWARGA PELITA MELATI GERCEP KENANGA RAMAH SIGAP
""".split()  # noqa: SIM905


@dataclass(frozen=True)
class Pair:
    """Two contents of one kind, and whether they are the same document or picture."""

    kind: str
    same: bool
    one: str | bytes
    other: str | bytes


def prose(rng: random.Random, words: int) -> list[str]:
    """Plain running words."""
    return [rng.choice(WORDS) for _ in range(words)]


def letter(rng: random.Random, words: int) -> list[str]:
    """A letter's words: head, number, body, day, signer."""
    head = f"PEMERINTAH KABUPATEN BANJAR KEPUTUSAN KEPALA DINAS NOMOR 440/{rng.randint(1, 999)}/2025".split()
    name = ["TENTANG", "PENETAPAN", "INOVASI", rng.choice(INNOVATIONS)]
    foot = f"Ditetapkan di Martapura pada tanggal {rng.randint(1, 28)} Maret 2025".split()
    return [*head, *name, *prose(rng, words), *foot, *rng.sample(NAMES, 2)]


def sibling(rng: random.Random, words: list[str], many: int) -> list[str]:
    """*words* with *many* others: names, numbers and words of a form filled in for something else."""
    other = list(words)
    for place in rng.sample(range(len(words)), many):
        kinds = [rng.choice(INNOVATIONS), rng.choice(NAMES), str(rng.randint(1, 9999)), rng.choice(WORDS)]
        choices = [word for word in kinds if word.casefold() != words[place].casefold()]
        other[place] = rng.choice(choices)
    return other


def attendance(rng: random.Random, rows: int, head: str) -> str:
    """A list of who was there."""
    lines = [
        f"{row} {rng.choice(NAMES)} {rng.choice(NAMES)} {rng.choice(WORDS)}" for row in range(1, rows + 1)
    ]
    return "\n".join((head, "No Nama Jabatan Tanda Tangan", *lines))


def misread(rng: random.Random, text: str, share: float) -> str:
    """*text* as a scan reads it: letters taken for others, added, lost; numbers as they are."""
    alike = dict(zip("oilesutfhbnargyvckwjdm", MISREAD, strict=True))
    said = []
    for sign in text:
        if sign.isalpha() and rng.random() < share:
            kind = rng.random()
            said.append(alike.get(sign.casefold(), sign) if kind < 0.8 else "" if kind < 0.9 else sign * 2)
        else:
            said.append(sign)
    return "".join(said)


def saved_otherwise(rng: random.Random, words: list[str]) -> str:
    """The words as another program writes them: lines, page numbers, words broken at the end of a line."""
    lines, line, page = [], [], 1
    for word in words:
        line.append(word)
        if sum(map(len, line)) > 60:
            if len(word) > 7 and rng.random() < 0.3:
                line[-1] = word[:4] + "-"
                lines.append(" ".join(line))
                line = [word[4:]]
            else:
                lines.append(" ".join(line))
                line = []
        if len(lines) % 40 == 39:
            lines.append(f"Halaman {page}")
            page += 1
    return "\n".join([*lines, " ".join(line)])


#: How a scan reads o i l e s u t f h b n a r g y v c k w j d m.
MISREAD = "0 l 1 c 5 ii f t b h m o t q v y e lc vv i cl rn".split()  # noqa: SIM905
SIZES = (120, 300, 800, 1500, 3000)


def text_pairs(rng: random.Random) -> Iterator[Pair]:
    """Pairs of texts."""
    for number in range(3 * EACH):
        words = letter(rng, SIZES[number % len(SIZES)])
        yield Pair("surat satu templat, 1-12 kata lain", False, " ".join(words),
                   " ".join(sibling(rng, words, 1 + number % 12)))  # fmt: skip
    for number in range(EACH):
        head = f"DAFTAR HADIR RAPAT KOORDINASI INOVASI TANGGAL {rng.randint(1, 28)} MEI 2025 DI AULA DINAS"
        rows = 15 + number
        yield Pair("daftar hadir, nama lain", False, attendance(rng, rows, head), attendance(rng, rows, head))
    for number in range(EACH):
        words = letter(rng, SIZES[number % len(SIZES)])
        other = sibling(rng, words, 1 + number % 12)
        yield Pair("surat satu templat, keduanya dipindai", False, misread(rng, " ".join(words), 0.01),
                   misread(rng, " ".join(other), 0.01))  # fmt: skip
    for number in range(EACH):
        words = letter(rng, SIZES[number % len(SIZES)])
        yield Pair("disimpan ulang", True, " ".join(words), saved_otherwise(rng, words))
    for number in range(EACH):
        text = " ".join(letter(rng, SIZES[number % len(SIZES)]))
        yield Pair("dipindai ulang (teks)", True, text, misread(rng, text, 0.004 + 0.002 * (number % 8)))
    for number in range(EACH // 2):
        text = " ".join(letter(rng, SIZES[number % len(SIZES)]))
        yield Pair("dua pindaian (teks)", True, misread(rng, text, 0.008), misread(rng, text, 0.008))
    for number in range(EACH // 2):
        text = " ".join(letter(rng, SIZES[number % len(SIZES)]))
        foot = "\nDokumen ini telah ditandatangani secara elektronik menggunakan sertifikat elektronik"
        foot += " yang diterbitkan oleh Balai Besar Sertifikasi Elektronik (BSrE), BSSN\n"
        yield Pair("dicap SALINAN atau TTE", True, text,
                   text + (" SALINAN SESUAI DENGAN ASLINYA" if number % 2 else foot))  # fmt: skip
    for number in range(EACH // 2):
        text = attendance(rng, 15 + number, "DAFTAR HADIR SOSIALISASI INOVASI 12 MEI 2025")
        yield Pair("daftar hadir dipindai ulang", True, text, misread(rng, text, 0.008))


def same_texts(pairs: list[Pair]) -> list[bool]:
    """What the product says of pairs of texts, all of them in one region."""
    texts = {f"{number:04d}{side}": text for number, pair in enumerate(pairs)
             for side, text in (("a", pair.one), ("b", pair.other)) if isinstance(text, str)}  # fmt: skip
    sketches = pd.Series({name: text_sketch(text) for name, text in texts.items()}, dtype="string")
    near = near_texts(sketches, lambda name: folded_words(texts[name]))
    hashes = {name: text_facts(text)[0] for name, text in texts.items()}
    names = [(f"{number:04d}a", f"{number:04d}b") for number in range(len(pairs))]
    return [hashes[a] == hashes[b] or (a in near and near.get(a) == near.get(b)) for a, b in names]


def photo(rng: random.Random, size: tuple[int, int] = (640, 480), scene: int | None = None) -> Image.Image:
    """Something like a photo: blotches of every size, people; *scene* fixes the room, not the people."""
    room = random.Random(scene if scene is not None else rng.random())
    picture = Image.new("RGB", size, tuple(room.randint(40, 215) for _ in range(3)))
    for cells in (2, 5, 11, 29):
        noise = Image.frombytes(
            "RGB", (cells, cells), bytes(room.randrange(256) for _ in range(3 * cells * cells))
        )
        picture = Image.blend(picture, noise.resize(size, Image.Resampling.BICUBIC), 0.35)
    draw = ImageDraw.Draw(picture)
    for _ in range(rng.randint(5, 14)):
        x, y = rng.randint(0, size[0]), rng.randint(size[1] // 4, size[1])
        high = rng.randint(40, 170)
        cloth, skin = tuple(rng.randrange(256) for _ in range(3)), (rng.randint(120, 220), 140, 110)
        draw.rectangle((x, y, x + high // 2, y + high), fill=cloth)
        draw.ellipse((x + 5, y - high // 2, x + high // 2 - 5, y), fill=skin)
    return picture.filter(ImageFilter.GaussianBlur(1))


def lines(
    draw: ImageDraw.ImageDraw, rng: random.Random, at: tuple[int, int], ink: str | int | tuple[int, ...]
) -> None:
    """A line of running words."""
    draw.text(at, " ".join(rng.choice(NAMES + WORDS) for _ in range(rng.randint(3, 7))), fill=ink)


def screen(rng: random.Random, layout: int) -> Image.Image:
    """A screen of an application: *layout* fixes its bars and colours, *rng* what it shows."""
    look = random.Random(layout)
    picture = Image.new("RGB", (540, 960), "white")
    draw = ImageDraw.Draw(picture)
    bar = tuple(look.randrange(200) for _ in range(3))
    draw.rectangle((0, 0, 540, 70), fill=bar)
    draw.rectangle((0, 890, 540, 960), fill=bar)
    for row in range(10):
        top = 90 + 80 * row
        draw.rectangle((15, top, 525, top + 65), outline=(200, 200, 200))
        draw.ellipse((25, top + 10, 70, top + 55), fill=bar)
        lines(draw, rng, (85, top + 10), "black")
        lines(draw, rng, (85, top + 35), (90, 90, 90))
    return picture


def form(rng: random.Random, layout: int) -> Image.Image:
    """A scanned list of who was there: *layout* fixes what is printed, *rng* what was written by hand."""
    look = random.Random(layout)
    picture = Image.new("L", (620, 877), 250)
    draw = ImageDraw.Draw(picture)
    for top in (40, 60, 80):
        lines(draw, look, (150, top), 20)
    for row in range(20):
        top = 120 + 35 * row
        draw.rectangle((40, top, 580, top + 35), outline=40)
        lines(draw, look, (80, top + 10), 30)
        x, y = rng.randint(420, 450), top + rng.randint(8, 25)
        for _ in range(rng.randint(8, 24)):
            onward = x + rng.randint(-12, 22), min(max(y + rng.randint(-14, 14), top), top + 35)
            draw.line((x, y, *onward), fill=60, width=2)
            x, y = onward
    return picture


def saved(picture: Image.Image, quality: int = 85, **options: object) -> bytes:
    """The bytes of a JPEG."""
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=quality, **options)
    return data.getvalue()


def smaller(picture: Image.Image, share: float) -> Image.Image:
    """The picture at another size."""
    width, height = picture.size
    return picture.resize((int(width * share), int(height * share)), Image.Resampling.LANCZOS)


def cropped(rng: random.Random, picture: Image.Image) -> Image.Image:
    """Less 5 % of its width and height, anywhere."""
    width, height = picture.size
    left, top = rng.randint(0, width // 20), rng.randint(0, height // 20)
    return picture.crop((left, top, left + width - width // 20, top + height - height // 20))


def stamped(rng: random.Random, picture: Image.Image) -> Image.Image:
    """With place and time on it, as cameras for field work print them."""
    picture = picture.copy()
    draw = ImageDraw.Draw(picture)
    width, height = picture.size
    top = height - rng.randint(height // 12, height // 6)
    if rng.random() < 0.6:
        draw.rectangle((0, top, width, height), fill="black")
    for row in range(3):
        where = f"Martapura {rng.randint(1, 28)} Mei 2025 -3.{rng.randint(1000, 9999)}, 114.8"
        draw.text((10, top + 4 + 14 * row), where, fill="white")
    return picture


def on_screen(rng: random.Random, picture: Image.Image) -> Image.Image:
    """A screen that shows the photo: bars of one colour above and below, a clock, buttons."""
    width, height = picture.size
    paper, ink = rng.choice((("black", "white"), ("white", "black"), ((24, 24, 24), "white")))
    whole = Image.new("RGB", (width, int(width * rng.uniform(1.6, 2.1))), paper)
    top = (whole.height - height) // 2 + rng.randint(-40, 40)
    whole.paste(picture, (0, top))
    draw = ImageDraw.Draw(whole)
    draw.text((20, 12), f"10:{rng.randint(10, 59)}", fill=ink)
    draw.text((width - 60, 12), "87%", fill=ink)
    for place in range(4):
        draw.ellipse((60 + 150 * place, whole.height - 50, 90 + 150 * place, whole.height - 20), outline=ink)
    return whole


def rescanned(rng: random.Random, picture: Image.Image) -> Image.Image:
    """Printed and scanned: a little turned, other light, softer."""
    width, height = picture.size
    picture = picture.rotate(rng.uniform(-0.8, 0.8), Image.Resampling.BICUBIC, fillcolor="white")
    picture = ImageEnhance.Brightness(picture).enhance(rng.uniform(0.85, 1.15))
    picture = (
        ImageEnhance.Contrast(picture).enhance(rng.uniform(0.8, 1.1)).filter(ImageFilter.GaussianBlur(1.2))
    )
    return picture.crop((width // 100, height // 100, width - width // 100, height - height // 100))


def image_pairs(rng: random.Random) -> Iterator[Pair]:
    """Pairs of pictures."""
    turns = (Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270)
    changes: dict[str, Callable[[Image.Image], Image.Image]] = {
        "foto disimpan ulang": lambda one: smaller(one, rng.uniform(0.4, 0.9)),
        "foto dipotong 5 %": lambda one: cropped(rng, one),
        "foto bercap tempat dan waktu": lambda one: stamped(rng, one),
        "tangkapan layar foto": lambda one: on_screen(rng, one),
        "foto diputar": lambda one: one.transpose(rng.choice(turns)),
        "foto dicetak dan dipindai": lambda one: rescanned(rng, one),
    }
    for kind, change in changes.items():
        for number in range(EACH):
            one = photo(rng, rng.choice(((640, 480), (480, 640), (800, 450))))
            yield Pair(kind, True, saved(one), saved(change(one), 60 + number))
    for _ in range(EACH):
        one = screen(rng, rng.randrange(10**9))
        yield Pair("layar aplikasi disimpan ulang", True, saved(one, 90), saved(smaller(one, 0.7), 70))
    for _ in range(2 * EACH):
        scene = rng.randrange(10**9)
        yield Pair(
            "dua foto satu ruangan", False, saved(photo(rng, scene=scene)), saved(photo(rng, scene=scene))
        )
    for _ in range(2 * EACH):
        layout = rng.randrange(10**9)
        yield Pair("layar aplikasi, isi lain", False, saved(screen(rng, layout)), saved(screen(rng, layout)))
    for _ in range(2 * EACH):
        layout = rng.randrange(10**9)
        yield Pair("formulir, tulisan tangan lain", False, saved(form(rng, layout)), saved(form(rng, layout)))
    for _ in range(EACH):
        yield Pair("dua foto", False, saved(photo(rng)), saved(photo(rng)))


def same_images(pairs: list[Pair]) -> list[bool]:
    """What the product says of pairs of pictures, all of them in one region."""
    known = [thumbnail(data) for pair in pairs for data in (pair.one, pair.other)]
    groups = image_groups(pd.Series(known, dtype="string")).tolist()
    return [groups[at] == groups[at + 1] for at in range(0, len(groups), 2)]


def thumbnail(data: str | bytes) -> str:
    """The thumbnail that the inspector makes of a JPEG."""
    content = Content.of(data if isinstance(data, bytes) else data.encode())
    return inspect_image(content, Facts(format="jpg", media_type="image/jpeg"), Limits()).thumbnail


def report(pairs: list[Pair], said: list[bool]) -> tuple[float, float]:
    """Print a line a kind; precision and recall over all."""
    right, many = Counter[str](), Counter[str]()
    for pair, answer in zip(pairs, said, strict=True):
        many[pair.kind] += 1
        right[pair.kind] += pair.same == answer
    same = {pair.kind: pair.same for pair in pairs}
    for kind, count in many.items():
        print(f"{'sama ' if same[kind] else 'beda '} {kind:40} {right[kind]:4} / {count}")
    both = [(pair.same, answer) for pair, answer in zip(pairs, said, strict=True)]
    hits = both.count((True, True))
    return hits / max(1, hits + both.count((False, True))), hits / max(1, hits + both.count((True, False)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    seed = parser.parse_args().seed
    texts = list(text_pairs(random.Random(seed)))
    images = list(image_pairs(random.Random(seed)))
    pairs, said = texts + images, same_texts(texts) + same_images(images)
    precision, recall = report(pairs, said)
    print(f"{len(pairs)} pasangan: presisi {precision:.3f}, perolehan (recall) {recall:.3f}")


if __name__ == "__main__":
    main()

"""Pictures: a real decode, size, blankness, near duplicates, EXIF as information."""

from __future__ import annotations

import io
import struct
import zlib
from base64 import b64decode

import pyarrow as pa
import pytest
from PIL import Image, ImageDraw

from iid.tasks.inspect.ledger.description import name_origins


def far(one: str, other: str) -> float:
    """Levels by which the cells of two thumbnails differ, on average."""
    pairs = list(zip(b64decode(one), b64decode(other), strict=True))
    return sum(abs(a - b) for a, b in pairs) / len(pairs)


def saved(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP"])
def test_size_is_that_of_the_picture(make, facts_of, kind: str) -> None:
    facts = facts_of(make.picture(kind, size=(321, 207)))
    assert (facts.width, facts.height, facts.readable, facts.blank) == (321, 207, True, False)


def test_a_large_photograph_reports_its_full_size(make, facts_of) -> None:
    assert facts_of(make.picture(size=(4000, 3000))).width == 4000


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP"])
def test_a_cut_picture_is_unreadable(make, facts_of, kind: str) -> None:
    data = make.picture(kind, size=(640, 480))
    facts = facts_of(data[: len(data) * 2 // 3])
    assert facts.problem == "unreadable"
    assert "terpotong" in facts.detail


def noise(size: tuple[int, int] = (640, 480)) -> Image.Image:
    return Image.effect_noise(size, 60).convert("RGB")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP"])
@pytest.mark.parametrize("part", [0.5, 0.8, 0.87])
def test_a_picture_that_shows_less_than_nine_tenths_is_cut(facts_of, kind: str, part: float) -> None:
    data = saved(noise(), kind)
    assert facts_of(data[: int(len(data) * part)]).problem == "unreadable"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP"])
@pytest.mark.parametrize("lost", [1, 2, 12, 400])
def test_a_picture_that_lost_its_last_bytes_counts_as_damaged(facts_of, kind: str, lost: int) -> None:
    facts = facts_of(saved(noise(), kind)[:-lost])
    assert (facts.problem, facts.readable, facts.width, facts.blank) == ("", True, 640, False)
    assert facts.damaged or (kind == "GIF" and lost < 3)  # a GIF's end mark is asked for by nobody


@pytest.mark.parametrize("appended", [b"", b"film" * 50_000])
def test_a_photograph_ends_where_its_own_end_is_not_its_thumbnails(facts_of, appended: bytes) -> None:
    small = b"Exif\0\0" + saved(noise((96, 72)), "JPEG")
    picture = saved(noise(), "JPEG")
    whole = picture[:2] + b"\xff\xe1" + struct.pack(">H", len(small) + 2) + small + picture[2:]
    assert not facts_of(whole + appended).damaged
    assert all(facts_of(whole[:-lost] + appended.replace(b"film", b"\0" * 4)).damaged for lost in (1, 2))


def test_a_progressive_photograph_counts_once_its_last_refinement_has_begun(facts_of) -> None:
    data = saved(noise(), "JPEG", progressive=True)
    assert (facts_of(data[:-2]).damaged, facts_of(data[:-900]).damaged) == (True, True)
    assert facts_of(data[: len(data) * 2 // 5]).problem == "unreadable"


def test_a_black_picture_that_lost_its_end_is_measured_by_its_data(facts_of) -> None:
    data = saved(Image.new("RGB", (640, 480)), "JPEG")
    assert facts_of(data[:-2]).damaged
    half = saved(Image.new("RGB", (640, 480)), "BMP")
    assert facts_of(half[: len(half) // 2]).problem == "unreadable"


def with_chunk(data: bytes, name: bytes, body: bytes, crc: int) -> bytes:
    """PNG *data* with a chunk before its pixels."""
    at = data.index(b"IDAT") - 4
    return data[:at] + struct.pack(">I4s", len(body), name) + body + struct.pack(">I", crc) + data[at:]


def test_a_png_with_a_wrong_checksum_of_a_note_counts_as_damaged(facts_of) -> None:
    data = saved(noise())
    facts = facts_of(with_chunk(data, b"tEXt", b"Comment\0x", 1))
    assert (facts.problem, facts.damaged, facts.width) == ("", True, 640)
    assert not facts_of(with_chunk(data, b"tEXt", b"a\0b", zlib.crc32(b"tEXta\0b"))).damaged


@pytest.mark.parametrize(
    ("name", "body"), [(b"iCCP", b"sRGB\0\x01?"), (b"zTXt", b"Comment\0\x01?"), (b"acTL", b"\0")]
)
def test_a_png_with_a_note_that_cannot_be_read_counts_as_damaged(facts_of, name: bytes, body: bytes) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Canon"
    data = with_chunk(saved(noise(), exif=exif), name, body, zlib.crc32(name + body))
    facts = facts_of(data)
    assert (facts.problem, facts.damaged, facts.width, facts.origin) == ("", True, 640, "Canon")
    assert facts_of(data[: len(data) // 2]).problem == "unreadable"


def test_a_png_with_a_wrong_checksum_of_its_colours_is_unreadable(facts_of) -> None:
    data = saved(noise().convert("P"))
    at = data.index(b"PLTE")
    assert facts_of(data[: at + 9] + b"\xff\xfe" + data[at + 11 :]).problem == "unreadable"


def test_a_png_with_a_wrong_checksum_over_sound_pixels_counts_as_damaged(facts_of) -> None:
    data = bytearray(saved(noise()))
    data[data.rindex(b"IEND") - 5] ^= 0xFF  # of the last IDAT's checksum, which Chromium does not look at
    facts = facts_of(bytes(data))
    assert (facts.problem, facts.damaged, facts.width) == ("", True, 640)


def test_a_png_with_a_wrong_checksum_is_unreadable(make, facts_of) -> None:
    data = bytearray(make.picture("PNG"))
    data[len(data) // 2] ^= 0xFF
    assert facts_of(bytes(data)).problem == "unreadable"


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "CMYK", "I;16", "LA", "F"])
def test_every_mode_is_decoded(facts_of, mode: str) -> None:
    gradient = Image.linear_gradient("L")
    image = (
        gradient.convert("I").point(lambda v: v * 200).convert("I;16")
        if mode == "I;16"
        else gradient.convert(mode)
    )
    kind = "TIFF" if mode in ("CMYK", "F") else "PNG"
    facts = facts_of(saved(image, kind))
    assert (facts.readable, facts.blank) == (True, False)
    assert facts.thumbnail


def test_a_picture_of_one_colour_is_blank_and_has_no_thumbnail(facts_of) -> None:
    facts = facts_of(saved(Image.new("RGB", (200, 100), (250, 250, 250)), "JPEG"))
    assert (facts.blank, facts.thumbnail, facts.readable) == (True, "", True)


def test_near_duplicates_have_near_thumbnails_and_others_have_not(make, facts_of) -> None:
    image = Image.effect_mandelbrot((1600, 1200), (-2.5, -1.5, 1.5, 1.5), 60).convert("RGB")
    first = facts_of(saved(image, "JPEG", quality=90)).thumbnail
    again = facts_of(saved(image.resize((800, 600)), "JPEG", quality=40)).thumbnail
    other = facts_of(make.picture(size=(1600, 1200), seed=2)).thumbnail
    assert far(first, again) <= 4
    assert far(first, other) >= 16


def test_a_photo_that_a_program_turned_keeps_its_thumbnail(facts_of) -> None:
    image = Image.new("RGB", (640, 480), "white")
    ImageDraw.Draw(image).polygon([(0, 0), (600, 40), (200, 470)], fill="navy")
    exif = Image.Exif()
    exif[0x0112] = 6  # shown turned by 90 degrees
    turned = image.transpose(Image.Transpose.ROTATE_90)
    upright = facts_of(saved(image, "JPEG")).thumbnail
    assert far(upright, facts_of(saved(turned, "JPEG", exif=exif)).thumbnail) <= 2


@pytest.mark.parametrize("bar", [0, 30, 240, 255])
@pytest.mark.parametrize("lying", [False, True])
def test_of_a_photo_on_a_screen_only_the_photo_is_in_the_thumbnail(facts_of, bar: int, lying: bool) -> None:
    photo = Image.linear_gradient("L").resize((480, 480)).rotate(30).point(lambda level: 60 + level // 2)
    screen = Image.new("L", (960, 480) if lying else (480, 960), bar)
    screen.paste(photo, (240, 0) if lying else (0, 240))
    ImageDraw.Draw(screen).point([(5, 5), (7, 9)], fill=128)  # a bar need not be of one colour wholly
    assert far(facts_of(saved(photo)).thumbnail, facts_of(saved(screen)).thumbnail) <= 4


def test_of_a_page_with_a_plain_middle_nothing_is_cut(facts_of) -> None:
    page = Image.new("L", (480, 960), "white")
    ImageDraw.Draw(page).text((40, 400), "Laporan kegiatan", fill=0, font_size=40)
    ImageDraw.Draw(page).rectangle((0, 300, 480, 310), fill=0)
    cells = b64decode(facts_of(saved(page)).thumbnail)
    assert cells[:16] == b"\xff" * 16  # its white margin is still there


def test_time_and_camera_come_from_exif(facts_of) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "samsung\0", "Galaxy A54"
    exif.get_ifd(0x8769)[0x9003] = "2025:11:13 16:35:34"
    facts = facts_of(saved(Image.linear_gradient("L"), "JPEG", exif=exif))
    assert (facts.taken_at, facts.origin) == ("2025-11-13T16:35:34", "samsung Galaxy A54")


def test_broken_exif_is_no_fault_of_the_picture(facts_of) -> None:
    data = saved(Image.linear_gradient("L"), "JPEG")
    odd = data[:2] + b"\xff\xe1\x00\x20Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\xff" * 14 + data[2:]
    facts = facts_of(odd)
    assert (facts.readable, facts.taken_at, facts.origin) == (True, "", "")


def test_a_pixel_bomb_is_refused_before_it_is_decoded(facts_of) -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )
    facts = facts_of(bomb)
    assert facts.problem == "unreadable"
    assert "100000 x 100000 piksel" in facts.detail


def test_heic_is_recognised_and_measured(make, facts_of) -> None:
    size = make.box(b"ispe", b"\0\0\0\0", struct.pack(">II", 4032, 3024))
    data = (
        make.box(b"ftyp", b"heic", b"\0" * 4, b"mif1heic")
        + make.box(b"meta", size)
        + make.box(b"mdat", b"x" * 90)
    )
    facts = facts_of(data)
    assert (facts.format, facts.readable, facts.width, facts.height) == ("heic", True, 4032, 3024)
    assert (facts_of(data[:-5]).problem, facts_of(data[:-5]).damaged) == ("", True)
    assert facts_of(data[:-50]).problem == "unreadable"


@pytest.mark.parametrize(
    ("name", "origin"),
    [
        ("WhatsApp Image 2025-11-13 at 16.35.34.jpeg", "WhatsApp"),
        ("IMG-20240102-WA0003.jpg", "WhatsApp"),
        ("Screenshot_2024-01-02.png", "tangkapan layar"),
        ("rapat.jpg", ""),
    ],
)
def test_a_name_reports_where_a_picture_comes_from(name: str, origin: str) -> None:
    paths = pa.array([name, f"WhatsApp Images/{name}"])
    assert name_origins(paths).to_pylist() == [origin, origin]


def masked_bitmap(masks: tuple[int, ...], bits: int, size: tuple[int, int] = (40, 30)) -> bytes:
    """A bitmap of *bits* a pixel whose colours are where *masks* say."""
    row = (size[0] * bits + 31) // 32 * 4
    header = struct.pack("<IiiHHIIiiII", 40, *size, 1, bits, 3, row * size[1], 0, 0, 0, 0)
    start = 14 + len(header) + 4 * len(masks)
    pixels = bytes(range(256)) * (row * size[1] // 256 + 1)
    return b"".join((
        struct.pack("<2sIII", b"BM", start + row * size[1], 0, start),
        header,
        struct.pack(f"<{len(masks)}I", *masks),
        pixels[: row * size[1]],
    ))  # fmt: skip


@pytest.mark.parametrize(
    ("masks", "bits"),
    [((0xF800, 0x07F0, 0x000F), 16), ((0xFFE00000, 0x1FFC00, 0x3FF), 32), ((0xF00, 0xF0, 0xF), 16)],
)
def test_a_bitmap_of_odd_masks_is_recognised_and_measured(facts_of, masks, bits: int) -> None:
    whole = masked_bitmap(masks, bits)
    facts = facts_of(whole)
    assert (facts.format, facts.readable, facts.width, facts.height) == ("bmp", True, 40, 30)
    assert "hanya dikenali" in facts.detail
    assert facts_of(whole[: len(whole) * 2 // 3]).problem == "unreadable"


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True])
def test_a_tiff_of_odd_samples_is_recognised_and_measured(facts_of, order: str, big: bool) -> None:
    word, start = ("Q", 16) if big else ("I", 8)
    mark = {"<": b"II", ">": b"MM"}[order]
    head = mark + struct.pack(f"{order}HHHQ" if big else f"{order}HI", *((43, 8, 0, 16) if big else (42, 8)))
    tags = {256: 20, 257: 10, 258: 7, 259: 1, 262: 1, 273: 0, 277: 9, 278: 10, 279: 1800}
    after = start + struct.calcsize("Q" if big else "H") + len(tags) * (20 if big else 12)
    tags[273] = after + struct.calcsize(word)
    entries = [struct.pack(f"{order}HH{word}{word}", tag, 16 if big else 4, 1, v) for tag, v in tags.items()]
    count = struct.pack(f"{order}{'Q' if big else 'H'}", len(tags))
    whole = b"".join([head, count, *entries, struct.pack(f"{order}{word}", 0), bytes(range(200)) * 9])
    facts = facts_of(whole)
    assert (facts.format, facts.readable, facts.width, facts.height) == ("tiff", True, 20, 10)
    assert facts_of(whole[:-900]).problem == "unreadable"

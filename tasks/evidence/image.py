"""Pictures with Pillow: a real decode, size, blank, a hash for near duplicates, EXIF as information."""

from __future__ import annotations

import re
import struct
import warnings
from dataclasses import replace
from datetime import datetime

from PIL import ExifTags, Image

from iid.tasks.evidence.content import Content, UnreadableError
from iid.tasks.evidence.facts import Facts
from iid.tasks.evidence.limits import Limits

VERSION = 1
BROKEN = "gambar rusak atau terpotong"
#: Pillow's readers by our word for the format.
PILLOW = {
    "jpg": ("JPEG", "MPO"),
    "png": ("PNG",),
    "gif": ("GIF",),
    "webp": ("WEBP",),
    "tiff": ("TIFF",),
    "bmp": ("BMP",),
}
_DRAFT = 128  # pixels a side that are enough for hash and blankness; JPEG decodes at 1/8 down to it
_BLANK = 6  # levels of grey between the darkest and the brightest pixel of a blank page
_CELLS = (9, 8)
_SPACES = re.compile(r"\s+")


def inspect(content: Content, kind: Facts, limits: Limits) -> Facts:
    """Facts of a picture. Raises UnreadableError."""
    if kind.format == "heic":
        return _heic(content, kind)
    Image.MAX_IMAGE_PIXELS = None  # the guard below is ours, and stricter than a warning
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of odd EXIF and palettes
        try:
            content.file.seek(0)
            if kind.format == "png":  # decoding alone does not look at the checksums
                Image.open(content.file, formats=("PNG",)).verify()
                content.file.seek(0)
            with Image.open(content.file, formats=PILLOW[kind.format]) as image:
                return _facts(image, kind, limits)
        except (UnreadableError, MemoryError):
            raise
        except Exception as error:  # Pillow's readers leak KeyError, struct.error and more
            raise UnreadableError(BROKEN) from error


def _facts(image: Image.Image, kind: Facts, limits: Limits) -> Facts:
    width, height = image.size
    if width * height > limits.pixels:
        raise UnreadableError(f"ukurannya {width} x {height} piksel, melebihi batas pemeriksaan")
    taken, origin, turned = _exif(image)
    if image.format in ("JPEG", "MPO"):
        image.draft("L", (_DRAFT, _DRAFT))
    image.load()
    small = image.convert("L") if image.mode in ("L", "1", "RGB", "CMYK", "YCbCr") else _flattened(image)
    histogram = small.histogram()
    levels = [level for level, count in enumerate(histogram) if count]
    blank = levels[-1] - levels[0] < _BLANK
    return replace(
        kind,
        width=width,
        height=height,
        pages=getattr(image, "n_frames", 1) if kind.format == "tiff" else None,
        blank=blank,
        phash="" if blank else difference_hash(small, turned),
        taken_at=taken,
        origin=origin,
    )


def _flattened(image: Image.Image) -> Image.Image:
    """*image* in grey, transparent parts white, 16 bit scaled down."""
    if image.mode.startswith("I;16") or image.mode == "I":
        return image.convert("F").point(lambda level: level / 257.0).convert("L")
    if image.mode in ("P", "PA", "LA", "RGBA", "RGBa", "La"):
        whole = image.convert("RGBA")
        paper = Image.new("RGBA", whole.size, "white")
        paper.alpha_composite(whole)
        return paper.convert("L")
    return image.convert("RGB").convert("L")


def difference_hash(grey: Image.Image, turned: int = 1) -> str:
    """64 bits of *grey* as 16 hex digits: is each cell of 9 x 8 brighter than its right neighbour?

    *turned* is the EXIF orientation, so that a photo keeps its hash when a program turns it.
    """
    cells = grey.resize((32, 32), Image.Resampling.BOX)
    method = _TURNS.get(turned)
    if method is not None:
        cells = cells.transpose(method)
    level = cells.resize(_CELLS, Image.Resampling.BOX).tobytes()
    bits = 0
    for row in range(8):
        for column in range(8):
            at = row * 9 + column
            bits = bits << 1 | (level[at] > level[at + 1])
    return f"{bits:016x}"


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _exif(image: Image.Image) -> tuple[str, str, int]:
    """(time taken, maker and model or program, orientation); empty where EXIF is absent or broken."""
    try:
        exif = image.getexif()
        inner = exif.get_ifd(ExifTags.IFD.Exif)
        taken = inner.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
        maker, model = (str(exif.get(tag) or "") for tag in (ExifTags.Base.Make, ExifTags.Base.Model))
        named = model if model.lower().startswith(maker.lower()) else f"{maker} {model}"
        origin = named.strip("\0 ") or str(exif.get(ExifTags.Base.Software) or "")
        turned = exif.get(ExifTags.Base.Orientation)
        return _time(str(taken or "")), _plain(origin), turned if isinstance(turned, int) else 1
    except Exception:  # noqa: BLE001  EXIF is information only; whatever is broken in it is none
        return "", "", 1


def _time(raw: str) -> str:
    try:
        return datetime.strptime(raw.strip("\0 "), "%Y:%m:%d %H:%M:%S").isoformat()
    except ValueError:
        return ""


def _plain(text: str) -> str:
    printable = "".join(c if c.isprintable() else " " for c in text)
    return _SPACES.sub(" ", printable).strip()[:100]


def _heic(content: Content, kind: Facts) -> Facts:
    """A phone's picture that Pillow cannot decode: only its boxes are checked, and its size read."""
    from iid.tasks.evidence.boxes import whole

    if not whole(content):
        raise UnreadableError(BROKEN)
    head = content.read_at(0, 65_536)
    sizes = [struct.unpack_from(">II", head, m.end() + 4) for m in re.finditer(b"ispe", head[:-12])]
    width, height = max(sizes, default=(None, None), key=lambda s: (s[0] or 0) * (s[1] or 0))
    return replace(kind, width=width, height=height, detail="HEIC hanya dikenali, gambarnya tidak diperiksa")

"""Pictures with Pillow: decoded, size, blank, thumbnail, EXIF."""

from __future__ import annotations

import re
import warnings
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from PIL import ExifTags, Image, ImageChops, ImageFile

from iid.tasks.inspect.inspectors import undecoded_picture
from iid.tasks.inspect.inspectors.picture_marks import has_jpeg_end, has_png_end, is_refined, without_notes
from iid.tasks.inspect.inspectors.undecoded_picture import BROKEN
from iid.tasks.sandbox.content import LEAST_SHOWN, Content, UnreadableError
from iid.tasks.sandbox.facts import THUMBNAIL, Facts
from iid.tasks.sandbox.limits import Limits

VERSION = 7
#: Pillow's readers by our word for the format.
PILLOW = {
    "jpg": ("JPEG", "MPO"),
    "png": ("PNG",),
    "gif": ("GIF",),
    "webp": ("WEBP",),
    "tiff": ("TIFF",),
    "bmp": ("BMP",),
}
_DRAFT = 128  # pixels a side that are enough for thumbnail and blankness; JPEG decodes at 1/8 down to it
_BLANK = 6  # levels of grey between the darkest and the brightest pixel of a blank page
_GRID = 96  # cells a side in which the bars of a screen around a photo are looked for
_BAR_LEVELS, _BAR_SHARE, _BAR_LINES, _BAR_LEAST = 12, 0.6, 3, 24
_FLAT_SHARE = 0.4
_SHADES = bytes(level // _BAR_LEVELS for level in range(256))
_SPACES = re.compile(r"\s+")


def inspect(content: Content, kind: Facts, limits: Limits) -> Facts:
    """Facts of a picture. Raises UnreadableError."""
    if kind.format == "heic":
        return undecoded_picture.inspect(content, kind)
    Image.MAX_IMAGE_PIXELS = None  # the guard below is ours, and stricter than a warning
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of odd EXIF and palettes
        try:
            return _strict(content, kind, limits)
        except (UnreadableError, MemoryError):
            raise
        except Exception:  # noqa: BLE001  Pillow's readers leak KeyError, struct.error and more
            try:
                return _lenient(content, kind, limits)
            except (UnreadableError, MemoryError):
                raise
            except Exception as error:
                if kind.format == "bmp" or (kind.format == "tiff" and not _is_known(content)):
                    return undecoded_picture.inspect(content, kind)
                raise UnreadableError(BROKEN) from error


def _is_known(content: Content) -> bool:
    """Return whether Pillow has a decoder for the samples of a TIFF."""
    content.file.seek(0)
    try:
        Image.open(content.file, formats=("TIFF",))
    except Exception:  # noqa: BLE001
        return False
    return True


def _strict(content: Content, kind: Facts, limits: Limits) -> Facts:
    """Facts of a picture without a fault."""
    if kind.format == "png":  # decoding alone does not look at the checksums
        content.file.seek(0)
        Image.open(content.file, formats=("PNG",)).verify()
        if not has_png_end(content):
            raise SyntaxError("no end")
    if kind.format == "jpg" and not has_jpeg_end(content):  # nor does the decoder ask for the last mark
        raise SyntaxError("no end")
    with _opened(content, kind, limits) as image:
        return _facts(image, kind)


def _lenient(content: Content, kind: Facts, limits: Limits) -> Facts:
    """Return facts of a picture that viewers show despite a lost end or note."""
    before, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, True
    try:
        if kind.format == "png":
            content = without_notes(content)
        shown = 1.0 if kind.format == "jpg" and is_refined(content) else _shown(content, kind, limits)
        if shown < LEAST_SHOWN:
            raise UnreadableError(BROKEN)
        with _opened(content, kind, limits) as image:
            facts = _facts(image, kind)
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before
    lost = f"ujungnya hilang, {int(100 * shown)} % gambarnya tampak"
    return replace(
        facts, damaged=True, detail=lost if shown < 1 else "ada bagian yang rusak, gambarnya tampak"
    )


@contextmanager
def _opened(content: Content, kind: Facts, limits: Limits) -> Iterator[ImageFile.ImageFile]:
    """Open the undecoded picture. UnreadableError over the pixel limit."""
    content.file.seek(0)
    with Image.open(content.file, formats=PILLOW[kind.format]) as image:
        width, height = image.size
        if width * height > limits.pixels:
            raise UnreadableError(f"ukurannya {width} x {height} piksel, melebihi batas pemeriksaan")
        yield image


def _shown(content: Content, kind: Facts, limits: Limits) -> float:
    """Return the part of the pixels that the data gives."""
    grey = []
    for fill in (0, 255):
        with _opened(content, kind, limits) as image:
            _draft(image)
            bands = len(image.getbands())
            image._im = Image.new(image.mode, image.size, fill if bands == 1 else (fill,) * bands).im
            image._ended = True  # type: ignore[attr-defined]  # of JPEG: do not invent the lost rows
            image.load()
            grey.append(image.convert("L"))
    counts = ImageChops.difference(*grey).histogram()
    return counts[0] / sum(counts)


def _draft(image: Image.Image) -> None:
    if image.format in ("JPEG", "MPO"):
        image.draft("L", (_DRAFT, _DRAFT))


def _facts(image: Image.Image, kind: Facts) -> Facts:
    width, height = image.size
    taken, origin, turned = _exif(image)
    _draft(image)
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
        thumbnail="" if blank else thumbnail(small, turned),
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


def thumbnail(grey: Image.Image, turned: int = 1) -> str:
    """Return *grey* as THUMBNAIL x THUMBNAIL levels by row, in base 64.

    Near copies are found by it.
    Of a photo on a screen only the photo. *turned* is the EXIF orientation, so that a photo keeps its
    thumbnail when a program turns it.
    """
    small = grey.crop(_photo(grey)).resize((THUMBNAIL, THUMBNAIL), Image.Resampling.BILINEAR)
    method = _TURNS.get(turned)
    return b64encode((small.transpose(method) if method is not None else small).tobytes()).decode()


def _photo(grey: Image.Image) -> tuple[int, int, int, int]:
    """Return the box of *grey* between two bars of one colour; else all of it."""
    level = grey.resize((_GRID, _GRID), Image.Resampling.BOX).tobytes()
    rows = [level[at : at + _GRID] for at in range(0, _GRID * _GRID, _GRID)]
    top, bottom = _bars(rows)
    left, right = _bars([bytes(column) for column in zip(*rows[top:bottom], strict=True)])
    inside = b"".join(row[left:right] for row in rows[top:bottom]).translate(_SHADES)
    if max(map(inside.count, range(256 // _BAR_LEVELS + 1))) >= _FLAT_SHARE * len(inside):
        left, top, right, bottom = 0, 0, _GRID, _GRID  # a page or a screen, no photo
    width, height = grey.size
    return left * width // _GRID, top * height // _GRID, right * width // _GRID, bottom * height // _GRID


def _bars(lines: list[bytes]) -> tuple[int, int]:
    """Return the first line after the start bar, and where the end bar begins."""
    first, last = (Counter(line).most_common(1)[0][0] for line in (lines[0], lines[-1]))
    if abs(first - last) <= _BAR_LEVELS:
        least = _BAR_SHARE * len(lines[0])
        alike = bytes(range(max(0, first - _BAR_LEVELS), min(255, first + _BAR_LEVELS) + 1))
        plain = [len(line) - len(line.translate(None, alike)) >= least for line in lines]
        if not all(plain):
            start, end = plain.index(False), len(plain) - plain[::-1].index(False)
            if min(start, len(plain) - end) >= _BAR_LINES and end - start >= _BAR_LEAST:
                return start, end
    return 0, len(lines)


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
    """Return (time taken, camera or program, orientation); empty without EXIF."""
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

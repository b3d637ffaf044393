"""Drawn photos, screenshots and scans; the same seed gives the same bytes."""

from __future__ import annotations

import io
import random
import textwrap
from collections.abc import Iterator
from functools import cache
from typing import Any

_PHOTO = (720, 540)
_SCREEN = (900, 620)
_PAGE = (1000, 1414)  # A4 at about 120 dots an inch, as a cheap scanner gives it


def photo(caption: str, rng: random.Random, *, size: tuple[int, int] = _PHOTO) -> Any:
    """Draw a meeting under a banner with *caption* (a Pillow image)."""
    from PIL import Image, ImageDraw

    width, height = size
    top, low = _colour(rng, 150, 230), _colour(rng, 90, 160)
    image = Image.linear_gradient("L").resize(size)
    image = Image.composite(Image.new("RGB", size, low), Image.new("RGB", size, top), image)
    draw = ImageDraw.Draw(image)
    floor = int(height * rng.uniform(0.55, 0.85))
    draw.rectangle((0, floor, width, height), fill=_colour(rng, 20, 220))
    for _ in range(6):  # walls and windows: no two halls look alike to an image comparison
        x, y = width * rng.uniform(-0.1, 0.9), height * rng.uniform(-0.1, 0.6)
        far = (x + width * rng.uniform(0.1, 0.5), y + height * rng.uniform(0.1, 0.5))
        draw.rectangle((x, y, *far), fill=_colour(rng, 60, 250))
    left, high = width * rng.uniform(0.02, 0.3), height * rng.uniform(0.03, 0.2)
    draw.rectangle((left, high, left + width * 0.66, high + height * 0.26), fill=_colour(rng, 20, 120))
    for number, line in enumerate(textwrap.wrap(caption, 30)[:3]):
        place = (left + width * 0.03, high + height * (0.02 + 0.075 * number))
        draw.text(place, line, fill="white", font=_font(34))
    for seat in range(rng.randrange(6, 11)):
        x, y = width * 0.06 + seat * width * 0.095, floor - rng.randrange(10, 70)
        draw.ellipse((x, y, x + 42, y + 46), fill=_colour(rng, 110, 190))
        draw.rounded_rectangle((x - 16, y + 44, x + 58, y + 190), 22, fill=_colour(rng, 40, 220))
    return _grained(image, rng)


def screen(title: str, lines: list[str], rng: random.Random) -> Any:
    """Draw a web page: *title* bar, tiles, some with *lines* (a Pillow image).

    The tiles fall differently on every page, so that no two pages look alike to an image comparison.
    """
    from PIL import Image, ImageDraw

    image = Image.new("RGB", _SCREEN, "#F4F6F8")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, _SCREEN[0], 64), fill=_colour(rng, 10, 110))
    draw.text((24, 16), title[:56], fill="white", font=_font(26))
    for number, box in enumerate(_tiles((10, 74, _SCREEN[0] - 10, _SCREEN[1] - 10), 4, rng)):
        dark = rng.random() < 0.5
        fill = _colour(rng, 20, 110) if dark else _colour(rng, 200, 255)
        draw.rounded_rectangle(box, 8, fill=fill, outline="#CBD2D9")
        if box[2] - box[0] > 200:
            text = lines[number % len(lines)][: (box[2] - box[0] - 28) // 10]
            draw.text((box[0] + 14, box[1] + 12), text, fill="white" if dark else "#1F2933", font=_font(17))
    return image


def _tiles(
    box: tuple[int, int, int, int], depth: int, rng: random.Random
) -> Iterator[tuple[int, int, int, int]]:
    """*box* cut *depth* times across or along, never exactly in the middle."""
    left, top, right, bottom = box
    if depth == 0 or right - left < 60 or bottom - top < 60:
        yield (left + 3, top + 3, right - 3, bottom - 3)
    elif (right - left) * rng.uniform(0.5, 1.6) > bottom - top:
        cut = left + int((right - left) * rng.uniform(0.25, 0.75))
        yield from _tiles((left, top, cut, bottom), depth - 1, rng)
        yield from _tiles((cut, top, right, bottom), depth - 1, rng)
    else:
        cut = top + int((bottom - top) * rng.uniform(0.25, 0.75))
        yield from _tiles((left, top, right, cut), depth - 1, rng)
        yield from _tiles((left, cut, right, bottom), depth - 1, rng)


def scanned_page(lines: list[str], rng: random.Random) -> bytes:
    """A slightly crooked grey page with *lines* as pixels, as JPEG bytes."""
    from PIL import Image, ImageDraw

    page = Image.new("L", _PAGE, 246)
    draw = ImageDraw.Draw(page)
    y = 90
    for line in lines:
        for part in textwrap.wrap(line, 78) or [""]:
            draw.text((90, y), part, fill=50, font=_font(21))
            y += 30
        y += 6
    page = page.rotate(rng.uniform(-1.1, 1.1), fillcolor=228)
    return encode(page, "JPEG", quality=45)


def encode(image: Any, kind: str, **options: Any) -> bytes:
    """*image* as ``JPEG`` or ``PNG`` bytes."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **({"quality": 72} if kind == "JPEG" else {"compress_level": 4}) | options)
    return buffer.getvalue()


def _grained(image: Any, rng: random.Random) -> Any:
    from PIL import Image

    small = (image.width // 4, image.height // 4)
    grain = Image.frombytes("L", small, rng.randbytes(small[0] * small[1])).resize(image.size).convert("RGB")
    return Image.blend(image, grain, 0.08)


def _colour(rng: random.Random, low: int, high: int) -> tuple[int, int, int]:
    return (rng.randrange(low, high), rng.randrange(low, high), rng.randrange(low, high))


@cache
def _font(size: int) -> Any:
    from PIL import ImageFont

    return ImageFont.load_default(size)

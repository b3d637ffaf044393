"""Copies of a photo are found however it was changed; pictures that only look alike are none."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageDraw

from iid.tasks.inspect.inspectors.image import thumbnail
from iid.tasks.sandbox.facts import THUMBNAIL
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.memory import last_night
from iid.tasks.validate import near_images
from iid.tasks.validate.near_images import STAMPED_ROWS, image_groups


def photo(seed: int) -> Image.Image:
    rng = random.Random(seed)  # noqa: S311
    picture = Image.new("L", (640, 480), 120)
    for cells in (3, 7, 19):
        noise = Image.frombytes("L", (cells, cells), rng.randbytes(cells * cells))
        picture = Image.blend(picture, noise.resize(picture.size, Image.Resampling.BICUBIC), 0.5)
    return picture


def stamped(picture: Image.Image) -> Image.Image:
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 410, 640, 480), fill=0)
    draw.text((10, 430), "Martapura, 12 Mei 2025 10:12", fill=255)
    return picture


def on_screen(picture: Image.Image) -> Image.Image:
    whole = Image.new("L", (640, 1280), 0)
    whole.paste(picture, (0, 380))
    ImageDraw.Draw(whole).text((20, 12), "10:12", fill=255)
    return whole


def groups(*pictures: Image.Image) -> list[object]:
    return image_groups(pd.Series([thumbnail(one) for one in pictures], dtype="string")).tolist()


CHANGES = {
    "smaller": lambda one: one.resize((300, 225)),
    "cropped": lambda one: one.crop((32, 0, 640, 456)),
    "stamped": stamped,
    "on a screen": on_screen,
    "turned left": lambda one: one.transpose(Image.Transpose.ROTATE_90),
    "upside down": lambda one: one.transpose(Image.Transpose.ROTATE_180),
    "brighter": lambda one: one.point(lambda level: min(255, int(level * 1.1))),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_changed_photo_is_the_same_photo(change) -> None:
    one, other, third = groups(photo(1), change(photo(1)), photo(2))
    assert one == other
    assert third not in (one, other)


def screen(*words: str) -> Image.Image:
    picture = Image.new("L", (540, 960), 255)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 540, 70), fill=60)
    for row, word in enumerate(words):
        draw.text((40, 100 + 60 * row), word * 6, fill=0)
    return picture


def test_a_screen_that_shows_other_data_is_another_picture() -> None:
    one = screen("Ahmad", "Siti", "Budi", "Rahman")
    same, again, other = groups(one, one.resize((360, 640)), screen("Nurul", "Fauziah", "Ani", "Hasan"))
    assert same == again != other


def test_pictures_compared_once_are_not_compared_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = [photo(1), stamped(photo(1)), photo(2), photo(3).rotate(90, expand=True), photo(3)]
    thumbnails = pd.Series([thumbnail(one) for one in pictures], dtype="string")
    store = FolderStore(tmp_path)
    every = [(one, other, turns) for one in range(5) for other in range(one) for turns in range(4)]
    monkeypatch.setattr(near_images, "_candidates", lambda levels: every)
    memory = last_night(store, "63.03/2026", "pictures")
    before = image_groups(thumbnails, memory)
    memory.save()
    assert before.equals(image_groups(thumbnails))
    monkeypatch.delattr(near_images, "same_picture")
    assert before.equals(image_groups(thumbnails, last_night(store, "63.03/2026", "pictures")))
    with pytest.raises(NameError):
        image_groups(thumbnails, last_night(store, "63.03/2026", "pictures", fresh=True))


def test_the_best_crop_is_the_one_that_correlates_most_in_what_a_stamp_leaves() -> None:
    rng = np.random.default_rng(3)
    slope = np.linspace(0, 200, THUMBNAIL)[:, None]  # the rows of each part differ in their mean
    whole, part = (np.float32(rng.random((THUMBNAIL, THUMBNAIL)) * 60 + slope) for _ in range(2))
    crops = near_images.Crops(whole)
    expected = []
    for rows in (slice(None), slice(0, -STAMPED_ROWS), slice(STAMPED_ROWS, None)):
        each = [crops._rows[rows, at].ravel() for at in range(crops._rows.shape[1])]
        best = max(each, key=lambda one, rows=rows: np.corrcoef(one, part[rows].ravel())[0, 1])
        expected.append(near_images._robust(best, part[rows].ravel() - part.mean()))
    assert list(crops.alike(part)) == pytest.approx(expected, abs=1e-5)


def test_pictures_without_a_thumbnail_have_no_group() -> None:
    assert image_groups(pd.Series(["", None], dtype="string")).isna().all()


@pytest.mark.parametrize("level", [0, 90, 255])
def test_any_thumbnail_is_compared_without_an_error(level: int) -> None:
    plain = b64encode(bytes([level]) * 576).decode()
    odd = b64encode(np.arange(100, dtype=np.uint8).tobytes()).decode()
    assert image_groups(pd.Series([plain, odd, plain, "AAAA", "A", "é"], dtype="string")).notna().all()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the kernel counts the threads")
def test_linear_algebra_starts_no_threads() -> None:
    code = (
        "from iid.tasks.validate.near_images import same_picture;"
        "print(open('/proc/self/status').read().split('Threads:')[1].split()[0])"
    )

    def threads(**more: str) -> str:
        env = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
        done = [sys.executable, "-c", code]
        return subprocess.run(done, env=env | more, capture_output=True, text=True, check=True).stdout

    assert threads() == threads(OPENBLAS_NUM_THREADS="1")

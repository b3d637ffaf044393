"""Pictures of one photo: saved again, cropped, stamped, turned, on screen.

Thumbnails are compared, never pictures. Photos may differ in their edges and in a stamp; flat pictures
(screens, forms, scans) look alike without being copies, so theirs must be equal but for saving.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode
from collections.abc import Iterator
from functools import cache, cached_property
from itertools import chain, groupby
from operator import itemgetter

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iid.tasks.sandbox.facts import THUMBNAIL
from iid.tasks.store.memory import Memory

Array = NDArray[np.float32]

#: A picture of which this share of the cells is of one level of grey (give or take this part of its
#: range) is flat.
FLAT_SHARE, FLAT_RANGE = 0.3, 0.02
#: The same of paper, whose level is at an end of the range.
PAPER_LEVELS = 4
#: Cells of flat copies differ by at most so many levels once brightness and contrast are made equal.
FLAT_APART = 6.0
#: Correlation of two photos, or of what a stamp leaves of them, from which on they are one.
PHOTO_ALIKE = 0.97
#: The same where one of the two is flat (a black stamp).
HALF_FLAT_ALIKE = 0.99
#: Rows at the top or the bottom that a stamp of place and time may cover.
STAMPED_ROWS = 6
# The rows of all that may be compared: all, without a stamp at the bottom, without one at the top.
_PARTS = np.ones((3, THUMBNAIL), np.float32)
_PARTS[1, -STAMPED_ROWS:] = _PARTS[2, :STAMPED_ROWS] = 0
_CELLS = _PARTS.sum(axis=1, keepdims=True) * THUMBNAIL
#: The few cells that may differ anywhere (a logo), in parts of all.
ANYWHERE = 0.04
#: A crop keeps at least this part of each side, looked for in steps.
CROP_LEAST, CROP_STEP = 0.9, 0.025

_COARSE = 6  # cells a side of what is looked up
_TABLES, _BITS, _NEIGHBOURS = 12, 10, 4
_COARSE_ALIKE = 0.8
_CHUNK = 200_000
_SAME, _OTHER = "=", "-"  # answers
_DIGITS = 16  # of a thumbnail's hash, which name it


def image_groups(thumbnails: pd.Series, memory: Memory | None = None) -> pd.Series:
    """Return a common name for pictures of one photo: the smallest thumbnail.

    *thumbnails* as :func:`iid.tasks.inspect.inspectors.image.thumbnail` writes them, "" or missing
    where there is none. Linear: a picture is compared with a few neighbours in each of _TABLES tables;
    *memory* may know the answer of an earlier night.
    """
    names = sorted(set(thumbnails.dropna()) - {""})
    if not names:
        return pd.Series(pd.NA, index=thumbnails.index, dtype="string")
    digests = [hashlib.sha256(name.encode()).hexdigest()[:_DIGITS] for name in names]
    levels = np.stack([_levels(name) for name in names])
    flat = cache(lambda place: is_flat(levels[place]))
    leader = list(range(len(names)))
    for one, others in groupby(_candidates(levels), key=itemgetter(0)):
        crops = Crops(levels[one])
        before, now = _recalled(memory, digests[one]), dict[str, str]()
        for _, other, turns in others:
            first, second = sorted((_root(leader, one), _root(leader, other)))
            if first == second:
                continue
            beside = f"{digests[other]}{turns}"
            now[beside] = before.get(beside) or (
                _SAME
                if same_picture(crops, np.rot90(levels[other], turns), flat(one), flat(other))
                else _OTHER
            )
            if now[beside] == _SAME:
                leader[second] = first
        if memory and now != before:
            memory.learn((digests[one], ""), " ".join(map("".join, now.items())))
    groups = {name: names[_root(leader, place)] for place, name in enumerate(names)}
    return thumbnails.map(groups).astype("string")


def _recalled(memory: Memory | None, digest: str) -> dict[str, str]:
    """What earlier nights saw of a picture, by the other's digest and turns."""
    known = memory.recall((digest, "")) if memory else None
    return {word[:-1]: word[-1] for word in (known or "").split()}


def _levels(name: str) -> Array:
    try:
        data = b64decode(name)
    except ValueError:  # a worker that a file has taken over may say anything
        data = b""
    data = data.ljust(THUMBNAIL * THUMBNAIL, b"\0")[: THUMBNAIL * THUMBNAIL]
    return np.frombuffer(data, np.uint8).reshape(THUMBNAIL, THUMBNAIL).astype(np.float32)


def _root(leader: list[int], place: int) -> int:
    while leader[place] != place:
        leader[place] = leader[leader[place]]
        place = leader[place]
    return place


def same_picture(one: Crops, other: Array, *flat: bool) -> bool:
    """Whether two thumbnails, turned alike and each *flat* or not, are one."""
    if all(flat):
        return _apart(one.whole, other) <= FLAT_APART
    enough = HALF_FLAT_ALIKE if any(flat) else PHOTO_ALIKE
    return any(each >= enough for each in chain(one.alike(other), Crops(other).alike(one.whole)))


def is_flat(levels: Array) -> bool:
    """Report whether much of it is one grey, or paper at the range's end."""
    low, high = np.quantile(levels, (0.05, 0.95))
    counts = np.bincount(levels.astype(np.int64).ravel(), minlength=256)
    for near in (1 + int(FLAT_RANGE * (high - low)), PAPER_LEVELS):
        shares = np.convolve(counts, np.ones(2 * near + 1, int), "same")
        at_end = not low + 2 * near < shares.argmax() < high - 2 * near
        if shares.max() >= FLAT_SHARE * levels.size and (near < PAPER_LEVELS or at_end):
            return True
    return False


def _apart(one: Array, other: Array) -> float:
    """Return the largest cell difference, brightness and contrast made equal."""
    spread = float(other.std())
    if not spread:
        return 255.0
    return float(np.abs((other - other.mean()) * (one.std() / spread) + one.mean() - one).max())


class Crops:
    """A thumbnail and its crops; several others may be compared with it."""

    def __init__(self, whole: Array) -> None:
        self.whole = whole

    @cached_property
    def _rows(self) -> Array:
        """The crops by row: row, crop (whole first), cell."""
        sides = _cuts().reshape(-1, THUMBNAIL)
        crops = (sides @ (self.whole - self.whole.mean()) @ sides.T).reshape(len(_cuts()), THUMBNAIL, -1)
        by_row: Array = crops.swapaxes(0, 1).reshape(THUMBNAIL, -1, THUMBNAIL)
        return by_row

    @cached_property
    def _sums(self) -> tuple[Array, Array]:
        """Sum and spread of each crop in each part that stamps leave."""
        total = _PARTS @ (self._rows @ np.ones(THUMBNAIL, np.float32))
        square = _PARTS @ np.einsum("rkc,rkc->rk", self._rows, self._rows)
        return total, np.sqrt(np.maximum(square - total**2 / _CELLS, 1e-6))

    def alike(self, part: Array) -> Iterator[float]:
        """Correlate *part* with the best crop, and with what stamps leave of it."""
        part = part - part.mean()
        total, spread = self._sums
        product = _PARTS @ (self._rows @ part[:, :, None])[:, :, 0]
        mean = (_PARTS @ part.sum(axis=1))[:, None] / _CELLS
        bests = ((product - total * mean) / spread).argmax(axis=1)
        for rows, best in zip(_PARTS > 0, bests.tolist(), strict=True):
            yield _robust(self._rows[rows, best].ravel(), part[rows].ravel())


@cache
def _cuts() -> Array:
    """Return a matrix per crop of a side that makes its cells, whole first."""
    cells = np.arange(THUMBNAIL)
    cuts = []
    steps = round((1 - CROP_LEAST) / CROP_STEP)
    for lost in range(steps + 1):
        for start in range(lost + 1):
            length = 1 - lost * CROP_STEP
            at = start * CROP_STEP * THUMBNAIL + (cells + 0.5) * length - 0.5
            cuts.append(np.clip(1 - np.abs(at.clip(0, THUMBNAIL - 1)[:, None] - cells[None, :]), 0, None))
    return np.stack(cuts).astype(np.float32)


def _standard(rows: Array) -> Array:
    """*rows* with mean 0 and length 1."""
    rows = rows - rows.mean(axis=1, keepdims=True)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
    return rows


def _robust(one: Array, other: Array) -> float:
    """Correlate *one* and *other* without the few cells that differ most."""
    first, second = (cells - cells.mean(dtype=np.float64) for cells in (one, other))
    slope = (first @ second) / max(first @ first, 1e-12)
    apart = np.abs(slope * first - second)
    last = int((1 - ANYWHERE) * (apart.size - 1))
    kept = apart <= np.partition(apart, last)[last]
    first, second = (cells[kept] - cells[kept].mean() for cells in (first, second))
    size = np.sqrt((first @ first) * (second @ second))
    return float((first @ second) / max(size, 1e-6))


def _candidates(levels: Array) -> list[tuple[int, int, int]]:
    """Return pairs that may be one picture, and turns of 90° of the second."""
    shape = (_TABLES, _COARSE * _COARSE, _BITS + 1)
    planes = np.random.default_rng(13).standard_normal(shape).astype(np.float32)
    found = [np.empty((0, 3), np.int64)]
    for rows, all_turns in ((slice(None), 4), (slice(0, -STAMPED_ROWS), 1), (slice(STAMPED_ROWS, None), 1)):
        coarse = _coarse(levels[:, rows])
        turned = [np.rot90(coarse, turns, axes=(1, 2)).reshape(len(levels), -1) for turns in range(all_turns)]
        vectors = _standard(np.concatenate(turned))
        places = np.tile(np.arange(len(levels)), all_turns)
        turns = np.repeat(np.arange(all_turns), len(levels))
        for plane in planes:
            sides = vectors @ plane
            keys = (sides[:, :_BITS] > 0) @ (1 << np.arange(_BITS))
            order = np.lexsort((sides[:, _BITS], keys))
            found += [
                _near(order[:-step], order[step:], keys, vectors, places, turns)
                for step in range(1, _NEIGHBOURS + 1)
            ]
    unique = np.unique(np.concatenate(found), axis=0)
    return [(one, other, turn) for one, other, turn in unique.tolist()]


def _coarse(levels: Array) -> Array:
    count, height, width = levels.shape
    cells = levels.reshape(count, _COARSE, height // _COARSE, _COARSE, width // _COARSE)
    coarse: Array = cells.mean(axis=(2, 4))
    return coarse


def _near(
    one: NDArray[np.int64],
    other: NDArray[np.int64],
    keys: NDArray[np.int64],
    vectors: Array,
    places: NDArray[np.int64],
    turns: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Filter neighbours to those alike in one bucket: places, second's turns."""
    upright = ((turns[one] == 0) | (turns[other] == 0)) & (keys[one] == keys[other])
    upright &= places[one] != places[other]
    one, other = one[upright], other[upright]
    swap = turns[one] != 0
    one, other = np.where(swap, other, one), np.where(swap, one, other)
    alike = [
        np.einsum("ij,ij->i", vectors[one[at : at + _CHUNK]], vectors[other[at : at + _CHUNK]])
        for at in range(0, len(one), _CHUNK)
    ]
    near = np.concatenate(alike) >= _COARSE_ALIKE if alike else np.zeros(0, bool)
    return np.stack((places[one[near]], places[other[near]], turns[other[near]]), axis=1)

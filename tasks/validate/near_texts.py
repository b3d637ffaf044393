"""Copies of a document that differ only by what scanning or saving does.

Letters of one template are no copies: what differs in them is what they are about. Two texts are the
same document when every number is the same and every other word that differs is one misread.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from iid.tasks.inspect.inspectors.normalised_text import SKETCH, SKETCH_NUMBERS, folded_words, is_number
from iid.tasks.store.memory import Memory

Array = npt.NDArray[Any]

#: Of SKETCH values two texts must share so many to be looked at: two scans of a page share half.
SHARED = 10
#: Of their numbers' values at most one in so many may differ.
NUMBERS_APART = 8
#: Texts that share a value are compared with so many neighbours each, in the order of their numbers.
NEIGHBOURS = 3
#: So many comparisons word by word a text may cost.
LOOKS = 8
#: At most this share (in per cent) of the words may differ.
WORDS_APART_PERCENT = 30
#: From so many misread words on a text is one that OCR read: then words may be badly misread, or lost.
OCR_WORDS = 4
_LOST_PERCENT = 3
_SAME = "="  # an answer
# What text_sketch() makes; a worker that a file has taken over may say anything.
_SKETCHED = f"(?:[0-9a-f]{{8}}){{{SKETCH},{SKETCH + SKETCH_NUMBERS}}}"
_CHUNK = 50_000  # pairs whose values are compared at once
_AHEAD = 24  # words: where two texts part, they meet again within so many (two lost lines)
_WORDY = 6  # letters of two words that say nothing
_INNER = 5  # letters of a word of which one within may be lost or doubled
# Letters that OCR takes for each other beyond those that are folded.
_CONFUSED = str.maketrans("oahumrtijyq", "ccnnnnfffvg")
_TOGETHER_LIKE = (("ci", "d"), ("vv", "w"), ("ii", "u"), ("ic", "k"))
_DOUBLED = re.compile(r"(.)\1+")
# What is stamped on a copy.
_STAMPED = frozenset(
    word
    for word in folded_words(
        "salinan sesuai dengan asli aslinya telah dilegalisir legalisir copy arsip draft"
    )
)


def same_document(one: list[str], other: list[str]) -> bool:
    """Report whether two :func:`folded_words` are one document."""
    if one == other or "".join(one) == "".join(other):
        return True
    longest = max(len(one), len(other))
    misread: list[tuple[str, str]] = []
    lost: list[str] = []
    apart = 0
    for here, there in _differences(one, other):
        apart += max(len(here), len(there))
        if 100 * apart > WORDS_APART_PERCENT * longest or not _compared(here, there, misread, lost):
            return False
    if len(misread) < OCR_WORDS:  # so few may be another name: only letters that look alike are misread
        return not lost and all(_look_alike(*pair) for pair in misread)
    return 100 * len(lost) <= _LOST_PERCENT * longest


def _differences(one: list[str], other: list[str]) -> Iterator[tuple[list[str], list[str]]]:
    """Yield word by word what each text has where they differ. Linear."""
    at, to = 0, 0
    while at < len(one) or to < len(other):
        if at < len(one) and to < len(other) and one[at] == other[to]:
            at, to = at + 1, to + 1
            continue
        here, there = _meeting(one, at, other, to)
        yield one[at:here], other[to:there]
        at, to = here, there


def _meeting(one: list[str], at: int, other: list[str], to: int) -> tuple[int, int]:
    """Return the nearest places where two words agree again, else the ends."""
    for total in range(1, 2 * _AHEAD):
        for here in range(max(0, total - _AHEAD), min(total, _AHEAD) + 1):
            first, second = one[at + here : at + here + 2], other[to + total - here : to + total - here + 2]
            if first and first == second:
                return at + here, to + total - here
    return len(one), len(other)


def _compared(here: list[str], there: list[str], misread: list[tuple[str, str]], lost: list[str]) -> bool:
    """Add differences to *misread* and *lost*; False for another name or word."""
    if "".join(here) == "".join(there):
        return True
    if sorted(filter(is_number, here)) != sorted(filter(is_number, there)):
        return False
    here, there = ([word for word in words if not is_number(word)] for words in (here, there))
    if not here or not there:
        lost += [word for word in here + there if word not in _STAMPED]
        return True
    pairs = (
        list(zip(here, there, strict=True)) if len(here) == len(there) else [("".join(here), "".join(there))]
    )
    pairs = [(a, b) for a, b in pairs if a != b]
    misread += pairs
    return all(2 * _distance(a, b) <= max(len(a), len(b)) or len(a + b) < _WORDY for a, b in pairs)


def _look_alike(one: str, other: str) -> bool:
    if _shape(one) == _shape(other):
        return True
    return (
        min(len(one), len(other)) >= _INNER
        and len(one) != len(other)
        and _distance(one, other) == 1
        and (one[0], one[-1]) == (other[0], other[-1])
    )


def _shape(word: str) -> str:
    for letters, letter in _TOGETHER_LIKE:
        word = word.replace(letters, letter)
    return _DOUBLED.sub(r"\1", word.translate(_CONFUSED))


@lru_cache(maxsize=100_000)
def _distance(one: str, other: str) -> int:
    """Letters to change, add or drop; cut short at half the longer word."""
    if abs(len(one) - len(other)) * 2 > max(len(one), len(other)):
        return max(len(one), len(other))
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        diagonal, row[0] = row[0], i
        for j, b in enumerate(other, start=1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (a != b))
    return row[-1]


def near_texts(
    sketches: pd.Series, words_of: Callable[[str], list[str]], memory: Memory | None = None
) -> dict[str, str]:
    """Map contents whose texts nearly equal others' to the first of a group.

    *sketches* by content hash, each text once (:func:`text_sketch`; "" or missing without one, and any
    other word counts as none).
    Linear: a text is compared with NEIGHBOURS a shared value, and word by word with LOOKS at most;
    *memory* may know the answer of an earlier night.
    """
    known = sketches[sketches.fillna("").str.fullmatch(_SKETCHED)].sort_index()
    names = known.index.tolist()
    if len(names) < 2:
        return {}
    leader = {name: name for name in names}
    looks: Counter[str] = Counter()
    prepared = lru_cache(maxsize=256)(words_of)
    for one, other in _candidates(known.tolist()):
        first, second = sorted((_root(leader, names[one]), _root(leader, names[other])))
        if first == second or max(looks[names[one]], looks[names[other]]) >= LOOKS:
            continue
        looks.update((names[one], names[other]))
        look = partial(_looked, prepared, names[one], names[other])
        pair = names[one], names[other]
        if (memory.answer(pair, look) if memory else look()) == _SAME:
            leader[second] = first
    roots = {name: _root(leader, name) for name in names}
    sizes = Counter(roots.values())
    return {name: root for name, root in roots.items() if sizes[root] > 1}


def _looked(words_of: Callable[[str], list[str]], one: str, other: str) -> str:
    return _SAME if same_document(words_of(one), words_of(other)) else ""


def _root(leader: dict[str, str], name: str) -> str:
    while leader[name] != name:
        leader[name] = leader[leader[name]]
        name = leader[name]
    return name


def _candidates(sketches: list[str]) -> list[tuple[int, int]]:
    """Return pairs of *sketches* that share enough values, likeliest first."""
    width = 8 * SKETCH
    packed = b"".join(bytes.fromhex(text[:width]) for text in sketches)
    values = np.frombuffer(packed, ">u4").astype(np.uint64).reshape(len(sketches), SKETCH)
    order = np.array([int(text[width : width + 8] or "0", 16) for text in sketches], np.uint64)
    keys = (values[:, :-1] << np.uint64(32)) | values[:, 1:]
    rows = np.repeat(np.arange(len(sketches)), keys.shape[1])
    flat = keys.ravel()
    by_key = np.lexsort((rows, order[rows], flat))
    pairs = []
    for step in range(1, NEIGHBOURS + 1):
        one, other = by_key[:-step], by_key[step:]
        same = flat[one] == flat[other]
        pairs.append(np.sort(np.stack((rows[one[same]], rows[other[same]]), axis=1), axis=1))
    unique = np.unique(np.concatenate(pairs), axis=0)
    shared = _common(values, values, unique)
    likely, shared = unique[shared >= SHARED], shared[shared >= SHARED]
    left, right = (_numbers(sketches, 1 << bit) for bit in (40, 41))  # what fills them up is not alike
    known = np.array([len(text) // 8 - SKETCH for text in sketches])
    most = known[likely].max(axis=1)
    agree = NUMBERS_APART * (most - _common(left, right, likely)) <= most
    ranked = np.column_stack((-shared, likely))[agree]
    return [(a, b) for _, a, b in sorted(map(tuple, ranked.tolist()))]


def _numbers(sketches: list[str], pad: int) -> Array:
    """Return the values of each text's numbers, filled up from *pad* on."""
    values = np.tile(pad + np.arange(SKETCH_NUMBERS, dtype=np.uint64), (len(sketches), 1))
    for row, text in zip(values, sketches, strict=True):
        found = np.frombuffer(bytes.fromhex(text[8 * SKETCH :]), ">u4")
        row[: len(found)] = found
    return values


def _common(left: Array, right: Array, pairs: Array) -> Array:
    """Count common values of each of *pairs*; no row has one twice."""
    counts = [np.zeros(0, np.int64)]
    for at in range(0, len(pairs), _CHUNK):
        one, other = pairs[at : at + _CHUNK].T
        both = np.sort(np.concatenate((left[one], right[other]), axis=1), axis=1)
        counts.append((both[:, 1:] == both[:, :-1]).sum(axis=1))
    return np.concatenate(counts)

"""Texts that are nearly the same are found by their sketches, however many there are."""

from __future__ import annotations

import random

import pandas as pd
import pytest

from iid.tasks.evidence.normalising import text_sketch
from iid.tasks.validation.duplicates import sketch_groups

WORDS = [f"kata{number}" for number in range(900)]


def text(seed: int, words: int = 300) -> list[str]:
    return random.Random(seed).choices(WORDS, k=words)  # noqa: S311


def changed(words: list[str], many: int, seed: int = 1) -> list[str]:
    other = list(words)
    for place in random.Random(seed).sample(range(len(words)), many):  # noqa: S311
        other[place] = f"lain{place}"
    return other


def groups(*texts: list[str]) -> list[object]:
    found = sketch_groups(pd.Series([text_sketch(" ".join(words)) for words in texts], dtype="string"))
    return found.tolist()


def test_a_text_with_one_other_word_is_near() -> None:
    one, other, third = groups(text(1), changed(text(1), 1), text(2))
    assert one == other
    assert third not in (one, other)


def test_a_form_filled_in_for_another_innovation_is_not_near() -> None:
    one, other = groups(text(1, 120), changed(text(1, 150), 8))
    assert one != other


def test_spelling_and_spacing_do_not_count() -> None:
    words = text(3)
    assert text_sketch(" ".join(words)) == text_sketch(",\n".join(words).upper())


@pytest.mark.parametrize("words", ["", "Dokumentasi kegiatan", " ".join(WORDS[:10])])
def test_a_short_text_has_no_sketch(words: str) -> None:
    assert text_sketch(words) == ""


def test_order_does_not_change_the_groups() -> None:
    sketches = pd.Series(
        [text_sketch(" ".join(changed(text(5), n % 3, n))) for n in range(30)], dtype="string"
    )
    turned = sketch_groups(sketches[::-1])[::-1]
    pd.testing.assert_series_equal(sketch_groups(sketches), turned)


def test_missing_sketches_have_no_group() -> None:
    assert sketch_groups(pd.Series(["", pd.NA, "0" * 256], dtype="string")).isna().tolist() == [
        True,
        True,
        False,
    ]

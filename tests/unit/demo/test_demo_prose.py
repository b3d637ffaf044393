"""The texts are long enough, varied, and the same for the same seed."""

from __future__ import annotations

import random
import re

from hypothesis import given
from hypothesis import strategies as st

from iid.tasks.demo import prose
from iid.tasks.demo.build_share import demo_recipe

SPECS = list(demo_recipe().each_innovation())
FACTS = st.sampled_from(SPECS).map(
    lambda s: prose.Facts(
        s.name, "Dinas Contoh", "Kabupaten Banjar", s.affair, s.problem, s.target, s.method, s.outcome
    )
)


@given(FACTS, st.integers())
def test_a_design_has_300_real_words_and_no_sentence_twice(facts: prose.Facts, seed: int) -> None:
    text = prose.design(facts, random.Random(seed))  # noqa: S311
    words = text.lower().split()
    sentences = re.split(r"(?<=\.)\s+", text)
    assert 300 <= len(words) <= 600
    assert len(set(words)) > len(words) * 0.4
    assert len(set(sentences)) == len(sentences)
    assert "{" not in text


@given(FACTS, st.integers(), st.sampled_from(["tujuan", "manfaat", "hasil"]))
def test_short_texts_are_whole_sentences(facts: prose.Facts, seed: int, part: str) -> None:
    text = prose.short_text(part, facts, random.Random(seed))  # noqa: S311
    assert text.endswith(".")
    assert text[0].isupper()
    assert "{" not in text


@given(FACTS, st.integers())
def test_the_same_seed_gives_the_same_text(facts: prose.Facts, seed: int) -> None:
    first, second = (prose.design(facts, random.Random(seed)) for _ in range(2))  # noqa: S311
    assert first == second

"""Films are known by their brand, whichever of the many it is."""

from __future__ import annotations

import pytest

from iid.tasks.inspect.inspectors.sniffing import recognise, sniff
from iid.tasks.sandbox.content import Content
from iid.tasks.sandbox.limits import Limits


def branded(make, brand: bytes) -> bytes:
    return make.mp4().replace(b"isom", brand).replace(b"mp41", brand)


@pytest.mark.parametrize(
    ("brand", "word"),
    [
        *((brand, "mp4") for brand in (b"isom", b"iso6", b"dash", b"avc1", b"MSNV", b"F4V ", b"cmfc")),
        *((brand, "3gp") for brand in (b"3gp4", b"3gp5", b"3g2a", b"kddi")),
        (b"qt  ", "mov"),
    ],
)
def test_a_film_of_any_brand_opens_and_plays(make, facts_of, brand: bytes, word: str) -> None:
    data = branded(make, brand)
    facts = facts_of(data)
    assert (facts.format, facts.problem, facts.duration_s) == (word, "", 60)
    assert recognise(Content.of(data)).format == word


@pytest.mark.parametrize(
    ("brand", "word"), [(b"M4A ", "m4a"), (b"avif", "avif"), (b"crx ", ""), (b"jp2 ", ""), (b"\0\0\0\0", "")]
)
def test_sound_pictures_and_unknown_brands_are_no_films(make, brand: bytes, word: str) -> None:
    assert sniff(Content.of(branded(make, brand)), Limits()).format == word


def test_a_brand_without_a_film_behind_it_is_unreadable(facts_of) -> None:
    facts = facts_of(b"\0\0\0\x14ftypiso6\0\0\0\0iso6" + b"\0\0\0\x08free" * 9)
    assert (facts.format, facts.problem) == ("mp4", "unreadable")

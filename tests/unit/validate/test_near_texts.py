"""Copies of a text are found however they were scanned and saved; letters of one template are none."""

from __future__ import annotations

import random
from pathlib import Path
from zlib import crc32

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iid.tasks.inspect.inspectors.normalised_text import (
    folded_words,
    is_number,
    normalised,
    text_facts,
    text_sketch,
)
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.memory import last_night
from iid.tasks.validate.near_texts import near_texts, same_document

WORDS = """
    dan yang untuk pelayanan masyarakat kecamatan desa inovasi kegiatan anggaran mutu tim laporan
""".split()  # noqa: SIM905


def text(seed: int, words: int = 300) -> list[str]:
    return ["NOMOR", "440/12/2025", *random.Random(seed).choices(WORDS, k=words), "Ahmad"]  # noqa: S311


def changed(words: list[str], *others: tuple[int, str]) -> str:
    other = list(words)
    for place, word in others:
        other[place] = word
    return " ".join(other)


def groups(*texts: str) -> list[str | None]:
    named = {f"{place:04}": one for place, one in enumerate(texts)}
    sketches = pd.Series({name: text_sketch(one) for name, one in named.items()}, dtype="string")
    found = near_texts(sketches, lambda name: folded_words(named[name]))
    return [found.get(name) for name in named]


@pytest.mark.parametrize("said", ["x", "zz" * 128, "0" * 255, "0" * 8 * 49])
def test_what_is_no_sketch_is_compared_with_nothing(said: str) -> None:
    sound = text_sketch(" ".join(text(1)))
    sketches = pd.Series({"a": sound, "b": sound, "c": said, "d": said}, dtype="string")
    assert near_texts(sketches, lambda _: text(1)) == {"a": "a", "b": "a"}


def test_a_pair_that_was_compared_is_not_compared_again(tmp_path: Path) -> None:
    named = {f"{place:04}": " ".join(text(1)).replace("desa", "clesa", place) for place in range(3)}
    sketches = pd.Series({name: text_sketch(one) for name, one in named.items()}, dtype="string")
    memory = last_night(FolderStore(tmp_path), "63.03/2026", "documents")
    found = near_texts(sketches, lambda name: folded_words(named[name]), memory)
    assert set(found.values()) == {"0000"}
    memory.save()
    again = last_night(FolderStore(tmp_path), "63.03/2026", "documents")
    assert near_texts(sketches, pytest.fail, again) == found


@pytest.mark.parametrize("words", [120, 300, 3000])
@pytest.mark.parametrize("other", [(1, "440/13/2025"), (50, "GEBRAKS"), (-1, "Budi")])
def test_letters_of_one_template_are_no_copies(words: int, other: tuple[int, str]) -> None:
    assert groups(" ".join(text(1, words)), changed(text(1, words), other)) == [None, None]


@pytest.mark.parametrize("words", [120, 300, 3000])
def test_a_letter_scanned_again_is_a_copy(words: int) -> None:
    scan = " ".join(text(1, words)).replace("masyarakat", "masyarakaf", 3).replace("desa", "clesa", 2)
    assert groups(" ".join(text(1, words)), scan) == ["0000", "0000"]


def test_a_copy_among_a_thousand_letters_of_one_template_is_found() -> None:
    letters = [changed(text(1), (1, f"440/{number}/2025")) for number in range(1000)]
    found = groups(*letters, letters[500].replace("anggaran", "angga-\nran", 2))
    assert found[500] == found[1000] == "0500"
    assert [one for one in found if one] == ["0500", "0500"]


def test_lists_of_other_people_are_no_copies() -> None:
    head, names = "DAFTAR HADIR RAPAT 12 MEI 2025", ["Ahmad", "Siti", "Budi", "Rahman", "Nurul", "Hasan"]
    lists = [" ".join([head, *WORDS, *names[shift:], *names[:shift], *WORDS]) for shift in range(2)]
    other = lists[0].replace("Hasan", "Yusuf")
    assert not same_document(folded_words(lists[0]), folded_words(other))


def test_a_stamp_is_no_other_document() -> None:
    words = " ".join(text(1))
    assert same_document(folded_words(words), folded_words(words + " SALINAN SESUAI DENGAN ASLINYA"))
    assert not same_document(folded_words(words), folded_words(words + " Fatimah"))


@pytest.mark.parametrize(
    "printed",
    [
        "Dipindai dengan CamScanner\nDipindai dengan CamScanner",
        "Scanned by TapScanner",
        "Dokumen ini telah ditandatangani secara elektronik menggunakan sertifikat elektronik yang "
        "diterbitkan oleh Balai Besar Sertifikasi Elektronik (BSrE), BSSN",
        "Halaman 3 dari 12",
    ],
)
def test_what_is_printed_on_any_page_is_no_text(printed: str) -> None:
    assert text_facts(printed) == ("", 0)
    assert text_facts(f"Surat tugas\n{printed}") == text_facts("Surat tugas")


def defined_sketch(said: str) -> str:
    """The sketch as its docstring defines it, step by step."""
    words = folded_words(normalised(said)[:30_000])
    groups = {crc32(" ".join(words[at : at + 4]).encode()) for at in range(len(words) - 3)}
    numbers = {crc32(f"{word} {words.count(word)}".encode()) for word in words if is_number(word)}
    if len(groups) < 32:
        return ""
    return "".join(f"{value:08x}" for value in [*sorted(groups)[:32], *sorted(numbers)[:16]])


@given(st.lists(st.text("rn01lise5o8b2²é-a", min_size=1, max_size=50), min_size=30, max_size=90))
def test_a_sketch_is_the_smallest_hashes_of_four_words_in_a_row_and_of_numbers(words: list[str]) -> None:
    said = " ".join(words)
    assert text_sketch(said) == defined_sketch(said)


def test_spelling_and_spacing_do_not_count() -> None:
    assert text_sketch(" ".join(text(3))) == text_sketch(",\n".join(text(3)).upper())


@pytest.mark.parametrize("words", ["", "Dokumentasi kegiatan", " ".join(text(1, 10))])
def test_a_short_text_has_no_sketch(words: str) -> None:
    assert text_sketch(words) == ""


def test_missing_sketches_have_no_group() -> None:
    assert near_texts(pd.Series({"a": "", "b": pd.NA}, dtype="string"), lambda _: []) == {}

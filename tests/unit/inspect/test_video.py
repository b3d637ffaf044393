"""Video and sound: container, length, truncation."""

from __future__ import annotations

import random
import struct
import wave

import pytest

from iid.tasks.inspect.inspectors.mp4_boxes import _listed, extent
from iid.tasks.sandbox.content import Content


@pytest.mark.parametrize("seconds", [1, 61, 3600])
def test_length_and_size_of_a_film_are_read(make, facts_of, seconds: int) -> None:
    facts = facts_of(make.mp4(seconds))
    assert (facts.format, facts.readable, facts.duration_s) == ("mp4", True, seconds)
    assert (facts.width, facts.height) == (480, 360)


@pytest.mark.parametrize("part", [0.3, 0.7, 0.98])
def test_a_cut_film_is_unreadable(make, facts_of, part: float) -> None:
    data = make.mp4(data=b"\0" * 5000)
    facts = facts_of(data[: int(len(data) * part)])
    assert (facts.format, facts.problem) == ("mp4", "unreadable")


def test_a_container_without_a_film_is_unreadable(make, facts_of) -> None:
    data = make.box(b"ftyp", b"isom", b"\0\0\2\0", b"isommp41") + make.box(b"mdat", b"x" * 500)
    assert facts_of(data).problem == "unreadable"


def fast(make, data: bytes) -> bytes:
    """A film whose index comes before its data, as from messengers."""
    whole = make.mp4(data=data)
    at, moov = whole.index(b"mdat") - 4, whole.index(b"moov") - 4
    return whole[:at] + whole[moov:] + whole[at:moov]


@pytest.mark.parametrize("tail", [b"", b"\0\0\0", b"\0\0\0\x08mdat", b"\0\0\0\x01mdat\0\0\0\0\0\0\0\x10"])
def test_a_film_that_ends_before_its_data_is_unreadable(make, facts_of, tail: bytes) -> None:
    data = fast(make, b"\0" * 5000)
    assert facts_of(data[: data.index(b"mdat") - 4] + tail).problem == "unreadable"


@pytest.mark.parametrize(
    ("kept", "problem", "damaged"),
    [(5000, "", False), (4600, "", True), (4400, "unreadable", False), (9, "unreadable", False)],
)
def test_whole_boxes_that_hold_less_than_the_index_asks_for_are_a_cut_film(
    make, facts_of, kept: int, problem: str, damaged: bool
) -> None:
    whole = fast(make, b"\0" * 5000)
    head = whole[: whole.index(b"mdat") - 4]
    for box in (make.box(b"mdat", b"\0" * kept), b"\0\0\0\0mdat" + b"\0" * kept):  # "to the end of the file"
        facts = facts_of(head + box)
        assert (facts.problem, facts.damaged) == (problem, damaged)


def test_sizes_of_sound_and_of_films_in_parts_are_not_added_up(make) -> None:
    data = make.mp4(data=b"\0" * 5000)
    at = data.index(b"mdat") - 4
    few = data[:at] + make.box(b"mdat", b"\0" * 90) + data[at + 5008 :]
    assert extent(Content.of(few), b"moov")[0] < 0.1
    assert extent(Content.of(few.replace(b"vide", b"soun")), b"moov") == (1.0, True)
    index = data[data.index(b"moov") - 4 :]
    assert extent(Content.of(data + index), b"moov") == (1.0, True)  # twice the same, not twice as much
    size = few.index(b"stsz") + 8
    assert extent(Content.of(few[:size] + b"\0" * 8 + few[size + 8 :]), b"moov") == (1.0, True)


def test_sizes_are_added_up_from_their_table_as_far_as_it_goes() -> None:
    assert _listed(struct.pack(">5I", 0, 0, 2, 7, 5)) == 12
    assert _listed(struct.pack(">5I", 0, 0, 9, 7, 5)) == 12
    assert _listed(struct.pack(">3I", 0, 30, 4)) == 120
    assert _listed(b"\0" * 11) == 0


def test_no_index_however_damaged_stops_the_reader(make) -> None:
    rng, whole = random.Random(5), make.mp4(data=b"\0" * 50)  # noqa: S311  bytes of a test
    for _ in range(2_000):
        data, at = bytearray(whole), whole.index(b"moov") - 4 + rng.randrange(400)
        data[at : at + 8] = rng.randbytes(rng.randrange(1, 9))
        assert 0 <= extent(Content.of(bytes(data)), b"moov")[0] <= 1


def test_a_film_with_bytes_behind_it_counts_as_damaged(make, facts_of) -> None:
    for tail in (b"\xff" * 4000, b"\0" * 300, b"PK\x03\x04" * 90):
        facts = facts_of(make.mp4(61) + tail)
        assert (facts.problem, facts.damaged, facts.duration_s) == ("", True, 61)
    assert not facts_of(make.mp4(61)).damaged


def test_a_film_counts_while_nine_tenths_of_it_are_there(make, facts_of) -> None:
    data = fast(make, b"\0" * 20_000)
    assert not facts_of(data).damaged
    assert (facts_of(data[:-900]).problem, facts_of(data[:-900]).damaged) == ("", True)
    assert facts_of(data[:-2500]).problem == "unreadable"


def test_how_much_of_the_promised_boxes_is_there(make) -> None:
    picture = make.box(b"ftyp", b"heic") + make.box(b"meta", b"x" * 50)  # its pixels are in the index
    assert extent(Content.of(picture), b"meta") == (1.0, True)
    data, head = make.mp4(), make.box(b"ftyp", b"isom") + make.box(b"moov", b"x")
    assert extent(Content.of(data), b"moov") == (1.0, True)
    assert extent(Content.of(data + b"\0\0"), b"moov") == (1.0, True)
    assert extent(Content.of(data[:-1]), b"moov") == (0.0, False)
    assert extent(Content.of(head + b"\0\0\0\0mdat" + b"x" * 100), b"moov") == (1.0, True)
    assert extent(Content.of(head + b"\0\0\0\x04mdat" + b"x" * 100), b"moov") == (0.0, False)
    assert extent(Content.of(head + b"\0\0\0\x80mdat" + b"x" * 56), b"moov") == (0.5, False)


def test_a_wave_file_is_called_by_its_name(facts_of, tmp_path) -> None:
    path = tmp_path / "a.wav"
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\0\0" * 800)
    facts = facts_of(path.read_bytes())
    assert (facts.format, facts.problem) == ("wav", "")

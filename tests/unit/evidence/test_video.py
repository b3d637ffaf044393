"""Video and sound: container, length, truncation."""

from __future__ import annotations

import wave

import pytest

from iid.tasks.evidence.boxes import whole
from iid.tasks.evidence.content import Content


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


def test_boxes_must_reach_the_end_of_the_file(make) -> None:
    data = make.mp4()
    assert whole(Content.of(data))
    assert whole(Content.of(data + b"\0\0"))
    assert not whole(Content.of(data[:-1]))
    assert whole(Content.of(make.box(b"ftyp", b"isom") + b"\0\0\0\0mdat" + b"x" * 100))
    assert not whole(Content.of(make.box(b"ftyp", b"isom") + b"\0\0\0\x04mdat" + b"x" * 100))


def test_a_wave_file_is_of_no_kind_we_know(facts_of, tmp_path) -> None:
    path = tmp_path / "a.wav"
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\0\0" * 800)
    assert facts_of(path.read_bytes()).problem == "unreadable"

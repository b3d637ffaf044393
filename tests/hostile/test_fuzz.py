"""Damaged files of every kind, by chance: an inspector answers, or the file is unreadable."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iid.tasks.inspect.inspectors.registry import inspect
from iid.tasks.sandbox.content import Content
from iid.tasks.sandbox.facts import PROBLEMS, as_record, checked
from iid.tasks.sandbox.limits import Limits

BOUNDED = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
KINDS = ("pdf", "jpg", "png", "gif", "tiff", "bmp", "webp", "docx", "xlsx", "zip", "html", "rtf", "svg")


def examined(data: bytes) -> None:
    """An answer of the right form, the same each time."""
    facts = inspect(Content.of(data), Limits())
    assert facts.problem in PROBLEMS
    assert facts.readable == (facts.problem == "")
    checked(as_record(facts))
    assert inspect(Content.of(data), Limits()) == facts


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@BOUNDED
def test_flipped_bytes_are_survived(kind: str, honest, data) -> None:
    whole = bytearray(honest[f"a.{kind}"])
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=8)):
        whole[place] = data.draw(st.integers(0, 255))
    examined(bytes(whole))


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@BOUNDED
def test_cut_doubled_and_stuffed_files_are_survived(kind: str, honest, data) -> None:
    whole = honest[f"a.{kind}"]
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(whole))] * 2)))
    stuffing = data.draw(st.binary(max_size=64))
    examined(whole[:start] + stuffing + whole[end:])


@pytest.mark.parametrize("kind", ["jpg", "png", "gif", "tiff", "bmp", "webp", "docx", "xlsx", "zip"])
@pytest.mark.parametrize("part", [0.25, 0.5, 0.8])
def test_a_file_cut_to_less_than_nine_tenths_is_never_readable(kind: str, part: float, honest) -> None:
    whole = honest[f"a.{kind}"]
    assert not inspect(Content.of(whole[: int(len(whole) * part)]), Limits()).readable


@given(st.binary(max_size=3000))
@BOUNDED
def test_any_bytes_are_survived(data: bytes) -> None:
    examined(data)


MAGICS = (b"%PDF-1.7\n", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"II*\0", b"BM", b"PK\x03\x04")
MORE = (
    b"PK\x05\x06",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"\0\0\0\x18ftypisom",
    b"{\\rtf",
    b"Rar!\x1a\x07\0",
)


@given(st.sampled_from(MAGICS + MORE), st.binary(max_size=2000))
@BOUNDED
def test_any_bytes_behind_a_known_beginning_are_survived(magic: bytes, data: bytes) -> None:
    examined(magic + data)

"""Phrases of a unit's feedback that depend on what was found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from iid.tasks.feedback.content import Feedback
from iid.tasks.feedback.findings_book import summary
from iid.tasks.feedback.lines import UNCHOSEN
from iid.tasks.feedback.page import page

SINCE = "2026-08-31T12:00:00Z"
BESIDE = " (belum termasuk {} klaim yang Parameternya harus dipilih)"


@pytest.fixture
def one(standing) -> Feedback:
    return standing[1]["101"]


def gain(feedback: Feedback) -> list[str]:
    """The sentences about what mending everything brings."""
    return [text for text in summary(feedback, SINCE) if text.startswith("Bila semua temuan kritis")]


@pytest.mark.parametrize("count", [1, 3])
def test_claims_without_a_chosen_parameter_are_said_to_stand_beside_the_gain(
    one: Feedback, count: int
) -> None:
    unchosen = replace(one.lines[0], code=UNCHOSEN)
    said = replace(one, all_mended="+1,25", lines=(*one.lines, *[unchosen] * count))
    told = f"Bila semua temuan kritis unit ini diperbaiki, indeks daerah bertambah 1,25 poin{BESIDE}."
    assert gain(said) == [told.format(count)]
    assert BESIDE.format(count) in page(said, SINCE).decode()


def test_where_every_parameter_is_chosen_nothing_stands_beside_the_gain(one: Feedback) -> None:
    assert not any(line.code == UNCHOSEN for line in one.lines)
    assert one.all_mended
    [text] = gain(one)
    assert "belum termasuk" not in text


def test_where_nothing_can_be_gained_nothing_is_promised(one: Feedback) -> None:
    assert gain(replace(one, all_mended="")) == []


REFUSED = {
    "kosong.png": (b"", "kosong"),
    "bukan gambar.png": (b"\x89PNG\r\n\x1a\n rusak", "tidak dapat dibuka"),
    "salah jenis.zip": (b"PK\x05\x06" + bytes(18), "bukti, belum diterima"),
}


def test_files_that_are_refused_are_called_so_in_the_receipt(region) -> None:
    mine = region.folder("101") / "Perahu Sehat"
    for name, (data, _) in REFUSED.items():
        region.proof(mine, "19", name, data)
    other = region.folder("102") / "Rahasia Unit Lain/bukti/19 bukti/alat lain.png"
    (mine / "bukti/19 bukti/pinjam.png").symlink_to(other)
    seen = {one.path.rpartition("/")[2]: one for one in region.feedback()["101"].seen}
    assert {name: seen[name].used for name in REFUSED} == {name: said for name, (_, said) in REFUSED.items()}
    assert seen["alat.png"].used == "bukti"
    assert (seen["pinjam.png"].used, seen["pinjam.png"].sha256) == ("di luar folder inovasi", "")

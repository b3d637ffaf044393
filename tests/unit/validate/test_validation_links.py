"""What a look at the links tells: warnings at the cell where the link stands, never a score."""

from __future__ import annotations

import pytest

from iid.tasks.values.tables import LINKS, frame

FOLDER = "https://drive.google.com/drive/folders/1AbC"
LATE = "2026-08-30T20:30:00Z"


@pytest.fixture
def linked(region):
    """A link on an indicator that takes links, as checked with the given answer."""

    def made(status: str, detail: str = "sebab", url: str = FOLDER):
        region.rule("28", kinds=("link", "pdf"))
        region.claim("28", 1)
        region.set_claim("28", links=url, links_cell="2026/buku.xlsx#Indikator!F14")
        region.add_link("28", url)
        kind = "drive"
        region.more["links"] = frame(LINKS, [(region.one, "28", url, kind, status, LATE, detail)])
        return region

    return made


@pytest.mark.parametrize("status", ["closed", "gone"])
def test_a_link_that_others_cannot_open_warns_at_its_cell(linked, status: str) -> None:
    found = linked(status, "belum dibagikan untuk umum").only("evidence.link_")
    assert (found["code"], found["severity"]) == (f"evidence.link_{status}", "warning")
    assert found["source"] == "2026/buku.xlsx#Indikator!F14"
    assert FOLDER in found["message"]
    assert "belum dibagikan untuk umum" in found["message"]
    assert "31 Agustus 2026" in found["message"]  # the day on the region's clock


@pytest.mark.parametrize("status", ["open", "unknown", ""])
def test_a_link_that_opens_or_cannot_be_reported_gives_no_finding(linked, status: str) -> None:
    assert linked(status).found("evidence.link_").empty


def test_what_another_link_answered_says_nothing_of_this_one(linked) -> None:
    region = linked("gone")
    region.set_item("28", source="https://drive.google.com/lain")
    assert region.found("evidence.link_").empty

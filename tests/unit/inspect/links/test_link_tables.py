"""Checks are kept with their time, published as a table, and forgotten when they are old."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from iid.tasks.inspect.links.link_checks import OFFLINE, Check
from iid.tasks.inspect.links.link_table import AGE_DAYS, due, looked_at, remember, remembered, with_links
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.values.tables import EVIDENCE, frame

AS_OF = datetime(2026, 8, 31, 12, tzinfo=UTC)
PREFIX = "63.03/2026"
VIDEO, FOLDER, BROKEN = "https://youtu.be/a", "https://drive.google.com/x", "https:/salah"
EVIDENCE_ROWS = frame(
    EVIDENCE,
    [
        {"innovation_id": "02/B", "indicator": "35", "source": VIDEO, "kind": "link"},
        {"innovation_id": "01/A", "indicator": "28", "source": FOLDER, "kind": "link"},
        {
            "innovation_id": "01/A",
            "indicator": "28",
            "source": BROKEN,
            "kind": "link",
            "problem": "link_malformed",
        },
        {"innovation_id": "01/A", "indicator": "16", "source": "2026/a.pdf", "kind": "file"},
    ],
)


def at(moment: datetime, status: str = "open") -> Check:
    return Check(status, "", f"{moment:%Y-%m-%dT%H:%M:%SZ}")


@pytest.fixture
def kept(tmp_path: Path) -> FolderStore:
    (tmp_path / "store").mkdir()
    return FolderStore(tmp_path / "store")


def look(store: FolderStore, ask=None, as_of: datetime = AS_OF, now: datetime = AS_OF):
    return looked_at(store, PREFIX, EVIDENCE_ROWS, ask=ask, as_of=as_of, now=now)


def test_without_a_check_every_link_has_its_class_and_nothing_is_kept(kept: FolderStore) -> None:
    table = look(kept)
    assert table[["source", "host_class", "status", "checked_at"]].to_numpy().tolist() == [
        [FOLDER, "drive", "", ""],
        [BROKEN, "", "", ""],
        [VIDEO, "video", "", ""],
    ]
    assert list(kept.keys("")) == []


def test_a_check_is_kept_for_the_runs_that_do_not_ask(kept: FolderStore) -> None:
    asked: list[set[str]] = []

    def ask(links: set[str]) -> dict[str, Check]:
        asked.append(links)
        return {link: at(AS_OF, "closed") for link in links}

    first = look(kept, ask)
    assert asked == [{VIDEO, FOLDER}]  # what is no address is not asked
    assert look(kept).equals(first)
    assert first["status"].tolist() == ["closed", "", "closed"]
    assert set(first["checked_at"]) == {"2026-08-31T12:00:00Z", ""}


def test_an_old_check_is_forgotten(kept: FolderStore) -> None:
    remember(
        kept, PREFIX, {VIDEO: at(AS_OF - timedelta(days=AGE_DAYS, seconds=1), "gone"), FOLDER: at(AS_OF)}
    )
    assert look(kept)["status"].tolist() == ["open", "", ""]


def test_only_what_was_not_open_or_is_old_is_asked_again() -> None:
    known = {"a": at(AS_OF), "b": at(AS_OF, "closed"), "c": at(AS_OF - timedelta(days=1))}
    assert due({"a", "b", "c", "d"}, known, AS_OF + timedelta(hours=1)) == {"b", "c", "d"}


def test_a_night_without_network_forgets_nothing(kept: FolderStore) -> None:
    remember(kept, PREFIX, {FOLDER: at(AS_OF - timedelta(days=1), "closed")})
    table = look(
        kept, lambda links: {link: Check("unknown", OFFLINE, "2026-08-31T12:00:00Z") for link in links}
    )
    assert table[["source", "status"]].to_numpy().tolist() == [
        [FOLDER, "closed"],
        [BROKEN, ""],
        [VIDEO, "unknown"],
    ]


def test_links_that_are_no_longer_there_are_not_kept(kept: FolderStore) -> None:
    remember(kept, PREFIX, {"https://lama.example/": at(AS_OF), FOLDER: at(AS_OF)})
    look(kept, lambda links: {})
    assert set(remembered(kept, PREFIX)) == {FOLDER}


@pytest.mark.parametrize(
    "damaged",
    [b"", b"[]", b'{"checks": 1}', b'{"checks": {"a": {"status": "open"}}}', b"\xff",
     b'{"checks": {"a": {"status": "hacked", "checked_at": "2026-08-31T12:00:00Z"}}}'],
)  # fmt: skip
def test_damaged_checks_are_ignored_with_a_word_in_the_log(
    kept: FolderStore, damaged: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    kept.put(f"{PREFIX}/_links/checks.json", damaged)
    with caplog.at_level(logging.WARNING):
        assert look(kept)["status"].tolist() == ["", "", ""]
    assert "cannot be used" in caplog.text


def test_people_read_what_is_known_beside_the_link(kept: FolderStore) -> None:
    remember(kept, PREFIX, {FOLDER: Check("closed", "belum dibagikan", "2026-08-31T12:00:00Z")})
    shown = with_links(EVIDENCE_ROWS, look(kept))["detail"].tolist()
    assert shown == [
        "situs video",
        "penyimpanan awan; tidak terbuka bagi orang lain (diperiksa 2026-08-31): belum dibagikan",
        "",
        "",
    ]


def test_the_kept_checks_are_plain_and_sorted(kept: FolderStore) -> None:
    remember(kept, PREFIX, {VIDEO: at(AS_OF), FOLDER: at(AS_OF)})
    text = kept.get(f"{PREFIX}/_links/checks.json").decode()
    assert list(json.loads(text)["checks"]) == [FOLDER, VIDEO]

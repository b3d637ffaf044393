"""What the last run holds already is copied by the server, read back, and never trusted unread."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from weather import proxy

from iid.tasks.store.publishing import publish, verify
from iid.tasks.store.s3_store import S3Store

NOW = datetime(2026, 8, 31, 12, 0, tzinfo=UTC)
FIRST, SECOND = "20260831T120000Z-aaaaaaaa", "20260901T120000Z-bbbbbbbb"
TABLE = b"satu,dua\n" * 50_000


def put_out(store: S3Store, run_id: str) -> None:
    files = [
        ("index.json", run_id.encode()),
        ("claims.parquet", TABLE),
        ("besar.bin", bytes(17 << 20)),
        *((f"report/{number}.html", b"<p>%d" % number * 1000) for number in range(20)),
    ]
    publish(store, "63.03", 2026, run_id, files, {}, published_at=NOW, status="provisional")


@pytest.mark.parametrize("kind", ["moto", "rclone"], indirect=True)
def test_equal_files_of_the_last_run_are_not_sent_again(store: S3Store, place: tuple[str, str]) -> None:
    put_out(store, FIRST)
    with proxy(place[1]) as weather:
        through = S3Store(store.bucket, "hasil", weather.address)
        put_out(through, SECOND)
    sent = [size for line, size in weather.sizes if line.startswith(("PUT", "POST")) and SECOND in line]
    assert len(sent) == 25  # all files, the manifest, the record in the history
    manifest = max(sent)
    assert manifest < 10_000
    assert sum(sent) - manifest < 1000
    assert verify(store, "63.03", 2026) == []


@pytest.mark.parametrize("kind", ["moto", "rclone"], indirect=True)
def test_a_damaged_twin_is_not_copied_into_the_new_run(store: S3Store) -> None:
    put_out(store, FIRST)
    store.put(f"63.03/2026/runs/{FIRST}/claims.parquet", TABLE[:-1])
    put_out(store, SECOND)
    assert verify(store, "63.03", 2026) == []
    assert store.get(f"63.03/2026/runs/{SECOND}/claims.parquet") == TABLE

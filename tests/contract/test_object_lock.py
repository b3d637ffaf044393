"""A bucket with object lock keeps what a closing left there; one without is reported apart, not assumed."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from iid.expectations.rulebook.loading import load
from iid.flows.close import close_request, run_closing
from iid.flows.settings.load import build_request
from iid.flows.telemetry.progress import Reporter
from iid.tasks.assess.reading_steps import Opened
from iid.tasks.assess.request import AssessRequest
from iid.tasks.close.object_lock import lock_again
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.store.closed_cycle import CLOSING, evidence_key
from iid.tasks.store.open_store import open_store
from iid.tasks.store.paths import canonical
from iid.tasks.store.publishing import publish
from iid.tasks.store.s3_store import S3Store
from iid.tasks.values.region import Marker

NOW = datetime(2026, 8, 31, 12, tzinfo=UTC)
RUN = "20260831T120000Z-ffffffff"
UNTIL = datetime(2036, 1, 1, tzinfo=UTC)


@pytest.fixture
def locking(servers: Callable[[str], str], credentials: None) -> S3Store:
    endpoint, bucket = servers("moto"), f"kunci-{uuid.uuid4().hex}"
    client = S3Store("unused-name", endpoint_url=endpoint).client
    client.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
    store = open_store(f"s3://{bucket}/hasil", endpoint)
    assert isinstance(store, S3Store)
    return store


def test_a_locked_object_cannot_be_removed_for_good(locking: S3Store) -> None:
    locking.put("63.03/2026/runs/x/index.json", b"{}")
    assert locking.lock(["63.03/2026/runs/x/index.json"], UNTIL) == 1
    place = {"Bucket": locking.bucket, "Key": "hasil/63.03/2026/runs/x/index.json"}
    head = locking.client.head_object(**place)
    assert head["ObjectLockMode"] == "GOVERNANCE"
    assert head["ObjectLockRetainUntilDate"] - UNTIL < timedelta(seconds=1)
    with pytest.raises(ClientError):
        locking.client.delete_object(**place, VersionId=head["VersionId"])


def closed_on(store: S3Store, share: Path) -> tuple[Opened, str]:
    """A final run that names one content, published by a closing that was killed before it locked."""
    (share / "2026" / "00 Pemda").mkdir(parents=True)
    (share / "2026" / "00 Pemda" / "pemda.xlsx").write_bytes(b"x")
    (share / "iid-share.toml").write_text('region = "63.03"')
    sha = hashlib.sha256(b"bukti").hexdigest()
    evidence = evidence_key("63.03", 2026, sha)
    store.put(evidence, b"bukti")
    closing = canonical({"evidence": [{"sha256": sha, "size": 5}], "files": [], "late": []})
    files = [("index.json", b"{}"), (CLOSING, closing)]
    publish(store, "63.03", 2026, RUN, files, {}, published_at=NOW, status="final")
    marker = Marker("63.03", "Banjar", "Asia/Makassar")
    request = AssessRequest(share=str(share), store=store.url, cycle=2026)
    return Opened(load(2026), FolderDrive(share), store, marker, None, request, NOW), evidence


def test_a_closing_that_died_before_it_locked_is_locked_by_the_next_one(
    locking: S3Store, tmp_path: Path
) -> None:
    opened, evidence = closed_on(locking, tmp_path / "share")
    manifest = f"63.03/2026/runs/{RUN}/manifest.json"
    assert (locking.locked(manifest), locking.locked(evidence)) == (False, False)
    order = {"share": str(tmp_path / "share"), "store": locking.url, "cycle": 2026}
    endpoint = locking.client.meta.endpoint_url
    closed = run_closing(
        close_request(build_request(**order, endpoint_url=endpoint), accept_undecided="uji"), Reporter()
    )
    assert closed.run_id == RUN
    assert [
        note for note in closed.remarks if "umpan balik" not in note
    ] == []  # this run has no tables to tell
    assert all(locking.locked(key) for key in [evidence, *locking.keys(f"63.03/2026/runs/{RUN}/")])
    until = locking.client.head_object(Bucket=locking.bucket, Key=f"hasil/{manifest}")
    assert lock_again(opened, RUN, 50) == ()
    again = locking.client.head_object(Bucket=locking.bucket, Key=f"hasil/{manifest}")
    assert again["ObjectLockRetainUntilDate"] == until["ObjectLockRetainUntilDate"]


@pytest.mark.parametrize("kind", ["moto", "rclone"], indirect=True)
def test_a_bucket_without_object_lock_says_so(store) -> None:
    store.put("a", b"1")
    assert store.lock(["a"], UNTIL) is None
    assert store.locked("a") is None

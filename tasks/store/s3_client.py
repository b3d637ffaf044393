"""S3 through boto3, with settings that lookalikes understand, too."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from iid.tasks.store.s3_errors import reason, status_of
from iid.tasks.values.errors import StoreError, UsageError
from iid.tasks.values.share_paths import bare_address

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

PART = 16 << 20  # bytes; S3 wants at least 5 MiB a part


def put_in_parts(client: S3Client, target: Any, data: bytes, condition: Any) -> None:
    """Write *data* to *target* in parts; *condition* is checked at the end."""
    place = {"Bucket": target["Bucket"], "Key": target["Key"]}
    upload: Any = {**place, "UploadId": client.create_multipart_upload(**target)["UploadId"]}
    try:
        parts: list[CompletedPartTypeDef] = []
        for number, start in enumerate(range(0, len(data), PART), 1):
            body = memoryview(data)[start : start + PART].tobytes()
            answer = client.upload_part(**upload, PartNumber=number, Body=body)
            parts.append({"PartNumber": number, "ETag": answer["ETag"]})
        client.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts}, **condition)
    except BaseException:
        with suppress(ClientError, BotoCoreError):  # sweep_uploads() finds it later
            client.abort_multipart_upload(**upload)
        raise


def sweep_uploads(client: S3Client, bucket: str, prefix: str, before: float) -> int:
    """Abort uploads below *prefix* begun before that time; return how many."""
    removed = 0
    try:
        for page in client.get_paginator("list_multipart_uploads").paginate(Bucket=bucket, Prefix=prefix):
            for upload in page.get("Uploads", []):
                if upload["Initiated"].timestamp() < before:
                    client.abort_multipart_upload(
                        Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"]
                    )
                    removed += 1
    except ClientError as error:
        if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") not in {403, 404, 405, 501}:
            raise
    return removed


def has_object_lock(client: S3Client, bucket: str) -> bool:
    """Return whether the bucket has object lock; False if it cannot be asked."""
    try:
        answer = client.get_object_lock_configuration(Bucket=bucket)
    except ClientError as error:
        if status_of(error) not in {400, 403, 404, 405, 501}:
            raise
        return False
    return answer.get("ObjectLockConfiguration", {}).get("ObjectLockEnabled") == "Enabled"


def is_retained(client: S3Client, bucket: str, key: str) -> bool:
    """Return whether a retention keeps the object's present version."""
    return bool(client.head_object(Bucket=bucket, Key=key).get("ObjectLockMode"))


def retain(client: S3Client, bucket: str, key: str, until: datetime) -> None:
    """Keep the object's present version until then (mode GOVERNANCE)."""
    client.put_object_retention(
        Bucket=bucket, Key=key, Retention={"Mode": "GOVERNANCE", "RetainUntilDate": until}
    )


def client_of(endpoint_url: str | None, connections: int) -> S3Client:
    """Return a client for that address, environment or AWS. UsageError if bad."""
    custom = endpoint_url or os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    config = Config(
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        retries={"mode": "standard", "max_attempts": 5},
        connect_timeout=10,
        read_timeout=60,
        max_pool_connections=connections,
        # Lookalikes seldom have a host name for every bucket.
        s3={"addressing_style": "path" if custom else "auto"},
        user_agent_extra="iid",
    )
    try:
        session = boto3.session.Session()
        region = session.region_name or "us-east-1"
        client = session.client("s3", region_name=region, endpoint_url=endpoint_url, config=config)
    except ValueError:
        raise UsageError(
            f"alamat S3 {bare_address(custom or '')!r} tidak sah; contoh: https://s3.contoh.go.id"
        ) from None
    except BotoCoreError as error:
        raise StoreError(f"S3 tidak dapat dipakai: {reason(error)}") from None
    client.meta.events.register_last("before-call.s3.PutObject", _send_at_once)
    return client


def _send_at_once(params: Any, **_: Any) -> None:
    """Send without ``Expect: 100-continue``, which costs a round trip more."""
    params["headers"].pop("Expect", None)

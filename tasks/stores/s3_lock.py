"""Object lock: a bucket that has it keeps final runs from being changed without a special right."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from iid.tasks.stores.s3_errors import status_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def has_object_lock(client: S3Client, bucket: str) -> bool:
    """Whether the bucket says that object lock is on. False where it may not, or cannot, be asked."""
    try:
        answer = client.get_object_lock_configuration(Bucket=bucket)
    except ClientError as error:
        if status_of(error) not in {400, 403, 404, 405, 501}:
            raise
        return False
    return answer.get("ObjectLockConfiguration", {}).get("ObjectLockEnabled") == "Enabled"


def is_retained(client: S3Client, bucket: str, key: str) -> bool:
    """Whether the object's present version is kept by a retention (asked with the right to see that)."""
    return bool(client.head_object(Bucket=bucket, Key=key).get("ObjectLockMode"))


def retain(client: S3Client, bucket: str, key: str, until: datetime) -> None:
    """Keep the object's present version until then (mode GOVERNANCE)."""
    client.put_object_retention(
        Bucket=bucket, Key=key, Retention={"Mode": "GOVERNANCE", "RetainUntilDate": until}
    )

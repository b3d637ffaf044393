"""Large objects in parts: a lost part is sent again, not the whole; half an upload is never seen."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

PART = 16 << 20  # bytes; S3 wants at least 5 MiB a part


def put_in_parts(client: S3Client, target: Any, data: bytes, condition: Any) -> None:
    """Write *data* to *target* (Bucket, Key, ContentType); *condition* is checked when it is completed."""
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
    """Abort the uploads below *prefix* begun before that time (epoch); how many. 0 where unsupported."""
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

"""A store in an S3 bucket, or in what speaks S3 (``AWS_ENDPOINT_URL``).

Secrets come only from boto3's own chain: environment, credential files, roles.
Checksums are ``when_required`` and nothing is deleted in batches, because many
lookalikes refuse the newer defaults. A condition (``If-None-Match``) is used
only after a probe has shown that this store enforces it: some answer 200 and
ignore it.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from iid.tasks.store.bulk import bounded_map
from iid.tasks.store.keys import check_key, check_prefix
from iid.tasks.store.s3_client import (
    PART,
    client_of,
    has_object_lock,
    is_retained,
    put_in_parts,
    retain,
    sweep_uploads,
)
from iid.tasks.store.s3_errors import (
    CONDITION_FAILED,
    CONFLICT,
    MISSING,
    code_of,
    is_cut,
    reason,
    status_of,
)
from iid.tasks.store.store import BINARY, Digest, Stored
from iid.tasks.values.errors import StoreError
from iid.tasks.values.share_paths import bare_address

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

T = TypeVar("T")

CHUNK = 1 << 20  # bytes
WORKERS = 16
TRIES = 4  # for what botocore does not try again itself: 429, a body cut off, a conflict
PROBE = ".iid/probe"  # one small object for ever; see docs/store.md


class S3Store:
    """Objects below ``s3://bucket/prefix``."""

    workers = WORKERS

    def __init__(self, bucket: str, prefix: str = "", endpoint_url: str | None = None) -> None:
        self.bucket = bucket
        self._prefix = f"{check_key(prefix)}/" if prefix else ""
        self.client = client_of(endpoint_url, WORKERS)

    @property
    def url(self) -> str:
        """``s3://bucket/prefix``."""
        return f"s3://{self.bucket}/{self._prefix}".rstrip("/")

    def address(self, key: str) -> str:
        """``s3://bucket/prefix/key``."""
        return f"s3://{self.bucket}/{self._key(key)}"

    def get(self, key: str) -> bytes:
        """The whole object. KeyError when there is none."""
        return self._call(key, lambda: _with_etag(self.client, self.bucket, self._key(key))[0])

    def digest(self, key: str) -> Digest:
        """Read the object in pieces and hash it. KeyError when there is none."""

        def read() -> Digest:
            digest, size = hashlib.sha256(), 0
            answer = self.client.get_object(Bucket=self.bucket, Key=self._key(key))
            for chunk in answer["Body"].iter_chunks(CHUNK):
                digest.update(chunk)
                size += len(chunk)
            return Digest(size, digest.hexdigest())

        return self._call(key, read)

    def put(self, key: str, data: bytes, content_type: str = BINARY) -> None:
        """Write the object; S3 shows the old or the new one, never half."""
        self._put(key, data, content_type, {})

    def create(self, key: str, data: bytes, content_type: str = BINARY) -> bool:
        """Write the object only where there is none, by condition if enforced."""
        if self.exclusive:
            return self._put_if(key, data, content_type, {"IfNoneMatch": "*"})
        if self.exists(key):
            return False
        self.put(key, data, content_type)
        return self._holds(key, data)  # the last of two writers wins, and only that one says so

    def copy(self, source: str, key: str) -> bool:
        """Copy on the server, sending nothing. False where gone or not possible."""
        target: Any = {
            **{"Bucket": self.bucket, "Key": self._key(key)},
            "CopySource": {"Bucket": self.bucket, "Key": self._key(source)},
        }
        try:
            self._call(key, lambda: self.client.copy_object(**target))
        except (KeyError, StoreError):
            return False  # sending it is always possible, and says what is wrong
        return True

    def replace(self, key: str, data: bytes, expected: bytes | None, content_type: str = BINARY) -> bool:
        """Write the object over *expected* only, by condition if enforced."""
        if expected is None:
            return self.create(key, data, content_type)
        try:
            now = self._call(key, lambda: _with_etag(self.client, self.bucket, self._key(key)))
        except KeyError:
            return False
        if now[0] != expected:
            return False
        if self._enforced["IfMatch"]:
            return self._put_if(key, data, content_type, {"IfMatch": now[1]})
        self.put(key, data, content_type)
        return True

    def exists(self, key: str) -> bool:
        """Whether the key holds an object."""
        try:
            self._call(key, lambda: self.client.head_object(Bucket=self.bucket, Key=self._key(key)))
        except KeyError:
            return False
        return True

    def keys(self, prefix: str) -> Iterator[str]:
        """All keys that begin with *prefix*, sorted."""
        return (stored.key for stored in self.objects(prefix))

    def objects(self, prefix: str) -> Iterator[Stored]:
        """Yield the objects of *prefix*, sorted (not every lookalike does it)."""
        found = []
        for page in self._pages(prefix):
            for item in page.get("Contents", []):
                key = item["Key"].removeprefix(self._prefix)
                found.append(Stored(key, item["Size"], item["LastModified"].timestamp()))
        return iter(sorted(found, key=lambda stored: stored.key))

    def folders(self, prefix: str) -> tuple[str, ...]:
        """Names of the folders directly below *prefix*, sorted."""
        found = (
            item["Prefix"] for page in self._pages(prefix, "/") for item in page.get("CommonPrefixes", [])
        )
        return tuple(sorted({name.rstrip("/").rpartition("/")[2] for name in found}))

    def delete(self, key: str) -> None:
        """Remove the object; no error when it is not there."""
        try:
            self._call(key, lambda: self.client.delete_object(Bucket=self.bucket, Key=self._key(key)))
        except KeyError:
            return

    def sweep(self, prefix: str, before: float, *, deep: bool = True) -> int:
        """Abort uploads in parts that were begun before that time and never ended."""
        under = self._prefix + check_prefix(prefix)
        return self._call(prefix, lambda: sweep_uploads(self.client, self.bucket, under, before))

    def lock(self, keys: Iterable[str], until: datetime) -> int | None:
        """Set a GOVERNANCE retention; return None without object lock."""
        if not self._locks:
            return None
        ask = partial(retain, self.client, self.bucket, until=until)
        done = bounded_map(lambda key: self._call(key, lambda: ask(self._key(key))), keys, self.workers)
        return sum(1 for _ in done)

    def locked(self, key: str) -> bool | None:
        """Return whether the object has a retention; None without object lock."""
        if not self._locks:
            return None
        return self._call(key, lambda: is_retained(self.client, self.bucket, self._key(key)))

    @cached_property
    def _locks(self) -> bool:
        """Whether the bucket has object lock; not where the server has no such."""
        return self._call(PROBE, lambda: has_object_lock(self.client, self.bucket))

    @property
    def exclusive(self) -> bool:
        """Whether the store enforces ``If-None-Match: *`` (probed once)."""
        return self._enforced["IfNoneMatch"]

    @cached_property
    def _enforced(self) -> dict[str, bool]:
        # The probe object is never removed: deleting it would make the condition of another
        # publisher, who probes at the same time, succeed rightly and be read as "ignored".
        self.put(PROBE, b"iid", "text/plain")
        impossible = {"IfNoneMatch": "*", "IfMatch": '"00000000000000000000000000000000"'}
        return {name: self._refuses(name, value) for name, value in impossible.items()}

    def _refuses(self, name: str, value: str) -> bool:
        def send() -> bool:
            try:
                self._send(PROBE, b"iid", "text/plain", {name: value})
            except ClientError as error:
                if status_of(error) not in {400, 501}:  # "I do not know that header"
                    raise
            return False

        try:
            return self._call(PROBE, send)
        except _ConditionError:
            return True

    def _key(self, key: str) -> str:
        return self._prefix + check_key(key)

    def _pages(self, prefix: str, delimiter: str = "") -> Iterator[Any]:
        under = self._prefix + check_prefix(prefix)
        pages = self.client.get_paginator("list_objects_v2")
        more: Any = {"Delimiter": delimiter} if delimiter else {}
        yield from self._call(prefix, lambda: list(pages.paginate(Bucket=self.bucket, Prefix=under, **more)))

    def _send(self, key: str, data: bytes, content_type: str, condition: Any) -> None:
        target: Any = {"Bucket": self.bucket, "Key": self._key(key), "ContentType": content_type}
        if self._locks:
            target["ChecksumAlgorithm"] = "SHA256"  # demanded of every write to a bucket with object lock
        if len(data) > PART:
            put_in_parts(self.client, target, data, condition)
        else:
            self.client.put_object(**target, Body=data, **condition)

    def _put(self, key: str, data: bytes, content_type: str, condition: Any) -> None:
        self._call(key, lambda: self._send(key, data, content_type, condition))

    def _put_if(self, key: str, data: bytes, content_type: str, condition: Any) -> bool:
        try:
            self._put(key, data, content_type, condition)
        except (_ConditionError, KeyError):
            # A retry after a lost answer meets our own object: then it was us who wrote it.
            return self._holds(key, data)
        return True

    def _holds(self, key: str, data: bytes) -> bool:
        try:
            return self.get(key) == data
        except KeyError:
            return False

    def _call(self, key: str, request: Callable[[], T]) -> T:
        for attempt in range(TRIES):
            try:
                return request()
            except (ClientError, BotoCoreError) as error:
                if attempt + 1 == TRIES or not _worth_trying_again(error):
                    self._fail(error, key)
            time.sleep(0.2 * 2**attempt)
        raise AssertionError("unreachable")

    def _fail(self, error: ClientError | BotoCoreError, key: str) -> NoReturn:
        code = code_of(error)
        if code in MISSING:
            raise KeyError(key) from None
        if code in CONDITION_FAILED:
            raise _ConditionError(f"penyimpanan {self.url}: {key} sudah ditulis proses lain") from None
        where = bare_address(self.client.meta.endpoint_url)
        # Not chained: tracebacks are kept by Prefect, and a server's text may repeat keys.
        raise StoreError(f"penyimpanan {self.url} di {where}: {reason(error)}") from None


class _ConditionError(StoreError):
    """The condition of a write did not hold."""


def _worth_trying_again(error: Exception) -> bool:
    return status_of(error) == 429 or code_of(error) in CONFLICT or is_cut(error)


def _with_etag(client: S3Client, bucket: str, key: str) -> tuple[bytes, str]:
    answer = client.get_object(Bucket=bucket, Key=key)
    return answer["Body"].read(), answer["ETag"]

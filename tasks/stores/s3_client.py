"""How this program speaks S3: boto3 with settings that lookalikes understand, too."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from iid.tasks.errors import StoreError, UsageError
from iid.tasks.stores.s3_errors import reason, without_userinfo

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def client_of(endpoint_url: str | None, connections: int) -> S3Client:
    """A client for that address, the environment's or AWS. UsageError for an address that is none."""
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
            f"alamat S3 {without_userinfo(custom or '')!r} tidak sah; contoh: https://s3.contoh.go.id"
        ) from None
    except BotoCoreError as error:
        raise StoreError(f"S3 tidak dapat dipakai: {reason(error)}") from None
    client.meta.events.register_last("before-call.s3.PutObject", _send_at_once)
    return client


def _send_at_once(params: Any, **_: Any) -> None:
    """No ``Expect: 100-continue``: asking first costs a round trip more; large objects go in parts anyway."""
    params["headers"].pop("Expect", None)

"""Real S3 servers on loopback: moto's (enforces conditions) and rclone's (ignores them)."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ACCESS = "AKIDCONTOH0000000001"
SECRET = "rahasia-yang-ditanam-0123456789"  # noqa: S105  (planted: no text may ever show it)

#: What a user would have in the environment; nothing else of this machine is looked at.
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": ACCESS,
    "AWS_SECRET_ACCESS_KEY": SECRET,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}


def free_port() -> int:
    """A port of loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def client(endpoint: str) -> Any:
    """A client of the server at *endpoint*, independent of the environment."""
    import boto3

    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=ACCESS,
        aws_secret_access_key=SECRET,
    )


def rclone() -> str | None:
    """The rclone program beside this Python or on the PATH."""
    return shutil.which("rclone", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


@contextmanager
def moto_server() -> Iterator[str]:
    """Address of a moto server in a process of its own."""
    port = free_port()
    with _served([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], port) as address:
        yield address


@contextmanager
def rclone_server(folder: Path) -> Iterator[str]:
    """Address of ``rclone serve s3`` over *folder*, whose folders are the buckets."""
    port, program = free_port(), rclone()
    assert program is not None
    command = [program, "--config", os.devnull, "serve", "s3", "--addr", f"127.0.0.1:{port}"]
    with _served([*command, "--auth-key", f"{ACCESS},{SECRET}", str(folder)], port) as address:
        yield address


@contextmanager
def _served(command: list[str], port: int) -> Iterator[str]:
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port, server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=30)


def wait_until_free(port: int) -> None:
    """Wait until nothing listens on *port* any more."""
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            return
        except OSError:
            pass  # the one that dies let the connection fall
        assert time.monotonic() < deadline, "something still listens"
        time.sleep(0.02)


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    """Wait until something listens on *port*, or fail when *server* has ended."""
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert server.poll() is None, "the server ended before it listened"
            assert time.monotonic() < deadline, "the server does not listen"
            time.sleep(0.05)
        else:
            return

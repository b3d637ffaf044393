"""New and empty shares on the servers of :mod:`drive_servers` and on S3, as operators see them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, Protocol

import s3_servers
from drive_servers import PASSWORD, Server


def environment(base: Path) -> dict[str, str]:
    """What a user would have in the environment for all of these servers."""
    return {
        "IID_SMB_PASSWORD": PASSWORD,
        "IID_WEBDAV_PASSWORD": PASSWORD,
        "IID_SFTP_KEY_FILE": str(base / "key"),
        "IID_SFTP_KNOWN_HOSTS": str(base / "known_hosts"),
    }


class Outside(Protocol):
    """A new and empty share as those see it who stand on the other side: operators, the server."""

    kind: str
    port: int
    server: Server | None

    def put(self, path: str, data: bytes) -> None:
        """Put a file there, as an operator does."""

    def url(self, port: int | None = None) -> str:
        """The share's address, with what its user needs in the environment; *port* of a network between."""


class Folder:
    """A new folder of a file server."""

    def __init__(self, kind: str, server: Server, setenv: Callable[[str, str], None]) -> None:
        self.kind = kind
        self.server = server
        self.port = server.port
        self._setenv = setenv
        self.name = uuid.uuid4().hex
        self.root = server.folder / self.name
        self.root.mkdir()
        self.root.chmod(0o777)  # servers write as users of their own

    def put(self, path: str, data: bytes) -> None:
        """Write it on the server's disk."""
        place = self.root
        for name in path.split("/")[:-1]:
            place /= name
            place.mkdir(exist_ok=True)
            place.chmod(0o777)
        (self.root / path).write_bytes(data)

    def url(self, port: int | None = None) -> str:
        """The folder's address; SSH must know the host at *port* too."""
        base = self.server.folder.parent
        for name, value in environment(base).items():
            self._setenv(name, value)
        if self.kind == "sftp" and port:
            known = (base / "known_hosts").read_text().splitlines()
            with (base / "known_hosts").open("a") as file:
                file.write(f"[127.0.0.1]:{port} {known[0].partition(' ')[2]}\n")
        return self.server.url(self.name, port)


def root_of(outside: Outside) -> Path:
    """Where a share lies on the server's disk."""
    assert isinstance(outside, Folder)
    return outside.root


class Bucket:
    """A new prefix in a bucket of moto's S3 server."""

    kind = "s3"
    server = None
    _clients: ClassVar[dict[str, Any]] = {}

    def __init__(self, endpoint: str, setenv: Callable[[str, str], None]) -> None:
        self.port = int(endpoint.rpartition(":")[2])
        self._setenv = setenv
        if endpoint not in self._clients:
            self._clients[endpoint] = s3_servers.client(endpoint)
            self._clients[endpoint].create_bucket(Bucket="drive")
        self._client = self._clients[endpoint]
        self.prefix = f"inovasi daerah/{uuid.uuid4().hex}"

    def put(self, path: str, data: bytes) -> None:
        """Upload it."""
        self._client.put_object(Bucket="drive", Key=f"{self.prefix}/{path}", Body=data)

    def url(self, port: int | None = None) -> str:
        """The prefix; its server stands in the environment."""
        self._setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port or self.port}")
        return f"s3://drive/{self.prefix}"

"""A stand-in of Google Drive on loopback: enough of its API v3 for rclone's own Google Drive back end.

It is a proxy that answers for www.googleapis.com with a certificate made for the tests. Nothing
leaves this machine. Files may bear the same name in one folder, as at Google.
"""

from __future__ import annotations

import hashlib
import json
import re
import ssl
import subprocess
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from drive_servers import needed

FOLDER = "application/vnd.google-apps.folder"
DOCUMENT = "application/vnd.google-apps.document"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_TERM = re.compile(r"(?:name='((?:[^'\\]|\\.)*)'|'([^']+)' in parents|mimeType(!?=)'([^']+)')")


@dataclass
class Node:
    """A file or folder."""

    id: str
    name: str
    parent: str
    mime: str = "application/octet-stream"
    data: bytes = b""
    time: str = "2026-08-31T12:00:00.000Z"

    def shown(self) -> dict[str, Any]:
        """As the API tells it."""
        shown: dict[str, Any] = {
            **{"id": self.id, "name": self.name, "parents": [self.parent], "mimeType": self.mime},
            **{"modifiedTime": self.time, "createdTime": self.time, "trashed": False},
        }
        if not self.mime.startswith("application/vnd.google-apps."):
            shown |= {"size": str(len(self.data)), "md5Checksum": hashlib.md5(self.data).hexdigest()}  # noqa: S324
        elif self.mime == DOCUMENT:
            shown["exportLinks"] = {_DOCX: "https://www.googleapis.com/export"}
        return shown


class Cloud:
    """What lies in the drive."""

    def __init__(self) -> None:
        self.nodes = {"akar": Node("akar", "My Drive", "", FOLDER)}
        self._inside: dict[str, list[Node]] = {}
        self._lock = threading.RLock()
        self.port = 0

    def add(self, path: str, data: bytes = b"", mime: str = "", **more: str) -> Node:
        """Put a new file at *path*, beside one of the same name where there is one."""
        parent, name = self._parent(path)
        return self.make(name, parent, mime or "application/octet-stream", data, **more)

    def put(self, path: str, data: bytes) -> None:
        """Put a file at *path*, over the one that is there."""
        parent, name = self._parent(path)
        found = self.find(parent, name)
        if found is None:
            self.make(name, parent, "application/octet-stream", data)
        else:
            found.data = data

    def make(self, name: str, parent: str, mime: str, data: bytes = b"", **more: str) -> Node:
        """A new file or folder in the folder *parent*."""
        node = Node(uuid.uuid4().hex, name, parent, mime, data, **more)
        with self._lock:
            self.nodes[node.id] = node
            self._inside.setdefault(parent, []).append(node)
        return node

    def throw_away(self, node: Node) -> None:
        """Into the bin: listed no more."""
        with self._lock:
            self._inside[node.parent].remove(node)

    def find(self, parent: str, name: str) -> Node | None:
        """The first of that name in a folder."""
        with self._lock:
            return next((node for node in self._inside.get(parent, ()) if node.name == name), None)

    def _parent(self, path: str) -> tuple[str, str]:
        *folders, name = path.split("/")
        parent = "akar"
        with self._lock:  # two threads would make a folder each
            for folder in folders:
                parent = (self.find(parent, folder) or self.make(folder, parent, FOLDER)).id
        return parent, name

    def asked(self, query: str) -> list[Node]:
        """The answer to a search: every kind of term must hold, one of each kind suffices."""
        names, parents, only, never = set(), set(), set(), set()
        for name, parent, sign, mime in _TERM.findall(query):
            names |= {re.sub(r"\\(.)", r"\1", name)} if name else set()
            parents |= {"akar" if parent == "root" else parent} if parent else set()
            (never if sign == "!=" else only).update({mime} if mime else set())
        with self._lock:
            inside = [node for parent in sorted(parents) for node in self._inside.get(parent, ())]
        return [
            node
            for node in inside
            if (not names or node.name in names)
            and (not only or node.mime in only)
            and node.mime not in never
        ]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    cloud: Cloud
    certificate: ssl.SSLContext

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""

    def finish(self) -> None:
        """Close what is wrapped around the connection too."""
        super().finish()
        self.connection.close()

    def do_CONNECT(self) -> None:
        self.send_response_only(200)
        self.end_headers()
        self.connection = self.certificate.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", buffering=0)  # type: ignore[assignment]
        self.close_connection = False

    def do_GET(self) -> None:
        place = urlsplit(self.path)
        asked = {key: values[0] for key, values in parse_qs(place.query).items()}
        if place.path == "/drive/v3/about":
            self._answer({"exportFormats": {DOCUMENT: [_DOCX]}, "importFormats": {}})
            return
        ident = unquote(place.path.removeprefix("/drive/v3/files").strip("/"))
        node = self.cloud.nodes.get("akar" if ident == "root" else ident)
        if not ident:
            self._answer(self._page(asked))
        elif node is None:
            self._answer({"error": {"code": 404, "message": "File not found", "errors": []}}, 404)
        elif asked.get("alt") == "media":
            self._send(node.data)
        else:
            self._answer(node.shown())

    def _page(self, asked: dict[str, str]) -> dict[str, Any]:
        """Some of the answer to a search, and where the rest begins."""
        found, start = self.cloud.asked(asked.get("q", "")), int(asked.get("pageToken", 0))
        end = start + int(asked.get("pageSize", 100))
        more = {"nextPageToken": str(end)} if end < len(found) else {}
        return {"files": [node.shown() for node in found[start:end]], **more}

    def do_POST(self) -> None:
        facts, data = self._received()
        node = self.cloud.make(facts["name"], facts.get("parents", ["akar"])[0], facts.get("mimeType", ""))
        self._written(node, facts, data)

    def do_PATCH(self) -> None:
        facts, data = self._received()
        node = self.cloud.nodes[urlsplit(self.path).path.rsplit("/", 1)[1]]
        if facts.get("trashed"):
            self.cloud.throw_away(node)
            self._answer({**node.shown(), "trashed": True})
        else:
            self._written(node, facts, data)

    def _written(self, node: Node, facts: dict[str, Any], data: bytes) -> None:
        node.data, node.time = data, facts.get("modifiedTime", node.time)
        self._answer(node.shown())

    def _received(self) -> tuple[dict[str, Any], bytes]:
        """Facts and bytes of an upload in two parts, or facts alone."""
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b"".join(iter(self._chunk, b""))
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        kind = self.headers.get("Content-Type") or ""
        if "multipart" not in kind:
            return json.loads(body), b""
        mark = re.search(r"boundary=\"?([^\";]+)", kind)
        assert mark is not None
        parts = body.split(b"--" + mark[1].encode())[1:3]
        facts, data = (part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n") for part in parts)
        return json.loads(facts), data

    def _chunk(self) -> bytes:
        data = self.rfile.read(int(self.rfile.readline(), 16))
        self.rfile.readline()
        return data

    def _answer(self, answer: object, status: int = 200) -> None:
        self._send(json.dumps(answer).encode(), status, "application/json")

    def _send(self, data: bytes, status: int = 200, kind: str = "application/octet-stream") -> None:
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or "")
        size = len(data)
        if wanted:
            data = data[int(wanted[1]) : int(wanted[2]) + 1 if wanted[2] else None]
        self.send_response_only(206 if wanted else status)
        if wanted:
            self.send_header("Content-Range", f"bytes {wanted[1]}-{int(wanted[1]) + len(data) - 1}/{size}")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@contextmanager
def google_drive(base: Path) -> Iterator[Cloud]:
    """A running stand-in; its certificate and an rclone configuration lie in *base*."""
    make = [needed("openssl", "openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    name = ["-subj", "/CN=www.googleapis.com", "-addext", "subjectAltName=DNS:*.googleapis.com"]
    files = ["-keyout", str(base / "kunci.pem"), "-out", str(base / "sertifikat.pem")]
    subprocess.run([*make, *name, *files], check=True, capture_output=True)
    token = json.dumps({"access_token": "x", "token_type": "Bearer", "expiry": "2099-01-01T00:00:00Z"})
    (base / "rclone.conf").write_text(f"[kantor]\ntype = drive\nscope = drive\ntoken = {token}\n")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(base / "sertifikat.pem", base / "kunci.pem")
    cloud = Cloud()
    handler = type("Handler", (_Handler,), {"cloud": cloud, "certificate": context})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    cloud.port = int(server.server_address[1])
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield cloud
    finally:
        server.shutdown()
        server.server_close()


class Drawer:
    """A new and empty folder of the stand-in: the share as those see it who stand on the other side."""

    kind = "gdrive"
    server = None

    def __init__(self, cloud: Cloud, base: Path, setenv: Callable[[str, str], None]) -> None:
        self.port = cloud.port
        self.cloud = cloud
        self.name = uuid.uuid4().hex
        setenv("RCLONE_CONFIG", str(base / "rclone.conf"))
        setenv("SSL_CERT_FILE", str(base / "sertifikat.pem"))
        setenv("HTTPS_PROXY", f"http://127.0.0.1:{cloud.port}")
        setenv("RCLONE_DRIVE_PACER_MIN_SLEEP", "1ms")  # the real service allows ten calls a second
        cloud.add(f"{self.name}/_")

    def put(self, path: str, data: bytes) -> None:
        """Upload it, over the one that is there."""
        self.cloud.put(f"{self.name}/{path}", data)

    def url(self, port: int | None = None) -> str:
        """The folder in the remote ``kantor`` of the user's rclone configuration."""
        assert port in {None, self.port}, "no weather before the stand-in"
        return f"gdrive://kantor/{self.name}"

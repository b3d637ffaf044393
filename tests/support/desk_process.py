"""A desk over a region on disk: in this process, or in one of its own that is measured and killed.

As a script: ``desk_process.py ROOT [STORE [ENDPOINT]]`` prints its port and serves until its input ends.
A number on its input: it kills itself before so many changes of the folder of decisions.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from desk_client import PASSWORD, Client
from publisher import DISK

from iid.tasks.desk.accounts import READER, Account, Accounts, hashed
from iid.tasks.desk.claims import DeskPlace
from iid.tasks.desk.desk_app import Desk
from iid.tasks.desk.gate import Gate, Journal, Trust
from iid.tasks.desk.recalculation import Recalculations
from iid.tasks.desk.sessions import Signer, Tries
from iid.tasks.operate.health.freshness import Place
from iid.tasks.operate.serve.report_server import Site
from iid.tasks.operate.serve.web_server import LOOPBACK, WebServer, application
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.open_store import open_store
from iid.tasks.store.store import Store


@dataclass
class Bureau:
    """A private copy of the region, its desk, and clients of it."""

    root: Path
    desk: Desk
    server: WebServer

    @property
    def store(self) -> FolderStore:
        return FolderStore(self.root / "hasil")

    @property
    def log(self) -> str:
        return (self.root / "state/log.jsonl").read_text()

    def client(self, name: str = "", password: str = PASSWORD) -> Client:
        client = Client(self.server.port)
        if name:
            assert client.sign_in(name, password).status == 303
        return client

    def kept(self) -> list[Path]:
        return sorted((self.root / "hasil/63.03/2026/decisions").glob("*"))

    def assess(self, as_of: datetime) -> None:
        from small_region import Region

        Region(self.root / "share").assess(as_of)


def register(store: Store) -> None:
    """The accounts ani (all units), budi (unit 102) and lihat (a reader)."""
    accounts, kept = Accounts(store), hashed(PASSWORD)
    accounts.put(Account("ani", password=kept))
    accounts.put(Account("budi", units=("102",), password=kept))
    accounts.put(Account("lihat", READER, password=kept))


def open_desk(
    root: Path,
    store: Store | None = None,
    trust: Trust | None = None,
    run: Recalculations | None = None,
    places: Sequence[DeskPlace] = (),
    tries: Tries | None = None,
) -> Bureau:
    """A desk on ``ROOT/share`` and *store* (``ROOT/hasil``), on any free port."""
    store = store or FolderStore(root / "hasil")
    found = places or (DeskPlace("63.03", 2026, store, FolderDrive(root / "share")),)
    journal = Journal(root / "state/log.jsonl")
    gate = Gate(lambda: [store], Signer(root / "state"), trust or Trust(), journal, tries)
    desk = Desk(lambda: found, gate, run)
    site = Site(lambda: [Place(2026, store, "63.03")])
    server = WebServer(application(site.answer, desk.routes(), LOOPBACK), "127.0.0.1", 0)
    server.start()
    return Bureau(root, desk, server)


@dataclass(frozen=True)
class Served:
    """A desk in a process of its own."""

    process: subprocess.Popen[str]
    port: int

    def client(self, name: str) -> Client:
        client = Client(self.port)
        assert client.sign_in(name).status == 303
        return client

    def dies_before(self, number: int) -> None:
        """Arm it: SIGKILL before that many changes of the folder of decisions."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(f"{number}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "armed\n"


@contextmanager
def served(root: Path, *store: str) -> Iterator[Served]:
    """Serve the desk of *root* from a process of its own."""
    command = [sys.executable, __file__, str(root), *store]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None and process.stdout is not None
    try:
        yield Served(process, int(process.stdout.readline()))
    finally:
        process.stdin.close()
        process.wait(timeout=30)
        process.stdout.close()


def main(root: Path, *store: str) -> None:
    bureau = open_desk(root, open_store(*store) if store else None)
    _say(bureau.server.port)
    for line in sys.stdin:
        _die_before(int(line))
        _say("armed")
    bureau.server.stop()
    bureau.desk.close()


def _say(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def _die_before(number: int) -> None:
    left = [number]

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in DISK and "/decisions" in str(arguments[0]):
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])

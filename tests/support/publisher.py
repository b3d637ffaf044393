"""A publisher in a process of its own, to be killed, raced and cut off. Run it as a script.

One JSON argument: ``store`` and ``endpoint`` as a user gives them, ``runs`` (identifiers),
``kill_at`` (SIGKILL itself before the n-th operation on the store; 0 never) and ``gate``
(wait for a line on standard input while the first run's files are made). Prints ``mulai``
when it is about to publish, then how many operations it took. Exits like the command.

With ``drills`` it stays as a :class:`Nursery`, which has loaded everything and forks one
publisher an order, so that hundreds of kills cost little.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

FILES = 4  # besides index.json
DISK = ("open", "os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir")


def start(**order: Any) -> subprocess.Popen[str]:
    """Start a publisher; its output and input are pipes."""
    pipe = subprocess.PIPE
    command = [sys.executable, "-W", "error", __file__, json.dumps(order)]
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def files_of(run_id: str, gate: bool = False) -> Iterator[tuple[str, bytes]]:
    """The files of a run; every one of them says which run it is of."""
    yield "index.json", json.dumps({"run_id": run_id}).encode()
    if gate:
        sys.stdin.readline()
    for number in range(FILES):
        yield f"tabel/{number}.csv", f"{run_id},{number}\n".encode() * 2000


class Counter:
    """Counts operations on the store and dies before the chosen one."""

    def __init__(self, kill_at: int) -> None:
        self.kill_at, self.count = kill_at, 0

    def __call__(self, *_: object, **__: object) -> None:
        self.count += 1
        if self.count == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


def watch(store: Any, counter: Counter) -> None:
    """Count each change of a folder's disk, or each request to S3 and each answer."""
    if hasattr(store, "client"):
        store.client.meta.events.register("before-send.s3", counter)
        store.client.meta.events.register("after-call.s3", counter)
        return
    root = str(store.root)

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in DISK and str(arguments[0]).startswith(root):
            counter()

    sys.addaudithook(hook)


def publish_all(order: dict[str, Any], store: Any, begin: Callable[[], object]) -> int:
    """Publish the runs one after the other; how many operations it took."""
    from iid.tasks.store.publishing import publish

    counter = Counter(order.get("kill_at", 0))
    watch(store, counter)
    begin()
    for number, run_id in enumerate(order["runs"]):
        files = files_of(run_id, gate=bool(order.get("gate")) and number == 0)
        when = datetime.now(UTC).replace(microsecond=0)
        publish(store, "63.03", 2026, run_id, files, {}, published_at=when, status="provisional")
    return counter.count


class Nursery:
    """Publishers of one store, each a fork of a process that has loaded everything."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def publish(self, *runs: str, kill_at: int = 0, after: float | None = None) -> tuple[int, int]:
        """Fork a publisher; its exit status (-9: killed) and how many operations it took (0: killed).

        It kills itself before operation *kill_at*, or is killed *after* so many seconds.
        """
        assert self._process.stdin is not None and self._process.stdout is not None
        order = {"runs": runs, "kill_at": kill_at, "after": after}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, self._process.communicate()[1]
        status, count = json.loads(answer)
        return status, count


@contextmanager
def nursery(store: str, endpoint: str | None = None) -> Iterator[Nursery]:
    """A nursery for the store at that address."""
    process = start(store=store, endpoint=endpoint, drills=True)
    try:
        yield Nursery(process)
    finally:
        process.communicate()  # the end of its input ends it


def breed(store: Any) -> None:
    """One publisher for every order on standard input; answers its status and its count."""
    if hasattr(store, "client"):
        store.client.generate_presigned_url("get_object", {"Bucket": "b", "Key": "k"})  # loads the signer
    for line in sys.stdin:
        order = json.loads(line)
        count, shown = os.pipe()
        child = os.fork()
        if child == 0:
            _publish_in_child(order, store, shown)
        os.close(shown)
        _kill_after(child, order["after"])
        _, status = os.waitpid(child, 0)
        with open(count, "rb") as stream:  # noqa: PTH123  (a descriptor, not a path)
            print(json.dumps([os.waitstatus_to_exitcode(status), int(stream.read() or 0)]), flush=True)  # noqa: T201


def _publish_in_child(order: dict[str, Any], store: Any, shown: int) -> None:
    from iid.tasks.values.errors import IidError

    status = 70
    try:
        os.write(shown, b"%d" % publish_all(order, store, lambda: None))
        status = 0
    except IidError as error:
        sys.stderr.write(f"{error}\n")
        status = error.exit_code
    finally:
        sys.stderr.flush()
        os._exit(status)


def _kill_after(child: int, seconds: float | None) -> None:
    if seconds is not None:
        handle = os.pidfd_open(child)
        if not select.select([handle], [], [], seconds)[0]:
            os.kill(child, signal.SIGKILL)
        os.close(handle)


def main() -> int:
    """Exit status as the command would give it."""
    from iid.tasks.store import publishing  # noqa: F401  (loaded before anything is forked)
    from iid.tasks.store.open_store import open_store
    from iid.tasks.values.errors import IidError

    order = json.loads(sys.argv[1])
    try:
        store = open_store(order["store"], order.get("endpoint"))
        if order.get("drills"):
            breed(store)
            return 0
        count = publish_all(order, store, lambda: print("mulai", flush=True))  # noqa: T201
    except IidError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    print(count, flush=True)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())

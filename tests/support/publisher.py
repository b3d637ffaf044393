"""A publisher in a process of its own, to be killed, raced and cut off. Run it as a script.

One JSON argument: ``store`` and ``endpoint`` as a user gives them, ``runs`` (identifiers),
``kill_at`` (SIGKILL itself before the n-th operation on the store; 0 never) and ``gate``
(wait for a line on standard input while the first run's files are made). Prints ``mulai``
when it is about to publish, then how many operations it took. Exits like the command.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
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


def publish_all(order: dict[str, Any]) -> int:
    """Publish the runs one after the other; how many operations it took."""
    from iid.tasks.stores.opening import open_store
    from iid.tasks.stores.publishing import publish

    store = open_store(order["store"], order.get("endpoint"))
    counter = Counter(order.get("kill_at", 0))
    watch(store, counter)
    print("mulai", flush=True)  # noqa: T201
    for number, run_id in enumerate(order["runs"]):
        files = files_of(run_id, gate=bool(order.get("gate")) and number == 0)
        when = datetime.now(UTC).replace(microsecond=0)
        publish(store, "63.03", 2026, run_id, files, {}, published_at=when, status="provisional")
    return counter.count


def main() -> int:
    """Exit status as the command would give it."""
    from iid.tasks.errors import IidError

    try:
        count = publish_all(json.loads(sys.argv[1]))
    except IidError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    print(count, flush=True)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())

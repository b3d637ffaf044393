"""Targets served or watched side by side, each in a thread of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextvars import copy_context
from functools import partial
from threading import Event, Thread

from iid.flows.service.subprocess_run import GRACE
from iid.flows.service.watch_share import IDLE, LogLine, Plan, watch
from iid.flows.settings import targets
from iid.tasks.values.errors import IidError

LEAVING = GRACE + 10  # seconds; systemd waits 60 before it kills
RETRY_S = 60.0  # until a target that could not be opened is tried again


def start(works: Mapping[str, Callable[[], None]]) -> list[Thread]:
    """Start each work in a thread of its name; none waits for another."""
    threads = [
        Thread(target=copy_context().run, args=(work,), name=name, daemon=True)
        for name, work in works.items()
    ]
    for thread in threads:
        thread.start()
    return threads


def leave(threads: Sequence[Thread], log_line: LogLine) -> None:
    """Let assessments end cleanly, without waiting on a hung share."""
    end = time.monotonic() + LEAVING
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
        if thread.is_alive():
            log_line(
                f"! {thread.name or 'share'} tidak menjawab dan ditinggalkan; tidak ada yang terbit setengah"
            )


def watch_targets(
    names: Sequence[str], plan: Callable[[], Plan], log_line: LogLine, stop: Event, *, once: bool = False
) -> None:
    """Watch each target of ``iid.toml`` in a thread until *stop* is set.

    One whose share or store is away is tried again every RETRY_S seconds, and no other waits for it.
    *plan* is called where the target's settings hold.
    """
    failures: list[BaseException] = []

    def keep(name: str) -> None:
        try:
            _keep(name, plan, log_line, stop, once)
        except BaseException as error:  # noqa: BLE001  ends the process; its starter begins anew
            failures.append(error)
            stop.set()

    threads = start({name: partial(keep, name) for name in names})
    while any(thread.is_alive() for thread in threads) and not stop.wait(IDLE):
        pass
    leave(threads, log_line)
    if failures:
        raise failures[0]


def _keep(name: str, plan: Callable[[], Plan], log_line: LogLine, stop: Event, once: bool) -> None:
    def say(line: str) -> None:
        log_line(f"{name}: {line}")

    while not stop.is_set():
        try:
            with targets.choosing(targets.Choice(name)):
                return watch(plan(), say, stop, once=once)
        except IidError as error:
            say(f"✗ {error}; dicoba lagi dalam {RETRY_S:.0f} detik")
            stop.wait(RETRY_S)

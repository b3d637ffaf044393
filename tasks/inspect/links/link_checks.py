"""Checks of many links: bounded, paced by host, within one budget.

What cannot be known (the site refuses robots, the network is down) is said so; nothing here
ever changes a score.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime

from iid.tasks.inspect.links.hosts import asked_at, host_class, host_of
from iid.tasks.inspect.links.link_verdict import GONE, UNKNOWN, Verdict, judged
from iid.tasks.inspect.links.probe import Asked, Patience, ask
from iid.tasks.inspect.links.public_addresses import Network

Progress = Callable[[int, int], None]
OFFLINE = "mesin ini tampaknya tidak tersambung ke internet"


@dataclass(frozen=True, slots=True)
class Check:
    """What one look at a link said, and when (UTC, ``2026-11-24T08:30:00Z``)."""

    status: str
    detail: str
    checked_at: str


@dataclass(frozen=True, slots=True)
class Manners:
    """How the links are asked. Safety and politeness, not rules of a cycle."""

    at_once: int = 12
    host_rest_s: float = 0.25  # between the end of one question to a host and the next
    budget_s: float = 900.0  # in all; links that are left over keep what was known of them
    patience: Patience = field(default_factory=Patience)


@dataclass(slots=True)
class _Round:
    """One pass over the links."""

    network: Network
    manners: Manners
    progress: Progress
    total: int
    ends: float
    asked: dict[str, Asked] = field(default_factory=dict)

    async def host(self, links: list[str], slots: asyncio.Semaphore) -> None:
        """Ask the *links* of one host, one after the other."""
        for number, link in enumerate(links):
            if number:
                await asyncio.sleep(self.manners.host_rest_s)
            async with slots:
                if time.monotonic() < self.ends:
                    place = asked_at(link) or link
                    self.asked[link] = await ask(place, self.network, self.manners.patience)
            self.progress(len(self.asked), self.total)


def silent(_done: int, _total: int) -> None:
    """No progress wanted."""


def check_links(
    links: Iterable[str],
    *,
    network: Network | None = None,
    manners: Manners | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    progress: Progress = silent,
) -> dict[str, Check]:
    """A Check of every one of *links* that could be asked within the budget.

    Links of hosts that show strangers nothing (``ask: none``) are not asked. *network* is for
    tests alone; without it only public addresses are spoken to.
    """
    wanted = sorted({link for link in links if host_class(link)})
    asking = [link for link in wanted if asked_at(link) is not None]
    manners = manners or Manners()
    found = _Round(network or Network(), manners, progress, len(asking), time.monotonic() + manners.budget_s)
    # A thread of its own: the caller may be inside somebody else's event loop.
    with ThreadPoolExecutor(1, thread_name_prefix="iid-links") as thread:
        thread.submit(asyncio.run, _all(found, asking)).result()
    return _checks(wanted, found.asked, f"{now():%Y-%m-%dT%H:%M:%SZ}")


async def _all(found: _Round, links: list[str]) -> None:
    by_host: dict[str, list[str]] = {}
    for link in links:
        by_host.setdefault(host_of(asked_at(link) or link), []).append(link)
    slots = asyncio.Semaphore(found.manners.at_once)
    async with asyncio.TaskGroup() as tasks:
        for group in by_host.values():
            tasks.create_task(found.host(group, slots))


def _checks(wanted: list[str], asked: Mapping[str, Asked], when: str) -> dict[str, Check]:
    offline = bool(asked) and not any(one.answered for one in asked.values())
    checks = {}
    for link in wanted:
        place = asked_at(link)
        if place is None:
            verdict = Verdict(UNKNOWN, "situs ini menjawab sama, ada atau tidak ada isinya")
        elif link not in asked:
            continue
        else:
            verdict = _verdict(link, place, asked[link], offline=offline)
        checks[link] = Check(verdict.status, verdict.detail, when)
    return checks


def _verdict(link: str, place: str, asked: Asked, *, offline: bool) -> Verdict:
    if asked.reply is not None:
        return judged(link, place, asked.reply)
    verdict = asked.verdict or Verdict(UNKNOWN)
    # Where no name at all can be found, it is this machine that is cut off, not the sites that are gone.
    return Verdict(UNKNOWN, OFFLINE) if offline and verdict.status == GONE else verdict

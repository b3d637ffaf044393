"""Progress on standard error: a bar for people, plain lines elsewhere."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn

from iid.flows.telemetry import json_logs as logs

T = TypeVar("T")
#: Set by who starts a run and shows where it is: each step is a line on standard error when it begins.
STEPS = "IID_STEPS"
MARK = "› "


class Runner(Protocol):
    """Runs the steps of a page, one after the other."""

    def run(self, title: str, work: Callable[[], T]) -> T:
        """Run *work*, the step called *title*, and give its result."""
        ...

    def progress(self, done: int, total: int) -> None:
        """How far the running step is."""
        ...


class Reporter:
    """Reports each step, how far it is, how long it took, unless ``quiet``."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet = quiet or logs.wanted()  # the lines for machines are written elsewhere
        self.console = Console(stderr=True, highlight=False)
        self.live = not quiet and self.console.is_terminal
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._steps = os.environ.get(STEPS) == "1"
        self._title = ""
        self._quarters = 0

    def run(self, title: str, work: Callable[[], T]) -> T:
        """Run *work* as the step *title*."""
        started = time.monotonic()
        self._quarters, self._title = 0, title
        self._announce(title)
        if self.live:
            with Progress(
                SpinnerColumn(),
                TextColumn("{task.description}"),
                BarColumn(bar_width=24),
                MofNCompleteColumn(),
                console=self.console,
                transient=True,
            ) as bar:
                self._bar, self._task = bar, bar.add_task(title, total=None)
                result = work()
            self._bar = None
        else:
            result = work()
        if not self.quiet:
            seconds = f"{time.monotonic() - started:.1f}".replace(".", ",")
            self.console.print(f"  [green]✓[/] {title} [dim]({seconds} dtk)[/]", soft_wrap=True)
        return result

    def say(self, sentences: Iterable[str]) -> None:
        """Print *sentences*, one a line."""
        if not self.quiet:
            for sentence in sentences:
                self.console.print(f"  {sentence}", markup=False, soft_wrap=True)

    def progress(self, done: int, total: int) -> None:
        """Move the bar; without a terminal, say every quarter in a line."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done, total=total)
        elif not self.live and total >= 100 and (quarter := 4 * done // total) > self._quarters:
            self._quarters = quarter
            self._announce(f"{self._title}, {done} dari {total}")
            if not self.quiet:
                print(f"    … {done} dari {total}", file=sys.stderr, flush=True)  # noqa: T201

    def _announce(self, words: str) -> None:
        if self._steps:
            print(f"{MARK}{words}", file=sys.stderr, flush=True)  # noqa: T201

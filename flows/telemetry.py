"""Seeing inside a run: its steps as log lines for machines, as spans and metrics. Off, it costs nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from iid.flows import telemetry_logs as logs

if TYPE_CHECKING:
    from iid.flows.pipeline import Step
    from iid.flows.request import AssessRequest
    from iid.flows.telemetry_otel import Export

T = TypeVar("T")


@contextmanager
def observed(step: Step, request: AssessRequest) -> Iterator[Step]:
    """*step* as it is, or one that also says what it runs, to whom the settings name."""
    export = _export()
    if export is None and not logs.wanted():
        yield step
        return
    watcher = Observed(step, request, export)
    with ExitStack() as stack:
        stack.enter_context(logs.about(**watcher.facts))
        if export:
            stack.enter_context(export.run(watcher.facts))
        yield watcher
        watcher.published()


class Observed:
    """A :class:`iid.flows.pipeline.Step` that tells how each step went, and learns region and run."""

    def __init__(self, step: Step, request: AssessRequest, export: Export | None) -> None:
        self._step, self._export = step, export
        self._started = time.monotonic()
        self._result: Any = None
        self.facts: dict[str, Any] = {
            "cycle": request.cycle,
            "region": request.region,
            "unit": ";".join(request.units) or None,
            "run": None,
        }

    def __call__(self, title: str, run: Callable[[], T], *, network: bool = False) -> T:
        """Run the step; a failure is told and passed on."""
        started = time.monotonic()
        with ExitStack() as stack:
            if self._export:
                stack.enter_context(self._export.step(title, self.facts))
            try:
                result = self._step(title, run, network=network)
            except BaseException as error:
                self._say(str(error) or type(error).__name__, started, level="error", step=title)
                raise
        self._learn(result)
        self._say(title, started, step=title)
        return result

    def progress(self, done: int, total: int) -> None:
        """Pass on."""
        self._step.progress(done, total)

    def published(self) -> None:
        """The whole run is out: how long it took, what it found."""
        if self._export and self._result is not None:
            self._export.result(self._result, time.monotonic() - self._started)
        view = self._result.index["supported"] if self._result is not None else {}
        self._say("Terbit", self._started, index=view.get("index"), category=view.get("category"))

    def _say(self, message: str, started: float, **facts: Any) -> None:
        if logs.wanted():
            seconds = round(time.monotonic() - started, 3)
            logs.say(message, **{**self.facts, "seconds": seconds, **facts})

    def _learn(self, result: object) -> None:
        """Region and run as soon as a step's result names them."""
        for part in result if isinstance(result, tuple) else (result,):
            if hasattr(part, "run_id") and hasattr(part, "index") and hasattr(part, "marker"):
                self._result = part
                self.facts["run"] = part.run_id
            if marker := getattr(part, "marker", None):
                self.facts["region"] = marker.region


def _export() -> Export | None:
    """Where spans and metrics go, None where nobody asked for them."""
    import os

    from iid.flows.telemetry_where import ENDPOINTS, endpoint

    if not any(os.environ.get(name) for name in ENDPOINTS) and endpoint() is None:
        return None
    from iid.flows.telemetry_where import missing_extra

    if words := missing_extra():
        logs.warn(words)
        return None
    from iid.flows.telemetry_otel import Export

    return Export(endpoint())

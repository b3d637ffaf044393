"""A run's steps as log lines, spans and metrics. Off, it costs nothing."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeVar

from iid.flows.telemetry import json_logs as logs
from iid.tasks.store.lease import HELD

if TYPE_CHECKING:
    from iid.flows.telemetry.otel import Export
    from iid.flows.telemetry.progress import Runner
    from iid.tasks.assess.request import AssessRequest

T = TypeVar("T")
PING_S, PING_BYTES = 10.0, 1000


@contextmanager
def observed(runner: Runner, request: AssessRequest) -> Iterator[Runner]:
    """Yield *runner*, or one that reports to where the settings say."""
    export = _export()
    if export is None and not logs.wanted():
        yield runner
        return
    watcher = Observed(runner, request, export)
    with ExitStack() as stack:
        stack.enter_context(logs.about(**watcher.facts))
        if export:
            stack.enter_context(export.run(watcher.facts))
        yield watcher
        watcher.published()


@contextmanager
def pinged(request: AssessRequest) -> Iterator[None]:
    """Call ``ping`` when the block ends, with ``/fail`` where it failed.

    A run that another one of the region keeps waiting did not happen, so nothing is called.
    """
    try:
        yield
    except Exception as error:
        if HELD not in str(error):
            _call(request, "/fail", str(error) or type(error).__name__)
        raise
    _call(request, "", f"{request.region or ''} {request.cycle}".strip())


def _call(request: AssessRequest, tail: str, words: str) -> None:
    from urllib.parse import urlsplit
    from urllib.request import Request, urlopen

    for address in _addresses(request):
        try:
            url = address.rstrip("/") + tail
            asked = Request(url, words.encode()[:PING_BYTES], {"Content-Type": "text/plain"})  # noqa: S310
            with urlopen(asked, timeout=PING_S):  # noqa: S310  (the administrator's own address, http or https)
                pass
        except (OSError, ValueError):  # its way is often a secret, so only the host is named
            logs.warn(f"ping ke {urlsplit(address).hostname} tidak terkirim; hasil tidak terpengaruh")


def _addresses(request: AssessRequest) -> set[str]:
    """What to call for the run's target."""
    from iid.flows.settings.load import each_target
    from iid.tasks.values.errors import UsageError

    try:
        said = {
            one.ping
            for _, one in each_target()
            if one.ping
            and one.cycle in {None, request.cycle}
            and (not one.region or request.region in {None, one.region})
        }
    except UsageError:  # reported where the settings are needed
        return set()
    known = {os.environ.get(one.removeprefix("env:"), "") if one.startswith("env:") else one for one in said}
    return {one for one in known if one.startswith(("http://", "https://"))}


class Observed:
    """A runner that reports how each step went, and learns region and run."""

    def __init__(self, runner: Runner, request: AssessRequest, export: Export | None) -> None:
        self._runner, self._export = runner, export
        self._started = time.monotonic()
        self._result: Any = None
        self._heading = "Terbit"
        self.facts: dict[str, Any] = {
            "cycle": request.cycle,
            "region": request.region,
            "unit": ";".join(request.units) or None,
            "run": None,
        }

    def run(self, title: str, work: Callable[[], T]) -> T:
        """Run the step; a failure is reported and passed on."""
        started = time.monotonic()
        with ExitStack() as stack:
            if self._export:
                stack.enter_context(self._export.step(title, self.facts))
            try:
                result = self._runner.run(title, work)
            except BaseException as error:
                self._say(str(error) or type(error).__name__, started, level="error", step=title)
                raise
        self._learn(result)
        self._say(title, started, step=title)
        return result

    def progress(self, done: int, total: int) -> None:
        """Pass on."""
        self._runner.progress(done, total)

    def published(self) -> None:
        """Report that the run is published: how long it took, what it found."""
        if self._result is None:
            return
        if self._export:
            self._export.result(self._result, time.monotonic() - self._started)
        view = self._result.index["supported"]
        self._say(self._heading, self._started, index=view.get("index"), category=view.get("category"))

    def _say(self, message: str, started: float, **facts: Any) -> None:
        if logs.wanted():
            seconds = round(time.monotonic() - started, 3)
            logs.say(message, **{**self.facts, "seconds": seconds, **facts})

    def _learn(self, result: object) -> None:
        """Region and run as soon as a step's result names them."""
        for part in result if isinstance(result, tuple) else (result,):
            if stays := getattr(part, "standing", None):
                self._result, self.facts["run"], self._heading = stays, stays.run_id, "Tidak berubah"
            if hasattr(part, "run_id") and hasattr(part, "index") and hasattr(part, "marker"):
                self._result = part
                self.facts["run"] = part.run_id
            if marker := getattr(part, "marker", None):
                self.facts["region"] = marker.region


def _export() -> Export | None:
    """Where spans and metrics go, None where they are not asked for."""
    from iid.tasks.operate.health.programs import ENDPOINTS

    named = any(os.environ.get(name) for name in ENDPOINTS)
    endpoint = None if named or os.environ.get("OTEL_SDK_DISABLED") == "true" else _endpoint()
    if not named and endpoint is None:
        return None
    if words := _missing_extra():
        logs.warn(words)
        return None
    from iid.flows.telemetry.otel import Export

    return Export(endpoint)


def _endpoint() -> str | None:
    """Return ``[telemetry] endpoint`` of the settings; None if unset."""
    from iid.flows.settings.load import load_settings
    from iid.tasks.values.errors import UsageError

    try:
        return load_settings().telemetry.endpoint
    except UsageError:  # reported where the settings are needed
        return None


def _missing_extra() -> str:
    """What to install where it is not; "" where all is there."""
    names = ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")
    try:
        lacking = any(find_spec(name) is None for name in names)
    except ModuleNotFoundError:
        lacking = True
    return (
        "telemetri dinyalakan, tetapi paketnya tidak ada; pasang: pip install 'iid[otel]'" if lacking else ""
    )

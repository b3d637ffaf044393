"""Log lines: a JSON object each on stderr, where ``log_format`` is json.

Each has ``at`` (UTC), ``level``, ``message`` and what is known by then: region, cycle, run, unit, step.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

FORMATS = ("human", "json")
VARIABLE = "IID_LOG_FORMAT"
HELP = "Bentuk baris catatan: human, atau json (satu objek JSON per baris)."

_FORMAT: ContextVar[str | None] = ContextVar("log_format", default=None)
_FACTS: ContextVar[tuple[tuple[str, object], ...]] = ContextVar("log_facts", default=())


def wanted() -> bool:
    """Report if lines are for machines: option, ``IID_LOG_FORMAT``, iid.toml."""
    chosen = _FORMAT.get() or os.environ.get(VARIABLE)
    if chosen is None:
        from iid.flows.settings.load import read_file
        from iid.tasks.values.errors import UsageError

        try:
            chosen = str(read_file().get("log_format", "human"))
        except UsageError:  # reported where the settings are read
            chosen = "human"
    return chosen == "json"


@contextmanager
def form(chosen: str | None) -> Iterator[None]:
    """Give lines in the block the *chosen* form; None: as the settings say."""
    token = _FORMAT.set(chosen or _FORMAT.get())
    try:
        yield
    finally:
        _FORMAT.reset(token)


def choose(chosen: str | None) -> None:
    """Give lines from here the *chosen* form, to the end of :func:`form`."""
    _FORMAT.set(chosen or _FORMAT.get())


@contextmanager
def about(**facts: object) -> Iterator[None]:
    """Lines inside the block carry these facts as well; None is left out."""
    known = dict(_FACTS.get()) | {key: value for key, value in facts.items() if value is not None}
    token = _FACTS.set(tuple(known.items()))
    try:
        yield
    finally:
        _FACTS.reset(token)


def line(message: str, *, level: str = "info", **facts: object) -> str:
    """Write a JSON object of *message*, what is known, and *facts* (no None)."""
    head = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "level": level, "message": message}
    known = dict(_FACTS.get()) | {key: value for key, value in facts.items() if value is not None}
    return json.dumps(head | known, ensure_ascii=False, default=str)


def say(message: str, *, level: str = "info", **facts: object) -> None:
    """Write :func:`line` at once."""
    sys.stderr.write(line(message, level=level, **facts) + "\n")
    sys.stderr.flush()


def warn(message: str) -> None:
    """Warn, in the wanted form, of what does not matter for the numbers."""
    if wanted():
        say(message, level="warning")
    else:
        sys.stderr.write(f"iid: {visible(message)}\n")


def visible(text: str) -> str:
    """Return *text* without signs that a terminal obeys; names may have them."""
    from iid.tasks.values.share_paths import printable

    return "\n".join(map(printable, text.split("\n")))


def line_printer(text: str) -> None:
    """Write a service's line on standard output, as an object for machines."""
    sys.stdout.write(line(text, level=level_of(text)) + "\n")
    sys.stdout.flush()


def level_of(text: str) -> str:
    """Return the level that a line's first sign means: ``✗ …``, ``! …``."""
    return {"✗": "error", "!": "warning"}.get(text.lstrip()[:1], "info")

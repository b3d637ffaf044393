"""What was sent by which channel, stored here: restarts repeat nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

VERSION = 1
DIGITS = 16


@dataclass(slots=True)
class Reported:
    """What one channel was sent about one region and cycle.

    ``days``: the last day by cause. ``seen``: digests of findings by cause. ``index``: as it was last sent.
    """

    days: dict[str, str] = field(default_factory=dict)
    seen: dict[str, list[str]] = field(default_factory=dict)
    index: str = ""

    def may(self, cause: str, today: date) -> bool:
        """Whether *cause* was not sent today yet."""
        return self.days.get(cause) != today.isoformat()

    def new(self, cause: str, present: Iterable[str]) -> set[str]:
        """Those of *present* that were not sent under *cause*."""
        return set(present) - set(self.seen.get(cause, ()))

    def forget_gone(self, cause: str, present: Iterable[str]) -> None:
        """Forget what is gone: it counts as new when it comes back."""
        if kept := sorted(set(self.seen.get(cause, ())) & set(present)):
            self.seen[cause] = kept
        else:
            self.seen.pop(cause, None)


class Memory:
    """A file for a region and cycle of a store; if lost, messages repeat."""

    def __init__(self, folder: Path, *of: object) -> None:
        self.file = folder / f"{digest(*of)}.json"
        self._all = self._read()

    def of(self, channel: str) -> Reported:
        """What *channel* (its key) was sent; changes are kept by :meth:`save`."""
        return self._all.setdefault(channel, Reported())

    def save(self) -> None:
        """Write it, whole or not at all. OSError when this machine cannot."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        content = {
            "version": VERSION,
            "channels": {
                key: {"days": reported.days, "seen": reported.seen, "index": reported.index}
                for key, reported in sorted(self._all.items())
            },
        }
        temporary = self.file.with_name(f"{self.file.name}.{uuid4().hex}.tmp")
        try:
            temporary.write_text(json.dumps(content, sort_keys=True), encoding="utf-8")
            temporary.replace(self.file)
        finally:
            temporary.unlink(missing_ok=True)

    def _read(self) -> dict[str, Reported]:
        try:
            content: Any = json.loads(self.file.read_text(encoding="utf-8"))
            if content["version"] != VERSION:
                return {}
            return {
                str(key): Reported(
                    dict(one["days"]), {k: list(v) for k, v in one["seen"].items()}, str(one["index"])
                )
                for key, one in content["channels"].items()
            }
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return {}


def digest(*parts: object) -> str:
    """A short name for *parts*."""
    text = "\0".join(map(str, parts))
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:DIGITS]

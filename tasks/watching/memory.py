"""What a watcher has handled, kept on this machine, so that a restart loses nothing."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from uuid import uuid4

from iid.tasks.watching.snapshots import Snapshot

VERSION = 1


def memory_file(folder: Path, *of: object) -> Path:
    """One file for each share, store and cycle."""
    name = hashlib.sha256("\0".join(map(str, of)).encode("utf-8", "surrogateescape")).hexdigest()[:24]
    return folder / f"{name}.json"


def recall(file: Path) -> Snapshot | None:
    """What was remembered, or None: a missing or damaged memory costs time, never a result."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if content["version"] != VERSION:
            return None
        return {str(path): (int(size), float(when)) for path, (size, when) in content["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def remember(file: Path, snapshot: Snapshot) -> None:
    """Keep *snapshot*, whole or not at all. OSError when this machine cannot."""
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(f"{file.name}.{uuid4().hex}.tmp")
    try:
        temporary.write_text(json.dumps({"version": VERSION, "files": snapshot}), encoding="utf-8")
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)

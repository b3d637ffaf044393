"""Versions of the program and of the libraries that can change a result."""

from __future__ import annotations

import hashlib
import importlib.metadata
from functools import cache
from importlib.resources import files
from pathlib import Path

#: Packages whose version can change a result; named in the manifest and in the run's digest.
VERSIONED = (
    *("iid", "pandas", "great-expectations", "pypdfium2", "pillow"),
    *("python-calamine", "xlrd", "msoffcrypto-tool"),
)


@cache
def versions() -> dict[str, str]:
    """Return the versions of packages that count, and our code's digest.

    With the code's digest in it, a run of changed templates or rules never claims an old run's id.
    """
    found = {name: importlib.metadata.version(name) for name in VERSIONED}
    return found | {"code": _code_digest()}


def _code_digest() -> str:
    digest = hashlib.sha256()
    for room in ("iid.expectations", "iid.tasks", "iid.flows"):
        root = Path(str(files(room)))
        for path in sorted(p for p in root.rglob("*") if p.is_file() and "__pycache__" not in p.parts):
            digest.update(f"{room}/{path.relative_to(root).as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]

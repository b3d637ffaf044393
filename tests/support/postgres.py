"""A real PostgreSQL cluster for tests: private folder, Unix socket only, gone when the test ends."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from background import until

NOBODY = 65534  # the server refuses to run as root


def programs() -> Path | None:
    """Folder of initdb and postgres, the newest version; None where PostgreSQL is not installed."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    return max([*folders, *Path("/usr/lib/postgresql").glob("*/bin")], default=None, key=str)


def _owner() -> dict[str, Any]:
    root = os.geteuid() == 0
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if root else {}


@contextmanager
def postgres() -> Iterator[str]:
    """Start a cluster; gives the address as Prefect wants it (``postgresql+asyncpg://…``)."""
    binaries = programs()
    assert binaries, "PostgreSQL is not installed"
    folder = Path(tempfile.mkdtemp(prefix="iid-pg-"))  # not pytest's: nobody may not look into that
    owner = _owner()
    if owner:
        os.chown(folder, NOBODY, NOBODY)
    # A user without a home and a locale of no machine; C is everywhere.
    quiet: dict[str, Any] = {**owner, "cwd": folder, "env": {"PATH": os.environ["PATH"], "LC_ALL": "C"}}
    made = ("-D", "data", "-U", "iid", "-E", "UTF8", "--auth=trust", "--no-sync", "--no-instructions")
    subprocess.run([binaries / "initdb", *made], check=True, capture_output=True, **quiet)
    options = ("-D", "data", "-k", str(folder), "-h", "", "-F", "-c", "max_connections=60")
    with (folder / "postgres.log").open("wb") as log:
        process = subprocess.Popen([binaries / "postgres", *options], stdout=log, stderr=log, **quiet)
    try:
        until((folder / ".s.PGSQL.5432").exists, why=(folder / "postgres.log").read_text)
        ready = [binaries / "pg_isready", "-q", "-h", folder]
        until(lambda: subprocess.run(ready, check=False).returncode == 0)
        subprocess.run([binaries / "createdb", "-h", folder, "-U", "iid", "iid"], check=True)
        yield f"postgresql+asyncpg://iid@/iid?host={folder}"
    finally:
        process.send_signal(signal.SIGINT)  # fast: does not wait for clients that are still connected
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)

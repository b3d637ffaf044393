"""Questions to a real Prefect server, asked as patiently as Prefect's own client asks them."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

from background import until

#: A server on SQLite answers this ("database is locked") for as long as a slow disk holds up a write.
BUSY = 503
PATIENCE_S = 300


def ask(api: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """The answer of the server; POST with a *body*, else GET. A server that is busy is asked again."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(  # noqa: S310 (our own loopback server)
        f"{api}{path}", data, {"Content-Type": "application/json"}
    )

    def answer() -> tuple[Any] | None:
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as found:  # noqa: S310
                return (json.load(found),)
        except urllib.error.HTTPError as error:
            if error.code != BUSY:
                raise
            return None

    return until(answer, PATIENCE_S, why=lambda: f"{path} is busy")[0]

"""Requests to the rclone process of a network drive, started on demand."""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from iid.tasks.shares.rclone_errors import Fault, TroubleError, trouble_of
from iid.tasks.shares.rclone_process import Connection, Life
from iid.tasks.shares.remotes import Remote
from iid.tasks.shares.timeouts import Patience

_SILENCE = 10  # times the drive's own timeout: then rclone itself hangs


class Daemon:
    """Talks to rclone about one remote; used by many threads at once."""

    def __init__(self, remote: Remote, patience: Patience) -> None:
        self._remote = remote
        self._patience = patience
        self._silence = patience.timeout * _SILENCE
        self._lock = threading.Lock()
        self._life: Life | None = None

    def ask(self, method: str, path: str = "", **params: Any) -> dict[str, Any]:
        """Ask rclone's remote control *method*; *path* is for messages."""
        with self._talking() as connection:
            connection.request("POST", f"/{method}", json.dumps(params), {"Content-Type": "application/json"})
            response = connection.getresponse()
            answer: dict[str, Any] = json.loads(response.read())
        if response.status != http.client.OK:
            raise self._trouble(answer, path)
        return answer

    def stream(self, fs: str, path: str, start: int = 0) -> http.client.HTTPResponse | None:
        """Stream a file's bytes from *start*; None when rclone does not say why."""
        with self._talking(keep=True) as connection:
            headers = {"Connection": "close"} | ({"Range": f"bytes={start}-"} if start else {})
            connection.request("GET", "/" + quote(f"[{fs}]{path}"), headers=headers)
            response = connection.getresponse()
            if response.status in {http.client.OK, http.client.PARTIAL_CONTENT}:
                return response
            body = response.read()
            connection.close()
        if not (response.getheader("Content-Type") or "").startswith("application/json"):
            return None
        raise self._trouble(json.loads(body), path)

    def renew(self) -> None:
        """Forget the connections of the drive: after a break they may all be dead."""
        with contextlib.suppress(TroubleError):
            self.ask("fscache/clear")

    @property
    def process(self) -> int:
        """Id of the running rclone's keeper, 0 when none runs."""
        return self._life.keeper.pid if self._life else 0

    @property
    def folder(self) -> Path | None:
        """The private folder of the running rclone."""
        return self._life.folder if self._life else None

    def _trouble(self, answer: dict[str, Any], path: str) -> TroubleError:
        return trouble_of(
            str(answer.get("error", "")), path, tuple(secret for _, secret in self._remote.secrets)
        )

    @contextlib.contextmanager
    def _talking(self, *, keep: bool = False) -> Iterator[http.client.HTTPConnection]:
        """Connect to the process; after a broken connection it counts as dead."""
        life = self._alive()
        connection = Connection(life.socket, self._silence)
        try:
            yield connection
        except (OSError, http.client.HTTPException, ValueError) as error:
            connection.close()
            self._bury(life)
            raise TroubleError(Fault.AWAY, "program rclone berhenti di tengah pekerjaan") from error
        except BaseException:
            connection.close()
            raise
        if not keep:
            connection.close()

    def _alive(self) -> Life:
        with self._lock:
            if self._life is not None and not self._life.alive():
                self._life.end()
                self._life = None
            if self._life is None:
                life = Life(self._remote, self._patience)
                try:
                    life.begin()
                except BaseException:
                    life.end()
                    raise
                self._life = life
            return self._life

    def _bury(self, life: Life) -> None:
        with self._lock:
            if self._life is life and not life.answers(within=min(5, self._silence)):
                life.kill()
                self._life = None


_DAEMONS: weakref.WeakValueDictionary[tuple[object, ...], Daemon] = weakref.WeakValueDictionary()
_LOCK = threading.Lock()


def daemon_of(remote: Remote, patience: Patience) -> Daemon:
    """Return the one process of an account; it ends with its last drive."""
    key = (*remote.account, patience)
    with _LOCK:
        daemon = _DAEMONS.get(key)
        if daemon is None:
            daemon = _DAEMONS[key] = Daemon(remote, patience)
        return daemon

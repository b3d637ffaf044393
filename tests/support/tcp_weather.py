"""A real TCP proxy on loopback that makes bad weather before any server, whatever it speaks."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_CHUNK = 1 << 16


class Link:
    """The network between us and the server at *target*; listens on ``port``."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._lock = threading.Lock()
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._cut_at: list[int] = []
        self._seen = 0
        self._stalled: set[tuple[socket.socket, socket.socket]] = set()
        self._stall_at: int | None = None
        self.away = False
        self.rate: int | None = None  # bytes a second from the server
        self.cuts = 0
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_after(self, *counts: int) -> None:
        """Cut the connection that carries the n-th byte from now on; then the next, counted from there."""
        with self._lock:
            self._seen, self._cut_at = 0, list(counts)

    def stall_after(self, count: int) -> None:
        """From the n-th byte on, the connection that carries it says nothing more, and stays open."""
        with self._lock:
            self._seen, self._stall_at = 0, count

    def break_all(self) -> None:
        """Cut every connection there is, as a router does with idle ones."""
        with self._lock:
            pairs = list(self._pairs)
        for pair in pairs:
            _reset(pair)

    def close(self) -> None:
        """No more weather."""
        self._listener.close()
        self.break_all()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                self.connections += 1
                if self.away:
                    _reset((near, near))
                    continue
                try:
                    far = socket.create_connection(("127.0.0.1", self._target))
                except OSError:
                    _reset((near, near))
                    continue
                pair = (near, far)
                for end in pair:
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with self._lock:
                    self._pairs.add(pair)
                for source, sink, counted in ((near, far, False), (far, near, True)):
                    threading.Thread(
                        target=self._pump, args=(source, sink, pair, counted), daemon=True
                    ).start()

    def _pump(
        self,
        source: socket.socket,
        sink: socket.socket,
        pair: tuple[socket.socket, socket.socket],
        counted: bool,
    ) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(_CHUNK):
                if counted and not self._passes(len(data), pair):
                    break
                if counted and self.rate:
                    time.sleep(len(data) / self.rate)
                if pair not in self._stalled:
                    sink.sendall(data)
        _reset(pair)
        with self._lock:
            self._pairs.discard(pair)

    def _passes(self, count: int, pair: tuple[socket.socket, socket.socket]) -> bool:
        with self._lock:
            self._seen += count
            if self._stall_at is not None and self._seen >= self._stall_at:
                self._stall_at = None
                self._stalled.add(pair)
            if self._cut_at and self._seen >= self._cut_at[0]:
                del self._cut_at[0]
                self._seen = 0
                self.cuts += 1
                return False
        return True


@contextmanager
def link_to(target: int) -> Iterator[Link]:
    """A network to the server that listens on port *target*."""
    link = Link(target)
    try:
        yield link
    finally:
        link.close()


def _reset(pair: tuple[socket.socket, socket.socket]) -> None:
    """Close both ends at once, without a goodbye."""
    for end in pair:
        with contextlib.suppress(OSError):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            end.shutdown(socket.SHUT_RDWR)
        end.close()

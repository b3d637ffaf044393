"""Messages between the run and its workers: two lengths, JSON, raw bytes.

JSON and not pickle: the answers come from a process that opened hostile files.
"""

from __future__ import annotations

import json
import struct
from typing import Any, BinaryIO

_LENGTHS = struct.Struct(">II")
HEADER = _LENGTHS.size


def packed(message: dict[str, Any], blob: bytes = b"") -> bytes:
    """*message* and *blob* as one frame."""
    body = json.dumps(message, separators=(",", ":")).encode("ascii")
    return _LENGTHS.pack(len(body), len(blob)) + body + blob


def write(stream: BinaryIO, message: dict[str, Any], blob: bytes = b"") -> None:
    """Write one frame and flush."""
    stream.write(packed(message, blob))
    stream.flush()


def read(stream: BinaryIO) -> tuple[dict[str, Any], bytes]:
    """The next frame. Raises EOFError at the end of the stream."""
    frame = read_or_end(stream)
    if frame is None:
        raise EOFError
    return frame


def read_or_end(stream: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    """The next frame, or None at the end of the stream."""
    header = stream.read(HEADER)
    if len(header) < HEADER:
        return None
    length, extra = _LENGTHS.unpack(header)
    return json.loads(stream.read(length)), stream.read(extra)


def unpacked(frame: bytes, body: int) -> tuple[dict[str, Any], bytes]:
    """Return a frame's message and blob. ValueError if it is no JSON object."""
    try:
        message = json.loads(frame[:body])
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(message, dict):
        raise ValueError("not an object")
    return message, frame[body:]


def lengths(header: bytes | bytearray) -> tuple[int, int]:
    """Lengths of the JSON and of the bytes that follow *header*."""
    body, blob = _LENGTHS.unpack_from(header)
    return body, blob

"""Which kinds of host key ``known_hosts`` holds for a server.

A server has several keys and offers the kind that the client prefers. Without asking for
the kind we know, a known server looks like a stranger.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from pathlib import Path

_PORT = 22
_RSA = ("rsa-sha2-512", "rsa-sha2-256")  # how a key of kind ssh-rsa is used today


def algorithms_of(known_hosts: Path, host: str, port: int) -> tuple[str, ...]:
    """Algorithms to ask of *host*; empty when the file does not know it (or cannot be read)."""
    try:
        lines = known_hosts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ()
    wanted = host.lower() if port == _PORT else f"[{host.lower()}]:{port}"
    kinds = [kind for names, kind in map(_entry, lines) if names and _names(names, wanted)]
    return tuple(dict.fromkeys(name for kind in kinds for name in (_RSA if kind == "ssh-rsa" else (kind,))))


def _entry(line: str) -> tuple[str, str]:
    """Names and kind of key of one line; empty for comments, revoked keys and authorities."""
    words = line.split()
    if len(words) < 3 or words[0].startswith(("#", "@")):
        return "", ""
    return words[0], words[1]


def _names(names: str, wanted: str) -> bool:
    """Whether the first field of a line, plain or hashed (``|1|salt|hash``), means *wanted*."""
    if not names.startswith("|1|"):
        return wanted in names.lower().split(",")
    try:
        salt, digest = (base64.b64decode(part, validate=True) for part in names.split("|")[2:4])
    except (ValueError, binascii.Error):
        return False
    return hmac.compare_digest(hmac.new(salt, wanted.encode(), hashlib.sha1).digest(), digest)

"""Faults of a network drive, sorted by what must follow.

rclone answers with English sentences of six protocols. Each is one of a few faults here:
a fact about one file (absent, a folder, refused), a reason to stop at once (locked out),
or weather (away), which is waited out.
"""

from __future__ import annotations

import re
from enum import Enum

from iid.tasks.values.share_paths import printable


class Fault(Enum):
    """What a failed call means."""

    ABSENT = "absent"
    FOLDER = "folder"  # asked for a file, found a folder
    REFUSED = "refused"  # this file or folder may not be read or written
    LOCKED_OUT = "locked out"  # wrong password, unknown host key, no such share: trying again is no use
    AWAY = "away"  # no connection, no answer, too busy
    ODD = "odd"  # anything else the server said


class TroubleError(Exception):
    """A call to the drive failed; ``words`` are for people, in Indonesian."""

    def __init__(self, fault: Fault, words: str) -> None:
        super().__init__(words)
        self.fault = fault
        self.words = words


_Rule = tuple[str, Fault, str]
#: In this order: the first pattern found in what rclone says decides.
_RULES: tuple[_Rule, ...] = (
    (r"knownhosts: key is unknown|no matching host key", Fault.LOCKED_OUT, "kunci host-nya belum dikenal"),
    (r"knownhosts: key mismatch", Fault.LOCKED_OUT, "kunci host-nya BERBEDA dari yang dikenal"),
    (
        r"unable to authenticate|no supported methods remain|logon is invalid|logon failure|"
        r"bad username or authentication|\b401\b|InvalidAccessKeyId|SignatureDoesNotMatch|invalid_grant|"
        r"couldn't fetch token|ExpiredToken|user account has been (?:disabled|automatically locked)",
        Fault.LOCKED_OUT,
        "masuk ditolak: nama pengguna, kata sandi atau kuncinya tidak diterima",
    ),
    (
        r"no EC2 IMDS role found|failed to refresh cached credentials|couldn't connect to ssh-agent|"
        r"empty token found|failed to (?:read|parse) private key",
        Fault.LOCKED_OUT,
        "tidak ada kredensial yang dapat dipakai",
    ),
    (
        r"network name cannot be found|bad network name",
        Fault.LOCKED_OUT,
        "nama share tidak ada di server itu",
    ),
    (r"NoSuchBucket", Fault.LOCKED_OUT, "bucket tidak ada"),
    (r"x509:|certificate", Fault.LOCKED_OUT, "sertifikat TLS server tidak dapat dipercaya"),
    (r"is a directory not a file", Fault.FOLDER, "adalah folder"),
    (
        r"no space left|disk full|\b507\b|storageQuotaExceeded|disk quota",
        Fault.REFUSED,
        "ruang penyimpanannya habis",
    ),
    (r"connection refused", Fault.AWAY, "sambungan ditolak"),
    (r"no such host|server misbehaving|name resolution", Fault.AWAY, "nama servernya tidak ditemukan"),
    (r"no route to host|network is (?:unreachable|down)", Fault.AWAY, "jaringannya tidak sampai"),
    (
        r"i/o timeout|deadline exceeded|timed? ?out|handshake timeout",
        Fault.AWAY,
        "tidak menjawab pada waktunya",
    ),
    (
        r"connection reset|broken pipe|\bEOF\b|connection lost|use of closed|connection (?:was )?closed|"
        r"handshake failed|session (?:deleted|expired|closed)|context canceled|transport|IncompleteBody|"
        r"network session was deleted|client disconnected|closed idle connection|server closed|GOAWAY|"
        r"connection aborted|unexpected end of",
        Fault.AWAY,
        "sambungannya terputus",
    ),
    (
        r"\b(?:408|429|500|502|503|504)\b|SlowDown|InternalError|ServiceUnavailable|rateLimit|quota|"
        r"too many requests|insufficient (?:server )?resources",
        Fault.AWAY,
        "server sedang sibuk atau terganggu",
    ),
    (
        r"\b423\b|locked|sharing violation|being used by another",
        Fault.REFUSED,
        "sedang dikunci oleh program lain",
    ),
    (r"permission denied|access.?denied|\b403\b|forbidden", Fault.REFUSED, "hak akses ditolak"),
    (r"read-?only|write.?protected", Fault.REFUSED, "hanya boleh dibaca"),
    (r"not found|no such file|does not exist|object name not found", Fault.ABSENT, "tidak ada"),
    (r"object name is invalid", Fault.ODD, "namanya tidak dapat dibuka lewat drive ini"),
)


def trouble_of(text: str, path: str = "", secrets: tuple[str, ...] = ()) -> TroubleError:
    """What rclone's *text* about *path* means.

    Words we have no Indonesian for are quoted, without any of *secrets*. The path itself is
    taken out first: a file may be called ``surat 404 not found.pdf``.
    """
    for name in (path, path.partition("/")[2]):
        if name:
            text = re.sub(rf"(?<=[\s\"'/]){re.escape(name)}(?=[\"'\s:,]|$)", "…", f" {text}").strip()
    for pattern, fault, words in _RULES:
        if re.search(pattern, text, re.IGNORECASE):
            return TroubleError(fault, words)
    for secret in filter(None, secrets):
        text = text.replace(secret, "***")
    return TroubleError(Fault.ODD, f'server menjawab "{printable(text)[:200]}"')

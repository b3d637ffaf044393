"""System errors about a file or an address, in Indonesian.

Frequent reasons are plain words; for rarer ones the system's own name is in brackets, so that
an administrator can look it up. Its English sentences are never shown.
"""

from __future__ import annotations

import os
from errno import (
    EACCES,
    EADDRINUSE,
    EADDRNOTAVAIL,
    EBUSY,
    ECONNREFUSED,
    ECONNRESET,
    EDQUOT,
    EFBIG,
    EHOSTDOWN,
    EHOSTUNREACH,
    EINVAL,
    EIO,
    EISDIR,
    ELOOP,
    EMFILE,
    ENAMETOOLONG,
    ENETUNREACH,
    ENFILE,
    ENODEV,
    ENOENT,
    ENOMEM,
    ENOSPC,
    ENOTCONN,
    ENOTDIR,
    ENXIO,
    EPERM,
    EPIPE,
    EROFS,
    ESTALE,
    ETIMEDOUT,
    ETXTBSY,
    errorcode,
)
from socket import gaierror

_WORDS = {
    EACCES: "hak baca ditolak",
    ENOENT: "tidak ada",
    ENOTDIR: "bukan folder",
    ENAMETOOLONG: "namanya terlalu panjang",
    ELOOP: "tautan berputar",
    EISDIR: "itu folder, bukan berkas",
    EROFS: "tempatnya hanya dapat dibaca",
    ENOSPC: "ruang disk habis",
    EDQUOT: "kuota disk habis",
    EADDRINUSE: "sudah dipakai program lain",
    EADDRNOTAVAIL: "bukan alamat mesin ini",
}
_UNREACHED = "servernya tidak dapat dijangkau"
_AWAY = "share-nya tidak terhubung"
_BROKEN = "sambungannya terputus"
_BUSY = "sedang dipakai program lain"
_TOO_MANY = "terlalu banyak berkas terbuka di mesin ini"
#: Reported with the system's name for it.
_RARER = {
    EPERM: "tidak diizinkan oleh sistem",
    EIO: "galat baca-tulis pada disk atau jaringan",
    ESTALE: "share-nya terputus dan perlu dipasang ulang",
    ETIMEDOUT: "tidak menjawab pada waktunya",
    **dict.fromkeys((EHOSTDOWN, EHOSTUNREACH, ENETUNREACH), _UNREACHED),
    **dict.fromkeys((ENOTCONN, ENODEV, ENXIO), _AWAY),
    **dict.fromkeys((ECONNRESET, EPIPE), _BROKEN),
    **dict.fromkeys((EBUSY, ETXTBSY), _BUSY),
    **dict.fromkeys((EMFILE, ENFILE), _TOO_MANY),
    ECONNREFUSED: "sambungannya ditolak",
    EFBIG: "berkasnya terlalu besar untuk tempat itu",
    EINVAL: "permintaannya tidak diterima tempat itu",
    ENOMEM: "memori mesin ini habis",
}
_NOT_WRITTEN = {EACCES: "hak tulis ditolak", ENOENT: "foldernya tidak ada; buat dahulu"}


def why(error: OSError) -> str:
    """The reason in Indonesian; our own words stay as they are."""
    code = error.errno
    if isinstance(error, gaierror):
        return "nama servernya tidak ditemukan"
    if code is None:
        return str(error) or f"galat sistem ({type(error).__name__})"
    if error.strerror and error.strerror != os.strerror(code):
        return str(error.strerror)
    return _WORDS.get(code) or f"{_RARER.get(code, 'galat sistem')} ({errorcode.get(code, code)})"


def why_unwritten(error: OSError) -> str:
    """The same for a file that could not be written."""
    return _NOT_WRITTEN.get(error.errno or 0) or why(error)


def said(error: Exception) -> str:
    """Return *error* as a note: a system's error in Indonesian with its file."""
    if not isinstance(error, OSError):
        return str(error)
    name = error.filename
    return f"{os.fsdecode(name)}: {why(error)}" if isinstance(name, str | bytes) and name else why(error)

"""Names in a store: which are allowed, and what kind of content they name."""

from __future__ import annotations

from pathlib import PurePosixPath

from iid.tasks.store.store import BINARY
from iid.tasks.values.errors import StoreError

MAX_KEY = 1024  # bytes; the limit of S3
MAX_NAME = 255  # bytes; the limit of common file systems
TEMP_PREFIX = ".iid-tmp-"  # names of half-written files on a folder store

#: Fixed here, because the ``mimetypes`` module answers from files of the machine.
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".yaml": "application/yaml",
}


def content_type_of(key: str) -> str:
    """The media type a browser needs for *key*, by its ending."""
    return CONTENT_TYPES.get(PurePosixPath(key).suffix.lower(), BINARY)


def check_key(key: str) -> str:
    """Return *key* if every store allows it; else StoreError with the fault."""
    problem = _problem(key)
    if problem:
        raise StoreError(f"nama objek {key[:80]!r} tidak boleh dipakai di penyimpanan: {problem}")
    return key


def check_prefix(prefix: str) -> str:
    """*prefix* itself when it is ``""`` or the beginning of a safe key."""
    if prefix:
        check_key(f"{prefix}x")
    return prefix


def _problem(key: str) -> str:
    try:
        length = len(key.encode("utf-8"))
    except UnicodeEncodeError:
        return "memuat karakter yang bukan UTF-8"
    if not key or length > MAX_KEY:
        return f"panjangnya harus 1 sampai {MAX_KEY} byte"
    if any(ord(letter) < 0x20 or ord(letter) == 0x7F for letter in key) or "\\" in key:
        return "memuat karakter kendali atau garis miring terbalik"
    return next(filter(None, map(_problem_of_part, key.split("/"))), "")


def _problem_of_part(name: str) -> str:
    if name in {"", ".", ".."}:
        return 'bagian kosong, "." dan ".." tidak boleh ada'
    if len(name.encode("utf-8")) > MAX_NAME:
        return f"satu bagian lebih dari {MAX_NAME} byte"
    if name.startswith(TEMP_PREFIX):
        return f"awalan {TEMP_PREFIX} dipakai untuk berkas sementara"
    return ""

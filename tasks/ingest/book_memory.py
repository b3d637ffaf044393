"""What workbooks said, kept in the store by content and by the version of all that reads them.

It is below ``<region>/<cycle>/_workbooks/`` and is a cache: lost, cut or spoilt parts cost time,
never a result. Every object holds what was learnt since the one before, and bears the version
and the hash of its own bytes in its name; when they become many, they are merged.
"""

from __future__ import annotations

import hashlib
import json
import logging
import zlib

from iid.tasks.store.store import Store
from iid.tasks.values.errors import StoreError

_log = logging.getLogger(__name__)
_FOLDER = "_workbooks"
_SEGMENTS = 8  # past that, all are merged
_UNSAVED = 500  # workbooks that a killed run reads again at most
_MOST = 1024**3  # bytes of one object unpacked: a cut or forged one is no reason to fill the memory

Key = tuple[str, str]  # hash of the content, aspect it was read as


class BookMemory:
    """Parsed workbooks (:mod:`iid.tasks.ingest.parsed_json`) by content and aspect."""

    def __init__(self, store: Store, prefix: str, version: str) -> None:
        """Load what is known below *prefix* for *version*; with another one it is read anew."""
        self._store, self._folder = store, f"{prefix}/{_FOLDER}/"
        self._version = hashlib.sha256(version.encode()).hexdigest()[:16]
        self._said: dict[Key, str] = {}
        self._used: set[Key] = set()
        self._fresh: dict[Key, str] = {}
        self._segments: list[str] = []
        for key in self._keys():
            if key.startswith(f"{self._folder}{self._version}-"):
                self._load(key)

    def recall(self, key: Key) -> str | None:
        """What the workbook of that content said, or None."""
        said = self._said.get(key)
        if said is not None:
            self._used.add(key)
        return said

    def learn(self, key: Key, said: str) -> None:
        """Keep what a workbook said; durable from time to time, and with :meth:`save`."""
        self._said[key] = self._fresh[key] = said
        self._used.add(key)
        if len(self._fresh) >= _UNSAVED:
            self._write(self._fresh)

    def save(self) -> None:
        """Write what is new, and merge where much is outdated; nothing where nothing is new."""
        if not self._fresh:
            return
        self._write(self._fresh)
        if len(self._segments) > _SEGMENTS or len(self._said) > 2 * len(self._used):
            self._segments = []
            self._write({key: said for key, said in self._said.items() if key in self._used})
        self._tidy()

    def _keys(self) -> list[str]:
        try:
            return list(self._store.keys(self._folder))
        except StoreError as error:
            _log.warning("buku kerja: ingatan tidak terbaca (%s); semua dibaca lagi", error)
            return []

    def _load(self, key: str) -> None:
        try:
            data = self._store.get(key)
            if _digest(data) not in key:
                raise ValueError("its bytes are not those that were written")
            rows = json.loads(zlib.decompressobj().decompress(data, _MOST))
            self._said.update({(str(sha256), str(aspect)): str(said) for sha256, aspect, said in rows})
        except (StoreError, KeyError, TypeError, ValueError, zlib.error, RecursionError) as error:
            _log.warning("Workbooks remembered in %s are ignored (%s) and read anew.", key, error)
            return
        self._segments.append(key)

    def _write(self, rows: dict[Key, str]) -> None:
        text = json.dumps([[*key, said] for key, said in sorted(rows.items())], separators=(",", ":"))
        data = zlib.compress(text.encode(), 1)
        key = f"{self._folder}{self._version}-{_digest(data)}.json.z"
        try:
            self._store.put(key, data)
        except StoreError as error:
            _log.warning("buku kerja: ingatan tidak dapat disimpan (%s); berikutnya dibaca lagi", error)
            return
        self._segments.append(key)
        self._fresh = {}

    def _tidy(self) -> None:
        """Remove what is of another version, or was merged."""
        for key in self._keys():
            if key not in self._segments:
                try:
                    self._store.delete(key)
                except StoreError as error:
                    _log.warning("buku kerja: %s tidak dapat dihapus (%s)", key, error)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:32]

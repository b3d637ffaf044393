"""What was learnt of contents, kept in the store by content and version.

It is a cache: lost, cut or spoilt parts cost time, never a result. Every object holds what was learnt
since the one before, and bears the version and the hash of its own bytes in its name; when they become
many, they are merged.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import logging
import zlib
from collections.abc import Callable

from iid.tasks.store.store import Store
from iid.tasks.values.errors import StoreError
from iid.tasks.values.versions import versions

_log = logging.getLogger(__name__)
_LIBRARIES = ("openpyxl", "numpy", "jinja2", "markupsafe")  # besides those of versions()
_SEGMENTS = 8  # past that, all are merged
_UNSAVED = 500  # contents that a killed run reads again at most
_MOST = 1024**3  # bytes of one object unpacked: a cut or forged one is no reason to fill the memory

#: Answers of one kind that a night keeps: of some 5,000 innovations, in some 50 MB.
MOST = 100_000

Key = tuple[str, str]  # hash of the content, what was asked of it


class Memory:
    """Answers by content and question, as texts."""

    def __init__(
        self, store: Store, folder: str, version: str, *, unsaved: int = _UNSAVED, fresh: bool = False
    ) -> None:
        """Load what is known in *folder* for *version*; nothing when *fresh*.

        *unsaved*: so many answers at most are lost where the run is killed.
        """
        self._store, self._folder, self._unsaved = store, f"{folder}/", unsaved
        self._version = hashlib.sha256(version.encode()).hexdigest()[:16]
        self._said: dict[Key, str] = {}
        self._used: set[Key] = set()
        self._fresh: dict[Key, str] = {}
        self._segments: list[str] = []
        for key in () if fresh else self._keys():
            if key.startswith(f"{self._folder}{self._version}-"):
                self._load(key)

    def recall(self, key: Key) -> str | None:
        """What is known of *key*, or None."""
        said = self._said.get(key)
        if said is not None:
            self._used.add(key)
        return said

    def learn(self, key: Key, said: str) -> None:
        """Keep what was learnt; durable from time to time, and with :meth:`save`."""
        self._said[key] = self._fresh[key] = said
        self._used.add(key)
        if len(self._fresh) >= self._unsaved:
            self._write(self._fresh)

    def answer(self, key: Key, ask: Callable[[], str]) -> str:
        """Return what is known of *key*, else ask; the first MOST are remembered."""
        said = self.recall(key)
        if said is None:
            said = ask()
            if len(self._used) < MOST:
                self.learn(key, said)
        return said

    def save(self) -> None:
        """Write what is new, if anything; merge where much is outdated."""
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
            _log.warning("ingatan %s tidak terbaca (%s); semua dibaca lagi", self._folder, error)
            return []

    def _load(self, key: str) -> None:
        try:
            data = self._store.get(key)
            if _digest(data) not in key:
                raise ValueError("its bytes are not those that were written")
            rows = json.loads(zlib.decompressobj().decompress(data, _MOST))
            self._said.update({(str(sha256), str(aspect)): str(said) for sha256, aspect, said in rows})
        except (StoreError, KeyError, TypeError, ValueError, zlib.error, RecursionError) as error:
            _log.warning("What is remembered in %s is ignored (%s) and read anew.", key, error)
            return
        self._segments.append(key)

    def _write(self, rows: dict[Key, str]) -> None:
        text = json.dumps([[*key, said] for key, said in sorted(rows.items())], separators=(",", ":"))
        data = zlib.compress(text.encode(), 1)
        key = f"{self._folder}{self._version}-{_digest(data)}.json.z"
        try:
            self._store.put(key, data)
        except StoreError as error:
            _log.warning("ingatan %s tidak dapat disimpan (%s); berikutnya dibaca lagi", key, error)
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
                    _log.warning("ingatan %s tidak dapat dihapus (%s)", key, error)


def last_night(store: Store, prefix: str, kind: str, *rules: str, fresh: bool = False) -> Memory:
    """Return earlier nights' answers of a *kind*, by versions and *rules*."""
    libraries = [importlib.metadata.version(name) for name in _LIBRARIES]
    version = json.dumps([versions(), libraries, rules])
    return Memory(store, f"{prefix}/_memory/{kind}", version, unsaved=MOST, fresh=fresh)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:32]

"""The memory of inspections: facts by content, contents by path.

It is in the store below ``<region>/<cycle>/_ledger/`` and is a cache: lost, cut or
spoilt parts are ignored with a line in the log, and cost time, never a result.

``manifest.json`` names the other objects, which bear the hash of their own bytes:
``facts-<hash>.arrow`` (one segment a run that found something new, merged when
they become many) and ``paths-<hash>.arrow``.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from iid.tasks.inspect.inspectors.reader_versions import inspector_version
from iid.tasks.inspect.ledger import arrow_tables
from iid.tasks.store.store import Store
from iid.tasks.values.errors import StoreError

_log = logging.getLogger(__name__)
_FORMAT = 1
_FOLDER = "_ledger"
_SEGMENTS = 8  # past that, all are merged
_SEGMENT_ROWS = 50_000  # keeps one object at some ten megabytes
_NAME_DIGITS = 32
_NAME = re.compile(r"(facts|paths)-[0-9a-f]{32}\.arrow")


@dataclass(frozen=True, slots=True)
class _Manifest:
    format: int
    segments: tuple[str, ...] = ()
    paths: str = ""
    rehashed: int = 0  # day (since 1970) up to which files without content marks had their turn


class Ledger:
    """Facts and paths as one run knows them; ``facts`` only if valid today."""

    def __init__(self) -> None:
        self.facts: pa.Table = arrow_tables.no_facts()
        self.paths: pa.Table = arrow_tables.no_paths()
        self.rehashed = 0  # day since 1970, see Files.rehash
        self._segments: list[str] = []  # stored, in the order of writing: a later one wins
        self._stored_rows = 0
        self._stored_paths: tuple[str, pa.Table] | None = None
        self._fresh: list[pa.Table] = []  # learnt, not stored yet

    @classmethod
    def load(cls, store: Store, prefix: str) -> Ledger:
        """The ledger below *prefix*; as much of it as is whole. Raises StoreError."""
        ledger = cls()
        manifest = _manifest(store, prefix)
        ledger.rehashed = manifest.rehashed
        tables = []
        for name in manifest.segments:
            table = _object(store, prefix, name, arrow_tables.FACTS_SCHEMA)
            if table is not None:
                tables.append(table)
                ledger._segments.append(name)
                ledger._stored_rows += table.num_rows
        if tables:
            ledger.facts = _latest(_valid(pa.concat_tables(tables)))
        paths = _object(store, prefix, manifest.paths, arrow_tables.PATHS_SCHEMA) if manifest.paths else None
        if paths is not None:
            ledger.paths = paths
            ledger._stored_paths = (manifest.paths, paths)
        return ledger

    def forget(self) -> None:
        """Start empty: use nothing stored; the next save replaces it."""
        self.facts = arrow_tables.no_facts()
        self.paths = arrow_tables.no_paths()
        self._segments = []
        self._stored_rows = 0
        self._fresh = []

    def forget_contents(self, hashes: Iterable[str]) -> None:
        """Do not use the facts of these contents in this run."""
        dropped = pa.array(sorted(set(hashes)), pa.string())
        self.facts = arrow_tables.kept(self.facts, pc.invert(pc.is_in(self.facts["sha256"], dropped)))

    def hashes(self, listed: pa.Table) -> pa.Array:
        """Return the hash of each unchanged file of *listed* (LISTED); else ""."""
        before = self.paths
        if not before["path"].equals(listed["path"]):
            row = pc.index_in(listed["path"].combine_chunks(), before["path"])
            before = before.select(["size", "modified", "ident", "sha256"]).take(row)
        same = pc.fill_null(pc.equal(before["size"], listed["size"]), False)  # null where the path is new
        for name in ("modified", "ident"):
            same = pc.and_(same, pc.equal(before[name], listed[name]))
        return pc.if_else(pc.fill_null(same, False), before["sha256"], "").combine_chunks()

    def learn(self, facts: pa.Table) -> None:
        """Add *facts* of contents that were inspected now."""
        if facts.num_rows:
            self._fresh.append(facts)
            self.facts = pa.concat_tables([self.facts, facts])

    def remember_paths(self, paths: pa.Table) -> None:
        """*paths* is what is known of paths from now on."""
        self.paths = paths

    def save(self, store: Store, prefix: str) -> None:
        """Write what is new; go on if only that fails, else raise StoreError."""
        try:
            self._save(store, prefix)
        except StoreError as error:
            store.exists(f"{prefix}/latest.json")
            _log.warning("ledger: tidak dapat disimpan (%s); berikutnya semua berkas diperiksa lagi", error)

    def _save(self, store: Store, prefix: str) -> None:
        """Objects first, then the manifest, then remove what it no longer names."""
        segments = self._save_facts(store, prefix)
        paths = self._save_paths(store, prefix)
        manifest = _Manifest(_FORMAT, tuple(segments), paths, self.rehashed)
        if manifest == _manifest(store, prefix):
            return
        text = json.dumps(asdict(manifest), indent=1, sort_keys=True) + "\n"
        store.put(f"{prefix}/{_FOLDER}/manifest.json", text.encode(), "application/json")
        kept = {f"{prefix}/{_FOLDER}/{name}" for name in ("manifest.json", paths, *segments)}
        for key in list(store.keys(f"{prefix}/{_FOLDER}/")):
            if key not in kept:
                store.delete(key)
        self._segments, self._fresh = segments, []
        self._stored_paths = (paths, self.paths)

    def _save_facts(self, store: Store, prefix: str) -> list[str]:
        """Return the segments of all facts; merge if many or half outdated."""
        fresh = sum(table.num_rows for table in self._fresh)
        outdated = self._stored_rows + fresh > 2 * self.facts.num_rows
        if self._fresh and (len(self._segments) >= _SEGMENTS or outdated):
            merged = _live(self.facts, self.paths, self._fresh)
            self._stored_rows = merged.num_rows
            return [_put(store, prefix, "facts", part) for part in _parts(merged)]
        self._stored_rows += fresh
        learnt = arrow_tables.ordered(pa.concat_tables([arrow_tables.no_facts(), *self._fresh]), "sha256")
        return self._segments + [_put(store, prefix, "facts", part) for part in _parts(learnt)]

    def _save_paths(self, store: Store, prefix: str) -> str:
        if self._stored_paths is not None and self._stored_paths[1].equals(self.paths):
            return self._stored_paths[0]
        return _put(store, prefix, "paths", self.paths)


def _live(facts: pa.Table, paths: pa.Table, fresh: list[pa.Table]) -> pa.Table:
    """The facts of contents that a path holds, or that were met in this run."""
    used = pa.chunked_array(
        [chunk for table in (paths, *fresh) for chunk in table["sha256"].chunks], pa.string()
    )
    return arrow_tables.ordered(arrow_tables.kept(facts, pc.is_in(facts["sha256"], used)), "sha256")


def _parts(table: pa.Table) -> Iterator[pa.Table]:
    for start in range(0, table.num_rows, _SEGMENT_ROWS):
        yield table.slice(start, _SEGMENT_ROWS)


def _valid(facts: pa.Table) -> pa.Table:
    """Only what the inspectors of today have said."""
    formats = facts["format"].combine_chunks().dictionary_encode()
    today = [inspector_version(name) for name in formats.dictionary.to_pylist()]
    versions = pa.array(today, pa.string()).take(formats.indices)
    return arrow_tables.kept(facts, pc.equal(facts["version"], pa.chunked_array([versions])))


def _latest(facts: pa.Table) -> pa.Table:
    """Each content once, as said last, sorted by hash."""
    column = facts["sha256"].combine_chunks()
    if pc.all(pc.less(column[:-1], column[1:]), min_count=0).as_py():
        return facts  # so it is where one run has learnt everything
    order = pc.sort_indices(column)  # stable
    hashes = column.take(order)
    last = np.append(pc.not_equal(hashes[:-1], hashes[1:]).to_numpy(False), True)
    return arrow_tables.rows_of(facts, order.to_numpy()[last])


def _manifest(store: Store, prefix: str) -> _Manifest:
    why = "isinya rusak"
    try:
        found = json.loads(_got(store, prefix, "manifest.json"))
        if isinstance(found, dict) and found.get("format") != _FORMAT:
            why = f"ditulis versi iid lain (bentuk {found.get('format')}, di sini {_FORMAT})"
        manifest = _Manifest(
            found["format"], tuple(found["segments"]), found["paths"], int(found.get("rehashed", 0))
        )
        names = (*manifest.segments, manifest.paths)
        if manifest.format == _FORMAT and all(_NAME.fullmatch(name) for name in names if name != ""):
            return manifest
    except KeyError:
        return _Manifest(_FORMAT)
    except (ValueError, TypeError, RecursionError):
        pass
    _log.warning("ledger: %s; semua berkas diperiksa lagi, hasilnya sama", why)
    return _Manifest(_FORMAT)


def _got(store: Store, prefix: str, name: str) -> bytes:
    """Read one object. Raises KeyError, ValueError, StoreError.

    KeyError where there is none, ValueError where it alone cannot be read (a folder in its place,
    no rights), StoreError when the store itself does not answer.
    """
    try:
        return store.get(f"{prefix}/{_FOLDER}/{name}")
    except StoreError as error:
        store.exists(f"{prefix}/latest.json")
        raise ValueError(str(error)) from error


def _object(store: Store, prefix: str, name: str, schema: pa.Schema) -> pa.Table | None:
    try:
        data = _got(store, prefix, name)
        if _digest(data) not in name:
            raise ValueError("its bytes are not those that were written")
        return arrow_tables.parsed(data, schema)
    except (KeyError, ValueError, pa.ArrowException) as error:
        _log.warning("Ledger object %s is ignored (%s); its files are inspected anew.", name, error)
        return None


def _put(store: Store, prefix: str, kind: str, table: pa.Table) -> str:
    data = arrow_tables.serialised(table)
    name = f"{kind}-{_digest(data)}.arrow"
    store.put(f"{prefix}/{_FOLDER}/{name}", data)
    return name


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:_NAME_DIGITS]

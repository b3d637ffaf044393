"""What one validation looks at: tables, rules, region, facts of contents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from iid.expectations.rulebook.model import Rulebook
from iid.tasks.sandbox.facts import text_of
from iid.tasks.store.memory import Memory
from iid.tasks.values.region import Marker

#: A scan in which OCR finds fewer characters is a picture, or not legible: nothing follows from it.
OCR_LETTERS = 120


@dataclass(frozen=True, slots=True)
class Tables:
    """The long tables of one region and cycle, evidence with facts filled."""

    units: pd.DataFrame  # UNITS
    innovations: pd.DataFrame  # INNOVATIONS
    fields: pd.DataFrame  # FIELDS
    claims: pd.DataFrame  # CLAIMS
    evidence: pd.DataFrame  # EVIDENCE


@dataclass(frozen=True, slots=True)
class Documents:
    """What the texts of evidence say (:func:`read_documents`), without a text.

    ``contents`` by ``sha256``: ``region`` (another one that is named, "" for none, missing without
    text), ``signed_on`` (day), ``number`` of a letter signed outside the rulebook's window; of what
    OCR read also how many ``characters``. ``named`` by claim: whether a document of it names the
    innovation; claims of which that is not clear are left out. ``near`` leads from the key of a text
    (``duplicates.text_keys``) to that of one which nearly equals it. ``named_owners``, of documents
    under several claims: ``<innovation_id>\\n<sha256>`` where the text names the innovation.
    """

    contents: pd.DataFrame
    named: pd.Series
    near: Mapping[str, str]
    named_owners: frozenset[str]


@dataclass(frozen=True)
class Case:
    """Tables and rules, with the few look-ups that several judges share.

    ``facts`` is the inspectors' table of contents by ``sha256``
    (:data:`iid.tasks.sandbox.facts.FACTS`); None where there is none.
    """

    tables: Tables
    rulebook: Rulebook
    marker: Marker
    facts: pd.DataFrame | None = None
    links: pd.DataFrame | None = None  # LINKS
    scans: pd.DataFrame | None = None  # what OCR read (iid.tasks.inspect.ledger.scans)
    before: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # what earlier cycles reported
    documents: Documents | None = None  # what the texts say, where they were read before
    pictures: Memory | None = None  # which pictures were compared before

    @property
    def said(self) -> Documents:
        """What the texts say. Raises ValueError where nobody has read them."""
        if self.documents is None:
            raise ValueError("the texts were not read (iid.tasks.validate.documents.with_documents)")
        return self.documents

    @cached_property
    def unread(self) -> pd.Index:
        """Innovations whose workbook could not be read: its finding says it all."""
        innovations = self.tables.innovations
        return pd.Index(innovations.loc[~innovations["read"].fillna(False), "innovation_id"])

    @cached_property
    def field_sources(self) -> pd.Series:
        """``path#Sheet!cell`` of each field, by ``<innovation_id>\\n<field>``."""
        fields = self.tables.fields
        sources = pd.Series(fields["source"].array, index=fields["innovation_id"] + "\n" + fields["field"])
        return sources[~sources.index.duplicated()]

    @cached_property
    def names(self) -> pd.Series:
        """Name of each innovation by ``innovation_id``."""
        innovations = self.tables.innovations
        return pd.Series(innovations["name"].array, index=pd.Index(innovations["innovation_id"]))

    @cached_property
    def contents(self) -> pd.DataFrame:
        """``facts`` by ``sha256`` without the large texts; empty without facts."""
        if self.facts is None:
            return pd.DataFrame(index=pd.Index([], dtype="string"))
        facts = self.facts.drop(columns="text", errors="ignore")
        if not facts["sha256"].is_unique:  # dropping copies the whole table, also when none repeats
            facts = facts.drop_duplicates("sha256")
        return facts.set_index("sha256")

    @cached_property
    def places(self) -> tuple[np.ndarray, np.ndarray]:
        """Sorted hashes and their rows in ``facts``, so that no text is copied."""
        if self.facts is None:
            return np.empty(0, "S"), np.empty(0, np.int64)
        hashes = self.facts["sha256"].to_numpy(object).astype("S")
        rows = np.argsort(hashes, kind="stable")
        return hashes[rows], rows

    @cached_property
    def by_ocr(self) -> frozenset[str]:
        """Whole scans in which OCR read OCR_LETTERS or more; it may be wrong."""
        return frozenset() if self.scans is None else frozenset(self._legible["sha256"])

    @cached_property
    def _legible(self) -> pd.DataFrame:
        scans = self.scans if self.scans is not None else pd.DataFrame()
        whole = scans[scans["pages_read"] >= scans["pages"]]
        return whole[whole["chars"] >= OCR_LETTERS]

    @cached_property
    def _read_by_ocr(self) -> dict[str, bytes]:
        """Their packed texts, by ``sha256``."""
        if self.scans is None:
            return {}
        return dict(zip(self._legible["sha256"], self._legible["text"], strict=True))

    @cached_property
    def checked(self) -> pd.DataFrame:
        """LINKS asked, by address: ``status``, ``checked_at``, ``detail``."""
        columns = ["source", "status", "checked_at", "detail"]
        if self.links is None:
            return pd.DataFrame(columns=columns, dtype="string").set_index("source")
        asked = self.links.loc[self.links["status"] != "", columns]
        return asked.drop_duplicates("source").set_index("source")

    def text(self, sha256: str) -> str:
        """Return the text of a content with what OCR read in it, or ``""``."""
        parts = text_of(self.packed(sha256)), text_of(self._read_by_ocr.get(sha256))
        return "\n".join(filter(None, parts))

    def packed(self, sha256: str) -> bytes | None:
        """Return the text of a content as it is kept, packed."""
        hashes, rows = self.places
        key = sha256.encode()
        place = int(np.searchsorted(hashes, key))
        if self.facts is None or place == len(hashes) or hashes[place] != key:
            return None
        packed = self.facts["text"].iat[rows[place]]
        return packed if isinstance(packed, bytes) else None

    def content(self, sha256: pd.Series, column: str) -> pd.Series:
        """Return fact *column* by row of *sha256*, missing where not known."""
        if column not in self.contents.columns:
            return pd.Series(pd.NA, index=sha256.index, dtype="object")
        return looked_up(sha256, self.contents[column])

    def read_rows(self, table: pd.DataFrame) -> pd.Series:
        """Which rows of *table* belong to something that could be read."""
        return ~table["innovation_id"].isin(self.unread)


def looked_up(keys: pd.Series, values: pd.Series) -> pd.Series:
    """Return *values* (by unique key) for *keys*, missing where none is.

    Keeps the type of *values*, also when there are none (``Series.map`` does not).
    Raises ValueError when a key of *values* is not unique.
    """
    known = _keys(values.index)
    if pc.count_distinct(known, mode="all").as_py() != len(known):
        raise ValueError("cannot look up by keys that are not unique")
    # Not by the Index itself: it would keep every key as an object of its own, for as long as it lives.
    places = pc.fill_null(pc.index_in(_keys(keys), value_set=known), -1).to_numpy(False)
    return values.set_axis(pd.RangeIndex(len(values))).reindex(places).set_axis(keys.index)


def _keys(keys: pd.Series | pd.Index) -> pa.Array:
    return pa.array(keys, pa.large_string(), from_pandas=True)


def among(keys: pd.Series, others: pd.Series) -> pd.Series:
    """Flag the *keys* that are in *others*: ``isin`` in less memory."""
    found = pc.is_in(_keys(keys), value_set=_keys(others))
    return pd.Series(found.to_numpy(False), index=keys.index)


def in_order(table: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Sort *table* by text columns *by*, rows numbered anew, in less memory."""
    columns = {name: pa.array(table[name], pa.large_string(), from_pandas=True) for name in by}
    order = pc.sort_indices(pa.table(columns), sort_keys=[(name, "ascending") for name in by])
    return table.take(order.to_numpy()).reset_index(drop=True)


def only(where: pd.Series, values: pd.Series) -> pd.Series:
    """Return *values* where the rule applies, missing elsewhere: GX skips it."""
    return values.where(where.astype(bool))

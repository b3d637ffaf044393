"""What one validation looks at: the tables, the rules, the region, and facts of contents."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from iid.expectations.rulebook import Rulebook
from iid.tasks.evidence.facts import text_of
from iid.tasks.model import Marker

#: A scan in which OCR finds fewer characters is a picture, or not legible: nothing follows from it.
OCR_LETTERS = 120


@dataclass(frozen=True, slots=True)
class Tables:
    """The long tables of one region and cycle (:mod:`iid.tasks.tables`), evidence with facts filled."""

    units: pd.DataFrame  # UNITS
    innovations: pd.DataFrame  # INNOVATIONS
    fields: pd.DataFrame  # FIELDS
    claims: pd.DataFrame  # CLAIMS
    evidence: pd.DataFrame  # EVIDENCE


@dataclass(frozen=True)
class Case:
    """Tables and rules, with the few look-ups that several judges share.

    ``facts`` is the inspectors' table of contents by ``sha256``
    (:data:`iid.tasks.evidence.facts.FACTS`); None where there is none.
    """

    tables: Tables
    rulebook: Rulebook
    marker: Marker
    facts: pd.DataFrame | None = None
    links: pd.DataFrame | None = None  # LINKS
    scans: pd.DataFrame | None = None  # what OCR read (iid.tasks.evidence.scans)

    @cached_property
    def unread(self) -> pd.Index:
        """Innovations whose workbook could not be read: the submission's finding says it all."""
        innovations = self.tables.innovations
        return pd.Index(innovations.loc[~innovations["read"].fillna(False), "innovation_id"])

    @cached_property
    def field_sources(self) -> pd.Series:
        """Where each profile field stands (``path#Sheet!cell``), by ``<innovation_id>\\n<field>``."""
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
        """``facts`` by ``sha256`` without the texts, which are most of them; empty where there are none."""
        if self.facts is None:
            return pd.DataFrame(index=pd.Index([], dtype="string"))
        facts = self.facts.drop(columns="text", errors="ignore")
        return facts.drop_duplicates("sha256").set_index("sha256")

    @cached_property
    def places(self) -> dict[str, int]:
        """In which row of ``facts`` a content's text stands: the texts themselves are not copied."""
        if self.facts is None or "text" not in self.facts.columns:
            return {}
        hashes = self.facts["sha256"].to_numpy(object)
        return {sha256: row for row, sha256 in reversed(list(enumerate(hashes)))}

    @cached_property
    def by_ocr(self) -> dict[str, bytes]:
        """The packed text that OCR read of each whole scan with at least OCR_LETTERS; can be wrong."""
        if self.scans is None:
            return {}
        whole = self.scans[self.scans["pages_read"] >= self.scans["pages"]]
        legible = whole[whole["chars"] >= OCR_LETTERS]
        return dict(zip(legible["sha256"], legible["text"], strict=True))

    @cached_property
    def checked(self) -> pd.DataFrame:
        """LINKS that were asked, by address: ``status``, ``checked_at``, ``detail``."""
        columns = ["source", "status", "checked_at", "detail"]
        if self.links is None:
            return pd.DataFrame(columns=columns, dtype="string").set_index("source")
        asked = self.links.loc[self.links["status"] != "", columns]
        return asked.drop_duplicates("source").set_index("source")

    def text(self, sha256: str) -> str:
        """The text kept of a content, by OCR where it has no layer of its own; ``""`` without one."""
        row = self.places.get(sha256)
        packed = self.facts["text"].iat[row] if self.facts is not None and row is not None else None
        own = text_of(packed) if isinstance(packed, bytes) else ""
        return own or text_of(self.by_ocr.get(sha256))

    def content(self, sha256: pd.Series, column: str) -> pd.Series:
        """Fact *column* of each content, missing where it is not known; same index as *sha256*."""
        if column not in self.contents.columns:
            return pd.Series(pd.NA, index=sha256.index, dtype="object")
        return looked_up(sha256, self.contents[column])

    def read_rows(self, table: pd.DataFrame) -> pd.Series:
        """Which rows of *table* belong to something that could be read."""
        return ~table["innovation_id"].isin(self.unread)


def looked_up(keys: pd.Series, values: pd.Series) -> pd.Series:
    """*values* (by unique key) for each of *keys*, missing where there is none.

    Keeps the type of *values*, also when there are none (``Series.map`` does not).
    """
    return values.reindex(keys.array).set_axis(keys.index)


def flag(where: pd.Series, holds: pd.Series) -> pd.Series:
    """*holds* where the rule applies, missing elsewhere: what GX judges, and what it leaves out."""
    return holds.astype("boolean").where(where.astype(bool))


def only(where: pd.Series, values: pd.Series) -> pd.Series:
    """*values* where the rule applies, missing elsewhere."""
    return values.where(where.astype(bool))

"""Evidence between two runs: added, removed, changed, renamed files."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cached_property

import pandas as pd

from iid.tasks.answers.run_view import ClaimKey, Record
from iid.tasks.text.labels import PROBLEMS
from iid.tasks.values.row_groups import records

OF_CLAIM = ("named", "folder")
_COLUMNS = ["innovation_id", "indicator", "source", "kind", "listed", "sha256", "readable", "problem"]
_WORDS = {
    "added": "berkas baru",
    "removed": "berkas hilang",
    "changed": "berkas diganti",
    "renamed": "berkas berganti nama",
    "dropped": "tidak lagi menjadi bukti klaim ini",
    "taken": "dipakai sebagai bukti klaim ini",
    "read": "hasil pemeriksaan berubah",
}


class Files:
    """Two EVIDENCE tables side by side: files by path, contents by hash."""

    def __init__(self, old: pd.DataFrame, new: pd.DataFrame) -> None:
        """Rows of one claim are those named or in its folder."""
        self._rows = tuple(records(table[_COLUMNS]) for table in (old, new))

    def of_claim(self, place: ClaimKey) -> list[Record]:
        """Changes of the items of one claim, sorted by path."""
        return self._by_claim.get(place, [])

    @cached_property
    def changes(self) -> list[Record]:
        """Every change of every claim's items, sorted by claim and path."""
        return [change for place in sorted(self._by_claim) for change in self._by_claim[place]]

    def counts(self) -> dict[str, int]:
        """How many files were added, removed, changed and renamed; each file once."""
        seen = {(c["change"], c["source"]) for c in self.changes}
        found = Counter(change for change, _ in seen)
        return {name: found[name] for name in ("added", "removed", "changed", "renamed")}

    @cached_property
    def _present(self) -> tuple[set[str], set[str]]:
        """Paths and addresses that exist in either run, used or not."""
        old, new = ({r["source"] for r in rows if r["problem"] != "missing"} for rows in self._rows)
        return old, new

    @cached_property
    def _by_claim(self) -> dict[ClaimKey, list[Record]]:
        items: list[defaultdict[ClaimKey, dict[str, Record]]] = []
        for rows in self._rows:
            found: defaultdict[ClaimKey, dict[str, Record]] = defaultdict(dict)
            for row in rows:
                if row["listed"] in OF_CLAIM and row["problem"] != "missing":
                    found[row["innovation_id"], row["indicator"]][row["source"]] = row
            items.append(found)
        places = sorted(items[0].keys() | items[1].keys())
        changes = {p: list(self._compared(p, items[0].get(p, {}), items[1].get(p, {}))) for p in places}
        return {place: found for place, found in changes.items() if found}

    def _compared(self, place: ClaimKey, old: dict[str, Record], new: dict[str, Record]) -> Iterator[Record]:
        gone = {source: old[source] for source in old if source not in new}
        came = {source: new[source] for source in new if source not in old}
        for source in sorted(gone):
            twin = next((s for s in sorted(came) if _same(gone[source], came[s])), None)
            if twin is not None:
                yield _change("renamed", place, twin, gone[source], came.pop(twin))
                continue
            kind = "dropped" if source in self._present[1] else "removed"
            yield _change(kind, place, source, gone[source], None)
        for source in sorted(came):
            kind = "taken" if source in self._present[0] else "added"
            yield _change(kind, place, source, None, came[source])
        for source in sorted(old.keys() & new.keys()):
            before, after = old[source], new[source]
            if before["sha256"] != after["sha256"]:
                yield _change("changed", place, source, before, after)
            elif (before["readable"], before["problem"]) != (after["readable"], after["problem"]):
                yield _change("read", place, source, before, after)


def _same(old: Record, new: Record) -> bool:
    return bool(old["sha256"]) and old["sha256"] == new["sha256"]


def _change(kind: str, place: ClaimKey, source: str, old: Record | None, new: Record | None) -> Record:
    name = source if (new or old or {}).get("kind") == "link" else source.rpartition("/")[2]
    words = _WORDS[kind].replace("berkas", "tautan") if name == source else _WORDS[kind]
    text = f"{words}: {name}"
    if kind == "renamed" and old:
        text = f"{words}: {old['source'].rpartition('/')[2]} → {name}"
    if kind == "read" and new:
        text = f"{words}: {name} ({PROBLEMS.get(new['problem'], 'terbuka')})"
    return {
        "kind": "file",
        "text": text,
        "change": kind,
        "innovation_id": place[0],
        "indicator": place[1],
        "source": source,
        "before": old["sha256"] if old else "",
        "after": new["sha256"] if new else "",
    }

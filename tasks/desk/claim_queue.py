"""The queue of the desk: claims asked for, their order, neighbours."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from iid.tasks.desk.claims import DECIDED, LAPSED, OPEN, Key, Listed, QueueRow, RunClaims, Verdict


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the queue is shown; every one is in the address."""

    unit: str = ""
    indicator: str = ""
    finding: str = ""  # a code, or "ada" / "tanpa"
    state: str = OPEN  # OPEN | DECIDED | LAPSED | "semua"
    mine: bool = False
    words: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Filters:
        """The filters of an address."""
        state = query.get("status", OPEN)
        return cls(
            unit=query.get("unit", "")[:64],
            indicator=query.get("indikator", "")[:8],
            finding=query.get("temuan", "")[:64],
            state=state if state in {OPEN, DECIDED, LAPSED, "semua"} else OPEN,
            mine=query.get("milik", "") == "saya",
            words=query.get("cari", "")[:200],
        )

    @property
    def query(self) -> dict[str, str]:
        """The address of these filters; what is as usual is left out."""
        said = {
            "unit": self.unit,
            "indikator": self.indicator,
            "temuan": self.finding,
            "status": "" if self.state == OPEN else self.state,
            "milik": "saya" if self.mine else "",
            "cari": self.words,
        }
        return {name: value for name, value in said.items() if value}

    def fits(self, row: QueueRow, verdict: Verdict, name: str) -> bool:
        """Whether a claim is shown; *name*: whose the ``mine`` are."""
        if self.state not in {"semua", verdict.state} or (self.unit and row.unit_code != self.unit):
            return False
        if (self.indicator and row.indicator != self.indicator) or (self.mine and verdict.reviewer != name):
            return False
        return self._finding_fits(row) and self._words_fit(row)

    def _finding_fits(self, row: QueueRow) -> bool:
        if self.finding in {"ada", "tanpa"}:
            return bool(row.codes) == (self.finding == "ada")
        return not self.finding or self.finding in row.codes

    def _words_fit(self, row: QueueRow) -> bool:
        if not self.words:
            return True
        text = f"{row.name} {row.innovation_id} {row.indicator} {row.title}".casefold()
        return all(word in text for word in self.words.casefold().split())


PAGE = 50  # claims of the queue on one page


def fitting(claims: Iterable[Listed], filters: Filters, name: str) -> list[Listed]:
    """Those of *claims* that *filters* leave; *name*: whose the ``mine`` are."""
    return [one for one in claims if filters.fits(one.row, one.verdict, name)]


def counts(claims: Iterable[Listed]) -> Counter[str]:
    """How many claims are in each state."""
    return Counter(one.verdict.state for one in claims)


def neighbours(shown: Sequence[Listed], run: RunClaims, key: Key) -> tuple[QueueRow | None, QueueRow | None]:
    """Return the claims before and after *key* in the queue's order."""
    here = run.place.get(key, -1)
    at = bisect_left(shown, here, key=lambda one: run.place[one.row.key])
    after = at + 1 if at < len(shown) and shown[at].row.key == key else at
    return (shown[at - 1].row if at else None), (shown[after].row if after < len(shown) else None)

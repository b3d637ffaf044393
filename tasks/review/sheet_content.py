"""The content of a review workbook: proposals joined with entries.

Rules of carrying over: an entry whose fingerprint is today's stays in its claim's row;
a decision on older evidence keeps its old fingerprint in a row of its own at the end,
until a new decision takes its place and it moves to the history; a row that points at
no claim stays at the end as it was; a decision in force whose row is gone is shown again.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from iid.expectations.rulebook.strict_yaml import shipped
from iid.expectations.rulebook.words import plain
from iid.tasks.review import claim_meaning
from iid.tasks.review.claim_keys import plain_id
from iid.tasks.review.proposals import Proposal, Proposals
from iid.tasks.review.review_cells import Grid, Texts, clean
from iid.tasks.review.review_lines import ENTRIES, HEADER, HISTORY, SHEET, meant
from iid.tasks.review.steward_entries import Entries, Entry
from iid.tasks.text.cell_values import visible

EVIDENCE, GUIDE = "Bukti", "Petunjuk"
EVIDENCE_HEADER = (
    "innovation_id", "No", "Bukti", "Jenis", "Ukuran (byte)", "Halaman", "Terbuka", "Masalah", "SHA-256",
)  # fmt: skip
EMPTY: Texts = ("",) * len(ENTRIES)
OWN_SHEETS = (SHEET, EVIDENCE, claim_meaning.SHEET, GUIDE, HISTORY)

#: Excel's rules for the name of a sheet; LibreOffice knows fewer.
MAX_NAME = 31
_NOT_IN_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


@dataclass(frozen=True, slots=True)
class Content:
    """The sheets as rows of text; ``extra``: sheets that a steward added.

    ``targets`` says where a click on each row of ``evidence`` leads, the header's place first.
    """

    decisions: Grid
    evidence: Grid
    meanings: Grid
    guide: Grid
    history: Grid
    extra: Mapping[str, Grid]
    targets: Texts = ()

    def grids(self) -> dict[str, Grid]:
        """All sheets by name, ready to compare with those of a file."""
        own = (self.decisions, self.evidence, self.meanings, self.guide, self.history)
        return comparable({**dict(zip(OWN_SHEETS, own, strict=True)), **self.extra})


def comparable(grids: Mapping[str, Grid]) -> dict[str, Grid]:
    """Sheets as any program saves them: texts cleaned, empty ends cut."""
    return {name: tuple(_trimmed(row) for row in grid) for name, grid in grids.items()}


def _trimmed(row: Texts) -> Texts:
    texts = [clean(visible(text)) for text in row]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)


def content_of(proposals: Proposals, entries: Entries) -> Content:
    """What the workbook of one unit shall hold."""
    rows, retired = _decisions(proposals, entries)
    items = (
        (i.innovation_id, i.indicator, i.shown, i.kind, i.size, i.pages, i.opens, i.problem, i.sha256)
        for i in proposals.items
    )
    return Content(
        decisions=_cleaned([HEADER, *rows]),
        evidence=_cleaned([EVIDENCE_HEADER, *items]),
        meanings=_cleaned([claim_meaning.HEADER, *proposals.meanings]),
        guide=_cleaned(guidance(proposals)),
        history=_cleaned([HEADER, *dict.fromkeys([*entries.history, *retired])]),
        extra=_extra(entries.grids),
        targets=("", *(item.target for item in proposals.items)),
    )


def is_own(name: str) -> bool:
    """Report whether *name* is a sheet that is written anew; case is ignored."""
    return name.casefold() in {own.casefold() for own in OWN_SHEETS}


def _extra(grids: Mapping[str, Grid]) -> dict[str, Grid]:
    """A steward's own sheets, under names that Excel takes."""
    extra: dict[str, Grid] = {}
    taken = {own.casefold() for own in OWN_SHEETS}
    for name, grid in grids.items():
        if is_own(name):
            continue
        fitting = base = _NOT_IN_NAME.sub("_", clean(name))[:MAX_NAME].strip("' ") or "Lembar"
        number = 1
        while fitting.casefold() in taken:
            number += 1
            fitting = f"{base[: MAX_NAME - 5]} ({number})"
        taken.add(fitting.casefold())
        extra[fitting] = grid
    return extra


def _cleaned(rows: Iterable[Texts]) -> Grid:
    return tuple(tuple(clean(text) for text in row) for row in rows)


def _decisions(proposals: Proposals, entries: Entries) -> tuple[list[Texts], list[Texts]]:
    """Return the rows of sheet Keputusan, and decisions that were replaced."""
    by_claim: defaultdict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries.rows:
        by_claim[plain_id(entry["innovation_id"]), plain(entry["No"])].append(entry)
    rows: list[Texts] = []
    below: list[Entry] = []
    retired: list[Texts] = []
    for proposal in _ordered(proposals, entries):
        found = by_claim.pop(proposal.key, [])
        lapsed = [entry for entry in found if entry.decides and not _is_current(proposal, entry)]
        kept = [entry for entry in found if entry not in lapsed]
        first, *others = dict.fromkeys(e.entered for e in kept) or [EMPTY]
        if _is_missing(proposal, entries, found):
            first = proposal.decided
        rows.append(_row(proposal, first))
        below += [next(e for e in kept if e.entered == entered) for entered in others]
        if any(entry.is_clear for entry in kept):
            retired += [entry.texts for entry in lapsed]
        else:
            below += lapsed
    below += [entry for left in by_claim.values() for entry in left]
    rows += [entry.texts for entry in sorted(below, key=entries.rows.index)]
    return rows, retired


def _ordered(proposals: Proposals, entries: Entries) -> list[Proposal]:
    """Sort by importance; once something is entered, keep the rows' order."""
    if not entries.rows:
        return list(proposals.rows)
    places = {key: place for place, key in enumerate(entries.order)}
    return sorted(proposals.rows, key=lambda proposal: places.get(proposal.key, len(places)))


def _is_missing(proposal: Proposal, entries: Entries, found: list[Entry]) -> bool:
    """Whether a decision in force has lost its row and shall be shown again.

    A row that is there with an empty Keputusan was emptied by a steward and stays empty.
    """
    if not proposal.decided or found:
        return False
    return proposal.carried or proposal.key not in entries.order


def _is_current(proposal: Proposal, entry: Entry) -> bool:
    return meant(entry["Sidik bukti"]).lower() == proposal.fingerprint


def _row(proposal: Proposal, entered: Texts) -> Texts:
    p = proposal
    computed = (p.innovation_id, p.indicator, p.title, p.claimed, p.supported, p.findings)
    return (*computed, *entered, p.fingerprint)


def guidance(proposals: Proposals) -> Iterator[tuple[str, ...]]:
    """Yield the lines of sheet *Petunjuk*, one cell a row."""
    yield (f"Buku tinjauan {proposals.name or proposals.unit_code} ({proposals.unit_code})",)
    yield (f"{proposals.region}, siklus {proposals.cycle}",)
    if proposals.example:
        yield ("CONTOH: data ini dibuat untuk peragaan, bukan data sebenarnya.",)
    yield ()
    for number, step in enumerate(shipped("iid.tasks.review", "petunjuk.yaml"), 1):
        yield (f"{number}. {step}",)

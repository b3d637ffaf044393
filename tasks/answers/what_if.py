"""The index of a published run after hypothetical changes, as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from iid.expectations.rulebook.loading import Loaded
from iid.tasks.answers.hypothetical_changes import Change, changed, notes, ranks, read_changes, scores
from iid.tasks.answers.run_view import Picture, Record, Views
from iid.tasks.answers.score_trace import find_owner
from iid.tasks.answers.sensitivity import spread_of
from iid.tasks.score.exact import published
from iid.tasks.score.formula import as_published
from iid.tasks.score.state import State, settled
from iid.tasks.text.terminal import line
from iid.tasks.values.errors import UsageError
from iid.tasks.values.tables import REGION_ID

_PERCENT = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{1,4})?")


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked, as typed; ``kept``: an assumed share from 0 to 1."""

    sets: Sequence[str] = ()
    adds: Sequence[str] = ()
    other: Loaded | None = None
    sensitivity: bool = False
    kept: Fraction | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing was asked."""
        return not (self.sets or self.adds or self.other or self.sensitivity)


def share_of(text: str | None) -> Fraction | None:
    """Parse ``--kept`` in percent (``70``, ``70,5%``), else UsageError."""
    if text is None:
        return None
    cleaned = text.strip().removesuffix("%").strip()
    value = Fraction(cleaned.replace(",", ".")) if _PERCENT.fullmatch(cleaned) else None
    if value is None or value > 100:
        raise UsageError(f'--kept "{line(text)}" bukan persen; yang boleh: 0 s.d. 100, misalnya 70')
    return value / 100


def what_if_of(picture: Picture, question: Question) -> Record:
    """Return views, categories and ranks before and after the changes.

    UsageError for a change that names an unknown innovation, indicator or parameter.
    """
    rulebook = question.other.rulebook if question.other else picture.rulebook
    ids = picture.table("innovations")
    changes = read_changes(question.sets, question.adds, lambda text: find_owner(text, ids), rulebook)
    _refuse_fixed_spd(picture, question, changes)
    basis, under = picture.basis, None
    if question.other:
        from iid.tasks.answers.other_rulebook import under_other_rules  # late: loads Great Expectations

        basis, under = under_other_rules(picture, question.other)
    after_basis = changed(basis, changes)
    before, after = picture.states, settled(after_basis)
    record = {
        **picture.head,
        "under": under,
        "changes": [_change(change, basis, after_basis) for change in changes],
        "before": {view: as_published(state.index()) for view, state in before.items()},
        "after": {view: as_published(state.index()) for view, state in after.items()},
        "difference": {view: _difference(before[view], after[view]) for view in before},
        "reported": _pair(len(before["claimed"].innovations), len(after["claimed"].innovations)),
        "eligible": _pair(len(scores(before["supported"])), len(scores(after["supported"]))),
        "ranks": _moved(picture, before["supported"], after["supported"]),
        "notes": list(notes(basis, changes)),
    }
    if question.sensitivity:
        record["sensitivity"] = spread_of(picture, after, question.kept)
    return record


def _refuse_fixed_spd(picture: Picture, question: Question, changes: Iterable[Change]) -> None:
    other = question.other
    if other is None or other.rulebook.spd in {picture.rulebook.spd, "total"}:
        return
    if any(change.owner == REGION_ID for change in changes):
        raise UsageError(
            f"baris SPD tidak dapat diubah: perhitungan ini hanya memuat satu nilai SPD seluruhnya, "
            f"sedangkan siklus {other.rulebook.cycle} menghitung per baris"
        )


def _change(change: Change, before: Views, after: Views) -> Record:
    record: Record = {"kind": change.kind, "innovation_id": change.owner, "indicator": change.indicator}
    if change.kind == "add":
        return {**record, "main_affair": change.affair, "score": published(change.value)}
    if change.kind == "parameter":
        record["parameter"] = int(change.value)
    for name, views in (("before", before), ("after", after)):
        record[name] = {view: _value(state, change) for view, state in views.items()}
    return record


def _value(state: State, change: Change) -> object:
    """Return what a change concerns in a view: parameter, total, eligibility."""
    if change.kind == "total":
        return published(state.spd_total)
    if change.owner == REGION_ID:
        return state.spd.get(change.indicator, 0)
    one = state.innovations.get(change.owner)
    if one is None or change.kind != "parameter":
        return None if one is None else one.eligible
    return one.parameters.get(change.indicator, 0) if one.eligible else 0


def _difference(before: State, after: State) -> str:
    """Change of the exact index, 4 places."""
    return published(after.index().index - before.index().index, 4)


def _pair(before: object, after: object) -> Record:
    return {"before": before, "after": after}


def _moved(picture: Picture, before: State, after: State) -> list[Record]:
    """Innovations whose rank or score changes, the best rank afterwards first."""
    old, new = ranks(before), ranks(after)
    old_scores, new_scores = scores(before), scores(after)
    rows = [
        {
            "innovation_id": owner,
            "name": picture.names.get(owner, ""),
            **{f"rank_{w}": r.get(owner) for w, r in (("before", old), ("after", new))},
            **{
                f"score_{w}": _points(s.get(owner))
                for w, s in (("before", old_scores), ("after", new_scores))
            },
        }
        for owner in sorted(old.keys() | new.keys())
        if old.get(owner) != new.get(owner) or old_scores.get(owner) != new_scores.get(owner)
    ]
    return sorted(rows, key=lambda r: (r["rank_after"] is None, r["rank_after"] or 0, r["innovation_id"]))


def _points(score: Fraction | None) -> str | None:
    return None if score is None else published(score)

"""Which innovations to send: what each one brings, the best cut."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from iid.tasks.answers.forecast import kept_share
from iid.tasks.answers.next_steps_text import DIFFERENCE
from iid.tasks.answers.plans import Menu
from iid.tasks.answers.run_view import Picture, Record
from iid.tasks.score.exact import published
from iid.tasks.score.formula import index_of
from iid.tasks.score.moves import Tally
from iid.tasks.score.state import State
from iid.tasks.text.terminal import fitted, rendered, which_run
from iid.tasks.values.tables import REGION_ID

VIEWS = {"claimed": "diklaim", "supported": "didukung bukti", "forecast": "ramalan verifikasi"}


@dataclass(frozen=True, slots=True)
class Cut:
    """The selection with the highest exact index, and that with all sent."""

    sent: frozenset[str]
    index: Fraction
    all_index: Fraction


@dataclass(frozen=True)
class _View:
    """One view: points of counting innovations, of the region, and rules."""

    state: State
    points: Mapping[str, Fraction]
    spd: Fraction

    def cut(self) -> Cut:
        """The best selection; of equal ones the largest.

        With a fixed number of innovations the index is a sum, so the best *n* are a sorted prefix,
        with the best of each basic service first where the number score asks for them.
        """
        order = sorted(self.points, key=lambda name: (-self.points[name], name))
        reported = self.state.reported
        everything = list(self._indices(order, reported))[-1]
        cuts = [
            (index, n, sequence)
            for sequence in (order, self._covering(order))
            for n, index in enumerate(self._indices(sequence))
        ]
        index, n, sequence = max(cuts, key=lambda row: row[:2])
        return Cut(frozenset(sequence[:n]), index, everything)

    def _indices(self, order: Sequence[str], reported: int | None = None) -> Iterator[Fraction]:
        """Yield the exact index with the first 0, 1, … of *order*.

        *reported* counts besides, or only these.
        """
        tally, points, services = Tally(self.state), self.spd * 0, set[str]()
        for n in range(len(order) + 1):
            if n:
                points += self.points[order[n - 1]]
                services.add(tally.service(self.state.innovations[order[n - 1]].affair) or "")
            found = len(services - {""})
            yield index_of(self.state.rulebook, self.spd, [points], n, reported or n, found).index

    def _covering(self, order: Sequence[str]) -> list[str]:
        """Return *order*, the best of each basic service first, as asked."""
        tally, first = Tally(self.state), dict[str, str]()
        for name in order:
            service = tally.service(self.state.innovations[name].affair)
            if service and len(first) < self.state.rulebook.formula.basic_services_min.value:
                first.setdefault(service, name)
        ahead = set(first.values())
        return [*first.values(), *(name for name in order if name not in ahead)]


def selection_of(picture: Picture) -> Record:
    """Return what to send: effects, the cut of each view, services.

    ``effect``: points of the index that the innovation brings as things are (negative: it pulls the
    index down). ``forecast`` counts what is undecided at the share that past decisions accepted;
    None where these are too few.
    """
    supported, views = picture.states["supported"], _views(picture)
    cuts = {view: found.cut() for view, found in views.items()}
    held = {s.innovation_id: s for s in Menu(picture).selections() if s.kind == "hold"}
    rows = []
    for owner, one in supported.innovations.items():
        effect = -held[owner].gain if owner in held else None
        rows.append(
            {
                "innovation_id": owner,
                "name": picture.names[owner],
                "unit_code": picture.unit_of[owner],
                "main_affair": one.affair,
                "eligible": one.eligible,
                "effect": None if effect is None else published(effect, 4),
                "score": {
                    v: published(f.points[owner]) if owner in f.points else None for v, f in views.items()
                },
                "send": {view: owner in cut.sent for view, cut in cuts.items()},
            }
        )
    tally = Tally(supported)
    smallest = supported.rulebook.formula.divisor_min.value
    return {
        **picture.head,
        "views": {view: _cut(picture, cut, views[view]) for view, cut in cuts.items()},
        "missing_services": tally.missing,
        "divisor_min": smallest,
        "empty_places": max(0, smallest - tally.in_divisor),
        "innovations": sorted(
            rows, key=lambda r: (-Fraction(r["score"]["supported"] or -1), r["innovation_id"])
        ),
    }


def _views(picture: Picture) -> dict[str, _View]:
    found = {
        view: _View(
            state,
            {n: one.points(picture.rulebook) for n, one in state.innovations.items() if one.eligible},
            state.spd_points(),
        )
        for view, state in picture.states.items()
        if view in VIEWS
    }
    kept = kept_share(picture)
    if kept.enough:
        state = found["supported"].state
        points = dict.fromkeys([*found["supported"].points, REGION_ID], Fraction(0))
        for (owner, _), row in picture.score_rows.items():
            if owner in points:
                share = Fraction(1) if row["decision"] else kept.share
                points[owner] += share * Fraction(row["supported_score"])
        spd = points.pop(REGION_ID)
        found["forecast"] = _View(state, points, spd)
    return found


def _cut(picture: Picture, cut: Cut, view: _View) -> Record:
    rounded = picture.rulebook.rounded
    lowest = min((view.points[name] for name in cut.sent), default=None)
    return {
        "index_all": f"{rounded(cut.all_index):f}",
        "index_best": f"{rounded(cut.index):f}",
        "category_best": picture.rulebook.category(rounded(cut.index)),
        "sent": len(cut.sent),
        "held": len(view.state.innovations) - len(cut.sent),
        "lowest_sent": None if lowest is None else published(lowest),
    }


#: Why a mark and a sign can differ.
WHOLE = (
    "Saran mengikuti pilihan yang terbaik seluruhnya; pengaruh berlaku bila hanya inovasi itu yang "
    "dikirim atau ditahan, jadi sesekali tandanya berbeda."
)


def selection_lines(record: Record, when: str, limit: int) -> Iterator[str]:
    """The record for people; at most *limit* innovations (0: all)."""
    lines = rendered(
        "iid.tasks.answers",
        "selection",
        {},
        t=record,
        run=which_run(record, when),
        limit=limit or None,
        views=VIEWS,
        difference=DIFFERENCE,
        whole=WHOLE,
    )
    return fitted(lines)

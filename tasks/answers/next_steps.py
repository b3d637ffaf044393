"""Next best steps of one published run as one record, JSON-ready."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction

from iid.expectations.rulebook.words import plain
from iid.tasks.answers.causes import Causes
from iid.tasks.answers.forecast import forecast
from iid.tasks.answers.plans import NOTHING, PAPERS, WITHOUT_FACTS, Menu, Owners, Target, Wanted, target_of
from iid.tasks.answers.run_view import Picture, Record
from iid.tasks.score.exact import published
from iid.tasks.score.fewest_moves import PlanAnswer, all_of, fewest_steps
from iid.tasks.score.formula import most_new
from iid.tasks.score.moves import Step, Tally
from iid.tasks.score.plan_order import together
from iid.tasks.score.state import State
from iid.tasks.values.errors import UsageError
from iid.tasks.values.tables import REGION_ID

REGION_WORD = "Pemerintah daerah"


def steps_of(
    picture: Picture, target: str | None = None, unit: str | None = None, *, wanted: Wanted | None = None
) -> Record:
    """Return every legal move with its worth, the plans, and the forecast.

    ``plan`` uses all moves that are *wanted*, ``plan_without_facts`` those of them that papers can
    bring about, ``plan_without_raising`` only papers at hand and the choice of what to send.
    *unit*: only what one unit (code or name; ``pemda``: the SPD rows) can do. UsageError for an
    unknown unit and a target that is no index. A closed cycle has no move left; ``final`` is its result.
    """
    closed = picture.head["status"] == "final"
    asked = NOTHING if closed else wanted or Wanted()
    supported = picture.states["supported"]
    now = supported.index()
    code = unit_code(picture, unit) if unit else None
    owners = _owners(picture, code)
    aim = target_of(target, picture.rulebook, now.index)
    menu, lines = Menu(picture), _Lines(picture, now.index)
    plans = _Plans(menu, aim, owners, asked)
    return {
        **picture.head,
        "unit": None if code is None else {"unit_code": code, "name": picture.units.get(code, "")},
        "index": published(Fraction(now.rounded)),
        "category": now.category,
        "final": _reached(picture, picture.states["verified"].index().index) if closed else None,
        "formula": _formula(supported),
        "target": _target(aim, supported),
        "plan": _plan(picture, lines, plans.all),
        "plan_without_facts": _plan(picture, lines, plans.without_facts),
        "plan_without_raising": _plan(picture, lines, plans.papers),
        "unreachable": plans.all.unreachable,
        "new_innovations_max": most_new(supported.rulebook.formula),
        "all_steps": _reached(picture, plans.all.reach),
        "all_steps_without_raising": _reached(picture, _all_papers(menu, owners, asked)),
        "steps": [lines.of(step) for step in menu.steps(owners, asked)],
        "units": [] if closed or code is not None else _units(picture, menu),
        "forecast": forecast(picture),
    }


class _Plans:
    """The answers for all moves and for fewer; a plan may serve several."""

    def __init__(self, menu: Menu, aim: Target | None, owners: Owners, asked: Wanted) -> None:
        self._menu, self._owners, self._asked = menu, owners, asked
        picture = menu.picture
        now = picture.states["supported"].index().index
        self._target = aim.exact(picture.rulebook) if aim else now
        self._aimed = aim is not None
        self.all = self._answer()
        self.without_facts = self._answer(WITHOUT_FACTS)
        self.papers = self._answer(PAPERS)

    def _answer(self, *more: Wanted) -> PlanAnswer:
        states = self._menu.picture.states
        allowed = self._menu.planned(self._owners, self._asked, *more)
        found = fewest_steps(states["supported"], states["claimed"], self._target, allowed)
        return found if self._aimed else PlanAnswer(None, unreachable=False, reach=found.reach)


def unit_code(picture: Picture, wanted: str) -> str:
    """Return the code of unit *wanted* (code or name), else UsageError."""
    units = {**picture.units, REGION_ID: REGION_WORD}
    asked = plain(wanted)
    found = [code for code in units if code == wanted.strip()] or [
        code for code, name in units.items() if asked and asked in (plain(code), plain(name))
    ]
    if len(found) == 1:
        return found[0]
    known = {plain(word): code for code, name in units.items() for word in (code, name) if plain(word)}
    near = list(dict.fromkeys(known[key] for key in get_close_matches(asked, known, n=5, cutoff=0.5)))
    choices = found or near or sorted(picture.units)[:10]
    words = "yang cocok" if found else "yang mirip" if near else "yang ada"
    shown = ", ".join(f"{code} {units[code]}".strip() for code in choices)
    raise UsageError(f'--unit "{wanted}" tidak dikenal; {words}: {shown}')


def _owners(picture: Picture, code: str | None) -> Owners:
    if code is None:
        return None
    if code == REGION_ID:
        return {REGION_ID}
    return {owner for owner, unit in picture.unit_of.items() if unit == code}


class _Lines:
    """Steps as records."""

    def __init__(self, picture: Picture, now: Fraction) -> None:
        self._picture, self._now = picture, now
        self._causes, self._menu = Causes(picture), Menu(picture)

    def of(self, step: Step, before: Fraction | None = None) -> Record:
        """Return *step* done at the exact index *before* (default: the run's)."""
        rules, owner = self._picture.rulebook, step.innovation_id
        index = (self._now if before is None else before) + step.gain
        causes, fixes = self._causes.of(step)
        indicator = rules.by_key.get(step.indicator)
        repair, effort = self._causes.effort(step), indicator.effort if indicator else None
        unit = REGION_ID if owner == REGION_ID else self._picture.unit_of.get(owner, "")
        return {
            "kind": step.kind,
            "means": self._menu.means(step),
            "who": "pemda" if owner == REGION_ID or step.kind in {"hold", "add"} else "unit",
            "innovation_id": owner,
            "name": self._picture.names.get(owner, REGION_WORD if owner == REGION_ID else owner),
            "unit_code": unit,
            "indicator": step.indicator,
            "indicator_name": indicator.name if indicator else "",
            "affair": step.affair,
            **self._values(step),
            "gain": published(step.gain, 4),
            "gain_exact": str(step.gain),
            "index_after": f"{rules.rounded(index):f}",
            "category_after": rules.category(rules.rounded(index)),
            "causes": causes,
            "fixes": fixes,
            "caution": self._causes.caution(step),
            "effort": repair or (effort.value if effort else None),
            "effort_status": "inferred" if repair else effort.status if effort else None,
        }

    def _values(self, step: Step) -> Record:
        """Return parameters before and after; an SPD total as text, or None."""
        if step.total is not None:
            now = self._picture.states["supported"].spd_total
            return {"before": published(now), "after": published(step.total)}
        claim = bool(step.indicator)
        return {"before": step.before if claim else None, "after": step.after if claim else None}


def _formula(state: State) -> Record:
    """What the gains were computed with."""
    index, formula, tally = state.index(), state.rulebook.formula, Tally(state)
    eligible = sum(one.eligible for one in state.innovations.values())
    return {
        "reported": len(state.innovations),
        "eligible": eligible,
        "divisor": index.divisor,
        "divisor_min": formula.divisor_min.value,
        "basic_services": index.basic_services,
        "basic_services_min": formula.basic_services_min.value,
        "missing_services": tally.missing,
        "empty_places": max(0, formula.divisor_min.value - tally.in_divisor),
        "count_score": published(index.count_score),
        "maximum": published(index.maximum),
    }


def _target(aim: Target | None, state: State) -> Record | None:
    if aim is None:
        return None
    now = state.index()
    return {
        "index": f"{aim.value:f}",
        "category": aim.category,
        "chosen": aim.chosen,
        "reached": now.rounded >= aim.value,
        "missing": published(Fraction(max(aim.value - now.rounded, Decimal(0)))),
    }


def _plan(picture: Picture, lines: _Lines, answer: PlanAnswer) -> Record | None:
    """Return the fewest moves with their indices; None without a plan."""
    if answer.plan is None:
        return None
    steps, index = [], picture.states["supported"].index().index
    for step in answer.plan.steps:
        steps.append(lines.of(step, index))
        index += step.gain
    return {
        **_reached(picture, index),
        "steps": steps,
        "exact": answer.plan.exact,
        "falls": list(answer.plan.falls),
    }


def _reached(picture: Picture, index: Fraction) -> Record:
    rounded = picture.rulebook.rounded(index)
    return {"index": published(Fraction(rounded)), "category": picture.rulebook.category(rounded)}


def _all_papers(menu: Menu, owners: Owners, asked: Wanted) -> Fraction:
    """Return the index once papers at hand prove all, selection as it is."""
    states = menu.picture.states
    steps = all_of(states["supported"], states["claimed"], menu.planned(owners, asked, PAPERS))
    return together(Tally(states["supported"]), steps)


def _units(picture: Picture, menu: Menu) -> list[Record]:
    """Return what each unit could add alone, the greatest first."""
    supported, claimed = picture.states["supported"], picture.states["claimed"]
    tally, by_unit = Tally(supported), defaultdict[str, list[Step]](list)
    for step in all_of(supported, claimed, menu.planned(None)):
        by_unit[picture.unit_of.get(step.innovation_id, REGION_ID)].append(step)
    rows = []
    for code, steps in by_unit.items():
        name = REGION_WORD if code == REGION_ID else picture.units.get(code, "")
        rows.append((together(tally, steps) - tally.index, code, name, len(steps)))
    rows.sort(key=lambda row: (-row[0], row[1]))
    return [
        {"unit_code": code, "name": name, "steps": count, "gain": published(gain, 4)}
        for gain, code, name, count in rows
    ]

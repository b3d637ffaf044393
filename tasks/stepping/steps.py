"""Next best steps of one published run as one record, JSON-ready."""

from __future__ import annotations

from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction

from iid.expectations.words import plain
from iid.tasks.errors import UsageError
from iid.tasks.scoring.exact import published
from iid.tasks.scoring.nextsteps import Plan, Step
from iid.tasks.scoring.whatif import State
from iid.tasks.stepping.causes import DUPLICATE, Causes
from iid.tasks.stepping.forecasting import forecast
from iid.tasks.stepping.picture import Picture, Record
from iid.tasks.stepping.plans import (
    Owners,
    Target,
    apply,
    everything,
    open_steps,
    plan_of,
    target_of,
)
from iid.tasks.tables import REGION_ID


def steps_of(
    picture: Picture, target: str | None = None, unit: str | None = None, *, raising: bool = True
) -> Record:
    """Every open step with worth, cause and fix; the fewest steps to the target; the forecast.

    *unit*: only what one unit (code or name; ``pemda``: the SPD rows) can do. Not *raising*: only
    what is claimed already is mended. UsageError for an unknown unit and a target that is no index.
    """
    supported, claimed = picture.states["supported"], picture.states["claimed"]
    now = supported.index()
    code = unit_code(picture, unit) if unit else None
    owners = _owners(picture, code)
    aim = target_of(target, picture.rulebook, now.index)
    lines = _Lines(picture, now.index)
    steps = [s for s in open_steps(supported, claimed, owners) if raising or s.kind != "raise"]
    return {
        **picture.head,
        "unit": None if code is None else {"unit_code": code, "name": picture.units.get(code, "")},
        "index": published(Fraction(now.rounded)),
        "category": now.category,
        "formula": _formula(supported),
        "target": _target(aim, supported),
        "plan": _plan(picture, lines, aim, owners, raising=raising),
        "plan_without_raising": _plan(picture, lines, aim, owners, raising=False),
        "all_steps": _reached(everything(supported, claimed, _planned(picture, owners), raising=raising)[0]),
        "all_steps_without_raising": _reached(
            everything(supported, claimed, _planned(picture, owners), raising=False)[0]
        ),
        "steps": [lines.of(step, supported) for step in steps],
        "units": [] if code is not None else _units(picture),
        "forecast": forecast(picture),
    }


def unit_code(picture: Picture, wanted: str) -> str:
    """Code of the unit that *wanted* (code or name) means. UsageError naming near ones."""
    units = {**picture.units, REGION_ID: "SPD daerah"}
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


def _planned(picture: Picture, owners: Owners) -> Owners:
    """Whose steps a plan may use: not those of an innovation that only repeats another one."""
    again = {
        owner for (owner, _), rows in picture.critical.items() if any(r["code"] == DUPLICATE for r in rows)
    }
    return (set(picture.names) | {REGION_ID} if owners is None else set(owners)) - again


class _Lines:
    """Steps as records."""

    def __init__(self, picture: Picture, now: Fraction) -> None:
        self._picture, self._now, self._causes = picture, now, Causes(picture)

    def of(self, step: Step, state: State, before: Fraction | None = None) -> Record:
        """*step* done in *state*, whose exact index is *before* (default: that of the run)."""
        rules, owner = self._picture.rulebook, step.innovation_id
        index = (self._now if before is None else before) + step.gain
        causes, fixes = self._causes.of(step)
        indicator = rules.by_key.get(step.indicator)
        effort = indicator.effort if indicator else None
        unit = REGION_ID if owner == REGION_ID else self._picture.unit_of[owner]
        return {
            "kind": step.kind,
            "innovation_id": owner,
            "name": self._picture.names.get(owner, "SPD daerah"),
            "unit_code": unit,
            "indicator": step.indicator,
            "indicator_name": indicator.name if indicator else "",
            "before": None if step.kind == "qualify" else step.before,
            "after": None if step.kind == "qualify" else step.after,
            "gain": published(step.gain, 4),
            "gain_exact": str(step.gain),
            "index_after": f"{rules.rounded(index):f}",
            "category_after": rules.category(rules.rounded(index)),
            "causes": causes,
            "fixes": fixes,
            "caution": self._causes.caution(step),
            "effort": effort.value if effort else None,
            "effort_status": effort.status if effort else None,
        }


def _formula(state: State) -> Record:
    """What the gains were computed with."""
    index, formula = state.index(), state.rulebook.formula
    eligible = sum(one.eligible for one in state.innovations.values())
    return {
        "reported": len(state.innovations),
        "eligible": eligible,
        "divisor": index.divisor,
        "divisor_min": formula.divisor_min.value,
        "basic_services": index.basic_services,
        "basic_services_min": formula.basic_services_min.value,
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


def _plan(
    picture: Picture, lines: _Lines, aim: Target | None, owners: Owners, *, raising: bool = True
) -> Record | None:
    """The fewest steps, each with the index it leads to; None without a target or out of reach."""
    if aim is None:
        return None
    supported, claimed = picture.states["supported"], picture.states["claimed"]
    owners = _planned(picture, owners)
    plan = plan_of(supported, claimed, aim.exact(picture.rulebook), owners, raising=raising)
    if plan is None:
        return None
    return {**_walked(lines, plan, supported, claimed), "exact": plan.exact}


def _walked(lines: _Lines, plan: Plan, state: State, claimed: State) -> Record:
    steps, index = [], state.index().index
    for step in plan.steps:
        steps.append(lines.of(step, state, index))
        state, index = apply(step, state, claimed), index + step.gain
    return {**_reached(state), "steps": steps}


def _reached(state: State) -> Record:
    index = state.index()
    return {"index": published(Fraction(index.rounded)), "category": index.category}


def _units(picture: Picture) -> list[Record]:
    """What each unit could add alone, if it did all of its steps; the greatest first."""
    supported, claimed = picture.states["supported"], picture.states["claimed"]
    now = supported.index().index
    rows = []
    for code in [REGION_ID, *sorted(set(picture.unit_of.values()))]:
        state, count = everything(supported, claimed, _planned(picture, _owners(picture, code)))
        gain = state.index().index - now
        if count:
            name = "SPD daerah" if code == REGION_ID else picture.units.get(code, "")
            rows.append((gain, code, name, count))
    rows.sort(key=lambda row: (-row[0], row[1]))
    return [
        {"unit_code": code, "name": name, "steps": count, "gain": published(gain, 4)}
        for gain, code, name, count in rows
    ]

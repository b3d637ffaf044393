"""Which one counts of innovations of one name (contract 3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

import pandas as pd

from iid.expectations.rulebook.model import Rulebook
from iid.expectations.rulebook.words import plain
from iid.tasks.score.counting import count
from iid.tasks.score.grid import DUPLICATE
from iid.tasks.text.sentences import quoted

#: The first run that published an innovation under its present name, by ``innovation_id``; earlier runs
#: sort first. Given the groups of innovations (``innovation_id`` to name) that share a name.
First = Callable[[list[Mapping[str, str]]], Mapping[str, str]]


def one_of_each_name(
    innovations: pd.DataFrame,
    claims: pd.DataFrame,
    evidence: pd.DataFrame,
    findings: pd.DataFrame,
    decisions: pd.DataFrame,
    rulebook: Rulebook,
    first: First,
) -> pd.DataFrame:
    """Let ``profile.duplicate`` bar all but one innovation of each name.

    Validation reports every innovation whose name another one has too. The one that counts, among those
    that nothing else bars: the one with accepted claims, else published first, else with the higher
    supported score, else of the lower unit code. Its finding becomes a warning, and each says who counts.
    """
    same = findings["code"] == DUPLICATE
    names = dict(zip(innovations["innovation_id"].tolist(), innovations["name"].tolist(), strict=True))
    groups = _groups(findings.loc[same, "innovation_id"].tolist(), names)
    if not groups:
        return findings
    counted = count(innovations, claims, evidence, findings[~same], decisions, rulebook)
    owners, published = counted.grid.owners.to_pylist(), first(groups)
    eligible, accepted = counted.eligible, counted.counting("verified")
    points = counted.points["supported"].owners
    standing = {
        owner: (not eligible[at], not accepted[at], published.get(owner, "~"), -int(points[at]), owner)
        for at, owner in enumerate(owners[:-1])
    }
    counts = {owner: min(group, key=standing.__getitem__) for group in groups for owner in group}
    return _said(findings, same, counts)


def _groups(owners: list[str], names: Mapping[str, str]) -> list[Mapping[str, str]]:
    groups: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for owner in owners:
        groups[plain(names.get(owner, owner))][owner] = names.get(owner, "")
    return [groups[key] for key in sorted(groups)]


def _said(findings: pd.DataFrame, same: pd.Series, counts: Mapping[str, str]) -> pd.DataFrame:
    owners = findings.loc[same, "innovation_id"]
    stays = owners.map(counts)
    words = [
        " Yang dihitung: inovasi ini." if owner == kept else f" Yang dihitung: {quoted(kept)}."
        for owner, kept in zip(owners, stays, strict=True)
    ]
    marked = findings.copy()
    marked.loc[same, "message"] += pd.Series(words, index=owners.index, dtype="string")
    marked.loc[owners.index[owners == stays], "severity"] = "warning"
    return marked


def as_published(findings: pd.DataFrame) -> First:
    """Return the choice of a published run: what it counted comes first again."""
    kept = findings[(findings["code"] == DUPLICATE) & (findings["severity"] == "warning")]
    counted = dict.fromkeys(kept["innovation_id"].tolist(), "")
    return lambda groups: counted


def groups_by_run(
    groups: list[Mapping[str, str]], runs: Iterator[tuple[str, pd.DataFrame]]
) -> dict[str, str]:
    """Return each group's innovations in the oldest run that has any.

    Each under its present name. *runs* are run ids with their innovations, oldest first; no more are read
    than needed.
    """
    found: dict[str, str] = {}
    waiting = [{(owner, plain(name)) for owner, name in group.items()} for group in groups]
    for run_id, table in runs:
        there = {
            (owner, plain(name))
            for owner, name in zip(table["innovation_id"].tolist(), table["name"].tolist(), strict=True)
        }
        found |= {owner: run_id for group in waiting for owner, _ in group & there}
        waiting = [group for group in waiting if not group & there]
        if not waiting:
            break
    return found

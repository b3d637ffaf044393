"""A region scored, and single rows of what came out."""

from __future__ import annotations

from typing import Any

from iid.tasks.score.scoring import Scored, score


def scored(region: Any) -> Scored:
    """*region* (of the scoring tests), scored."""
    return score(*region.tables(), region.rulebook)


def row(found: Scored, owner: str, key: str) -> dict[str, Any]:
    """The row of SCORES of one owner and indicator."""
    table = found.scores
    return dict(table[(table["innovation_id"] == owner) & (table["indicator"] == key)].iloc[0].to_dict())


def of(found: Scored, name: str) -> dict[str, Any]:
    """The row of one innovation."""
    return dict(found.innovations.set_index("innovation_id").loc[name].to_dict())

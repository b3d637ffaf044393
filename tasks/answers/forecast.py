"""What verification will take away, by what past decisions kept.

Counted are decisions in force on claims whose evidence was complete: only those say
how stewards judge what the machine already lets through. *Kept* is a claim accepted as
claimed; a lowered one counts as not kept, so the forecast is a careful one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from iid.expectations.rulebook.sourced import half_up
from iid.tasks.answers.run_view import Picture, Record
from iid.tasks.score.exact import published
from iid.tasks.score.grid import TOTAL

if TYPE_CHECKING:
    import pandas as pd

#: Fewer decisions say too little: of ten, the interval still spans some sixty points. Our own choice.
ENOUGH = 10
CONFIDENCE = Fraction(95, 100)


@dataclass(frozen=True, slots=True)
class Kept:
    """Past decisions on claims with complete evidence; ``other``: without."""

    accepted: int
    lowered: int
    refused: int
    other: int

    @property
    def decided(self) -> int:
        """How many decisions the share rests on."""
        return self.accepted + self.lowered + self.refused

    @property
    def share(self) -> Fraction:
        """Accepted as claimed, of all; 0 without any decision."""
        return Fraction(self.accepted, self.decided) if self.decided else Fraction(0)

    @property
    def enough(self) -> bool:
        """Whether a forecast may be made."""
        return self.decided >= ENOUGH

    def as_json(self) -> Record:
        """For machines."""
        return {
            "decisions": self.decided,
            "accepted": self.accepted,
            "lowered": self.lowered,
            "refused": self.refused,
            "on_claims_without_complete_evidence": self.other,
        }


def kept_share(picture: Picture) -> Kept:
    """The decisions in force of one run."""
    count = {"terima": 0, "turunkan": 0, "tolak": 0, "": 0}
    for row in picture.freed_rows.values():
        if row["decision"]:
            complete = row["evidence_items"] > 0 and not row["reasons"]
            count[row["decision"] if complete else ""] += 1
    return Kept(count["terima"], count["turunkan"], count["tolak"], count[""])


def interval(kept: int, decided: int, confidence: Fraction = CONFIDENCE) -> tuple[Decimal, Decimal]:
    """Return a share's Clopper-Pearson interval to 4 places, never too narrow.

    From the beta distribution (Clopper and Pearson 1934; scipy's inverse incomplete beta).
    """
    from scipy.special import betaincinv

    tail = float((1 - confidence) / 2)
    lower = betaincinv(kept, decided - kept + 1, tail) if kept else 0.0
    upper = betaincinv(kept + 1, decided - kept, 1 - tail) if kept < decided else 1.0
    return _four(lower), _four(upper)


def _four(share: float) -> Decimal:
    return half_up(Fraction(float(share)), 4)


def forecast(picture: Picture) -> Record:
    """Forecast what verification takes; ``possible``: whether it is known.

    Open claims are those that count in *supported* and have no decision. A refused claim counts
    0 and moves neither divisor nor number of innovations, so the loss is exact for every share.
    """
    kept = kept_share(picture)
    claims, points = open_claims(picture.table("scores"), picture.index["supported"])
    index = picture.states["supported"].index().index
    record: Record = {
        "possible": kept.enough,
        "needs": ENOUGH,
        "kept": kept.as_json(),
        "open_claims": claims,
        "open_points": published(points, 4),
        "index": published(index),
    }
    if not kept.enough:
        return record
    lower, upper = interval(kept.accepted, kept.decided)
    rulebook = picture.rulebook
    shares = {"expected": kept.share, "worst": Fraction(lower), "best": Fraction(upper)}
    taken = {name: (1 - share) * points for name, share in shares.items()}
    left = {name: rulebook.rounded(index - loss) for name, loss in taken.items()}
    return {
        **record,
        "confidence": f"{CONFIDENCE.numerator * 100 // CONFIDENCE.denominator}%",
        "share": {name: published(share, 4) for name, share in shares.items()},
        "taken": {name: published(loss, 4) for name, loss in taken.items()},
        "index_left": {name: f"{value:f}" for name, value in left.items()},
        "category_left": {name: rulebook.category(value) for name, value in left.items()},
    }


def open_claims(scores: pd.DataFrame, level: Mapping[str, Any]) -> tuple[int, Fraction]:
    """Return how many claims count undecided, and their index points.

    *scores*: SCORES; *level*: the supported one of ``index.json``.
    """
    divisor, count, points = max(int(level["divisor"]), 1), 0, Fraction(0)
    names = ("indicator", "aspect", "supported_score", "decision")
    for key, aspect, score, decision in zip(*(scores[name].tolist() for name in names), strict=True):
        worth = Fraction(score or 0)
        if decision or not worth:
            continue
        count += 1
        points += worth / divisor if aspect == "SID" and key != TOTAL else worth
    return count, points / Fraction(level["maximum"]) * 100

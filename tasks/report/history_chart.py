"""The cycle's history as a line chart, placed in exact decimals.

Lines are drawn in a box of 100 × 100 that the page stretches; labels are outside it at a
percentage, so that text is never stretched.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from iid.tasks.report.overview import Band, bands, headline
from iid.tasks.text.indonesian import day_in, exact, moment
from iid.tasks.text.labels import LEVELS
from iid.tasks.values.assessment import Assessment, Point

MANY = 60  # above this only the last run of a day is drawn
ROWS = 60  # rows of the table beside the chart
_STEP = Decimal(5)  # the scale begins and ends at a multiple of this

Context = dict[str, Any]


def points_of(assessment: Assessment) -> tuple[Point, ...]:
    """Every published run of the cycle up to this one, oldest first."""
    return (*assessment.earlier.points, Point.of(assessment.index))


def course(assessment: Assessment) -> Context | None:
    """What the chart needs; None with fewer than two runs."""
    every = points_of(assessment)
    shown = _thinned(every, assessment.marker.zone)
    if len(shown) < 2:
        return None
    names = _drawn(shown)
    low, high, marks = _scale(shown, names, bands(assessment.rulebook), headline(assessment).key)
    places = _places(shown)
    titles = {key: title for key, title, _ in LEVELS}
    return {
        "lines": [
            {
                "key": name,
                "title": titles[name],
                "path": " ".join(
                    f"{x:.2f},{_height(exact(getattr(p, name)), low, high):.2f}"
                    for x, p in zip(places, shown, strict=True)
                ),
                "last": exact(getattr(shown[-1], name)),
                "y": _height(exact(getattr(shown[-1], name)), low, high),
            }
            for name in names
        ],
        "dots": [
            {"x": x, "y": _height(exact(getattr(p, headline(assessment).key)), low, high)}
            for x, p in zip(places, shown, strict=True)
        ],
        "marks": [{"name": b.name, "lower": b.lower, "y": _height(b.lower, low, high)} for b in marks],
        **dict(zip(("first", "final"), _from_to(shown, assessment.marker.zone), strict=True)),
        "runs": len(every),
    }


def _from_to(shown: Sequence[Point], zone: str) -> tuple[str, str]:
    """Name the first and last of *shown*: by day, within one day by hour."""
    first, last = (day_in(point.when, zone) for point in (shown[0], shown[-1]))
    if first != last:
        return first, last
    return moment(shown[0].when, zone), moment(shown[-1].when, zone).removeprefix(f"{last} ")


def table(assessment: Assessment) -> list[Point]:
    """The last runs, the newest first: the chart in words."""
    return list(reversed(points_of(assessment)))[:ROWS]


def cycles(assessment: Assessment) -> list[Context]:
    """Return each cycle's published run up to this one, under its rules.

    ``level`` is that of the run's status: verified once closed, else supported. ``difference`` to the
    cycle before is in points of the index.
    """
    rows: list[Context] = []
    for index in (*assessment.earlier.cycles, assessment.index):
        key = "verified" if index["status"] == "final" else "supported"
        value = exact(index[key]["index"])
        rows.append(
            {
                "cycle": index["cycle"],
                "status": index["status"],
                "title": next(title for name, title, _ in LEVELS if name == key),
                "level": index[key],
                "index": value,
                "difference": value - rows[-1]["index"] if rows else None,
                "reported": index["reported"],
                "eligible": index["eligible"],
            }
        )
    return rows if len(rows) > 1 else []


def _thinned(points: Sequence[Point], zone: str) -> list[Point]:
    if len(points) <= MANY:
        return list(points)
    return list({day_in(point.when, zone): point for point in points}.values())


def _drawn(points: Iterable[Point]) -> list[str]:
    """*verified* is left out while no claim was accepted in any of them."""
    rows = list(points)
    return [key for key, _, _ in LEVELS if key != "verified" or any(exact(p.verified) for p in rows)]


def _scale(
    points: Sequence[Point], names: Sequence[str], found: Sequence[Band], head: str
) -> tuple[Decimal, Decimal, list[Band]]:
    """Return both ends of the scale, and the categories with a border in it.

    The border that comes next above the headline is always part of it.
    """
    values = [exact(getattr(point, name)) for point in points for name in names]
    now = exact(getattr(points[-1], head))
    above = [band.lower for band in found if band.lower > now]
    values += above[:1]
    low = (min(values) / _STEP).to_integral_value(ROUND_FLOOR) * _STEP
    high = min((max(values) / _STEP).to_integral_value(ROUND_CEILING) * _STEP, Decimal(100))
    if low == high:
        low, high = max(low - _STEP, Decimal(0)), min(high + _STEP, Decimal(100))
    return low, high, [band for band in found if max(low, Decimal(1)) < band.lower <= high]


def _height(value: Decimal, low: Decimal, high: Decimal) -> Decimal:
    """Distance from the top, 0 to 100."""
    return (high - value) / (high - low) * 100


def _places(points: Sequence[Point]) -> list[Decimal]:
    """Distance from the left by time, 0 to 100."""
    start, span = points[0].when, points[-1].when - points[0].when
    whole = Decimal(span // timedelta(seconds=1)) or Decimal(1)
    return [Decimal((point.when - start) // timedelta(seconds=1)) / whole * 100 for point in points]

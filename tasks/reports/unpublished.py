"""An assessment that is being rendered, asked the questions of published runs: next steps, comparison.

The answers are those that ``iid next-steps`` and ``iid compare`` give once the run is published: the
same functions over the same tables, here without reviewer names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from iid.tasks.assessment import Assessment
from iid.tasks.errors import StoreError

if TYPE_CHECKING:
    import pandas as pd

    from iid.tasks.stepping.picture import Picture

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Unpublished:
    """The parts of :class:`iid.tasks.stores.reading.Run` that a picture reads, from memory."""

    assessment: Assessment

    @property
    def region(self) -> str:
        """Code of the region."""
        return self.assessment.marker.region

    @property
    def cycle(self) -> int:
        """Year of the cycle."""
        return self.assessment.cycle

    @property
    def run_id(self) -> str:
        """The run's id."""
        return self.assessment.run_id

    @property
    def manifest(self) -> Record:
        """What the manifest will say of the versions."""
        from iid.tasks.assembling import versions

        return {"versions": versions()}

    def json(self, name: str) -> Any:
        """``index.json``. KeyError for any other."""
        return {"index.json": self.assessment.index}[name]

    def table(self, name: str) -> pd.DataFrame:
        """One table by its published name. KeyError for a name that is none."""
        a = self.assessment
        tables = {
            "units": a.units,
            "innovations": a.innovations,
            "profiles": a.profiles,
            "fields": a.fields,
            "claims": a.claims,
            "evidence_all": a.evidence,
            "scores": a.scores,
            "findings": a.findings,
            "decisions": a.decisions,
        }
        return tables[name]


def picture_of(assessment: Assessment) -> Picture:
    """The picture of *assessment* under its own rules."""
    from iid.tasks.stepping.picture import Picture

    return Picture(Unpublished(assessment), assessment.rulebook)  # type: ignore[arg-type]


def next_steps(assessment: Assessment) -> Record:
    """What :func:`iid.tasks.stepping.steps.steps_of` says of *assessment*, to the next category."""
    from iid.tasks.stepping.steps import steps_of

    return steps_of(picture_of(assessment))


def comparison(assessment: Assessment) -> Record | None:
    """What moved since the last published run; None without one, or where it cannot be compared any more."""
    from iid.expectations.errors import RulebookError
    from iid.tasks.stepping.comparing import compared
    from iid.tasks.stepping.picture import Picture

    run = assessment.earlier.last
    if run is None:
        return None
    try:
        return compared(Picture.of(run), picture_of(assessment))
    except (StoreError, RulebookError, KeyError):
        return None  # a run of an older version may lack a table or a column

"""Units read again, the region published, changes reported."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from iid.flows.assess import run_assessment
from iid.flows.telemetry.progress import Runner
from iid.tasks.assess.publishing_steps import Outcome
from iid.tasks.assess.request import AssessRequest, Cycle
from iid.tasks.values.tables import REGION_ID

if TYPE_CHECKING:
    from iid.tasks.store.published_run import Run

Record = dict[str, Any]
SHOWN = 50  # claims in the artifact
MOST_UNITS = 50  # for more, `iid assess --full` is quicker to ask for
UnitCode = Annotated[str, Field(min_length=1, max_length=64)]


class RecalculateRequest(BaseModel):
    """Units to look at again. Titles and help become the form in Prefect's UI."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={"description": "Periksa ulang beberapa unit, lalu hitung seluruh daerah."},
    )

    units: Annotated[tuple[UnitCode, ...], Field(min_length=1, max_length=MOST_UNITS)] = Field(
        title="Kode unit",
        description="Unit yang buktinya dibaca ulang, misalnya 1.02; pemda untuk baris SPD daerah",
    )
    share: str = Field(min_length=1, title="Share", description="Folder atau alamat share")
    store: str = Field(
        min_length=1, title="Penyimpanan", description="Folder atau s3:// tempat hasil diterbitkan"
    )
    cycle: Cycle
    region: str | None = Field(None, title="Kode wilayah", description="Kosong: menurut iid-share.toml")
    roster: str | None = Field(
        None, title="Daftar unit", description="CSV code,name,type,parent; kosong: yang ada di share"
    )
    feedback: bool = Field(
        True, title="Tulis umpan balik ke share", description="Buku tinjauan dan umpan balik setiap unit"
    )
    endpoint_url: str | None = Field(None, title="Alamat S3", description="Hanya untuk S3 selain AWS")

    def as_assessment(self) -> AssessRequest:
        """The same as an assessment, with everything else as usual."""
        return AssessRequest(**self.model_dump())


@dataclass(frozen=True, slots=True)
class Recalculated:
    """The new run and its changes; ``moved`` None without an earlier one."""

    outcome: Outcome
    moved: Record | None
    elsewhere: int  # claims and innovations of other units that moved as well
    when: tuple[str, str] = ("", "")

    def as_json(self) -> Record:
        """For machines: the new index, and the comparison of the units asked for."""
        index = self.outcome.assessment.index
        return {
            **index,
            "report": self.outcome.report,
            "notes": list(self.outcome.notes),
            **self.outcome.as_checked(),
            "moved": self.moved,
            "moved_elsewhere": self.elsewhere,
        }


def recalculate_units(request: AssessRequest, assess: Callable[[AssessRequest], Outcome]) -> Recalculated:
    """Run *assess* with evidence of ``request.units`` read again; compare.

    Everything else comes from the ledger, and the whole region is validated and scored: the run is
    what a full assessment would publish. UsageError for an unknown unit; nothing is published then.
    """
    from iid.tasks.answers.compare import compared
    from iid.tasks.answers.run_view import Picture
    from iid.tasks.store.open_store import open_store
    from iid.tasks.store.published_run import read_run

    store = open_store(request.store, request.endpoint_url)
    before = _published(request)
    outcome = assess(request)
    a = outcome.assessment
    if before is None or before.run_id == a.run_id:
        return Recalculated(outcome, None, 0)
    old = Picture.of(before)
    new = Picture.of(read_run(store, a.marker.region, a.cycle, a.run_id))
    record = compared(old, new)
    moved = only(record, request.units)
    return Recalculated(outcome, moved, _count(record) - _count(moved), (old.when, new.when))


def _published(request: AssessRequest) -> Run | None:
    """The run that is published now; None before the first."""
    from iid.tasks.shares.marker import read_marker
    from iid.tasks.shares.open_share import open_drive
    from iid.tasks.store.open_store import open_store
    from iid.tasks.store.published_run import latest, read_run

    region = request.region or read_marker(open_drive(request.share)).region
    store = open_store(request.store, request.endpoint_url)
    if latest(store, region, request.cycle) is None:
        return None
    return read_run(store, region, request.cycle)


def only(record: Record, units: Sequence[str]) -> Record:
    """Return a comparison (``compared``) with the rows of *units* alone."""

    def theirs(rows: list[Record]) -> list[Record]:
        return [row for row in rows if row["innovation_id"].partition("/")[0] in units]

    lists = {name: theirs(record[name]) for name in ("claims", "ranks", "file_changes")}
    groups = {name: theirs(rows) for name, rows in record["innovations"].items()}
    return {**record, **lists, "innovations": groups, "units": list(units)}


def _count(record: Record) -> int:
    return len(record["claims"]) + sum(len(rows) for rows in record["innovations"].values())


def moved_lines(done: Recalculated, units: Sequence[str], limit: int) -> Iterator[str]:
    """What moved, for people; at most *limit* claims and ranks (0: all)."""
    from iid.tasks.answers.compare_text import comparison_lines

    named = ", ".join("SPD daerah" if unit == REGION_ID else unit for unit in units)
    if done.outcome.already:
        yield f"Unit {named}: tidak ada yang berubah sejak perhitungan sebelumnya."
        return
    if done.moved is None:
        yield f"Unit {named}: belum ada perhitungan sebelumnya untuk dibandingkan."
        return
    yield f"Yang bergeser pada unit {named}:"
    yield from comparison_lines(done.moved, done.when, limit)
    if done.elsewhere:
        yield f"Pada unit lain bergeser pula {done.elsewhere} klaim atau inovasi; lihat iid compare."


def run_recalculation(request: AssessRequest, runner: Runner) -> Recalculated:
    """Recalculate with every step run by *runner*."""
    return recalculate_units(request, lambda wanted: run_assessment(wanted, runner))


def recalculate_as_flow(request: RecalculateRequest) -> Any:
    """Baca ulang bukti unit yang disebut, hitung seluruh daerah, terbitkan, dan tunjukkan yang bergeser."""
    from iid.flows.assess import assess_in_tasks
    from iid.flows.prefect_glue import artifacts
    from iid.flows.prefect_glue.page_flow import state_of

    asked = request.as_assessment()

    def work() -> Recalculated:
        done = recalculate_units(asked, assess_in_tasks)
        artifacts.show_moved(done.outcome.assessment, "\n".join(moved_lines(done, request.units, SHOWN)))
        return done

    return state_of(asked, work)


def __getattr__(name: str) -> Any:
    """Make the flow ``recalculate`` on demand: ``--direct`` avoids Prefect."""
    if name != "recalculate":
        raise AttributeError(name)
    from iid.flows.prefect_glue.page_flow import as_flow

    return as_flow(recalculate_as_flow, "recalculate", "hitung ulang")

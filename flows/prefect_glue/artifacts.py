"""What Prefect shows of a published run: artifacts and assets.

The run is out when these are made, so whatever Prefect does not take is a line in the log and
never a failed run. Nothing here holds more than the published summary: no names of persons, and
addresses without the passwords somebody may have put into them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

from iid.flows.prefect_glue import quiet_prefect

quiet_prefect.prepare()

from prefect.artifacts import (  # noqa: E402  (after prepare: settings are read on import)
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.assets import Asset, AssetProperties, materialize  # noqa: E402
from prefect.cache_policies import NO_CACHE  # noqa: E402
from prefect.logging import get_logger  # noqa: E402

if TYPE_CHECKING:
    from uuid import UUID

    from iid.flows.telemetry.progress import Runner
    from iid.tasks.assess.publishing_steps import Outcome
    from iid.tasks.close.preview import Preview
    from iid.tasks.values.assessment import Assessment

T = TypeVar("T")
#: The published tables as their readers know them.
TABLES = {
    "index": "Indeks wilayah",
    "innovations": "Skor setiap inovasi",
    "scores": "Skor setiap indikator",
    "evidence": "Bukti dan faktanya",
    "findings": "Temuan",
    "units": "Unit dan keikutsertaannya",
}
STEP = 10.0  # per cent between two updates of the progress


def show(outcome: Outcome) -> None:
    """Show units, report link and summary; add the tables as assets.

    The pages show the newest artifact first: the summary.
    """
    for make in (_units, _report, _summary, _assets):
        _gently(make, outcome)


def show_preview(preview: Preview, region: str | None, cycle: int) -> None:
    """What a closing makes final, before it does."""
    _gently(_preview, preview, region or "", cycle)


def _preview(preview: Preview, region: str, cycle: int) -> None:
    from iid.tasks.report.summary import escaped

    key = re.sub(r"[^a-z0-9-]+", "-", f"iid-{region}-{cycle}-penutupan".lower())
    text = "".join(f"- {escaped(sentence)}\n" for sentence in preview.sentences())
    create_markdown_artifact(text, key=key, description="Yang menjadi final")


def _gently(make: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return make(*arguments)
    except Exception as error:  # noqa: BLE001  (a guest's server that is away must not undo a published run)
        get_logger("iid").warning("%s tidak tercatat di Prefect: %s", make.__name__.strip("_"), error)
        return None


def key_of(assessment: Assessment, what: str) -> str:
    """Return the artifact's key, one per region and cycle, for history."""
    return _key(assessment.marker.region, assessment.cycle, what)


def _key(region: str, cycle: object, what: str) -> str:
    return re.sub(r"[^a-z0-9-]+", "-", f"iid-{region}-{cycle}-{what}".lower())


def _summary(outcome: Outcome) -> None:
    from iid.tasks.report.summary import summary_markdown

    a = outcome.assessment
    text = f"{summary_markdown(a)}\nLaporan: {shown(outcome.report)}\n"
    create_markdown_artifact(text, key=key_of(a, "ringkasan"), description="Ringkasan penilaian")


def _units(outcome: Outcome) -> None:
    a = outcome.assessment
    names = {
        "unit_code": "Kode",
        "name": "Unit",
        "type": "Jenis",
        "innovations": "Inovasi",
        "eligible": "Memenuhi syarat",
        "mean_supported": "Rata-rata didukung",
        "critical": "Temuan kritis",
        "warnings": "Peringatan",
    }
    rows = a.units[list(names)].rename(columns=names).astype(str).to_dict("records")
    create_table_artifact(rows, key=key_of(a, "unit"), description="Keadaan setiap unit")


def _report(outcome: Outcome) -> None:
    if outcome.report.startswith(("http://", "https://")):
        a = outcome.assessment
        create_link_artifact(shown(outcome.report), key=key_of(a, "laporan"), link_text="Buka laporan")


def _assets(outcome: Outcome) -> None:
    """Record one materialization a table, once a published run."""
    if outcome.already:
        return
    a, root = outcome.assessment, outcome.index.rpartition("/")[0]
    place = f"iid://{a.marker.region}/{a.cycle}"
    sources: list[str | Asset] = [
        Asset(key=f"{place}/share", properties=AssetProperties(name=f"Share {a.marker.region} {a.cycle}")),
        Asset(key=f"iid://rulebook/{a.cycle}", properties=AssetProperties(name=f"Peraturan {a.cycle}")),
    ]
    tables = [
        Asset(
            key=f"{place}/{name}",
            properties=AssetProperties(name=title, url=shown(f"{root}/{name}{_ending(name)}")),
        )
        for name, title in TABLES.items()
    ]

    @materialize(
        *tables,
        by="iid",
        name="Mencatat hasil",
        task_run_name="Mencatat hasil",
        asset_deps=sources,
        cache_policy=NO_CACHE,
        persist_result=False,
    )
    def record() -> None:
        for table in tables:
            table.add_metadata(_facts(a, table.key.rpartition("/")[2]))

    record()


def _ending(name: str) -> str:
    return ".json" if name == "index" else ".csv"


def _facts(a: Assessment, name: str) -> dict[str, Any]:
    rows, level = getattr(a, name), "verified" if a.status == "final" else "supported"
    return {
        "run_id": a.run_id,
        "status": a.status,
        "as_of": f"{a.as_of:%Y-%m-%dT%H:%M:%SZ}",
        "rulebook_sha256": a.rulebook_sha256,
        **({"index": rows[level]["index"]} if name == "index" else {"rows": len(rows)}),
    }


def shown(address: str) -> str:
    """*address* without user, password and query: those may be secrets."""
    parts = urlsplit(address)
    if not parts.scheme or not parts.netloc:
        return address
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def show_moved(assessment: Assessment, text: str) -> None:
    """What moved, where the steward looks after pressing the button."""
    plain = text.replace("`", "'")
    key = key_of(assessment, "hitung-ulang")
    create_markdown_artifact(f"```text\n{plain}\n```", key=key, description="Yang bergeser")


class Progress:
    """Runs steps as *runner* does; shows progress, updated every tenth."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._key: str | None = None  # known with the region, once the share is open
        self._id: UUID | None = None
        self._sent = 0.0

    def run(self, title: str, work: Callable[[], T]) -> T:
        """Run the step."""
        result = self._runner.run(title, work)
        if self._key is None and (marker := getattr(result, "marker", None)):
            self._key = _key(marker.region, getattr(result, "cycle", ""), "pemeriksaan")
        return result

    def progress(self, done: int, total: int) -> None:
        """How many of *total* pieces are *done*."""
        self._runner.progress(done, total)
        now = 100.0 * done / total if total else 100.0
        if self._id is None:
            self._sent = now
            self._id = _gently(self._begin, now)
        elif now - self._sent >= STEP or (now >= 100.0 > self._sent):
            self._sent = now
            _gently(update_progress_artifact, self._id, now)

    def _begin(self, now: float) -> Any:
        return create_progress_artifact(progress=now, key=self._key, description="Memeriksa bukti")

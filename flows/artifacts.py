"""What people see of a published run inside Prefect: artifacts, and assets for lineage.

The run is out when these are made, so whatever Prefect does not take is a line in the log and
never a failed run. Nothing here holds more than the published summary: no names of persons, and
addresses without the passwords somebody may have put into them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from iid.flows import quiet_prefect

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

    from iid.flows.pipeline import Outcome
    from iid.tasks.assessment import Assessment

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
    """Summary, table of the units, link to the report, and the published tables as assets."""
    for make in (_summary, _units, _report, _assets):
        _gently(make, outcome)


def _gently(make: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return make(*arguments)
    except Exception as error:  # noqa: BLE001  (a guest's server that is away must not undo a published run)
        get_logger("iid").warning("%s tidak tercatat di Prefect: %s", make.__name__.strip("_"), error)
        return None


def key_of(assessment: Assessment, what: str) -> str:
    """The artifact's key, the same for every run of a region and cycle, so that it has a history."""
    return re.sub(r"[^a-z0-9-]+", "-", f"iid-{assessment.marker.region}-{assessment.cycle}-{what}".lower())


def _summary(outcome: Outcome) -> None:
    from iid.tasks.reports.summary import summary_markdown

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
    """One materialization a table, from the region's share and the rulebook; once a published run."""
    if outcome.already:
        return
    a, root = outcome.assessment, outcome.index.rpartition("/")[0]
    place = f"iid://{a.marker.region}/{a.cycle}"
    sources: list[str | Asset] = [
        Asset(key=f"{place}/share", properties=AssetProperties(name=f"Share {a.marker.region} {a.cycle}")),
        Asset(key=f"iid://rulebook/{a.cycle}", properties=AssetProperties(name=f"Buku aturan {a.cycle}")),
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


class Progress:
    """The progress artifact of one run: made at the first word, updated every tenth."""

    def __init__(self) -> None:
        self._id: UUID | None = None
        self._told = 0.0

    def tell(self, done: int, total: int) -> None:
        """How many of *total* pieces are *done*."""
        now = 100.0 * done / total if total else 100.0
        if self._id is None:
            self._told = now
            self._id = _gently(self._begin, now)
        elif now - self._told >= STEP or (now >= 100.0 > self._told):
            self._told = now
            _gently(update_progress_artifact, self._id, now)

    @staticmethod
    def _begin(now: float) -> Any:
        return create_progress_artifact(progress=now, key="iid-pemeriksaan", description="Memeriksa bukti")

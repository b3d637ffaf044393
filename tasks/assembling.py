"""Put an assessment together and turn it into the files of a run."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from iid.expectations.loading import Loaded
from iid.tasks.assessment import Assessment
from iid.tasks.dictionary import data_package
from iid.tasks.model import Marker
from iid.tasks.scoring.scoring import Scored
from iid.tasks.tables import PUBLISHED_EVIDENCE

#: Packages whose version can change a result; named in the manifest and in the run's digest.
VERSIONED = ("iid", "pandas", "great-expectations", "pypdfium2", "pillow", "python-calamine")


@cache
def versions() -> dict[str, str]:
    """Installed version of each package that can change a result, and the digest of our own code.

    With the code's digest in it, a run of changed templates or rules never claims an old run's id.
    """
    found = {name: importlib.metadata.version(name) for name in VERSIONED}
    return found | {"code": _code_digest()}


def _code_digest() -> str:
    digest = hashlib.sha256()
    for room in ("iid.expectations", "iid.tasks", "iid.flows"):
        root = Path(str(files(room)))
        for path in sorted(p for p in root.rglob("*") if p.is_file() and "__pycache__" not in p.parts):
            digest.update(f"{room}/{path.relative_to(root).as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def digest_of_inputs(loaded: Loaded, marker: Marker, tables: Mapping[str, pd.DataFrame], extra: str) -> str:
    """SHA-256 over everything a run is computed from, the same on every machine."""
    digest = hashlib.sha256()
    head = [loaded.sha256, marker.region, marker.name, marker.zone, str(marker.example), extra]
    digest.update(json.dumps([head, versions()], sort_keys=True).encode())
    for name in sorted(tables):
        digest.update(name.encode())
        digest.update(
            tables[name].to_csv(index=False, lineterminator="\n").encode("utf-8", "surrogateescape")
        )
    return digest.hexdigest()


def run_id_of(as_of: datetime, digest: str) -> str:
    """``<UTC time>-<8 hex>``: sorts by time, equal for equal inputs and time."""
    return f"{as_of:%Y%m%dT%H%M%SZ}-{digest[:8]}"


def index_json(
    scored: Scored, loaded: Loaded, marker: Marker, cycle: int, run_id: str, as_of: datetime, status: str
) -> dict[str, Any]:
    """The content of ``index.json`` (contract 5)."""
    return {
        "region": marker.region,
        "cycle": cycle,
        "run_id": run_id,
        "as_of": f"{as_of:%Y-%m-%dT%H:%M:%SZ}",
        "status": status,
        "rulebook": {"cycle": loaded.rulebook.cycle, "sha256": loaded.sha256},
        **scored.index,
    }


def run_files(assessment: Assessment, rulebook_text: str, docs: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of the run except the manifest, one by one: (name inside the run, bytes)."""
    from iid.tasks.reports.site import render_site
    from iid.tasks.reports.workbook import result_workbook
    from iid.tasks.stores.tables import table_files

    a = assessment
    yield "index.json", canonical_json(a.index)
    yield "datapackage.json", canonical_json(data_package(a))
    yield "rulebook.yaml", rulebook_text.encode("utf-8")
    for name, table in (
        ("innovations", a.innovations),
        ("scores", a.scores),
        ("evidence", a.evidence[list(PUBLISHED_EVIDENCE)]),
        ("findings", a.findings),
        ("units", a.units),
        ("decisions", a.decisions),
        ("decision_log", a.decision_log),
        ("links", a.links),
    ):
        yield from table_files(name, table)
    for name, table in (
        ("claims", a.claims),
        ("profiles", a.profiles),
        ("fields", a.fields),
        ("evidence_all", a.evidence),
    ):
        yield from (pair for pair in table_files(name, table) if pair[0].endswith(".parquet"))
    yield "hasil.xlsx", result_workbook(a)
    for name, data in render_site(a):
        yield f"report/{name}", data
    for path in sorted(p for p in docs.rglob("*") if p.is_file()):
        yield f"data-docs/{path.relative_to(docs).as_posix()}", path.read_bytes()


def manifest_head(assessment: Assessment, digest: str, accepted_loss: str | None) -> dict[str, Any]:
    """What the manifest says besides the list of files."""
    a = assessment
    return {
        "schema": 1,
        "region": a.marker.region,
        "cycle": a.cycle,
        "run_id": a.run_id,
        "as_of": a.index["as_of"],
        "status": a.status,
        "rulebook": a.index["rulebook"],
        "share_fingerprint": digest,
        "versions": versions(),
        "accepted_loss": accepted_loss,
        "counts": {
            "units": len(a.units),
            "innovations": len(a.innovations),
            "claims": len(a.claims),
            "evidence": len(a.evidence),
            "findings": len(a.findings),
            "decisions": len(a.decisions),
        },
    }


def canonical_json(value: object) -> bytes:
    """Readable JSON with a stable order and a closing new line."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode("utf-8")

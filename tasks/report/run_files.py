"""Put an assessment together and turn it into the files of a run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from iid.expectations.rulebook.loading import Loaded
from iid.tasks.report.dictionary import data_package
from iid.tasks.score.scoring import Scored
from iid.tasks.store.memory import Memory
from iid.tasks.values.assessment import Assessment
from iid.tasks.values.peers import Peers
from iid.tasks.values.region import Marker
from iid.tasks.values.tables import PUBLISHED_EVIDENCE
from iid.tasks.values.versions import versions

SAID_ONCE = ("decision.withdrawn", "unit.evidence_gone")
#: Findings that name the day of a look at a link; what was seen is in table ``links``.
DATED = ("evidence.link_closed", "evidence.link_gone")


class Digests(NamedTuple):
    """SHA-256 of a run's inputs, and of its result whatever time and past."""

    inputs: str
    results: str


def digests_of(
    loaded: Loaded,
    marker: Marker,
    tables: Mapping[str, pd.DataFrame],
    status: str,
    past: str,
    peers: tuple[Peers, ...] = (),
) -> Digests:
    """Return the digests of a run; *past*: what came before, why it passed.

    *tables* decide every number of the run. Of findings that only the run which saw something says
    (:data:`SAID_ONCE`), and of when a link was looked at, the results know nothing: the next run over
    the same share comes to the same, and so does another look that sees the same.
    """
    hashes = {name: _table_hash(table) for name, table in tables.items()}
    lasting = {name: _table_hash(table) for name, table in _lasting(tables)}
    head = [loaded.sha256, marker.region, marker.name, marker.zone, str(marker.example), versions(), status]
    head += [repr(peers)] if peers else []
    return Digests(_digest([*head, past, hashes]), _digest([*head, hashes | lasting]))


def _lasting(tables: Mapping[str, pd.DataFrame]) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield *tables* without what only one run says, or only with its day."""
    findings, evidence, links = (tables[name] for name in ("findings", "evidence", "links"))
    looked = links["checked_at"] != ""
    if looked.any():
        yield "links", links.drop(columns="checked_at")
        yield "evidence", evidence.assign(detail=evidence["detail"].mask(evidence["kind"] == "link", ""))
    findings = findings[~findings["code"].isin(SAID_ONCE)]
    yield "findings", findings.assign(message=findings["message"].mask(findings["code"].isin(DATED), ""))


def _digest(facts: list[Any]) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _table_hash(table: pd.DataFrame) -> str:
    text = table.to_csv(index=False, lineterminator="\n")
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


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


def run_files(
    assessment: Assessment, rulebook_text: str, docs: Path, known: Memory | None = None
) -> Iterator[tuple[str, bytes]]:
    """Yield every file of the run but the manifest: (name inside it, bytes).

    *known*: the pages of innovations of an earlier night.
    """
    from iid.tasks.report.book import open_book
    from iid.tasks.report.result_workbook import result_workbook
    from iid.tasks.report.site import render_site
    from iid.tasks.store.table_files import table_files

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
    book = open_book(a)
    yield "hasil.xlsx", result_workbook(book)
    for name, data in render_site(book, known):
        yield f"report/{name}", data
    for path in sorted(p for p in docs.rglob("*") if p.is_file()):
        yield f"data-docs/{path.relative_to(docs).as_posix()}", path.read_bytes()


def share_fingerprint(assessment: Assessment) -> str:
    """Hash the share: evidence by path, size and hash, workbooks by content.

    The same share gives the same fingerprint whatever rulebook, decisions, time or version of the program.
    """
    a = assessment
    files = a.evidence.loc[a.evidence["kind"] == "file", ["source", "size", "sha256"]].drop_duplicates()
    digest = hashlib.sha256()
    for table in (files, a.profiles, a.fields, a.claims):
        rows = table.to_csv(index=False, header=False, lineterminator="\n").splitlines()
        digest.update("\n".join([*sorted(rows), ""]).encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def manifest_head(assessment: Assessment, digests: Digests, accepted_loss: str | None) -> dict[str, Any]:
    """What the manifest says besides the list of files (contract 5)."""
    a = assessment
    return {
        "schema": 1,
        "region": a.marker.region,
        "cycle": a.cycle,
        "run_id": a.run_id,
        "as_of": a.index["as_of"],
        "status": a.status,
        "rulebook": a.index["rulebook"],
        "share_fingerprint": share_fingerprint(a),
        "inputs_sha256": digests.inputs,
        "results_sha256": digests.results,
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

"""What every published column means, as data, and its Data Package.

``datapackage.json`` follows the Frictionless Data Package (https://datapackage.org), so that other
programs know names, types and meaning without asking. See docs/data.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from iid.tasks.values.assessment import Assessment
from iid.tasks.values.tables import (
    CLAIMS,
    DECISION_LOG,
    DECISIONS,
    EVIDENCE,
    FIELDS,
    FINDINGS,
    FLAG,
    INNOVATIONS,
    LINKS,
    PUBLISHED_EVIDENCE,
    PUBLISHED_INNOVATIONS,
    PUBLISHED_UNITS,
    SCORES,
    WHOLE,
    Columns,
)

#: Meaning of the columns that say the same in every table.
COMMON: Mapping[str, str] = {
    "innovation_id": "<unit code>/<innovation folder>; pemda for the region's own rows (SPD)",
    "unit_code": "code of the unit in the roster; pemda for the region's own rows",
    "indicator": "key of the indicator in the rulebook (2a, 16, SPD); empty when it concerns none",
    "aspect": "SPD (once per region) or SID (for every innovation)",
    "name": "name as the submission or the roster gives it",
    "source": "where it is: path inside the share, path#Sheet!cell, or a URL",
    "folder": "path inside the share; empty when there is none",
    "note": "remark as it was typed",
    "value": "the value as it was understood; empty when there is none",
    "raw": "the cell as it is in the workbook",
    "problem": "what kept it from being understood or opened; empty for nothing",
    "decision": "what the reviewer decided: terima, turunkan or tolak; empty for none in force",
    "parameter": "claimed parameter 0..3; 0 when nothing is claimed or it was not understood",
}

#: Meaning of the other columns, by table.
DESCRIPTIONS: Mapping[str, Mapping[str, str]] = {
    "innovations": {
        "stage": "stage of the innovation (Tahapan), in the rulebook's spelling where it matches",
        "main_affair": "main government affair (Urusan Utama), in the rulebook's spelling where it matches",
        "eligible": "counts in the supported view: no critical finding on it or on its submission",
        "ineligible_reasons": "codes of the findings that make it ineligible, separated by ;",
        "claimed_score": "score of what was claimed; exact decimal",
        "supported_score": "score of the claims whose evidence is complete, decisions applied; exact decimal",
        "verified_score": "score of what reviewers accepted; exact decimal",
        "rank": "by unrounded supported score; equal scores share a rank; empty when ineligible",
    },
    "scores": {
        "weight": "weight of the indicator in the rulebook; exact decimal",
        "claimed_parameter": "parameter as claimed",
        "supported_parameter": "parameter that counts in the supported view",
        "verified_parameter": "parameter that a reviewer accepted",
        "claimed_score": "weight x claimed_parameter; exact decimal",
        "supported_score": "weight x supported_parameter; exact decimal",
        "verified_score": "weight x verified_parameter; exact decimal",
        "evidence_items": "items that carry the score: those that prove, or all not empty where accepted",
        "reasons": "codes of the critical findings on this claim, separated by ;",
    },
    "evidence": {
        "kind": "file or link",
        "size": "bytes",
        "modified_at": "time of change that the share gives, UTC",
        "sha256": "SHA-256 of the content, 64 hex digits; empty for links and what could not be read",
        "media_type": "media type by content, not by name",
        "pages": "pages or slides, where the kind has them",
        "text_sha256": "SHA-256 of the normalised text; empty without text",
        "readable": "exists, opens, is not empty and not locked",
        "listed": "named (in Bukti or Tautan), folder (every file of the folder), extra (not claimed)",
        "counted": "belongs to a claim with a parameter above 0",
        "format": "kind of content in the rulebook's words: pdf, jpg, mp4, link, ...",
        "text_chars": "characters of the normalised text",
        "duration_s": "length of a video in seconds",
        "detail": "what the inspector saw",
    },
    "findings": {
        "code": "code of the finding (docs/findings.md)",
        "severity": "critical, warning or info; only critical changes a score",
        "message": "what was found, in Indonesian",
        "fix": "what to do, in Indonesian",
    },
    "units": {
        "type": "opd, puskesmas, sekolah, bpp, kecamatan, kelurahan, desa or masyarakat; empty if unknown",
        "submitted": "at least one innovation folder",
        "innovations": "innovations reported",
        "eligible": "innovations that count",
        "mean_supported": "mean supported score of its eligible innovations, 2 places; empty without one",
        "critical": "critical findings",
        "warnings": "warnings",
    },
    "decisions": {
        "decision": "terima, turunkan or tolak, or what was typed where it is none of them",
        "new_parameter": "parameter after turunkan; empty for the SPD total (see new_value)",
        "new_value": "score after turunkan of an SPD total; exact decimal, empty elsewhere",
        "state": "in_force, lapsed (evidence or claim changed since), unclear (incomplete, contradicted) "
        "or replaced (the review desk decided the claim)",
        "origin": "where it was decided: meja (the review desk) or buku (a review workbook)",
        "reviewer": "who decided, as typed",
        "date": "when, as typed",
        "fingerprint": "fingerprint of claim and evidence that the decision is about",
        "in_force": "the decision counts: fingerprint unchanged, row complete, no contradiction",
    },
    "links": {
        "source": "the URL",
        "host_class": "kind of place: video, drive, social, pemda, news or other; empty for no address",
        "status": "open, closed (asks for a login or permission), gone, unknown; empty when not checked",
        "checked_at": "when it was asked, UTC; empty when not checked",
        "detail": "why, in Indonesian",
    },
    "decision_log": {
        "at": "time of the run that saw it first (its as_of), UTC",
        "state": "in_force, lapsed, unclear, replaced (by another decision) or withdrawn (no longer there)",
        "decision": "terima, turunkan or tolak, or what was typed where it is none of them",
        "new": "parameter or exact SPD score after turunkan; empty for none",
        "reviewer": "who decided, as typed",
        "date": "when, as typed",
        "fingerprint": "fingerprint of claim and evidence that the decision is about",
    },
    "claims": {
        "value_raw": "the cell Nilai as it is",
        "basis_raw": "the cell Basis as it is",
        "basis": "letter of the measuring basis in the rulebook; empty for none",
        "files": "names of column Bukti, one a line",
        "links": "URLs of Tautan and Bukti, one a line",
        "basis_cell": "where the cell Basis is: path#Sheet!cell",
        "files_cell": "where the cell Bukti is: path#Sheet!cell",
        "links_cell": "where each of links is, one a line: path#Sheet!cell",
    },
    "fields": {
        "field": "key of the profile field: a column of table profiles, or asta_cita or pkpn",
        "label": "label in the workbook",
    },
    "profiles": {
        "workbook": "path of inovasi.xlsx inside the share; empty when missing",
        "read": "the workbook could be read",
        "stage": "Tahapan",
        "initiator": "Inisiator",
        "initiator_name": "Nama Inisiator",
        "classification": "Klasifikasi",
        "kind": "Jenis",
        "form": "Bentuk",
        "theme": "Tematik",
        "main_affair": "Urusan Utama",
        "other_affairs": "Urusan Beririsan",
        "trial_date": "Waktu Uji Coba, ISO date",
        "applied_date": "Waktu Penerapan, ISO date",
        "developed_date": "Waktu Pengembangan, ISO date",
        "design": "Rancang Bangun",
        "purpose": "Tujuan",
        "benefit": "Manfaat",
        "result": "Hasil",
        "coordinates": "Koordinat",
        "budget": "Anggaran",
        "design_words": "words of Rancang Bangun",
        "design_distinct_words": "different words of Rancang Bangun",
    },
}

_EVIDENCE: Columns = {name: EVIDENCE[name] for name in PUBLISHED_EVIDENCE}
#: Every published table: its columns, its key, its one line, and whether there is a CSV too.
TABLES: Mapping[str, tuple[Columns, tuple[str, ...], str, bool]] = {
    "innovations": (
        PUBLISHED_INNOVATIONS,
        ("innovation_id",),
        "One row an innovation, with its scores",
        True,
    ),
    "scores": (SCORES, ("innovation_id", "indicator"), "One row an innovation and indicator", True),
    "evidence": (_EVIDENCE, (), "One row an item of evidence", True),
    "findings": (FINDINGS, (), "One row a finding", True),
    "units": (PUBLISHED_UNITS, ("unit_code",), "One row a unit", True),
    "decisions": (DECISIONS, (), "One row a line that a reviewer filled in", True),
    "links": (LINKS, (), "One row a link of evidence, with what kind of place it leads to", True),
    "decision_log": (DECISION_LOG, (), "One row whenever a decision began or ceased to count", True),
    "claims": (CLAIMS, ("innovation_id", "indicator"), "One row an indicator as the unit claimed it", False),
    "profiles": (INNOVATIONS, ("innovation_id",), "One row an innovation as its workbook was read", False),
    "fields": (FIELDS, (), "One row a profile field as it is in the workbook", False),
    "evidence_all": (EVIDENCE, (), "Table evidence with everything that scoring looks at", False),
}

_DECIMALS = ("weight", "claimed_score", "supported_score", "verified_score", "mean_supported")


def meaning(table: str, column: str) -> str:
    """Return what *column* of *table* means. KeyError where none described it."""
    own = DESCRIPTIONS.get("evidence" if table == "evidence_all" else table, {})
    return own[column] if column in own else COMMON[column]


def data_package(assessment: Assessment) -> dict[str, Any]:
    """The content of ``datapackage.json`` of this run."""
    a = assessment
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": f"iid-{a.marker.region}-{a.cycle}".lower(),
        "title": f"Indeks Inovasi Daerah {a.cycle} {a.marker.name}",
        "version": a.run_id,
        "created": a.index["as_of"],
        "resources": [resource for name in TABLES for resource in _resources(name)],
    }


def _resources(name: str) -> Iterator[dict[str, Any]]:
    columns, key, title, has_csv = TABLES[name]
    if has_csv:
        yield {
            "name": name,
            "title": title,
            "path": f"{name}.csv",
            "type": "table",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "schema": _schema(name, columns, key, exact="number"),
        }
    yield {
        "name": f"{name}-parquet" if has_csv else name.replace("_", "-"),
        "title": title,
        "path": f"{name}.parquet",
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "schema": _schema(name, columns, key, exact="string"),
    }


def _schema(table: str, columns: Columns, key: tuple[str, ...], exact: str) -> dict[str, Any]:
    fields = [
        {"name": name, "type": _type(name, kind, exact), "description": meaning(table, name)}
        | ({"trueValues": ["true"], "falseValues": ["false"]} if kind == FLAG else {})
        for name, kind in columns.items()
    ]
    return {"fields": fields, "missingValues": [""]} | ({"primaryKey": list(key)} if key else {})


def _type(name: str, kind: str, exact: str) -> str:
    if name in _DECIMALS:
        return exact
    return {WHOLE: "integer", FLAG: "boolean"}.get(kind, "string")

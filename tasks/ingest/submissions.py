"""From the share to the long tables: a cycle's workbooks and evidence."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from iid.expectations.rulebook.model import Rulebook
from iid.tasks.ingest.container import MAX_BYTES
from iid.tasks.ingest.cycle_layout import Layout, lay_out
from iid.tasks.ingest.evidence_items import Gathered, gather, is_claimed, without_password
from iid.tasks.ingest.parse_workbook import Asked, parse_here, unread
from iid.tasks.ingest.parsed import Parsed
from iid.tasks.ingest.reading_findings import blank_finding, is_blank, layout_findings, place_findings
from iid.tasks.ingest.submission_place import SubmissionPlace
from iid.tasks.shares.drive import Drive, Entry, Listing
from iid.tasks.text.os_errors import why
from iid.tasks.values.region import Unit, findings_table
from iid.tasks.values.tables import CLAIMS, EVIDENCE, FIELDS, INNOVATIONS, REGION_ID, TEXT, UNITS, frame

#: What workbooks say, in their order: ``parse_here``, or guarded processes that remember
#: (:mod:`iid.tasks.ingest.guarded_books`).
Parser = Callable[[Iterable[Asked], Rulebook], Iterable[Parsed]]

_NOT_OPENED = {
    "outside_share": "tautan ke luar folder bersama atau ke luar folder unit",
    "not_a_file": "bukan berkas biasa (pipa, perangkat, atau tautan ke folder)",
}


@dataclass(frozen=True, slots=True)
class Submissions:
    """The long tables (:mod:`iid.tasks.values.tables`), still without facts."""

    units: pd.DataFrame
    innovations: pd.DataFrame
    fields: pd.DataFrame
    claims: pd.DataFrame
    evidence: pd.DataFrame
    findings: pd.DataFrame
    settled: bool = True  # every workbook was read, or its listing says why not
    contents: Mapping[str, str] = field(default_factory=dict)  # hash of each workbook by path, as read


@dataclass(frozen=True, slots=True)
class _Read:
    """One submission: its place, its workbook, and what is evidence."""

    place: SubmissionPlace
    parsed: Parsed
    gathered: Gathered


def read_submissions(
    drive: Drive,
    listing: Listing,
    rulebook: Rulebook,
    roster: Sequence[Unit] | None,
    *,
    parser: Parser = parse_here,
) -> Submissions:
    """Read every workbook below the folder of the rulebook's cycle.

    *listing* holds (at least) that folder. Without a *roster* every unit folder is known.
    A workbook that cannot be read is a finding; raises DriveError when the drive itself fails.
    """
    sid = frozenset(indicator.key for indicator in rulebook.sid)
    spd = frozenset(indicator.key for indicator in rulebook.spd_rows)
    layout = lay_out(listing, rulebook.cycle, roster, sid, spd)
    places = (layout.region, *layout.innovations)
    parsed_all = parser(_asked(drive, places), rulebook)
    everything = [
        _Read(place, parsed, _gather(place, parsed))
        for place, parsed in _chosen(places, iter(parsed_all), rulebook)
    ]
    blank = {one.place.innovation_id for one in everything if is_blank(one.place, one.parsed)}
    read = [one for one in everything if one.place.innovation_id not in blank]
    if REGION_ID in blank:  # its rows stay, unread: every run has them
        read.insert(0, _Read(layout.region, unread(rulebook, "SPD"), Gathered()))
    findings = [*layout_findings(layout)]
    for one in everything:
        if one.place.innovation_id in blank:
            findings.append(blank_finding(one.place, one.gathered))
        else:
            findings += place_findings(layout, one.place, one.parsed, one.gathered)
    findings.sort(key=lambda f: (f.unit_code, f.innovation_id, f.source, f.code, f.indicator, f.message))
    return Submissions(
        units=frame(UNITS, _unit_rows(layout, blank)),
        innovations=frame(INNOVATIONS, map(_innovation_row, read[1:])),
        fields=frame(FIELDS, (row for one in read[1:] for row in _field_rows(one))),
        claims=frame(CLAIMS, (row for one in read for row in _claim_rows(one, rulebook))),
        evidence=frame(EVIDENCE, (row for one in read for row in _evidence_rows(one))),
        findings=findings_table(findings),
    )


def _asked(drive: Drive, places: Sequence[SubmissionPlace]) -> Iterator[Asked]:
    """Every workbook of *places*, the region's first, read one by one."""
    for number, place in enumerate(places):
        for entry in place.candidates:
            data, problem = _content(drive, entry)
            yield Asked(entry.path, "SID" if number else "SPD", data, problem, bool(entry.problem))


def _chosen(
    places: Sequence[SubmissionPlace], parsed: Iterator[Parsed], rulebook: Rulebook
) -> Iterator[tuple[SubmissionPlace, Parsed]]:
    """Yield each place with its parsed workbook; the filled one of several."""
    for number, place in enumerate(places):
        found = [(entry, next(parsed)) for entry in place.candidates]
        if found:
            place.chosen, best = min(found, key=lambda pair: _rank(pair[1]))
            yield place, best
        else:
            yield place, unread(rulebook, "SID" if number else "SPD")


def _rank(parsed: Parsed) -> tuple[bool, bool, bool]:
    """Rank a folder's workbooks: with claims, then with content, then opening."""
    claims = any(map(is_claimed, parsed.claims))
    return not claims, not parsed.answered, bool(parsed.unreadable)


def _content(drive: Drive, entry: Entry) -> tuple[bytes, str]:
    """Return a workbook's bytes (one extra if too large), or the problem."""
    if entry.problem:
        return b"", _NOT_OPENED.get(entry.problem, entry.problem)
    try:
        return drive.read_bytes(entry.path, MAX_BYTES + 1), ""
    except FileNotFoundError:
        return b"", "berkasnya hilang saat dibaca"
    except PermissionError as error:
        return b"", why(error)


def _gather(place: SubmissionPlace, parsed: Parsed) -> Gathered:
    """Return the evidence; none where no row was read (one finding says so)."""
    gathered = gather(place, parsed.claims)
    if not any(claim.address for claim in parsed.claims):
        gathered.items.clear()
    return gathered


def _unit_rows(layout: Layout, blank: Collection[str]) -> Iterator[dict[str, Any]]:
    reporting = {place.unit_code for place in layout.innovations if place.innovation_id not in blank}
    for code, found in layout.units.items():
        yield {
            "unit_code": code,
            "name": found.unit.name,
            "type": found.unit.type,
            "parent": found.unit.parent,
            "folder": found.folders[0] if found.folders else "",
            "known": found.known,
            "submitted": code in reporting,
        }


def _innovation_row(one: _Read) -> dict[str, Any]:
    place, parsed = one.place, one.parsed
    words, distinct = parsed.design_words
    answers = {answer.field: answer.value for answer in parsed.answers if answer.field in INNOVATIONS}
    return {
        **dict.fromkeys((name for name, kind in INNOVATIONS.items() if kind == TEXT), ""),
        **answers,
        "innovation_id": place.innovation_id,
        "unit_code": place.unit_code,
        "folder": place.folder,
        "workbook": place.workbook.path if place.workbook else "",
        "read": bool(place.workbook) and not parsed.unreadable,
        "design_words": words,
        "design_distinct_words": distinct,
    }


def _field_rows(one: _Read) -> Iterator[dict[str, Any]]:
    for answer in one.parsed.answers:
        yield {
            "innovation_id": one.place.innovation_id,
            "unit_code": one.place.unit_code,
            "field": answer.field,
            "label": answer.label,
            "raw": answer.raw,
            "value": answer.value,
            "source": source(one.place, answer.address),
            "problem": answer.problem,
        }


def _claim_rows(one: _Read, rulebook: Rulebook) -> Iterator[dict[str, Any]]:
    for claim in one.parsed.claims:
        yield {
            "innovation_id": one.place.innovation_id,
            "unit_code": one.place.unit_code,
            "indicator": claim.indicator,
            "aspect": rulebook.by_key[claim.indicator].aspect,
            "raw": claim.raw,
            "parameter": claim.parameter,
            "value_raw": claim.value_raw,
            "value": claim.value,
            "basis_raw": claim.basis_raw,
            "basis": claim.basis,
            "files": "\n".join(claim.files),
            "links": "\n".join(map(without_password, claim.links)),
            "note": claim.note,
            "source": source(one.place, claim.address),
            "basis_cell": _cell(one.place, claim.basis_address),
            "files_cell": _cell(one.place, claim.files_address),
            "links_cell": "\n".join(_cell(one.place, address) for address in claim.links_addresses),
            "problem": claim.problem,
        }


def _evidence_rows(one: _Read) -> Iterator[tuple[object, ...]]:
    """Tuples in the order of EVIDENCE: a national cycle has 600,000 of them."""
    for item in one.gathered.items:
        link = item.kind == "link"
        yield (
            one.place.innovation_id,
            one.place.unit_code,
            item.indicator,
            item.source,
            item.kind,
            item.listed,
            item.counted,
            item.size,
            item.modified_at,
            *("", "", "link" if link else "", None),  # sha256, media_type, format, pages
            *("", None, None),  # text_sha256, text_chars, duration_s
            link and not item.problem,  # readable
            item.problem,
            item.detail,
        )


def _cell(place: SubmissionPlace, address: str) -> str:
    return source(place, address) if address else ""


def source(place: SubmissionPlace, address: str) -> str:
    """Return ``<workbook path>#<sheet>!<cell>``; no address: the path."""
    path = place.workbook.path if place.workbook else f"{place.folder}/{place.wanted}"
    return f"{path}#{address}" if address else path

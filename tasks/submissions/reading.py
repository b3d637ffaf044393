"""From the share to the long tables: all workbooks of a cycle, and what stands as evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from iid.expectations.rulebook import Rulebook
from iid.tasks.drives.base import Drive, Entry, Listing
from iid.tasks.drives.reasons import why
from iid.tasks.model import Unit, findings_table
from iid.tasks.submissions.container import MAX_BYTES
from iid.tasks.submissions.items import Gathered, gather, without_password
from iid.tasks.submissions.layout import Layout, Place, lay_out
from iid.tasks.submissions.parsed import Parsed
from iid.tasks.submissions.parsing import parse_innovation, parse_region, unread
from iid.tasks.submissions.reporting import layout_findings, place_findings
from iid.tasks.tables import CLAIMS, EVIDENCE, FIELDS, INNOVATIONS, TEXT, UNITS, frame

#: Applies a pure function to many workbooks in order: ``map``, or a process pool's with a large
#: ``chunksize`` (the function carries the rulebook, and each chunk unpacks it once).
Mapper = Callable[[Callable[[bytes], Parsed], Iterable[bytes]], Iterable[Parsed]]

_NOT_OPENED = {
    "outside_share": "tautan ke luar share atau ke luar folder unit",
    "not_a_file": "bukan berkas biasa (pipa, perangkat, atau tautan ke folder)",
}


@dataclass(frozen=True, slots=True)
class Submissions:
    """The long tables of :mod:`iid.tasks.tables`; rows of evidence are still without facts."""

    units: pd.DataFrame
    innovations: pd.DataFrame
    fields: pd.DataFrame
    claims: pd.DataFrame
    evidence: pd.DataFrame
    findings: pd.DataFrame


@dataclass(frozen=True, slots=True)
class _Read:
    """One submission: where it lies, what its workbook says, what stands as evidence."""

    place: Place
    parsed: Parsed
    gathered: Gathered


def read_submissions(
    drive: Drive,
    listing: Listing,
    rulebook: Rulebook,
    roster: Sequence[Unit] | None,
    *,
    mapper: Mapper = map,
) -> Submissions:
    """Read every workbook below the folder of the rulebook's cycle.

    *listing* holds (at least) that folder. Without a *roster* every unit folder is known.
    A workbook that cannot be read is a finding; raises DriveError when the drive itself fails.
    """
    sid = frozenset(indicator.key for indicator in rulebook.sid)
    spd = frozenset(indicator.key for indicator in rulebook.spd_rows)
    layout = lay_out(listing, rulebook.cycle, roster, sid, spd)
    region = next(
        _parse_all(drive, [layout.region], partial(parse_region, rulebook=rulebook), map, "SPD", rulebook)
    )
    innovations = _parse_all(
        drive, layout.innovations, partial(parse_innovation, rulebook=rulebook), mapper, "SID", rulebook
    )
    read = [_Read(place, parsed, _gather(place, parsed)) for place, parsed in (region, *innovations)]
    findings = [*layout_findings(layout)]
    for one in read:
        findings += place_findings(layout, one.place, one.parsed, one.gathered)
    findings.sort(key=lambda f: (f.unit_code, f.innovation_id, f.source, f.code, f.indicator, f.message))
    return Submissions(
        units=frame(UNITS, _unit_rows(layout)),
        innovations=frame(INNOVATIONS, map(_innovation_row, read[1:])),
        fields=frame(FIELDS, (row for one in read[1:] for row in _field_rows(one))),
        claims=frame(CLAIMS, (row for one in read for row in _claim_rows(one, rulebook))),
        evidence=frame(EVIDENCE, (row for one in read for row in _evidence_rows(one))),
        findings=findings_table(findings),
    )


def _parse_all(
    drive: Drive,
    places: Sequence[Place],
    parse: Callable[[bytes], Parsed],
    mapper: Mapper,
    aspect: str,
    rulebook: Rulebook,
) -> Iterator[tuple[Place, Parsed]]:
    """Each place with its workbook parsed, in order; those without one are not parsed."""
    errors: dict[int, str] = {}

    def contents() -> Iterator[bytes]:
        for number, place in enumerate(places):
            if place.workbook is not None:
                data, errors[number] = _content(drive, place.workbook)
                yield data

    parsed = iter(mapper(parse, contents()))
    for number, place in enumerate(places):
        if place.workbook is None:
            yield place, unread(rulebook, aspect)
            continue
        found = next(parsed)
        yield place, unread(rulebook, aspect, errors[number]) if errors[number] else found


def _content(drive: Drive, entry: Entry) -> tuple[bytes, str]:
    """The bytes of a workbook (one more than allowed, where it is too large), or why there are none."""
    if entry.problem:
        return b"", _NOT_OPENED.get(entry.problem, entry.problem)
    try:
        return drive.read_bytes(entry.path, MAX_BYTES + 1), ""
    except FileNotFoundError:
        return b"", "berkasnya hilang saat dibaca"
    except PermissionError as error:
        return b"", why(error)


def _gather(place: Place, parsed: Parsed) -> Gathered:
    """The evidence; none where no row was read: then the workbook is the finding, not each file."""
    gathered = gather(place, parsed.claims)
    if not any(claim.address for claim in parsed.claims):
        gathered.items.clear()
    return gathered


def _unit_rows(layout: Layout) -> Iterator[dict[str, Any]]:
    reporting = {place.unit_code for place in layout.innovations}
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


def _cell(place: Place, address: str) -> str:
    return source(place, address) if address else ""


def source(place: Place, address: str) -> str:
    """``<path of the workbook>#<sheet>!<cell>``; the path alone without an address."""
    path = place.workbook.path if place.workbook else f"{place.folder}/{place.wanted}"
    return f"{path}#{address}" if address else path

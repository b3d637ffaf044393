"""The words of findings about items of evidence."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd

from iid.expectations import demands
from iid.tasks.validation import wording
from iid.tasks.validation.case import Case, looked_up
from iid.tasks.validation.duplicates import places_elsewhere
from iid.tasks.validation.texts_common import (
    Tables,
    Wording,
    Words,
    allowed_kinds,
    constant,
    documents,
    each,
    files,
)

#: So many unclaimed files of one folder and claim become one finding.
GROUP_FROM = 6


def _file(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    return {"name": files(rows)}


def _file_and_detail(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    detail = [text or "sebabnya tidak diketahui" for text in rows["detail"]]
    return {"name": files(rows), "detail": detail}


def _missing(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    seen = zip(files(rows), rows["detail"], strict=True)
    what = [detail or f'berkas "{name}" yang disebut di kolom Bukti tidak ada' for name, detail in seen]
    return {"parameter": each(rows, "parameter"), "what": what}


def _kind(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    formats = [wording.format_name(word) for word in rows["item_format"]]
    return {"name": files(rows)} | {"format": formats, "allowed": allowed_kinds(rows, case)}


def _size(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    per_mb = case.rulebook.limits.bytes_per_mb.value
    limits = {i.key: i.max_size_mb.value or Decimal(0) for i in case.rulebook.indicators}
    return {"name": files(rows)} | {
        "size": [wording.size(int(size), per_mb) for size in rows["item_size"]],
        "limit": [wording.megabytes(limits[key]) for key in rows["indicator"]],
    }


def _length(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    book = case.rulebook
    limits = demands.length_limits(book, "read") | demands.length_limits(book, "inferred")
    return {"name": files(rows)} | {
        "duration": [wording.minutes(int(seconds)) for seconds in rows["item_seconds"]],
        "limit": [wording.minutes(limits[key]).removesuffix(" menit") for key in rows["indicator"]],
    }


def _unclaimed(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    asked = zip(rows["indicator"], rows["parameter"].fillna(0), rows["claim_trouble"], strict=True)
    return {
        "name": _alike(rows),
        "what": ["Berkas" if kind == "file" else "Tautan" for kind in rows["kind"]],
        "why": [_why_unclaimed(key, int(parameter), trouble) for key, parameter, trouble in asked],
    }


def grouped_unclaimed(rows: pd.DataFrame) -> pd.DataFrame:
    """One row for all unclaimed files of one folder and claim, where there are GROUP_FROM or more.

    ``alike`` counts them; such a row's source is the folder.
    """
    folder = rows["source"].str.replace(r"/[^/]*$", "", regex=True)
    group = rows["claim"] + "\n" + rows["kind"] + "\n" + folder.where(rows["kind"] == "file", rows["source"])
    alike = group.groupby(group, sort=False).transform("size")
    many = alike >= GROUP_FROM
    kept = ~many | ~group.duplicated()
    folder = folder.where(rows["kind"] == "file", rows["cell_source"])
    grouped = rows.assign(
        alike=alike,
        example=rows["source"],
        source=rows["source"].mask(many, folder),
        cell_source=rows["cell_source"].mask(many, folder),
    )
    return grouped[kept]


def _alike(rows: pd.DataFrame) -> list[str]:
    """The file's name, or its folder with the number of files and one of them."""
    names = [wording.file_name(source) for source in rows["example"]]
    told = zip(names, rows["source"], rows["alike"].tolist(), strict=True)
    return [
        f"di folder {wording.quoted(source)} ({wording.number(alike)} berkas, misalnya {name})"
        if alike >= GROUP_FROM
        else name
        for name, source, alike in told
    ]


def _why_unclaimed(indicator: str, parameter: int, trouble: str) -> str:
    if "parameter_unknown" in trouble:
        return f"Parameter indikator {indicator} tidak dikenal"
    if "value_unreadable" in trouble:
        return f"Nilai indikator {indicator} tidak dapat dipakai"
    if "formula_uncalculated" in trouble and not parameter:
        return f"rumus pada klaim indikator {indicator} belum dihitung"
    if parameter:
        return "tidak disebut di kolom Bukti"
    return f"indikator {indicator} tidak diklaim (Parameter kosong atau 0)"


def _link(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    return {"name": each(rows, "source"), "allowed": allowed_kinds(rows, case)}


def _checked_link(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    asked = case.checked.loc[rows["source"]]
    days = [wording.local_day(text, case.marker.zone) for text in asked["checked_at"]]
    return {"name": each(rows, "source"), "detail": asked["detail"].tolist(), "day": days}


def _same(group: str, how: str, content: str | None = None) -> Wording:
    count = f"same_{group.removesuffix('_key')}"

    def words(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
        where = places_elsewhere(rows, tables["evidence"], group, content, count)
        names = documents(rows, case) if group == "near_key" else files(rows)
        return {"name": names} | {"how": constant(rows, how), "where": where}

    return words


def _ocr(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    characters = looked_up(rows["sha256"], case.said.contents["characters"])
    return {"name": files(rows), "characters": [wording.number(count) for count in characters.tolist()]}


def _other_region(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    own = constant(rows, case.marker.name)
    return {"name": files(rows)} | {"region": each(rows, "other_region"), "own": own}


def _archive(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    members = case.content(rows["sha256"], "members").astype("Int64")
    detail = [
        "daftar isi tidak terbaca" if pd.isna(n) else f"{wording.number(int(n))} berkas" for n in members
    ]
    return {"name": files(rows)} | {"detail": detail}


def _dated(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    first, last = demands.document_window(case.rulebook)
    numbers = looked_up(rows["sha256"], case.said.contents["number"]).fillna("")
    return {"name": documents(rows, case)} | {
        "number": [f" (nomor {number})" if number else "" for number in numbers],
        "date": [wording.day(f"{day:%Y-%m-%d}") for day in rows["signed_on"]],
        "from": constant(rows, wording.day(first.isoformat())),
        "to": constant(rows, wording.day(last.isoformat())),
    }


WORDS: dict[str, Wording] = {
    "evidence.missing": _missing,
    "evidence.empty": _file,
    "evidence.unreadable": _file_and_detail,
    "evidence.encrypted": _file,
    "evidence.outside_share": _file,
    "evidence.still_changing": _file,
    "evidence.timeout": _file_and_detail,
    "evidence.link_malformed": _link,
    "evidence.kind_not_allowed": _kind,
    "evidence.too_large": _size,
    "evidence.over_inferred_limit": _size,
    "evidence.too_long": _length,
    "evidence.over_inferred_length": _length,
    "evidence.unclaimed": _unclaimed,
    "evidence.link_not_counted": _link,
    "evidence.link_closed": _checked_link,
    "evidence.link_gone": _checked_link,
    "evidence.duplicate/bytes": _same("bytes_key", "persis"),
    "evidence.duplicate/text": _same("text_key", "isi teksnya", "sha256"),
    "evidence.duplicate/near": _same("near_key", "isi teksnya (nyaris)", "document"),
    "evidence.read_by_ocr": _ocr,
    "evidence.duplicate/image": _same("image_key", "gambarnya (nyaris)", "sha256"),
    "evidence.no_text": _file,
    "evidence.other_region": _other_region,
    "evidence.macro": _file,
    "evidence.archive": _archive,
    "evidence.blank": _file,
    "evidence.date_outside": _dated,
}

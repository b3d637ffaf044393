"""The words of findings about items of evidence."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pandas as pd

from iid.expectations.suites import demands
from iid.tasks.inspect.links.hosts import FORMS
from iid.tasks.text import sentences
from iid.tasks.text.indonesian import day, day_in, number
from iid.tasks.text.labels import format_name
from iid.tasks.validate.case import Case, looked_up
from iid.tasks.validate.duplicates import places_elsewhere
from iid.tasks.validate.texts_common import (
    Tables,
    Wording,
    Words,
    allowed_kinds,
    claimed,
    constant,
    documents,
    each,
    files,
)
from iid.tasks.values.indicator_numbers import TOTAL

#: So many unclaimed files of one folder and claim become one finding.
GROUP_FROM = 6


def _file(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    return {"name": files(rows)}


def _file_and_detail(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    detail = [text or "sebabnya tidak diketahui" for text in rows["detail"]]
    return {"name": files(rows), "detail": detail}


def _no_text(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    """Count a claim's scanned pages without text; all where not counted."""
    pages = rows["pages"].astype("Int64").fillna(1)
    scans = case.content(rows["sha256"], "scan_pages").astype("Int64")
    scans = scans.where(scans > 0, pages).fillna(pages)
    words = {
        name: n.groupby(rows["claim"]).transform("sum") for name, n in (("scans", scans), ("pages", pages))
    }
    return {"name": files(rows)} | {
        name: [number(count) for count in counts.tolist()] for name, counts in words.items()
    }


def _damaged(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    return {"name": files(rows), "detail": case.content(rows["sha256"], "detail").fillna("").tolist()}


def _missing(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    seen = zip(files(rows), rows["detail"], rows["alike"], rows["archive_beside"], strict=True)
    what = [_absent(name, detail, alike, archive) for name, detail, alike, archive in seen]
    claims = tables["claims"].set_index("claim")
    values = looked_up(rows["claim"], claims["value_raw"]).fillna("")
    return {
        "claimed": claimed(rows.assign(parameter_taken=rows["parameter"], value_raw=values)),
        "what": what,
    }


def _absent(name: str, detail: str, alike: int, archive: str) -> str:
    """Name what is missing: a file, or many by one, and an archive instead."""
    if alike > 1:
        text = f"{number(alike)} berkas yang disebut di kolom Bukti tidak ada, misalnya {name}"
    else:
        text = detail or f'berkas "{name}" yang disebut di kolom Bukti tidak ada'
    if archive:
        text += f"; di foldernya ada arsip {archive}, yang isinya harus dikeluarkan dulu"
    return text


def grouped_missing(rows: pd.DataFrame) -> pd.DataFrame:
    """Group a claim's missing files from GROUP_FROM on or with an archive."""
    alike = rows.groupby("claim", sort=False)["claim"].transform("size")
    many = (alike >= GROUP_FROM) | (rows["archive_beside"] != "")
    return rows.assign(alike=alike.where(many, 1))[~many | ~rows["claim"].duplicated()]


def _kind(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    members = case.content(rows["sha256"], "members").astype("Int64").fillna(0)
    seen = zip(rows["item_format"], members.tolist(), strict=True)
    formats = [format_name(word) + (f" ({number(count)} berkas)" if count else "") for word, count in seen]
    allowed = allowed_kinds(rows, case)
    proving = demands.proving_kinds(case.rulebook)
    wanted = [
        sentences.formats(proving[key]) if key in proving else kinds
        for key, kinds in zip(rows["proof_key"], allowed, strict=True)
    ]
    advice = [_kind_advice(word, kinds) for word, kinds in zip(rows["item_format"], wanted, strict=True)]
    return {"name": files(rows), "format": formats, "allowed": allowed, "advice": advice}


def _kind_advice(word: str, wanted: str) -> str:
    if word in demands.PACKED:
        return f"Keluarkan isi arsipnya dan letakkan satu per satu di folder bukti sebagai {wanted}"
    return f"Tambahkan {wanted} sebagai bukti (berkas ini boleh tetap di situ)"


def _size(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    per_mb = case.rulebook.limits.bytes_per_mb.value
    limits = {i.key: i.max_size_mb.value or Decimal(0) for i in case.rulebook.indicators}
    return {"name": files(rows)} | {
        "size": [sentences.size(int(size), per_mb) for size in rows["item_size"]],
        "limit": [sentences.megabytes(limits[key]) for key in rows["indicator"]],
    }


def _length(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    book = case.rulebook
    limits = demands.length_limits(book, "read") | demands.length_limits(book, "inferred")
    return {"name": files(rows)} | {
        "duration": [sentences.minutes(int(seconds)) for seconds in rows["item_seconds"]],
        "limit": [sentences.minutes(limits[key]).removesuffix(" menit") for key in rows["indicator"]],
    }


def _unclaimed(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    asked = zip(rows["indicator"], rows["parameter"].fillna(0), strict=True)
    return {
        "name": _alike(rows),
        "what": ["Berkas" if kind == "file" else "Tautan" for kind in rows["kind"]],
        "why": [_why_unclaimed(key, int(parameter)) for key, parameter in asked],
    }


def grouped_unclaimed(rows: pd.DataFrame) -> pd.DataFrame:
    """Group unclaimed files by folder and claim from GROUP_FROM on.

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
    names = [sentences.file_name(source) for source in rows["example"]]
    pairs = zip(names, rows["source"], rows["alike"].tolist(), strict=True)
    return [
        f"di folder {sentences.quoted(source)} ({number(alike)} berkas, misalnya {name})"
        if alike >= GROUP_FROM
        else name
        for name, source, alike in pairs
    ]


def _why_unclaimed(indicator: str, parameter: int) -> str:
    if parameter:
        return "tidak disebut di kolom Bukti"
    column = "Nilai" if indicator == TOTAL else "Parameter"
    return f"indikator {indicator} tidak diklaim ({column} kosong atau 0)"


def _link(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    return {"name": each(rows, "source"), "allowed": allowed_kinds(rows, case)}


def _filmless_link(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    return {"name": each(rows, "source"), "form": [FORMS[form] for form in rows["film_form"]]}


def _checked_link(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    asked = case.checked.loc[rows["source"]]
    days = [day_in(datetime.fromisoformat(text), case.marker.zone) for text in asked["checked_at"]]
    return {"name": each(rows, "source"), "detail": asked["detail"].tolist(), "day": days}


def _duplicate(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    where = places_elsewhere(rows, tables["evidence"], "shared_key", "shared_elsewhere")
    return {"name": documents(rows, case)} | {"how": each(rows, "how"), "where": where}


def one_each(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep the first place of each shared item; its finding names the others."""
    return rows[~rows["shared_key"].duplicated()]


def _ocr(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    characters = looked_up(rows["sha256"], case.said.contents["characters"])
    return {"name": files(rows), "characters": [number(count) for count in characters.tolist()]}


def _other_region(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    own = constant(rows, case.marker.name)
    return {"name": files(rows)} | {"region": each(rows, "other_region"), "own": own}


def _archive(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    members = case.content(rows["sha256"], "members").astype("Int64")
    detail = ["daftar isi tidak terbaca" if pd.isna(n) else f"{number(int(n))} berkas" for n in members]
    return {"name": files(rows)} | {"detail": detail}


def _dated(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    first, last = demands.document_window(case.rulebook)
    numbers = looked_up(rows["sha256"], case.said.contents["number"]).fillna("")
    return {"name": documents(rows, case)} | {
        "number": [f" (nomor {number})" if number else "" for number in numbers],
        "date": [day(f"{signed:%Y-%m-%d}") for signed in rows["signed_on"]],
        "from": constant(rows, day(first.isoformat())),
        "to": constant(rows, day(last.isoformat())),
    }


WORDS: dict[str, Wording] = {
    "evidence.missing": _missing,
    "evidence.empty": _file,
    "evidence.unreadable": _file_and_detail,
    "evidence.encrypted": _file,
    "evidence.shortcut": _file_and_detail,
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
    "evidence.link_without_film": _filmless_link,
    "evidence.link_closed": _checked_link,
    "evidence.link_gone": _checked_link,
    "evidence.duplicate": _duplicate,
    "evidence.read_by_ocr": _ocr,
    "evidence.no_text": _no_text,
    "evidence.other_region": _other_region,
    "evidence.damaged": _damaged,
    "evidence.macro": _file,
    "evidence.archive": _archive,
    "evidence.blank": _file,
    "evidence.date_outside": _dated,
}

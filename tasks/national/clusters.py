"""A cycle's clusters, who belongs to them, how many nominees each has.

What was read and what was inferred is in ``klaster.yaml``; membership of *daerah
tertinggal* and *perbatasan* comes from the user's list, all else from the region's code.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from iid.expectations.rulebook.strict_yaml import shipped
from iid.tasks.shares.folder_listing import why
from iid.tasks.values.errors import UsageError

FIRST_CITY = 71  # regencies are numbered from 01, cities from 71 (Kemendagri's codes of regions)
_CODE = re.compile(r"(\d{2})(?:\.?(\d{2}))?")
_LIMIT = 1_000_000  # bytes; a safety limit, the whole nation is some 20 kB


@dataclass(frozen=True, slots=True)
class Cluster:
    """One cluster: key, name, and how membership is known (*by*)."""

    key: str
    name: str
    by: str
    provinces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scheme:
    """A cycle's clusters; ``nominees``: only numbers from a source or user."""

    cycle: int
    clusters: tuple[Cluster, ...]
    source: str
    reason: str = ""  # why the clusters are inferred; "" when they were read
    nominees: Mapping[str, int] = field(default_factory=dict)
    nominees_source: str = ""  # "" when no number is known


@dataclass(frozen=True, slots=True)
class Members:
    """The user's list: clusters and name by region; ``given``: there is one."""

    clusters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    given: bool = False


def region_code(text: str) -> str:
    """Return ``6303`` as ``63.03``, a province as ``63``, else ValueError."""
    match = _CODE.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    return match[1] if match[2] is None else f"{match[1]}.{match[2]}"


def kind_of(code: str) -> str:
    """``provinsi``, ``kabupaten`` or ``kota``, from the region's code."""
    _, _, number = code.partition(".")
    if not number:
        return "provinsi"
    return "kota" if int(number) >= FIRST_CITY else "kabupaten"


def belongs(code: str, cluster: Cluster, members: Members) -> bool:
    """Return whether the region is in the cluster, by code or by list."""
    if cluster.by in {"list", "provinces"}:
        return code[:2] in cluster.provinces or cluster.key in members.clusters.get(code, ())
    return kind_of(code) == cluster.by


def scheme_of(cycle: int, nominees: Path | None = None) -> Scheme:
    """Return *cycle*'s clusters; the user's *nominees* win. Raises UsageError."""
    data = _shipped()
    if cycle not in data["cycles"]:
        known = ", ".join(map(str, sorted(data["cycles"])))
        raise UsageError(f"klaster siklus {cycle} tidak diketahui; yang ada: {known}")
    rule = data["cycles"][cycle]
    clusters = tuple(_cluster(key, data["clusters"][key]) for key in rule["clusters"]["value"])
    numbers, source = {}, ""
    if rule["nominees"]:
        numbers = dict(rule["nominees"]["value"])
        source = data["sources"][rule["nominees"]["source"]]
    if nominees:
        numbers, source = _numbers(nominees, [cluster.key for cluster in clusters])
    return Scheme(
        cycle,
        clusters,
        data["sources"][rule["clusters"]["source"]],
        str(rule["clusters"].get("reason", "")),
        numbers,
        source,
    )


def read_members(path: Path) -> Members:
    """Read the CSV ``region,cluster[,name]``. One UsageError for all mistakes.

    A region without a cluster is there as expected: when it has not published, the ranking says so.
    """
    text = _text(path, "daftar klaster")
    separator = ";" if ";" in text.partition("\n")[0] else ","
    rows = csv.DictReader(io.StringIO(text), delimiter=separator)
    head = [str(name).strip().lower() for name in rows.fieldnames or ()]
    if not {"region", "cluster"} <= set(head):
        raise UsageError(f"{path}: baris pertama harus region,cluster (boleh ditambah name)")
    rows.fieldnames = head
    keys = set(_shipped()["clusters"])
    clusters: dict[str, set[str]] = {}
    names: dict[str, str] = {}
    wrong: list[str] = []
    for row in rows:
        code, key = (str(row.get(name) or "").strip() for name in ("region", "cluster"))
        try:
            code = region_code(code)
        except ValueError:
            wrong.append(f"baris {rows.line_num}: region = {code!r}: yang boleh kode seperti 63 atau 63.03")
            continue
        if key and key.lower() not in keys:
            wrong.append(f"baris {rows.line_num}: cluster = {key!r}: yang boleh {', '.join(sorted(keys))}")
            continue
        clusters.setdefault(code, set()).update({key.lower()} - {""})
        if name := str(row.get("name") or "").strip():
            names[code] = name
    if wrong:
        raise UsageError(f"{path}: " + "; ".join(wrong))
    return Members({code: frozenset(of) for code, of in sorted(clusters.items())}, names, given=True)


def _numbers(path: Path, keys: list[str]) -> tuple[dict[str, int], str]:
    """The user's ``nominees: {provinsi: 8, …}`` and ``source: …``."""
    try:
        data: Any = yaml.safe_load(_text(path, "jumlah nomine"))
    except yaml.YAMLError as error:
        raise UsageError(f"{path}: bukan YAML yang sah: {' '.join(str(error).split())}") from None
    table = data.get("nominees") if isinstance(data, dict) else None
    if not isinstance(table, dict) or not table:
        raise UsageError(f"{path}: kunci nominees harus ada, misalnya nominees: {{provinsi: 8}}")
    wrong = [f"nominees.{key}: yang boleh {', '.join(keys)}" for key in table if key not in keys]
    wrong += [
        f"nominees.{key} = {value!r}: yang boleh bilangan bulat 0 atau lebih"
        for key, value in table.items()
        if type(value) is not int or value < 0
    ]
    source = data.get("source")
    if not isinstance(source, str) or not source.strip():
        wrong.append("source harus ada: surat atau pedoman yang menyebut jumlah itu")
    if wrong:
        raise UsageError(f"{path}: " + "; ".join(wrong))
    return {key: table[key] for key in keys if key in table}, str(source).strip()


def _text(path: Path, what: str) -> str:
    try:
        data = path.read_bytes()
        if len(data) > _LIMIT:
            raise UsageError(f"{what} {path} terlalu besar; ini bukan {what}")
        return data.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{what} {path} tidak dapat dibaca: {why(error)}") from error
    except UnicodeDecodeError:
        raise UsageError(f"{what} {path}: bukan teks UTF-8; simpan ulang sebagai UTF-8") from None


def _cluster(key: str, rule: Mapping[str, Any]) -> Cluster:
    return Cluster(key, rule["name"], rule["by"], tuple(rule.get("provinces", ())))


def _shipped() -> dict[str, Any]:
    found: dict[str, Any] = shipped("iid.tasks.national", "klaster.yaml")
    return found

"""``iid-share.toml``: the sign that the share is mounted, and whose it is."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from iid.tasks.shares.drive import Drive
from iid.tasks.shares.folder_listing import why
from iid.tasks.values.errors import DriveError, GuardError, UsageError
from iid.tasks.values.region import Marker

MARKER = "iid-share.toml"
MARKER_LIMIT = 65_536  # bytes; a safety limit, a marker has five lines
REGION_KEYS = ("region", "region_code", "code", "kode")
FALLBACK_ZONE = "Asia/Jakarta"
_SHORT_ZONES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}
_CODE = re.compile(r"^(\d{2})(?:\.?(\d{2}))?$")


def read_marker(drive: Drive) -> Marker:
    """What ``iid-share.toml`` in the root of *drive* says.

    Raises GuardError without the file (the share counts as not mounted), UsageError
    for a file that is no TOML or names no region, DriveError when it cannot be read.
    """
    try:
        data = drive.read_bytes(MARKER, MARKER_LIMIT)
    except FileNotFoundError:
        raise GuardError(
            f"share tampaknya belum terpasang: {MARKER} tidak ada di {drive.url}; "
            "tidak ada yang diterbitkan. Pasang share-nya, atau buat penandanya dengan iid scaffold."
        ) from None
    except PermissionError as error:
        raise DriveError(f"{MARKER} di {drive.url} tidak dapat dibaca: {why(error)}") from error
    table = _parsed(data, f"{drive.url}/{MARKER}")
    region = _region(table, f"{drive.url}/{MARKER}")
    return Marker(
        region=region,
        name=_text(table, ("name", "nama")) or region,
        zone=_zone(_text(table, ("zone", "zona")), region),
        example=table.get("example") is True,
    )


def province_zone(region: str) -> str:
    """The IANA time zone of the province of *region* (``63.03``)."""
    return _zones().get(region[:2], FALLBACK_ZONE)


@cache
def provinces() -> dict[str, str]:
    """Return province names by their codes' first two digits (``zones.csv``)."""
    text = (files("iid.tasks.shares") / "zones.csv").read_text(encoding="utf-8")
    return {row[0]: row[1] for row in csv.reader(text.splitlines()) if len(row) > 1 and row[0].isdigit()}


@cache
def regions() -> dict[str, str]:
    """Return the names of Indonesia's 552 regions by code (``regions.csv``).

    Codes and names as the Minister of Home Affairs lists them, from idn-area-data 3.1.2 (Open
    Database License).
    """
    text = (files("iid.tasks.shares") / "regions.csv").read_text(encoding="utf-8")
    return {row["code"]: row["name"] for row in csv.DictReader(text.splitlines())}


def _parsed(data: bytes, name: str) -> Mapping[str, object]:
    try:
        table: dict[str, object] = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise UsageError(f"{name} bukan teks UTF-8; simpan ulang sebagai UTF-8") from None
    except (ValueError, RecursionError) as error:  # also a number of thousands of digits
        raise UsageError(f'{name} bukan TOML yang benar: {error}; contoh isinya: region = "63.03"') from error
    inner = table.get("region")
    return {**table, **inner} if isinstance(inner, dict) else table


def _region(table: Mapping[str, object], name: str) -> str:
    # With a table [region], the key of that name is the table itself.
    found = [(key, table[key]) for key in REGION_KEYS if key in table and not isinstance(table[key], dict)]
    if not found:
        raise UsageError(f'{name}: kunci region tidak ada; tambahkan baris seperti region = "63.03"')
    key, value = found[0]
    code = _CODE.match(value.strip()) if isinstance(value, str) else None
    if code is None:
        raise UsageError(
            f"{name}: {key} = {repr(value)[:80]} bukan kode wilayah; "
            'yang boleh: "NN" atau "NN.NN" dalam tanda kutip, misalnya region = "63.03"'
        )
    return ".".join(part for part in code.groups() if part)


def _text(table: Mapping[str, object], keys: tuple[str, ...]) -> str:
    values = (table.get(key) for key in keys)
    return next((" ".join(value.split()) for value in values if isinstance(value, str) and value.strip()), "")


def _zone(wanted: str, region: str) -> str:
    """*wanted* when it is a time zone, else the province's."""
    zone = _SHORT_ZONES.get(wanted.upper(), wanted)
    try:
        return ZoneInfo(zone).key if zone else province_zone(region)
    except (KeyError, ValueError, OSError):  # not found, a path trick, a folder such as "Asia"
        return province_zone(region)


@cache
def _zones() -> dict[str, str]:
    """Return zones by province code (``zones.csv``, Keppres 41/1987)."""
    text = (files("iid.tasks.shares") / "zones.csv").read_text(encoding="utf-8")
    return {row["code"]: row["zone"] for row in csv.DictReader(text.splitlines())}

"""Contacts of units: a CSV ``code,channel``, or the roster's ``contact``."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from iid.tasks.operate.notify.channels import Channel, addresses, channel, mail_address
from iid.tasks.shares.folder_listing import why
from iid.tasks.values.errors import UsageError

COLUMNS = ("channel", "contact", "kontak")


def read_contacts(data: bytes, name: str, *, needed: bool = True) -> dict[str, str]:
    """Return channels by unit. UsageError if *needed* columns are missing."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f'{name}: bukan teks UTF-8; simpan ulang sebagai "CSV UTF-8"') from None
    first = text.lstrip().partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise UsageError(f"{name} rusak: bukan CSV yang dapat dibaca ({error})") from None
    header = [title.strip().casefold() for title in rows[0]] if rows else []
    column = next((header.index(title) for title in COLUMNS if title in header), None)
    if "code" not in header or column is None:
        if needed:
            raise UsageError(f"{name} baris 1: judul kolomnya harus code,channel")
        return {}
    code = header.index("code")
    pairs = (row for row in rows[1:] if len(row) > max(code, column))
    return {
        row[code].strip(): row[column].strip() for row in pairs if row[code].strip() and row[column].strip()
    }


def contacts_file(path: str) -> dict[str, str]:
    """The contacts of the file at *path*."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise UsageError(f"daftar kontak {path} tidak dapat dibaca: {why(error)}") from error
    return read_contacts(data, path)


def contact_channel(value: str, called: str, mail: str | None, environment: Mapping[str, str]) -> Channel:
    """Return a contact's channel: by *mail*, ``env:NAME``, open address.

    UsageError naming what is missing.
    """
    if "://" not in value and "@" in value:
        if mail is None:
            raise UsageError(f'kontak {called}: untuk alamat surel, sebut [notify] mail = "env:NAMA"')
        return channel(mail_address(addresses(mail, environment)[0], value), f"kontak {called}")
    return channel(addresses(value, environment)[0], f"kontak {called}")

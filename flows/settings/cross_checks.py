"""Mistakes between settings keys, and in what they point to.

Read from the file as it is, whatever else is wrong in it, so that all mistakes come at once.
A value of a wrong kind is passed over here: the keys' own rules report it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from iid.flows.settings.targets import listed
from iid.tasks.values.errors import UsageError

NEEDED = ("share", "store", "cycle")


def between(data: Mapping[str, Any]) -> list[str]:
    """Return a sentence per mistake: key, value (no secret), what is allowed."""
    return [*_lacking(data), *_same_work(data), *_secrets(data), *_contacts(data), *_endpoint(data)]


def _lacking(data: Mapping[str, Any]) -> Iterator[str]:
    for one in listed(data):
        for key in NEEDED:
            if one.get(key) is None and data.get(key) is None:
                yield f"target {one.get('name')}: {key} belum disebut, di targetnya atau di awal berkas"


def _same_work(data: Mapping[str, Any]) -> Iterator[str]:
    """Targets that would assess the same cycle of the same share."""
    works: dict[tuple[str, str], list[str]] = {}
    for one in listed(data):
        share, cycle = (one.get(key, data.get(key)) for key in ("share", "cycle"))
        if share is not None and cycle is not None:
            works.setdefault((str(share), str(cycle)), []).append(str(one.get("name")))
    for names in works.values():
        if names[1:]:
            called = f"{', '.join(names[:-1])} dan {names[-1]}"
            yield f"target {called}: share dan siklusnya sama; cukup satu"


def _secrets(data: Mapping[str, Any]) -> Iterator[str]:
    """Find addresses with secrets, which belong in the environment; show none."""
    notify = _table(data, "notify")
    urls = notify.get("urls")
    said = (
        {f"notify.urls[{number}]": url for number, url in enumerate(urls, 1)}
        if isinstance(urls, list)
        else {}
    )
    for key, value in {**said, "notify.mail": notify.get("mail")}.items():
        if isinstance(value, str) and (words := _refused(value)):
            yield f"{key}: {words}"


def _refused(value: str) -> str:
    from iid.tasks.operate.notify.channels import refusal

    try:
        return refusal(value)
    except ValueError:  # brackets that are no IPv6 address
        return "bukan alamat yang dapat dibaca; yang boleh misalnya env:NAMA"


def _contacts(data: Mapping[str, Any]) -> Iterator[str]:
    from iid.tasks.operate.notify.contacts import contacts_file

    said = {"notify.contacts": _table(data, "notify").get("contacts")}
    said |= {f"target[{number}].contacts": one.get("contacts") for number, one in enumerate(listed(data), 1)}
    for key, value in said.items():
        if not isinstance(value, str) or not value:
            continue
        try:
            contacts_file(str(Path(value).absolute()))
        except (UsageError, csv.Error, ValueError) as error:
            yield f"{key} = {value!r}: yang boleh berkas CSV dengan kolom code,channel ({error})"


def _endpoint(data: Mapping[str, Any]) -> Iterator[str]:
    value = _table(data, "telemetry").get("endpoint")
    if isinstance(value, str) and value and not _is_web(value):
        before, at, place = value.rpartition("@")
        kept = f"{before.partition('://')[0]}://…@{place}" if at else value
        yield (
            f"telemetry.endpoint = {kept!r}: yang boleh alamat http:// atau https:// dengan nama server, "
            "misalnya http://127.0.0.1:4318"
        )


def _is_web(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _table(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = data.get(name)
    return table if isinstance(table, dict) else {}

"""The reports over HTTP: only a manifest's files, each compared."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from urllib.parse import unquote, urlsplit

from iid.tasks.operate.health.freshness import Place, Standing
from iid.tasks.shares.marker import province_zone
from iid.tasks.store.keys import content_type_of
from iid.tasks.store.published_run import Latest, latest, read_run
from iid.tasks.store.store import Store
from iid.tasks.text.indonesian import moment
from iid.tasks.values.errors import IidError

HTML = "text/html; charset=utf-8"
#: What is shown: the report and what it links to. Tables with stewards' decisions are not.
SHOWN_FOLDERS = ("report/", "data-docs/")
TABLES = ("scores", "innovations", "units", "findings", "evidence")
SHOWN_FILES = frozenset(
    {"hasil.xlsx", "index.json", *(f"{name}.{kind}" for name in TABLES for kind in ("csv", "parquet"))}
)
ABSENT = "Halaman tidak ada. Tabel keputusan peninjau dan manifest hanya ada di penyimpanan hasil."
UNREAD = "Hasil terbit sedang tidak dapat dibaca; pengelolanya melihat sebabnya dengan iid status."
METRICS = "text/plain; version=0.0.4; charset=utf-8"


#: Where a page of the report leaves room for when it was last checked.
CHECKED = b"<span data-diperiksa></span>"


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What goes back to the browser."""

    status: HTTPStatus
    kind: str
    body: bytes
    location: str = ""


def page(status: HTTPStatus, words: str) -> HttpAnswer:
    """A page of one sentence."""
    text = (
        f'<!doctype html><html lang="id"><meta charset="utf-8"><title>iid</title><p>{html.escape(words)}</p>'
    )
    return HttpAnswer(status, HTML, text.encode())


@dataclass(frozen=True, slots=True)
class Site:
    """The published runs of some regions and cycles.

    Of a single one the report is the front; of several the front is a list. Each is also below
    ``/<region>/<cycle>/``. *places* is asked anew each time: a share may be mounted later.
    """

    places: Callable[[], Sequence[Place]]
    stale: timedelta = timedelta(hours=36)

    def answer(self, target: str) -> HttpAnswer:
        """Answer ``GET target``; raise nothing for a browser's or store's fault."""
        try:
            path = unquote(urlsplit(target).path).lstrip("/")
        except ValueError:  # for example "//[x"
            return page(HTTPStatus.NOT_FOUND, ABSENT)
        special = {"": self._front, "health": self._health, "metrics": self._metrics}
        try:
            return special[path]() if path in special else self._below(path)
        except IidError:  # its words name places on this server
            return page(HTTPStatus.SERVICE_UNAVAILABLE, UNREAD)

    def _below(self, path: str) -> HttpAnswer:
        places = self.places()
        for place in places:
            prefix = f"{place.region}/{place.cycle}"
            if place.store and place.region and f"{path}/".startswith(f"{prefix}/"):
                return _file(place.store, place, path[len(prefix) :].lstrip("/"), f"/{prefix}")
        if len(places) == 1 and places[0].store:
            return _file(places[0].store, places[0], path, "")
        return page(HTTPStatus.NOT_FOUND, ABSENT)

    def _front(self) -> HttpAnswer:
        places = self.places()
        if len(places) == 1 and places[0].store:
            return _file(places[0].store, places[0], "", "")
        return HttpAnswer(HTTPStatus.OK, HTML, _list(self._rows()).encode())

    def _rows(self) -> list[Standing]:
        now = datetime.now(UTC)
        return [place.standing(now, self.stale).for_visitors() for place in self.places()]

    def _health(self) -> HttpAnswer:
        found = [row.as_json() for row in self._rows()]
        well = bool(found) and all(row["ok"] for row in found)
        status = HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE
        body = json.dumps({"ok": well, "runs": found}, ensure_ascii=False).encode()
        return HttpAnswer(status, "application/json", body)

    def _metrics(self) -> HttpAnswer:
        return HttpAnswer(HTTPStatus.OK, METRICS, metrics(self._rows()).encode())


def _file(store: Store, place: Place, name: str, below: str) -> HttpAnswer:
    if not name:
        if latest(store, place.region, place.cycle) is None:
            return page(HTTPStatus.SERVICE_UNAVAILABLE, "Belum ada hasil terbit.")
        return HttpAnswer(HTTPStatus.FOUND, HTML, b"", f"{below}/report/index.html")
    name = f"{name}index.html" if name.endswith("/") else name
    shown = name in SHOWN_FILES or name.startswith(SHOWN_FOLDERS)
    pointer = latest(store, place.region, place.cycle) if shown else None
    if pointer is None:
        return page(HTTPStatus.NOT_FOUND, ABSENT)
    run = read_run(store, place.region, place.cycle)
    if name not in run.files:
        return page(HTTPStatus.NOT_FOUND, ABSENT)
    content = run.bytes(name)
    if name.endswith(".html") and pointer.checked_at > pointer.published_at:
        content = content.replace(CHECKED, _checked(pointer, province_zone(place.region)), 1)
    return HttpAnswer(HTTPStatus.OK, content_type_of(name), content)


def _checked(pointer: Latest, zone: str) -> bytes:
    """Return when the share was last seen unchanged, for older reports."""
    return f"<span>Terakhir diperiksa {moment(pointer.checked_at, zone)}, tanpa perubahan</span>".encode()


def metrics(rows: Sequence[Standing]) -> str:
    """The rows in the text format of Prometheus."""
    kinds = (
        ("iid_ok", "1 when the published run is there, whole and fresh", lambda row: int(not row.problem)),
        ("iid_index", "The published index", lambda row: row.index or None),
        (
            "iid_published_timestamp_seconds",
            "When the run was published",
            lambda row: int(row.published_at.timestamp()) if row.published_at else None,
        ),
        (
            "iid_checked_timestamp_seconds",
            "When a run last found that the published one stands",
            lambda row: int(row.checked_at.timestamp()) if row.checked_at else None,
        ),
        (
            "iid_last_attempt_timestamp_seconds",
            "When the last run of this service ended",
            lambda row: int(row.attempt.at.timestamp()) if row.attempt else None,
        ),
        (
            "iid_last_attempt_exit",
            "Its exit status, 0 when it went well",
            lambda row: row.attempt.status if row.attempt else None,
        ),
        ("iid_units_held", "Units that count as they were published last", lambda row: len(row.held)),
    )
    lines = []
    for name, help_text, value_of in kinds:
        lines += [f"# HELP {name} {help_text}.", f"# TYPE {name} gauge"]
        for row in rows:
            if (value := value_of(row)) is not None:
                labels = {"region": row.region, "cycle": row.cycle, "status": row.status}
                said = ",".join(f'{key}="{_escaped(str(text))}"' for key, text in labels.items())
                lines.append(f"{name}{{{said}}} {value}")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}"
    "li{margin:.6rem 0}.buruk{color:#b00020}"
)


def _list(rows: Sequence[Standing]) -> str:
    items = []
    for row in rows:
        line = html.escape(row.line())
        if row.published_at:
            line = f'<a href="/{html.escape(row.region)}/{row.cycle}/report/index.html">{line}</a>'
        items.append(f"<li{' class=buruk' if row.problem else ''}>{line}</li>")
    return (
        '<!doctype html><html lang="id"><meta charset="utf-8"><meta name="viewport" '
        'content="width=device-width"><title>Indeks Inovasi Daerah</title>'
        f"<style>{_STYLE}</style><h1>Indeks Inovasi Daerah</h1><ul>{''.join(items)}</ul>"
    )

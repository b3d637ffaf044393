"""Pages of the desk as answers: templates, assets, what forms carry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

from jinja2 import Environment, FunctionLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from iid.tasks.desk.gate import RefusedError
from iid.tasks.report.site import environment
from iid.tasks.report.site import text_of as report_text
from iid.tasks.store.keys import content_type_of
from iid.tasks.text.indonesian import moment

ASSETS = {"laporan.css": report_text, "ikon.svg": report_text}
OWN = ("meja.css", "meja.js")
NO_PAGE = "Halaman ini tidak ada."


def segments(request: Request) -> tuple[str, ...]:
    """Return an address's decoded parts below ``/meja``. Raises RefusedError."""
    raw = request.scope.get("raw_path") or request.url.path.encode()
    path = raw.partition(b"?")[0].decode("ascii", "replace").removeprefix("/meja").strip("/")
    found = tuple(unquote(part) for part in path.split("/")) if path else ()
    if any(part in {"", ".", ".."} or "/" in part or "\0" in part for part in found):
        raise RefusedError(404, NO_PAGE)
    return found


def inside(target: str) -> str:
    """Return *target* if it is a page of the desk, else the queue's address."""
    plain = target.split("?", maxsplit=1)[0]
    sound = plain == "/meja" or plain.startswith("/meja/")
    return target if sound and "\\" not in target and target.isprintable() else "/meja/"


def query_of(values: Mapping[str, str]) -> str:
    """The part of an address behind ``?``; empty values are left out."""
    return urlencode({name: value for name, value in values.items() if value})


def saved(form: Mapping[str, str]) -> dict[str, str]:
    """The filters that a form carries along."""
    return dict(parse_qsl(form.get("saring", "")[:1000]))


def whole(text: str) -> int:
    """The number of a page; 1 for what is none."""
    return int(text) if text.isdecimal() and len(text) < 7 else 1


def asset(request: Request, form: Mapping[str, str] | None) -> Response:
    """A style sheet, script or picture of the desk."""
    name = request.path_params["name"]
    if name not in ASSETS and name not in OWN:
        raise RefusedError(404, NO_PAGE)
    text = ASSETS[name](name) if name in ASSETS else own_text(name)
    return Response(text, media_type=content_type_of(name), headers={"Cache-Control": "no-cache"})


def own_text(name: str) -> str:
    """One of our templates or assets."""
    return (files("iid.tasks.desk.templates") / name).read_text(encoding="utf-8")


@cache
def _templates(zone: str) -> Environment:
    made = environment(zone).overlay(loader=FunctionLoader(own_text))
    made.filters["saat_teks"] = lambda text: _typed_time(text, zone)
    return made


def _typed_time(text: str, zone: str) -> str:
    """Show a record's time on the region's clock; typed text as it is."""
    try:
        return moment(datetime.fromisoformat(text), zone) if "T" in text else text
    except ValueError:
        return text


def page(template: str, status: int, **context: Any) -> Response:
    """A page of the desk."""
    defaults = {
        "me": None, "region": "", "cycle": "", "example": False, "url": None, "said": "",
        "base": "/meja",
    }  # fmt: skip
    html = _templates(context.get("zone", "UTC")).get_template(template).render({**defaults, **context})
    return HTMLResponse(html, status)


def message(words: str, status: int) -> Response:
    """A page of one sentence."""
    return page("meja_pesan.j2", status, words=words)

"""One page with its style: all clusters, nominees, and who is missing."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

from jinja2 import FunctionLoader
from markupsafe import Markup

from iid.tasks.national.national_columns import KIND, STATUS, VIEW
from iid.tasks.national.ranking import Nation
from iid.tasks.national.ranking_text import ZONE, headline, notes, seats_words, standing
from iid.tasks.report.site import compact, environment, text_of
from iid.tasks.text.indonesian import moment

_TEMPLATE = "nasional.j2"


def national_page(nation: Nation) -> bytes:
    """The page; it asks nothing of any server."""
    style = compact(text_of("laporan.css")).strip()
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    env = environment(ZONE).overlay(loader=FunctionLoader(_text))
    final = bool(nation.regions) and all(region.status == "final" for region in nation.regions)
    html = env.get_template(_TEMPLATE).render(
        n=nation,
        title=headline(nation),
        standing=standing(nation),
        notes=notes(nation),
        seats=seats_words,
        kinds=KIND,
        views=VIEW,
        statuses=STATUS,
        style=Markup(style),  # noqa: S704  our own file
        style_hash=f"sha256-{digest}",
        region="Indonesia",
        example=any(region.example for region in nation.regions),
        cycle=nation.scheme.cycle,
        status="final" if final else "provisional",
        status_name="Final" if final else "Sementara",
        data_per=moment(nation.as_of, ZONE) if nation.as_of else "–",
        menu=(),
        root="",
    )
    return compact(html).encode("utf-8")


def _text(name: str) -> str:
    """Our own template, or one of the report's."""
    if name == _TEMPLATE:
        return (files("iid.tasks.national") / name).read_text(encoding="utf-8")
    return text_of(name)

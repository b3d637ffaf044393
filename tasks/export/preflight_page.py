"""``gladi-kirim``: the rehearsal as a page to tick off, and a workbook."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime
from importlib.resources import files
from typing import Any

from iid.tasks.answers.run_view import Picture
from iid.tasks.export.export_plan import Plan
from iid.tasks.export.ministry_forms import workbook
from iid.tasks.export.preflight import KINDS, Check, refusals, source_record
from iid.tasks.shares.marker import province_zone
from iid.tasks.text.indonesian import clean, moment, number, size

HEADER = ("Selesai", "Gawat", "Inovasi", "Indikator", "Yang ditemukan", "Yang dilakukan", "Tempat")
WIDTHS = (9, 12, 30, 10, 70, 50, 50)
VIEWS = {"verified": "yang diterima peninjau", "supported": "yang didukung bukti"}


def region_name(picture: Picture) -> str:
    """Return the region's name as the run gives it, else its code."""
    run = picture.run
    title = run.json("datapackage.json")["title"] if "datapackage.json" in run.files else ""
    return str(title).removeprefix(f"Indeks Inovasi Daerah {run.cycle} ") or run.region


def head_of(picture: Picture, plan: Plan, checks: Sequence[Check]) -> dict[str, Any]:
    """What both say first; also the head of ``--json``."""
    index = picture.index
    items = [item for entry in plan.entries for item in entry.files]
    names = ("region", "cycle", "run_id", "as_of", "status")
    return {
        **{name: index.get(name) for name in names},
        "view": plan.view,
        "index": index[plan.view]["index"],
        "category": index[plan.view]["category"],
        "innovations": len(plan.entries) - 1,
        "files": len(items),
        "bytes": sum(item.size for item in items),
        "counts": refusals(list(checks)),
    }


def rehearsal_page(picture: Picture, plan: Plan, checks: Sequence[Check], region: str) -> bytes:
    """Render ``gladi-kirim.html``: one file, no requests, all text escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("iid.tasks.export", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"bersih": clean, "angka": number, "ukuran": size}
    head = head_of(picture, plan, checks)
    when = moment(datetime.fromisoformat(head["as_of"]), province_zone(head["region"]))
    groups = [
        (kind, words, [source_record(c, picture.names) for c in checks if c.kind == kind])
        for kind, words in KINDS.items()
    ]
    page = environment.get_template("gladi.j2").render(
        style_hash=_style_hash(),
        head=head,
        region=region,
        when=when,
        what=VIEWS[plan.view],
        groups=groups,
        entries=plan.entries,
    )
    return page.encode("utf-8", "replace")


def _style_hash() -> str:
    """Of the only style that the page's policy allows: its own."""
    text = (files("iid.tasks.export") / "gladi.j2").read_text(encoding="utf-8")
    style = text[text.index("<style>") + len("<style>") : text.index("</style>")]
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


def rehearsal_workbook(picture: Picture, checks: Sequence[Check]) -> bytes:
    """``gladi-kirim.xlsx``: the same list, one row a check."""
    records = (source_record(check, picture.names) for check in checks)
    rows = [("", r["kind"], r["name"], r["indicator"], r["what"], r["fix"], r["source"]) for r in records]
    return workbook("Gladi kirim", [("Gladi kirim", HEADER, WIDTHS, rows)])

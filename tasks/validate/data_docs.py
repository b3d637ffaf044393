"""Data Docs of a run: GX's suites and results as small Indonesian pages.

GX's own pages load style sheets, scripts and a picture from nine hosts and
speak English to engineers. These pages are rendered from the same suites and
results, hold everything in themselves, and name no clock: the same run gives the
same bytes. Beside each page is its suite as JSON, as GX writes it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import DictLoader, Environment, StrictUndefined

from iid.expectations.suites.suites import Suite
from iid.tasks.text.indonesian import moment, number
from iid.tasks.text.labels import SEVERITY
from iid.tasks.validate.case import Case
from iid.tasks.validate.run_suites import Judgement

#: How many failing rows a page shows of one expectation; all of them are findings in the report.
EXAMPLES = 5
#: How much of an expectation's arguments a page shows; the JSON beside it holds them all.
ARGUMENT_CHARACTERS = 2000

Checked = Sequence[tuple[Judgement, pd.DataFrame]]  # a judgement and its findings

_TABLES = {
    "units": ("Unit", "Satu baris setiap unit dalam daftar."),
    "innovations": ("Inovasi", "Satu baris setiap inovasi yang buku kerjanya terbaca."),
    "fields": ("Isian profil", "Satu baris setiap isian lembar Profil."),
    "claims": ("Klaim", "Satu baris setiap indikator dari setiap inovasi, dan setiap baris SPD."),
    "evidence": ("Bukti", "Satu baris setiap berkas atau tautan bukti."),
}


def write_docs(
    docs_dir: Path, suites: Mapping[str, Suite], checked: Checked, case: Case, run_time: datetime | None
) -> None:
    """Write the index, and a page and JSON a suite; make *docs_dir* if needed."""
    docs_dir.mkdir(parents=True, exist_ok=True)
    frame = {
        "css": _resource("data_docs.css"),
        "region": case.marker.name,
        "example": case.marker.example,
        "cycle": case.rulebook.cycle,
        "title": case.rulebook.title,
        "time": moment(run_time, case.marker.zone) if run_time else "",
    }
    pages = [_page(name, [pair for pair in checked if pair[0].suite == name]) for name in suites]
    render = _environment()
    index = render.get_template("index").render(frame, pages=pages)
    (docs_dir / "index.html").write_text(index, encoding="utf-8")
    for page in pages:
        html = render.get_template("suite").render(frame, page=page)
        (docs_dir / f"{page['name']}.html").write_text(html, encoding="utf-8")
        exported = json.dumps(
            suites[page["name"]].to_json_dict(), ensure_ascii=False, indent=1, sort_keys=True
        )
        (docs_dir / f"{page['name']}.json").write_text(exported + "\n", encoding="utf-8")


def _page(name: str, checked: Checked) -> dict[str, Any]:
    title, about = _TABLES[name]
    checks = [_check(judgement, findings) for judgement, findings in checked]
    failing = [check for check in checks if check["failing"]]
    return {
        "name": name,
        "title": title,
        "about": about,
        "checks": checks,
        "held": len(checks) - len(failing),
        "critical": sum(check["severity"] == "kritis" for check in failing),
        "failing": len(failing),
    }


def _check(judgement: Judgement, findings: pd.DataFrame) -> dict[str, Any]:
    arguments = json.dumps(judgement.arguments, ensure_ascii=False, sort_keys=True, default=str)
    if len(arguments) > ARGUMENT_CHARACTERS:
        arguments = arguments[:ARGUMENT_CHARACTERS] + "…"
    shown = findings.head(EXAMPLES)
    return {
        "code": judgement.meta["code"],
        "about": judgement.meta["about"],
        "fix": shown["fix"].iloc[0] if len(shown) else "",
        "severity": SEVERITY[judgement.meta["severity"]].lower(),
        "kind": judgement.kind,
        "arguments": arguments,
        "checked": judgement.checked,
        "failing": len(judgement.failing),
        "examples": [
            (place or unit, source, message)
            for place, unit, source, message in zip(
                shown["innovation_id"], shown["unit_code"], shown["source"], shown["message"], strict=True
            )
        ],
        "more": max(len(judgement.failing) - EXAMPLES, 0),
    }


@cache
def _environment() -> Environment:
    templates = {name: _resource(f"data_docs_{name}.html.j2") for name in ("index", "suite", "frame")}
    made = Environment(
        loader=DictLoader(templates), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    made.filters["number"] = number
    return made


def _resource(name: str) -> str:
    return (files("iid.tasks.validate") / name).read_text(encoding="utf-8")

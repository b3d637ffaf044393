"""``umpan-balik.html``: one unit's work list as one file without requests."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from iid.tasks.feedback.findings_book import summary
from iid.tasks.feedback.unit_feedback import Feedback
from iid.tasks.feedback.work_list import Line
from iid.tasks.text.indonesian import clean, size
from iid.tasks.text.labels import SEVERITY, STATUS

if TYPE_CHECKING:
    from jinja2 import Template

NAME = "umpan-balik.html"
UNPROVEN = "Klaim ditolak, diturunkan, atau tanpa bukti"


def page(feedback: Feedback, since: str) -> bytes:
    """Render the page, names escaped; *since* (ISO, UTC): first reported."""
    from markupsafe import Markup

    style = _style()
    html = _template().render(
        f=feedback,
        said=summary(feedback, since),
        status=STATUS.get(feedback.status, feedback.status),
        groups=_groups(feedback),
        style=Markup(style),  # noqa: S704  (our own file)
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )
    return ("\n".join(line for raw in html.splitlines() if (line := raw.strip())) + "\n").encode()


def _groups(feedback: Feedback) -> list[tuple[str, str, list[Line]]]:
    """Findings by severity: code, title, lines in order of worth.

    Claims without a finding of their own follow the critical ones, apart: headings count findings.
    """
    groups = [
        (code, title, [line for line in feedback.lines if line.found and line.severity == code])
        for code, title in SEVERITY.items()
    ]
    groups.insert(1, ("critical", UNPROVEN, [line for line in feedback.lines if not line.found]))
    return [group for group in groups if group[2]]


@cache
def _style() -> str:
    """Return the report's colours and this page's rules, one on each line."""
    report = (files("iid.tasks.report.templates") / "laporan.css").read_text(encoding="utf-8")
    tokens = report[report.index(":root") : report.index("* { box-sizing")]
    return "\n".join(
        line.strip() for line in (tokens + _text("umpan-balik.css")).splitlines() if line.strip()
    )


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    env = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: value if isinstance(value, Markup) else clean(value),
    )
    env.filters |= {"ukuran": size}
    return env.from_string(_text("umpan-balik.j2"))


def _text(name: str) -> str:
    return (files("iid.tasks.feedback") / name).read_text(encoding="utf-8")

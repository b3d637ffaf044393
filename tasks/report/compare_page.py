"""``iid compare --out``: one page with its style inside."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from iid.tasks.answers.run_view import Picture, owner_of
from iid.tasks.report.changes import changes
from iid.tasks.report.site import compact, environment, text_of
from iid.tasks.text import labels
from iid.tasks.text.indonesian import number, points, signed


def comparison_page(record: dict[str, Any], old: Picture, new: Picture) -> bytes:
    """Return the page of ``compared``; it asks nothing of any server."""
    code = new.run.region
    marker = owner_of(new.run)
    style = compact(text_of("laporan.css")).strip()
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    names = {**old.names, **new.names}

    def place(innovation_id: str) -> tuple[str, str]:
        return names.get(innovation_id, "Pemerintah daerah"), ""

    html = (
        environment(marker.zone)
        .get_template("bandingkan.j2")
        .render(
            c=(shown := changes(record, old.when, new.when, place)),
            message=list(message(shown)),
            style=Markup(style),  # noqa: S704  our own file
            style_hash=f"sha256-{digest}",
            region=marker.name or code,
            region_code=code,
            example=marker.example,
            cycle=new.run.cycle,
            status=record["to"]["status"],
            status_name=labels.STATUS.get(record["to"]["status"], record["to"]["status"]),
            data_per=new.when,
            from_id=record["from"]["run_id"],
            run_id=record["to"]["run_id"],
            menu=(),
            root="",
        )
    )
    return compact(html).encode("utf-8")


def message(shown: dict[str, Any]) -> Iterator[str]:
    """The same in a few lines, to copy into a message."""
    yield f"Dari {shown['since']} sampai {shown['until']}:"
    for level in shown["levels"]:
        moved = f"{points(level['before'])} → {points(level['after'])} ({signed(level['difference'])})"
        kept = f"{level['was']} → {level['category']}" if level["was"] else f"tetap {level['category']}"
        yield f"{level['title']}: {moved}, {kept}"
    for title, before, after in shown["counts"]:
        yield (
            f"{title}: {number(after)}" if before == after else f"{title}: {number(before)} → {number(after)}"
        )
    critical = shown["found"]["critical"]
    yield f"Temuan kritis: {number(critical['resolved'])} teratasi, {number(critical['appeared'])} muncul"
    yield f"Berkas bukti: {', '.join(shown['files']) if shown['files'] else 'tidak ada yang berubah'}"
    yield f"Aturan: {'; '.join(shown['rules']) if shown['rules'] else 'tetap'}"

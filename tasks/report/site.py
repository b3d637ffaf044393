"""The report of a run as files that need no server and no network.

``render_site`` yields one page after the other, so that memory does not grow with
the number of innovations. Same assessment, same bytes: no clock, everything sorted.
"""

from __future__ import annotations

import hashlib
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache, partial
from importlib.resources import files
from itertools import chain
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from iid.tasks.report import front_page, history_chart, next_steps_page, pages
from iid.tasks.report.book import Book
from iid.tasks.report.public_pages import FOLDER, public_pages
from iid.tasks.store.earlier_runs import HISTORY_FILE, history_file
from iid.tasks.store.memory import Memory
from iid.tasks.text import indonesian, labels
from iid.tasks.text.indonesian import moment
from iid.tasks.values.assessment import Assessment

ASSETS = ("laporan.css", "laporan.js", "ikon.svg")
#: What the pages of a folder of many refer to, so that they stay as they are when only the run is another.
STAMP, STAMPED = "aset/perhitungan.css", "inovasi/"
OPEN_ONLY = ("langkah.html", "kirim.html")  # pages about what can still be done
MENU = (
    ("index.html", "Ringkasan"),
    ("langkah.html", "Langkah"),
    ("kirim.html", "Yang dikirim"),
    ("perubahan.html", "Perubahan"),
    ("tinjauan.html", "Tinjauan"),
    ("inovasi.html", "Inovasi"),
    ("unit.html", "Partisipasi"),
    ("pemda.html", "Pemda"),
    ("peraturan.html", "Peraturan"),
    ("data.html", "Data"),
)


def render_site(book: Book, known: Memory | None = None) -> Iterator[tuple[str, bytes]]:
    """Yield the site's files: (path below ``report/``, bytes), no reviewers.

    ``publik/`` is the variant for the public: see :mod:`iid.tasks.report.public_pages`. The page of an
    innovation is not rendered where *known* has one made of the same.
    """
    assessment = book.assessment
    env = environment(assessment.marker.zone)
    shared = _shared(book)
    for folder, name in ((folder, name) for folder in ("", FOLDER) for name in ASSETS):
        yield f"{folder}aset/{name}", text_of(name).encode("utf-8")
    yield STAMP, _stamp(shared).encode("utf-8")
    yield HISTORY_FILE, history_file(assessment.marker, history_chart.points_of(assessment))
    for path, template, context in chain(_pages(book), public_pages(book)):
        inside = path.removeprefix(FOLDER)
        place = {"root": "../" * inside.count("/"), "here": _here(inside), "path": inside}
        stays = path.startswith(STAMPED)
        place |= _by_stamp(place["root"]) if stays else {}
        page = partial(_rendered, env, template, {**shared, **context, **place})
        yield path, _recalled(known, page) if known and stays else page()


def _rendered(env: Environment, template: str, context: dict[str, Any]) -> bytes:
    return compact(env.get_template(template).render(context)).encode("utf-8")


def _recalled(known: Memory, page: partial[bytes]) -> bytes:
    """Return *page*, from *known* if one was made of the same.

    A page is made of texts, numbers, and records and lists of them: ``repr`` shows all of it.
    """
    made_of = hashlib.sha256(repr(page.args[1:]).encode("utf-8", "surrogatepass")).hexdigest()
    packed = known.answer((made_of, ""), lambda: b64encode(zlib.compress(page(), 1)).decode())
    return zlib.decompress(b64decode(packed))


def _pages(book: Book) -> Iterator[tuple[str, str, dict[str, Any]]]:
    yield "index.html", "index.j2", front_page.index_page(book)
    if book.open:
        yield "langkah.html", "langkah.j2", next_steps_page.steps_page(book)
        yield "kirim.html", "kirim.j2", next_steps_page.selection_page(book)
    yield (
        "perubahan.html",
        "perubahan.j2",
        {
            "c": front_page.moved(book),
            "history": history_chart.table(book.assessment),
            "cycles": history_chart.cycles(book.assessment),
        },
    )
    yield from _parts("inovasi", "daftar_inovasi.j2", pages.innovation_list(book))
    yield from _parts("unit", "daftar_unit.j2", pages.unit_list(book))
    yield "pemda.html", "pemda.j2", pages.region_page(book)
    yield from _parts("tinjauan", "tinjauan.j2", pages.review_list(book))
    yield "peraturan.html", "peraturan.j2", pages.rulebook_page(book)
    yield "data.html", "data.j2", pages.data_page(book)
    for unit in book.units:
        yield unit.page, "unit.j2", pages.unit_page(book, unit)
    for entry in sorted(book.innovations, key=lambda e: e.id):
        yield entry.page, "inovasi.j2", pages.innovation_page(book, entry)


def _stamp(shared: dict[str, Any]) -> str:
    """Return the style that shows which run a page is of, and as of when."""
    texts = {"waktu": shared["data_per"], "nomor": shared["run_id"]}
    lines = [f'.stempel-{name}::after {{ content: "{text}" }}' for name, text in texts.items()]
    return "\n".join([*lines, ".stempel-waktu > a, .stempel-nomor > a { display: none }", ""])


def _by_stamp(root: str) -> dict[str, Any]:
    """Refer to *Data*, which says both as text; the stamp shows them here."""
    link = Markup('<span class="stempel-{}"><a href="{}data.html">lihat Data</a></span>')
    return {"stamp": STAMP, "data_per": link.format("waktu", root), "run_id": link.format("nomor", root)}


def _parts(
    name: str, template: str, contexts: Iterable[dict[str, Any]]
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """A list that may need several pages: ``name.html``, ``name-2.html`` …"""
    held = list(contexts)
    targets = [(n, f"{name}.html" if n == 1 else f"{name}-{n}.html") for n in range(1, len(held) + 1)]
    for (number, target), context in zip(targets, held, strict=True):
        page = {"number": number, "count": len(held), "targets": targets}
        yield target, template, {**context, "page": page}


def _here(path: str) -> str:
    """The menu entry a page belongs to."""
    head = path.partition("/")[0].removesuffix(".html").partition("-")[0]
    return f"{head}.html"


def _shared(book: Book) -> dict[str, Any]:
    a = book.assessment
    return {
        "menu": [entry for entry in MENU if book.open or entry[0] not in OPEN_ONLY],
        "public": False,
        "stamp": "",
        "region": a.marker.name or a.marker.region,
        "region_code": a.marker.region,
        "example": a.marker.example,
        "cycle": a.cycle,
        "rulebook_cycle": a.rulebook.cycle,
        "rulebook_sha256": a.rulebook_sha256,
        "run_id": a.run_id,
        "status": a.status,
        "status_name": labels.STATUS.get(a.status, a.status),
        "data_per": moment(a.as_of, a.marker.zone),
        "inferred": sum(1 for _ in a.rulebook.inferred()),
        "reported": int(a.index["reported"]),
        "eligible": int(a.index["eligible"]),
        "maximum_sid": a.rulebook.formula.maximum_sid_innovation.value,
        "no_roster": bool(book.units) and all(u.submitted and not u.type for u in book.units),
        "standing": _standing(a),
    }


def _standing(a: Assessment) -> list[str]:
    """What a reader must know about the rules of this cycle."""
    lines = []
    if a.rulebook.standing == "announced":
        lines.append(f"Aturan siklus {a.rulebook.cycle} baru diumumkan, belum berlaku; angkanya perkiraan.")
    if a.rulebook.cycle != a.cycle:
        lines.append(f"Data siklus {a.cycle} dihitung dengan aturan siklus {a.rulebook.cycle}.")
    if a.rulebook.spd == "total":
        lines.append(
            "Bobot tiap indikator SPD tidak diketahui; SPD dimasukkan sebagai satu angka dengan buktinya."
        )
    return [*lines, *a.rulebook.notes]


@cache
def environment(zone: str) -> Environment:
    """Templates with our filters, compiled once; times are shown in *zone*."""
    env = Environment(
        loader=FunctionLoader(text_of),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
        cache_size=-1,
    )
    env.filters.update(
        num=indonesian.number,
        poin=indonesian.points,
        persen=indonesian.percent,
        share=indonesian.share,
        coord=_coordinate,
        ukuran=indonesian.size,
        hari=indonesian.day,
        bertanda=indonesian.signed,
        saat=partial(indonesian.moment, zone=zone),
        waktu=partial(indonesian.seen_day, zone=zone),
        band=_band,
        title_of=labels.title,
        unit_type=labels.unit_type,
        status_of=lambda code: labels.STATUS.get(code, code),
        kind_of_file=labels.kind_of_file,
        severity=lambda code: labels.SEVERITY.get(code, code),
        aspect_name=lambda code: labels.ASPECT.get(code, code),
    )
    env.tests["web"] = indonesian.is_web
    return env


def text_of(name: str) -> str:
    """One of our templates or assets."""
    return (files("iid.tasks.report.templates") / name).read_text(encoding="utf-8")


def _finalize(value: object) -> object:
    """Escape text of the share; leave the markup of our own macros."""
    return value if isinstance(value, Markup) else indonesian.clean(value)


def _coordinate(value: Decimal) -> str:
    """A length for SVG: decimal point, 2 places, never negative."""
    return f"{max(value, Decimal(0)):.2f}"


def _band(band: Any) -> str:
    if band.lower is None:
        return f"≤ {indonesian.number(band.upper)}"
    if band.upper is None:
        return f"≥ {indonesian.number(band.lower)}"
    return f"{indonesian.number(band.lower)} s.d. {indonesian.number(band.upper)}"


def compact(html: str) -> str:
    """Remove empty lines and indentation; no template has preformatted text."""
    return "\n".join(line for raw in html.splitlines() if (line := raw.strip())) + "\n"

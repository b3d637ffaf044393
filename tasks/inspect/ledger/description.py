"""A short Indonesian phrase on a content for stewards: no judgement.

A picture's size, when and with what it was taken; how long a video plays; what is embedded.
What EXIF says can be wrong or forged, and messengers strip it.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

# In the last part of a path. Unicode's digits, for a name may hold any.
_WHATSAPP = r"(?i)(?:^|[^a-z])(?:whatsapp|img-\p{Nd}{8}-wa\p{Nd}{4})[^/]*$"
_SCREENSHOT = r"(?i)(?:screen ?shot|tangkapan ?layar)[^/]*$"
_MOMENT = r"(?s)^(?P<day>[^T]*)(?:T(?P<clock>.{0,5}))?"

#: Formats whose file names say where they come from.
PICTURES = ("jpg", "png", "webp", "heic", "mp4", "3gp", "mov")
#: Columns of FACTS that the phrase is made of.
COLUMNS = (
    "problem",
    "detail",
    "format",
    "pages",
    "text_pages",
    "width",
    "height",
    "duration_s",
    "macros",
    "attachments",
    "taken_at",
    "origin",
)


def phrases(facts: pa.Table) -> pa.Array:
    """Describe each content of *facts* (COLUMNS), parts joined by ``; ``."""
    facts = facts.combine_chunks()
    detail, problem = pc.fill_null(facts["detail"], ""), pc.fill_null(facts["problem"], "")
    parts = [_part(pc.not_equal(detail, ""), detail), *_measures(facts), *_origins(facts), *_insides(facts)]
    given = pc.utf8_slice_codeunits(_joined(*parts), 2)
    return _whole(pc.if_else(pc.equal(problem, ""), given, detail))


def _measures(facts: pa.Table) -> tuple[pa.Array, ...]:
    width, height, seconds = facts["width"], facts["height"], facts["duration_s"]
    sized = pc.and_(pc.not_equal(width, 0), pc.not_equal(height, 0))
    minutes = pc.divide(seconds, 60)
    rest = pc.subtract(seconds, pc.multiply(minutes, 60))
    return (
        _part(sized, width, " x ", height, " piksel"),
        _part(pc.is_valid(seconds), "durasi ", minutes, " menit ", rest, " detik"),
    )


def _origins(facts: pa.Table) -> tuple[pa.Array, ...]:
    taken, origin = facts["taken_at"], facts["origin"]
    return (
        _part(pc.not_equal(taken, ""), "diambil ", *_moment(taken)),
        _part(pc.not_equal(origin, ""), "dibuat dengan ", origin),
    )


def _insides(facts: pa.Table) -> tuple[pa.Array, ...]:
    pages, with_text, embedded = facts["pages"], facts["text_pages"], facts["attachments"]
    partly = pc.and_(pc.greater(with_text, 0), pc.less(with_text, pages))
    return (
        _part(partly, pc.subtract(pages, with_text), " halaman tanpa teks"),
        _part(pc.not_equal(embedded, 0), embedded, " berkas disisipkan di dalamnya"),
        _part(facts["macros"], "berisi makro atau skrip"),
    )


def _part(where: pa.Array, *words: pa.Array | str) -> pa.Array:
    """*words* behind ``; `` where *where* holds, else ""."""
    texts = (word if isinstance(word, str) else pc.cast(word, pa.string()) for word in words)
    return pc.if_else(pc.fill_null(where, False), _joined("; ", *texts), "")


def _joined(*texts: pa.Array | str) -> pa.Array:
    return pc.binary_join_element_wise(*texts, "")


def _moment(taken: pa.Array) -> tuple[pa.Array | str, ...]:
    """Write ``2025-11-13T16:35:34`` as ``2025-11-13 16.35`` (camera clock)."""
    parts = pc.extract_regex(taken, _MOMENT)
    day, clock = (pc.struct_field(parts, name) for name in ("day", "clock"))
    return day, " ", pc.replace_substring(clock, ":", ".")


def name_origins(paths: pa.Array) -> pa.Array:
    """Return where picture names come from: WhatsApp, a screenshot, or ""."""
    chat, screen = (pc.match_substring_regex(paths, pattern) for pattern in (_WHATSAPP, _SCREENSHOT))
    return pc.if_else(chat, "WhatsApp", pc.if_else(screen, "tangkapan layar", ""))


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column

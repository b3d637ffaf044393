"""Archives and files only recognised: a zip is listed, never unpacked."""

from __future__ import annotations

from dataclasses import replace

from iid.tasks.inspect.inspectors.zips import open_zip
from iid.tasks.sandbox.content import Content, EncryptedError
from iid.tasks.sandbox.facts import Facts
from iid.tasks.sandbox.limits import Limits
from iid.tasks.text.labels import format_name

VERSION = 2
_NAMED = 3  # members named in the detail
_NAME_CHARS = 60


def inspect(content: Content, kind: Facts, limits: Limits) -> Facts:
    """Facts of an archive. Raises UnreadableError, EncryptedError."""
    if kind.format != "zip":
        return replace(kind, detail=f"{format_name(kind.format)}, isinya tidak dibaca")
    with open_zip(content, limits) as archive:
        files = [info for info in archive.infolist() if not info.is_dir()]
    if files and all(info.flag_bits & 1 for info in files):
        raise EncryptedError
    named = sorted(_shown(info.filename) for info in files)
    more = ", …" if len(named) > _NAMED else ""
    detail = f"{len(files)} berkas: {', '.join(named[:_NAMED])}{more}" if files else "kosong"
    return replace(kind, members=len(files), detail=detail)


def _shown(name: str) -> str:
    """*name* fit for a sentence: printable, short."""
    last = "".join(c if c.isprintable() else "?" for c in name)
    return last if len(last) <= _NAME_CHARS else last[: _NAME_CHARS - 1] + "…"

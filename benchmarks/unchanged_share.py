"""A share of very many small real files for the benchmark of the unchanged share, and its evidence rows."""

from __future__ import annotations

import os
import random
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evidence_files import WORDS

CYCLE = "2026"
UNITS = 40
INDICATORS = 20
OF_INNOVATION = 30  # files: twenty folders, every second one with two files
AGE = 40 * 86_400  # seconds; long ago, so that every time can be trusted


def build(root: Path, files: int) -> int:
    """*files* files of four kinds, all different, in units, innovations and indicators; bytes in all."""
    old = int(root.stat().st_mtime) - AGE
    total = 0
    (root / "iid-share.toml").write_text('region = "63.03"\n', encoding="utf-8")
    for number, place in enumerate(places(files)):
        path = root / place
        if number % OF_INNOVATION < INDICATORS:
            path.parent.mkdir(parents=True, exist_ok=True)
        data = body(number)
        path.write_bytes(data)
        os.utime(path, (old + number, old + number))
        total += len(data)
    return total


def places(files: int) -> Iterator[str]:
    """Paths in the share, 30 an innovation, in the folders of 20 indicators."""
    for number in range(files):
        innovation, item = divmod(number, OF_INNOVATION)
        unit, indicator = innovation % UNITS + 1, item % INDICATORS + 1
        folder = f"{CYCLE}/{unit:02} Dinas {unit:02}/Inovasi {innovation:05}/bukti/{indicator:02} Indikator"
        yield f"{folder}/{NAMES[number % 4].format(number)}"


NAMES = ("SK Bupati {}.pdf", "IMG-20250911-WA{:04}.png", "Laporan kegiatan {}.pdf", "catatan {}.txt")


def body(number: int) -> bytes:
    """A small file whose bytes no other has: a letter, a picture, a report of two pages, a note."""
    rng = random.Random(number)  # noqa: S311  a text, no secret
    kind = number % 4
    if kind == 1:
        return png(rng)
    if kind == 3:
        return f"Catatan {number}. {' '.join(rng.choices(WORDS, k=60))}\n".encode()
    return pdf(*(" ".join(rng.choices(WORDS, k=110)) for _ in range(1 + kind // 2)))


def png(rng: random.Random) -> bytes:
    """A picture of 24 by 24 pixels of noise."""
    side = 24
    pixels = b"".join(b"\0" + rng.randbytes(side) for _ in range(side))
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(pixels, 1)), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def pdf(*pages: str) -> bytes:
    """A PDF with a text layer, as small as one can be."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for number, text in enumerate(pages):
        rows = (text[at : at + 90] for at in range(0, len(text), 90))
        drawn = zlib.compress(
            ("BT /F 9 Tf 60 780 Td " + " ".join(f"({row}) Tj 0 -14 Td" for row in rows) + " ET").encode(), 1
        )
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>>>"
            b"/Contents %d 0 R>>" % (5 + 2 * number)
        )
        objects.append(b"<</Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (len(drawn), drawn))
    out, starts = bytearray(b"%PDF-1.7\n"), []
    for number, data in enumerate(objects, 1):
        starts.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, data)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    size = len(objects) + 1
    return bytes(out) + (
        b"xref\n0 %d\n0000000000 65535 f \n%btrailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
        % (size, table, size, len(out))
    )


def rows(listing: Any) -> Any:
    """Evidence rows for every listed file below the cycle, as the reader makes them, by columns."""
    import pandas as pd

    from iid.tasks.inspect.ledger.fact_columns import iso
    from iid.tasks.values.tables import EVIDENCE, FLAG, TEXT

    entries = [entry for entry in listing.entries if entry.path.startswith(f"{CYCLE}/")]
    names = [entry.path.split("/") for entry in entries]
    given = {
        "innovation_id": [f"{name[1][:2]}/{name[2]}" for name in names],
        "unit_code": [name[1][:2] for name in names],
        "indicator": [name[4][:2] for name in names],
        "source": [entry.path for entry in entries],
        "kind": ["file"] * len(entries),
        "listed": ["folder"] * len(entries),
        "counted": [True] * len(entries),
        "size": [entry.size for entry in entries],
        "modified_at": [iso(entry.modified) for entry in entries],
    }
    nothing = {TEXT: "", FLAG: False}
    return pd.DataFrame(
        {
            name: pd.array(given.get(name) or [nothing.get(kind, pd.NA)] * len(entries), dtype=kind)
            for name, kind in EVIDENCE.items()
        }
    )

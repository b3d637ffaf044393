"""With ``--json`` standard output is one JSON document, whatever a library prints while files are read."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

from runs import Run, assess


def odd(data: bytes) -> bytes:
    """The workbook without ``cellStyleXfs``, its workbook part broken: openpyxl reads it, and prints."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/styles.xml":
                first, last = part.index(b"<cellStyleXfs"), part.index(b"</cellStyleXfs>") + 15
                part = part[:first] + part[last:]
            new.writestr(name, part + (b"<junk" if name == "xl/workbook.xml" else b""))
    return made.getvalue()


def test_what_libraries_print_is_not_on_standard_output(share: Path, iid: Run, tmp_path: Path) -> None:
    books = sorted(share.glob("2026/*/*/inovasi.xlsx"))
    for path in books[:2]:
        path.write_bytes(odd(path.read_bytes()))
    proof = sorted(share.glob("2026/*/*/bukti/16*"))
    for number, folder in enumerate(proof[:4]):
        (folder / f"rusak {number}.pdf").write_bytes(b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>" * 9)
        (folder / f"rusak {number}.jpg").write_bytes(b"\xff\xd8\xff\xe0\0\x10JFIF\0" + b"\0" * 99)
    done = assess(iid, share, tmp_path / "store", "--json")
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert shown["run_id"]

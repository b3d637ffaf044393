"""Damaged files of the kinds that libraries in C read, or that are rarer: in guarded workers, as in a run."""

from __future__ import annotations

import io
import os
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from PIL import Image

from iid.tasks.demo.biff_writer import xls
from iid.tasks.demo.film import mp4
from iid.tasks.inspect.inspection import inspect_evidence
from iid.tasks.inspect.ledger.ledger import Ledger
from iid.tasks.sandbox.limits import MIB, Limits
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.values.tables import EVIDENCE, frame

LIMITS = Limits(cpu_s=1, wall_s=60, memory=700 * MIB)
SEEDS = range(5)
OLD = 1_700_000_000


def frames() -> list[bytes]:
    found = []
    for shade in (90, 160):
        out = io.BytesIO()
        Image.linear_gradient("L").resize((64, 48)).point(lambda level, s=shade: (level + s) % 256).save(
            out, "JPEG"
        )
        found.append(out.getvalue())
    return found


def film(brand: bytes = b"isom") -> bytes:
    data = mp4(frames(), 5, (64, 48))
    for other in (b"isom", b"iso2", b"mp41"):
        data = data.replace(other, brand) if brand != b"isom" else data
    return data


def odf(kind: bytes) -> bytes:
    content = b"<office:d xmlns:office='o' xmlns:text='t'><text:p>Laporan</text:p></office:d>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", b"application/vnd.oasis.opendocument." + kind)
        archive.writestr("content.xml", content)
    return out.getvalue()


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body


def heic() -> bytes:
    size = box(b"ispe", bytes(4), struct.pack(">II", 640, 480))
    return box(b"ftyp", b"heic\0\0\0\0heic") + box(b"meta", bytes(4), box(b"iprp", box(b"ipco", size)))


def avi() -> bytes:
    header = b"avih" + struct.pack("<I14I", 56, 40_000, 0, 0, 16, 50, 0, 1, 0, 64, 48, 0, 0, 0, 0)
    stream = b"strh" + struct.pack("<I4s4s12I", 56, b"vids", b"MJPG", *[0] * 5, 1, 25, 0, 50, 0, 0, 0)
    listed = b"hdrl" + header + b"LIST" + struct.pack("<I", len(stream) + 4) + b"strl" + stream
    body = b"AVI LIST" + struct.pack("<I", len(listed)) + listed
    return b"RIFF" + struct.pack("<I", len(body)) + body


def matroska(kind: bytes) -> bytes:
    def element(mark: bytes, data: bytes) -> bytes:
        return mark + bytes([0x80 | len(data)]) + data

    head = element(b"\x1a\x45\xdf\xa3", element(b"\x42\x82", kind))
    video = element(b"\xe0", element(b"\xb0", b"\x40") + element(b"\xba", b"\x30"))
    track = element(b"\xae", element(b"\xd7", b"\1") + element(b"\x83", b"\1") + video)
    about = element(b"\x2a\xd7\xb1", b"\x0f\x42\x40") + element(b"\x44\x89", struct.pack(">d", 5000.0))
    info = element(b"\x15\x49\xa9\x66", about)
    return head + element(b"\x18\x53\x80\x67", info + element(b"\x16\x54\xae\x6b", track))


def doc() -> bytes:
    """An OLE file with Word's stream where an Excel file has its own."""
    data = bytearray(xls({"A": [["x"]]}))
    at = data.index("Workbook".encode("utf-16-le"))
    name = "WordDocument\0".encode("utf-16-le")
    data[at : at + len(name)] = name
    struct.pack_into("<H", data, at + 64, len(name))
    return bytes(data)


KINDS: dict[str, Callable[[], bytes]] = {
    "mp4": film,
    "mov": lambda: film(b"qt  "),
    "3gp": lambda: film(b"3gp4"),
    "mkv": lambda: matroska(b"matroska"),
    "webm": lambda: matroska(b"webm"),
    "avi": avi,
    "mp3": lambda: b"ID3\3\0\0\0\0\0\0" + (b"\xff\xfb\x90\0" + bytes(413)) * 20,
    "heic": heic,
    "xls": lambda: xls({"Profil": [["Isian", "Jawaban"], ["Nama Inovasi", "SIPANDU"]]}),
    "doc": doc,
    "odt": lambda: odf(b"text"),
    "ods": lambda: odf(b"spreadsheet"),
    "rar": lambda: b"Rar!\x1a\x07\x01\0" + bytes(range(200)),
    "7z": lambda: b"7z\xbc\xaf'\x1c\0\4" + bytes(range(200)),
    "csv": lambda: b"tahun;jumlah\n2024;12\n2025;15\n" * 9,
    "txt": lambda: "Surat Keputusan nomor 12\n".encode("utf-16") * 3,
}


def damaged(whole: bytes, chance: random.Random) -> bytes:
    """*whole* with bytes changed, taken out and put in."""
    data = bytearray(whole)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(data))
        act = chance.random()
        if act < 0.7:
            data[at] = chance.choice([0, 255, 127, 128, chance.randrange(256)])
        elif act < 0.85 and len(data) > 200:
            del data[at : at + chance.randrange(1, 64)]
        else:
            data[at:at] = chance.randbytes(chance.randrange(1, 40))
    return bytes(data)


def inspected(root: Path, files: dict[str, bytes]) -> pd.DataFrame:
    root.mkdir()
    for name, data in files.items():
        (root / name).write_bytes(data)
        os.utime(root / name, (OLD, OLD))
    drive = FolderDrive(root)
    listing = drive.list()
    rows = frame(EVIDENCE, ({"source": e.path, "kind": "file", "size": e.size} for e in listing.entries))
    return inspect_evidence(drive, listing, rows, Ledger(), workers=2, limits=LIMITS).evidence


@pytest.fixture(scope="module")
def sound() -> dict[str, bytes]:
    return {f"a.{kind}": made() for kind, made in KINDS.items()}


def test_damaged_files_get_an_answer_each_and_change_no_other(
    sound: dict[str, bytes], tmp_path: Path
) -> None:
    harmed = {
        f"{kind} {seed}": damaged(sound[f"a.{kind}"], random.Random(f"{kind} {seed}"))  # noqa: S311  repeatable
        for kind in KINDS
        for seed in SEEDS
    }
    alone = inspected(tmp_path / "sendiri", sound)
    among = inspected(tmp_path / "bersama", {**sound, **harmed})
    assert len(among) == len(sound) + len(harmed)
    assert among["sha256"].str.len().eq(64).all()
    assert set(among["problem"]) <= {"", "unreadable", "encrypted", "timeout"}
    assert (among["readable"] == among["problem"].eq("")).all()
    mine = among[among["source"].isin(sound)].reset_index(drop=True)
    assert_frame_equal(mine, alone)


def test_the_sound_ones_reach_the_inspector_of_their_kind(sound: dict[str, bytes], tmp_path: Path) -> None:
    rows = inspected(tmp_path / "utuh", sound).set_index("source")
    assert {kind: rows.loc[f"a.{kind}", "format"] for kind in KINDS} == {kind: kind for kind in KINDS}
    broken = rows.index[~rows["readable"]].tolist()
    assert broken == ["a.avi", "a.doc"]  # without frames, without text
    assert rows.loc["a.mp4", "duration_s"] == 10

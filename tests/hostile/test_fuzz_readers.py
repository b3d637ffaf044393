"""What others wrote and we read back: any bytes are an answer or a plain refusal, never a broken run."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iid.expectations.rulebook.loading import load
from iid.expectations.rulebook.rulebook_error import RulebookError
from iid.tasks.feedback.receipt import Receipt, read_receipt
from iid.tasks.ingest.roster import read_roster
from iid.tasks.inspect.ledger import arrow_tables, scans
from iid.tasks.inspect.ledger.ledger import Ledger
from iid.tasks.inspect.links import link_table as links
from iid.tasks.operate.notify.contacts import read_contacts
from iid.tasks.operate.watch.watcher import recall
from iid.tasks.review.review_cells import UnreadableBookError, read_book
from iid.tasks.review.review_lines import HEADER, SHEET
from iid.tasks.review.steward_entries import entries_of
from iid.tasks.sandbox import frames
from iid.tasks.sandbox.answer_checks import AnswerError, checked_answer
from iid.tasks.sandbox.facts import Facts, as_record, pack, text_of
from iid.tasks.sandbox.worker_process import Job
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.shares.marker import read_marker
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.published_run import read_pointer
from iid.tasks.values.errors import IidError, UsageError

PREFIX = "63.03/2026"
BOUNDED = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
READ = {"status": "read", "sha256": "a" * 64, "size": 1, "modified": 1.0, "racy": False}


@cache  # its time of saving moves its length, and examples must be the same when they are drawn again
def review_book() -> bytes:
    from openpyxl import Workbook

    book, out = Workbook(), io.BytesIO()
    book.active.title = SHEET
    book.active.append(HEADER)
    book.active.append(["101/A", "16", "x", 2, 2, "", "terima", "", "baik", "Budi", "2026-01-02", "ab"])
    book.save(out)
    return out.getvalue()


def texts() -> bytes:
    row = {"sha256": "a" * 64, "version": "1", "text": b"x", "chars": 1, "pages": 1, "pages_read": 1}
    data = arrow_tables.serialised(pa.Table.from_pylist([row], scans.SCHEMA))
    return scans._digest(data) + data


CHECKS = {"http://a": {"status": "open", "detail": "", "checked_at": "2026-08-31T12:00:00Z"}}
#: A sound example of each thing that is read.
SOUND: dict[str, Callable[[], bytes]] = {
    "review workbook": review_book,
    "receipt": lambda: b"bagian,nama,ukuran,waktu,sha256,keterangan\npenilaian,1,,2026-08-31T12:00:00Z,a,\n",
    "links": lambda: json.dumps({"format": 1, "checks": CHECKS}).encode(),
    "ocr texts": texts,
    "ledger": lambda: b'{"format": 1, "segments": ["facts-1.arrow"], "paths": "paths-1.arrow"}',
    "answer": lambda: json.dumps({**READ, "facts": as_record(Facts())}).encode(),
    "packed text": lambda: pack("Surat Keputusan"),
    "contacts": lambda: b"code,channel\n101,a@example.go.id\n",
    "roster": lambda: b"code,name,type,parent\n101,Dinas Kesehatan,opd,\n",
    "marker": lambda: b'region = "63.03"\nname = "Kabupaten Banjar"\nzone = "Asia/Makassar"\n',
    "pointer": lambda: b'{"run_id": "x", "manifest_sha256": "", "published_at": "", "status": "final"}',
    "snapshot": lambda: b'{"version": 1, "files": {"a": [1, 2.0]}}',
    "rulebook": lambda: load(2026).text.encode()[:3000],
}


class Place:
    """Where what is read by path or key lies."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.store = FolderStore(root / "store")
        self.drive = FolderDrive(root)
        self.readers: dict[str, Callable[[bytes], Any]] = {
            "review workbook": lambda data: entries_of(read_book(data)),
            "receipt": read_receipt,
            "links": lambda data: links.remembered(self.put("_links/checks.json", data), PREFIX),
            "ocr texts": lambda data: scans._remembered(self.put("_ocr/texts.arrow", data), PREFIX),
            "ledger": lambda data: Ledger.load(self.put("_ledger/manifest.json", data), PREFIX),
            "answer": lambda data: checked_answer(Job(0, "a", 1), *frames.unpacked(data, len(data))),
            "packed text": text_of,
            "contacts": lambda data: read_contacts(data, "kontak.csv"),
            "roster": lambda data: read_roster(data, "roster.csv"),
            "marker": lambda data: read_marker(self.file("iid-share.toml", data) and self.drive),
            "pointer": lambda data: read_pointer(data, "latest.json"),
            "snapshot": lambda data: recall(self.file("ingatan.json", data)),
            "rulebook": lambda data: load(2026, self.file("aturan.yaml", data)),
        }

    def put(self, name: str, data: bytes) -> FolderStore:
        self.store.put(f"{PREFIX}/{name}", data)
        return self.store

    def file(self, name: str, data: bytes) -> Path:
        (self.root / name).write_bytes(data)
        return self.root / name

    def read(self, what: str, data: bytes) -> Any:
        """What the reader says; None where it refuses in its own words."""
        try:
            return self.readers[what](data)
        except (IidError, RulebookError, UsageError, UnreadableBookError, AnswerError, ValueError) as error:
            assert str(error)
            return None


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.mark.parametrize("what", sorted(SOUND))
@given(data=st.data())
@BOUNDED
def test_damaged_bytes_are_read_or_refused(what: str, place: Place, data: st.DataObject) -> None:
    whole = bytearray(SOUND[what]())
    for at in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=6)):
        whole[at] = data.draw(st.sampled_from([0, 10, 34, 44, 91, 123, 127, 255]) | st.integers(0, 255))
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(whole))] * 2)))
    if data.draw(st.booleans()):
        whole[start:end] = data.draw(st.binary(max_size=40))
    place.read(what, bytes(whole))


NASTY = {
    "nothing": b"",
    "zeros": bytes(5000),
    "brackets": b"[" * 200_000,
    "braces": b'{"a":' * 100_000,
    "a long number": b'{"format": 1, "checks": ' + b"9" * 5000 + b"}",
    "a long field": b'code,channel\nbagian,"' + b"x" * 300_000 + b'"\n',
    "lone surrogates": b'{"format":1,"segments":["\\ud800"],"paths":"\\ud800","checks":{"\\ud800":{}}}',
    "another kind": b"PK\x05\x06" + bytes(18),
    "indents": b"".join(b" " * n + b"a:\n" for n in range(1500)),
    "aliases": b"a: &a [x]\n" + b"".join(b"b%d: &b%d [*a, *a]\n" % (n, n) for n in range(300)),
}


@pytest.mark.parametrize("nasty", sorted(NASTY))
@pytest.mark.parametrize("what", sorted(SOUND))
def test_what_breaks_parsers_is_refused(what: str, nasty: str, place: Place) -> None:
    place.read(what, NASTY[nasty])


def test_the_sound_examples_are_read(place: Place) -> None:
    shown = {what: place.read(what, made()) for what, made in SOUND.items()}
    assert [what for what, said in shown.items() if said is None] == ["pointer", "rulebook"]
    assert shown["receipt"] != Receipt()
    assert shown["ocr texts"].num_rows == 1
    assert shown["packed text"] == "Surat Keputusan"


@pytest.mark.parametrize(
    "change",
    [
        {"modified": float("inf")},
        {"modified": float("nan")},
        {"size": 2**70},
        {"facts": {**as_record(Facts()), "detail": "\ud800"}},
        {"facts": {**as_record(Facts()), "origin": "baris\nlain"}},
    ],
)
def test_answers_that_no_table_could_hold_are_refused(change: dict[str, Any]) -> None:
    body = json.dumps({**READ, **change}).encode()
    with pytest.raises(AnswerError):
        checked_answer(Job(0, "a", 1), *frames.unpacked(body, len(body)))


@given(at=st.integers(0, 400), bit=st.integers(0, 7))
@BOUNDED
def test_texts_of_ocr_are_used_whole_or_not_at_all(place: Place, at: int, bit: int) -> None:
    whole = bytearray(texts())
    whole[at % len(whole)] ^= 1 << bit
    assert place.read("ocr texts", bytes(whole)).num_rows == 0

"""Contents read with OCR, and the texts (``_ocr/texts.arrow``).

The texts are kept apart from the inspectors' facts: without ``--ocr`` nothing of them is used,
and facts are the same with and without. Each content is read once for a version of program,
language and library; lost or spoilt, the file costs time only.
"""

from __future__ import annotations

import hashlib
import logging
import re
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from iid.tasks.inspect.engines import Engine
from iid.tasks.inspect.inspectors.ocr import FORMATS, LANGUAGE, PROGRAM, VERSION
from iid.tasks.inspect.ledger import arrow_tables
from iid.tasks.sandbox.feeding import Known, Wanted
from iid.tasks.sandbox.limits import Limits
from iid.tasks.shares.drive import Drive
from iid.tasks.store.store import Store
from iid.tasks.values.errors import FailedError

_log = logging.getLogger(__name__)
_KEY = "_ocr/texts.arrow"
_DIGEST = 32  # bytes of the hash before the table
_KEPT_EVERY = 200  # contents after which what was read is put away: an evening's work is not lost

#: One row a content that was read: its packed text, how many characters (normalised) and pages.
SCHEMA = pa.schema(
    [
        ("sha256", pa.string()),
        ("version", pa.string()),
        ("text", pa.large_binary()),
        ("chars", pa.int64()),
        ("pages", pa.int64()),
        ("pages_read", pa.int64()),
    ]
)

Progress = Callable[[int, int], None]


def _frame(table: pa.Table) -> pd.DataFrame:
    """No threads, as in :func:`iid.tasks.store.table_files.read_table`."""
    return table.drop_columns(["version"]).to_pandas(use_threads=False)


@cache
def ocr_version(pages: int) -> str:
    """Return the version of OCR. FailedError where tesseract is unusable."""
    hint = f"pasang {PROGRAM}-ocr dan {PROGRAM}-ocr-{LANGUAGE}, atau jalankan tanpa --ocr"
    if shutil.which(PROGRAM) is None:
        raise FailedError(f"--ocr memerlukan program {PROGRAM}, yang tidak ditemukan; {hint}")
    about = _said("--version").split("\n", 1)[0]
    if LANGUAGE not in _said("--list-langs").split():
        raise FailedError(f"{about or PROGRAM} tidak mempunyai bahasa {LANGUAGE}; {hint}")
    libraries = (f"{name} {version(name)}" for name in ("pypdfium2", "pillow"))
    return "; ".join((f"ocr {VERSION}", re.sub(r"\s+", " ", about), LANGUAGE, f"pages {pages}", *libraries))


def _said(option: str) -> str:
    try:
        done = subprocess.run([PROGRAM, option], capture_output=True, timeout=60, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return (done.stdout or done.stderr).decode("utf-8", "replace").strip()


def scanned(evidence: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
    """Return the scans: a row a content (``sha256``, ``source``, ``size``).

    Claimed, readable, not blank: pictures, and PDFs with pages whose words are in a picture.
    """
    blank = facts.loc[facts["blank"].fillna(False), "sha256"]
    with_scans = facts.loc[(facts["scan_pages"] > 0).fillna(False), "sha256"]
    fine = (evidence["kind"] == "file") & evidence["counted"] & evidence["readable"].fillna(False)
    fine &= evidence["format"].isin(FORMATS) & (evidence["sha256"] != "")
    fine &= (evidence["format"] != "pdf") | evidence["sha256"].isin(with_scans)
    found = evidence.loc[fine & ~evidence["sha256"].isin(blank), ["sha256", "source", "size"]]
    return found.sort_values(["sha256", "source"]).drop_duplicates("sha256")


def all_read(evidence: pd.DataFrame, facts: pd.DataFrame, scans: pd.DataFrame) -> bool:
    """Return whether *scans* has all that another night could read."""
    return bool(scanned(evidence, facts)["sha256"].isin(scans["sha256"]).all())


def read_scans(  # noqa: PLR0913  what is read, with what, and where it is kept
    drive: Drive,
    evidence: pd.DataFrame,
    facts: pd.DataFrame,
    *,
    engine: Engine,
    store: Store,
    prefix: str,
    limits: Limits,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Return the texts of *evidence*'s scans by ``sha256``; read new ones.

    *limits* are those for OCR (:meth:`Limits.for_ocr`). Raises FailedError, DriveError.
    """
    now = ocr_version(limits.ocr_pages)
    wanted = scanned(evidence, facts)
    table = _remembered(store, prefix)
    table = table.filter(pc.equal(table["version"], now))
    table = table.filter(pc.is_in(table["sha256"], pa.array(wanted["sha256"].tolist(), pa.string())))
    missing = wanted[~wanted["sha256"].isin(table["sha256"].to_pylist())]
    if len(missing):
        keep = _Keeper(store, prefix, table, now)
        places = [
            Wanted(key, source, int(size), 0.0)
            for key, (source, size) in enumerate(zip(missing["source"], missing["size"], strict=True))
        ]
        hashes = missing["sha256"].tolist()
        for done, answer in enumerate(engine.answers(drive, places, Known(), limits), start=1):
            if progress:
                progress(done, len(places))
            message = answer.message
            same = answer.status == "read" and message["sha256"] == hashes[answer.job.key]
            if same and answer.lasting and "facts" in message:
                keep.add(message, answer.text)
        table = keep.put()
    return _frame(arrow_tables.ordered(table, "sha256"))


class _Keeper:
    """Gathers what was read, and puts it away now and then."""

    def __init__(self, store: Store, prefix: str, table: pa.Table, version: str) -> None:
        self._store = store
        self._key = f"{prefix}/{_KEY}"
        self._table = table
        self._version = version
        self._rows: list[dict[str, Any]] = []

    def add(self, message: dict[str, Any], text: bytes) -> None:
        """Record an answer; a failed one has no text and is not retried."""
        facts = message["facts"]
        self._rows.append(
            {
                "sha256": message["sha256"],
                "version": self._version,
                "text": text,
                "chars": facts["text_chars"] or 0,
                "pages": facts["pages"] or 0,
                "pages_read": facts["text_pages"] or 0,
            }
        )
        if len(self._rows) >= _KEPT_EVERY:
            self.put()

    def put(self) -> pa.Table:
        """Everything so far, stored."""
        fresh = pa.Table.from_pylist(self._rows, SCHEMA)
        self._table = arrow_tables.ordered(pa.concat_tables([self._table, fresh]), "sha256")
        self._rows = []
        data = arrow_tables.serialised(self._table)
        self._store.put(self._key, _digest(data) + data)
        return self._table


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _remembered(store: Store, prefix: str) -> pa.Table:
    try:
        found = store.get(f"{prefix}/{_KEY}")
        digest, data = found[:_DIGEST], found[_DIGEST:]
        if digest != _digest(data):  # Arrow itself would not notice, or worse
            raise ValueError("its bytes are not those that were written")
        return arrow_tables.parsed(data, SCHEMA)
    except KeyError:
        return SCHEMA.empty_table()
    except (ValueError, pa.ArrowException) as error:
        _log.warning("Remembered OCR texts are ignored (%s); the scans are read anew.", error)
        return SCHEMA.empty_table()

"""``tanda-terima.csv``: what was seen of a unit, and which files are ours.

One CSV file, so that it opens everywhere. It also is our memory: the digest of what was sent, and
name, size and hash of every file we wrote. Written last, so that a broken attempt is made again.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import UTC, datetime

from iid.tasks.feedback.unit_feedback import Feedback
from iid.tasks.text.indonesian import moment

NAME = "tanda-terima.csv"
HEADER = ("bagian", "nama", "ukuran", "waktu", "sha256", "keterangan")
WHEN = "%Y-%m-%dT%H:%M:%SZ"
RUN, SEEN, OURS = "penilaian", "terlihat", "umpan balik"
MAX_BYTES = 32 * 1024**2
FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # what a spreadsheet would run; numbers too, for this is read back


@dataclass(frozen=True, slots=True)
class Written:
    """One file that we wrote."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says: digest and time of what was sent, our files."""

    digest: str = ""
    since: str = ""  # ISO, UTC: when this was first reported
    ours: dict[str, Written] = field(default_factory=dict)


def receipt_bytes(feedback: Feedback, since: str, ours: dict[str, Written]) -> bytes:
    """Write the receipt: the assessment, the files seen, then our own."""
    when = moment(datetime.fromisoformat(since), feedback.zone)
    rows = [(RUN, feedback.code, "", since, feedback.digest, f"{when}, perhitungan {feedback.run_id}")]
    rows += [(SEEN, one.path, str(one.size), one.modified, one.sha256, one.used) for one in feedback.seen]
    rows += [(OURS, name, str(one.size), "", one.sha256, "") for name, one in sorted(ours.items())]
    # Python's writer leaves a lone carriage return unquoted, and a spreadsheet begins a new cell there.
    returns = any("\r" in cell for row in rows for cell in row)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL if returns else csv.QUOTE_MINIMAL)
    writer.writerow(HEADER)
    writer.writerows([_escaped(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", "backslashreplace")  # Excel asks for the mark


def read_receipt(data: bytes) -> Receipt:
    """Parse the receipt in *data*; empty if damaged, so that all is rewritten.

    Anybody may have written it. A time that is not as we write it, or of no year in which we did, is none.
    """
    try:
        rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
        head = next(row for row in rows if row["bagian"] == RUN)
        if not 2000 <= datetime.strptime(head["waktu"], WHEN).replace(tzinfo=UTC).year <= 2999:
            return Receipt()
        ours = {
            _unescaped(row["nama"]): Written(int(row["ukuran"]), row["sha256"])
            for row in rows
            if row["bagian"] == OURS and "/" not in row["nama"]
        }
        return Receipt(head["sha256"], head["waktu"], ours)
    except (ValueError, KeyError, TypeError, StopIteration, ArithmeticError, csv.Error):
        return Receipt()


def _escaped(text: str) -> str:
    return f"'{text}" if text.lstrip("'").startswith(FORMULA) else text


def _unescaped(text: str) -> str:
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA) else text

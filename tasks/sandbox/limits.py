"""What one inspection may cost: the machine's limits, not a cycle's rules."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from iid.tasks.sandbox.facts import TEXT_KEPT

MIB = 1024 * 1024
GIB = 1024 * MIB


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one inspection; JSON-able.

    The processor limit decides alone in practice and is the same on a busy machine;
    the wall limit is for what hangs without working.
    """

    cpu_s: int = 30
    wall_s: float = 180.0
    memory: int = 1536 * MIB  # address space of a worker, libraries included
    answer: int = 4 * MIB  # bytes of one answer
    file: int = 2 * GIB  # larger ones are not read: no evidence is, and a sparse file costs its maker nothing
    unit: int = 64 * GIB  # bytes of one unit in a run; what is left over comes in the next
    unit_s: float = 3600.0  # the same of the workers' seconds
    in_memory: int = 64 * MIB  # larger files are parsed from disk
    pixels: int = 150_000_000  # a scanned A0 sheet at 300 dpi has 140 million
    pages: int = 3_000  # pages whose text is read
    text: int = 4_000_000  # characters of text read
    kept: int = TEXT_KEPT  # characters of text in an answer
    inflated: int = 200 * MIB  # of the parts of an office file that are parsed
    members: int = 20_000  # entries of a zip
    ocr_pages: int = 0  # pages to read with OCR; above 0 a worker does that and nothing else

    def for_ocr(self, pages: int = 5) -> Limits:
        """Return the limits for scans: tesseract has its own process and limit."""
        return replace(self, ocr_pages=pages, wall_s=max(self.wall_s, 150.0 * pages))

    def as_record(self) -> dict[str, Any]:
        """The limits as plain values."""
        return asdict(self)

"""What a worker may answer: untrusted, so every value is checked."""

from __future__ import annotations

import math
import re
from typing import Any

from iid.tasks.sandbox.facts import TEXT_KEPT, Facts, as_record, checked, sound
from iid.tasks.sandbox.worker_process import Answer, Job

_SHA256 = re.compile(r"[0-9a-f]{64}")
_PATH_PROBLEMS = ("missing", "unreadable", "outside_share", "still_changing")
_READ = {"sha256": str, "size": int, "modified": float, "racy": bool}
_LARGEST = 2**60  # bytes; the ledger's column holds 63 bits


class AnswerError(ValueError):
    """A worker said what no worker of ours says."""


def checked_answer(job: Job, message: dict[str, Any], text: bytes, kept: int = TEXT_KEPT) -> Answer:
    """Return *message* as the Answer to *job*, checked, or raise AnswerError."""
    status = message.pop("status", None)
    if status == "read":
        read = _read(message)
        packed = _text(read, text, kept)
        if job.verdict is None:
            return Answer(job, status, read, packed)
        verdict = {name: job.verdict[name] for name in ("problem", "detail")}
        facts = {**read.get("facts", as_record(Facts())), "readable": False, **verdict}
        return Answer(job, status, {**read, "facts": facts}, lasting=job.verdict["lasting"])
    detail = message.get("detail", "")
    if not isinstance(detail, str) or not sound(detail):
        raise AnswerError("detail")
    if status == "problem" and message.get("problem") in _PATH_PROBLEMS:
        return Answer(job, status, {"problem": message["problem"], "detail": detail})
    if status in ("memory", "share_lost", "setup"):
        return Answer(job, status, {"detail": detail})
    raise AnswerError("status")


def _read(message: dict[str, Any]) -> dict[str, Any]:
    facts = message.pop("facts", None)
    if {name: type(value) for name, value in message.items()} != _READ:
        raise AnswerError("fields")
    sane = 0 <= message["size"] <= _LARGEST and math.isfinite(message["modified"])
    if not sane or not _SHA256.fullmatch(message["sha256"]):
        raise AnswerError("values")
    if facts is not None:
        try:
            message["facts"] = checked(facts)
        except (ValueError, AttributeError, TypeError) as error:
            raise AnswerError(str(error)) from error
    return message


def _text(message: dict[str, Any], text: bytes, kept: int) -> bytes:
    if len(text) > 5 * kept or (text and "facts" not in message):
        raise AnswerError("text")
    return text

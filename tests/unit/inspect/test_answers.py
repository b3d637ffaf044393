"""What a worker says is checked: its sender has opened hostile files."""

from __future__ import annotations

import json

import pytest

from iid.tasks.sandbox import frames, worker_process
from iid.tasks.sandbox.answer_checks import AnswerError, checked_answer
from iid.tasks.sandbox.facts import Facts, as_record
from iid.tasks.sandbox.limits import Limits
from iid.tasks.sandbox.worker_process import Job

SHA = "a" * 64
READ = {"status": "read", "sha256": SHA, "size": 1, "modified": 1.0, "racy": False}


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({}, b""),
        ({"status": "fine"}, b""),
        ({**READ, "sha256": "../../etc"}, b""),
        ({**READ, "size": -1}, b""),
        ({**READ, "size": True}, b""),
        ({**READ, "more": 1}, b""),
        ({**READ, "facts": []}, b""),
        ({**READ, "facts": {"format": "pdf"}}, b""),
        (dict(READ), b"text without facts"),
        ({**READ, "facts": as_record(Facts())}, b"x" * 2_000_000),
        ({"status": "problem", "problem": "fine", "detail": ""}, b""),
        ({"status": "problem", "problem": "missing", "detail": "x" * 5000}, b""),
        ({"status": "problem", "problem": ["missing"], "detail": ""}, b""),
    ],
)
def test_an_answer_that_no_worker_of_ours_gives_is_refused(message, text: bytes) -> None:
    with pytest.raises(AnswerError):
        checked_answer(Job(0, "a", 1), json.loads(json.dumps(message)), text)


def test_a_frame_over_the_limit_is_refused() -> None:
    worker = worker_process.Worker.__new__(worker_process.Worker)
    worker._limits = Limits(answer=10)
    worker._buffer = bytearray(frames.packed({"a": "x" * 50}))
    with pytest.raises(ValueError, match="limit"):
        worker._whole_frames()

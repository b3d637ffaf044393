"""doc, xls, ppt: whole, locked, macros."""

from __future__ import annotations

import struct


def test_an_old_word_file_is_readable_without_text(make, facts_of) -> None:
    facts = facts_of(make.ole({"WordDocument": b"\xec\xa5\xc1\x00"}))
    assert (facts.format, facts.readable, facts.text_chars) == ("doc", True, None)


def test_a_locked_old_word_file_is_encrypted(make, facts_of) -> None:
    fib = struct.pack("<HHHHHH", 0xA5EC, 0xC1, 0, 0x409, 0, 0x0100)
    assert facts_of(make.ole({"WordDocument": fib})).problem == "encrypted"


def test_a_locked_old_workbook_is_encrypted(make, facts_of) -> None:
    records = struct.pack("<HHI", 0x0809, 4, 0) + struct.pack("<HHH", 0x002F, 2, 0)
    assert facts_of(make.ole({"Workbook": records})).problem == "encrypted"
    plain = struct.pack("<HHI", 0x0809, 4, 0) + struct.pack("<HHH", 0x0042, 2, 0)
    assert facts_of(make.ole({"Workbook": plain})).readable


def test_names_of_streams_are_read_in_any_case(make, facts_of) -> None:
    records = struct.pack("<HHI", 0x0809, 4, 0) + struct.pack("<HHH", 0x002F, 2, 0)
    facts = facts_of(make.ole({"WORKBOOK": records}))
    assert (facts.format, facts.problem) == ("xls", "encrypted")
    assert facts_of(make.ole({"BOOK": b"x"})).readable


def test_a_locked_old_presentation_is_encrypted(make, facts_of) -> None:
    data = make.ole({"PowerPoint Document": b"x", "EncryptedSummary": b"y"})
    assert facts_of(data).problem == "encrypted"


def test_macros_of_an_old_file_are_seen(make, facts_of) -> None:
    assert facts_of(make.ole({"Workbook": b"x", "_VBA_PROJECT_CUR": b"y"})).macros


def test_a_cut_old_file_is_unreadable(make, facts_of) -> None:
    data = make.ole({"WordDocument": b"x" * 60_000})
    assert facts_of(data[: len(data) // 2]).problem == "unreadable"
    assert facts_of(data[:700]).problem == "unreadable"


def test_another_ole_file_is_of_no_known_kind(make, facts_of) -> None:
    facts = facts_of(make.ole({"MSProject": b"x"}))
    assert (facts.format, facts.problem) == ("", "unreadable")

"""Archives are listed, never unpacked."""

from __future__ import annotations

import struct


def test_a_zip_is_listed(make, facts_of) -> None:
    facts = facts_of(make.zipped({"b.pdf": b"x", "a/": b"", "a/c.jpg": b"y", "d.txt": b"", "e": b""}))
    assert (facts.format, facts.members, facts.readable) == ("zip", 4, True)
    assert facts.detail == "4 berkas: a/c.jpg, b.pdf, d.txt, …"


def test_names_inside_are_shown_harmless(make, facts_of) -> None:
    facts = facts_of(make.zipped({"a\n\u202e" + "x" * 300: b""}))
    assert "\n" not in facts.detail
    assert len(facts.detail) < 100


def test_an_empty_zip_says_so(make, facts_of) -> None:
    assert facts_of(make.zipped({})).detail == "kosong"


def test_a_bomb_is_listed_and_not_opened(make, facts_of) -> None:
    inner = make.zipped({"nol": b"\0" * 3_000_000})
    nested = make.zipped({f"{n}.zip": inner for n in range(20)})
    assert facts_of(nested).members == 20


def test_a_zip_with_too_many_members_is_not_listed(make, facts_of) -> None:
    facts = facts_of(make.zipped({str(n): b"" for n in range(50)}), members=20)
    assert facts.detail == "daftar isinya terlalu besar untuk diperiksa"


def test_a_directory_that_claims_to_be_huge_is_not_read(make, facts_of) -> None:
    data = bytearray(make.zipped({"a": b"x"}))
    struct.pack_into("<I", data, data.rfind(b"PK\x05\x06") + 12, 0x7FFFFFFF)
    assert facts_of(bytes(data)).problem == "unreadable"


def test_rar_and_7z_are_only_recognised(facts_of) -> None:
    for data, word in ((b"Rar!\x1a\x07\x01\x00", "rar"), (b"7z\xbc\xaf\x27\x1c", "7z")):
        facts = facts_of(data + b"\0" * 40)
        assert (facts.format, facts.readable, facts.members) == (word, True, None)


def test_a_zip_of_which_every_member_is_locked_is_encrypted(make, facts_of) -> None:
    data = bytearray(make.zipped({"a": b"x"}))
    data[data.find(b"PK\x01\x02") + 8] |= 1
    assert facts_of(bytes(data)).problem == "encrypted"

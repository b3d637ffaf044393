"""Plain text, HTML, RTF, SVG; and what is empty or no document at all."""

from __future__ import annotations

import pytest

from iid.tasks.inspect.inspectors.registry import UNKNOWN, ZEROS


def test_plain_text_and_csv_are_kept(facts_of) -> None:
    assert facts_of(b"Surat Keputusan\n").text == "Surat Keputusan\n"
    assert facts_of(b"a;b\n1;2\n").format == "csv"


def test_of_a_web_page_only_what_is_seen_is_kept(facts_of) -> None:
    facts = facts_of(b"<html><style>p{}</style><p>Bupati &amp; Wakil</p><script>alert('x')</script></html>")
    assert "Bupati & Wakil" in facts.text
    assert "alert" not in facts.text
    assert facts.macros


def test_words_of_an_rtf_file_are_found(facts_of) -> None:
    facts = facts_of(rb"{\rtf1\ansi{\fonttbl{\f0 Arial;}}\f0 Inovasi\par \b SIPANDU\b0  \'e9 \u8211?}")
    assert "Arial" not in facts.text
    assert "Inovasi\nSIPANDU é –" in facts.text


def test_svg_text_is_read_and_declared_entities_are_refused(facts_of) -> None:
    assert "Peta" in facts_of(b"<svg><text>Peta</text></svg>").text
    assert facts_of(b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x.dtd"><svg/>').readable
    assert facts_of(b'<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>').problem == "unreadable"


def test_a_text_that_turns_binary_is_unreadable(facts_of) -> None:
    assert facts_of(b"halo " * 4000 + b"\x00\x01\x02\x03" * 2000).problem == "unreadable"


@pytest.mark.parametrize(
    ("data", "problem", "detail"),
    [
        (b"", "empty", ""),
        (b"\0" * 4000, "unreadable", ZEROS),
        (b"\x01\x02\x03\xff" * 99, "unreadable", UNKNOWN),
        (b"   \n", "unreadable", UNKNOWN),
    ],
)
def test_what_cannot_be_a_document_says_why(facts_of, data: bytes, problem: str, detail: str) -> None:
    facts = facts_of(data)
    assert (facts.problem, facts.detail, facts.readable) == (problem, detail, False)

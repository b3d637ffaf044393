"""The record of facts, its text, its versions."""

from __future__ import annotations

import json
import pickle
from dataclasses import fields
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iid.tasks.inspect.inspectors.normalised_text import cleaned, normalised, text_facts
from iid.tasks.inspect.inspectors.reader_versions import VERSIONS, inspector_version
from iid.tasks.inspect.inspectors.registry import _MODULES
from iid.tasks.sandbox.facts import FACTS, TEXT_KEPT, Facts, as_record, checked, pack, text_of


def test_facts_survive_json_and_pickle() -> None:
    facts = Facts(format="pdf", pages=3, detail="é")
    assert checked(json.loads(json.dumps(as_record(facts)))) == as_record(facts)
    assert pickle.loads(pickle.dumps(facts)) == facts  # noqa: S301  our own bytes


def test_the_table_has_every_field_of_the_record() -> None:
    assert set(FACTS) - {"sha256"} == {field.name for field in fields(Facts)}


@pytest.mark.parametrize(
    "change",
    [
        {"pages": "3"},
        {"pages": True},
        {"pages": 2**70},
        {"readable": 1},
        {"problem": "fine"},
        {"detail": "x" * 2000},
        {"extra": 1},
    ],
)
def test_a_record_that_no_inspector_makes_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        checked({**as_record(Facts()), **change})


@given(st.text())
def test_packed_text_comes_back(text: str) -> None:
    assert text_of(pack(text)) == text[:TEXT_KEPT]


def test_packed_text_is_bounded_and_rubbish_is_no_text() -> None:
    assert len(text_of(pack("x" * (TEXT_KEPT + 9)))) == TEXT_KEPT
    assert text_of(b"rubbish") == text_of(b"") == text_of(None) == ""


@given(st.text())
def test_normalising_is_stable_and_blind_to_case_and_spaces(text: str) -> None:
    plain = normalised(text)
    assert normalised(plain) == plain
    assert normalised(f"  {text}\n. ") == plain


def test_text_without_a_letter_has_no_hash() -> None:
    assert text_facts(" .-\n–") == ("", 0)
    assert cleaned("a\x00b\ufffec\n") == "abc\n"


def test_versions_stand_equal_in_modules_and_list() -> None:
    assert set(VERSIONS) == set(_MODULES.values())
    for module, number in VERSIONS.items():
        assert number == import_module(f"iid.tasks.inspect.inspectors.{module}").VERSION


def test_a_version_names_its_libraries() -> None:
    assert "pypdfium2" in inspector_version("pdf")
    assert inspector_version("jpg") == inspector_version("png") != inspector_version("pdf")

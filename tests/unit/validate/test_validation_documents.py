"""Texts are read once and can go: what they say is enough to validate with."""

from __future__ import annotations

import gc
from collections import Counter

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iid.tasks.sandbox.facts import text_of
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.memory import last_night
from iid.tasks.validate import case as cases
from iid.tasks.validate import validation
from iid.tasks.validate.case import Case, among, in_order
from iid.tasks.validate.documents import read_documents
from iid.tasks.validate.validation import validate

TWO = "2.13.01/Warga Tanggap"
DECREE = "Nomor : 188.45/{number}/KUM/2019\nDitetapkan di Martapura pada tanggal 14 Desember 2019\n{name}"
BODY = "Surat keterangan tentang pelaksanaan kegiatan pelayanan masyarakat di kecamatan dan desa. " * 3


@pytest.fixture
def shown(region):
    """Two innovations whose texts and scans have something to say of every kind."""
    region.add_innovation(TWO, "Warga Tanggap")
    region.claim("28", 1)
    shared = region.items("16")[0]
    region.set_item("16", TWO, sha256=shared["sha256"])
    region.fact(shared, DECREE.format(number=7, name="tentang SAPA-WARGA"))
    region.fact(region.items("32")[0], "PEMERINTAH KOTA MAKASSAR")
    region.scan(region.items("28")[0], f"{BODY} {DECREE.format(number=8, name='')}")
    return region


def test_validation_needs_no_text_once_they_were_read(shown) -> None:
    facts, scans = shown.facts_table(), shown.more["scans"]
    case = Case(shown.tables(), shown.rulebook, shown.marker, facts, scans=scans)
    options = {"facts": facts.drop(columns="text"), "scans": scans.drop(columns="text")}
    with_texts = shown.validate(scans=scans)
    again = shown.validate(**options, documents=read_documents(case))
    pd.testing.assert_frame_equal(again, with_texts)
    said = {"evidence.name_absent", "evidence.date_outside", "evidence.other_region", "evidence.read_by_ocr"}
    assert said <= set(again["code"])
    assert {"evidence.date_outside", "evidence.other_region"}.isdisjoint(shown.validate(facts=None)["code"])
    with pytest.raises(ValueError, match="without texts"):
        shown.validate(**options)


def test_one_decree_of_two_innovations_is_unpacked_once(shown, monkeypatch: pytest.MonkeyPatch) -> None:
    unpacked: Counter[bytes] = Counter()

    def counted(packed: bytes | None) -> str:
        unpacked.update([packed] if packed else [])
        return text_of(packed)

    monkeypatch.setattr(cases, "text_of", counted)
    case = Case(shown.tables(), shown.rulebook, shown.marker, shown.facts_table(), scans=shown.more["scans"])
    named = read_documents(case).named
    assert (set(unpacked.values()), len(unpacked)) == ({1}, 3)
    assert named[[f"{shown.one}\n16", f"{TWO}\n16"]].tolist() == [True, False]


def test_a_text_that_was_read_is_not_unpacked_again(shown, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case(shown.tables(), shown.rulebook, shown.marker, shown.facts_table())
    memory = last_night(FolderStore(tmp_path), "63.03/2026", "documents")
    before = read_documents(case, memory)
    memory.save()
    assert set(before.contents["region"].dropna()) == {"", "Kota Makassar"}
    unpacked: list[bytes | None] = []
    monkeypatch.setattr(cases, "text_of", lambda packed: unpacked.append(packed) or text_of(packed))
    for again in (None, last_night(FolderStore(tmp_path), "63.03/2026", "documents")):
        unpacked.clear()
        found = read_documents(case, again)
        pd.testing.assert_frame_equal(found.contents, before.contents)
        pd.testing.assert_series_equal(found.named, before.named)
        assert (found.near, found.named_owners) == (before.near, before.named_owners)
    assert not any(unpacked)
    assert not before.named[f"{TWO}\n16"]
    shown.set_innovation(TWO, name="Sapa Warga")
    case = Case(shown.tables(), shown.rulebook, shown.marker, shown.facts_table())
    assert read_documents(case, again).named[f"{TWO}\n16"]


def test_judged_profiles_are_gone_when_evidence_is_judged(region, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    items = validation.items

    def watched(*arguments: object) -> pd.DataFrame:
        gc.collect()
        frames = [one for one in gc.get_objects() if isinstance(one, pd.DataFrame)]
        seen.append(sum("required_answer" in one.columns for one in frames))
        return items(*arguments)

    monkeypatch.setattr(validation, "items", watched)
    validate(region.tables(), region.rulebook, region.marker, docs_dir=None)
    assert seen == [0]


@given(
    rows=st.lists(st.tuples(st.text(max_size=3), st.sampled_from(["16", "9", "é", "Z", "😀", "￿", ""]))),
    asked=st.lists(st.text(max_size=3)),
)
def test_order_and_membership_are_those_of_pandas(rows: list[tuple[str, str]], asked: list[str]) -> None:
    table = pd.DataFrame(rows, columns=["a", "b"]).astype("string").assign(place=range(len(rows)))
    expected = table.sort_values(["b", "a"], kind="stable", ignore_index=True)
    pd.testing.assert_frame_equal(in_order(table, ["b", "a"]), expected)
    others = pd.Series(asked, dtype="string")
    assert among(table["a"], others).tolist() == table["a"].isin(others).tolist()

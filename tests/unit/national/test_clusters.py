"""Clusters, membership and numbers of nominees: only what a source or the user says."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from iid.expectations.rulebook.loading import available
from iid.tasks.national import clusters
from iid.tasks.national.clusters import (
    Members,
    belongs,
    kind_of,
    read_members,
    region_code,
    scheme_of,
)
from iid.tasks.values.errors import UsageError

DATA = yaml.safe_load(Path(clusters.__file__).with_name("klaster.yaml").read_text("utf-8"))


def test_every_shipped_cycle_has_clusters() -> None:
    assert set(available()) <= set(DATA["cycles"])
    for cycle in DATA["cycles"]:
        assert scheme_of(cycle).clusters


def test_every_number_has_its_source_and_every_inference_its_reason() -> None:
    for shown in DATA["cycles"].values():
        for fact in (shown["clusters"], shown["nominees"]):
            if fact is not None:
                assert fact["source"] in DATA["sources"]
                assert fact["status"] == "read" or fact["reason"]


def test_documented_nominees_are_those_of_the_sources() -> None:
    assert sum(scheme_of(2021).nominees.values()) == 39  # "39 invited regions by cluster"
    assert sum(scheme_of(2025).nominees.values()) == 53  # "53 nominees by cluster"
    assert "tertinggal" not in scheme_of(2025).nominees


@pytest.mark.parametrize("cycle", [2022, 2023, 2024, 2026, 2027])
def test_a_number_that_no_source_gives_is_not_invented(cycle: int) -> None:
    assert scheme_of(cycle).nominees == {}


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("63", "provinsi"),
        ("63.03", "kabupaten"),
        ("63.70", "kabupaten"),
        ("63.71", "kota"),
        ("91.71", "kota"),
    ],
)
def test_the_code_says_what_a_region_is(code: str, kind: str) -> None:
    assert kind_of(code) == kind


def test_papua_is_known_by_its_provinces_and_remote_regions_by_the_list() -> None:
    by_key = {cluster.key: cluster for cluster in scheme_of(2026).clusters}
    nobody = Members()
    assert belongs("94", by_key["papua"], nobody)
    assert belongs("96.71", by_key["papua"], nobody)
    assert not belongs("63.03", by_key["papua"], nobody)
    assert not belongs("94.01", by_key["tertinggal"], nobody)
    listed = Members({"94.01": frozenset({"tertinggal"})}, given=True)
    assert belongs("94.01", by_key["tertinggal"], listed)


@pytest.mark.parametrize("separator", [",", ";"])
def test_the_list_of_members_is_read_as_people_write_it(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "klaster.csv"
    rows = [["region", "cluster", "name"], ["6103", "Perbatasan", "Kabupaten Sanggau"]]
    rows += [["61.03", "tertinggal", ""], ["63", "", ""]]
    path.write_text("\ufeff" + "\n".join(separator.join(row) for row in rows) + "\n", encoding="utf-8")
    members = read_members(path)
    assert members.clusters == {"61.03": {"perbatasan", "tertinggal"}, "63": set()}
    assert members.names == {"61.03": "Kabupaten Sanggau"}


def test_all_mistakes_of_the_list_are_reported_at_once(tmp_path: Path) -> None:
    path = tmp_path / "klaster.csv"
    path.write_text("region,cluster\nBanjar,kota\n63.03,desa\n63.04,kota\n", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read_members(path)
    assert "baris 2: region = 'Banjar'" in str(caught.value)
    assert "baris 3: cluster = 'desa': yang boleh kabupaten, kota" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nominees: {provinsi: 8}", "source harus ada"),
        ("source: surat", "nominees harus ada"),
        ("nominees: {desa: 1}\nsource: surat", "nominees.desa: yang boleh provinsi"),
        ("nominees: {kota: true}\nsource: surat", "nominees.kota = True: yang boleh bilangan bulat"),
        ("nominees: {kota: -1}\nsource: surat", "nominees.kota = -1"),
        ("nominees: [", "bukan YAML"),
    ],
)
def test_a_wrong_file_of_nominees_is_refused_with_its_place(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "nomine.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="nomine") as caught:
        scheme_of(2026, path)
    assert words in str(caught.value)


def test_the_users_numbers_win_and_keep_their_source(tmp_path: Path) -> None:
    path = tmp_path / "nomine.yaml"
    path.write_text("nominees: {kota: 3}\nsource: Surat BSKDN 1/2026\n", encoding="utf-8")
    scheme = scheme_of(2026, path)
    assert (scheme.nominees, scheme.nominees_source) == ({"kota": 3}, "Surat BSKDN 1/2026")


def test_what_is_no_code_or_cycle_is_refused() -> None:
    for text in ("6", "630", "63.3", "63-03", "x"):
        with pytest.raises(ValueError, match=text):
            region_code(text)
    with pytest.raises(UsageError, match="2021, 2022"):
        scheme_of(1999)

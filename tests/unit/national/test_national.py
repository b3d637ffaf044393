"""`iid national` over small stores: every region is ranked or reported, and the files are what they say."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from iid.tasks.national.clusters import Members, scheme_of
from iid.tasks.national.gather import gather
from iid.tasks.national.national_files import national_files, publish_ranking
from iid.tasks.national.ranking import rank_nation
from iid.tasks.store.earlier_runs import ranking_key, read_peers
from iid.tasks.values.peers import peers_in

IID = str(Path(sys.executable).with_name("iid"))


def iid(*words: str | Path, home: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "HOME": str(home), "IID_TOML": str(home / "no.toml"), "COLUMNS": "200"}
    return subprocess.run(
        [IID, "national", *map(str, words)],
        capture_output=True, text=True, check=False, env=environment, timeout=120,
    )  # fmt: skip


@pytest.fixture
def nation(region):
    """Two regencies, a city, a province, one of Papua; runs by region."""
    return {
        "63.03": region("63.03", "50", "72", name="Kabupaten Banjar"),
        "63.02": region("63.02", "50", "73", name="=HYPERLINK(1)<b>&"),
        "63.71": region("63.71", "40", status="final", name="Kota Banjarmasin"),
        "63": region("63", "60"),
        "94.01": region("94.01", "0"),
    }


def test_every_region_stands_in_its_clusters_in_exact_order(store, nation) -> None:
    regions, problems = gather(store, 2026)
    assert problems == ()
    found = rank_nation(scheme_of(2026), Members(), regions, problems)
    places = {r.cluster.key: [(p.rank, p.region.code) for p in r.places] for r in found.rankings}
    assert places == {
        "provinsi": [(1, "63")],
        "kabupaten": [(1, "63.02"), (2, "63.03"), (3, "94.01")],
        "kota": [(1, "63.71")],
        "tertinggal": [],
        "perbatasan": [],
        "papua": [(1, "94.01")],
    }
    by_code = {region.code: region for region in regions}
    assert {region.view for region in regions} == {"supported"}
    assert by_code["63.71"].status == "final"
    assert by_code["63"].name == "Provinsi Kalimantan Selatan"  # its run does not say its name


def test_a_region_keeps_its_rank_when_it_closes_because_one_measure_ranks_all(store, region) -> None:
    region("63.03", "50", "72")
    region("63.02", "40", "72", status="final")
    region("63.09", "30", "72")
    for by, first in (("supported", "63.03"), ("claimed", "63.03"), ("verified", "63.02")):
        regions, problems = gather(store, 2026, by=by)
        nation = rank_nation(scheme_of(2026), Members(), regions, problems, by)
        own = next(r for r in nation.rankings if r.cluster.key == "kabupaten")
        assert own.places[0].region.code == first
        assert {place.region.view for place in own.places} == {by}


def test_a_measure_that_does_not_exist_is_one_line(store, nation, tmp_path: Path) -> None:
    done = iid("--store", store.root, "--cycle", "2026", "--by", "rata", home=tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "claimed, supported, verified" in done.stderr


def test_a_damaged_or_missing_region_is_reported_and_the_others_are_ranked(store, nation, region) -> None:
    cycle = store.root / "63.02/2026/runs" / nation["63.02"]
    (cycle / "innovations.parquet").write_bytes(b"x")
    manifest = store.root / "63.71/2026/runs" / nation["63.71"] / "manifest.json"
    manifest.write_text(manifest.read_text() + " ")
    (store.root / "63/2026/latest.json").write_text("{")
    (store.root / "63.09/2026/lease").mkdir(parents=True)
    (store.root / "catatan").mkdir()
    regions, problems = gather(store, 2026, ["63.03", "63.10"])
    assert [r.code for r in regions] == ["63.03", "94.01"]
    assert [(p.code, p.kind) for p in problems] == [
        ("63", "damaged"),
        ("63.02", "damaged"),
        ("63.09", "unpublished"),
        ("63.10", "missing"),
        ("63.71", "damaged"),
    ]
    assert all("iid" in p.words or "belum" in p.words for p in problems)


def test_an_index_that_its_own_tables_do_not_give_is_damage(store, region, monkeypatch) -> None:
    from iid.tasks.national import gather as gathering

    region("63.03", "50", "72")
    whole = gathering._sum
    monkeypatch.setattr(gathering, "_sum", lambda column: whole(column) + 1)
    regions, (problem,) = gather(store, 2026)
    assert regions == ()
    assert "tabelnya memberi" in problem.words


def test_deep_finds_what_only_a_full_look_can(store, nation) -> None:
    (store.root / "63.03/2026/runs" / nation["63.03"] / "scores.csv").write_bytes(b"lain")
    assert gather(store, 2026)[1] == ()
    (problem,) = gather(store, 2026, deep=True)[1]
    assert (problem.code, problem.kind) == ("63.03", "damaged")
    assert "scores.csv" in problem.words


def test_the_same_store_gives_the_same_bytes_and_nothing_is_a_formula(store, nation) -> None:
    def made() -> dict[str, bytes]:
        regions, problems = gather(store, 2026, ["11"])
        return dict(national_files(rank_nation(scheme_of(2025), Members(), regions, problems)))

    one = made()
    assert one == made()
    assert "'=HYPERLINK(1)<b>&" in one["peringkat.csv"].decode()
    table = pd.read_parquet(io.BytesIO(one["peringkat.parquet"]))
    assert "=HYPERLINK(1)<b>&" in set(table["name"])
    book = openpyxl.load_workbook(io.BytesIO(one["nasional.xlsx"]))
    assert book.sheetnames[:3] == ["Ringkasan", "Provinsi", "Kabupaten"]
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    assert [row[0] for row in book["Masalah"].iter_rows(min_row=2, values_only=True)] == ["11"]
    page = one["nasional.html"].decode()
    assert "=HYPERLINK(1)&lt;b&gt;&amp;" in page
    assert "<b>&" not in page
    assert "8 tempat nomine, baru 1 terisi" in page
    assert "http" not in page.replace("https://selalukabar.com", "").replace("http-equiv", "")


def test_a_published_ranking_gives_each_region_its_place_among_its_own_kind(store, nation) -> None:
    assert read_peers(store, "63.03", 2026) == ()
    regions, problems = gather(store, 2026)
    found = rank_nation(scheme_of(2026), Members(), regions, problems)
    assert publish_ranking(store, found).endswith("/.national/2026.json")
    (peers,) = read_peers(store, "63.03", 2026)
    assert (peers.cluster, peers.by, peers.own.rank, peers.size) == ("Kabupaten", "supported", 2, 3)
    assert [peer.code for peer in peers.near] == ["63.02", "63.03", "94.01"]
    assert peers.own.index == peers.median and peers.gap == 0
    assert [peers.cluster for peers in read_peers(store, "94.01", 2026)] == ["Kabupaten", "Wilayah Papua"]
    assert read_peers(store, "11", 2026) == ()
    assert gather(store, 2026) == (regions, problems)  # the ranking is no region
    for damage in (b"{", b"[]", b'{"by": "supported", "clusters": [{"places": [{"region": "63.03"}]}]}'):
        store.put(ranking_key(2026), damage, "application/json")
        assert read_peers(store, "63.03", 2026) == ()


def test_neighbours_are_three_above_and_three_below() -> None:
    place = {"index": "1.00", "category": "", "status": "final", "example": False}
    places = [{**place, "region": f"{n:02d}", "rank": n, "name": f"N{n}"} for n in range(1, 21)]
    ranking = {"by": "supported", "clusters": [{"name": "K", "median": "1.00", "places": places}]}

    def near(code: str) -> list[int]:
        (peers,) = peers_in(ranking, code)
        assert peers.own.code == code
        return [peer.rank for peer in peers.near]

    assert near("10") == [7, 8, 9, 10, 11, 12, 13]
    assert near("02") == [1, 2, 3, 4, 5]
    assert near("20") == [17, 18, 19, 20]


def test_the_command_ranks_writes_and_warns(store, nation, tmp_path: Path) -> None:
    members = tmp_path / "klaster.csv"
    members.write_text("region,cluster\n63.03,tertinggal\n11,provinsi\n", encoding="utf-8")
    numbers = tmp_path / "nomine.yaml"
    numbers.write_text("nominees: {kabupaten: 1}\nsource: Surat BSKDN 1/2026\n", encoding="utf-8")
    out = tmp_path / "nasional"
    common = ("--store", store.root, "--cycle", "2026", "--clusters", members, "--nominees", numbers)
    done = iid(*common, "--out", out, "--publish", home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "tampil di laporan tiap wilayah mulai perhitungan berikutnya" in done.stdout
    written = json.loads((out / "peringkat.json").read_bytes())
    assert json.loads((store.root / ".national/2026.json").read_bytes()) == written
    assert (
        "Peringkat Indeks Inovasi Daerah 2026: indeks didukung bukti; 5 wilayah terbit, 1 sudah final"
        in done.stdout
    )
    assert " ✓   1   22,43  =HYPERLINK(1)<b>& (Kurang Inovatif, sementara)" in done.stdout
    assert "✗ 11 tidak ada: belum ada di penyimpanan ini" in done.stderr
    names = {"peringkat.csv", "peringkat.parquet", "masalah.csv", "masalah.parquet"}
    assert {path.name for path in out.iterdir()} == names | {
        "nasional.xlsx",
        "nasional.html",
        "peringkat.json",
    }
    (store.root / "63/2026/latest.json").write_text("{")
    done = iid(*common, "--json", home=tmp_path)
    assert done.returncode == 4
    answer = json.loads(done.stdout)
    assert [p["region"] for p in answer["problems"]] == ["11", "63"]
    assert not answer["complete"]
    first = next(c for c in answer["clusters"] if c["cluster"] == "kabupaten")["places"][0]
    assert (first["region"], first["nominee"], first["index"]) == ("63.02", True, "22.43")


def test_an_empty_store_and_a_wrong_cycle_are_one_line(store, tmp_path: Path) -> None:
    done = iid("--store", store.root, "--cycle", "2026", home=tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "belum ada hasil terbit tahun 2026" in done.stderr
    done = iid("--store", store.root, "--cycle", "1999", home=tmp_path)
    assert (done.returncode, "2021" in done.stderr) == (2, True)
    done = iid("--cycle", "2026", home=tmp_path)
    assert (done.returncode, "--store" in done.stderr) == (2, True)

"""The export on disk: whole or not at all, the very bytes that were judged, nothing overwritten."""

from __future__ import annotations

import csv
import hashlib
import html
import zipfile

import pytest

from iid.tasks.export import write_export
from iid.tasks.export.copy_evidence import origin_of
from iid.tasks.export.export_plan import plan_of
from iid.tasks.store.closed_cycle import evidence_key
from iid.tasks.values.errors import GuardError, StoreError, UsageError

FIRST = "01 SIGAP (Siaga Pagi)"


def kinds(checks, kind):
    return [(check.owner, check.indicator) for check in checks if check.kind == kind]


def test_every_file_is_the_one_that_was_judged(region):
    out, _, checks = region.export()
    assert kinds(checks, "berkas") == []
    assert (out / FIRST / "16 Regulasi Inovasi Daerah 1.pdf").read_bytes() == b"isi SK.pdf"
    listing = (out / "daftar-berkas.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(listing.splitlines()))
    assert len(rows) == 4
    for row in rows:
        assert hashlib.sha256((out / row["path"]).read_bytes()).hexdigest() == row["sha256"]
    names = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    forms = {f"{folder}/Formulir.xlsx" for folder in ("00 SPD", FIRST, "02 Dua")}
    lists = {"daftar-inovasi.xlsx", "daftar-berkas.csv", "gladi-kirim.html", "gladi-kirim.xlsx"}
    assert names == forms | lists | {row["path"] for row in rows}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda path: path.write_bytes(b"lain"), "isinya berubah sejak dinilai"),
        (lambda path: path.unlink(), "tidak ada lagi di share"),
    ],
)
def test_a_file_that_is_no_longer_what_was_judged_stays_out_and_is_reported(region, change, words):
    change(region.share / "2026/101/Satu/bukti/16/SK.pdf")
    out, _, checks = region.export()
    assert kinds(checks, "berkas") == [("101/Satu", "16")]
    assert checks[0].kind == "berkas"
    assert words in checks[0].what
    assert not (out / FIRST / "16 Regulasi Inovasi Daerah 1.pdf").exists()
    assert (out / FIRST / "16 Regulasi Inovasi Daerah 2.pdf").exists()
    assert "SK.pdf" not in (out / "daftar-berkas.csv").read_text(encoding="utf-8")
    assert words in html.unescape((out / "gladi-kirim.html").read_text(encoding="utf-8"))


def test_another_copy_of_the_same_bytes_takes_the_place_of_a_lost_one(region):
    copy = "2026/102/Dua/bukti/16/salinan.pdf"
    (region.share / copy).write_bytes(b"isi SK.pdf")
    region.evidence.append(region.evidence[1] | {"innovation_id": "102/Dua", "source": copy})
    (region.share / "2026/101/Satu/bukti/16/SK.pdf").unlink()
    out, _, checks = region.export()
    assert kinds(checks, "berkas") == []
    assert (out / FIRST / "16 Regulasi Inovasi Daerah 1.pdf").read_bytes() == b"isi SK.pdf"


def test_copies_of_a_closed_cycle_need_no_share(region):
    picture = region.publish()
    plan = plan_of(picture)
    for item in (item for entry in plan.entries for item in entry.files):
        data = (region.share / item.sources[0]).read_bytes()
        region.store.put(evidence_key("63.03", 2026, item.sha256), data)
    origin = origin_of(region.store, plan, None, "63.03", 2026)
    assert write_export.write_export(picture, plan, [], region.root / "entri", origin) == []
    damaged = evidence_key("63.03", 2026, plan.entries[0].files[0].sha256)
    region.store.put(damaged, b"rusak")
    with pytest.raises(StoreError, match="rusak"):
        write_export.write_export(picture, plan, [], region.root / "lagi", origin)
    assert not (region.root / "lagi").exists()


def test_without_share_it_says_why_one_is_needed(region):
    plan = plan_of(region.publish())
    with pytest.raises(UsageError, match="4 berkas bukti belum disalin"):
        origin_of(region.store, plan, None, "63.03", 2026)


def test_the_share_must_be_mounted_and_this_regions(region):
    plan = plan_of(region.publish())
    marker = region.share / "iid-share.toml"
    marker.write_text('region = "63.04"\n', encoding="utf-8")
    with pytest.raises(UsageError, match=r"milik wilayah 63\.04"):
        origin_of(region.store, plan, str(region.share), "63.03", 2026)
    marker.unlink()
    with pytest.raises(GuardError, match="belum terpasang"):
        origin_of(region.store, plan, str(region.share), "63.03", 2026)


def test_nothing_is_ever_overwritten(region):
    out = region.root / "entri"
    out.mkdir()
    (out / "punya orang.txt").write_text("x", encoding="utf-8")
    with pytest.raises(UsageError, match="tidak ada yang ditimpa"):
        region.export(out)
    assert [path.name for path in out.iterdir()] == ["punya orang.txt"]


def test_an_empty_folder_is_filled(region):
    out = region.root / "entri"
    out.mkdir()
    region.export(out)
    assert (out / "gladi-kirim.html").is_file()


def test_a_failure_in_the_middle_leaves_nothing(region, monkeypatch):
    def broken(*_):
        raise StoreError("putus")

    monkeypatch.setattr(write_export, "list_workbook", broken)
    before = sorted(path.name for path in region.root.iterdir())
    with pytest.raises(StoreError, match="putus"):
        region.export()
    assert sorted(path.name for path in region.root.iterdir()) == sorted({*before, "store"})


def test_the_same_run_gives_the_same_bytes_also_packed(region):
    one, plan, _ = region.export(region.root / "satu", zipped=True)
    two, _, _ = region.export(region.root / "dua", zipped=True)
    files = {path.name: path.read_bytes() for path in one.iterdir()}
    assert files == {path.name: path.read_bytes() for path in two.iterdir()}
    with zipfile.ZipFile(one / f"{FIRST}.zip") as archive:
        assert archive.testzip() is None
        assert f"{FIRST}/16 Regulasi Inovasi Daerah 1.pdf" in archive.namelist()
    assert {f"{entry.folder}.zip" for entry in plan.entries} < files.keys()

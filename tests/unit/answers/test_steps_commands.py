"""``iid next-steps``, ``what-if``, ``compare``, ``withdraw`` as a steward types them."""

from __future__ import annotations

import json
import shutil

import pytest
from runs import snapshot

from iid.flows.cli.main import run as command
from iid.tasks.answers.next_steps import steps_of
from iid.tasks.answers.next_steps_text import steps_lines

READING = [
    ("next-steps",),
    ("next-steps", "--target", "55"),
    ("next-steps", "--unit", "104"),
    ("what-if", "--set", "104/KIA LAPIS:31=3", "--add", "Kesehatan:60"),
    ("what-if", "--under", "2027"),
    ("what-if", "--sensitivity"),
    ("compare",),
]


@pytest.mark.parametrize("arguments", READING, ids=lambda a: " ".join(a[:2]))
def test_questions_publish_nothing_and_answer_machines_and_people(iid, published, arguments):
    before = snapshot(published.store)
    status, out, err = iid(*arguments, "--json")
    assert (status, err) == (0, "")
    assert json.loads(out)["region"] == "63.03"
    status, out, err = iid(*arguments)
    assert (status, err) == (0, "")
    assert "63.03" in out
    assert "None" not in out
    assert max(len(line) for line in out.splitlines()) <= 100
    assert snapshot(published.store) == before


def flat(text: str) -> str:
    return " ".join(text.split())


def supported(published, place: int = 1) -> str:
    """The supported index of a run as a reader sees it."""
    return published.picture(place).index["supported"]["index"].replace(".", ",")


def test_next_steps_say_where_we_stand_what_to_do_and_why(iid, published):
    out = flat(iid("next-steps", "--target", "55", "--limit", "3")[1])
    for words in (
        f"Indeks didukung bukti {supported(published)} (Inovatif). Sasaran 55,00 (Inovatif): kurang ",
        "pembagi 18 (paling kecil 12)",
        "langkah (paling sedikit yang mungkin) sampai indeks",
        "Pemerintah daerah · 14 Rencana Induk dan Peta Jalan Pemajuan Iptek Daerah (RIPJ PID)",
        "langkah : perbaiki klaim, dari 0 menjadi 3 seperti yang diklaim",
        "lakukan : Letakkan berkasnya di folder bukti indikator 14",
        "Nilai setiap langkah berlaku bila hanya langkah itu yang dikerjakan.",
        "langkah lagi (--limit 0 menampilkan semua)",
        "Dari 15 keputusan atas klaim yang buktinya lengkap, 12 diterima seperti diklaim (80,0%)",
        "51,9% sampai 95,7% (keyakinan 95%)",
        "Anggapannya:",
    ):
        assert words in out, words


def test_an_effort_is_marked_as_our_guess(iid):
    out = iid("next-steps", "--unit", "104")[1]
    assert "upaya   : berat (perkiraan kami, bukan bunyi pedoman)" in out


def test_every_step_is_shown_on_demand(iid):
    status, out, _ = iid("next-steps", "--limit", "0")
    assert status == 0
    assert "menampilkan semua" not in out
    steps = json.loads(iid("next-steps", "--json")[1])["steps"]
    steps = [step for step in steps if not step["gain"].startswith("-")]
    assert all(step["innovation_id"] == "pemda" or step["innovation_id"] in out for step in steps)


def test_what_if_shows_before_and_after_and_every_moved_rank(iid, published):
    out = flat(iid("what-if", "--set", "104/KIA LAPIS=tarik", "--set", "pemda:14=3")[1])
    for words in (
        "Tidak ada yang diterbitkan.",
        "104/KIA LAPIS: ditarik, tidak dilaporkan lagi",
        "pemda indikator 14: 0 (diklaim 3) → 3",
        "Memenuhi syarat 18 → 17; dilaporkan 25 → 24.",
        f"Didukung {supported(published)} Inovatif",
        "104/KIA LAPIS 2 → –",
    ):
        assert words in out, words


def test_other_rules_are_taken_apart_and_say_what_they_cannot_judge(iid):
    out = flat(iid("what-if", "--under", "2027")[1])
    for words in (
        "Dengan aturan siklus 2027 (baru diumumkan, pedomannya belum terbit)",
        "pembagi paling kecil 12 → 14; syarat urusan wajib pelayanan dasar 5 → 6",
        "setelah rumus",
        "setelah syarat inovasi",
        "tidak lagi memenuhi syarat (waktu penerapan di luar kurun)",
        "Yang tidak dinilai ulang:",
    ):
        assert words in out, words


def test_sensitivity_says_how_sure_it_is_and_that_it_repeats(iid):
    out = flat(iid("what-if", "--sensitivity")[1])
    for words in (
        "klaim terhitung masih menunggu keputusan",
        "menurut 15 keputusan yang sudah ada (12 diterima seperti diklaim)",
        "95 dari 100 kemungkinan indeks jatuh antara",
        "10.000 undian berbenih tetap",
    ):
        assert words in out, words
    assert "Peluang setiap klaim diterima: 60,0% (anggapan, --kept)." in flat(
        iid("what-if", "--kept", "60")[1]
    )


def test_compare_into_a_folder_that_is_absent_says_so_in_indonesian(iid, tmp_path):
    status, _, err = iid("compare", "--out", str(tmp_path / "tidak" / "x.html"))
    assert status == 2
    assert "tidak dapat ditulis: foldernya tidak ada; buat dahulu" in err


def test_compare_reports_the_causes_in_a_table(iid, published):
    out = flat(iid("compare")[1])
    for words in (
        f"Didukung: {supported(published, 0)} → {supported(published)} (",
        "Pembagi rata-rata SID 17 → 18",
        "sebab: Waktu Penerapan diubah 5 April 2021 → 5 April 2024",
        "berkas hilang:",
        "klaim diubah 3",
        "Berkas lain yang berubah, tanpa menggeser nilai (2)",
        "2 → 5 102/BATASBIH FUKAHA",
    ):
        assert words in out, words


def test_claims_that_moved_alike_share_a_line(iid, monkeypatch):
    monkeypatch.setenv("COLUMNS", "240")
    (line,) = [line for line in iid("compare")[1].splitlines() if "keputusan baru: terima" in line]
    assert "102/BATASBIH FUKAHA : 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28" in line


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("next-steps", "--target", "seratus"), "--target"),
        (("next-steps", "--unit", "999999"), "--unit"),
        (("next-steps", "--run", "x"), "tidak ada perhitungan x"),
        (("next-steps", "--only", ""), "--only kosong; yang boleh: perbaiki, naikkan"),
        (("next-steps", "--exclude", " , "), "--exclude kosong"),
        (("next-steps", "--unit", " "), "--unit kosong"),
        (("next-steps", "--send", "--unit", "102"), "jalankan tanpa --unit"),
        (("next-steps", "--send", "--only", "tahan", "--target", "60"), "tanpa --target, --only"),
        (("next-steps", "--send", "--mend-only"), "tanpa --mend-only"),
        (("what-if",), "paling sedikit satu perubahan"),
        (("what-if", "--set", "tidak ada:16=3"), "tidak ada inovasi"),
        (("what-if", "--under", "1999"), "1999"),
        (("what-if", "--rulebook", "tidak-ada.yaml"), "berkas tidak ada"),
        (("what-if", "--kept", "101"), "--kept"),
        (("compare", "satu", "dua"), "satu"),
        (("compare", "--region", "99.99"), "99.99"),
        (("withdraw",), "--reason"),
        (("withdraw", "--reason", " "), "--reason"),
    ],
)
def test_a_mistake_is_one_line_and_exits_2(iid, arguments, words):
    status, out, err = iid(*arguments)
    assert (status, out) == (2, "")
    assert words in err
    assert len(err.strip().splitlines()) == 1


def test_a_withdrawn_run_gives_way_to_the_one_before(published, tmp_path, capsys):
    store = tmp_path / "hasil"
    shutil.copytree(published.store, store)
    where = ["--store", str(store), "--cycle", "2026"]
    assert command(["withdraw", *where, "--reason", "Salah unggah", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["withdrawn"], answer["latest"]["run_id"]) == (published.runs[1], published.runs[0])
    assert answer["index"]["supported"].replace(".", ",") == supported(published, 0)
    assert command(["verify", *where]) == 0
    assert command(["compare", *where, published.runs[1]]) == 0
    assert command(["withdraw", *where, "--reason", "Lagi"]) == 3
    out, err = capsys.readouterr()
    assert f"Didukung: {supported(published)} → {supported(published, 0)} (" in out
    assert "tetap terbit" in err


def test_the_text_is_cut_to_the_terminal(iid, monkeypatch):
    monkeypatch.setenv("COLUMNS", "72")
    for arguments in (("next-steps",), ("compare",), ("what-if", "--sensitivity")):
        assert max(len(line) for line in iid(*arguments)[1].splitlines()) <= 72


def test_a_closed_cycle_has_no_step_left_and_says_what_can_still_be_done(published):
    picture = published.picture(1)
    picture.index["status"] = "final"
    record = steps_of(picture)
    verified = picture.index["verified"]["index"]
    assert record["final"]["index"] == verified
    assert record["steps"] == record["units"] == []
    assert record["plan"] is None
    text = flat(" ".join(steps_lines(record, "", 0)))
    assert f"sudah ditutup: indeks final {verified.replace('.', ',')}" in text
    assert "dikirim pada siklus berikutnya" in text
    assert "iid close --reopen" in text
    assert "langkah :" not in text


def test_the_messages_of_units_need_no_region_where_one_has_published(
    published, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    where = ["--store", str(published.store)]
    assert command(["notify", "--text", *where, "--cycle", "2026"]) == 0
    assert capsys.readouterr().out.count("Indeks Inovasi Daerah 2026 Kabupaten Banjar") == 30
    shutil.copytree(published.store / "63.03", tmp_path / "dua" / "63.03")
    (tmp_path / "dua" / "63.06").symlink_to(tmp_path / "dua" / "63.03")
    assert command(["notify", "--text", "--store", "dua", "--cycle", "2026"]) == 2
    assert "pilih satu dengan --region: 63.03, 63.06" in capsys.readouterr().err
    assert command(["notify", "--text", *where]) == 2
    assert "--cycle belum disebut, pada perintah atau dalam iid.toml (iid init)" in capsys.readouterr().err


def test_a_single_run_says_what_makes_a_second_one(published, tmp_path, capsys):
    store = tmp_path / "hasil"
    shutil.copytree(published.store, store)
    where = ["--store", str(store), "--cycle", "2026"]
    assert command(["withdraw", *where, "--reason", "Salah unggah"]) == 0
    assert command(["compare", *where]) == 2
    assert "jalankan iid assess lagi" in capsys.readouterr().err

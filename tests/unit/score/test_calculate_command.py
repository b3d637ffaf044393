"""``iid calculate``: the formula as a calculator."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iid.flows.cli.main import run
from iid.tasks.answers.typed_numbers import Mistakes
from iid.tasks.score.formula import gap_to_next

BASE = ("calculate", "--cycle", "2026")


@pytest.fixture
def iid(capsys):
    def call(*arguments):
        status = run([str(a) for a in arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


@pytest.fixture
def published(iid):
    def call(*arguments):
        status, out, err = iid(*arguments, "--json")
        assert (status, err) == (0, "")
        return json.loads(out)

    return call


def test_json_is_the_published_index(published):
    got = published(*BASE, "--spd", "45.5", "--sid", "60.5", "--sid", "102.25", "--basic-services", "5")
    assert got == {
        "spd": "45.50",
        "sid_mean": "13.56",  # 162.75 / 12 = 13.5625
        "count_score": "0.76",
        "sid": "14.32",
        "total": "59.82",
        "maximum": "250.00",
        "index": "23.93",
        "category": "Kurang Inovatif",
        "divisor": 12,
        "basic_services": 5,
    }


def test_decimal_comma_and_point_mean_the_same(published):
    comma = published(*BASE, "--spd", "45,5", "--sid", "60,25", "--basic-services", "5")
    assert comma == published(*BASE, "--spd", "45.50", "--sid", "60.250", "--basic-services", "5")


@pytest.mark.parametrize(("cycle", "divisor"), [(2023, 10), (2026, 12), (2027, 14), (2028, 16), (2029, 18)])
def test_each_cycle_has_its_own_divisor(published, cycle, divisor):
    got = published("calculate", "--cycle", cycle, "--spd", 0, "--sid", 90, "--basic-services", 6)
    assert got["divisor"] == divisor


def test_2027_needs_all_six_basic_services(published):
    arguments = ("--spd", 0, "--sid", 90, "--basic-services", 5)
    assert published("calculate", "--cycle", 2026, *arguments)["count_score"] == "0.38"
    assert published("calculate", "--cycle", 2027, *arguments)["count_score"] == "0.00"


def test_2023_divides_by_what_was_reported(published):
    sids = [word for _ in range(12) for word in ("--sid", "55")]
    got = published("calculate", "--cycle", 2023, "--spd", 0, *sids, "--reported", 40, "--basic-services", 0)
    assert (got["divisor"], got["sid_mean"], got["count_score"]) == (40, "16.50", "4.56")
    got = published(*BASE, "--spd", 0, *sids, "--reported", 40, "--basic-services", 6)
    assert got["divisor"] == 12


def test_scores_may_follow_one_sid_option(published):
    got = published(*BASE, "--spd", 0, "--sid", 60, 70, 80, "--basic-services", 0)
    assert got["sid_mean"] == "17.50"


@pytest.mark.parametrize(
    "text",
    [
        "60,5\n70\n\n80.25\n",
        "sid\n60,5\n70\n80,25\n",
        "60.5;a\n70;b\n80,25;c\n",
        "nama,sid\nA,60.5\nB,70\nC,80.25\n",
        'nama;SID\n"A; B";60,5\nB;70\nC;80,25\n',
        "\ufeff60.5,x\n70,y\n80.25,z\n",
        "skor\tnama\n60,5\ta\n70\tb\n80,25\tc\r\n",
    ],
)
def test_a_file_holds_one_number_a_line_or_a_column(published, tmp_path, text):
    path = tmp_path / "nilai.csv"
    path.write_text(text, encoding="utf-8")
    got = published(*BASE, "--spd", 0, "--sid-file", path, "--basic-services", 0)
    assert got["sid_mean"] == "17.56"  # 210.75 / 12 = 17.5625


def test_a_file_and_options_add_up(published, tmp_path):
    (tmp_path / "n.txt").write_text("60\n")
    got = published(*BASE, "--spd", 0, "--sid", 60, "--sid-file", tmp_path / "n.txt", "--basic-services", 0)
    assert got["sid_mean"] == "10.00"


def test_no_innovation_at_all_is_a_valid_region(published):
    got = published(*BASE, "--spd", 63, "--basic-services", 0)
    assert (got["index"], got["sid_mean"]) == ("25.20", "0.00")


def test_every_step_is_reported_with_its_numbers(iid):
    status, out, _ = iid(*BASE, "--spd", "45,5", "--sid", "60,5", "--sid", "102,25", "--basic-services", "4")
    assert status == 0
    for words in (
        "SPD = 45,50 (paling tinggi 63)",
        "162,75 (jumlah skor 2 inovasi) / 12 = 13,56",
        "0,00: baru 4 dari 6 urusan wajib pelayanan dasar, paling sedikit 5",
        "Indeks = 59,06 / 250 x 100 = 23,63",
        "Predikat: Kurang Inovatif",
        "Inovatif (mulai 40,01): kurang 16,38 poin indeks, yaitu 40,95 poin nilai.",
    ):
        assert words in out


def test_the_best_category_misses_nothing(iid):
    sids = [word for _ in range(200) for word in ("--sid", "111")]
    _, out, _ = iid(*BASE, "--spd", 63, *sids, "--basic-services", 6)
    assert "= 100,00" in out
    assert "Ini predikat tertinggi." in out


def test_inferred_constants_are_named(iid):
    _, out, _ = iid("calculate", "--cycle", 2023, "--spd", 1, "--basic-services", 0)
    assert "Disimpulkan, bukan dibaca dalam sumber: count_weight, count_cap" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--spd", "-1", "--basic-services", "0"), "--spd -1 di luar batas; yang boleh: 0 s.d. 63"),
        (("--spd", "63,01", "--basic-services", "0"), "--spd 63,01 di luar batas"),
        (("--spd", "1", "--sid", "111.01", "--basic-services", "0"), "0 s.d. 111"),
        (("--spd", "1e3", "--basic-services", "0"), '--spd "1e3" bukan angka'),
        (("--spd", "nan", "--basic-services", "0"), '--spd "nan" bukan angka'),
        (("--spd", "1.000,5", "--basic-services", "0"), "bukan angka"),
        (("--spd", "١", "--basic-services", "0"), "bukan angka"),
        (("--spd", "", "--basic-services", "0"), "bukan angka"),
        (("--spd", "1", "--basic-services", "7"), "--basic-services 7 di luar batas; yang boleh: 0 s.d. 6"),
        (("--spd", "1", "--basic-services", "5.5"), "bukan bilangan bulat"),
        (("--spd", "1", "--basic-services", "0", "--reported", "-2"), "--reported -2 di luar batas"),
        (
            ("--spd", "1", "--sid", "1", "--sid", "1", "--basic-services", "0", "--reported", "1"),
            "lebih kecil",
        ),
        (("--spd", "1"), "--basic-services belum diisi"),
        (("--basic-services", "1"), "--spd belum diisi"),
        (("--spd", "1", "--basic-services", "0", "--sid-file", "tidak-ada.csv"), "tidak-ada.csv tidak ada"),
    ],
)
def test_a_bad_number_is_one_clear_line_and_exit_2(iid, arguments, words):
    status, out, err = iid(*BASE, *arguments)
    assert (status, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1
    assert "Traceback" not in err


def test_all_mistakes_are_named_together(iid, tmp_path):
    (tmp_path / "n.csv").write_text("sid\n50\nlima\n200\n")
    status, _, err = iid(*BASE, "--spd", "x", "--sid-file", tmp_path / "n.csv", "--basic-services", "9")
    assert status == 2
    for words in ('--spd "x"', 'n.csv baris 3: "lima"', "n.csv baris 4: 200", "--basic-services 9"):
        assert words in err


def test_a_cycle_without_rulebook_names_those_that_exist_and_the_other_mistakes(iid):
    status, _, err = iid("calculate", "--cycle", "2025", "--spd", "x", "--basic-services", "1")
    assert status == 2
    assert "2025" in err
    assert "2023, 2024, 2026" in err
    assert '--spd "x" bukan angka' in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("data", [b"\xff\xfe1\x00", b"\x00\x01\x02", b"", b"sid\n"])
def test_a_file_without_numbers_is_a_clear_line(iid, tmp_path, data):
    (tmp_path / "n.bin").write_bytes(data)
    status, _, err = iid(*BASE, "--spd", 1, "--sid-file", tmp_path / "n.bin", "--basic-services", 0)
    assert status == 2
    assert err.count("\n") == 1


def test_many_mistakes_are_counted_not_listed(iid, tmp_path):
    (tmp_path / "n.csv").write_text("\n".join(["1", *["x"] * 50]))
    _, _, err = iid(*BASE, "--spd", 1, "--sid-file", tmp_path / "n.csv", "--basic-services", 0)
    assert "dan 40 kesalahan lagi" in err


@settings(deadline=None, max_examples=60)
@given(st.fractions(0, 100, max_denominator=1000))
def test_the_missing_points_just_reach_the_next_category(make_rulebook, index):
    rulebook = make_rulebook()
    gap = gap_to_next(rulebook, index)
    before = rulebook.category(rulebook.rounded(index))
    if gap is None:
        assert before == "Sangat Inovatif"
        return
    reached = index + gap.score_points / 250 * 100
    assert rulebook.category(rulebook.rounded(reached)) == gap.category
    assert rulebook.category(rulebook.rounded(reached - Fraction(1, 10**9))) == before
    assert gap.index_points == gap.lower - rulebook.rounded(index)


@given(st.decimals(0, 111, places=4))
def test_typed_numbers_are_exact(value):
    mistakes = Mistakes()
    assert mistakes.number("x", f"{value:f}".replace(".", ","), None) == Fraction(value)
    assert mistakes.found == []

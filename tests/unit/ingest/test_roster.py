"""The list of units, with all its mistakes reported at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iid.tasks.ingest.roster import MAX_BYTES, MAX_UNITS, TYPES, read_roster
from iid.tasks.values.errors import UsageError
from iid.tasks.values.region import Unit

GOOD = (
    "code,name,type,parent\n02,Dinas Sosial,opd,\n01,Dinas Kesehatan,opd,\n"
    "01.01,Puskesmas Martapura,puskesmas,01\n"
)
UNITS = (
    Unit("01", "Dinas Kesehatan", "opd"),
    Unit("01.01", "Puskesmas Martapura", "puskesmas", "01"),
    Unit("02", "Dinas Sosial", "opd"),
)


@pytest.mark.parametrize(
    "data",
    [
        GOOD.encode(),
        GOOD.encode("utf-8-sig"),
        GOOD.replace(",", ";").encode(),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace("code,name", " Code , NAME ").replace("opd", " OPD ").encode(),
        GOOD.replace("\n", "\n\n,,,\n").encode(),
        GOOD.replace("parent\n", "parent,alamat\n").replace("01\n", "01,Jl. A\n").encode(),
    ],
)
def test_units_are_read_sorted_by_code(data: bytes) -> None:
    assert read_roster(data, "daftar.csv") == UNITS


def test_names_may_hold_the_separator_in_quotes() -> None:
    data = b'code;name;type;parent\n1;"Dinas; Sosial ""A"", B";opd;\n'
    assert read_roster(data, "x")[0].name == 'Dinas; Sosial "A", B'


def test_column_parent_may_be_left_out() -> None:
    assert read_roster(b"code,name,type\n1,A,desa\n", "x") == (Unit("1", "A", "desa"),)


def test_same_name_twice_is_fine() -> None:
    data = b"code,name,type,parent\n63.03.01.2001,Pasar Lama,desa,\n63.03.02.2001,Pasar Lama,desa,\n"
    assert len(read_roster(data, "x")) == 2


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("1,A,opd,\n1,B,opd,", 'baris 3: code "1" sudah dipakai di baris 2'),
        ("a1,A,opd,\nA1,B,opd,", 'baris 3: code "A1" sudah dipakai di baris 2'),
        ("1,A,dinas,", 'baris 2: type "dinas" tidak dikenal; yang boleh: opd, puskesmas, sekolah, bpp'),
        ("1,A,,", 'baris 2: type "" tidak dikenal'),
        (",A,opd,", "baris 2: code kosong"),
        ("1,,opd,", "baris 2: name kosong"),
        ("1,#NAME?,opd,", "baris 2: name berisi galat Excel (#NAME?); isi ulang selnya"),
        ("#REF!,A,opd,", "baris 2: code berisi galat Excel (#REF!)"),
        ("########,A,opd,", "baris 2: code berisi galat Excel (########)"),
        ("1 2,A,opd,", 'baris 2: code "1 2" tidak dapat menjadi awal nama folder'),
        ("1/2,A,opd,", 'code "1/2"'),
        ("1\\2,A,opd,", 'code "1\\2"'),
        ("..,A,opd,", 'code ".."'),
        ("_1,A,opd,", 'code "_1"'),
        ("1.,A,opd,", 'code "1."'),
        ("00,A,opd,", 'code "00" dipakai untuk folder 00 Pemda'),
        ("1,A,opd,9", 'baris 2: parent "9" tidak ada di kolom code'),
        ("1,A,opd,1", "membuat 1 menjadi induknya sendiri"),
        ("1,A,opd,2\n2,B,opd,1", "membuat 2 menjadi induknya sendiri"),
        ("1,A", 'baris 2: type ""'),
        ('1,"A,opd,', "baris 2: type"),
    ],
)
def test_each_mistake_is_reported_with_line_value_and_what_is_allowed(lines: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_roster(f"code,name,type,parent\n{lines}\n".encode(), "daftar.csv")
    assert words in str(caught.value)
    assert "daftar.csv" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_all_mistakes_come_in_one_error() -> None:
    data = b"code,name,type,parent\n1,A,dinas,\n1,,opd,7\n"
    with pytest.raises(UsageError, match="4 kesalahan") as caught:
        read_roster(data, "daftar.csv")
    for words in ("baris 2: type", "baris 3: code", "baris 3: name", "baris 3: parent"):
        assert words in str(caught.value)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "kolom code, name, type tidak ada (yang ada: kosong)"),
        (b"kode,nama\n1,A\n", "kolom code, name, type tidak ada (yang ada: kode, nama)"),
        (b"code,name,type,parent\n", "tidak berisi satu unit pun"),
        (b"code,name,type\n1,Caf\xe9,opd\n", "baris 2: bukan teks UTF-8"),
        (b"PK\x03\x04\xff\xfe", "bukan teks UTF-8"),
        (b"code,name,type\n1,a\0b,opd\n", "bukan CSV yang benar"),
        (b"code,name,type\n1," + b"x" * 200_000 + b",opd\n", "bukan CSV yang benar"),
    ],
)
def test_files_that_are_no_roster_are_reported_plainly(data: bytes, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_roster(data, "daftar.csv")
    assert words in str(caught.value)


@given(
    st.binary(max_size=400)
    | st.text(max_size=400).map(str.encode)
    | st.text(alphabet='code,nametyp;"\n1 ').map(lambda t: b"code,name,type\n" + t.encode())
)
def test_any_bytes_are_a_roster_or_a_clear_error(data: bytes) -> None:
    try:
        units = read_roster(data, "daftar.csv")
    except UsageError as error:
        assert "daftar.csv" in str(error)
        return
    assert all(unit.code and unit.name and unit.type in TYPES for unit in units)
    assert len({unit.code for unit in units}) == len(units)


HEAD = "code,name,type,parent\n"


def refused(lines: str) -> str:
    with pytest.raises(UsageError) as caught:
        read_roster((HEAD + lines).encode(), "daftar.csv")
    return str(caught.value)


def test_of_a_million_mistakes_the_first_are_reported_and_the_rest_counted() -> None:
    shown = refused("x/y,,zz,qq\n" * 5_000)
    assert "20000 kesalahan" in shown and shown.endswith("dan 19980 kesalahan lagi")
    assert len(shown) < 10_000


def test_a_long_line_of_parents_is_walked_over_once() -> None:
    lines = "".join(f"u{n},Unit,desa,u{n + 1}\n" for n in range(60_000)) + "u60000,Unit,desa,\n"
    assert len(read_roster((HEAD + lines).encode(), "daftar.csv")) == 60_001


def test_units_in_a_circle_are_reported_and_those_below_it_not() -> None:
    shown = refused("a,A,desa,b\nb,B,desa,c\nc,C,desa,b\n")
    assert "2 kesalahan" in shown and "membuat b menjadi" in shown and "membuat c menjadi" in shown


@pytest.mark.parametrize("code", ["CON", "nul.x", "Lpt1", "9" * 61])
def test_codes_that_no_folder_on_windows_or_no_eye_can_tell_are_refused(code: str) -> None:
    shown = refused(f"{code},Dinas,opd,\n")
    assert "1 kesalahan" in shown and shown.isprintable() and len(shown) < 400


def test_two_spellings_of_one_accent_are_one_code() -> None:
    assert "sudah dipakai di baris 2" in refused("cafe\u0301,Satu,opd,\ncaf\u00e9,Dua,opd,\n")
    (unit,) = read_roster(f"{HEAD}cafe\u0301,Satu,opd,\n".encode(), "daftar.csv")
    assert unit.code == "caf\u00e9"


@pytest.mark.parametrize("data", [b"x" * (MAX_BYTES + 1), HEAD.encode() + b"1,a,opd,\n" * (MAX_UNITS + 1)])
def test_a_list_larger_than_any_region_is_refused(data: bytes) -> None:
    with pytest.raises(UsageError, match="lebih"):
        read_roster(data, "daftar.csv")


# --- what Excel does ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codes", "wrong", "word"),
    [
        (("1.01", "01-Feb", "1.03"), "01-Feb", "diubah Excel"),
        (("1.01", "Feb-02"), "Feb-02", "diubah Excel"),
        (("1.01", "2026-02-01"), "2026-02-01", "diubah Excel"),
        (("1.01", "02-Jan-26"), "02-Jan-26", "diubah Excel"),
        (("1.01", "6.3E+09"), "6.3E+09", "angka panjang"),
        (("1.01", "6,3E+09"), "6,3E+09", "angka panjang"),
        (("1.07", "1.08", "1.09", "1.1"), "1.1", "1.10"),
        (("0101", "0102", "0103", "201"), "201", "0201"),
        (("1.01", "1.02", "1.1"), "1.1", "1.10"),
        (("0630302001", "0630302002", "0630302003", "630302004"), "630302004", "0630302004"),
        (("1.01", "1-Peb"), "1-Peb", "diubah Excel"),
        (("1/2/2026",), "1/2/2026", "1 kesalahan"),
    ],
)
def test_codes_that_excel_rewrote_are_named_with_their_line(
    codes: tuple[str, ...], wrong: str, word: str
) -> None:
    lines = "".join(f'"{code}",Unit {number},opd\n' for number, code in enumerate(codes))
    with pytest.raises(UsageError) as caught:
        read_roster(f"code,name,type\n{lines}".encode(), "unit.csv")
    assert f'code "{wrong}"' in str(caught.value) and word in str(caught.value)
    assert f"baris {codes.index(wrong) + 2}" in str(caught.value)


@pytest.mark.parametrize(
    "codes",
    [
        ("1", "2", "10"),
        ("1.1", "1.2", "1.10"),
        ("101", "0102"),
        ("1.01", "1.1"),
        ("1.8", "1.9", "1.10", "1.11", "1.12", "1.13"),
    ],
)
def test_codes_that_may_be_meant_so_are_left_alone(codes: tuple[str, ...]) -> None:
    lines = "".join(f"{code},Unit {number},opd\n" for number, code in enumerate(codes))
    assert len(read_roster(f"code,name,type\n{lines}".encode(), "unit.csv")) == len(codes)


def test_a_parent_that_excel_rewrote_is_named_with_what_it_was() -> None:
    assert "aslinya mungkin 1.10" in refused("1.01,A,opd,\n1.10,B,opd,\nx,C,desa,1.1\n")
    assert "diubah Excel" in refused("1.01,A,opd,\nx,C,desa,01-Feb\n")


def test_codes_with_a_decimal_comma_are_named() -> None:
    with pytest.raises(UsageError, match=r"aslinya mungkin 1\.02"):
        read_roster(b"code;name;type\n1,02;A;opd\n", "unit.csv")


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\ncode;name;type\n1.01;Dinas;opd\n",
        '"sep=;"\r\ncode;name;type\r\n1.01;Dinas;opd\r\n',
        "sep=,\ncode,name,type\n1.01,Dinas,opd\n",
        "code\tname\ttype\n1.01\tDinas\topd\n",
        '"code,name,type"\n"1.01,Dinas,opd"\n',
        '"code,name,type",,\n"1.01,Dinas,opd",,\n',
        "sep=;\ncode,name,type\n1.01,Dinas,opd\n",
        "code|name|type\n1.01|Dinas|opd\n",
        '"code;name;type"\n"1.01;Dinas;opd"\n',
        "\u200ecode,name,type\n1.\u200b01,Dinas\u00ad,\u2066opd\u2069\n",
        'code,name,type\n="1.01",Dinas,opd\n',
        "code,name,type\n'1.01,Dinas,opd\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_separators_encodings_and_marks_of_every_program_are_read(text: str, encoding: str) -> None:
    (unit,) = read_roster(text.encode(encoding), "unit.csv")
    assert (unit.code, unit.name, unit.type) == ("1.01", "Dinas", "opd")

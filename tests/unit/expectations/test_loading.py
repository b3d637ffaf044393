"""Files that are no rulebook are refused with one clear line; nothing else escapes."""

import pickle
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iid.expectations.rulebook.loading import MAX_BYTES, load, load_file
from iid.expectations.rulebook.rulebook_error import RulebookError
from iid.expectations.rulebook.strict_yaml import YamlProblemError, parse


def refusal(path: Path) -> RulebookError:
    with pytest.raises(RulebookError) as caught:
        load_file(path)
    return caught.value


def test_a_cycle_without_rulebook_is_refused_with_those_that_exist() -> None:
    with pytest.raises(RulebookError, match=r"siklus 2025; yang ada: 2023, 2024, 2026, 2027, 2028, 2029"):
        load(2025)


def test_a_file_for_another_cycle_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "aturan.yaml"
    path.write_text(load(2027).text, encoding="utf-8")
    assert load(2027, path).sha256 == load(2027).sha256
    with pytest.raises(RulebookError) as caught:
        load(2026, path)
    assert str(caught.value) == (
        f"{path}: cycle: nilai yang diterima 2027; yang boleh: 2026 (siklus yang diminta)"
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "(seluruh berkas): nilai yang diterima null"),
        (b"- 1\n- 2\n", "(seluruh berkas): nilai yang diterima daftar 2 butir"),
        (b"cycle: 2026\ntitle: \xff\xfe\n", "baris 2: bukan teks UTF-8"),
        ("cycle: 2026\n".encode("utf-16"), "bukan teks UTF-8"),
        (b"a: [1\n", "YAML tidak dapat dibaca"),
        (b"a: 1\nb: 2\na: 3\n", "baris 3: kunci a ditulis dua kali"),
        (b"a: &x 1\nb: *x\n", "baris 2: jangkar (&) dan alias (*)"),
        (b"a: !!python/object:os.system x\n", "baris 1: tag"),
        (b"a: 2024-02-30\n", "baris 1: 2024-02-30 bukan tanggal"),
        (b"? [a]\n: 1\n", "baris 1: kunci harus berupa kata"),
        (b"a: 1\n---\na: 2\n", "hanya boleh ada satu dokumen"),
        (b"a: " + b"[" * 200_000, "lebih dari 20 tingkat"),
        (b"{a: " * 100_000, "lebih dari 20 tingkat"),
        (b"#" * (MAX_BYTES + 1), "lebih dari 2 MB"),
        (b"a: \x00\n", "YAML tidak dapat dibaca"),
    ],
    ids=lambda value: value[:20] if isinstance(value, bytes) else None,
)
def test_a_file_that_is_no_rulebook_is_refused_in_words(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "rusak.yaml"
    path.write_bytes(content)
    problems = refusal(path).problems
    assert any(said in line for line in problems)
    assert all(line.startswith(f"{path}: ") for line in problems)


def test_all_yaml_mistakes_are_reported_at_once(tmp_path: Path) -> None:
    path = tmp_path / "rusak.yaml"
    path.write_text("a: 1\na: 2\nb: *x\nc: 2023-13-01\n".replace("*x", "!!str x"), encoding="utf-8")
    assert [line.split(": ")[1] for line in refusal(path).problems] == ["baris 2", "baris 3", "baris 4"]


def test_line_breaks_and_terminal_codes_in_a_file_cannot_fake_a_message(tmp_path: Path) -> None:
    path = tmp_path / "jahat.yaml"
    path.write_text('"a\\nsesuai": 1\n"a\\nsesuai": 2\n', encoding="utf-8")
    assert refusal(path).problems == (f"{path}: baris 2: kunci a sesuai ditulis dua kali",)
    path.write_text(load(2026).text.replace("spd: rows", 'spd: "\\e[2J\\nsesuai"'), encoding="utf-8")
    assert [line.isprintable() for line in refusal(path).problems] == [True]


def test_a_missing_file_or_a_folder_is_refused(tmp_path: Path) -> None:
    assert "berkas tidak ada" in str(refusal(tmp_path / "tidak-ada.yaml"))
    assert "berkas tidak ada" in str(refusal(tmp_path))


def test_a_byte_order_mark_of_a_windows_editor_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "notepad.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + load(2026).text.replace("\n", "\r\n").encode())
    assert load_file(path).rulebook == load(2026).rulebook


def test_errors_survive_pickling(tmp_path: Path) -> None:
    error = refusal(tmp_path / "tidak-ada.yaml")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes, as Prefect does
    assert (type(again), str(again), again.exit_code) == (RulebookError, str(error), 2)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.38", Decimal("0.38")),
        ("0.10", Decimal("0.10")),
        ("-50.33", Decimal("-50.33")),
        ("200", 200),
        ("010", "010"),  # no octal
        ("1:30", "1:30"),  # no sexagesimal
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("1e3", "1e3"),
        (".nan", ".nan"),
        ("no", "no"),  # no 1.1 boolean
        ("yes", "yes"),
        ("true", True),
        ("~", None),
        ("'1'", "1"),
    ],
)
def test_scalars_mean_what_a_reader_sees(text: str, value: object) -> None:
    found = parse(text)
    assert (found, type(found), str(found)) == (value, type(value), str(value))


@given(st.text(alphabet=st.sampled_from("ab: -[]{}&*!'\"|>#?,\n 01.é\t%@`"), max_size=60))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        parse(text)
    except YamlProblemError as problem:
        assert all(line.startswith("baris ") for line in problem.lines)

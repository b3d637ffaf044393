import pytest
from hypothesis import given
from hypothesis import strategies as st

from iid.expectations.rulebook.loading import available, load
from iid.expectations.rulebook.words import core, match, plain


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nama Inovasi", "  NAMA   inovasi* :"),
        ("Non-Digital", "non digital"),
        ("Uji Coba", "uji_coba"),
        ("Koperasi, Usaha Kecil dan Menengah", "KOPERASI USAHA KECIL & MENENGAH"),
        ("Koperasi, Usaha Kecil dan Menengah", "koperasi,usaha kecil&menengah"),
        ("Pemberdayaan Perempuan dan Perlindungan Anak", "Pemberdayaan Perempuan dan Pelindungan Anak"),
        (
            "Ketenteraman, Ketertiban Umum, dan Perlindungan Masyarakat",
            "Ketentraman Ketertiban Umum & Pelindungan Masyarakat",
        ),
        ("1-10 SDM", "1 – 10 sdm"),
        ("≥ 91%", ">=91 %"),
        ("Bi'ih", "Bi’ih"),
        ("ﬁle", "file"),
    ],
)
def test_spellings_of_the_same_label_are_equal(one: str, other: str) -> None:
    assert plain(one) == plain(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("1-10 SDM", "110 SDM"), ("≤ 50%", "≥ 50%"), ("Digital", "Non Digital"), ("2a", "2b"), ("2,05", "20,5")],
)
def test_different_labels_stay_different(one: str, other: str) -> None:
    assert plain(one) != plain(other)


@pytest.mark.parametrize("nothing", ["", "-", " – ", "…", "\u200b"])
def test_a_text_without_letters_or_digits_is_empty(nothing: str) -> None:
    assert plain(nothing) == ""


@given(st.text())
def test_plain_is_idempotent(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@given(st.text())
def test_case_and_outer_spaces_never_matter(text: str) -> None:
    assert plain(f"  {text}\n") == plain(text)
    assert plain(text.casefold()) == plain(text)


def test_match_gives_the_spelling_of_the_rulebook() -> None:
    assert match("uji coba", ("Inisiatif", "Uji Coba", "Penerapan")) == "Uji Coba"


def test_match_knows_aliases_and_prefers_the_choice_itself() -> None:
    choices = ("Perangkat Daerah", "ASN")
    assert match("OPD", choices, {"OPD": "Perangkat Daerah"}) == "Perangkat Daerah"
    assert match("asn", choices, {"ASN": "Perangkat Daerah"}) == "ASN"


def test_match_finds_nothing_for_empty_or_foreign_text() -> None:
    assert match("-", ("-", "ASN")) is None
    assert match("Bupati", ("ASN",)) is None


SERVICES = (
    "Pendidikan",
    "Kesehatan",
    "Pekerjaan Umum dan Penataan Ruang",
    "Ketenteraman, Ketertiban Umum, dan Perlindungan Masyarakat",
    "Pendidikan dan Pelatihan",
)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Ketentraman & Ketertiban Umum dan Pelindungan Masyarakat", SERVICES[3]),
        ("Ketenteraman dan Ketertiban Umum serta", None),
        ("Ketentraman, Ketertiban Umum, Pelindungan Masyarakat", SERVICES[3]),
        ("Urusan Kesehatan", "Kesehatan"),
        ("URUSAN PEMERINTAHAN BIDANG KESEHATAN", "Kesehatan"),
        ("urusan pekerjaan umum & penataan ruang", SERVICES[2]),
        ("Pekerjaan Umum, Penataan Ruang", SERVICES[2]),
        ("Pendidikan Pelatihan", "Pendidikan dan Pelatihan"),
        ("Urusan", None),
        ("dan", None),
        ("Kesehatan dan Pendidikan", None),
    ],
)
def test_the_word_dan_and_a_leading_urusan_do_not_hide_a_choice(text: str, meant: str | None) -> None:
    assert match(text, SERVICES) == meant


def test_a_loose_spelling_that_could_mean_two_choices_means_none() -> None:
    assert match("Urusan A & B", ("A dan B", "A B")) is None
    assert match("A dan B", ("A dan B", "A B")) == "A dan B"


@pytest.mark.parametrize("cycle", available())
def test_no_two_choices_of_a_shipped_rulebook_become_one(cycle: int) -> None:
    book = load(cycle).rulebook
    lists = [field.choices for field in book.profile] + [book.formula.basic_services.value]
    for choices in lists:
        assert len({core(choice) for choice in choices}) == len(set(choices))

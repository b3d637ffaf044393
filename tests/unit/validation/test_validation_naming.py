"""Names in texts: tolerant where operators and OCR differ, strict where nothing is alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iid.tasks.validation.naming import Text, forms


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Sapa Warga", "menetapkan inovasi SAPA WARGA sebagai"),
        ("Sapa Warga", "lampiran: sapa-warga; tanggap"),
        ("Sapa Warga", "inovasi S A P A  W A R G A"),
        ("SMARD (Sistem Informasi Manajemen Desa)", "aplikasi Smard di desa"),
        ("SMARD (Sistem Informasi Manajemen Desa)", "Sistem Informasi\nManajemen Desa"),
        ("Angkot Resik Seko Covid-19 (ASIK COVID-19)", "daftar: ASIK COVID 19"),
        ("(GENTING) Gerakan Orang Tua", "PENETAPANINOVASIGENTING DAN gerakan orang tua"),
        ("Gerakan Orang Tua Asuh", "PENETAPANINOVASIGERAKANORANGTUAASUHDANTIM"),
        ("Inovasi Daerah Cerdas", "lnovasi Dacrah Cerda5"),
        ("Sekolah Ramah Anak Berbasis Budaya", "Sekolah Ramah Anak Bcrbasis Budsya Banjar"),
        ("PROVINSI Siaga", "PROVINS! SIAGA"),
        ("Pojok Belajar", "Pojok Bélajar"),
    ],
)
def test_name_is_found_as_people_and_scanners_write_it(name, text):
    assert Text(text).names(name)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Sapa Warga", "menetapkan inovasi Lapor Pak"),
        ("KIA", "rekening kiatnya kiat"),
        ("Sapa Warga", ""),
        ("Sekolah Ramah Anak Berbasis Budaya", "sekolah " + "kata lain " * 20 + "budaya ramah"),
        ("(--)", "apa saja"),
    ],
)
def test_other_text_does_not_hold_the_name(name, text):
    assert not Text(text).names(name)


def test_short_name_must_be_a_word():
    assert Text("program KIA di desa").names("KIA")


@given(
    st.text(alphabet="abcdefghijklmnopqrstuvwxyz ", min_size=4, max_size=40).filter(
        lambda t: len(t.replace(" ", "")) > 3
    ),
    st.text(max_size=60),
    st.text(max_size=60),
)
def test_name_that_stands_there_whole_is_always_found(name, before, after):
    assert Text(f"{before} {name.upper()} {after}").names(name)


@given(st.text(max_size=80))
def test_any_text_is_a_name_without_an_error(name):
    assert isinstance(forms(name), tuple)

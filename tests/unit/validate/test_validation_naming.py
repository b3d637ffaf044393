"""Names in texts: tolerant where operators and OCR differ, strict where nothing is alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iid.tasks.validate.innovation_names import Text, forms


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
        ("Tata Kelola Sampah", "jadwal angkut sampah"),
        ("Pelayanan Sampah Terpadu", "jadwal angkut sampah"),
        ("Pelayanan Publik Keliling", "tim keliling"),
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


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Gerakan Bersama Kendalikan Stroke", "Inovasi GEBRAKS ditetapkan"),
        ("GEBRAKS: Gerakan Bersama Kendalikan Stroke", "Inovasi GEBRAKS ditetapkan"),
        ('"MAMA CERDAS" Masyarakat Mandiri', "Inovasi Mama Cerdas ditetapkan"),
        ("Program “Pelita Hati” di Desa", "Inovasi PELITA HATI ditetapkan"),
        ("GEBRAKS – Gerakan Bersama", "Inovasi “Gebraks” ditetapkan"),
        ("GEBRAKS", "Gerakan Bersama Kendalikan Stroke di desa"),
        ("Gerakan Masyarakat Hidup Sehat", "inovasi GERMAS"),
        ("SIPANDU", "Sistem Pelayanan Terpadu untuk desa"),
        ("Sistem Pelayanan Terpadu", "inovasi SIPANDU"),
        ("S.I.P.A.N.D.U", "menetapkan SIPANDU sebagai"),
        ("SIPANDU", "menetapkan SI-PANDU sebagai"),
        ("Aplikasi SIPANDU", "menetapkan inovasi SIPANDU"),
        ("Aplikasi SIPANDU Berbasis Web", "menetapkan Sipandu"),
        ("INOVASI PELAYANAN PUBLIK GERBANG EMAS", "Menetapkan inovasi Gerbang Emas"),
        ("Sistem Pelayanan Terpadu Gerbang Emas", "Menetapkan inovasi Gerbang Emas"),
        ("INOVASI TATA KELOLA GERBANG EMAS", "Menetapkan inovasi Gerbang Emas"),
        ('Inovasi Pelayanan "SIPANDU"', "menetapkan Sipandu"),
        ("SIPANDU Puskesmas Aluh-Aluh", "inovasi SIPANDU ditetapkan"),
        ("SIPANDU 2.0", "inovasi SIPANDU ditetapkan"),
        ("Sapa Warga / SAPA", "inovasi SAPA"),
        ("LAPOR!", "inovasi LAPOR ditetapkan"),
        ("CEPAT & TEPAT", "inovasi Cepat dan Tepat"),
        ("D'SIPANDU", "inovasi D’Sipandu"),
        ("Si@p Siaga", "inovasi SIAP SIAGA"),
        ("Pojok Belajar", "Pojok Bela-\njar anak"),
        ("Pengembangan Aplikasi SIMPEL DESA", "inovasi SIMPEL DESA ditetapkan"),
        ("Peningkatan Layanan melalui SIMPEL DESA", "inovasi SIMPEL DESA ditetapkan"),
        ("Pemanfaatan Aplikasi SIMPEL DESA untuk Pelayanan", "inovasi SIMPEL DESA ditetapkan"),
        ("Pemberdayaan UMKM Sasirangan melalui Galeri Digital", "inovasi Galeri Digital"),
        ("Optimalisasi SIMPEL", "inovasi SIMPEL ditetapkan"),
        ("SIMPEL V.2", "inovasi SIMPEL ditetapkan"),
        ("SIMPEL V2", "inovasi SIMPEL ditetapkan"),
        ("SIMPEL Tahap II", "inovasi SIMPEL ditetapkan"),
        ("PELITA HATI", "Pelayanan Literasi Tanpa Hambatan Instansi ditetapkan"),
        ("MANTAP JIWA", "Mandiri Tanggap Jaga Kesehatan Jiwa Warga"),
        ("Pelayanan Administrasi Terpadu Kecamatan", "inovasi PATEN ditetapkan"),
    ],
)
def test_other_ways_to_write_a_name_are_no_absence(name, text):
    assert Text(text).names(name)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("SIAGA TUNTAS", "menetapkan inovasi SIAGA CEPAT sebagai SATUAN"),
        ("Gerakan Bersama Kendalikan Stroke", "Gerakan Bersama Kendalikan Diabetes"),
        ("Gerakan Masyarakat Bersama Kendalikan Stroke", "Gerakan Masyarakat Bersama Kendalikan Diabetes"),
        ("SIPANDU", "menetapkan inovasi SIPINTU pelayanan"),
        ("GEBRAKS", "menetapkan inovasi GEBRAK sebagai"),
        ("GEBRAKS", "Menimbang Bahwa Peraturan Pemerintah Daerah Kabupaten Banjar Keputusan"),
        ("Aplikasi SIPANDU Kabupaten Banjar", "aplikasi lain Kabupaten Banjar"),
        ("SIAGA - Kabupaten Banjar", "Pemerintah Kabupaten Banjar Keputusan Kepala Dinas"),
        ("Pojok Baca Digital", "pojok literasi digital"),
    ],
)
def test_a_near_miss_is_not_the_name(name, text):
    assert not Text(text).names(name)


def test_text_of_a_font_without_letters_is_not_legible():
    assert Text("Menimbang bahwa inovasi dan layanan untuk desa " * 10).legible
    assert Text("Nama Inovasi").legible
    assert not Text("0HQLPEDQJ EDKZD LQRYDVL GDQ ODBDQDQ XQWXN " * 10).legible


def test_a_name_of_any_length_costs_a_look_at_its_beginning():
    assert forms("kata lain " * 4000) == forms(("kata lain " * 4000)[:400])


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

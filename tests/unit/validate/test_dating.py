"""Dates and numbers of letters, as they stand in real papers; what is not plain is none."""

from __future__ import annotations

from datetime import date

import pytest

from iid.tasks.validate.letter_dates import letter_number, signed_on

DAY = date(2024, 12, 14)


@pytest.mark.parametrize(
    "text",
    [
        "Ditetapkan di Martapura\npada tanggal 14 Desember 2024",
        "DITETAPKAN DI : MARTAPURA\nPADA TANGGAL : 14 DESEMBER 2024",
        "Dikeluarkan di Banjar tanggal 14-12-2024",
        "Ditetapkan di Martapura pada tanggal 14 / 12 / 2024",
        "Lampiran\n  Martapura, 14 Desember 2024\nKepala Dinas",
        "Kab. Banjar,  tanggal 14 Desember 2024",
        "Martapura, 31 Februari 2024\nMartapura, 14 Desember 2024",
        "Martapura, 1 Januari 2023\nDitetapkan di Martapura pada tanggal 14 Desember 2024",
    ],
)
def test_a_plain_date_is_read(text: str) -> None:
    assert signed_on(text) == DAY


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Senin, 14 Desember 2024",
        "Jum'at, 14 Desember 2024",
        "pada hari Senin tanggal 14 Desember 2024",
        "Undangan rapat di Martapura, 14 Desember 2024 pukul 09.00",
        "berlaku sampai 14 Desember 2024",
        "Ditetapkan di Martapura",
        "Ditetapkan di Martapura pada tanggal      Desember 2024",
        "Ditetapkan di Martapura pada tanggal 14-13-2024",
        "Martapura, Desember 2024",
    ],
)
def test_what_is_no_plain_date_of_the_letter_is_none(text: str) -> None:
    assert signed_on(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("NOMOR : 188.45/123/KUM/2024", "188.45/123/KUM/2024"),
        ("Nomor 421.1/4109/Disdik", "421.1/4109/Disdik"),
        ("No. 7 Tahun 2024", "7"),
        ("No : 800/12-BKPSDM/2025.", "800/12-BKPSDM/2025"),
        ("Nomor :      /2024", ""),
        ("nomor induk", ""),
        ("Kanonik 5", ""),
    ],
)
def test_the_first_number_of_a_letter_is_read(text: str, number: str) -> None:
    assert letter_number(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "Ditetapkan di A tanggal" + " " * 200_000,
        ("Nomor" + " " * 2_000) * 100,
        "no." * 66_000,
        "Nomor " + "a" * 200_000,
        "a" * 200_000,
        " " * 200_000,
        "\n" * 200_000,
        "a," * 100_000,
        "Martapura, 14" + " " * 200_000,
        "ditetapkan di tanggal 1 " * 8_000,
    ],
)
def test_hostile_texts_keep_nobody_busy(text: str) -> None:
    """Quadratic patterns would run for minutes here."""
    assert signed_on(text) is None
    letter_number(text)

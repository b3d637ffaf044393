import json
import posixpath
import re
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from types import ModuleType

import pytest

from iid.tasks.report.book import open_book
from iid.tasks.report.privacy import public as public_of
from iid.tasks.report.privacy import without_persons
from iid.tasks.report.site import render_site
from iid.tasks.values.assessment import Assessment

POLICY = Path(__file__).parents[3] / "deployments" / "s3" / "public.json"
PERSON, PHONE = "Norhalimah binti Syarkawi", "0812-3456-7890"


@pytest.fixture(scope="module")
def reported(assessment: Assessment) -> Assessment:
    """An innovation whose name carries a person and a telephone number."""
    profiles, innovations = assessment.profiles.copy(), assessment.innovations.copy()
    identity = innovations["innovation_id"].iloc[0]
    name = f"Kelas Perahu {PERSON} (hubungi {PHONE})"
    profiles.loc[profiles["innovation_id"] == identity, ["name", "initiator", "initiator_name"]] = [
        name,
        "Masyarakat",
        PERSON,
    ]
    innovations.loc[innovations["innovation_id"] == identity, "name"] = name
    return replace(assessment, profiles=profiles, innovations=innovations)


@pytest.fixture(scope="module")
def public(reported: Assessment) -> dict[str, str]:
    files = {path: data for path, data in render_site(open_book(reported)) if path.startswith("publik/")}
    return {path: data.decode() for path, data in files.items()}


def test_the_public_variant_names_no_person_and_no_number(public: dict[str, str], reported, made) -> None:
    whole = "".join(public.values())
    for secret in (PERSON, PHONE, made.REVIEWER, "Nama Orang Rahasia", "Rahmah"):
        assert secret not in whole
    assert "Kelas Perahu [nama pribadi] (hubungi [nomor pribadi])" in public["publik/inovasi.html"]


def test_the_public_variant_reports_no_findings_decisions_or_paths(public: dict[str, str], reported) -> None:
    whole = "".join(public.values())
    assert not [m for m in reported.findings["message"] if m in whole]
    assert not [note for note in reported.decisions["note"] if note and note in whole]
    assert "inovasi.xlsx" not in whole and "bukti/" not in whole


def test_the_public_variant_stands_alone(public: dict[str, str]) -> None:
    for path, html in public.items():
        if not path.endswith(".html"):
            continue
        for link in re.findall(r'(?:href|src)="([^"]*)"', html):
            if link.startswith(("#", "https://", "http://")):
                continue
            target = posixpath.normpath(posixpath.join("publik", link.partition("#")[0]))
            assert target in public, (path, link)


def test_units_that_have_not_reported_are_counted_and_not_named(public: dict[str, str], reported) -> None:
    silent = [n for n, s in zip(reported.units["name"], reported.units["submitted"], strict=True) if not s]
    assert silent
    assert not [name for name in silent if name in public["publik/unit.html"]]
    assert "21 dari 27 unit" in public["publik/unit.html"]


def test_the_bucket_opens_the_public_variant_and_not_the_report(site: dict[str, bytes]) -> None:
    allowed = json.loads(POLICY.read_text())["Statement"][0]["Resource"]
    names = {p: f"arn:aws:s3:::BUCKET/PREFIX/63.03/2026/runs/x/report/{p}" for p in site}
    opened = {path for path, name in names.items() if any(fnmatchcase(name, a) for a in allowed)}
    assert opened == {path for path in site if path.startswith("publik/")}


@pytest.mark.parametrize(
    "text",
    [
        "0812 3456 7890",
        "+62 812-3456-7890",
        "(0511) 4721234",
        "6303051205900001",
        "19800101 200501 1 002",
        "budi@contoh.go.id",
        "62812 3456 7890",
        "6303 0512 0590 0001",
        "０８１２３４５６７８９０",
        "08\u200b12 3456 7890",
        "0812–3456–7890",
    ],
)
def test_personal_numbers_are_hidden(assessment: Assessment, text: str) -> None:
    assert without_persons(assessment)(f"Hubungi {text}.").startswith("Hubungi [nomor pribadi]") or (
        without_persons(assessment)(f"Hubungi {text}.") == "Hubungi ([nomor pribadi]."
    )


@pytest.mark.parametrize(
    "text",
    ["Kelas 2024/2025", "SIGAP 01", "63.03.05.1001", "1.250.000", "Jam 08.00", "2023 2024 2025", "62 desa ②"],
)
def test_other_numbers_stay(assessment: Assessment, text: str) -> None:
    assert without_persons(assessment)(text) == text


def test_a_persons_name_is_hidden_in_any_spelling_and_never_inside_a_word(reported: Assessment) -> None:
    hide = without_persons(reported)
    assert hide(f"Oleh {PERSON.upper().replace(' ', '  ')}!") == "Oleh [nama pribadi]!"
    assert hide(f"Oleh {PERSON[:3]}\u200b{PERSON[3:]}") == "Oleh [nama pribadi]"
    assert hide(f"{PERSON}ah") == f"{PERSON}ah"


def test_a_reviewers_name_goes_in_any_spelling_and_no_other_word_with_it(assessment: Assessment) -> None:
    decisions = assessment.decisions.iloc[:2].copy()
    decisions["reviewer"] = ["Siti Rahmaniah", "ani"]
    decisions["note"] = ["Dicek SITI  RAHMANIAH.", "Belum melayani warga, kata Ani"]
    shown = public_of(replace(assessment, decisions=decisions)).decisions["note"].tolist()
    assert shown == ["Dicek peninjau.", "Belum melayani warga, kata peninjau"]


def test_an_office_as_initiator_keeps_its_name(made: ModuleType) -> None:
    hide = without_persons(made.sample())
    assert hide("Nama Orang Rahasia") == "Nama Orang Rahasia"  # Inisiator: Perangkat Daerah

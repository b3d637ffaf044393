"""docx, xlsx, pptx, odt, ods: they open, their text, macros, locks."""

from __future__ import annotations

import io
import zipfile

import pytest

from iid.tasks.inspect.inspectors.normalised_text import text_facts


def test_text_of_a_word_file_is_read_with_words_split_over_runs(make, facts_of) -> None:
    facts = facts_of(make.docx("Inovasi SI</w:t></w:r><w:r><w:t>PANDU", "Bupati"))
    assert (facts.format, facts.readable, facts.macros) == ("docx", True, False)
    assert (facts.text_sha256, facts.text_chars) == text_facts("inovasi sipandu bupati")


def test_a_file_of_python_docx_with_tables_and_header_is_read(facts_of) -> None:
    from docx import Document

    document = Document()
    document.add_paragraph("Isi utama")
    document.add_table(1, 1).cell(0, 0).text = "Sel tabel"
    document.sections[0].header.paragraphs[0].text = "Kop surat"
    out = io.BytesIO()
    document.save(out)
    text = facts_of(out.getvalue()).text
    assert all(words in text for words in ("Isi utama", "Sel tabel", "Kop surat"))


def test_words_and_numbers_of_a_workbook_are_read(make, facts_of) -> None:
    facts = facts_of(make.xlsx([("Nama Inovasi", "SIPANDU"), ("Jumlah", 1234)]))
    assert (facts.format, facts.readable) == ("xlsx", True)
    assert "SIPANDU" in facts.text
    assert "1234" in facts.text


def test_workbooks_with_other_numbers_have_other_text(make, facts_of) -> None:
    assert facts_of(make.xlsx([("a", 1)])).text_sha256 != facts_of(make.xlsx([("a", 2)])).text_sha256


def test_slides_are_counted_and_read(make, facts_of) -> None:
    facts = facts_of(make.pptx("Satu", "Dua"))
    assert (facts.format, facts.pages) == ("pptx", 2)
    assert facts.text.index("Satu") < facts.text.index("Dua")


def test_an_opendocument_text_is_read(make, facts_of) -> None:
    facts = facts_of(make.odt("Laporan Akhir"))
    assert (facts.format, facts.readable) == ("odt", True)
    assert "Laporan Akhir" in facts.text


def test_a_numbered_main_part_is_found(make, facts_of) -> None:
    data = make.zipped({"[Content_Types].xml": "<T/>", "word/document2.xml": "<d>Daring</d>"})
    assert facts_of(data).text == "Daring"


OFFICE_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"


def package(target: str) -> dict[str, str]:
    """Types and the relation that names *target* as the main part."""
    relation = f'<Relationship Type="{OFFICE_DOCUMENT}" Target="{target}" Id="r1"/>'
    return {"[Content_Types].xml": "<T/>", "_rels/.rels": f"<Relationships>{relation}</Relationships>"}


@pytest.mark.parametrize("target", ["utama.xml", "/utama.xml"])
def test_a_main_part_at_the_root_is_found_by_its_relation(make, facts_of, target: str) -> None:
    parts = package(target) | {"utama.xml": "<d>Isi surat</d>"}
    assert facts_of(make.zipped(parts | {"word/media/a.png": "x"})).text == "Isi surat"
    assert facts_of(make.zipped(parts | {"xl/worksheets/a.xml": "<s>Sel</s>"})).text == "Sel"


def test_a_relation_to_a_part_that_is_not_there_is_unreadable(make, facts_of) -> None:
    facts = facts_of(make.zipped(package("utama.xml") | {"word/media/a.png": "x"}))
    assert (facts.problem, facts.detail) == ("unreadable", "bagian utamanya tidak ada di dalamnya")


def test_macros_are_seen(make, facts_of) -> None:
    facts = facts_of(make.docx("x", word__vbaProject__bin=b"x"))
    assert not facts.macros  # only the part's exact name counts
    with_macro = make.zipped(
        {"[Content_Types].xml": "<T/>", "word/document.xml": "<d/>", "word/vbaProject.bin": b"x"}
    )
    assert facts_of(with_macro).macros


def test_locked_opendocument_and_locked_zip_members_are_encrypted(make, facts_of) -> None:
    assert facts_of(make.odt(manifest="<m:x><manifest:encryption-data/></m:x>")).problem == "encrypted"
    data = make.docx("x")
    locked = bytearray(data)
    for at in (data.find(b"PK\x03\x04") + 6, data.find(b"PK\x01\x02") + 8):
        locked[at] |= 1
    assert facts_of(bytes(locked)).problem == "encrypted"


def test_a_new_office_file_locked_by_a_password_is_encrypted(make, facts_of) -> None:
    facts = facts_of(make.ole({"EncryptionInfo": b"x", "EncryptedPackage": b"y"}))
    assert (facts.problem, facts.readable) == ("encrypted", False)


@pytest.mark.parametrize("part", [0.2, 0.6, 0.95])
def test_a_cut_office_file_is_unreadable(make, facts_of, part: float) -> None:
    for data in (make.docx("kata " * 900), make.xlsx(), make.pptx("x")):
        assert facts_of(data[: int(len(data) * part)]).problem == "unreadable"


def test_broken_xml_and_a_missing_main_part_are_unreadable(make, facts_of) -> None:
    broken = make.zipped({"[Content_Types].xml": "<T/>", "word/document.xml": "<w:document><w:p>"})
    assert facts_of(broken).problem == "unreadable"
    empty = make.zipped({"[Content_Types].xml": "<T/>", "word/styles.xml": "<x/>"})
    assert facts_of(empty).detail == "bagian utamanya tidak ada di dalamnya"


def test_a_member_whose_checksum_is_wrong_is_unreadable(make, facts_of) -> None:
    data = make.docx("Isi dokumen yang cukup panjang")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        info = archive.getinfo("word/document.xml")
    stored = make.zipped(
        {"[Content_Types].xml": "<T/>", "word/document.xml": "<d>abc</d>"}, zipfile.ZIP_STORED
    )
    assert info.CRC
    assert facts_of(stored.replace(b"<d>abc</d>", b"<d>abd</d>")).problem == "unreadable"


def test_declared_entities_are_refused_and_nothing_is_fetched(make, facts_of) -> None:
    bomb = (
        '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
        '<!ENTITY x SYSTEM "file:///etc/hostname">]><d>&b;&x;</d>'
    )
    facts = facts_of(make.zipped({"[Content_Types].xml": "<T/>", "word/document.xml": bomb}))
    assert (facts.problem, facts.text) == ("unreadable", "")
    assert "entitas" in facts.detail


def test_a_document_that_inflates_past_the_limit_is_unreadable(make, facts_of) -> None:
    data = make.docx("x" * 2_000_000)
    facts = facts_of(data, inflated=1_000_000)
    assert facts.detail == "isinya mengembang terlalu besar"
    assert facts_of(data).readable


def test_text_stops_at_its_limit(make, facts_of) -> None:
    facts = facts_of(make.docx(*["kata kata kata"] * 1000), text=500)
    assert facts.readable
    assert facts.text_chars <= 500

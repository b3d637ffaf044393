"""Data Docs of a run: complete, readable without a network, and the same for the same run."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

PAGES = ("units", "innovations", "fields", "claims", "evidence")
WHEN = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


@pytest.fixture
def docs(region, tmp_path):
    region.set_item("16", problem="unreadable", detail="<script>alert(1)</script>", readable=False)
    region.set_field("benefit", raw="", value="")
    region.validate(docs_dir=tmp_path / "docs", run_time=WHEN)
    return tmp_path / "docs"


class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []
        self.tags = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.found += [value for name, value in attrs if name in ("href", "src", "action", "data")]


def test_index_leads_to_a_page_and_a_suite_for_every_table(docs):
    links = Links()
    links.feed((docs / "index.html").read_text(encoding="utf-8"))
    assert links.found == [f"{name}.html" for name in PAGES]
    for name in PAGES:
        assert (docs / f"{name}.html").is_file()
        assert json.loads((docs / f"{name}.json").read_text(encoding="utf-8"))["name"] == name


def test_pages_ask_nothing_from_outside(docs):
    for page in docs.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        links = Links()
        links.feed(text)
        assert all(re.fullmatch(r"[a-z]+\.(html|json)", link) for link in links.found), links.found
        assert not {"script", "link", "img", "iframe"} & set(links.tags)
        assert not re.search(r"https?:|//[a-z]|@import|url\(", text)


def test_pages_say_in_indonesian_what_failed_and_where(docs):
    text = (docs / "evidence.html").read_text(encoding="utf-8")
    assert "Berkas bukti dapat dibuka." in text
    assert "1 dari 5 baris tidak memenuhi" in text
    assert "bukti-16.pdf" in text
    assert "Semua 5 baris memenuhi" in text
    assert "24 November 2026 16.30 WITA" in text
    assert 'lang="id"' in text


def test_words_of_the_input_are_escaped(docs):
    text = (docs / "evidence.html").read_text(encoding="utf-8")
    assert "<script>" not in text
    assert "&lt;script&gt;" in text


def test_exported_suite_holds_the_rulebooks_demands(docs):
    suite = json.loads((docs / "evidence.json").read_text(encoding="utf-8"))
    kinds = next(e for e in suite["expectations"] if e["meta"]["code"] == "evidence.kind_not_allowed")
    assert kinds["kwargs"]["allowed"]["16"] == ["pdf"]
    assert kinds["severity"] == "critical"


def test_same_run_gives_the_same_bytes(region, docs, tmp_path):
    region.validate(docs_dir=tmp_path / "again", run_time=WHEN)
    first = {path.name: path.read_bytes() for path in docs.iterdir()}
    assert first == {path.name: path.read_bytes() for path in (tmp_path / "again").iterdir()}


def test_many_failing_rows_are_counted_and_few_are_shown(region, tmp_path):
    for number in range(300):
        region.add_file("16", f"sk-{number:03d}.pdf", problem="empty", readable=False)
    region.validate(docs_dir=tmp_path)
    text = (tmp_path / "evidence.html").read_text(encoding="utf-8")
    assert "300 dari" in text
    assert "dan 295 baris lain" in text
    assert len(text) < 60_000


def test_example_region_says_so(region, tmp_path):
    region.marker = type(region.marker)("63.03", "Kabupaten Banjar", "Asia/Makassar", example=True)
    region.validate(docs_dir=tmp_path)
    assert "contoh" in (tmp_path / "index.html").read_text(encoding="utf-8")

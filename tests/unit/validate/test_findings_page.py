"""docs/findings.md says of every code what the catalogue says, and what nobody checks."""

from __future__ import annotations

from pathlib import Path

from iid.expectations.findings.catalogue import catalogue
from iid.tasks.validate.findings_page import findings_page

PAGE = Path(__file__).parents[3] / "docs" / "findings.md"


def test_page_is_in_step_with_the_catalogue():
    assert PAGE.read_text(encoding="utf-8") == findings_page(), (
        "python -m iid.tasks.validate.findings_page > docs/findings.md"
    )


def test_page_names_every_code_once_as_a_heading():
    headings = [line[5:-1] for line in findings_page().splitlines() if line.startswith("### `")]
    assert headings == list(catalogue())


def test_page_says_what_is_not_checked():
    unchecked = findings_page().partition("## Yang tidak diperiksa")[2]
    for word in ("Kebenaran isi", "Tanda tangan", "isi tautan"):
        assert word in unchecked

import base64
import hashlib
import re
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest

from iid.flows.cli.main import run as command
from iid.tasks.answers.compare import compared
from iid.tasks.answers.run_view import Picture
from iid.tasks.report.book import open_book
from iid.tasks.report.compare_page import comparison_page
from iid.tasks.store.earlier_runs import history_file
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.published_run import read_run, runs
from iid.tasks.values.assessment import Assessment

Past = tuple[FolderStore, Assessment]


@pytest.fixture(scope="module")
def place(made: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Picture, Picture]:
    """A store with three runs, and the last two as pictures."""
    folder = tmp_path_factory.mktemp("banding")
    store, now = made.with_past(folder)
    made.put_out(store, now, history_file(now.marker, ()))
    old, new = (Picture.of(read_run(store, "63.03", 2026, run)) for run in runs(store, "63.03", 2026)[-2:])
    return folder, old, new


@pytest.fixture(scope="module")
def page(place: tuple[Path, Picture, Picture]) -> str:
    _, old, new = place
    return comparison_page(compared(old, new), old, new).decode()


def test_the_page_asks_nothing_of_any_server_or_folder(page: str) -> None:
    assert not re.findall(r"<(?:script|img|link|iframe)\b", page)
    assert not re.findall(r'\b(?:href|src)="(?!#)', page)
    assert "default-src 'none'" in page


def test_the_style_is_the_one_its_policy_allows(page: str) -> None:
    style = page.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in page
    assert ".hero" in style


def test_the_page_says_whose_runs_they_are(page: str, place: tuple[Path, Picture, Picture]) -> None:
    assert "Kabupaten Banjar" in page and "CONTOH" in page
    assert place[1].run.run_id in page and place[2].run.run_id in page


def test_the_parts_on_the_page_add_up_to_the_difference(place: tuple[Path, Picture, Picture]) -> None:
    _, old, new = place
    record = compared(old, new)
    whole = sum(Decimal(part["points"]) for part in record["parts"])
    assert abs(whole - Decimal(record["difference"]["supported"])) <= Decimal("0.0005")


def test_hostile_names_are_text(page: str) -> None:
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(&#39;nama&#39;)&lt;/script&gt;" in page


def test_the_same_runs_give_the_same_page(page: str, place: tuple[Path, Picture, Picture]) -> None:
    _, old, new = place
    assert comparison_page(compared(old, new), old, new).decode() == page


def test_compare_writes_the_page_and_says_where(
    place: tuple[Path, Picture, Picture], page: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "banding.html"
    order = ["compare", "--store", str(place[0]), "--cycle", "2026", "--out", str(out)]
    assert command(order) == 0
    assert out.read_text("utf-8") == page
    assert f"halaman: {out}" in capsys.readouterr().out
    assert command([*order, "--json"]) == 0
    assert capsys.readouterr().out.startswith("{")


@pytest.mark.parametrize("name", ["banding.txt", "tidak/ada/banding.html"])
def test_a_page_that_cannot_be_written_is_a_clear_mistake(
    place: tuple[Path, Picture, Picture], tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    order = ["compare", "--store", str(place[0]), "--cycle", "2026", "--out", str(tmp_path / name)]
    assert command(order) == 2
    assert "--out" in capsys.readouterr().err


def test_the_report_reports_the_same_changes_as_the_command(grown: dict[str, bytes], past: Past) -> None:
    text = grown["perubahan.html"].decode()
    assert "Inovasi baru" in text and "Dari mana selisihnya" in text
    front = grown["index.html"].decode()
    assert "Sejak 4 November 2026" in front
    assert 'class="course"' in front
    assert b"Belum ada perhitungan sebelumnya" not in grown["perubahan.html"]


def test_a_report_with_a_past_is_the_same_again(
    made: ModuleType, grown: dict[str, bytes], tmp_path: Path
) -> None:
    from iid.tasks.report.site import render_site

    _, again = made.with_past(tmp_path)
    assert dict(render_site(open_book(again))) == grown


def test_notes_of_decisions_show_no_reviewer_in_the_changes(
    grown: dict[str, bytes], made: ModuleType
) -> None:
    assert made.REVIEWER.encode() not in b"".join(grown.values())

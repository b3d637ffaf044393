"""An unchanged night is seen from the listing and the records alone; whatever could move a result is not."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from runs import published, snapshot
from small_region import Region, emptied, filled

from iid.flows.assess import STEPS, Steps, run_assessment
from iid.flows.telemetry.progress import Reporter
from iid.tasks.assess import quiet_night, run_inputs
from iid.tasks.assess.publishing_steps import Outcome, leased
from iid.tasks.assess.quiet_night import PublishedRun, compare
from iid.tasks.assess.reading_steps import Opened, list_cycle, open_run
from iid.tasks.assess.request import AssessRequest, GuardLimits, InspectLimits
from iid.tasks.assess.run_inputs import around, inputs_of
from iid.tasks.inspect.links import link_checks
from iid.tasks.inspect.links.link_checks import Check
from iid.tasks.inspect.links.link_table import AGE_DAYS, remember
from iid.tasks.review.desk_records import DeskRecord, keep
from iid.tasks.shares.drive import Listing
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.store.earlier_runs import ranking_key
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.publishing import publish

FIRST = datetime(2026, 8, 1, 4, tzinfo=UTC)
SEEN = "2026-08-01T02:00:00Z"  # when somebody looked at the link
#: What an unchanged night does of all steps; the others are not there to be called.
ALONE = Steps(
    **{
        f.name: getattr(STEPS, f.name) if f.name in {"open", "list", "compare"} else None
        for f in fields(Steps)
    }
)
LINK, PREFIX = "https://contoh.go.id/bukti", "63.03/2026"
LOADED_NEVER = ("great_expectations", "openpyxl", "xlsxwriter", "scipy", "PIL", "pypdfium2", "jinja2")
STEPS_LEFT_OUT = ("validate.validation", "report.site", "report.book", "ingest.guarded_books")


@dataclass
class Place:
    """A share and a store that holds its run and the record which that left."""

    region: Region
    store: Path

    def request(self, **more: Any) -> AssessRequest:
        asked = {"as_of": FIRST + timedelta(days=1), "workers": 1, **more}
        return AssessRequest(share=str(self.region.root), store=str(self.store), cycle=2026, **asked)

    def seen(self, **more: Any) -> PublishedRun | None:
        """What the comparison of the next night says."""
        opened = open_run(self.request(**more))
        with leased(opened) as lease:
            return compare(opened, list_cycle(opened), lease)

    def assess(self, do: Any = STEPS, **more: Any) -> Outcome:
        return run_assessment(self.request(**more), Reporter(quiet=True), do)

    @property
    def record(self) -> Path:
        return self.store / PREFIX / "_inputs.json"

    def recorded_here(self) -> None:
        """Make the record one of this place: a copied file is another one to its file system."""
        opened: Opened = open_run(self.request())
        listing = list_cycle(opened)
        text = {"inputs": inputs_of(opened, listing, {}), "around": around(opened, listing)}
        self.record.write_text(json.dumps(json.loads(self.record.read_text()) | text))


def settled(region: Region) -> None:
    """Give every file a time long ago, as files have that nobody is writing now."""
    for path in region.root.rglob("*"):
        os.utime(path, (1_780_000_000, 1_780_000_000))


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tenang")
    region = filled(emptied(folder))
    region.innovation("102", "Bertautan", {"16": (1, "")}, {"16": LINK})
    settled(region)
    place = Place(region, folder / "hasil")
    remember(FolderStore(place.store), PREFIX, {LINK: Check("gone", "404", SEEN)})
    assert not place.assess(as_of=FIRST).unchanged
    assert place.record.exists()
    return folder


@pytest.fixture
def place(once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("IID_TOML", str(tmp_path / "no.toml"))
    for name in ("share", "hasil"):
        shutil.copytree(once / name, tmp_path / name, symlinks=True)
    found = Place(Region(tmp_path / "share"), tmp_path / "hasil")
    found.recorded_here()
    return found


def test_the_night_after_the_first_run_loads_no_library_that_reads_judges_or_renders(once: Path) -> None:
    place = Place(Region(once / "share"), once / "hasil")
    before, share, runs = (
        published(place.store),
        place.region.files(),
        snapshot(place.store / PREFIX / "runs"),
    )
    words = ["assess", "--direct", "--share", str(place.region.root), "--store", str(place.store)]
    words += ["--cycle", "2026", "--as-of", "2026-08-02T12:00:00+08:00"]
    code = (
        "import sys; from iid.flows.cli.main import run; code = run(sys.argv[1:]);"
        "print('\\n'.join(['loaded:', *sys.modules])); sys.exit(code)"
    )
    env = {**os.environ, "HOME": str(once / "home"), "IID_TOML": str(once / "no.toml")}
    done = subprocess.run(
        [sys.executable, "-c", code, *words], env=env, capture_output=True, text=True, check=True
    )
    shown, _, loaded = done.stdout.partition("loaded:")
    assert f"tidak ada yang berubah sejak 1 Agustus 2026 12.00 WITA; yang terbit tetap {before.name}" in shown
    modules = set(loaded.split())
    assert not modules & {*LOADED_NEVER, *(f"iid.tasks.{name}" for name in STEPS_LEFT_OUT)}
    assert published(place.store) == before
    assert place.region.files() == share
    assert snapshot(place.store / PREFIX / "runs") == runs


def test_what_stays_is_reported_as_the_run_that_found_it_told_it(place: Place) -> None:
    quiet, computed = place.assess(), place.assess(full=True)
    assert (quiet.unchanged, computed.unchanged) == (True, True)
    assert quiet.assessment.index == computed.assessment.index
    for name in ("units", "innovations", "findings", "evidence", "scores", "decisions"):
        one, other = (getattr(outcome.assessment, name) for outcome in (quiet, computed))
        assert one.to_csv(index=False) == other.to_csv(index=False)
    checked = json.loads((place.store / PREFIX / "latest.json").read_text())["checked_at"]
    assert checked > quiet.published.checked_at.isoformat()  # type: ignore[union-attr]


def test_another_look_at_a_link_publishes_only_what_it_sees_anew(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = Check("gone", "404", "2026-08-02T03:00:00Z")
    monkeypatch.setattr(link_checks, "check_links", lambda links, **_: dict.fromkeys(links, answer))
    run, share = published(place.store), place.region.files()
    assert place.assess(ALONE, check_links=True).unchanged
    assert published(place.store) == run
    assert place.region.files() == share
    day = FIRST + timedelta(days=AGE_DAYS)  # the first look is forgotten by then, the second is not
    assert place.seen(as_of=day)
    assert place.seen(as_of=day, check_links=True)
    answer = Check("closed", "masuk dulu", "2026-08-02T04:00:00Z")
    assert place.seen(check_links=True) is None
    assert not place.assess(check_links=True).unchanged


def new_file(place: Place) -> None:
    (place.region.folder("103") / "catatan.txt").write_text("baru")


def new_folder(place: Place) -> None:
    (place.region.folder("103") / "Inovasi Baru").mkdir()


def same_size_and_time(place: Place, name: str = "alat.png") -> None:
    path = next(place.region.cycle.rglob(name))
    other = path.with_name("lain")
    other.write_bytes(path.read_bytes()[::-1])
    shutil.copystat(path, other)
    other.replace(path)


def file_gone(place: Place) -> None:
    next(place.region.cycle.rglob("sk.pdf")).unlink()


def roster(place: Place) -> None:
    path = place.region.cycle / "_roster.csv"
    path.write_text(path.read_text() + "105,Dinas Baru,opd,\n")


def region_name(place: Place) -> None:
    path = place.region.root / "iid-share.toml"
    path.write_text(path.read_text().replace("Kabupaten Banjar", "Kota Lain"))


def review_workbook(place: Place) -> None:
    path = place.region.cycle / "_tinjauan" / "101.xlsx"
    path.write_bytes(path.read_bytes())


def review_folder_gone(place: Place) -> None:
    shutil.rmtree(place.region.cycle / "_tinjauan")


def receipt_gone(place: Place) -> None:
    (place.region.shown("101") / "tanda-terima.csv").unlink()


def feedback_gone(place: Place) -> None:
    shutil.rmtree(place.region.shown("00"))


def at_desk(place: Place) -> None:
    record = DeskRecord("101/Perahu Sehat", "16", "terima", "", "", "ani", SEEN, "x", 1)
    assert keep(FolderStore(place.store), PREFIX, record)


def look_at_link(place: Place) -> None:
    remember(FolderStore(place.store), PREFIX, {LINK: Check("open", "", "2026-08-01T06:00:00Z")})


def run_lost_a_file(place: Place) -> None:
    (published(place.store) / "hasil.xlsx").unlink()


def manifest_damaged(place: Place) -> None:
    (published(place.store) / "manifest.json").write_text("{")


def pointer_damaged(place: Place) -> None:
    (place.store / PREFIX / "latest.json").write_text("{")


def pointer_gone(place: Place) -> None:
    (place.store / PREFIX / "latest.json").unlink()


def record_damaged(place: Place) -> None:
    place.record.write_text("[")


def record_of_another_form(place: Place) -> None:
    place.record.write_text(json.dumps(json.loads(place.record.read_text()) | {"format": 2}))


def record_of_another_run(place: Place) -> None:
    record = json.loads(place.record.read_text())
    place.record.write_text(json.dumps(record | {"run_id": "20260701T000000Z-00000000"}))


def another_cycle(place: Place) -> None:
    store, files = FolderStore(place.store), iter([("index.json", b"{}")])
    publish(store, "63.03", 2025, "r2025", files, {}, published_at=FIRST, status="provisional")


def another_event(place: Place) -> None:
    name = "20260801T050000Z-withdrawn-20260701T000000Z-00000000.json"
    (place.store / PREFIX / "history" / name).write_text("{}")


def ranked(place: Place) -> None:
    row = {"region": "63.03", "rank": 1, "name": "Banjar", "index": "1.00", "category": "", "status": "final"}
    cluster = {"name": "Kabupaten", "median": "1.00", "places": [{**row, "example": False}]}
    record = json.dumps({"by": "supported", "clusters": [cluster]})
    FolderStore(place.store).put(ranking_key(2026), record.encode(), "application/json")


CHANGES = (
    *(new_file, new_folder, same_size_and_time, file_gone, roster, region_name, review_workbook),
    *(review_folder_gone, receipt_gone, feedback_gone, at_desk, look_at_link, run_lost_a_file),
    *(manifest_damaged, pointer_damaged, pointer_gone, record_damaged, record_of_another_form),
    *(record_of_another_run, another_cycle, another_event, ranked),
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_whatever_can_move_a_result_makes_the_night_compute(
    place: Place, change: Callable[[Place], None]
) -> None:
    assert place.seen()
    change(place)
    assert place.seen() is None


def test_a_new_place_in_the_national_ranking_is_published_once(place: Place) -> None:
    ranked(place)
    assert not place.assess().unchanged
    report = published(place.store) / "report/index.html"
    assert "Kabupaten: peringkat 1 dari 1" in report.read_text(encoding="utf-8")
    assert place.assess(as_of=FIRST + timedelta(days=2)).unchanged


LIMIT = FIRST.replace(hour=2) + timedelta(days=AGE_DAYS)


@pytest.mark.parametrize(
    ("asked", "stays"),
    [
        ({"as_of": FIRST}, True),
        ({"as_of": FIRST - timedelta(seconds=1)}, False),  # of what came before that day nothing is recorded
        ({"as_of": LIMIT}, True),
        ({"as_of": LIMIT + timedelta(seconds=1)}, False),  # the look at the link is forgotten
        ({"full": True}, False),
        ({"units": ("101",)}, False),
        ({"accept_loss": "memang dihapus"}, False),
        ({"ocr": True}, False),
        ({"feedback": False}, False),
        ({"workbooks": False}, False),
        ({"guard": GuardLimits(index_fall=1)}, False),
        ({"workers": 7, "wait": 1}, True),
    ],
    ids=str,
)
def test_the_day_and_the_request_enter_the_comparison(
    place: Place, asked: dict[str, Any], stays: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_inputs, "ocr_version", lambda pages: f"tesseract 5, {pages} pages")
    assert bool(place.seen(**asked)) is stays


def test_another_rulebook_makes_the_night_compute(place: Place, tmp_path: Path) -> None:
    own = tmp_path / "aturan.yaml"
    own.write_text(open_run(place.request()).loaded.text + "\n# salinan\n", "utf-8")
    assert place.seen(rulebook=str(own)) is None


@pytest.mark.parametrize("name", ["versions", "inspector_version"])
def test_another_version_of_program_or_inspector_makes_the_night_compute(
    place: Place, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    assert place.seen()
    monkeypatch.setattr(run_inputs, name, lambda *_: {"code": "lain"})
    assert place.seen() is None


@pytest.fixture
def unmarked(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A share on a drive that gives sizes and times and nothing else, after a run over it."""
    real = FolderDrive.list

    def listed(drive: FolderDrive, under: str = "") -> Listing:
        listing = real(drive, under)
        return replace(listing, entries=tuple(entry._replace(ident="") for entry in listing.entries))

    monkeypatch.setattr(FolderDrive, "list", listed)
    assert place.assess(inspect=EVERY_NIGHT).unchanged
    return place


EVERY_NIGHT = InspectLimits(rehash_nights=1)


@pytest.mark.parametrize("name", ["alat.png", "inovasi.xlsx"])
def test_without_marks_files_are_hashed_in_their_turn_and_a_swapped_one_makes_the_night_compute(
    unmarked: Place, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    tomorrow = quiet_night.today() + 1
    monkeypatch.setattr(quiet_night, "today", lambda: tomorrow)
    assert unmarked.seen(inspect=EVERY_NIGHT)
    same_size_and_time(unmarked, name)
    assert unmarked.seen(inspect=EVERY_NIGHT)  # that night they had their turn
    monkeypatch.setattr(quiet_night, "today", lambda: tomorrow + 1)
    assert unmarked.seen(inspect=EVERY_NIGHT) is None
    assert unmarked.seen(inspect=EVERY_NIGHT) is None  # and no run noted that they had their turn


def test_without_marks_a_swapped_review_workbook_makes_the_same_night_compute(unmarked: Place) -> None:
    assert unmarked.seen(inspect=EVERY_NIGHT)
    same_size_and_time(unmarked, "101.xlsx")
    assert unmarked.seen(inspect=EVERY_NIGHT) is None


def test_a_decision_made_while_the_feedback_was_written_counts_in_the_next_run(place: Place) -> None:
    def decided_meanwhile(run: Any, result: Any) -> Any:
        notes = STEPS.write_back(run, result)
        at_desk(place)
        return notes

    new_file(place)
    settled(place.region)
    place.record.unlink()
    first = place.assess(replace(STEPS, write_back=decided_meanwhile))
    assert not place.record.exists()
    second = place.assess(as_of=FIRST + timedelta(days=2))
    assert len(second.assessment.decisions) == len(first.assessment.decisions) + 1


@pytest.mark.parametrize("trouble", ["note", "held", "new file", "over budget", "workbook"])
def test_a_night_that_has_to_be_done_again_leaves_no_record(place: Place, trouble: str) -> None:
    place.record.unlink()
    do = STEPS
    if trouble == "note":
        do = replace(STEPS, write_back=lambda *_: ("101.xlsx sedang dibuka",))
    elif trouble == "workbook":  # one that could not be read, as one that somebody is saving
        do = replace(STEPS, read=lambda run: replace(STEPS.read(run), settled=False))
    elif trouble == "held":
        shutil.rmtree(place.region.folder("101"))
    elif trouble == "new file":
        os.utime(next(place.region.cycle.rglob("inovasi.xlsx")))
    budget = InspectLimits(unit_gib=1e-9) if trouble == "over budget" else InspectLimits()
    place.assess(do, inspect=budget)
    assert not place.record.exists()

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest

from iid.tasks.report.book import open_book
from iid.tasks.report.history_chart import course, cycles, points_of
from iid.tasks.report.site import render_site
from iid.tasks.store.earlier_runs import history_file, marker_of, read_earlier
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.withdrawal import withdraw
from iid.tasks.text.indonesian import exact, points, signed
from iid.tasks.values.assessment import Assessment, Earlier
from iid.tasks.values.peers import Peer, Peers

Past = tuple[FolderStore, Assessment]


def read(store: FolderStore, now: Assessment) -> Earlier:
    return read_earlier(store, now.marker.region, now.cycle, now.as_of)


def test_a_cycle_without_runs_has_no_past_and_adds_nothing_to_the_digest(tmp_path: Path, assessment) -> None:
    found = read(FolderStore(tmp_path), assessment)
    assert found == Earlier()
    assert found.digest == ""


def test_the_past_is_every_run_before_this_one_oldest_first(past: Past) -> None:
    _, now = past
    assert [now.as_of - p.when for p in now.earlier.points] == [timedelta(50), timedelta(20)]
    assert now.earlier.last is not None
    assert now.earlier.last.run_id == now.earlier.points[-1].run_id


def test_the_same_moment_sees_the_same_past_whatever_came_later(past: Past, made: ModuleType) -> None:
    store, now = past
    before = made.aged(now, 20)
    assert [p.run_id for p in read(store, before).points] == [now.earlier.points[0].run_id]
    again = replace(before, as_of=now.earlier.points[0].when)
    assert read(store, again) == Earlier()


def test_another_past_is_another_digest(past: Past, made: ModuleType) -> None:
    store, now = past
    later = read(store, now).digest
    assert later and later != read(store, made.aged(now, 20)).digest
    assert later == now.earlier.digest


def test_a_withdrawn_run_is_no_part_of_the_past(made: ModuleType, tmp_path: Path) -> None:
    store, now = made.with_past(tmp_path)
    taken = withdraw(store, now.marker.region, now.cycle, "salah share").run_id
    assert [p.run_id for p in read(store, now).points] == [now.earlier.points[0].run_id]
    assert taken == now.earlier.points[1].run_id


def test_the_points_are_read_from_the_last_report_alone(made: ModuleType, tmp_path: Path) -> None:
    store, now = made.with_past(tmp_path)
    between = made.aged(made.sample(), 5)
    seen = replace(between, earlier=read(store, between))
    made.put_out(store, seen, history_file(seen.marker, points_of(seen)))
    for run in now.earlier.points:
        (tmp_path / f"63.03/2026/runs/{run.run_id}/index.json").write_text("rusak")
    found = read(store, now)
    assert [p.run_id for p in found.points] == [*(p.run_id for p in now.earlier.points), between.run_id]
    assert found.last is not None
    assert marker_of(found.last) == now.marker


@pytest.mark.parametrize("broken", ["manifest.json", "scores.parquet"])
def test_a_damaged_past_does_not_keep_the_next_report_from_being_made(
    made: ModuleType, tmp_path: Path, broken: str
) -> None:
    store, now = made.with_past(tmp_path)
    (tmp_path / f"63.03/2026/runs/{now.earlier.points[1].run_id}/{broken}").write_bytes(b"rusak")
    found = read(store, now)
    assert found.unread is (broken == "manifest.json")
    page = dict(render_site(open_book(replace(now, earlier=found))))["perubahan.html"].decode()
    assert "Belum ada perhitungan sebelumnya yang dapat dibandingkan." in page


def test_the_course_ends_at_the_published_index_and_shows_the_next_line(past: Past) -> None:
    _, now = past
    drawn = course(now)
    assert drawn is not None
    line = next(x for x in drawn["lines"] if x["key"] == "supported")
    assert line["last"] == Decimal(now.index["supported"]["index"])
    places = [tuple(map(Decimal, pair.split(","))) for pair in line["path"].split()]
    assert places[0][0] == 0 and places[-1][0] == 100
    assert all(0 <= value <= 100 for pair in places for value in pair)
    assert "Inovatif" in [mark["name"] for mark in drawn["marks"]]


def test_the_course_of_one_day_names_the_hours(assessment: Assessment) -> None:
    point = replace(points_of(assessment)[0], as_of=(assessment.as_of - timedelta(minutes=6)).isoformat())
    drawn = course(replace(assessment, earlier=Earlier((point,))))
    assert drawn is not None
    assert drawn["first"].endswith(" 16.24 WITA")
    assert drawn["final"] == "16.30 WITA"


def test_one_run_draws_no_line(assessment: Assessment) -> None:
    assert course(assessment) is None


def test_a_long_cycle_is_drawn_by_days_and_stays_small(assessment: Assessment) -> None:
    first = points_of(assessment)[0]
    when = [assessment.as_of - timedelta(hours=8 * n) for n in range(1, 900)]
    points = tuple(
        replace(first, run_id=f"{w:%Y%m%dT%H%M%SZ}-0", as_of=w.isoformat()) for w in reversed(when)
    )
    long = replace(assessment, earlier=Earlier(points))
    drawn = course(long)
    assert drawn is not None and 295 <= len(drawn["dots"]) <= 302
    assert len(dict(render_site(open_book(long)))["index.html"]) <= 300_000


def peers(by: str, index: Decimal) -> Peers:
    own = Peer(2, "63.03", "Kabupaten Banjar", index, "Inovatif", "provisional", example=False)
    first = Peer(1, "63.02", "Kota <b>Lain</b>", Decimal("77.77"), "Sangat Inovatif", "final", example=False)
    return Peers("Kabupaten", by, 415, Decimal("44.44"), own, (first, own))


def front(assessment: Assessment, by: str, index: Decimal) -> str:
    earlier = replace(assessment.earlier, peers=(peers(by, index),))
    return dict(render_site(open_book(replace(assessment, earlier=earlier))))["index.html"].decode()


def test_the_front_page_shows_the_place_among_regions_of_its_kind(assessment: Assessment) -> None:
    index = exact(assessment.index["supported"]["index"])
    html = front(assessment, "supported", index)
    assert "Kabupaten: peringkat 2 dari 415" in html
    assert f"Indeks didukung bukti {points(index)}; nilai tengah klaster 44,44" in html
    assert signed(index - Decimal("44.44")) in html
    assert "Kota &lt;b&gt;Lain&lt;/b&gt;" in html
    assert "dari perhitungan lain" not in html
    other = front(assessment, "supported", Decimal("12.34"))
    assert f"Pada laporan ini {points(index)}, karena peringkat itu dibuat dari perhitungan lain" in other
    assert "dari perhitungan lain" not in front(assessment, "claimed", Decimal("12.34"))
    assert "Di antara daerah sejenis" not in dict(render_site(open_book(assessment)))["index.html"].decode()


def test_a_final_report_shows_no_place_by_another_measure(made: ModuleType) -> None:
    final = made.sample(status="final")
    assert "Di antara daerah sejenis" not in front(final, "supported", Decimal("44.44"))
    assert "Indeks terverifikasi 44,44" in front(final, "verified", Decimal("44.44"))


def test_each_earlier_cycle_is_shown_under_its_own_rules(made: ModuleType, tmp_path: Path) -> None:
    store, old, now = FolderStore(tmp_path), made.sample(cycle=2024), made.sample()
    made.put_out(store, old)
    found = read(store, now)
    assert [index["run_id"] for index in found.cycles] == [old.run_id]
    assert f"2024={old.run_id}" in found.digest
    rows = cycles(replace(now, earlier=found))
    assert [row["cycle"] for row in rows] == [2024, 2026]
    levels = [exact(index["supported"]["index"]) for index in (old.index, now.index)]
    assert [row["index"] for row in rows] == levels
    assert [row["difference"] for row in rows] == [None, levels[1] - levels[0]]
    page = dict(render_site(open_book(replace(now, earlier=found))))["perubahan.html"].decode()
    assert "Dari siklus ke siklus" in page
    assert cycles(now) == []

"""The guards' edges: how much may vanish, when a unit counts as lost, how far the index may fall."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pytest

from iid.flows.events import region_of
from iid.flows.request import AssessRequest, GuardLimits
from iid.tasks.errors import GuardError
from iid.tasks.guards import Previous, check_fall, check_losses

LIMITS = GuardLimits()  # 20 % of the files (at least 5), 10 points


def previous(sources: Sequence[str], index: str = "50.00", sha256: str = "r") -> Previous:
    rows = {"source": list(sources), "kind": "file", "problem": "", "counted": True}
    return Previous(
        "20260831T120000Z-0badcafe",
        pd.DataFrame(rows),
        {"supported": {"index": index}, "rulebook": {"sha256": sha256}},
        pd.DataFrame(),
    )


def files(unit: str, count: int) -> list[str]:
    return [f"2026/{unit}/X/bukti/16/{number}.pdf" for number in range(count)]


@pytest.mark.parametrize(("gone", "trips"), [(20, False), (21, True), (100, True)])
def test_more_than_a_fifth_of_the_files_gone_trips(gone: int, trips: bool) -> None:
    there = files("1 A", 100)
    if not trips:
        check_losses(previous(there), frozenset(there[gone:]), LIMITS)
        return
    with pytest.raises(GuardError, match=rf"{gone} dari 100 berkas.*--accept-loss"):
        check_losses(previous(there), frozenset(there[gone:]), LIMITS)


def test_a_handful_of_files_never_looks_like_a_lost_drive() -> None:
    there = files("1 A", 6)
    check_losses(previous(there), frozenset(there[4:]), LIMITS)


def test_a_unit_that_lost_all_of_its_evidence_trips_however_small() -> None:
    big, small = files("1 A", 100), files("2 B", 2)
    with pytest.raises(GuardError, match=r"2026/2 B .*--accept-loss"):
        check_losses(previous([*big, *small]), frozenset(big), LIMITS)
    check_losses(previous([*big, *small]), frozenset([*big, small[0]]), LIMITS)


def sized(there: Sequence[str]) -> tuple[Previous, dict[str, int]]:
    """Each file with a size of its own, as the last run saw it and as it is listed."""
    before = previous(there)
    before.evidence["size"] = pd.array(range(1000, 1000 + len(there)), "Int64")
    return before, {source: 1000 + number for number, source in enumerate(there)}


def test_a_renamed_innovation_or_unit_folder_has_lost_nothing() -> None:
    before, listed = sized(files("1 A", 100))
    for old, new in (("1 A/X/", "1 A/Nama baru/"), ("1 A/", "1 Dinas A/")):
        now = {path.replace(old, new): size for path, size in listed.items()}
        check_losses(before, frozenset(now), LIMITS, now)


@pytest.mark.parametrize("moved", ["to another unit", "other content", "one for all"])
def test_what_only_looks_like_a_rename_trips(moved: str) -> None:
    before, listed = sized(files("1 A", 100))
    now = {path.replace("/X/", "/Y/"): size for path, size in listed.items()}
    if moved == "to another unit":
        now = {path.replace("/1 A/", "/2 B/"): size for path, size in now.items()}
    elif moved == "other content":
        now = {path: size + 500 for path, size in now.items()}
    else:
        before.evidence["source"] = [f"2026/1 A/{number}/sk.pdf" for number in range(100)]
        before.evidence["size"] = 7
        now = {"2026/1 A/baru/sk.pdf": 7}
    with pytest.raises(GuardError, match=r"--accept-loss"):
        check_losses(before, frozenset(now), LIMITS, now)


def test_the_first_run_and_files_that_were_missing_before_trip_nothing() -> None:
    check_losses(None, frozenset(), LIMITS)
    before = previous(files("1 A", 100))
    before.evidence["problem"] = "missing"
    check_losses(before, frozenset(), LIMITS)


def test_a_fall_by_more_than_ten_points_trips_and_names_both() -> None:
    before = previous([], "60.01")
    check_fall(before, {"supported": {"index": "50.01"}}, "r", LIMITS)
    with pytest.raises(GuardError, match=r"60,01 .*menjadi 50,00.*--accept-loss"):
        check_fall(before, {"supported": {"index": "50.00"}}, "r", LIMITS)
    check_fall(before, {"supported": {"index": "0.00"}}, "another rulebook", LIMITS)
    check_fall(None, {"supported": {"index": "0.00"}}, "r", LIMITS)


def test_an_event_of_a_guard_names_the_region_also_when_nobody_said_it(tmp_path) -> None:
    share, store = tmp_path / "share", tmp_path / "store"
    share.mkdir()
    asked = AssessRequest(share=str(share), store=str(store), cycle=2026)
    assert region_of(asked) == "?"
    (store / "63.03/2026").mkdir(parents=True)
    (store / "63.03/2026/latest.json").write_text("{}")
    assert region_of(asked) == "63.03"  # unmounted: the store remembers
    (share / "iid-share.toml").write_text('region = "63.05"\nname = "Tapin"\nzone = "Asia/Makassar"\n')
    assert region_of(asked) == "63.05"
    assert region_of(asked.model_copy(update={"region": "63.01"})) == "63.01"

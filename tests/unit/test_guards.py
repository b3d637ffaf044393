"""The guards' edges: how much may vanish, when a unit counts as lost, how far the index may fall."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from iid.flows.prefect_glue.events import region_of
from iid.tasks.assess.guards import Previous, check_fall, check_losses, listed_units, unit_losses
from iid.tasks.assess.request import AssessRequest, GuardLimits
from iid.tasks.shares.drive import Entry, Listing
from iid.tasks.values.errors import GuardError
from iid.tasks.values.tables import DECISIONS, EVIDENCE, frame

LIMITS = GuardLimits()  # 20 % of the files (at least 5), 10 points
RUN = "20260831T120000Z-0badcafe"


def previous(
    sources: Sequence[str], *, kind: str = "file", rejected: Sequence[str] = (), size: int = 1000
) -> Previous:
    """A run that counted *sources*, each of a claim of its own, of which some were *rejected*."""
    rows = [
        {
            "innovation_id": f"{unit_of(source)}/X",
            "unit_code": unit_of(source),
            "indicator": source.rpartition("/")[2].partition(".")[0],
            "source": source,
            "kind": kind,
            "problem": "",
            "counted": True,
            "size": size + number,
        }
        for number, source in enumerate(sources)
    ]
    evidence = frame(EVIDENCE, [{**dict.fromkeys(EVIDENCE), **row} for row in rows])
    claims = evidence[evidence["source"].isin(rejected)][["innovation_id", "indicator"]]
    said = [
        {**dict.fromkeys(DECISIONS), "innovation_id": owner, "indicator": key, "decision": "tolak"}
        for owner, key in claims.itertuples(index=False)
    ]
    decisions = frame(DECISIONS, [{**row, "in_force": True} for row in said])
    return Previous(RUN, evidence, {}, decisions)


def unit_of(source: str) -> str:
    return source.split("/")[1].partition(" ")[0]


def files(unit: str, count: int, ending: str = "pdf") -> list[str]:
    return [f"2026/{unit}/X/bukti/16/{number}.{ending}" for number in range(count)]


def listing(sizes: Mapping[str, int] | Sequence[str], unreadable: Sequence[str] = ()) -> Listing:
    """A listing of files; without sizes each has one that no file had before."""
    known = sizes if isinstance(sizes, Mapping) else dict.fromkeys(sizes, 7)
    parts = [path.split("/") for path in known]
    folders = {"/".join(names[:end]) for names in parts for end in range(2, len(names))}
    entries = tuple(Entry(path, size, 0.0) for path, size in sorted(known.items()))
    return Listing(entries, tuple(sorted(folders)), tuple((path, "ditolak") for path in unreadable))


def losses(before: Previous, now: Listing) -> list[tuple[str, int, int]]:
    found = unit_losses(before, now, listed_units(now, 2026, None), 0.2)
    return [(loss.unit_code, len(loss.gone), loss.counted) for loss in found]


@pytest.mark.parametrize(("gone", "trips"), [(20, False), (21, True), (100, True)])
def test_more_than_a_fifth_of_the_files_gone_trips(gone: int, trips: bool) -> None:
    there = files("1 A", 100)
    if not trips:
        check_losses(previous(there), listing(there[gone:]), LIMITS)
        return
    with pytest.raises(GuardError, match=rf"{gone} dari 100 berkas.*--accept-loss"):
        check_losses(previous(there), listing(there[gone:]), LIMITS)


def test_a_handful_of_files_never_looks_like_a_lost_drive() -> None:
    there = files("1 A", 6)
    check_losses(previous(there), listing(there[4:]), LIMITS)


def test_what_one_small_unit_lost_is_its_loss_and_trips_nothing() -> None:
    big, small = files("1 A", 100), files("2 B", 2)
    before = previous([*big, *small])
    check_losses(before, listing(big), LIMITS)
    assert losses(before, listing(big)) == [("2", 2, 2)]
    assert losses(before, listing([*big, small[0]])) == [("2", 1, 2)]
    assert losses(before, listing([*big, *small])) == []


@pytest.mark.parametrize(("gone", "lost"), [(2, []), (3, [("2", 3, 10)])])
def test_a_unit_lost_its_evidence_where_more_than_a_fifth_is_gone(gone: int, lost: list[object]) -> None:
    big, small = files("1 A", 100), files("2 B", 10)
    assert losses(previous([*big, *small]), listing([*big, *small[gone:]])) == lost


def test_two_units_that_lost_something_are_two_losses() -> None:
    big, small, other = files("1 A", 100), files("2 B", 2), files("3 C", 3)
    assert losses(previous([*big, *small, *other]), listing(big)) == [("2", 2, 2), ("3", 3, 3)]


def test_a_unit_of_links_alone_is_lost_with_its_folder_or_where_that_cannot_be_read() -> None:
    before = previous(["https://contoh.go.id/2 B/16"], kind="link")
    before.evidence["unit_code"] = "2"
    there = listing(["2026/2 B/X/inovasi.xlsx"])
    assert losses(before, there) == []
    assert losses(before, listing(files("1 A", 1))) == [("2", 0, 0)]
    assert losses(before, listing(["2026/2 B/X/inovasi.xlsx"], ["2026/2 B"])) == [("2", 0, 0)]


def test_evidence_of_a_rejected_claim_is_no_loss() -> None:
    big, small = files("1 A", 100), files("2 B", 4)
    before = previous([*big, *small], rejected=small[:3])
    assert losses(before, listing([*big, small[3]])) == []
    assert losses(before, listing([*big, *small[:3]])) == [("2", 1, 1)]


@pytest.mark.parametrize(("new", "lost"), [("pdf", []), ("locked", [("2", 2, 4)])])
def test_a_new_file_of_the_same_kind_in_its_place_makes_up_for_one_that_is_gone(
    new: str, lost: list[object]
) -> None:
    big, small = files("1 A", 100), files("2 B", 4)
    now = [*big, *small[2:], *(path.replace("/16/", "/16/baru ") for path in files("2 B", 2, new))]
    assert losses(previous([*big, *small]), listing(now)) == lost


def sized(there: Sequence[str]) -> tuple[Previous, dict[str, int]]:
    """Each file with a size of its own, as the last run saw it and as it is listed."""
    return previous(there), {source: 1000 + number for number, source in enumerate(there)}


def test_a_renamed_innovation_or_unit_folder_has_lost_nothing() -> None:
    before, listed = sized(files("1 A", 100))
    for old, new in (("1 A/X/", "1 A/Nama baru/"), ("1 A/", "1 Dinas A/")):
        now = {path.replace(old, new): size for path, size in listed.items()}
        check_losses(before, listing(now), LIMITS)
        assert losses(before, listing(now)) == []


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
        check_losses(before, listing(now), LIMITS)
    assert len(losses(before, listing(now))) == 1


def test_the_first_run_and_files_that_were_missing_before_trip_nothing() -> None:
    check_losses(None, listing([]), LIMITS)
    assert unit_losses(None, listing([]), (), 0.2) == ()
    before = previous(files("1 A", 100))
    before.evidence["size"] = None  # it was named, and not there
    check_losses(before, listing([]), LIMITS)


def test_a_fall_by_more_than_ten_points_trips_and_names_both() -> None:
    def fall(after: str) -> None:
        check_fall(RUN, {"supported": {"index": "60.01"}}, {"supported": {"index": after}}, LIMITS)

    fall("50.01")
    with pytest.raises(GuardError, match=r"60,01 .*menjadi 50,00.*--accept-loss"):
        fall("50.00")


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


def test_a_name_that_led_out_of_the_share_was_never_a_file_that_can_vanish() -> None:
    seen = files("104", 4)
    last = previous([*seen, "2026/104/X/../../rahasia.pdf"])
    outside = last.evidence["source"] == "2026/104/X/../../rahasia.pdf"
    last.evidence.loc[outside, "size"] = None
    last.evidence.loc[outside, "problem"] = "outside_share"
    assert unit_losses(last, listing(seen), frozenset({"104"}), 0.0) == ()

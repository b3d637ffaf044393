"""One cell that names thousands of files or links: bounded rows, and the claim is reported of the rest."""

from __future__ import annotations

from iid.tasks.ingest.evidence_items import MAX_LINKS, gather
from iid.tasks.ingest.named_files import MAX_NAMES
from iid.tasks.ingest.parsed import Claim
from iid.tasks.ingest.submission_place import SubmissionPlace
from iid.tasks.shares.drive import Entry

FOLDER = "2026/01 Dinas/SIGAP"


def place(count: int) -> SubmissionPlace:
    made = SubmissionPlace("01", "01/SIGAP", FOLDER, "inovasi.xlsx")
    for number in range(count):
        path = f"bukti/16 x/f{number:04}.pdf"
        made.add(path.split("/"), Entry(f"{FOLDER}/{path}", 7, 0.0, "", ""), {"16"})
    return made


def names(count: int) -> tuple[str, ...]:
    return tuple(f"f{number:04}.pdf" for number in range(count))


def test_as_many_files_as_anybody_names_are_all_items() -> None:
    items = gather(place(MAX_NAMES), [Claim("16", parameter=2, files=names(MAX_NAMES))]).items
    assert len(items) == MAX_NAMES
    assert not any(item.problem for item in items)


def test_names_beyond_are_one_item_that_is_missing_so_the_claim_does_not_count_in_silence() -> None:
    items = gather(place(3), [Claim("16", parameter=2, files=names(3_000))]).items
    assert len(items) == MAX_NAMES + 1
    (rest,) = (item for item in items if "nama lain" in item.source)
    assert (rest.problem, rest.counted) == ("missing", True)
    assert f"({3_000 - MAX_NAMES} nama lain; paling banyak {MAX_NAMES} dalam satu sel)" in rest.detail


def test_files_that_only_the_rest_names_are_not_lost() -> None:
    count = MAX_NAMES + 2
    items = gather(place(count), [Claim("16", parameter=2, files=names(count))]).items
    assert sum(item.listed == "extra" for item in items) == 2


def test_links_beyond_are_one_link_that_is_no_address() -> None:
    links = tuple(f"https://a{number}.id/x" for number in range(2_000))
    items = gather(place(0), [Claim("16", parameter=2, links=links)]).items
    assert len(items) == MAX_LINKS + 1
    assert [item.problem for item in items if item.problem] == ["link_malformed"]


def test_as_many_links_as_anybody_writes_are_all_items() -> None:
    links = tuple(f"https://a{number}.id/x" for number in range(MAX_LINKS))
    items = gather(place(0), [Claim("16", parameter=2, links=links)]).items
    assert [item.problem for item in items] == [""] * MAX_LINKS

"""What rclone says becomes a listing; what it complains about becomes one of a few facts."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iid.tasks.shares.drive import Entry
from iid.tasks.shares.rclone_errors import Fault, TroubleError, trouble_of
from iid.tasks.shares.remote_listing import Item, flat, walk, without_twins

TIME = "2026-08-31T12:00:00.5Z"


def item(path: str, size: int = 1, **more: object) -> Item:
    return {"Path": path, "Size": size, "ModTime": TIME, "IsDir": size < 0, **more}


def test_files_of_one_name_are_reported_apart_by_their_ids() -> None:
    entries = [
        Entry("bukti/SK.pdf", 3, 100.0, "idA:md5"),
        Entry("bukti/SK.pdf", 5, 200.0, "idB:md5"),
        Entry("bukti/tanpa", 5, 200.0, "idC"),
        Entry("bukti/tanpa", 5, 200.0, "idD"),
        Entry("bukti/lain.pdf", 1, 1.0, "idE"),
    ]
    expected = {
        "bukti/SK.pdf": "idB",  # the newest keeps the name
        "bukti/SK (nama sama, id idA).pdf": "idA",
        "bukti/tanpa": "idC",
        "bukti/tanpa (nama sama, id idD)": "idD",
    }
    for _ in range(5):
        random.shuffle(entries)
        apart, twins = without_twins(list(entries))
        assert twins == expected
        assert sorted(entry.path for entry in apart) == sorted([*expected, "bukti/lain.pdf"])
        assert {entry.path: entry.size for entry in apart}["bukti/SK.pdf"] == 5


def test_documents_without_bytes_are_listed_and_are_no_files() -> None:
    found = flat("", [item("Rapat.docx", 7), {**item("Notula.docx", -1), "IsDir": False}])
    listing, _ = found.listing()
    assert [(e.path, e.size, e.problem) for e in listing.entries] == [
        ("Notula.docx", 0, "not_a_file"),
        ("Rapat.docx", 7, ""),
    ]


def test_flat_lists_give_the_folders_that_the_names_say() -> None:
    items = [
        item("2026/a/b/1.pdf", ID="x", Hashes={"sha1": "s", "md5": "m"}),
        item("2026/_tinjauan/2.pdf"),
        item("2026/kosong", -1),
        item("2026/.git/3"),
    ]
    listing, twins = flat("2026", items).listing()
    assert [(e.path, e.ident, e.modified) for e in listing.entries] == [
        ("2026/a/b/1.pdf", "x:m:s", 1788177600.5)
    ]
    assert listing.folders == ("2026/a", "2026/a/b", "2026/kosong")
    assert twins == {}


def lister(tree: dict[str, list[Item] | TroubleError]):
    def give(path: str) -> list[Item]:
        found = tree[path]
        if isinstance(found, TroubleError):
            raise found
        return found

    return give


def test_one_closed_folder_is_unreadable_and_a_deleted_one_was_never_there() -> None:
    tree: dict[str, list[Item] | TroubleError] = {
        "": [item("tertutup", -1), item("hilang", -1), item("buka", -1)],
        "tertutup": TroubleError(Fault.REFUSED, "hak akses ditolak"),
        "hilang": TroubleError(Fault.ABSENT, "tidak ada"),
        "buka": [item("buka/a.pdf")],
    }
    listing, _ = walk("", lister(tree), circles=True).listing()
    assert [entry.path for entry in listing.entries] == ["buka/a.pdf"]
    assert listing.unreadable == (("tertutup", "hak akses ditolak"),)


@pytest.mark.parametrize("fault", [Fault.AWAY, Fault.LOCKED_OUT])
def test_share_that_goes_away_in_the_middle_gives_no_half_listing(fault: Fault) -> None:
    tree: dict[str, list[Item] | TroubleError] = {
        "": [item(f"{n}", -1) for n in range(40)],
        **{f"{n}": [item(f"{n}/a.pdf")] for n in range(40)},
        "17": TroubleError(fault, "x"),
    }
    with pytest.raises(TroubleError):
        walk("", lister(tree), circles=False)


def test_equal_folders_side_by_side_are_no_circle() -> None:
    tree: dict[str, list[Item] | TroubleError] = {
        "": [item("a", -1), item("b", -1)],
        "a": [item("a/x", -1)],
        "b": [item("b/x", -1)],
        "a/x": [item("a/x/1.pdf")],
        "b/x": [item("b/x/1.pdf")],
    }
    listing, _ = walk("", lister(tree), circles=True).listing()
    assert [entry.path for entry in listing.entries] == ["a/x/1.pdf", "b/x/1.pdf"]
    assert listing.unreadable == ()


def test_circle_to_the_first_folder_ends() -> None:
    def give(path: str) -> list[Item]:
        prefix = f"{path}/" if path else ""
        return [item(f"{prefix}lingkar", -1), item(f"{prefix}a.pdf")]

    listing, _ = walk("", give, circles=True).listing()
    assert [entry.path for entry in listing.entries] == ["a.pdf"]
    assert listing.unreadable == (("lingkar", "tautan berputar ke folder di atasnya"),)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("error in ListJSON: directory not found", Fault.ABSENT),
        ("failed to find object: object not found", Fault.ABSENT),
        ("failed to find object: is a directory not a file", Fault.FOLDER),
        ('error listing "x": sftp: "Permission denied" (SSH_FX_PERMISSION_DENIED)', Fault.REFUSED),
        ("couldn't list files: 403 Forbidden", Fault.REFUSED),
        ("NewFs: couldn't connect SSH: ssh: handshake failed: knownhosts: key mismatch", Fault.LOCKED_OUT),
        ("ssh: handshake failed: ssh: unable to authenticate, attempted methods [none]", Fault.LOCKED_OUT),
        ("couldn't connect SMB: response error: The attempted logon is invalid.", Fault.LOCKED_OUT),
        ("couldn't list files: Unauthorized: 401 Unauthorized", Fault.LOCKED_OUT),
        ("dial tcp 127.0.0.1:9: connect: connection refused", Fault.AWAY),
        ("read tcp 127.0.0.1:1->127.0.0.1:2: i/o timeout", Fault.AWAY),
        ("readdir 2026: connection error: EOF", Fault.AWAY),
        ("couldn't list files: 503 Service Unavailable", Fault.AWAY),
        ("googleapi: Error 403: User Rate Limit Exceeded, userRateLimitExceeded", Fault.AWAY),
        (
            "googleapi: Error 403: The user's Drive storage quota has been exceeded., storageQuotaExceeded",
            Fault.REFUSED,
        ),
        ("stat x: response error: The object name is invalid.", Fault.ODD),
        ("something new", Fault.ODD),
    ],
)
def test_complaints_become_facts(text: str, fault: Fault) -> None:
    assert trouble_of(text).fault is fault


@pytest.mark.parametrize(
    "name", ["surat 404 not found.pdf", "EOF.pdf", "certificate 503.pdf", "permission denied"]
)
def test_names_of_files_are_no_complaints(name: str) -> None:
    for text in (f"stat {name}: something new", f'error listing "2026/{name}": something new'):
        assert trouble_of(text, f"2026/{name}").fault is Fault.ODD


@given(st.text(max_size=300), st.text(max_size=30))
def test_any_complaint_is_one_line_without_secrets(text: str, secret: str) -> None:
    trouble = trouble_of(f"{text}sandi123{text}", secret, ("sandi123",))
    assert "\n" not in trouble.words
    assert "sandi123" not in trouble.words


@pytest.mark.parametrize(
    "text",
    [
        'couldn\'t list files: Propfind "http://h/": http: server closed idle connection',
        "http2: server sent GOAWAY and closed the connection",
        "read tcp 127.0.0.1:4->127.0.0.1:5: read: connection reset by peer",
        "unexpected EOF",
    ],
)
def test_every_wording_of_a_closed_connection_is_worth_another_try(text: str) -> None:
    assert trouble_of(text).fault is Fault.AWAY

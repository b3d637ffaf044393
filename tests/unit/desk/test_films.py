"""A film of two gigabytes: shown by ranges, while the service's memory stays small."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from desk_client import HEALTH, Client, address
from desk_process import Served, register, served
from small_region import emptied

from iid.tasks.store.folder_store import FolderStore

FILM = Path(__file__).parents[2] / "cases/items/files/film.mp4"
SIZE = 2_000_012_345
MIB = 1 << 20


@pytest.fixture(scope="module")
def cinema(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The desk of a claim whose evidence is a film of 2 GB, most of it a hole."""
    root = tmp_path_factory.mktemp("film")
    region = emptied(root)
    folder = region.innovation("101", "Perahu Sehat", {"35": (1, "")})
    region.proof(folder, "35", "film.mp4", FILM.read_bytes())
    place = next(folder.rglob("film.mp4"))
    head = FILM.stat().st_size
    with place.open("r+b") as film:
        film.seek(head)
        film.write((1).to_bytes(4) + b"free" + (SIZE - head).to_bytes(8))  # what no player reads
        film.truncate(SIZE)
    region.assess()
    register(FolderStore(root / "hasil"))
    with served(root) as desk:
        yield desk


def film_of(client: Client) -> str:
    page = client.page(address(HEALTH, "35"))
    return next(part.split('"')[0] for part in page.split('src="') if part.split('"')[0].endswith("/film"))


def test_ranges_at_both_ends_and_the_middle_are_the_bytes_of_the_file(cinema: Served) -> None:
    ani = cinema.client("ani")
    film = film_of(ani)
    first = ani.get(film, Range="bytes=0-1023")
    assert (first.status, first.headers["content-type"]) == (206, "video/mp4")
    assert first.body == FILM.read_bytes()[:1024]
    assert first.headers["content-range"] == f"bytes 0-1023/{SIZE}"
    assert ani.get(film, Range=f"bytes={SIZE - 5}-").body == bytes(5)
    assert ani.get(film, Range="bytes=-5").headers["content-range"] == f"bytes {SIZE - 5}-{SIZE - 1}/{SIZE}"
    assert ani.get(film, Range=f"bytes={SIZE}-").status == 416


def test_a_film_is_sent_whole_with_little_memory_also_to_who_does_not_read_it(cinema: Served) -> None:
    ani = cinema.client("ani")
    film, service = film_of(ani), psutil.Process(cinema.process.pid)
    ani.get(film, Range=f"bytes=0-{8 * MIB - 1}")
    before = service.memory_info().rss
    idle = [begun(ani, film) for _ in range(20)]
    connection = begun(ani, film)
    answer, left, most = connection.getresponse(), SIZE, before
    while block := answer.read(4 * MIB):
        left -= len(block)
        most = max(most, service.memory_info().rss)
    assert left == 0
    assert most - before < 96 * MIB
    assert ani.get("/meja/").status == 200  # twenty films that nobody reads hold up no page
    for one in (*idle, connection):
        one.close()


def begun(client: Client, path: str) -> http.client.HTTPConnection:
    """A request whose answer is not read yet."""
    connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=120)
    connection.request(
        "GET", path, headers={"Cookie": "; ".join(f"{k}={v}" for k, v in client.cookies.items())}
    )
    return connection

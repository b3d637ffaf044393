"""Publishing a run to S3: seconds and bytes sent, beside ``rclone copy`` of the same files.

    python benchmarks/publish.py [--sizes 100 1000] [--server moto|rclone]

Makes the files of a run for that many innovations (one page of 12 KiB each, ten tables in two
formats), publishes them to a server on loopback, publishes a second run in which only the pages
changed, and copies the same folder with ``rclone copy`` (as many transfers, checksums on).
``publish`` reads every object back and hashes it, which ``rclone copy`` does not; ``rclone check
--download`` is what does the same, so both are shown. Everything in one run, on one machine.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))
import s3_servers
from weather import proxy

TABLES = ("innovations", "scores", "evidence", "findings", "units", "claims", "fields", "evidence_all")


def files_of(innovations: int, mark: str) -> Iterator[tuple[str, bytes]]:
    """The files of a run; pages differ with *mark*, tables do not."""
    for name in TABLES:
        rows = b"".join(hashlib.sha256(f"{name}{n}".encode()).digest() * 20 for n in range(innovations))
        yield f"{name}.csv", rows.hex().encode()
        yield f"{name}.parquet", rows
    for number in range(innovations):
        yield f"report/inovasi/{number:05d}.html", f"<p>{mark} {number} ".encode() * 700
    yield "index.json", mark.encode()


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def publish(address: str, bucket: str, innovations: int, day: int) -> tuple[float, int]:
    """Seconds, and bytes that were sent."""
    from iid.tasks.store.publishing import publish as put_out
    from iid.tasks.store.s3_store import S3Store

    files, when = list(files_of(innovations, f"hari {day}")), datetime(2026, 8, day, tzinfo=UTC)
    run = f"{when:%Y%m%dT%H%M%SZ}-{innovations:08x}"
    store = S3Store(bucket, "iid", address)
    options = {"published_at": when, "status": "provisional"}
    seconds = timed(lambda: put_out(store, "63.03", 2026, run, files, {}, **options))
    return seconds, sum(len(data) for _, data in files)


def sent_again(address: str, bucket: str, innovations: int, day: int) -> int:
    """Bytes of bodies that a further run sends, counted by a proxy."""
    with proxy(address) as between:
        publish(between.address, bucket, innovations, day)
        return sum(size for _, size in between.sizes)


def rclone(address: str, *arguments: str) -> None:
    program = s3_servers.rclone() or "rclone"
    remote = {
        "RCLONE_CONFIG_S_TYPE": "s3",
        "RCLONE_CONFIG_S_PROVIDER": "Other",
        "RCLONE_CONFIG_S_ENDPOINT": address,
        "RCLONE_CONFIG_S_ENV_AUTH": "true",
    }
    command = [program, "--config", os.devnull, "--transfers", "16", "--checkers", "16", *arguments]
    subprocess.run(command, check=True, env={**os.environ, **remote}, capture_output=True)


def measure(address: str, innovations: int) -> None:
    from iid.tasks.store.s3_store import S3Store

    bucket = f"ukur-{innovations}"
    S3Store("unused-name", endpoint_url=address).client.create_bucket(Bucket=bucket)
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files_of(innovations, "rclone"):
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        copied = timed(lambda: rclone(address, "copy", folder, f"S:{bucket}/rclone"))
        checked = timed(lambda: rclone(address, "check", "--download", folder, f"S:{bucket}/rclone"))
    first, size = publish(address, bucket, innovations, 1)
    second, _ = publish(address, bucket, innovations, 2)
    again = sent_again(address, bucket, innovations, 3)
    cells = (
        *(str(innovations), str(innovations + 2 * len(TABLES) + 1), f"{size / 1e6:.0f} MB"),
        *(f"{first:.1f} s", f"{second:.1f} s", f"{again / 1e6:.0f} MB"),
        *(f"{copied:.1f} s", f"{copied + checked:.1f} s", f"{first / (copied + checked):.2f}"),
    )
    print(f"| {' | '.join(cells)} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", type=int, default=[100, 1000])
    parser.add_argument("--server", choices=("moto", "rclone"), default="rclone")
    chosen = parser.parse_args()
    os.environ.update(s3_servers.ENVIRONMENT)
    print(f"{platform.machine()}, {os.cpu_count()} cores, server: {chosen.server} on loopback\n")
    print("| innovations | files | size | publish | second run | sent then | copy | copy + check | ratio |")
    print("|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        server = s3_servers.moto_server() if chosen.server == "moto" else s3_servers.rclone_server(place)
        with server as address:
            for innovations in chosen.sizes:
                measure(address, innovations)


if __name__ == "__main__":
    main()

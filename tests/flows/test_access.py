"""No secret anywhere, private temporary files that are gone afterwards, no name of the share in a key."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
import s3_servers
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from iid.tasks.store.open_store import open_store
from iid.tasks.store.s3_store import S3Store

IID = str(Path(sys.executable).with_name("iid"))
HOSTILE = "A & B <img src=x onerror=alert(1)>; $(id) ..%2F..%2F"
SAFE_KEY = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*")
BUCKET = "akses"


@dataclass
class Ran:
    """A closing on S3 as a Prefect flow and failed runs, with all that they left and said."""

    home: Path
    temporary: Path
    secrets: tuple[bytes, ...]
    shown: bytes = b""
    statuses: list[int] = field(default_factory=list)
    modes: set[tuple[str, int]] = field(default_factory=set)
    objects: dict[str, bytes] = field(default_factory=dict)

    def run(self, *arguments: str | Path, **environment: str) -> None:
        """Run ``iid`` and look at its temporary files meanwhile."""
        with (self.home / "out").open("ab") as out:
            process = subprocess.Popen(
                [IID, *map(str, arguments)],
                env={**os.environ, "HOME": str(self.home), "TMPDIR": str(self.temporary), **environment},
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        while process.poll() is None:
            self._look()
            try:
                process.wait(timeout=0.02)
            except subprocess.TimeoutExpired:
                continue
        self.statuses.append(process.returncode)

    def _look(self) -> None:
        for path in self.temporary.iterdir():
            try:
                self.modes.add((path.name, stat.S_IMODE(path.lstat().st_mode)))
            except FileNotFoundError:
                continue


@pytest.fixture(scope="module")
def ran(example: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    folder = tmp_path_factory.mktemp("akses")
    share = Path(shutil.copytree(example, folder / "share", symlinks=True))
    innovation = next(p.parent for p in sorted(share.glob("2026/1*/[!_]*/inovasi.xlsx")))
    innovation.rename(innovation.with_name(HOSTILE.replace("/", "_")))
    key = (
        Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    )
    secrets = (
        s3_servers.SECRET.encode(),
        key.splitlines()[1].encode(),
        b"sandi-di-alamat-9876",
        b"sandi-smb-5432",
    )
    found = Ran(folder / "rumah", folder / "sementara", secrets)
    for place in (found.home, found.temporary):
        place.mkdir()
    with s3_servers.moto_server() as address, pytest.MonkeyPatch.context() as patch:
        secret = {**s3_servers.ENVIRONMENT, "IID_SIGNING_KEY": key, "IID_SMB_PASSWORD": "sandi-smb-5432"}
        for name, value in secret.items():
            patch.setenv(name, value)
        S3Store("unused-name", endpoint_url=address).client.create_bucket(Bucket=BUCKET)
        order = ("close", "--share", share, "--store", f"s3://{BUCKET}/iid", "--cycle", "2026")
        order = (*order, "--accept-undecided", "uji coba")
        found.run(*order, "--endpoint-url", address)
        found.run(*order, "--direct", AWS_ENDPOINT_URL="http://admin:sandi-di-alamat-9876@127.0.0.1:9")
        found.run(*order, "--direct", "--endpoint-url", "http://admin:sandi-di-alamat-9876@127.0.0.1:9")
        away = f"smb://budi@127.0.0.1:{s3_servers.free_port()}/bagi"
        found.run("assess", "--direct", "--share", away, *order[3:7], IID_DRIVE_TRIES="1")
        store = open_store(f"s3://{BUCKET}/iid", address)
        found.objects = {name: store.get(name) for name in store.keys("")}
    found.shown = (found.home / "out").read_bytes()
    yield found


def test_the_closing_worked_and_the_others_failed_in_plain_words(ran: Ran) -> None:
    assert ran.statuses == [0, 1, 2, 1], ran.shown.decode()
    assert b"Traceback" not in ran.shown


def test_no_secret_is_said_logged_stored_or_kept_by_prefect(ran: Ran) -> None:
    kept = {str(p): p.read_bytes() for p in ran.home.rglob("*") if p.is_file()}
    assert any(name.endswith(".db") for name in kept), "Prefect's database is not where this test looks"
    for where, data in {"shown": ran.shown, **kept, **ran.objects}.items():
        assert [secret for secret in ran.secrets if secret in data] == [], where


def test_temporary_files_are_private_and_gone(ran: Ran) -> None:
    assert ran.modes, "no temporary file was seen"
    assert {name: oct(mode) for name, mode in ran.modes if mode & 0o077} == {}
    assert list(ran.temporary.iterdir()) == []


def test_no_key_in_the_store_is_a_name_from_the_share(ran: Ran) -> None:
    assert [key for key in ran.objects if not SAFE_KEY.fullmatch(key)] == []
    assert any(b"onerror=alert" in data for name, data in ran.objects.items() if name.endswith(".csv"))
    pages = [data for name, data in ran.objects.items() if name.endswith(".html")]
    assert not any(b"<img src=x onerror" in data for data in pages)


def test_what_the_public_may_read_is_a_part_without_evidence_or_decisions(ran: Ran) -> None:
    import json

    policy = json.loads((Path(__file__).parents[2] / "deployments/s3/public.json").read_text())
    allowed = policy["Statement"][0]["Resource"]
    names = [f"arn:aws:s3:::BUCKET/PREFIX/{key}" for key in ran.objects]
    public = {name.partition("PREFIX/")[2] for name in names if any(fnmatchcase(name, a) for a in allowed)}
    kinds = {re.sub(r"^63.03/2026/(runs/[^/]+/)?", "", key).split("/")[0] for key in public}
    assert kinds == {
        *("latest.json", "index.json", "report"),
        *(f"{name}.{kind}" for name in ("innovations", "scores", "units") for kind in ("csv", "parquet")),
    }

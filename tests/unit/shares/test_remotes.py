"""From the address of a network drive to what rclone must know, without any secret in sight."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iid.tasks.shares import rclone_process
from iid.tasks.shares.open_share import open_drive
from iid.tasks.shares.rclone_errors import Fault, TroubleError
from iid.tasks.shares.remotes import KINDS, algorithms_of, remote_of
from iid.tasks.shares.timeouts import Patience, patience_wanted
from iid.tasks.values.errors import UsageError

SECRET = "sandi-yang-ditanam"  # noqa: S105


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith(("IID_", "AWS_", "SSH_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.mark.parametrize(
    ("url", "shown", "fs", "root", "options"),
    [
        (
            "smb://KAB;budi@nas.kab:1445/Inovasi%20Daerah/2026 #1",
            "smb://KAB;budi@nas.kab:1445/Inovasi Daerah/2026 #1",
            *("iid:", "Inovasi Daerah/2026 #1"),
            {"host": "nas.kab", "port": "1445", "user": "budi", "domain": "KAB"},
        ),
        ("smb://b%3Ad@nas/100%25/a", "smb://b%3Ad@nas/100%25/a", "iid:", "100%/a", {"user": "b:d"}),
        ("smb://nas/x/", "smb://nas/x", "iid:", "x", {"user": "guest"}),
        (
            "sftp://budi@srv/data/x",
            "sftp://budi@srv/data/x",
            "iid:/",
            "data/x",
            {"host": "srv", "user": "budi"},
        ),
        (
            "sftp://budi@[::1]:2222/~/x",
            "sftp://budi@[::1]:2222/~/x",
            "iid:",
            "x",
            {"host": "::1", "port": "2222"},
        ),
        ("sftp://budi@srv", "sftp://budi@srv", "iid:/", "", {"known_hosts_file": os.devnull}),
        (
            "webdav+https://budi@awan.kab/remote.php/dav/files/budi/Inovasi/2026",
            "webdav+https://budi@awan.kab/remote.php/dav/files/budi/Inovasi/2026",
            *("iid:", "Inovasi/2026"),
            {"url": "https://awan.kab/remote.php/dav/files/budi", "vendor": "nextcloud"},
        ),
        ("WEBDAV+HTTP://srv:8080/x", "webdav+http://srv:8080/x", "iid:", "x", {"url": "http://srv:8080/"}),
        ("s3://ember/awal an", "s3://ember/awal an", "iid:", "ember/awal an", {"provider": "AWS"}),
        ("gdrive://kantor/Inovasi", "gdrive://kantor/Inovasi", "kantor:", "Inovasi", {}),
        ("onedrive://kantor pusat/", "onedrive://kantor pusat", "kantor pusat:", "", {}),
    ],
)
def test_addresses_say_server_user_and_folder(
    url: str, shown: str, fs: str, root: str, options: dict[str, str]
) -> None:
    remote = remote_of(url)
    assert (remote.url, remote.fs, remote.root) == (shown, fs, root)
    assert options.items() <= dict(remote.options).items()
    assert remote_of(remote.url) == remote
    assert remote.path("a/b") == (f"{root}/a/b" if root else "a/b")
    assert remote.path("") == root


@pytest.mark.parametrize(
    ("url", "variable"),
    [
        ("smb://budi:{}@nas/x", "IID_SMB_PASSWORD"),
        ("sftp://budi:{}@srv/x", "IID_SFTP_PASSWORD"),
        ("webdav+https://budi@kab.go.id:{}@srv/x", "IID_WEBDAV_PASSWORD"),
        ("s3://AKID:{}@ember/x", "AWS_SECRET_ACCESS_KEY"),
        ("gdrive://x:{}@kantor/x", "konfigurasi rclone"),
    ],
)
def test_password_in_an_address_is_refused_with_the_place_it_belongs_to(url: str, variable: str) -> None:
    with pytest.raises(UsageError, match="kata sandi tidak boleh ditulis di alamat") as caught:
        open_drive(url.format(SECRET))
    assert variable in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("smb://nas", "nama share SMB tidak ada"),
        ("sftp:///x", "nama server atau bucket tidak ada"),
        ("sftp://srv:x/y", "tidak terbaca"),
        ("sftp://srv/a/../b", "ditolak"),
        ("s3://budi@ember/x", "tidak memuat nama pengguna"),
        ("gdrive://iid/x", "nama-remote"),
        ("gdrive://a:b/x", "nama-remote"),
    ],
)
def test_wrong_addresses_are_one_line(url: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        open_drive(url)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "sftp://srv/x?token=RAHASIA", "sftp://budi:RAHASIA@srv/x?token=RAHASIA", "s3://ember/x?sig=RAHASIA",
        "webdav+https://awan.kab/x?key=RAHASIA#RAHASIA", "smb://nas/x?y=RAHASIA", "http://srv/x?token=RAHASIA",
        "sftp:///x?token=RAHASIA", "ftp://budi:RAHASIA?#@srv/x", "ftp://srv/x#RAHASIA",
    ],
)  # fmt: skip
def test_no_query_password_or_fragment_of_an_address_is_repeated(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        open_drive(url)
    assert "RAHASIA" not in str(caught.value)
    assert url.partition("://")[0] in str(caught.value)


def test_a_question_mark_in_the_name_of_a_folder_is_written_as_its_code() -> None:
    remote = remote_of("sftp://srv/apa%3F/100%25")
    assert remote.root.endswith("apa?/100%")
    assert remote_of(remote.url) == remote
    with pytest.raises(UsageError, match="ditulis %3F"):
        open_drive("sftp://srv/apa?/x")


def test_secrets_come_from_the_environment_and_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("IID_SMB_PASSWORD", "IID_SFTP_PASSWORD", "IID_WEBDAV_PASSWORD"):
        monkeypatch.setenv(name, SECRET)
    for url in ("smb://budi@nas/x", "sftp://budi@srv/x", "webdav+https://budi@srv/x"):
        remote = remote_of(url)
        assert dict(remote.secrets)["pass"] == SECRET
        assert SECRET not in repr(remote)


def test_password_is_not_sent_in_the_clear_beyond_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IID_WEBDAV_PASSWORD", SECRET)
    remote_of("webdav+http://budi@127.0.0.1:80/x")
    remote_of("webdav+http://budi@localhost/x")
    with pytest.raises(UsageError, match=r"tanpa penyandian; pakai webdav\+https://"):
        remote_of("webdav+http://budi@awan.kab/x")


def test_s3_server_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://minio.kab")
    assert dict(remote_of("s3://ember").options)["endpoint"] == "https://minio.kab"
    assert dict(remote_of("s3://ember").options)["region"] == "us-east-1"
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "https://s3.kab")
    monkeypatch.setenv("AWS_REGION", "ap-southeast-3")
    options = dict(remote_of("s3://ember").options)
    assert (options["endpoint"], options["region"]) == ("https://s3.kab", "ap-southeast-3")


def test_key_of_the_user_is_found_where_ssh_keeps_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def key() -> str:
        return dict(remote_of("sftp://budi@srv/x").options).get("key_file", "")

    assert key() == ""
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh/id_rsa").touch()
    assert key() == str(tmp_path / ".ssh/id_rsa")
    monkeypatch.setenv("IID_SFTP_PASSWORD", SECRET)
    assert key() == ""
    monkeypatch.setenv("IID_SFTP_KEY_FILE", "~/kunci")
    assert key() == str(tmp_path / "kunci")
    monkeypatch.delenv("IID_SFTP_PASSWORD")
    monkeypatch.delenv("IID_SFTP_KEY_FILE")
    monkeypatch.setenv("SSH_AUTH_SOCK", "/x")
    assert key() == ""


def test_host_keys_are_asked_for_in_the_kind_that_is_known(tmp_path: Path) -> None:
    known = tmp_path / "known_hosts"
    assert algorithms_of(known, "srv", 22) == ()
    known.write_text(
        "# catatan\n"
        "srv,10.0.0.1 ssh-ed25519 AAAA\n"
        "[srv]:2222 ssh-rsa AAAA\n"
        "@revoked srv ecdsa-sha2-nistp256 AAAA\n"
        "|1|rusak|rusak ssh-rsa AAAA\n"
        "baris rusak\n"
    )
    assert algorithms_of(known, "SRV", 22) == ("ssh-ed25519",)
    assert algorithms_of(known, "srv", 2222) == ("rsa-sha2-512", "rsa-sha2-256")
    assert algorithms_of(known, "lain", 22) == ()


@given(st.sampled_from(sorted(KINDS)), st.text(max_size=40))
def test_any_text_is_an_address_or_one_clear_line(scheme: str, rest: str) -> None:
    try:
        remote = remote_of(f"{scheme}://{rest}")
    except UsageError as error:
        assert "\n" not in str(error)
    else:
        assert remote.url.startswith(f"{scheme}://")
        assert remote_of(remote.url) == remote


def test_patience_is_the_users_and_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert patience_wanted() == Patience(tries=5, timeout=60.0)
    monkeypatch.setenv("IID_DRIVE_TRIES", "2")
    monkeypatch.setenv("IID_DRIVE_TIMEOUT", "5")
    assert patience_wanted() == Patience(tries=2, timeout=5.0)
    for text in ("0", "-1", "lima", "2.5", "99999"):
        monkeypatch.setenv("IID_DRIVE_TRIES", text)
        with pytest.raises(
            UsageError, match=f"IID_DRIVE_TRIES = '{text}': yang boleh bilangan bulat 1 sampai 20"
        ):
            patience_wanted()


def test_a_rate_limit_is_rclones_and_there_is_none_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    remote = remote_of("sftp://petugas@server/inovasi")
    assert "--tpslimit" not in rclone_process._command(remote, patience_wanted(), "s")
    monkeypatch.setenv("IID_DRIVE_RATE", "7")
    reported = rclone_process._command(remote, patience_wanted(), "s")
    assert reported[reported.index("--tpslimit") :][:4] == ["--tpslimit", "7", "--tpslimit-burst", "1"]
    monkeypatch.setenv("IID_DRIVE_RATE", "0")
    with pytest.raises(UsageError, match="IID_DRIVE_RATE = '0': yang boleh bilangan bulat 1 sampai 1000"):
        patience_wanted()


@pytest.mark.parametrize(
    ("fault", "tries"), [(Fault.AWAY, 4), (Fault.ODD, 2), (Fault.LOCKED_OUT, 1), (Fault.REFUSED, 1)]
)
def test_only_weather_is_waited_out(fault: Fault, tries: int) -> None:
    seen: list[str] = []

    def fails() -> None:
        seen.append("try")
        raise TroubleError(fault, "x")

    with pytest.raises(TroubleError):
        Patience(tries=4, first_pause=0.0).over(fails, between=lambda: seen.append("renew"))
    assert seen == ["try", *["renew", "try"] * (tries - 1)]


def test_pauses_grow_vary_and_have_an_end() -> None:
    patience = Patience(first_pause=1.0)
    for attempt, longest in [(0, 1), (1, 2), (2, 4), (20, 30)]:
        pauses = {patience.pause(attempt) for _ in range(20)}
        assert len(pauses) > 1
        assert all(longest / 2 <= pause <= longest * 1.5 for pause in pauses)


def test_help_does_not_load_the_network_drives() -> None:
    code = "import iid.tasks.shares.open_share, sys; print('iid.tasks.shares.remote_drive' in sys.modules)"
    import sys

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"

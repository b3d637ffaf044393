"""Who may enter a network drive: secrets, host keys, keys; and the process that does the reading."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import drive_servers
import drive_shares
import pytest
import s3_servers
from drive_servers import PASSWORD

from iid.tasks.shares.remote_drive import RemoteDrive
from iid.tasks.shares.remotes import remote_of
from iid.tasks.shares.timeouts import Patience
from iid.tasks.values.errors import DriveError, UsageError

pytestmark = pytest.mark.integration

QUICK = Patience(tries=2, first_pause=0.02)
NewShare = Callable[[str], drive_shares.Outside]
WITH_PASSWORD = {"smb": "IID_SMB_PASSWORD", "apache": "IID_WEBDAV_PASSWORD"}


def opened(outside: drive_shares.Outside) -> RemoteDrive:
    return RemoteDrive(remote_of(outside.url()), QUICK)


def check_secretless(error: BaseException) -> None:
    shown = "".join(traceback.format_exception(error))
    for secret in (PASSWORD, "salah-sekali", s3_servers.SECRET):
        assert secret not in shown
    assert "\n" not in str(error)


@pytest.mark.parametrize("kind", sorted(WITH_PASSWORD))
def test_wrong_password_is_said_at_once_with_its_variable(
    kind: str, new_share: NewShare, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = new_share(kind).url()
    monkeypatch.setenv(WITH_PASSWORD[kind], "salah-sekali")
    with pytest.raises(DriveError, match=f"masuk ditolak.*{WITH_PASSWORD[kind]}") as caught:
        RemoteDrive(remote_of(url), QUICK).list()
    check_secretless(caught.value)


def test_missing_or_wrong_keys_for_s3_are_said(new_share: NewShare, monkeypatch: pytest.MonkeyPatch) -> None:
    url = new_share("s3").url()
    with pytest.raises(DriveError, match=r"s3://tidak-ada-di-sini/x tidak dapat didaftar: tidak ada"):
        RemoteDrive(remote_of("s3://tidak-ada-di-sini/x"), QUICK).list()
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(DriveError, match="tidak ada kredensial") as caught:
        RemoteDrive(remote_of(url), QUICK).list()
    check_secretless(caught.value)


def test_server_with_an_unknown_host_key_is_not_talked_to(
    new_share: NewShare, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url = new_share("sftp").url()
    for known in (tmp_path / "tidak-ada", tmp_path / "kosong"):
        monkeypatch.setenv("IID_SFTP_KNOWN_HOSTS", str(known))
        with pytest.raises(DriveError, match=r"kunci host-nya belum dikenal.*known_hosts"):
            RemoteDrive(remote_of(url), QUICK).list()
        (tmp_path / "kosong").touch()


def test_server_with_another_host_key_is_not_talked_to(
    new_share: NewShare, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    outside = new_share("sftp")
    url = outside.url()
    stranger = (Path(os.environ["IID_SFTP_KEY_FILE"] + ".pub")).read_text().split()[:2]
    (tmp_path / "known_hosts").write_text(f"[127.0.0.1]:{outside.port} {' '.join(stranger)}\n")
    monkeypatch.setenv("IID_SFTP_KNOWN_HOSTS", str(tmp_path / "known_hosts"))
    with pytest.raises(DriveError, match="kunci host-nya BERBEDA"):
        RemoteDrive(remote_of(url), QUICK).list()


def test_host_keys_known_under_a_hashed_name_are_known(
    new_share: NewShare, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    outside = new_share("sftp")
    outside.put("a.pdf", b"x")
    url = outside.url()
    hashed = tmp_path / "known_hosts"
    hashed.write_bytes(Path(os.environ["IID_SFTP_KNOWN_HOSTS"]).read_bytes())
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", str(hashed)], check=True, capture_output=True)
    assert "127.0.0.1" not in hashed.read_text()
    monkeypatch.setenv("IID_SFTP_KNOWN_HOSTS", str(hashed))
    assert RemoteDrive(remote_of(url), QUICK).exists("a.pdf")


def test_sftp_is_entered_with_a_password_too(new_share: NewShare, monkeypatch: pytest.MonkeyPatch) -> None:
    outside = new_share("sftp")
    outside.put("a.pdf", b"isi")
    outside.url()
    root = drive_shares.root_of(outside)
    monkeypatch.delenv("IID_SFTP_KEY_FILE")
    with drive_servers.running(drive_servers.rclone_sftp(root.parent.parent, root)) as server:
        monkeypatch.setenv("IID_SFTP_PASSWORD", PASSWORD)
        assert RemoteDrive(remote_of(server.url()), QUICK).read_bytes("a.pdf", 9) == b"isi"
        monkeypatch.setenv("IID_SFTP_PASSWORD", "salah-sekali")
        with pytest.raises(DriveError, match=r"masuk ditolak.*IID_SFTP_PASSWORD") as caught:
            RemoteDrive(remote_of(server.url()), QUICK).list()
    check_secretless(caught.value)


def test_sftp_key_may_have_a_passphrase(
    new_share: NewShare, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    outside = new_share("sftp")
    outside.put("a.pdf", b"isi")
    url = outside.url()
    key = tmp_path / "kunci"
    key.write_bytes(Path(os.environ["IID_SFTP_KEY_FILE"]).read_bytes())
    key.chmod(0o600)
    subprocess.run(["ssh-keygen", "-q", "-p", "-P", "", "-N", PASSWORD, "-f", str(key)], check=True)
    monkeypatch.setenv("IID_SFTP_KEY_FILE", str(key))
    with pytest.raises(DriveError, match="tidak ada kredensial yang dapat dipakai"):
        RemoteDrive(remote_of(url), QUICK).list()
    monkeypatch.setenv("IID_SFTP_KEY_PASSPHRASE", PASSWORD)
    assert RemoteDrive(remote_of(url), QUICK).read_bytes("a.pdf", 9) == b"isi"


def test_sftp_is_entered_with_the_keys_of_an_agent(
    new_share: NewShare, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    outside = new_share("sftp")
    outside.put("a.pdf", b"isi")
    url = outside.url()
    key = os.environ["IID_SFTP_KEY_FILE"]
    monkeypatch.delenv("IID_SFTP_KEY_FILE")
    agent = subprocess.Popen(["ssh-agent", "-D", "-a", str(tmp_path / "agen")], stdout=subprocess.DEVNULL)
    try:
        monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "agen"))
        add = ["ssh-add", "-q", key]
        while subprocess.run(add, check=False, capture_output=True).returncode:  # until it listens
            assert agent.poll() is None
        assert RemoteDrive(remote_of(url), QUICK).read_bytes("a.pdf", 9) == b"isi"
    finally:
        agent.terminate()
        agent.wait(timeout=30)


def test_smb_share_that_does_not_exist_is_said(new_share: NewShare) -> None:
    url = new_share("smb").url().replace("/inovasi/", "/tidak-ada/")
    with pytest.raises(DriveError, match=r"/tidak-ada/\S+ tidak dapat didaftar: tidak ada"):
        RemoteDrive(remote_of(url), QUICK).list()


@pytest.mark.parametrize("kind", ["apache", "s3", "sftp", "smb"])
def test_secrets_stand_in_no_argument_environment_or_file_of_the_process(
    kind: str, new_share: NewShare
) -> None:
    outside = new_share(kind)
    outside.put("a.pdf", b"x")
    drive = opened(outside)
    assert drive.exists("a.pdf")
    members = drive_servers.family(drive.daemon.process)
    assert len(members) == 2
    for member in members:
        assert PASSWORD.encode() not in Path(f"/proc/{member}/cmdline").read_bytes()
        assert s3_servers.SECRET.encode() not in Path(f"/proc/{member}/cmdline").read_bytes()
        assert PASSWORD.encode() not in Path(f"/proc/{member}/environ").read_bytes()
    folder = drive.daemon.folder
    assert folder.stat().st_mode & 0o777 == 0o700
    assert not any(PASSWORD.encode() in file.read_bytes() for file in folder.iterdir() if file.is_file())
    assert PASSWORD not in repr(remote_of(outside.url()))


HOLDER = """
import sys
from iid.tasks.shares.open_share import open_drive
drive = open_drive(sys.argv[1])
print(drive.exists("a.pdf"), drive.daemon.process, drive.daemon.folder, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, None])
def test_the_process_ends_with_us_however_we_end(how: signal.Signals | None, new_share: NewShare) -> None:
    outside = new_share("smb")
    outside.put("a.pdf", b"x")
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, outside.url()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None and holder.stdin is not None
    found, process, folder = holder.stdout.readline().split()
    assert found == "True"
    ends = [os.pidfd_open(member) for member in drive_servers.family(int(process))]
    assert len(ends) == 2
    if how is None:
        holder.stdin.close()
    else:
        holder.send_signal(how)
    holder.wait(timeout=30)
    for end in ends:
        assert _ended(end, within=30)
    if how is None:
        assert not Path(folder).exists()
    holder.stdin.close()
    holder.stdout.close()


def _ended(handle: int, within: float) -> bool:
    import select

    try:
        return bool(select.select([handle], [], [], within)[0])
    finally:
        os.close(handle)


def test_remote_of_the_users_own_rclone_must_be_of_the_right_kind(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "rclone.conf").write_text("[kantor]\ntype = sftp\nhost = x\n")
    monkeypatch.setenv("RCLONE_CONFIG", str(tmp_path / "rclone.conf"))
    for url, words in {
        "gdrive://kantor/Inovasi": "remote 'kantor' jenis drive.*jenisnya sftp",
        "onedrive://lain/Inovasi": "remote 'lain' jenis onedrive.*tidak ada",
    }.items():
        with pytest.raises(UsageError, match=words) as caught:
            RemoteDrive(remote_of(url), QUICK).list()
        assert "rclone config" in str(caught.value)

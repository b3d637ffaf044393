"""From a network drive's address to what rclone needs to reach it.

Secrets come from the environment or from files the user owns, never from the address:
an address ends up in settings, manifests, process lists and messages.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import quote, unquote

from iid.tasks.values.errors import DriveError, UsageError
from iid.tasks.values.share_paths import bare_address, checked, printable

_PORT = 22
_RSA = ("rsa-sha2-512", "rsa-sha2-256")  # how a key of kind ssh-rsa is used today


def algorithms_of(known_hosts: Path, host: str, port: int) -> tuple[str, ...]:
    """Return the algorithms to ask of *host*; empty if not in the file."""
    try:
        lines = known_hosts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ()
    wanted = host.lower() if port == _PORT else f"[{host.lower()}]:{port}"
    kinds = [kind for names, kind in map(_entry, lines) if names and _names(names, wanted)]
    return tuple(dict.fromkeys(name for kind in kinds for name in (_RSA if kind == "ssh-rsa" else (kind,))))


def _entry(line: str) -> tuple[str, str]:
    """Return the hosts and key type of a line; empty for other lines."""
    words = line.split()
    if len(words) < 3 or words[0].startswith(("#", "@")):
        return "", ""
    return words[0], words[1]


def _names(names: str, wanted: str) -> bool:
    """Return whether a line's first field, plain or hashed, means *wanted*."""
    if not names.startswith("|1|"):
        return wanted in names.lower().split(",")
    try:
        salt, digest = (base64.b64decode(part, validate=True) for part in names.split("|")[2:4])
    except (ValueError, binascii.Error):
        return False
    return hmac.compare_digest(hmac.new(salt, wanted.encode(), hashlib.sha1).digest(), digest)


#: The one remote that a process of ours knows; the user's own keep their names.
OWN = "iid"
_ADDRESS = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*)://([^/]*)/?(.*)$", re.DOTALL)
_USER_KEYS = ("id_ed25519", "id_ecdsa", "id_rsa")


@dataclass(frozen=True, slots=True)
class Kind:
    """What one protocol can and cannot do.

    ``flat``: folders exist only as parts of names. ``marks``: a listing gives a hash at no cost.
    ``grows``: a file can be read while somebody still writes it. ``links``: symbolic links show
    only when one lists twice. ``loops``: the server follows links, also into a circle.
    ``secret``: the variable for the password, "" where the user's own files hold it.
    """

    name: str
    backend: str
    flat: bool = False
    marks: bool = False
    grows: bool = True
    links: bool = False
    loops: bool = False
    secret: str = ""


_WEBDAV = Kind("WebDAV", "webdav", secret="IID_WEBDAV_PASSWORD")  # noqa: S106  the variable's name
KINDS: Mapping[str, Kind] = {
    "smb": Kind("SMB/CIFS", "smb", loops=True, secret="IID_SMB_PASSWORD"),  # noqa: S106
    "sftp": Kind("SFTP", "sftp", links=True, secret="IID_SFTP_PASSWORD atau kunci IID_SFTP_KEY_FILE"),  # noqa: S106
    "webdav+https": _WEBDAV,
    "webdav+http": _WEBDAV,
    "s3": Kind("S3", "s3", flat=True, marks=True, grows=False, secret="AWS_SECRET_ACCESS_KEY"),  # noqa: S106
    "gdrive": Kind("Google Drive", "drive", marks=True, grows=False, loops=True),
    "onedrive": Kind("OneDrive/SharePoint", "onedrive", marks=True, grows=False),
}


@dataclass(frozen=True, slots=True)
class Remote:
    """One share on the network; ``url`` has no secret, ``fs`` is rclone's.

    ``options`` are rclone's own of this backend; ``secrets`` those that must not be seen anywhere.
    Without options ``fs`` is a remote of the user's own rclone configuration.
    """

    url: str
    kind: Kind
    fs: str
    root: str
    options: tuple[tuple[str, str], ...] = ()
    secrets: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def own(self) -> bool:
        """Whether this remote is ours to define, not in the user's configuration."""
        return self.fs.startswith(f"{OWN}:")

    @property
    def account(self) -> tuple[object, ...]:
        """What shares of one process have in common: server, user, secrets."""
        return self.fs, self.options, self.secrets

    def path(self, path: str) -> str:
        """*path* of the share as rclone must be asked for it."""
        return f"{self.root}/{path}" if self.root and path else self.root or path


def remote_of(url: str) -> Remote:
    """Return the remote of *url*. UsageError if wrong or with a password."""
    parts = _ADDRESS.match(url)
    scheme = parts[1].lower() if parts else ""
    if parts is None or scheme not in KINDS:
        raise UsageError(f"share {printable(bare_address(url))}: alamatnya tidak dikenal")
    kind, (user, host) = KINDS[scheme], _authority(url, parts[2], KINDS[scheme])
    if "?" in parts[3]:
        raise UsageError(
            f"share {printable(bare_address(url))}: alamat share tidak memakai ?…; "
            "tanda tanya dalam nama folder ditulis %3F"
        )
    try:
        path = "/".join(checked(unquote(parts[3]).strip("/")))
    except DriveError as error:
        raise UsageError(f"share {printable(bare_address(url))}: {error}") from None
    login = f"{quote(user, safe=';@ ')}@" if user else ""
    typed = path.replace("%", "%25").replace("?", "%3F")
    shown = f"{scheme}://{login}{host}/{typed}".rstrip("/")  # gives this remote again
    return _MAKERS[kind.backend](_Address(shown, scheme, kind, user, host, path, parts[3].startswith("/")))


@dataclass(frozen=True, slots=True)
class _Address:
    url: str
    scheme: str
    kind: Kind
    user: str
    host: str
    path: str
    rooted: bool

    def remote(
        self, root: str, options: Mapping[str, str], secrets: Mapping[str, str], fs: str = f"{OWN}:"
    ) -> Remote:
        given = tuple(sorted((key, value) for key, value in options.items() if value))
        hidden = tuple(sorted((key, value) for key, value in secrets.items() if value))
        return Remote(self.url, self.kind, fs, root, given, hidden)

    def name_and_port(self) -> tuple[str, str]:
        match = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(?::(\d{1,5}))?", self.host)
        if match is None:
            raise UsageError(f"share {printable(self.url)}: nama server {self.host!r} tidak terbaca")
        return match[1].strip("[]"), match[2] or ""


def _authority(url: str, text: str, kind: Kind) -> tuple[str, str]:
    """Return user and host; refuse a password and name its variable."""
    bare = printable(bare_address(url))
    login, _, host = text.rpartition("@")
    user, colon, _ = login.partition(":")
    if colon:
        where = f"variabel lingkungan {kind.secret}" if kind.secret else "konfigurasi rclone Anda"
        raise UsageError(f"share {bare}: kata sandi tidak boleh ditulis di alamat; simpan di {where}")
    if not host:
        raise UsageError(f"share {bare}: nama server atau bucket tidak ada setelah ://")
    return unquote(user), host


def _smb(address: _Address) -> Remote:
    if not address.path:
        raise UsageError(
            f"share {printable(address.url)}: nama share SMB tidak ada; tulis smb://pengguna@server/share/folder"
        )
    host, port = address.name_and_port()
    domain, _, user = address.user.replace("\\", ";").rpartition(";")
    options = {
        "type": "smb",
        "host": host,
        "port": port,
        "user": user or os.environ.get("IID_SMB_USER", "") or "guest",
        "domain": domain,
        "case_insensitive": "false",  # names that differ only in case are two files, where a server has them
        "hide_special_share": "false",
        "encoding": "Slash,InvalidUtf8,Dot",  # as the server spells them, also with a dot at the end
    }
    return address.remote(address.path, options, {"pass": os.environ.get("IID_SMB_PASSWORD", "")})


def _sftp(address: _Address) -> Remote:
    """Read ``/~/x`` as below the user's home, others from the root (as curl)."""
    host, port = address.name_and_port()
    known_hosts = Path(os.environ.get("IID_SFTP_KNOWN_HOSTS") or "~/.ssh/known_hosts").expanduser()
    secrets = {
        "pass": os.environ.get("IID_SFTP_PASSWORD", ""),
        "key_file_pass": os.environ.get("IID_SFTP_KEY_PASSPHRASE", ""),
    }
    options = {
        "type": "sftp",
        "host": host,
        "port": port,
        "user": address.user or os.environ.get("IID_SFTP_USER", ""),
        "key_file": _key_file(asked=not secrets["pass"]),
        # An empty file knows nobody: never talk to a server that was not vouched for.
        "known_hosts_file": str(known_hosts if known_hosts.is_file() else os.devnull),
        "host_key_algorithms": " ".join(algorithms_of(known_hosts, host, int(port or 22))),
        "shell_type": "none",  # no commands on the server, not even for hashes
        "disable_hashcheck": "true",
    }
    home, _, below = address.path.partition("/")
    if home == "~":
        return address.remote(below, options, secrets)
    return address.remote(address.path, options, secrets, fs=f"{OWN}:/")


def _key_file(*, asked: bool) -> str:
    """Return ``IID_SFTP_KEY_FILE``; else, if *asked* and no agent, ssh's key."""
    named = os.environ.get("IID_SFTP_KEY_FILE", "")
    if named:
        return str(Path(named).expanduser())
    if not asked or os.environ.get("SSH_AUTH_SOCK"):
        return ""
    keys = (Path.home() / ".ssh" / name for name in _USER_KEYS)
    return next((str(key) for key in keys if key.is_file()), "")


def _webdav(address: _Address) -> Remote:
    host, _ = address.name_and_port()
    secrets = {
        "pass": os.environ.get("IID_WEBDAV_PASSWORD", ""),
        "bearer_token": os.environ.get("IID_WEBDAV_TOKEN", ""),
    }
    protocol = address.scheme.removeprefix("webdav+")
    if protocol == "http" and any(secrets.values()) and not _is_loopback(host):
        raise UsageError(
            f"share {printable(address.url)}: kata sandi akan terkirim tanpa penyandian; pakai webdav+https://"
        )
    cloud = re.match(r"(.*?remote\.php/(?:dav/files/[^/]+|webdav))(?:/(.*))?$", address.path)
    base, root = (cloud[1], cloud[2] or "") if cloud else ("", address.path)
    options = {
        "type": "webdav",
        "url": f"{protocol}://{address.host}/{base}",
        "user": address.user or os.environ.get("IID_WEBDAV_USER", ""),
        "vendor": "nextcloud" if cloud else "other",
        "pacer_min_sleep": "2ms",  # its own 10 ms allow 30 files a second, however many read at once
    }
    return address.remote(root, options, secrets)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _s3(address: _Address) -> Remote:
    """Return an S3 remote; rclone finds keys and region in the environment."""
    if address.user:
        raise UsageError(f"share {printable(address.url)}: alamat s3:// tidak memuat nama pengguna")
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or ""
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or ""
    options = {
        "type": "s3",
        "provider": "Other" if endpoint else "AWS",
        "endpoint": endpoint,
        "region": region or ("us-east-1" if endpoint else ""),
        "env_auth": "true",
        "no_check_bucket": "true",
        "list_url_encode": "true",  # names with control characters are no XML
    }
    return address.remote(f"{address.host}/{address.path}".rstrip("/"), options, {})


def _configured(address: _Address) -> Remote:
    """Return a remote of the user's rclone configuration, which signs in."""
    if address.user or not re.fullmatch(r"[\w.+ -]+", address.host) or address.host == OWN:
        raise UsageError(
            f"share {printable(address.url)}: tulis {address.scheme}://nama-remote/folder, dengan nama "
            "remote dari konfigurasi rclone Anda (perintah: rclone config)"
        )
    return address.remote(address.path, {}, {}, fs=f"{address.host}:")


_MAKERS = {
    "smb": _smb,
    "sftp": _sftp,
    "webdav": _webdav,
    "s3": _s3,
    "drive": _configured,
    "onedrive": _configured,
}

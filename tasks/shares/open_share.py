"""From what the user wrote (``--share``) to a drive."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from iid.tasks.shares.drive import Drive
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.shares.folder_listing import why
from iid.tasks.shares.remotes import KINDS, remote_of
from iid.tasks.values.errors import UsageError
from iid.tasks.values.share_paths import bare_address

_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*)://")


def open_drive(url: str) -> Drive:
    """Open the drive at *url*: a folder (path, ``file://``) or network share.

    Raises UsageError naming *url* when the scheme is unknown, the address is wrong or holds a
    password, and when the folder does not exist or is a file. A network share is not asked yet.
    """
    scheme = _SCHEME.match(url)
    if scheme is None:
        return _folder(url, url)
    name = scheme[1].lower()
    if name == "file":
        return _folder(url, _local_path(url))
    if name in KINDS:
        from iid.tasks.shares.remote_drive import RemoteDrive

        return RemoteDrive(remote_of(url))
    known = ", ".join(f"{known}://" for known in ("file", *sorted(KINDS)))
    raise UsageError(
        f"share {bare_address(url)}: skema {name}:// tidak dikenal; yang boleh: jalur folder, {known}"
    )


def _folder(url: str, path: str) -> FolderDrive:
    if not path.strip():
        raise UsageError("jalur share kosong; isi dengan jalur folder, misalnya /mnt/inovasi")
    if "\0" in path:
        raise UsageError(f"jalur share {url!r} memuat karakter NUL")
    place = Path(path).expanduser()
    try:
        if place.is_dir():
            return FolderDrive(place)
        found = place.exists()
    except OSError as error:
        raise UsageError(f"share {url} tidak dapat dibuka: {why(error)}") from error
    if found:
        raise UsageError(f"share {url} adalah berkas, bukan folder")
    raise UsageError(
        f"share {url} tidak ada; periksa ejaannya dan apakah drive-nya sudah terpasang; "
        "share baru dibuat dengan iid scaffold"
    )


def _local_path(url: str) -> str:
    parts = urlsplit(url)
    if parts.netloc not in {"", "localhost"}:
        raise UsageError(
            f"share {url}: alamat file:// hanya untuk folder di mesin ini, misalnya file:///mnt/inovasi"
        )
    return unquote(parts.path)

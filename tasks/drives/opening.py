"""From what the user wrote (``--share``) to a drive."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from iid.tasks.drives.base import Drive
from iid.tasks.drives.folder import FolderDrive
from iid.tasks.errors import UsageError

_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*)://")
#: Drives the contract promises that this version does not have yet, with their names for people.
PLANNED = {
    "smb": "SMB/CIFS",
    "sftp": "SFTP",
    "webdav+https": "WebDAV",
    "webdav+http": "WebDAV",
    "s3": "S3",
    "gdrive": "Google Drive",
}


def open_drive(url: str) -> Drive:
    """The drive at *url*: a path or ``file://`` address of a folder on this machine.

    Raises UsageError naming *url* when the scheme is unknown or not built yet, and when
    the folder does not exist or is a file.
    """
    scheme = _SCHEME.match(url)
    if scheme is None:
        return _folder(url, url)
    name = scheme[1].lower()
    if name == "file":
        return _folder(url, _local_path(url))
    if name in PLANNED:
        raise UsageError(
            f"share {_shown(url)}: {PLANNED[name]} belum didukung pada versi ini; "
            "pasang (mount) share itu di mesin ini lalu pakai jalur foldernya"
        )
    known = ", ".join(f"{known}://" for known in ("file", *sorted(PLANNED)))
    raise UsageError(f"share {_shown(url)}: skema {name}:// tidak dikenal; yang boleh: jalur folder, {known}")


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
        raise UsageError(f"share {url} tidak dapat dibuka: {error.strerror}") from error
    if found:
        raise UsageError(f"share {url} adalah berkas, bukan folder")
    raise UsageError(f"share {url} tidak ada; periksa ejaannya dan apakah drive-nya sudah terpasang")


def _local_path(url: str) -> str:
    parts = urlsplit(url)
    if parts.netloc not in {"", "localhost"}:
        raise UsageError(
            f"share {url}: alamat file:// hanya untuk folder di mesin ini, misalnya file:///mnt/inovasi"
        )
    return unquote(parts.path)


def _shown(url: str) -> str:
    """*url* without the password someone may have typed into it."""
    return re.sub(r"://[^/@]*@", "://", url)

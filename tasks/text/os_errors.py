"""System errors about a file or an address, in Indonesian.

Frequent reasons are plain words; for rarer ones the system's own name is in brackets, so that
an administrator can look it up. Its English sentences are never shown.
"""

from __future__ import annotations

import os
from errno import errorcode
from socket import gaierror

from iid.expectations.rulebook.strict_yaml import shipped

_WORDS = shipped("iid.tasks.text", "os_errors.yaml")


def why(error: OSError) -> str:
    """The reason in Indonesian; our own words stay as they are."""
    code = error.errno
    if isinstance(error, gaierror):
        return "nama servernya tidak ditemukan"
    if code is None:
        return str(error) or f"galat sistem ({type(error).__name__})"
    if error.strerror and error.strerror != os.strerror(code):
        return str(error.strerror)
    name = errorcode.get(code, str(code))
    return str(_WORDS["frequent"].get(name) or f"{_WORDS['rarer'].get(name, 'galat sistem')} ({name})")


def why_unwritten(error: OSError) -> str:
    """The same for a file that could not be written."""
    return str(_WORDS["unwritten"].get(errorcode.get(error.errno or 0)) or why(error))


def said(error: Exception) -> str:
    """Return *error* as a note: a system's error in Indonesian with its file."""
    if not isinstance(error, OSError):
        return str(error)
    name = error.filename
    return f"{os.fsdecode(name)}: {why(error)}" if isinstance(name, str | bytes) and name else why(error)

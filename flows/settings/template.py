"""The text of a new ``iid.toml``."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from iid.flows.settings.load import Keys
from iid.flows.settings.setting_messages import describe
from iid.tasks.shares.folder_listing import why
from iid.tasks.values.errors import UsageError

HEAD = """\
# Pengaturan iid; periksa dengan: iid config check
# IID_<KUNCI> di lingkungan dan pilihan pada perintah mengalahkan berkas ini.
# Kata sandi dan kunci S3 tidak ditulis di sini.
"""


def settings_text(answers: Mapping[str, str | int | None], at: str | None = None) -> str:
    """Write settings from *answers* (no None). UsageError for a refused one."""
    lines = [f"{key} = {_value(key, value)}" for key, value in answers.items() if value is not None]
    text = HEAD + "\n".join(lines) + f"\n\n[serve]\nat = {_quoted(at or '04:00')}\n"
    try:
        Keys.model_validate(tomllib.loads(text))
    except ValidationError as error:
        raise UsageError(describe(error, "jawaban", Keys)) from error
    return text


def write_new(path: Path, text: str) -> None:
    """Write a new file; one that was made meanwhile is never overwritten."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{path} sudah ada dan tidak diubah") from None
    except OSError as error:
        raise UsageError(f"{path} tidak dapat ditulis: {why(error)}") from error


def _value(key: str, value: str | int) -> str:
    number = key == "cycle" and re.fullmatch(r"\d{1,9}", str(value))
    return str(int(value)) if number else _quoted(str(value))


def _quoted(text: str) -> str:
    """A TOML basic string; JSON's, which differs in one character only."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")

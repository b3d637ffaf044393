"""Fenced commands of the pages, and a server's folders below a temporary one to run them in.

A command is ``sh run`` (to its end), ``sh start`` (a service: begun, and ended by TERM at the end), or
``sh not-run: reason``. Settings (``toml``), data (``json``) and pictures (``text``) are no commands.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
NO_COMMANDS = frozenset({"toml", "json", "text"})
#: Folders of a server; in a test they are below a temporary one.
MOVED = re.compile(r"(?<![\w./])/(mnt|srv|etc|opt|var)(?=[/\s\"]|$)")


@dataclass(frozen=True)
class Block:
    """Fenced lines of a page."""

    page: str
    language: str
    kind: str
    text: str

    @property
    def runs(self) -> bool:
        return self.kind in {"run", "start"}

    @property
    def reason(self) -> str:
        return self.kind.partition("not-run:")[2].strip()


def blocks(page: str, *languages: str) -> list[Block]:
    """The blocks of *page* in these languages (without any: commands); nothing else is fenced there."""
    text = (ROOT / page).read_text(encoding="utf-8")
    found = re.findall(r"^```(\S*) ?(.*)\n((?:.*\n)*?)```$", text, re.MULTILINE)
    assert text.count("```") == 2 * len(found)
    assert {language for language, _, _ in found} <= {"sh", *NO_COMMANDS}, page
    wanted = languages or ("sh",)
    return [Block(page, language, kind, body) for language, kind, body in found if language in wanted]


#: A service said that it works; then it is ended, and must end well.
STARTED = """rm -f layanan.log
{text} > layanan.log 2>&1 &
until grep -qs '✓' layanan.log; do kill -0 $!; sleep 0.2; done
cat layanan.log
kill $!
wait $!
"""


def script(page: str, server: Path) -> str:
    """The commands of *page* that run, for ``sh``, with the folders of a server below *server*."""
    words = [
        STARTED.format(text=block.text.strip()) if block.kind == "start" else block.text
        for block in blocks(page)
        if block.runs
    ]
    return MOVED.sub(lambda found: f"{server}/{found[1]}", "\n".join(["set -eux", *words]))


def shell(words: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run *words* in *folder* as after a login: of the environment only what is given."""
    clean: Mapping[str, str] = {
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        **environment,
    }
    return subprocess.run(
        ["sh", "-c", words], cwd=folder, env=clean, capture_output=True, text=True, timeout=280, check=False
    )

"""Versions of the inspectors; facts count only while theirs is current."""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.metadata import version

from iid.tasks.inspect.inspectors.registry import module_of

#: Raise an inspector's number whenever its facts can come out differently. They equal the
#: VERSION of each module (a test checks that) and are here because a run that inspects
#: nothing must not load pdfium and Pillow to know them.
VERSIONS = {"pdf": 5, "image": 7, "office": 2, "legacy": 3, "archive": 2, "video": 3, "text": 1}

#: What comes before all of them: sniffing, the normalised text, the record itself.
SNIFFING_VERSION = 8

#: Libraries whose new release can read a file differently.
_LIBRARIES = {"pdf": ("pypdfium2",), "image": ("pillow",), "legacy": ("olefile",), "video": ("pymediainfo",)}


@cache
def inspector_version(word: str) -> str:
    """Version of all that makes the facts of a content of format *word*.

    The sniffer, its inspector, the libraries below, and Unicode's tables (for the text's hash).
    """
    module = module_of(word)
    libraries = (f"{name} {version(name)}" for name in ("filetype", *_LIBRARIES.get(module, ())))
    return "; ".join(
        (
            f"sniffing {SNIFFING_VERSION}",
            f"{module} {VERSIONS[module]}",
            f"unicode {unicodedata.unidata_version}",
            *libraries,
        )
    )

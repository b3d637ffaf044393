"""Page file names: safe anywhere, readable, unique for each id."""

from __future__ import annotations

import hashlib
import re
import unicodedata

LONGEST_SLUG = 40


def page_name(identity: str) -> str:
    """``"1.02.01/Pos Gizi"`` → ``"1-02-01-pos-gizi-5d1c2a9f03be.html"``.

    The digest of the exact id keeps names apart that differ only in case, in
    signs or beyond the slug; the slug is only there for people.
    """
    plain = unicodedata.normalize("NFKD", identity).encode("ascii", "ignore").decode("ascii")
    slug = re.sub(r"[^a-z0-9]+", "-", plain.lower())[:LONGEST_SLUG].strip("-")
    digest = hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{slug}-{digest}.html" if slug else f"{digest}.html"

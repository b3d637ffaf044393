"""Ed25519 signatures over a manifest (RFC 8032, by ``cryptography``).

A key is a PEM file as ``openssl genpkey -algorithm ed25519 -out kunci.pem`` makes it. No
message, log or manifest repeats it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from iid.tasks.shares.folder_listing import why
from iid.tasks.store.closed_cycle import SIGNATURE
from iid.tasks.store.paths import MANIFEST, canonical, parse, run_prefix
from iid.tasks.values.errors import UsageError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

    from iid.tasks.store.store import Store
    from iid.tasks.store.verification import Difference

SIGNING_KEY = "IID_SIGNING_KEY"  # the PEM text itself
SIGNING_KEY_FILE = "IID_SIGNING_KEY_FILE"  # or the path of its file
ALGORITHM = "Ed25519"
MAX_KEY = 20_000  # bytes; a PEM of Ed25519 has 119


class Signer:
    """Signs bytes with one private key."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @property
    def public_key(self) -> str:
        """The public key in base64 (44 letters)."""
        return _text(self._key.public_key())

    @property
    def key_id(self) -> str:
        """16 hex digits that name the key."""
        return key_id(self.public_key)

    def sign(self, data: bytes) -> bytes:
        """``manifest.json.sig`` over *data*: who signed what, in canonical JSON."""
        return canonical(
            {
                "algorithm": ALGORITHM,
                "key_id": self.key_id,
                "manifest_sha256": hashlib.sha256(data).hexdigest(),
                "public_key": self.public_key,
                "signature": base64.b64encode(self._key.sign(data)).decode("ascii"),
            }
        )


def key_id(public_key: str) -> str:
    """16 hex digits over a public key in base64."""
    return hashlib.sha256(base64.b64decode(public_key)).hexdigest()[:16]


def signer(path: str | None = None, environment: Mapping[str, str] = os.environ) -> Signer | None:
    """Return the signer of the key in *path* or the environment, or None.

    UsageError for a key that cannot be used; the words never repeat it.
    """
    path = path or environment.get(SIGNING_KEY_FILE) or None
    if path is None and not environment.get(SIGNING_KEY):
        return None
    data = _read(path) if path else environment[SIGNING_KEY].encode("utf-8", "surrogateescape")
    where = path or f"di {SIGNING_KEY}"
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(data, None)
    except Exception:  # noqa: BLE001  (whatever the parser says may quote the key)
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(
            f"kunci penanda tangan {where} bukan kunci Ed25519 berbentuk PEM tanpa kata sandi; "
            "buat dengan: openssl genpkey -algorithm ed25519 -out kunci.pem"
        ) from None
    return Signer(key)


def public_key(given: str) -> str:
    """Return the public key (base64) of PEM or base64. UsageError otherwise."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    is_file = "BEGIN" not in given and Path(given).is_file()
    text = _read(given).decode("utf-8", "replace").strip() if is_file else given.strip()
    try:
        if "BEGIN" not in text:
            return _text(Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True)))
        key = load_pem_public_key(text.encode())
    except (ValueError, binascii.Error):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise UsageError(
            "kunci publik bukan kunci Ed25519 (berkas PEM, atau 44 huruf base64); "
            "buat dengan: openssl pkey -in kunci.pem -pubout -out kunci-publik.pem"
        )
    return _text(key)


def problem_of(manifest: bytes, signature: bytes, expected: str | None) -> str:
    """Report why *signature* fails (*expected*: the only good key), or ""."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        content = parse(signature, "manifest.json.sig")
        signed_by = str(content["public_key"])
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(signed_by))
        key.verify(base64.b64decode(str(content["signature"])), manifest)
    except InvalidSignature:
        return "tanda tangan tidak cocok dengan manifest"
    except Exception:  # noqa: BLE001  (a damaged file may break anywhere; it vouches for nothing)
        return "tanda tangan rusak"
    if expected is not None and signed_by != expected:
        return f"ditandatangani kunci {key_id(signed_by)}, bukan kunci {key_id(expected)}"
    return ""


def checked(
    store: Store, region: str, cycle: int, run_id: str, expected: str | None
) -> tuple[str | None, list[Difference]]:
    """Return the id of the key that signed (None: nobody), and what is wrong.

    *expected*: the public key that must have signed; without one any whole signature is good.
    """
    from iid.tasks.store.verification import Difference

    prefix = run_prefix(region, cycle, run_id)
    try:
        signature = store.get(prefix + SIGNATURE)
    except KeyError:
        missing = [Difference(SIGNATURE, "missing", key_id(expected))] if expected else []
        return None, missing
    try:
        manifest = store.get(prefix + MANIFEST)
    except KeyError:
        return None, []  # reported already
    problem = problem_of(manifest, signature, expected)
    if problem:
        return None, [Difference(SIGNATURE, "changed", key_id(expected) if expected else "", problem)]
    return key_id(str(parse(signature, SIGNATURE)["public_key"])), []


def _text(key: Ed25519PublicKey) -> str:
    return base64.b64encode(key.public_bytes_raw()).decode("ascii")


def _read(path: str) -> bytes:
    try:
        with Path(path).open("rb") as stream:
            return stream.read(MAX_KEY)
    except OSError as error:
        raise UsageError(f"kunci {path} tidak dapat dibaca: {why(error)}") from None

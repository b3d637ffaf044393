"""Ed25519 over a manifest: who signed is known, what was signed cannot change, no key is ever shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from iid.tasks.values.errors import UsageError
from iid.tasks.verify.signatures import key_id, problem_of, public_key, signer

MANIFEST = b'{"files": []}\n'


def pem(key) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.fixture
def key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def test_a_signature_vouches_for_these_bytes_and_no_others(key):
    signing = signer(None, {"IID_SIGNING_KEY": pem(key)})
    assert signing is not None
    signature = signing.sign(MANIFEST)
    assert problem_of(MANIFEST, signature, None) == ""
    assert problem_of(MANIFEST, signature, signing.public_key) == ""
    assert "tidak cocok" in problem_of(MANIFEST + b" ", signature, None)
    assert signing.sign(MANIFEST) == signature  # Ed25519 is deterministic


def test_another_key_is_named(key):
    signing = signer(None, {"IID_SIGNING_KEY": pem(key)})
    other = signer(None, {"IID_SIGNING_KEY": pem(Ed25519PrivateKey.generate())})
    assert signing is not None
    assert other is not None
    problem = problem_of(MANIFEST, signing.sign(MANIFEST), other.public_key)
    assert signing.key_id in problem
    assert other.key_id in problem


@pytest.mark.parametrize("damage", [b"", b"{}", b"[]", b'{"public_key": "AAAA", "signature": 3}', b"\xff"])
def test_a_damaged_signature_vouches_for_nothing(damage):
    assert problem_of(MANIFEST, damage, None) == "tanda tangan rusak"


def test_the_key_comes_from_an_option_a_file_or_the_environment(key, tmp_path: Path):
    path = tmp_path / "kunci.pem"
    path.write_text(pem(key))
    found = [
        signer(str(path), {}),
        signer(None, {"IID_SIGNING_KEY_FILE": str(path)}),
        signer(None, {"IID_SIGNING_KEY": pem(key)}),
    ]
    assert len({one.public_key for one in found if one}) == 1
    assert signer(None, {}) is None


def test_a_key_that_cannot_be_used_is_refused_without_being_shown(key):
    secret = pem(key).splitlines()[1]
    for text in (secret, pem(key)[:-40], pem(generate_private_key(65537, 2048))):
        with pytest.raises(UsageError, match="bukan kunci Ed25519") as refused:
            signer(None, {"IID_SIGNING_KEY": text})
        assert secret[:12] not in str(refused.value)
        assert refused.value.__cause__ is None
        assert refused.value.__suppress_context__
    with pytest.raises(UsageError, match="tidak dapat dibaca"):
        signer("/tidak/ada.pem", {})


def test_a_public_key_is_a_file_pem_or_base64(key, tmp_path: Path):
    text = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    path = tmp_path / "publik.pem"
    path.write_text(text)
    signing = signer(None, {"IID_SIGNING_KEY": pem(key)})
    assert signing is not None
    assert {public_key(text), public_key(str(path)), public_key(signing.public_key)} == {signing.public_key}
    assert key_id(signing.public_key) == signing.key_id
    with pytest.raises(UsageError, match="kunci publik bukan"):
        public_key("abc")

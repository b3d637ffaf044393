"""Secure sites: the certificate is looked at, for the name of the link and not for its address."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "dinas.example.go.id"


class _Hello(BaseHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<p>Halaman aman</p>")


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A caller that does not trust us hangs up: that is the test."""


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A key, and a certificate of its own for HOST."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = tmp_path / "key.pem", tmp_path / "certificate.pem"
    plain = serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    paths[0].write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    paths[1].write_bytes(made.public_bytes(pem))
    return paths


@pytest.fixture
def secure(certificate: tuple[Path, Path]) -> Iterator[int]:
    """Port of a secure server on loopback."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate[1], certificate[0])
    server = _Quiet(("127.0.0.1", 0), _Hello)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def looked(web, port: int, host: str = HOST) -> tuple[str, str]:
    url = f"https://{host}:{port}/"
    check = web.check(url, ports=(port,))[url]
    return check.status, check.detail


def test_a_certificate_that_nobody_vouches_for_is_unknown(web, secure: int) -> None:
    assert looked(web, secure) == ("unknown", "sertifikat situsnya tidak sah")


def test_a_trusted_certificate_opens_for_its_own_name_only(
    web, secure: int, certificate, monkeypatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[1]))
    assert looked(web, secure) == ("open", "")
    assert looked(web, secure, "lain.example.go.id") == ("unknown", "sertifikat situsnya tidak sah")


def test_a_plain_answer_on_a_secure_address_is_unknown(web) -> None:
    assert looked(web, web.port)[0] == "unknown"

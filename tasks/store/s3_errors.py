"""What S3 and its lookalikes answer, as one clear line without secrets.

Only the error's code is repeated, never the server's own text: some servers
echo access keys, signatures or whole requests there.
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
    ProfileNotFound,
    ResponseStreamingError,
)

MISSING = {"NoSuchKey", "404", "NotFound"}
CONDITION_FAILED = {"PreconditionFailed", "412"}
CONFLICT = {"ConditionalRequestConflict", "OperationAborted", "409"}

_WORDS = {
    "NoSuchBucket": "bucket tidak ada; buat bucket-nya atau perbaiki nama di --store",
    "AccessDenied": "akses ditolak; minta hak baca dan tulis pada bucket dan awalan itu",
    "403": "akses ditolak; minta hak baca dan tulis pada bucket dan awalan itu",
    "AllAccessDisabled": "akses ditolak; minta hak baca dan tulis pada bucket dan awalan itu",
    "InvalidAccessKeyId": "kunci akses tidak dikenal; periksa AWS_ACCESS_KEY_ID atau profilnya",
    "SignatureDoesNotMatch": "kunci rahasia tidak cocok; periksa AWS_SECRET_ACCESS_KEY atau profilnya",
    "ExpiredToken": "kunci sementara sudah kedaluwarsa; perbarui lalu ulangi",
    "InvalidToken": "kunci sementara tidak sah; perbarui AWS_SESSION_TOKEN lalu ulangi",
    "RequestTimeTooSkewed": "jam komputer ini meleset; cocokkan jam lalu ulangi",
    "InvalidBucketName": "nama bucket tidak sah; perbaiki nama di --store",
    "PermanentRedirect": "bucket berada di wilayah lain; atur AWS_REGION",
    "AuthorizationHeaderMalformed": "bucket berada di wilayah lain; atur AWS_REGION",
    "SlowDown": "server meminta pelan-pelan dan tetap menolak setelah dicoba ulang; ulangi nanti",
    "QuotaExceeded": "kuota penyimpanan habis; kosongkan ruang lalu ulangi",
    "XMinioStorageFull": "ruang penyimpanan habis; kosongkan ruang lalu ulangi",
    "InsufficientStorage": "ruang penyimpanan habis; kosongkan ruang lalu ulangi",
}

_AWAY = "server tidak dapat dihubungi; periksa alamat (--endpoint-url) dan jaringan lalu ulangi"
_CUT = "jawaban server terputus di tengah, juga setelah dicoba ulang; periksa jaringan lalu ulangi"
_UNANSWERED = (
    (
        NoCredentialsError,
        "tidak ada kredensial; isi AWS_ACCESS_KEY_ID dan AWS_SECRET_ACCESS_KEY atau ~/.aws/credentials",
    ),
    (
        PartialCredentialsError,
        "kredensial tidak lengkap; isi AWS_ACCESS_KEY_ID dan AWS_SECRET_ACCESS_KEY bersama-sama",
    ),
    (ProfileNotFound, "profil AWS_PROFILE tidak ada di berkas kredensial"),
    (ParamValidationError, "nama bucket atau objek tidak sah; perbaiki --store"),
    (IncompleteReadError, _CUT),
    (ResponseStreamingError, _CUT),
    (ConnectionError, _AWAY),
    (HTTPClientError, _AWAY),
)


def code_of(error: Exception) -> str:
    """Return the server's code of a failed request, ``""`` without an answer."""
    response: Any = getattr(error, "response", None) or {}
    return str(response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else ""


def status_of(error: Exception) -> int:
    """The HTTP status of a failed request, 0 where there was no answer."""
    response: Any = getattr(error, "response", None) or {}
    return int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) or 0)


def is_cut(error: Exception) -> bool:
    """Return whether the answer's body broke off; botocore does not retry it."""
    return isinstance(error, (IncompleteReadError, ResponseStreamingError))


def reason(error: ClientError | BotoCoreError) -> str:
    """Why the request failed and what to do, in Indonesian."""
    if isinstance(error, ClientError):
        return _answered(error)
    return next((words for kind, words in _UNANSWERED if isinstance(error, kind)), "") or (
        f"permintaan gagal ({type(error).__name__})"
    )


def _answered(error: ClientError) -> str:
    code, status = code_of(error), status_of(error)
    if code in _WORDS:
        return _WORDS[code]
    if status >= 500 or status == 429:
        return f"server gagal menjawab ({status}) setelah dicoba ulang; ulangi nanti"
    return f"server menolak dengan kode {code[:40] or status}"

"""The Prefect server as ``iid doctor`` sees it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from iid.tasks.operate.health.health_check import Check, first_line
from iid.tasks.values.share_paths import bare_address

NAME = "Prefect"
PATIENCE = 10.0  # seconds for one answer
BUSY = 503  # what Prefect answers while SQLite says "database is locked", once its client gave up trying

WORKERS = "Pekerja Prefect"
POOLS = "iid-"  # how the names of our work pools begin
_MADE_UP = re.compile(r"ProcessWorker [0-9a-f-]{36}")
ABOUT_WORKERS = (
    "periksa komputernya (systemctl status 'iid-worker@*'); yang memang berhenti dihapus di Work Pools"
)


def check_server(*, start: bool = False) -> Check:
    """Check the server, configured or embedded (begun if *start*)."""
    from iid.flows.prefect_glue import quiet_prefect

    quiet_prefect.prepare()
    import prefect
    from prefect.settings import PREFECT_API_URL

    if PREFECT_API_URL.value():
        return _asked(None, f"server {bare_address(PREFECT_API_URL.value())}", prefect.__version__)
    if not start:
        seen = f"server tertanam versi {prefect.__version__}, dinyalakan saat perlu"
        return Check(NAME, "ok", f"{seen} (dengan --deep dinyalakan sekarang)")
    return _started(prefect.__version__)


def _started(version: str) -> Check:
    from iid.flows.prefect_glue import quiet_prefect

    try:
        with quiet_prefect.embedded_server():
            from prefect.server.api.server import SubprocessASGIServer

            return _asked(SubprocessASGIServer().api_url, "server tertanam", version)
    except Exception as error:  # noqa: BLE001  (whatever a guest's server raises is what we report)
        advice = f"lihat {quiet_prefect.log_file()}, atau pakai --direct"
        return Check(NAME, "failed", f"server tertanam tidak menyala: {first_line(error)}", advice)


def _asked(address: str | None, what: str, ours: str) -> Check:
    """Ask for health and version; Prefect refuses other minor versions."""
    try:
        theirs = _version(address)
    except Exception as error:  # noqa: BLE001  (refused, silent, not a Prefect server: all the same here)
        if getattr(error, "response", None) is not None:
            said, _, advice = refusal(error).partition("; ")
            return Check(NAME, "failed", said, advice)
        advice = "nyalakan dengan prefect server start, perbaiki PREFECT_API_URL, atau pakai --direct"
        return Check(NAME, "failed", f"{what} tidak menjawab: {first_line(error)}", advice)
    if theirs.split(".")[:2] != ours.split(".")[:2]:
        return Check(NAME, "failed", f"{what} versi {theirs}, di sini {ours}", "samakan versinya")
    return Check(NAME, "ok", f"{what} menjawab, versi {theirs}")


def require_server() -> None:
    """Raise FailedError if the server is silent or refuses the key."""
    import httpx

    from iid.tasks.values.errors import FailedError

    try:
        _version(None)
    except Exception as error:
        if isinstance(error, httpx.HTTPError | OSError | RuntimeError):
            raise FailedError(f"{refusal(error)}, atau jalankan dengan --direct") from error
        raise


def refusal(error: Exception) -> str:
    """Say in a line what the server answered, and the setting to check."""
    from prefect.settings import PREFECT_API_URL

    where = f"server Prefect {bare_address(PREFECT_API_URL.value() or 'tertanam')}"
    response = getattr(error, "response", None)
    if response is None:
        return f"{where} tidak menjawab ({first_line(error)}); periksa PREFECT_API_URL dan servernya"
    if response.status_code in {401, 403}:
        return (
            f"{where} menolak kunci ini ({response.status_code}); periksa PREFECT_API_AUTH_STRING: "
            "harus sama dengan PREFECT_SERVER_API_AUTH_STRING di server"
        )
    if response.status_code == BUSY:
        return (
            f"{where} sibuk ({BUSY}): basis datanya sedang terkunci; ulangi sebentar lagi. "
            "Bila sering terjadi, pindahkan server itu dari SQLite ke PostgreSQL"
        )
    return f"{where} menolak: {' '.join(response.text.split())[:300]}"


@dataclass(frozen=True, slots=True)
class SilentWorker:
    """A worker that no longer asks for work, while others of its pool do."""

    pool: str
    name: str
    since: datetime  # its last sign of life

    def __str__(self) -> str:
        return f"{self.name} di {self.pool}, sejak {self.since:%Y-%m-%d %H:%M} UTC"


def silent_workers() -> list[SilentWorker]:
    """Return each; Prefect has no event for one worker among several.

    Names that Prefect makes up are new at every start, so nobody knows whether those are missed. Errors of
    Prefect's client where the server does not answer.
    """
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.objects import WorkerStatus

    found = []
    with get_client(httpx_settings={"timeout": PATIENCE}, sync_client=True) as client:
        for pool in client.read_work_pools():
            workers = client.read_workers_for_work_pool(pool.name) if pool.name.startswith(POOLS) else []
            silent = [one for one in workers if one.status == WorkerStatus.OFFLINE]
            if len(silent) < len(workers):  # a pool without any is reported by an automation
                found += [
                    SilentWorker(pool.name, one.name, one.last_heartbeat_time)
                    for one in silent
                    if one.last_heartbeat_time and not _MADE_UP.fullmatch(one.name)
                ]
    return found


def check_workers() -> Check | None:
    """Check that no worker is silent; None without a server that answers."""
    from prefect.settings import PREFECT_API_URL

    if not PREFECT_API_URL.value():
        return None
    try:
        silent = silent_workers()
    except Exception:  # noqa: BLE001  (check_server says what the server answers)
        return None
    if not silent:
        return Check(WORKERS, "ok", "tidak ada yang diam")
    return Check(WORKERS, "warning", f"diam: {'; '.join(map(str, silent))}", ABOUT_WORKERS)


def check_pages() -> Check | None:
    """Check that browsers reach the API; None without a server."""
    from urllib.parse import urlsplit

    import httpx
    from prefect.settings import PREFECT_API_URL

    name, api = "Halaman Prefect", PREFECT_API_URL.value()
    if not api:
        return None
    try:
        said = httpx.get(f"{api.removesuffix('/').removesuffix('/api')}/ui-settings", timeout=PATIENCE)
        sent = str(said.json()["api_url"])
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return Check(name, "ok", "server ini tidak menampilkan halaman")
    there, here = urlsplit(sent), urlsplit(api)
    loopback = {"127.0.0.1", "localhost", "::1"}
    wrong_port = there.hostname in loopback and here.hostname in loopback and there.port != here.port
    if (there.hostname in loopback and here.hostname not in loopback) or wrong_port:
        return Check(
            name,
            "warning",
            f"halamannya menyuruh peramban membuka {sent}",
            "atur PREFECT_SERVER_UI_API_URL di server ke alamat API yang dibuka peramban, lalu mulai ulang",
        )
    return Check(name, "ok", f"peramban membuka {sent}")


def _version(address: str | None) -> str:
    from prefect.client.orchestration import SyncPrefectClient, get_client

    settings: dict[str, Any] = {"timeout": PATIENCE}
    client = (
        SyncPrefectClient(address, httpx_settings=settings)
        if address
        else get_client(httpx_settings=settings, sync_client=True)
    )
    with client:
        return client.api_version()

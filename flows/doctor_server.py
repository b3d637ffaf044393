"""The Prefect server as ``iid doctor`` sees it."""

from __future__ import annotations

from typing import Any

from iid.tasks.doctoring.checks import Check, first_line

NAME = "Prefect"
PATIENCE = 10.0  # seconds for one answer


def check_server(*, start: bool = False) -> Check:
    """The configured server, or the embedded one (started for a moment when *start*)."""
    from iid.flows import quiet_prefect

    quiet_prefect.prepare()
    import prefect
    from prefect.settings import PREFECT_API_URL

    if PREFECT_API_URL.value():
        return _asked(None, f"server {_shown(PREFECT_API_URL.value())}", prefect.__version__)
    if not start:
        seen = f"server tertanam versi {prefect.__version__}, dinyalakan saat perlu"
        return Check(NAME, "ok", f"{seen} (dengan --deep dinyalakan sekarang)")
    return _started(prefect.__version__)


def _started(version: str) -> Check:
    from iid.flows import quiet_prefect

    try:
        with quiet_prefect.embedded_server():
            from prefect.server.api.server import SubprocessASGIServer

            return _asked(SubprocessASGIServer().api_url, "server tertanam", version)
    except Exception as error:  # noqa: BLE001  (whatever a guest's server raises is what we report)
        advice = f"lihat {quiet_prefect.log_file()}, atau pakai --direct"
        return Check(NAME, "failed", f"server tertanam tidak menyala: {first_line(error)}", advice)


def _asked(address: str | None, what: str, ours: str) -> Check:
    """Ask for health and version; a server of another minor version is refused by Prefect itself."""
    try:
        theirs = _version(address)
    except Exception as error:  # noqa: BLE001  (refused, silent, not a Prefect server: all the same here)
        advice = "nyalakan dengan prefect server start, perbaiki PREFECT_API_URL, atau pakai --direct"
        return Check(NAME, "failed", f"{what} tidak menjawab: {first_line(error)}", advice)
    if theirs.split(".")[:2] != ours.split(".")[:2]:
        return Check(NAME, "failed", f"{what} versi {theirs}, di sini {ours}", "samakan versinya")
    return Check(NAME, "ok", f"{what} menjawab, versi {theirs}")


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


def _shown(url: str) -> str:
    """*url* without the password someone may have put into it."""
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()

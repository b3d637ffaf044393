"""Whether spans and metrics are wanted, and where to; loads nothing heavy."""

from __future__ import annotations

import os
from importlib.util import find_spec

from iid.tasks.operate.health.programs import ENDPOINTS as ENDPOINTS  # noqa: PLC0414


def endpoint() -> str | None:
    """Return ``[telemetry] endpoint``; None if unset, or set by environment."""
    if any(os.environ.get(name) for name in ENDPOINTS) or os.environ.get("OTEL_SDK_DISABLED") == "true":
        return None
    from iid.flows.settings.load import load_settings
    from iid.tasks.values.errors import UsageError

    try:
        return load_settings().telemetry.endpoint
    except UsageError:  # reported where the settings are needed
        return None


def missing_extra() -> str:
    """What to install where it is not; "" where all is there."""
    names = ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")
    try:
        lacking = any(find_spec(name) is None for name in names)
    except ModuleNotFoundError:
        lacking = True
    return (
        "telemetri dinyalakan, tetapi paketnya tidak ada; pasang: pip install 'iid[otel]'" if lacking else ""
    )

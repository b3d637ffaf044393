"""The only reader of settings: ``iid.toml``, overridden by ``IID_…``, overridden by options.

Secrets never stand here; they come from the environment, a Prefect block or the
user's own credential files, and are read by the library that needs them.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from iid.flows.request import AssessRequest, Cycle, GuardLimits
from iid.tasks.errors import UsageError


class Settings(BaseSettings):
    """Defaults of this installation; every key may stand in ``iid.toml`` or as ``IID_<KEY>``."""

    model_config = SettingsConfigDict(
        env_prefix="IID_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    share: str | None = None
    store: str | None = None
    cycle: Cycle | None = None
    region: str | None = None
    roster: str | None = None
    rulebook: str | None = None
    feedback: bool = True
    endpoint_url: str | None = None
    workers: int | None = None
    guard: GuardLimits = GuardLimits()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Options first, then the environment, then the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, settings_file())


def settings_file() -> Path:
    """``IID_TOML`` or ``iid.toml`` in the working directory; it need not exist."""
    return Path(os.environ.get("IID_TOML", "iid.toml"))


def load_settings() -> Settings:
    """The settings in force. UsageError naming file, key, value and what is allowed."""
    try:
        return Settings()
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{settings_file()}: bukan TOML yang sah: {error}") from error
    except ValidationError as error:
        raise UsageError(describe(error, str(settings_file()))) from error


def describe(error: ValidationError, where: str) -> str:
    """All mistakes of a pydantic error in one line: key, value received, what is allowed."""
    parts = []
    for item in error.errors(include_url=False):
        key = ".".join(str(part) for part in item["loc"]) or "(isi)"
        if item["type"] == "extra_forbidden":
            parts.append(f"kunci {key} tidak dikenal")
        else:
            parts.append(f"{key} = {item.get('input')!r}: {item['msg']}")
    return f"{where}: " + "; ".join(parts)


def build_request(**options: Any) -> AssessRequest:
    """The request from *options* over the settings; a missing share, store or cycle is a UsageError."""
    settings = load_settings()
    names = ("share", "store", "cycle", "region", "roster", "rulebook", "feedback", "endpoint_url", "workers")
    merged: dict[str, Any] = {name: getattr(settings, name) for name in names} | {"guard": settings.guard}
    merged |= {name: value for name, value in options.items() if value is not None}
    missing = [f"--{name}" for name in ("share", "store", "cycle") if merged[name] is None]
    if missing:
        raise UsageError(f"{', '.join(missing)} belum disebut (pada perintah, IID_…, atau {settings_file()})")
    try:
        return AssessRequest(**merged)
    except ValidationError as error:
        raise UsageError(describe(error, "permintaan")) from error

"""The only reader of settings: ``iid.toml``, overridden by ``IID_…``, overridden by options.

Secrets never stand here; they come from the environment, a Prefect block or the
user's own credential files, and are read by the library that needs them.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from iid.flows.mistakes import describe
from iid.flows.request import AssessRequest, Cycle, GuardLimits
from iid.tasks.errors import UsageError


class WatchSettings(BaseModel):
    """How a changed share is noticed. Times in seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    quiet_period: Annotated[float, Field(ge=0, le=3600)] = 30.0  # a copy of 200 files is one change
    poll: Annotated[float, Field(gt=0, le=3600)] | None = None  # None: a fifth of it, 0.2 to 5 s


class ServeSettings(BaseModel):
    """What ``iid serve`` does by itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "04:00"  # on the region's clock
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8036  # 0: any free one
    watch: bool = True


class Keys(BaseModel):
    """Every key of ``iid.toml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    share: str | None = None
    store: str | None = None
    cycle: Cycle | None = None
    region: str | None = None
    roster: str | None = None
    rulebook: str | None = None
    feedback: bool = True
    endpoint_url: str | None = None
    workers: Annotated[int, Field(ge=1, le=256)] | None = None
    guard: GuardLimits = GuardLimits()
    watch: WatchSettings = WatchSettings()
    serve: ServeSettings = ServeSettings()


class Settings(BaseSettings, Keys):
    """Defaults of this installation; every key may stand in ``iid.toml`` or as ``IID_<KEY>``."""

    model_config = SettingsConfigDict(
        env_prefix="IID_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

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
        raise UsageError(describe(error, f"{settings_file()} atau IID_…", Keys)) from error


def check_file(file: Path) -> Keys:
    """What *file* alone says, without the environment. UsageError with all of its mistakes."""
    from iid.tasks.drives.walking import why

    try:
        return Keys.model_validate(tomllib.loads(file.read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise UsageError(f"pengaturan {file} tidak dapat dibaca: {why(error)}") from error
    except UnicodeDecodeError:
        raise UsageError(f"{file}: bukan teks UTF-8; simpan ulang sebagai UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{file}: bukan TOML yang sah: {error}") from error
    except ValidationError as error:
        raise UsageError(describe(error, str(file), Keys)) from error


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

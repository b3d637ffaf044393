"""The only reader of settings: ``iid.toml`` < ``IID_…`` < options.

Secrets are never here; they come from the environment, a Prefect block or the
user's own credential files, and are read by the library that needs them.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from iid.flows.settings import cross_checks, targets
from iid.flows.settings.setting_messages import describe, joined, sentences
from iid.flows.settings.setting_models import Keys as Keys  # noqa: PLC0414
from iid.flows.settings.setting_models import ServeSettings as ServeSettings  # noqa: PLC0414
from iid.flows.settings.setting_models import WatchSettings as WatchSettings  # noqa: PLC0414
from iid.tasks.assess.request import AssessRequest
from iid.tasks.values.errors import UsageError


class _Environment(EnvSettingsSource):
    """``IID_…``; targets are in the file only, ``IID_TARGET`` chooses one."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        if field_name == "target":
            return None, field_name, False
        return super().get_field_value(field, field_name)


class Settings(BaseSettings, Keys):
    """Defaults of this installation, from ``iid.toml`` or ``IID_<KEY>``."""

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
        chosen = InitSettingsSource(settings_cls, init_kwargs=targets.merged(read_file()))
        return init_settings, _Environment(settings_cls), chosen


def settings_file() -> Path:
    """Return ``IID_TOML`` or ``./iid.toml``, which need not exist."""
    return Path(os.environ.get("IID_TOML", "iid.toml"))


def read_file(file: Path | None = None) -> dict[str, Any]:
    """Read the settings file; empty without one. UsageError for no TOML."""
    from iid.tasks.shares.folder_listing import why

    path = file or settings_file()
    if file is None and not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(f"pengaturan {path} tidak dapat dibaca: {why(error)}") from error
    except UnicodeDecodeError:
        raise UsageError(f"{path}: bukan teks UTF-8; simpan ulang sebagai UTF-8") from None
    except (ValueError, RecursionError) as error:  # also for numbers and brackets without end
        raise UsageError(f"{path}: bukan TOML yang sah: {error}") from error


def load_settings() -> Settings:
    """Load the chosen target's settings. UsageError with file, key, value."""
    data = read_file()
    try:
        if data.get("target"):
            Keys.model_validate(data)  # a mistake in one target is reported with its place, not as its effect
        return Settings()
    except ValidationError as error:
        raise UsageError(describe(error, f"{settings_file()} atau IID_…", Keys)) from error


def each_target() -> Iterator[tuple[str, Settings]]:
    """Yield name and settings of each target meant; ``""`` without targets."""
    data = read_file()
    if not data.get("target") or targets.choice().share:
        yield "", load_settings()
        return
    load_settings()  # mistakes of the file first
    names = targets.meant(data)
    if not names:
        targets.refuse_several(data)
    for name in names:
        with targets.choosing(replace(targets.choice(), name=name)):
            settings = load_settings()
        yield name, settings


def check_file(file: Path) -> Keys:
    """Check *file* without the environment. UsageError with all mistakes."""
    if not file.exists():
        raise UsageError(f"pengaturan {file} tidak ada; buat dengan iid init")
    data = read_file(file)
    between = cross_checks.between(data)
    try:
        keys = Keys.model_validate(data)
    except ValidationError as error:
        raise UsageError(joined(str(file), [*sentences(error, Keys), *between])) from error
    if between:
        raise UsageError(joined(str(file), between))
    return keys


def build_request(**options: Any) -> AssessRequest:
    """Build the request from *options* over settings; UsageError if lacking."""
    if options.get("share") is None:
        targets.refuse_several(read_file())
    return request_of(load_settings(), options)


def request_of(settings: Settings, options: Mapping[str, Any]) -> AssessRequest:
    """The request from *options* over *settings*."""
    names = set(AssessRequest.model_fields) & set(Settings.model_fields) - {"guard", "inspect"}
    merged: dict[str, Any] = {name: getattr(settings, name) for name in names} | {
        "guard": settings.guard,
        "inspect": settings.inspect,
    }
    merged["workbooks"] = settings.review.workbooks
    merged |= {name: value for name, value in options.items() if value is not None}
    missing = [f"--{name}" for name in cross_checks.NEEDED if merged[name] is None]
    if missing:
        raise UsageError(
            f"{', '.join(missing)} belum disebut (pada perintah, IID_…, atau {settings_file()}; "
            "iid init menulisnya)"
        )
    try:
        return AssessRequest(**merged)
    except ValidationError as error:
        raise UsageError(describe(error, "permintaan")) from error

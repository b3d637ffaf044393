"""When a final run waits for a person: ``[approval]`` in ``iid.toml``."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class ApprovalRule(BaseModel):
    """Whether a steward must approve a closing, and how long that may take."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    required: bool = False
    hours: Annotated[int, Field(ge=1, le=720)] = 48

"""For every test: hypothesis judges results, never how fast a busy machine was."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("iid", deadline=None)
settings.load_profile("iid")

"""For every test: hypothesis judges results, never how fast a busy machine was."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("iid", deadline=None)
# What is asked at the gate must be the same for the same commit; `make test` draws new examples every time.
settings.register_profile("gate", deadline=None, derandomize=True, database=None)
settings.load_profile("iid")

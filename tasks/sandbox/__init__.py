"""Guarded worker processes that open hostile bytes."""

"""Shared drives: list, read, write feedback."""

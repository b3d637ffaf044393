"""Detect changes of a share and the units they concern."""

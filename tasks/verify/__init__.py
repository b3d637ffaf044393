"""Recompute and authenticate published runs."""

"""Decisions of stewards, in and out."""

"""Stores and publishing."""

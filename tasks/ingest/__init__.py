"""Workbooks to long tables."""

"""Flows, settings and the command line."""

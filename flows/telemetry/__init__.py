"""Logs, spans, metrics and progress of a run."""

"""From tables to findings, with Great Expectations."""

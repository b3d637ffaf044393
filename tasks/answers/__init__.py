"""Questions to a finished run: explain, next steps, what-if, compare."""

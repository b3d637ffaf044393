"""Tables to findings, with Great Expectations."""

"""The export for the ministry's application and its preflight."""

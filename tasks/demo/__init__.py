"""Made-up shares with real files: the example and the golden cases."""

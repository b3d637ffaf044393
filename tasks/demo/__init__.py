"""Made-up shares with real files: the example of ``iid demo`` and the golden cases."""

"""Scores explained to people: the calculator, and the way back from a published score."""

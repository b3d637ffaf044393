"""Checks of the machine, shares and stores, and the age of results."""

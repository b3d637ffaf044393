"""Closing a cycle: deadline, late changes, frozen evidence, signature, reopening."""

"""What can be wrong with a rulebook: a leaf of the exception tree."""

from __future__ import annotations


class RulebookError(Exception):
    """A rulebook is missing, unreadable or breaks its rules; exits with 2.

    The message is what the user reads: every problem on a line of its own,
    ``<file>: <key path>: nilai yang diterima …; yang boleh: …``. It is the only
    constructor argument, so that the error survives pickling.
    """

    exit_code = 2

    @property
    def problems(self) -> tuple[str, ...]:
        """The lines of the message."""
        return tuple(str(self).splitlines())

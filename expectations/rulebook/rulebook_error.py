"""What can be wrong with a rulebook. The leaf of the exception tree of :mod:`iid.tasks.values.errors`."""

from __future__ import annotations


class RulebookError(Exception):
    """A rulebook does not exist, cannot be read or breaks its own rules; the command exits 2.

    The message is what the user reads: every problem on a line of its own,
    ``<file>: <key path>: nilai yang diterima …; yang boleh: …``. It is the only
    constructor argument, so that the error survives pickling.
    """

    exit_code = 2

    @property
    def problems(self) -> tuple[str, ...]:
        """The lines of the message."""
        return tuple(str(self).splitlines())

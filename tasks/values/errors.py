"""What stops a run; a bad submission is no exception but a finding.

::

    IidError
    ├── UsageError       wrong argument, setting, roster or rulebook        exit 2
    │   └── RulebookError
    ├── GuardError       share looks unmounted, too much gone, closed, lease exit 3
    └── FailedError      drive or store cannot be used; nothing published   exit 1
        ├── DriveError
        └── StoreError

The message is what the user reads: one line, what was seen, what to do.
All survive pickling, because Prefect stores them: the only constructor
argument is the message.
"""


class IidError(Exception):
    """Any failure that ends a run; ``exit_code`` is the command's exit status."""

    exit_code = 1


class FailedError(IidError):
    """The run failed and nothing was published."""


class DriveError(FailedError):
    """The share cannot be listed or read."""


class StoreError(FailedError):
    """The store cannot be read or written."""


class UsageError(IidError):
    """An argument, a setting, a roster or a rulebook is wrong."""

    exit_code = 2


class GuardError(IidError):
    """A guard refused to publish; the last published run is untouched."""

    exit_code = 3

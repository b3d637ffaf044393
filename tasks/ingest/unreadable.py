"""The one exception inside this package. It ends in a finding and never leaves the package."""


class Unreadable(Exception):  # noqa: N818 - no error of ours: it becomes a finding
    """These bytes are no workbook we read; the message completes "tidak dapat dibaca: ..."."""


#: Why a workbook with a password is not read.
LOCKED = "terkunci kata sandi"

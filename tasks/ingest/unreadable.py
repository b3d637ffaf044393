"""The package's one exception: it ends in a finding, never outside."""


class Unreadable(Exception):  # noqa: N818 - no error of ours: it becomes a finding
    """Bytes that are no workbook; completes "tidak dapat dibaca: ..."."""


#: Why a workbook with a password is not read.
LOCKED = "terkunci kata sandi"

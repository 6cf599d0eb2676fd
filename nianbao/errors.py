"""What can stop a command, each with the exit code it ends with and a message that says what to do.

Stop
├── Usage           2    wrong use of a command, no such file
│   └── BadConfig   2    the configuration cannot be used; names the file, the line and the key
├── CannotWrite    74    disk full, no permission
└── Locked         75    another run holds the lock
"""

from __future__ import annotations

import errno

from nianbao.exits import Exit

CANNOT_WRITE = frozenset({errno.ENOSPC, errno.EACCES, errno.EPERM, errno.EROFS, errno.EDQUOT, errno.EFBIG, errno.EIO})
"""The `errno`s that mean: the disk or its rights, not the program."""


class Stop(Exception):
    """Base of all errors that end a command with one line for the user; the message says what to do."""

    code = Exit.BUG


class Usage(Stop):
    """The command was asked for something it cannot do, or a file is not there."""

    code = Exit.USAGE


class BadConfig(Usage):
    """The configuration cannot be used."""


class CannotWrite(Stop):
    """The archive cannot be written to."""

    code = Exit.CANNOT_WRITE


class Locked(Stop):
    """Another run holds the lock of this archive."""

    code = Exit.LOCKED

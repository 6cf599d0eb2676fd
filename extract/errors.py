"""What can go wrong while bytes become a report.

ReadError
├── NotAReport       readable, but another kind of document
├── Unreadable       damaged, empty, or of no known kind
│   └── Encrypted    a password is needed
├── MissingPart      an optional program or package is needed to read this kind
└── TooComplex       beyond the limits of time, memory, depth or size
"""

from __future__ import annotations


class ReadError(Exception):
    """Base of all reading errors. `code` names what happened in problems and messages."""

    code = "read_error"


class NotAReport(ReadError):
    """The document can be read but is not an annual report; the message says what it looks like."""

    code = "not_a_report"


class Unreadable(ReadError):
    """The bytes are damaged, empty or of no kind that a reader knows."""

    code = "unreadable"


class Encrypted(Unreadable):
    """The document is locked with a password."""

    code = "encrypted"


class MissingPart(ReadError):
    """An optional package or program (OCR models, bsdtar) is not installed; the message says how to get it."""

    code = "missing_part"


class TooComplex(ReadError):
    """Reading was given up at a limit: time, memory, nesting, number of cells, unpacked size."""

    code = "too_complex"

"""LibreOffice, where it is installed, as a second reader of binary Word files: slow, and often less right than the first."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from extract.document import Document
from extract.errors import MissingPart, Unreadable
from extract.word import read_docx

PROGRAM = "soffice"
SECONDS = 60.0


def is_present() -> bool:
    """Whether LibreOffice can be asked."""
    return shutil.which(PROGRAM) is not None


def read(content: bytes) -> Document:
    """The document as LibreOffice converts it. Raises MissingPart without the program, Unreadable where it gives nothing."""
    if not is_present():
        raise MissingPart("LibreOffice is not installed: apt install libreoffice-writer-nogui")
    with tempfile.TemporaryDirectory(prefix="nianbao-office-") as name:
        folder = Path(name)
        (folder / "source.doc").write_bytes(content)
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = [PROGRAM, profile, "--headless", "--convert-to", "docx", "--outdir", str(folder), str(folder / "source.doc")]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)
        except (subprocess.SubprocessError, OSError) as error:
            raise Unreadable(f"LibreOffice could not convert this document: {type(error).__name__}") from error
        converted = folder / "source.docx"
        if not converted.exists():
            raise Unreadable("LibreOffice could not convert this document")
        return read_docx(converted.read_bytes())

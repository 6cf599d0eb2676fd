"""Office readers against their peers on the same files, one process, one core.

    python -m benchmarks.word_vs_peers [--documents N]

Each document is of another body with other figures and is read once, after a warm-up on others: by the reader alone, which does what
the peer does, and whole, from bytes to a Report.

Peers: python-docx (every cell of every row, as its users read tables), openpyxl, and LibreOffice where it is installed.
"""

from __future__ import annotations

import argparse
import io
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

import docx as python_docx
import openpyxl
from docx.shared import Pt

from benchmarks.html_vs_peers import as_reading_process
from extract import doc, odt, ofd, rtf, sheet, word
from extract.document import Source
from extract.read import read
from tests.corpus.generate import doc as drawn_doc
from tests.corpus.generate import odt as drawn_odt
from tests.corpus.generate import ofd as drawn_ofd
from tests.corpus.generate import rtf as drawn_rtf
from tests.corpus.generate import xls as drawn_xls
from tests.corpus.generate import xlsx as drawn_xlsx
from tests.corpus.generate.model import Specimen, specimen
from tests.corpus.generate.office import placed, width_of

Reader = Callable[[bytes], object]


def formatted_docx(one: Specimen) -> bytes:
    """The specimen as python-docx writes it, merged cells and run formatting as people leave them."""
    document = python_docx.Document()
    for block in one.blocks:
        if isinstance(block, str):
            document.add_paragraph(block)
            continue
        table = document.add_table(len(block), width_of(block), style="Table Grid")
        for row, column, box in (cell for line in placed(block) for cell in line):
            cell = table.cell(row, column).merge(table.cell(row + box.rowspan - 1, column + box.colspan - 1))
            run = cell.paragraphs[0].add_run(box.text)
            run.font.size = Pt(10.5)
            run.font.name = "宋体"
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def by_python_docx(content: bytes) -> None:
    document = python_docx.Document(io.BytesIO(content))
    for paragraph in document.paragraphs:
        _ = paragraph.text
    for table in document.tables:
        for row in table.rows:
            for cell in row.cells:
                _ = cell.text


def by_openpyxl(content: bytes) -> None:
    for page in openpyxl.load_workbook(io.BytesIO(content), data_only=True).worksheets:
        for row in page.iter_rows(values_only=True):
            _ = row


def by_soffice(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "a.doc").write_bytes(content)
        profile = f"-env:UserInstallation=file://{folder}/profile"
        command = ["soffice", "--headless", profile, "--convert-to", "docx", "--outdir", folder, f"{folder}/a.doc"]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        word.read_docx(Path(folder, "a.docx").read_bytes())


class Race(NamedTuple):
    """A format, how it is drawn, our reader of it, and its peer, where there is one."""

    name: str
    draw: Callable[[Specimen], bytes]
    own: Reader
    peer: str = ""
    other: Reader | None = None


RACES = (
    Race("DOCX", formatted_docx, word.read_docx, "python-docx", by_python_docx),
    Race("XLSX", drawn_xlsx.draw, sheet.read, "openpyxl", by_openpyxl),
    Race("DOC", drawn_doc.draw, doc.read, "soffice", by_soffice if shutil.which("soffice") else None),
    Race("XLS", drawn_xls.draw, sheet.read),
    Race("RTF", drawn_rtf.draw, rtf.read),
    Race("ODT", drawn_odt.draw, odt.read),
    Race("OFD", drawn_ofd.draw, ofd.read),
)
WARM = 4


def milliseconds(work: Reader, contents: Sequence[bytes], clock: Callable[[], float] = time.process_time) -> float:
    """The median document, each read once: processor time of this process, or the wall clock where another does the work."""
    return median(_took(work, content, clock) for content in contents) * 1000


def _took(work: Reader, content: bytes, clock: Callable[[], float]) -> float:
    began = clock()
    work(content)
    return clock() - began


def whole(content: bytes) -> None:
    """Bytes to Report: the reader, then figures, rules and prose."""
    read(Source(content))


def main() -> None:
    as_reading_process()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=12)
    count = parser.parse_args().documents
    print(f"{'format':8}{'reader':>8}{'whole':>8}  {'peer':12}{'ms':>10}{'/reader':>9}{'/whole':>8}")
    for race in RACES:
        drawn = [race.draw(specimen(seed)) for seed in range(WARM + count)]
        for content in drawn[:WARM]:
            whole(content)
        documents = drawn[WARM:]
        own, all_of_it = milliseconds(race.own, documents), milliseconds(whole, documents)
        print(f"{race.name:8}{own:8.2f}{all_of_it:8.2f}  {race.peer:12}", end="")
        if race.other is not None:
            away = race.other is by_soffice
            other = milliseconds(race.other, documents[: 2 if away else 8], time.perf_counter if away else time.process_time)
            print(f"{other:10.1f}{other / own:9.1f}{other / all_of_it:8.1f}", end="")
        print()


if __name__ == "__main__":
    main()

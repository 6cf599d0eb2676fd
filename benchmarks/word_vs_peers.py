"""Office readers against their peers on the same files, one process, one core.

    python -m benchmarks.word_vs_peers [--repeat N]

Peers: python-docx (every cell of every row, as its users read tables), openpyxl, and LibreOffice where it is installed.
"""

from __future__ import annotations

import argparse
import io
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import docx as python_docx
import openpyxl
from docx.shared import Pt

from extract import doc, odt, ofd, rtf, sheet, word
from tests.corpus.generate import doc as drawn_doc
from tests.corpus.generate import odt as drawn_odt
from tests.corpus.generate import ofd as drawn_ofd
from tests.corpus.generate import rtf as drawn_rtf
from tests.corpus.generate import xls as drawn_xls
from tests.corpus.generate import xlsx as drawn_xlsx
from tests.corpus.generate.model import Specimen, specimen
from tests.corpus.generate.office import placed, width_of


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


def milliseconds(read: Callable[[bytes], object], content: bytes, repeat: int, clock: Callable[[], float] = time.process_time) -> float:
    """The best of several runs: processor time of this process, or the wall clock where another does the work."""
    best = float("inf")
    for _ in range(repeat):
        start = clock()
        read(content)
        best = min(best, clock() - start)
    return best * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=15)
    repeat = parser.parse_args().repeat
    one = specimen(11)
    docx_file, doc_file = formatted_docx(one), drawn_doc.draw(one)
    rows: list[tuple[str, float, str, float | None]] = [
        (
            "DOCX",
            milliseconds(word.read_docx, docx_file, repeat),
            "python-docx",
            milliseconds(by_python_docx, docx_file, max(3, repeat // 3)),
        ),
        (
            "XLSX",
            milliseconds(sheet.read, drawn_xlsx.draw(one), repeat),
            "openpyxl",
            milliseconds(by_openpyxl, drawn_xlsx.draw(one), repeat),
        ),
        (
            "DOC",
            milliseconds(doc.read, doc_file, repeat),
            "soffice",
            milliseconds(by_soffice, doc_file, 2, time.perf_counter) if shutil.which("soffice") else None,
        ),
        ("XLS", milliseconds(sheet.read, drawn_xls.draw(one), repeat), "", None),
        ("RTF", milliseconds(rtf.read, drawn_rtf.draw(one), repeat), "", None),
        ("ODT", milliseconds(odt.read, drawn_odt.draw(one), repeat), "", None),
        ("OFD", milliseconds(ofd.read, drawn_ofd.draw(one), repeat), "", None),
    ]
    print(f"{'format':8}{'ms':>8}  {'peer':12}{'ms':>10}{'times':>8}")
    for name, own, peer, other in rows:
        print(f"{name:8}{own:8.2f}  {peer:12}" + (f"{other:10.1f}{other / own:8.0f}" if other is not None else ""))


if __name__ == "__main__":
    main()

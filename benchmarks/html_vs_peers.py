"""HTML: a whole `read` to a Report, beside lexbor's bare parse and pandas.read_html of the same page.

    python -m benchmarks.html_vs_peers

The pages are made-up reports in Word markup of about 150 KB, each of another body with other figures and each read once, after a
warm-up on others: what a run over many reports remembers of labels helps, what it would remember of a page does not. Figures are
CPU time, the median page, in a process set up as those that read for a run (`nianbao.reading`); ratios travel, times do not.
"""

from __future__ import annotations

import html
import io
import os
import sys
import time
from collections.abc import Callable, Sequence
from statistics import median

from selectolax.lexbor import LexborHTMLParser

from extract import html as html_reader
from extract.document import Source
from extract.read import read
from nianbao.demo.typeset import Box, Table
from nianbao.reading import ENVIRONMENT
from tests.corpus.generate.model import Specimen, specimen

WARM, PAGES = 20, 60
CELL = (
    "border:solid windowtext 1.0pt;mso-border-alt:solid windowtext .5pt;border-left:none;padding:0cm 5.4pt 0cm 5.4pt;height:25.35pt;"
    "mso-border-left-alt:solid windowtext .5pt;mso-border-right-alt:solid windowtext .5pt"
)
PARAGRAPH = '<p class="MsoNormal" align="center" style="text-align:center;line-height:20.0pt;mso-line-height-rule:exactly">{}</p>'
FONT = "font-size:10.0pt;font-family:&quot;仿宋&quot;,serif;mso-bidi-font-family:宋体;color:black"
RUN = f'<span lang="EN-US" style="{FONT}">{{}}<o:p></o:p></span>'


def cell(box: Box) -> str:
    """A cell as Word writes it."""
    text = PARAGRAPH.format(RUN.format(html.escape(box.text)))
    return f'<td rowspan="{box.rowspan}" colspan="{box.colspan}" valign="center" style="{CELL}">{text}</td>'


def table(rows: Table) -> str:
    """A table as Word writes it."""
    return '<table class="MsoNormalTable">' + "".join(f"<tr>{''.join(map(cell, row))}</tr>" for row in rows) + "</table>"


def page(one: Specimen) -> str:
    """One report in Word markup."""
    blocks = (PARAGRAPH.format(RUN.format(html.escape(b))) if isinstance(b, str) else table(b) for b in one.blocks)
    return f"<html><head><title>report</title></head><body>{''.join(blocks)}</body></html>"


def median_ms(work: Callable[[str], object], pages: Sequence[str]) -> float:
    """The CPU time of a page, in ms: each is worked on once, the median counts."""
    return median(_cpu_ns(work, page) for page in pages) / 1e6


def _cpu_ns(work: Callable[[str], object], page: str) -> int:
    began = time.process_time_ns()
    work(page)
    return time.process_time_ns() - began


def as_reading_process() -> None:
    """Begin anew in the environment of a reading process, where this is another."""
    if not ENVIRONMENT.items() <= os.environ.items():
        os.execve(sys.executable, sys.orig_argv, {**os.environ, **ENVIRONMENT})


def main() -> None:
    """Print the four times and their ratios."""
    as_reading_process()
    import pandas as pd

    pages = [page(specimen(seed)) for seed in range(WARM + PAGES)]
    for text in pages[:WARM]:
        read(Source(text.encode()))
        pd.read_html(io.StringIO(text))
    pages = pages[WARM:]
    parse = median_ms(lambda text: LexborHTMLParser(text.encode()), pages)
    document = median_ms(lambda text: html_reader.read(text.encode()), pages)
    ours = median_ms(lambda text: read(Source(text.encode())), pages)
    pandas = median_ms(lambda text: pd.read_html(io.StringIO(text)), pages)
    print(f"{PAGES} pages of {len(pages[0].encode()) / 1000:.0f} KB, {len(read(Source(pages[0].encode())).figures)} figures each")
    print(f"lexbor parse alone    {parse:7.2f} ms")
    print(f"bytes to Document     {document:7.2f} ms   {document / parse:.1f} × the bare parse")
    print(f"read to Report        {ours:7.2f} ms   {ours / parse:.1f} × the bare parse")
    print(f"pandas.read_html      {pandas:7.2f} ms   {pandas / ours:.1f} × ours, tables alone")


if __name__ == "__main__":
    main()

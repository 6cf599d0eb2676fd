"""HTML: a whole `read` to a Report, beside lexbor's bare parse and pandas.read_html of the same page.

    python -m benchmarks.html_vs_peers

The page is a made-up report in Word markup of about 150 KB. Figures are CPU time, the best of many; ratios travel, times do not.
"""

from __future__ import annotations

import html
import io
import time
from collections.abc import Callable

from selectolax.lexbor import LexborHTMLParser

from extract.document import Source
from extract.read import read
from nianbao.demo.typeset import Box, Table
from tests.corpus.generate.model import specimen

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


def page(seed: int = 3) -> str:
    """One report in Word markup."""
    blocks = (PARAGRAPH.format(RUN.format(html.escape(b))) if isinstance(b, str) else table(b) for b in specimen(seed).blocks)
    return f"<html><head><title>report</title></head><body>{''.join(blocks)}</body></html>"


def best_ms(work: Callable[[], object], times: int) -> float:
    """The least CPU time of so many tries, in ms."""
    least = float("inf")
    for _ in range(times):
        began = time.process_time()
        work()
        least = min(least, time.process_time() - began)
    return least * 1000


def main() -> None:
    """Print the three times and the ratios."""
    import pandas as pd

    text = page()
    content = text.encode()
    ours = best_ms(lambda: read(Source(content)), 40)
    parse = best_ms(lambda: LexborHTMLParser(text), 40)
    pandas = best_ms(lambda: pd.read_html(io.StringIO(text)), 5)
    print(f"page of {len(content) / 1000:.0f} KB, {len(read(Source(content)).figures)} figures")
    print(f"lexbor parse alone    {parse:7.2f} ms")
    print(f"read to Report        {ours:7.2f} ms   {ours / parse:.1f} × the bare parse")
    print(f"pandas.read_html      {pandas:7.2f} ms   {pandas / ours:.1f} × ours, tables alone")


if __name__ == "__main__":
    main()

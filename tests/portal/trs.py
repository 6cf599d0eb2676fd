"""TRS: `index.html`, `index_1.html`, …; `createPageHTML(pages, current, stem, ext)`; rows with a stray closing tag."""

from __future__ import annotations

from nianbao.demo.server import Host, page
from tests.portal.town import Frame, Report, Shelf, entrance, pages_of, publish

COLUMN = "/zwgk/zfxxgk/zfxxgknb/"
FRAME = Frame(head='<meta name="generator" content="TRS WCM">')


def row(report: Report) -> str:
    """A row as TRS prints it, `</TRS_DOCUMENT>` included."""
    return f'<li><a href="./{path(report)}">{report.title}</TRS_DOCUMENT><span>{report.day}</span></a></li>'


def path(report: Report) -> str:
    """Where a report is, seen from its column."""
    return f"{report.day:%Y%m}/t{report.day:%Y%m%d}_{report.number}.html"


def pager(pages: int, at: int, total: int, spelling: str) -> str:
    """The pager in one of its spellings."""
    links = "".join(f'<a href="index{f"_{other}" if other else ""}.html">{other + 1}</a>' for other in range(pages) if other != at)
    counts = f"var currentPage = {at};//所在页从0开始\nvar countPage = {pages}//共多少页\n"
    return {
        "plain": f'<script>createPageHTML({pages}, {at}, "index", "html");</script>',
        "total": f'<script>createPageHTML({pages},{at},"index","html","black_text",{total});</script>',
        "records": f'<script>createPageHTML({total},{pages},{at},"index","html");</script>',
        "variables": f'<script>//createPageHTML(9, 0, "index", "html");\n{counts}</script>{links}',
        "most": f"<script>var pagination_script_config = {{ pageNumber: '{at}', total: '{pages}' }};</script>",
        "none": "",
    }[spelling]


def build(host: Host, rows: list[Report], *, size: int = 10, spelling: str = "plain") -> Shelf:
    """A column of static pages."""
    entrance(host, COLUMN, frame=FRAME)
    sheets = pages_of(rows, size)
    for at, sheet in enumerate(sheets):
        listed = f'<ul class="list">{"".join(map(row, sheet))}</ul><div class="page">{pager(len(sheets), at, len(rows), spelling)}</div>'
        body = page(FRAME.html("政府信息公开年报", listed))
        host[f"{COLUMN}index_{at}.html" if at else COLUMN] = body
        if not at:
            host[f"{COLUMN}index.html"] = body
    total = len(rows) if spelling in ("total", "records") else None
    return Shelf(host.url(COLUMN), publish(host, {COLUMN + path(report): report for report in rows}, FRAME), len(sheets), total)

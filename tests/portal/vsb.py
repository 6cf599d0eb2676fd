"""VSB: page numbers count down: page 2 of 3 is `name/2.htm`, the last is `name/1.htm`."""

from __future__ import annotations

from nianbao.demo.server import Host, page
from tests.portal.town import Frame, Report, Shelf, entrance, pages_of, publish

COLUMN = "/zwgk/zfxxgknb.htm"


def path(report: Report) -> str:
    """Where a report is."""
    return f"/info/1050/{report.number}.htm"


def build(host: Host, rows: list[Report], *, size: int = 10) -> Shelf:
    """A column of pages that count down."""
    frame = Frame()
    entrance(host, COLUMN, frame=frame)
    sheets = pages_of(rows, size)
    names = ["zfxxgknb.htm", *(f"zfxxgknb/{len(sheets) - at}.htm" for at in range(1, len(sheets)))]
    for at, sheet in enumerate(sheets):
        up = "../" if at else ""
        listed = "".join(
            f'<li id="line_u5_{n}"><a href="{up}..{path(r)}" title="{r.title}">{r.title}</a><span>{r.day}</span></li>'
            for n, r in enumerate(sheet)
        )
        onward = (
            f'<a href="{up}{names[at + 1]}">下页</a><a href="{up}{names[-1]}">尾页</a>' if at + 1 < len(sheets) else "<span>下页</span>"
        )
        pager = f"<span>共{len(rows)}条&nbsp;&nbsp;{at + 1}/{len(sheets)}</span>{onward}"
        host[f"/zwgk/{names[at]}"] = page(frame.html("政府信息公开年报", f"<ul>{listed}</ul><div>{pager}</div>"))
    return Shelf(host.url(COLUMN), publish(host, {path(report): report for report in rows}, frame), len(sheets), len(rows))

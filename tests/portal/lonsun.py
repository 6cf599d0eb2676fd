"""lonsun: organ columns by type, a label that answers HTML with `size:N` in its script."""

from __future__ import annotations

from nianbao.demo.server import Answer, Host, Request, content, page
from tests.portal.town import Frame, Report, Shelf, entrance, publish

ORGAN = "6595721"
COLUMN = f"/public/column/{ORGAN}?type=3"


def path(report: Report) -> str:
    """Where a report is."""
    return f"/public/{ORGAN}/{report.number}.html"


def build(host: Host, rows: list[Report], *, most: int = 100) -> Shelf:
    """The organ's page, and the label that lists at most `most` rows at once."""
    frame = Frame()
    entrance(host, COLUMN, frame=frame)
    call = "$.get('/site/label/8888',{labelName:'publicInfoList', siteId:'6793042', file:'/xxgk/publicInfoList_newest2020'})"
    host[f"/public/column/{ORGAN}"] = page(frame.html("政府信息公开年报", f'<div class="xxgk_list"></div><script>{call}</script>'))

    def label(request: Request) -> Answer:
        asked = request.query
        size = min(most, int(asked["pageSize"]))
        start = (int(asked["pageIndex"]) - 1) * size
        right = (
            asked["organId"] == ORGAN and asked["siteId"] == "6793042" and asked["type"] == "3" and asked["labelName"] == "publicInfoList"
        )
        sheet = rows[start : start + size] if right else []
        lines = "".join(
            f'<ul><li class="mc"><a href="{path(r)}" title="{r.title}">{r.title[:20]}</a></li><li class="rq">{r.day}</li></ul>'
            for r in sheet
        )
        pager = f"{{currPage:{asked['pageIndex']}, pageCount:9, size:{len(rows)}}}"
        script = f"<script>Ls.pagination('#page_public_info', function (i, c) {{}}, {pager})</script>"
        return content(f'<div class="xxgk_navli">{lines}</div>{script}', "text/html; charset=utf-8")

    host["/site/label/8888"] = label
    return Shelf(host.url(COLUMN), publish(host, {path(report): report for report in rows}, frame), 1 + -(-len(rows) // most), len(rows))

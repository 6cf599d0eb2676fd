"""Pretend portals that hide their annual-report column, each in its own way; pages by address, for a `Shelf`."""

from __future__ import annotations

from collections.abc import Mapping

from tests.portal.shelf import REPORT_BODY, Page, html, listed

HOST = "http://www.example.gov.cn"
NAV = '<div class="nav"><a href="/">首页</a> <a href="/news/">新闻中心</a> <a href="/hudong/">互动交流</a></div>'
ORGANS = {"jyj": "沙湾市教育局", "mzj": "沙湾市民政局", "jgh": "金沟河镇人民政府"}
YEARS = range(2018, 2026)


def title(year: int, agency: str = "沙湾市人民政府") -> str:
    """A report's usual title."""
    return f"{agency}{year}年政府信息公开工作年度报告"


def article(words: str) -> str:
    """A report's page."""
    return html(NAV + f"<h1>{words}</h1>" + REPORT_BODY, title=words)


def column(*, at: str = "/a/", years: range = YEARS) -> tuple[str, dict[str, str]]:
    """The markup of a list of reports, and the pages that it lists."""
    rows = {f"{at}{year}.html": title(year) for year in years}
    return listed(rows), {url: article(words) for url, words in rows.items()}


ROWS, ARTICLES = column()
MENU = '<ul><li><a href="/zfxxgk/zn/">政府信息公开指南</a></li><li><a href="/zfxxgk/zd/">政府信息公开制度</a></li></ul>'

SHELLS: Mapping[str, Page] = {
    "/": '<html><head><meta http-equiv="refresh" content="0;url=/portal/"></head></html>',
    "/portal/": "<html><script>window.location.href='/portal/' + 'index.html'</script></html>",
    "/portal/index.html": "<html><frameset><frame src='/top.html'><frame src='/main.html'></frameset></html>",
    "/top.html": html("<script>document.write('<a href=\"/xxgk.html\">信息'+'公开</a>')</script>" + NAV),
    "/main.html": html(NAV),
    "/xxgk.html": html(NAV + MENU + "<a href=\"javascript:window.open('/xxgk/nb.htm')\">年 报</a>"),
    "/xxgk/nb.htm": html(NAV + ROWS),
    **ARTICLES,
}
"""Refresh, script redirect, frames, a written link, a link that opens a window."""

PICTURE: Mapping[str, Page] = {
    "/": html(NAV + '<a href="/p/7/"><img src="x.png" alt="政府信息公开"></a><map><area href="/q/" alt="信息公开年报"></map>'),
    "/p/7/": html(NAV),
    "/q/": html(NAV + ROWS),
    **ARTICLES,
}
"""Columns behind pictures and image maps."""

LEVELS: Mapping[str, Page] = {
    "/": html(NAV + '<div class="footer"><a href="/zfxxgk/">政府信息公开</a></div>'),
    "/zfxxgk/": html(NAV + MENU + '<a href="./zfxxgknb/">政府信息<br>公开年报</a>'),
    "/zfxxgk/zfxxgknb/": html(NAV + '<ul><li><a href="2025n/">2025年</a></li><li><a href="2024n/">2024年</a></li></ul>'),
    "/zfxxgk/zfxxgknb/2025n/": html(NAV + listed({"202601/t20260122_1.html": title(2025), "202601/t20260122_2.html": "沙湾市教育局"})),
    "/zfxxgk/zfxxgknb/2024n/": html(NAV + '<a href="xz/">乡镇</a> <a href="bm/">部门</a>'),
    "/zfxxgk/zfxxgknb/2024n/xz/": html(NAV + '<p><a href="jgh.html">金沟河镇</a> <a href="lmw.html">柳毛湾镇</a></p>'),
    "/zfxxgk/zfxxgknb/2024n/xz/jgh.html": article("金沟河镇"),
    "/zfxxgk/zfxxgknb/2024n/xz/lmw.html": article("柳毛湾镇"),
    "/zfxxgk/zfxxgknb/2024n/bm/": html(NAV + listed({"../202501/t20250122_9.html": "沙湾市民政局"})),
    "/zfxxgk/zfxxgknb/2025n/202601/t20260122_1.html": article(title(2025)),
    "/zfxxgk/zfxxgknb/2025n/202601/t20260122_2.html": article(title(2025, "沙湾市教育局")),
    "/zfxxgk/zfxxgknb/2024n/202501/t20250122_9.html": article(title(2024, "沙湾市民政局")),
}
"""A column by year, by level, by body; a body's page is the report itself."""

BODIES: Mapping[str, Page] = {
    "/": html(NAV + "<a href='/zfxxgk/'>政府信息公开</a>"),
    "/zfxxgk/": html(
        NAV
        + "<a href='/zfxxgk/nb/'>政府信息公开年报</a><div><h3>部门信息公开</h3>"
        + "".join(f"<a href='/{code}/xxgk/'>{name}</a>" for code, name in ORGANS.items())
        + "</div>"
    ),
    "/zfxxgk/nb/": html(NAV + listed({"/a/0.html": title(2025)})),
    "/a/0.html": article(title(2025)),
    **{f"/{code}/xxgk/": html(NAV + f"<a href='/{code}/xxgk/gknb/'>公开年报</a>") for code in ORGANS},
    **{f"/{code}/xxgk/gknb/": html(NAV + listed({f"/{code}/1.html": "2025年政府信息公开工作年度报告"})) for code in ORGANS},
    **{f"/{code}/1.html": article(title(2025, name)) for code, name in ORGANS.items()},
}
"""Each body has a column of its own; the rows do not name it."""

BY_YEAR: Mapping[str, Page] = {
    "/": html(NAV + "<a href='/zfxxgk.html'>政府信息公开</a>"),
    "/zfxxgk.html": html(NAV + "<a href='/gmx/zfxxgknb.html'>年度报告</a>"),
    **{
        f"/gmx/zfxxgknb.html{query}": html(
            NAV + "".join(f"<a href='?nbYear={year}'>{year}年</a>" for year in (2025, 2024)) + f"<h1>{shown}年</h1>" + REPORT_BODY
        )
        for query, shown in (("", 2025), ("?nbYear=2025", 2025), ("?nbYear=2024", 2024))
    },
}
"""The column shows the report of a year that its address names; without one, the newest."""

OTHER_HOST: Mapping[str, Page] = {
    "/": html(
        NAV
        + "<a href='http://www.province.gov.cn/zfxxgk/'>自治区人民政府信息公开</a><a href='http://xxgk.example.gov.cn/'>政府信息公开</a>"
    ),
    "http://xxgk.example.gov.cn/": html("<a href='/ndbg/'>政府信息公开年报</a>"),
    "http://xxgk.example.gov.cn/ndbg/": html(ROWS),
    **{"http://xxgk.example.gov.cn" + url: page for url, page in ARTICLES.items()},
}
"""Disclosure on a host of its own, and a superior's portal beside it."""

NAMELESS: Mapping[str, Page] = {
    "/": html(NAV + "<a href='/zw/'>政务公开</a>"),
    "/zw/": html(NAV + "<a href='/zw/tz/'>通知公告</a><a href='/zw/bg/'>文件汇编</a>"),
    "/zw/tz/": html(NAV + listed({"/n/1.html": "关于放假的通知通知", "/n/2.html": "关于停水的通知通知"})),
    "/zw/bg/": html(NAV + ROWS),
    **ARTICLES,
}
"""A column whose name says nothing."""

SEARCHED: Mapping[str, Page] = {
    "/": html(NAV + "<form action='/s'><input name='wd'><input type='hidden' name='sid' value='0'></form>"),
    "/s?wd=%E6%94%BF%E5%BA%9C%E4%BF%A1%E6%81%AF%E5%85%AC%E5%BC%80%E5%B7%A5%E4%BD%9C%E5%B9%B4%E5%BA%A6%E6%8A%A5%E5%91%8A&sid=0": html(
        NAV + listed({"/zwdt/content_1": title(2025), "/zwdt/content_2": title(2024), "/zwdt/content_3": "2024年政务公开工作要点"})
    ),
    "/zwdt/content_1": article(title(2025)),
    "/zwdt/content_2": article(title(2024)),
}
"""Only the site's own search knows."""

PASSING: Mapping[str, Page] = {
    "/": html(NAV + listed({"/n/1.html": title(2025), "/n/2.html": "沙湾市迎接春节慰问活动", "/n/3.html": "关于停水的通知通知"})),
    "/n/1.html": article(title(2025)),
}
"""No column at all: the home page names a report among its news."""

FOLDER: Mapping[str, Page] = {
    "/": html(NAV + f"<a href='/zwgk/zfxxgknb/202601/t20260122_5.html'>{title(2025)}</a>"),
    "/zwgk/zfxxgknb/": html(NAV + listed({"202601/t20260122_5.html": title(2025), "202501/t20250122_5.html": title(2024)})),
    "/zwgk/zfxxgknb/202601/t20260122_5.html": article(title(2025)),
    "/zwgk/zfxxgknb/202501/t20250122_5.html": article(title(2024)),
}
"""One report in the news gives its column away by its address."""

IFRAME: Mapping[str, Page] = {
    "/": html(NAV + "<a href='/zwgk/nb.html'>信息公开年报</a>"),
    "/zwgk/nb.html": html(NAV + "<p>政府信息公开年报" + "说明" * 200 + "</p><iframe src='/inner/rows.html'></iframe>"),
    "/inner/rows.html": html(ROWS),
    **ARTICLES,
}
"""The rows stand in a frame."""

TWICE: Mapping[str, Page] = {
    "/": html(
        NAV
        + "<a href='/zfxxgk/nb/'>政府信息公开年报</a><a href='/m/nb/list.html'>年度报告</a><a href='https://www.example.gov.cn/zfxxgk/nb/index.html'>年报</a>"
    ),
    "/zfxxgk/nb/": html(NAV + ROWS),
    "/m/nb/list.html": html(ROWS),
    **ARTICLES,
}
"""One column at several addresses."""

ONLY_DECOYS: Mapping[str, Page] = {
    "/": html(NAV + "<a href='/zfxxgk/nb/'>政府信息公开年报</a>"),
    "/zfxxgk/nb/": html(NAV + listed({"/n/1.html": "一图读懂2025年年报", "/n/2.html": "沙湾市政府网站工作年度报表（2025年）"})),
}
"""A column of the right name with nothing right in it."""

SCRIPTED: Mapping[str, Page] = {
    "/": html(
        "<script src='/js/jquery.min.js'></script><script src='/script/0/2009.js'></script>" + "<a href='/news/1.html'>一条新闻</a>" * 9
    ),
    "/script/0/2009.js": "document.write('<ul><li><a href=\\'/xxgk/nb/\\'>政府信息公开年报</a></li></ul>');",
    "/xxgk/nb/": html(NAV + ROWS),
    **ARTICLES,
}
"""The menu is written by a script in a file of its own."""

LOADED: Mapping[str, Page] = {
    "/": html("<div id='h'></div><script>$('#h').load('/inc/head.html');</script>" + "<a href='/news/1.html'>一条新闻</a>" * 9),
    "/inc/head.html": "<ul><li><a href='/xxgk/nb/'>政府信息公开年报</a></li></ul>",
    "/xxgk/nb/": html(NAV + "<div id='l'></div><script>$('#l').load('/inc/nb.html');</script>"),
    "/inc/nb.html": ROWS,
    **ARTICLES,
}
"""Menu and rows are fragments that a script loads."""

DOOR: Mapping[str, Page] = {
    "/": html("<a href='/ug/'>ئۇيغۇرچە</a><a href='/zh/'>进入网站</a>"),
    "/zh/": html(NAV + "<a href='/nb/'>政府信息公开年报</a>"),
    "/nb/": html(NAV + ROWS),
    **ARTICLES,
}
"""A page before the home page."""

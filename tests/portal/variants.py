"""Other ways in which the same families write the same things, built by hand for each."""

from __future__ import annotations

import json
from collections.abc import Callable

from nianbao.demo.server import NOT_FOUND, Answer, Host, Request, content, page
from tests.portal import ewb, gkmlpt, hanweb, trs, ucap
from tests.portal.town import Frame, Report, Shelf, pages_of, publish

FRAME = Frame()


def plain(main: str) -> Answer:
    """A page of the town."""
    return page(FRAME.html("政府信息公开年报", main))


def trs_table(host: Host, rows: list[Report]) -> Shelf:
    """Hubei: rows in a table, `.shtml`, the total last in the call."""
    sheets = pages_of(rows, 8)
    for at, sheet in enumerate(sheets):
        lines = "".join(
            f"<tr><td>{n}</td><td><a href='./{trs.path(r)}' target=_blank>{r.title}</a></td><td>{r.day}</td></tr>"
            for n, r in enumerate(sheet)
        )
        call = f'createPageHTML({len(sheets)},{at},"index","shtml","black_text",{len(rows)});'
        body = plain(f"<table class='t'><tr><th>名称</th><th>日期</th></tr>{lines}</table><div><script>{call}</script></div>")
        host[f"/xxgk/gknb/index{f'_{at}' if at else ''}.shtml"] = body
    paths = {f"/xxgk/gknb/{trs.path(report)}": report for report in rows}
    return Shelf(host.url("/xxgk/gknb/index.shtml"), publish(host, paths), len(sheets), len(rows))


def trs_stem(host: Host, rows: list[Report]) -> Shelf:
    """Another stem than index, and a pager that a function of the page writes."""
    sheets = pages_of(rows, 8)
    for at, sheet in enumerate(sheets):
        script = f"""var currentPage = {at};//所在页从0开始
var prevPage = currentPage-1//上一页
var nextPage = currentPage+1//下一页
var countPage = {len(sheets)}//共多少页
//var record_count = 1910;
if(countPage>1){{ document.write("共"+countPage+"页&nbsp;&nbsp;");
document.write("<a href=\\"common_list"+"_" + nextPage + "."+"shtml\\" class='fanye'>下一页</a>");
document.write("<a href=\\"common_list_" + (countPage-1) + ".shtml\\">尾页</a>");}}"""
        body = plain(f'<ul class="newslist">{"".join(map(trs.row, sheet))}</ul><div class="page"><script>{script}</script></div>')
        host[f"/nb/common_list{f'_{at}' if at else ''}.shtml"] = body
    return Shelf(host.url("/nb/common_list.shtml"), publish(host, {f"/nb/{trs.path(report)}": report for report in rows}), len(sheets))


def trs_strings(host: Host, rows: list[Report]) -> Shelf:
    """Wuhan: rows put together as strings of a script."""
    lines = "".join(
        f'strLink += \'<li><a href="./{trs.path(r)}" title="{r.title}">{r.title}</a><span>{r.day}</span></li>\';\n' for r in rows
    )
    host["/nb/"] = plain(
        f"<div id='list'></div><script>var strLink='';\n{lines}document.getElementById('list').innerHTML=strLink;</script>"
    )
    return Shelf(host.url("/nb/"), publish(host, {f"/nb/{trs.path(report)}": report for report in rows}), 1)


def trs_whole(host: Host, rows: list[Report]) -> Shelf:
    """Beijing: all rows on page 1, a script pages them, rows flagged empty among them."""
    lines = "".join(map(trs.row, rows)) + '<li class="empty" style="display:none"><a href=""></a><span></span></li>' * 3
    call = f"createPageHTML({len(rows)},{-(-len(rows) // 10)},0,10);"
    host["/nb/"] = plain(f"<ul class='list'>{lines}</ul><script>{call}</script>")
    return Shelf(host.url("/nb/"), publish(host, {f"/nb/{trs.path(report)}": report for report in rows}), 1, len(rows))


def trs_file(host: Host, rows: list[Report]) -> Shelf:
    """Hubei: one JSON file with every row."""
    data = [{"DOCTITLE": r.title, "URL": f"/nb/{trs.path(r)}", "PubDate": str(r.day), "FileNumber": ""} for r in rows]
    host["/nb/"] = plain('<ul id="list"></ul><script>$.getJSON("./zfxxgknb.json", function(data){ show(data); });</script>')
    host["/nb/zfxxgknb.json"] = content(json.dumps({"data": data}, ensure_ascii=False)[:-2] + ",]}", "application/json")
    return Shelf(host.url("/nb/"), publish(host, {f"/nb/{trs.path(report)}": report for report in rows}, FRAME), 2)


def trs_was(host: Host, rows: list[Report], *, posted: bool = False) -> Shelf:
    """The site's search engine lists the channel; its JSON ends with an empty record and a comma too many."""
    endpoint = "/fjdzapp/search" if posted else "/was5/web/search"
    script = f"var url = '{endpoint}'; var listArgs = {{ channelid: 229105, classsql: \"chnlid=32377\", prepage: 10 }};"
    host["/nb/"] = plain(f'<div class="trt-col-24"></div><script>{script}</script>')

    def search(request: Request) -> Answer:
        asked = request.form if posted else request.query
        if asked["channelid"] != "229105" or asked["classsql"] != "chnlid=32377":
            return content('{"count":"0","docs":[]}', "application/json")
        size = int(asked["prepage"])
        sheet = rows[(int(asked["page"]) - 1) * size :][:size]
        docs = "".join(f'{{"title":"{r.title}","url":"{host.url("/nb/" + trs.path(r))}","pubtime":"{r.day}"}},' for r in sheet)
        return content(f'{{"count":"{len(rows)}","docs":[{docs}{{}},]}}', "application/json")

    host[f"{'POST ' if posted else ''}{endpoint}"] = search
    paths = {f"/nb/{trs.path(report)}": report for report in rows}
    return Shelf(host.url("/nb/"), publish(host, paths, FRAME), 1 + -(-len(rows) // 10), len(rows))


def ucap_other_host(host: Host, rows: list[Report]) -> Shelf:
    """Hunan: the search stands at an address of its own, named in the script; it answers as many rows as it likes."""
    frame = Frame(head='<meta name="channelId" content="abc">')
    api = "/search/common/search/17291"
    host["/nb/index.shtml"] = page(frame.html("年报", f"<div></div><script>var api = '{host.url(api)}';</script>"))

    def search(request: Request) -> Answer:
        number = int(request.query["page"])
        data = {"total": len(rows), "page": number, "rows": 6, "results": list(map(ucap.record, rows[(number - 1) * 6 : number * 6]))}
        return content(json.dumps({"data": data}, ensure_ascii=False), "application/json")

    host[api] = search
    paths = {ucap.path(report): report for report in rows}
    return Shelf(host.url("/nb/index.shtml"), publish(host, paths), 1 + -(-len(rows) // 6), len(rows))


def hanweb_get(host: Host, rows: list[Report]) -> Shelf:
    """A proxy that answers GET only and knows pages only; the config is JSON with quoted numbers, in a variable."""
    config = {"totalRecord": str(len(rows)), "perPage": "10", "groupSize": "1", "proxyUrl": hanweb.PROXY}
    ajax = {"ajaxParam": {"webid": "60", "columnid": "30067", "unitid": "49468"}}
    host[hanweb.COLUMN] = plain(
        f"<div id='49468'></div><script>var options = {json.dumps({**config, **ajax})}; $('#49468').jpage(options);</script>"
    )

    def proxy(request: Request) -> Answer:
        number = int(request.query.get("page", "1"))
        right = request.query.get("columnid") == "30067" and request.query.get("unitid") == "49468"
        return content(hanweb.store(rows[(number - 1) * 10 : number * 10] if right else [], len(rows)), "text/xml")

    host[f"GET {hanweb.PROXY}"] = proxy
    host[f"POST {hanweb.PROXY}"] = NOT_FOUND
    paths = {hanweb.path(report): report for report in rows}
    return Shelf(host.url(hanweb.COLUMN), publish(host, paths), 3 + -(-len(rows) // 10), len(rows))


def hanweb_strayed(host: Host, rows: list[Report]) -> Shelf:
    """The config names a script's folder as the proxy; the true one is where it always is."""
    shelf = hanweb.build(host, rows)
    sent = host.routes[hanweb.COLUMN]
    assert isinstance(sent, Answer)
    host[hanweb.COLUMN] = Answer(200, sent.body.replace(hanweb.PROXY.encode(), b"/module/jslib/jquery/jpage/dataproxy.jsp"), sent.headers)
    return Shelf(shelf.url, shelf.rows, shelf.requests + 4, shelf.total)


def hanweb_search(host: Host, rows: list[Report]) -> Shelf:
    """The xxgk module: a search by POST, "共N页"."""
    hidden = "".join(
        f'<input type="hidden" id="{name}" value="{value}">'
        for name, value in (("infotypeId", "B001"), ("jdid", "60"), ("area", "11330"), ("divid", "div12"))
    )
    script = "$.post('/module/xxgk/search.jsp', {infotypeId: infotypeId, jdid: jdid, area: area, divid: divid, currpage: page}, show)"
    host["/col/col30067/index.html"] = plain(f"{hidden}<div id='div12'></div><script>{script}</script>")

    def search(request: Request) -> Answer:
        form = request.form
        if (form["infotypeId"], form["jdid"], form["area"], form["divid"]) != ("B001", "60", "11330", "div12"):
            return content("<div>无</div>", "text/html; charset=utf-8")
        number, size = int(form["currpage"]), 8
        lines = "".join(
            f'<tr class="tr_main_value_{"odd" if n % 2 else "even"}"><td><a href="{hanweb.path(r)}" title="{r.title}">…</a></td>'
            f"<td>{r.day}</td></tr>"
            for n, r in enumerate(rows[(number - 1) * size : number * size])
        )
        pager = (
            f"<td>第{number}页 共{-(-len(rows) // size)}页 <a onclick=\"gotopage('/module/xxgk/search.jsp',{number + 1})\">下一页</a></td>"
        )
        return content(f"<table>{lines}<tr>{pager}</tr></table>", "text/html; charset=utf-8")

    host["POST /module/xxgk/search.jsp"] = search
    paths = {hanweb.path(report): report for report in rows}
    return Shelf(host.url("/col/col30067/index.html"), publish(host, paths), 1 + -(-len(rows) // 8))


def hanweb_tree(host: Host, rows: list[Report]) -> Shelf:
    """The search lists every column of the district; the page only frames its tree."""
    host["/col/col30067/index.html"] = plain("<iframe src='/module/xxgk/tree.jsp?standardXxgk=1&amp;area=11220&amp;divid=div4'></iframe>")
    host["/module/xxgk/tree.jsp"] = page("<html><body>tree</body></html>")

    def search(request: Request) -> Answer:
        number = int(request.form["currpage"])
        if request.form["area"] != "11220":
            return content("", "text/html")
        mixed = [link for n, r in enumerate(rows) for link in (hanweb.path(r), f"/art/2024/1/2/art_55555_{n}.html")]
        sheet = mixed[(number - 1) * 10 : number * 10]
        titles = {hanweb.path(r): r.title for r in rows}
        lines = "".join(
            f'<tr class="tr_main_value_odd"><td><a href="{u}">{titles.get(u, "关于别的事项的通知")}</a></td></tr>' for u in sheet
        )
        return content(f"<table>{lines}</table><p>共{-(-len(mixed) // 10)}页</p>", "text/html; charset=utf-8")

    host["POST /module/xxgk/search.jsp"] = search
    paths = {hanweb.path(report): report for report in rows}
    return Shelf(host.url("/col/col30067/index.html"), publish(host, paths), 2 + -(-2 * len(rows) // 10))


def hanweb_groups(host: Host, rows: list[Report]) -> Shelf:
    """The first group is inline, and the proxy knows only pages, each as long as a group."""
    size = 6
    shelf = hanweb.build(host, rows, inline=size, per_page=2)

    def proxy(request: Request) -> Answer:
        start = (int(request.query["page"]) - 1) * size
        return content(hanweb.store(rows[start : start + size], len(rows)), "text/xml")

    host[f"POST {hanweb.PROXY}"] = proxy
    return Shelf(shelf.url, shelf.rows, 1 + -(-len(rows) // size), len(rows))


def gkmlpt_below(host: Host, rows: list[Report]) -> Shelf:
    """A department's platform lies below its own folder."""
    shelf = gkmlpt.build(host, rows)
    for path in ("/gkmlpt/index", "/gkmlpt/api/all/12"):
        host[f"/swjyj{path}"] = host.routes.pop(path)
    return Shelf(host.url("/swjyj/gkmlpt/index"), shelf.rows, shelf.requests, shelf.total)


def ewb_nested(host: Host, rows: list[Report]) -> Shelf:
    """Yingkou: the fields are wanted inside `params` of a JSON body; the address tells the category."""
    host["/dynamic/zw/govInfoPub.html"] = plain("<ul></ul>")
    host["/js/webBuilderCommon.js"] = content(f'var siteInfo = {{"projectName":"/EWB-FRONT","siteGuid":"{ewb.GUID}"}};', "text/javascript")

    def rest(request: Request) -> Answer:
        if not request.body.startswith(b"{"):
            return Answer(500)
        asked = json.loads(request.body)["params"]
        size = int(asked["pageSize"])
        right = asked["categorynum"] == "001001003" and asked["siteGuid"] == ewb.GUID
        sheet = rows[int(asked["pageIndex"]) * size :][:size] if right else []
        data = [{"infourl": ewb.path(r), "realtitle": r.title, "infodate": str(r.day)} for r in sheet]
        return content(json.dumps({"custom": {"data": data, "total": len(rows)}}, ensure_ascii=False), "application/json")

    host["POST /EWB-FRONT/rest/lightfrontaction/getgovinfolist"] = rest
    paths = {ewb.path(report): report for report in rows}
    url = host.url("/dynamic/zw/govInfoPub.html?deptcode=033&categorynum=001001003")
    return Shelf(url, publish(host, paths), 6 + -(-len(rows) // 15), len(rows))


def hanweb_years(host: Host, rows: list[Report]) -> Shelf:
    """`xxgkAnnualReport.jsp`: one page for each year of an organ."""
    endpoint = "/module/xxgk/xxgkAnnualReport.jsp"
    years = sorted({report.day.year for report in rows}, reverse=True)
    options = "".join(f'<option value="{year}">{year}</option>' for year in years)

    def answer(request: Request) -> Answer:
        year = int(request.query.get("fbtime") or years[0])
        lines = "".join(f'<li><a href="{hanweb.path(r)}">{r.title}</a><span>{r.day}</span></li>' for r in rows if r.day.year == year)
        return plain(f"<select name='fbtime'>{options}</select><ul class='list'>{lines}</ul>")

    host[endpoint] = answer
    paths = {hanweb.path(report): report for report in rows}
    return Shelf(host.url(f"{endpoint}?area=11330&fbtime={years[0]}"), publish(host, paths), len(years))


def framed(host: Host, rows: list[Report]) -> Shelf:
    """Changzhou: the column is a shell around a frame of the same host."""
    shelf = trs.build(host, rows)
    host["/shell/nb.html"] = page(f"<html><body><iframe src='{trs.COLUMN}' width='100%'></iframe></body></html>")
    return Shelf(host.url("/shell/nb.html"), shelf.rows, shelf.requests + 1, shelf.total)


def posted_back(host: Host, rows: list[Report]) -> Shelf:
    """ASP.NET: pages turn by `__doPostBack`."""
    sheets = pages_of(rows, 8)

    def answer(request: Request) -> Answer:
        number = int(request.form["__EVENTARGUMENT"]) if request.method == "POST" and request.form["__VIEWSTATE"] == "s1" else 1
        lines = "".join(f'<tr><td><a href="Show.aspx?id={r.number}">{r.title}</a></td><td>{r.day}</td></tr>' for r in sheets[number - 1])
        links = "".join(f"<a href=\"javascript:__doPostBack('pager','{n}')\">{n}</a>" for n in range(1, len(sheets) + 1) if n != number)
        form = '<form method="post" action="List.aspx?cid=7"><input type="hidden" name="__VIEWSTATE" value="s1">'
        return plain(f"{form}<table>{lines}</table><div>{links}</div></form>")

    host["/List.aspx"] = answer
    paths = {f"/Show.aspx?id={report.number}": report for report in rows}
    return Shelf(host.url("/List.aspx?cid=7"), publish(host, paths), len(sheets))


def drawn(host: Host, rows: list[Report], widget: Callable[[int, int], str], turn: Callable[[int], str]) -> Shelf:
    """A pager that only a script draws; the script tells how pages are addressed."""
    sheets = pages_of(rows, 8)
    for at, sheet in enumerate(sheets, 1):
        lines = "".join(f'<li><a href="/nb/content_{r.number}">{r.title}</a><span>{r.day}</span></li>' for r in sheet)
        host["/nb/" if at == 1 else turn(at)] = plain(
            f"<ul class='list'>{lines}</ul><div id='pager'></div><script>{widget(len(sheets), len(rows))}</script>"
        )
    paths = {f"/nb/content_{report.number}": report for report in rows}
    return Shelf(host.url("/nb/"), publish(host, paths), len(sheets), len(rows))


def kkpager(host: Host, rows: list[Report]) -> Shelf:
    """`kkpager` with its former and latter parts of addresses."""
    call = "kkpager.generPageHtml({{pno: 1, total: {0}, totalRecords: {1}, hrefFormer: 'list', hrefLatter: '.html', getLink: f}}}});"
    return drawn(host, rows, call.format, lambda n: f"/nb/list_{n}.html")


def laypage(host: Host, rows: list[Report]) -> Shelf:
    """`laypage` with a jump to an address."""
    jump = "jump: function(obj, first){{ if(!first){{ location.href = '/nb/?pageNo=' + obj.curr; }} }}"
    call = f"laypage.render({{{{elem: 'pager', count: {{1}}, limit: 8, {jump}}}}});"
    return drawn(host, rows, call.format, lambda n: f"/nb/?pageNo={n}")


def endpoint(host: Host, rows: list[Report]) -> Shelf:
    """The column is configured by its endpoint."""
    ucap.build(host, rows)
    url = host.url(f"/common/search/{ucap.CHANNEL}?_isAgg=true&_isJson=true&_pageSize=15&_template=index&page=1")
    return Shelf(url, frozenset(host.url(ucap.path(report)) for report in rows), max(1, -(-len(rows) // 15)), len(rows))


def bare_years(host: Host, rows: list[Report]) -> Shelf:
    """Titles are years and nothing else, without days."""
    lines = "".join(f'<li><a href="/nb/content_{r.number}" title="{r.title}">{r.year}</a></li>' for r in rows)
    host["/nb/"] = plain(f"<ul class='list'>{lines}</ul>")
    return Shelf(host.url("/nb/"), publish(host, {f"/nb/content_{report.number}": report for report in rows}), 1)


VARIANTS: dict[str, Callable[[Host, list[Report]], Shelf]] = {
    "trs in a table": trs_table,
    "trs by another stem": trs_stem,
    "trs in strings": trs_strings,
    "trs all at once": trs_whole,
    "trs in a file": trs_file,
    "trs by search": trs_was,
    "trs by posted search": lambda host, rows: trs_was(host, rows, posted=True),
    "ucap with an address of its own": ucap_other_host,
    "hanweb by GET": hanweb_get,
    "hanweb with a wrong proxy": hanweb_strayed,
    "hanweb search": hanweb_search,
    "hanweb years": hanweb_years,
    "hanweb tree": hanweb_tree,
    "hanweb by groups": hanweb_groups,
    "gkmlpt below a folder": gkmlpt_below,
    "ewb with nested fields": ewb_nested,
    "in a frame": framed,
    "drawn by kkpager": kkpager,
    "drawn by laypage": laypage,
    "at its endpoint": endpoint,
    "bare years": bare_years,
    "posted back": posted_back,
}

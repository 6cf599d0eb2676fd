"""hanweb 大汉 (JCMS): `.jpage({…})` lists behind dataproxy.jsp, the first group often inline; and the xxgk module.

The proxy sends more rows than asked for, and pages overlap: so the walk steps by the rows that came and tells rows apart by
their addresses. There are two dialects of asking (records from/to, and pages counted one by one) and both are spoken at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from crawler import loose
from crawler.declared import as_count, declared
from crawler.families.answers import count_in, datastore, of_text, value_in
from crawler.find_judge import is_report
from crawler.page import Page, join, parse
from crawler.rows import Row, fragment_rows, rows_of
from crawler.sheet import Ask, Progress, Reply, Sheet, Source
from crawler.spans import inside

MOST_UNITS = 3
"""Lists of one page that are walked in search of the column's own."""
_PROXY = "/module/web/jpage/dataproxy.jsp"
_STORE = re.compile(r"<datastore\b[^<>]*>", re.I)
_UNIT = re.compile(r"""["']#(\w+)["']\s*\)\s*\.jpage\s*\(""")
_CONFIG = re.compile(r"\{(?=[^{}]{0,600}\b[\"']?totalRecord)")
_COLUMN = re.compile(r"/col/col(\d+)/")
_FIELDS = ("col", "appid", "webid", "path", "columnid", "sourceContentType", "unitid", "webname", "permissiontype")
_SEARCH = re.compile(r"[\"']?([\w/.-]{0,120}/module/xxgk/search\.jsp)", re.I)
_AREA_OF = re.compile(r"tree\.jsp\?(?:[^\"'<>\s]{0,300}&(?:amp;)?)?area=([^&\"'<>\s]*)")
_SEARCH_FIELDS = (
    "infotypeId", "jdid", "area", "divid", "vc_title", "vc_number", "sortfield", "currpage", "vc_filenumber", "vc_all", "texttype",
    "fbtime", "standardXxgk", "isAllList", "binlay", "compaltedate",
)  # fmt: skip
_YEAR = re.compile(r"[?&]fbtime=((?:19|20)\d\d)|^\s*((?:19|20)\d\d)\s*$")


def sources(page: Page) -> list[Source]:
    """Lists of the page behind the proxy, the one with most rows first; the search of the xxgk module; the annual-report endpoint."""
    units = sorted(_units(page), key=lambda unit: -(unit.total or 0))[:MOST_UNITS]
    usual = join(page.url, _PROXY) or page.url
    units += [replace(unit, proxy=usual, inline=None) for unit in units if unit.proxy != usual]
    units += [replace(unit, by_get=True, inline=None) for unit in units]
    found = [Source(unit.first(), unit.read, unit.ask, "jpage", from_zero=True) for unit in units]
    if "/module/xxgk/" in page.text:
        named = _SEARCH.search(page.text)
        found.append(_search(page, named[1] if named else "/module/xxgk/search.jsp"))
    if "xxgkannualreport.jsp" in page.url.lower():
        found.insert(0, _years(page))
    return found


@dataclass(slots=True)
class _Unit:
    """One `.jpage` list; `by_get` where its proxy takes no forms."""

    page: Page
    proxy: str
    form: dict[str, str]
    per_page: int
    group: int
    total: int | None
    inline: Sheet | None
    by_get: bool = False

    def first(self) -> Ask | Sheet:
        if self.inline is not None and self.inline.rows:
            return replace(self.inline, total=self.total if self.inline.total is None else self.inline.total)
        return self._asked(1, 1)

    def ask(self, progress: Progress) -> Ask | None:
        if progress.sheet.onward is not None:
            return replace(progress.sheet.onward, form=self.form, referer=self.page.url, number=progress.number + 1)
        return self._asked(progress.received + 1, progress.number + 1)

    def read(self, reply: Reply) -> Sheet:
        return of_text(reply.url, reply.text)

    def _asked(self, start: int, number: int) -> Ask:
        end = start + self.per_page * self.group - 1
        records = {"startrecord": str(start), "endrecord": str(min(end, self.total or end)), "perpage": str(self.per_page)}
        query = {**records, "page": str(self._turn(number)), "columnid": self.form["columnid"], "unitid": self.form["unitid"]}
        if self.by_get:
            return Ask(f"{self.proxy}?{urlencode({**self.form, **query})}", referer=self.page.url, number=number)
        return Ask(f"{self.proxy}?{urlencode(query)}", self.form, referer=self.page.url, number=number)

    def _turn(self, number: int) -> int:
        """The page that a proxy that knows only pages should send: at the latest the first one that the inline rows leave out."""
        held = len(self.inline.rows) if self.inline else 0
        return number - 1 + held // (self.per_page * self.group) if held else number


def _units(page: Page) -> list[_Unit]:
    stores = list(inside(page.text, _STORE, "</datastore"))
    configs = [arguments[0] for arguments in loose.called(page.text, r"\.jpage") if arguments and isinstance(arguments[0], dict)]
    configs = configs or [value for value in _literals(page.text) if isinstance(value, dict)]
    names = _UNIT.findall(page.text)
    if not configs and not (stores and value_in(page.text, "unitid", "unitId")):
        return []
    units = []
    for at, config in enumerate(configs or [{}]):
        name = names[at] if at < len(names) else None
        units.append(_unit(page, config, name, stores[at] if len(stores) == max(1, len(configs)) else _near(page, name, stores)))
    own = _COLUMN.search(page.url)
    mine = [unit for unit in units if own and unit.form["columnid"] == own[1]]
    return mine or units


def _literals(text: str) -> Iterator[loose.Value]:
    """Configurations that are kept in a variable first."""
    for found in islice(_CONFIG.finditer(text), loose.MOST_FOUND):
        yield loose.literal(text, found.start())


def _unit(page: Page, config: Mapping[str, Any], name: str | None, store: str | None) -> _Unit:
    given = config.get("ajaxParam") if isinstance(config.get("ajaxParam"), dict) else {}
    form = {key: str(value) for key, value in (given or {}).items() if value is not None}
    for field in _FIELDS:
        if field not in form and (value := value_in(page.text, field)):
            form[field] = value
    column = _COLUMN.search(page.url)
    form.setdefault("columnid", column[1] if column else "")
    form.setdefault("unitid", name or "")
    defaults = {"col": "1", "appid": "1", "path": "/", "sourceContentType": "1", "permissiontype": "0"}
    proxy = str(config.get("proxyUrl") or value_in(page.text, "proxyUrl") or _PROXY)
    total = as_count(config.get("totalRecord"))
    return _Unit(
        page,
        join(page.url, proxy) or page.url,
        {**defaults, **form},
        as_count(config.get("perPage")) or count_in(page.text, "perPage", "perpage") or 15,
        as_count(config.get("groupSize")) or 1,
        total if total is not None else count_in(page.text, "totalRecord"),
        datastore(page.url, store) if store else None,
    )


def _near(page: Page, name: str | None, stores: list[str]) -> str | None:
    """The inline data that stands inside the element of a list; the largest where none does."""
    at = page.text.find(f'id="{name}"') if name else -1
    after = next(inside(page.text[at:], _STORE, "</datastore"), None) if at >= 0 else None
    return after or max(stores, key=len, default=None)


def _search(page: Page, path: str) -> Source:
    """`/module/xxgk/search.jsp`: pages by POST, rows in a table, "共N页"; it lists all columns, of which only this one's are kept."""
    url = join(page.url, path) or page.url
    form = {field: value_in(page.text, field) or "" for field in _SEARCH_FIELDS}
    given = dict(parse_qsl(urlsplit(page.url).query))
    area = _AREA_OF.search(page.text)
    told = {"infotypeId": given.get("number", ""), "area": given.get("vc_xxgkarea") or (area[1] if area else "")}
    form = {**form, **{name: value for name, value in told.items() if value and not form[name]}, **given}
    column = _COLUMN.search(page.url)

    def ask(number: int) -> Ask:
        return Ask(
            url, {**form, "currpage": str(number), "sortfield": form["sortfield"] or ",compaltedate:0"}, referer=page.url, number=number
        )

    def read(reply: Reply) -> Sheet:
        answer = parse(reply.url, reply.text)
        said = declared(answer)
        lines = "".join(node.html or "" for node in answer.tree.css(".tr_main_value_odd, .tr_main_value_even"))
        return Sheet(fragment_rows(reply.url, lines) if lines else rows_of(answer), said.total, said.pages)

    keep = f"/art_{column[1]}_" if column else ""
    return Source(ask(1), read, lambda progress: ask(progress.number + 1), "xxgk search", keep=keep)


def _years(page: Page) -> Source:
    """`xxgkAnnualReport.jsp?area=…&fbtime=…`: one page a year, the years read off its menu."""
    said = {year for text in _offered(page) for found in _YEAR.findall(text) for year in found if year}
    here = dict(parse_qsl(urlsplit(page.url).query))
    years = sorted(said - {here.get("fbtime", "")}, reverse=True)
    address = urlsplit(page.url)

    def onward(number: int) -> Ask | None:
        if number - 2 >= len(years):
            return None
        query = urlencode({**here, "fbtime": years[number - 2]})
        return Ask(address._replace(query=query, fragment="").geturl(), referer=page.url, number=number)

    def read(reply: Reply) -> Sheet:
        # a year without a report leads on to the next all the same, and is no gap in the listing
        rows = _of_year(parse(reply.url, reply.text))
        return Sheet(rows, onward=onward(reply.ask.number + 1), prelude=not rows)

    return Source(Sheet(_of_year(page), onward=onward(2)), read, lambda progress: progress.sheet.onward, "annual reports")


def _of_year(page: Page) -> tuple[Row, ...]:
    """The reports that the page of a year lists, or the one that it is."""
    return (Row(page.url, page.meta.get("articletitle") or page.title),) if is_report(page) else rows_of(page)


def _offered(page: Page) -> list[str]:
    options = [node.attributes.get("value") or "" for node in page.tree.css("option")]
    return [*options, *(link.url for link in page.links)]

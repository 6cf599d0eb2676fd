"""What the words of a link tell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.links import (
    agency_of,
    classify,
    is_article,
    is_column,
    is_file,
    join_twins,
    link,
    page_key,
    plain,
    year_of,
    year_of_address,
)
from crawler.listing import Column

ANNUAL = Column("http://www.example.gov.cn/zfxxgk/zfxxgknb/", "政府信息公开年报")
MIXED = Column("http://www.example.gov.cn/xxgk/", "信息公开", annual=False)
PAGE = "http://www.example.gov.cn/zwgk/202601/t20260122_1.html"

REPORTS = [
    ("沙湾市金沟河镇人民政府2024年政府信息公开工作年度报告", 2024, "沙湾市金沟河镇人民政府"),
    ("2024年沙湾市金沟河镇政府信息公开工作年度报告", 2024, "沙湾市金沟河镇"),
    ("沙湾市教育局政府信息公开工作2023年度报告", 2023, "沙湾市教育局"),
    ("关于沙湾市审计局2022年度政府信息公开工作情况的报告", 2022, "沙湾市审计局"),
    ("沙湾市城市管理行政执法局2021年政府信息公开工作告年度报", 2021, "沙湾市城市管理行政执法局"),
    ("沙湾市二〇二四年度年度政府信息公开工作年度报告", 2024, "沙湾市"),
    ("沙湾市二○二三年政府信息公开年报", 2023, "沙湾市"),
    ("二零二四年度沙湾市政府信息公开年报", 2024, "沙湾市"),
    ("二O一九年沙湾市政府信息公开年报", 2019, "沙湾市"),
    ("２０２４ 年 沙湾市　人民政府 政府信息公开 年度报告", 2024, "沙湾市人民政府"),
    ("政府信息公开工作年度报告（沙湾市民政局2024年）", 2024, "沙湾市民政局"),
    ("2024年度政府信息公开年报-沙湾市交通运输局", 2024, "沙湾市交通运输局"),
    ("沙湾市人民政府办公室关于2019年度政府信息公开工作的报告", 2019, "沙湾市人民政府办公室"),
    ("沙湾市人民政府关于公布2019年政府信息公开工作年度报告的公告", 2019, "沙湾市人民政府"),
    ("沙湾县水利局2010年政府信息公開工作年度報告", 2010, "沙湾县水利局"),
    ("沙湾市2024年政府信息公开工作年度报告（更正）", 2024, "沙湾市"),
    ("沙湾市信访局（投诉受理中心）2024年度政府信息公开工作报告", 2024, "沙湾市信访局"),
    ("[2024]沙湾市发改委政府信息公开年报", 2024, "沙湾市发改委"),
    ("沙湾市卫健委2024年度政府信息公开工作报告（发布日期：2025年1月22日）", 2024, "沙湾市卫健委"),
    ("乌兰乌苏镇2024年政府信息公开工作年度报告.pdf", 2024, "乌兰乌苏镇"),
    ("政府信息公开工作年度报告(2018年)", 2018, None),
    ("政府信息公开工作年度报告（2023年1月1日至2023年12月31日）", 2023, None),
    ("沙湾市政务服务和公开管理局2024年政府信息公开年报", 2024, "沙湾市政务服务和公开管理局"),
    ("中共沙湾市委社会工作部2024年政府信息公开工作年度报告", 2024, "中共沙湾市委社会工作部"),
    ("沙湾市民族宗教工作委员会2024年度政府信息公开工作报告", 2024, "沙湾市民族宗教工作委员会"),
    ("国家税务总局沙湾市税务局2024年政府信息公开工作年度报告", 2024, "国家税务总局沙湾市税务局"),
    ("新疆沙湾经济开发区管理委员会2024年政府信息公开工作年度报告", 2024, "新疆沙湾经济开发区管理委员会"),
    ("沙湾市公安局交通警察大队2024年政府信息公开工作年度报告", 2024, "沙湾市公安局交通警察大队"),
    ("和布克赛尔蒙古自治县人民政府2024年政府信息公开工作年度报告", 2024, "和布克赛尔蒙古自治县人民政府"),
    ("沙湾市统计局2017年政府信息公开情况统计表", 2017, "沙湾市统计局"),
]

DECOYS = [
    ("沙湾市2024年政府信息公开工作年度报告解读", "explains a report"),
    ("一图读懂沙湾市审计局2024年政府信息公开工作年度报告", "explains a report"),
    ("图解：金沟河镇2024年年报", "explains a report"),
    ("沙湾市政府网站工作年度报表（2024年度）", "about the web site, not about disclosure"),
    ("沙湾市人民政府网站2024年度工作报表", "about the web site, not about disclosure"),
    ("2024年依申请公开情况统计", "counts requests only"),
    ("沙湾市2024年法治政府建设年度报告", "on the rule of law"),
    ("沙湾市教育局2024年部门决算", "a budget or account"),
    ("2024年政务公开工作要点", "plans or duties, not a year's account"),
    ("关于做好2024年政府信息公开工作年度报告编制工作的通知", "a notice how to write or send in reports"),
    ("沙湾市政府信息公开指南", "rules of disclosure"),
    ("政府信息公开目录", "rules of disclosure"),
    ("我市召开政府信息公开年报编制培训会", "news of a meeting"),
    ("政府信息公开年度报告格式", "a form to fill in"),
    ("2024年沙湾市政府工作报告", "another kind of report"),
    ("沙湾大学2023-2024学年信息公开工作年度报告", "another kind of report"),
    ("沙湾市迎接春节慰问活动", "neither an agency, a year nor a report"),
]


@pytest.mark.parametrize(("title", "year", "agency"), REPORTS)
def test_a_title_in_any_word_order_tells_kind_year_and_agency(title: str, year: int, agency: str | None) -> None:
    """Reports are known in any column, with their year and the body they are of."""
    assert (classify(title, PAGE, MIXED).kind, year_of(title), agency_of(title)) == ("report", year, agency)


@pytest.mark.parametrize(("title", "why"), DECOYS)
def test_a_decoy_is_told_with_its_reason_even_in_the_annual_report_column(title: str, why: str) -> None:
    """What stands beside the reports is left alone, and it is said why."""
    assert classify(title, PAGE, ANNUAL) == ("decoy", why)


@pytest.mark.parametrize(
    "title", ["沙湾市金沟河镇", "金沟河镇人民政府", "2024年", "2024年度报告", "年报", "沙湾市市场监督管理局2024年度报告"]
)
def test_a_bare_name_is_a_report_only_in_an_annual_report_column(title: str) -> None:
    """The column says what its rows are where they do not say it themselves."""
    assert [classify(title, PAGE, column).kind for column in (ANNUAL, MIXED, None)] == ["report", "decoy", "decoy"]


@pytest.mark.parametrize(
    "title", ["金沟河镇2024年政府信…", "沙湾市人民政府办公室2024年度政府信息公开工作年...", "沙湾市教育局2024年政府信息公开..."]
)
def test_a_title_cut_off_inside_its_subject_is_still_a_report(title: str) -> None:
    """Lists cut long titles; what is left begins as a report's does."""
    assert classify(title, PAGE, MIXED).kind == "report"


def test_a_cut_title_about_something_else_stays_a_decoy() -> None:
    """Being cut off alone makes no report."""
    assert classify("沙湾市召开2024年政府信…", PAGE, ANNUAL).kind == "decoy"


def test_an_agency_whose_name_holds_a_decoy_word_still_reports() -> None:
    """审计局 audits, but its annual report is one."""
    assert classify("沙湾市审计局2024年政府信息公开工作年度报告", PAGE).kind == "report"


def test_a_span_of_years_or_a_date_is_no_year() -> None:
    """Only the year that the report is about counts."""
    assert [year_of(text) for text in ("2019-2023年年报汇总", "2025年1月22日", "沙政发〔2024〕12号", "无")] == [None] * 4


@pytest.mark.parametrize(
    ("url", "year"),
    [
        ("http://x.gov.cn/zfxxgknb/2022n_5930973/", 2022),
        ("http://x.gov.cn/zfxxgknb/2023n/bmnb2023/", 2023),
        ("http://x.gov.cn/zfxxgknb/n2022n/xz/", 2022),
        ("http://x.gov.cn/zfxxgknb.html?nbYear=2023", 2023),
        ("http://x.gov.cn/gknb/xxgknb2019_list.shtml", 2019),
        ("http://x.gov.cn/art/2024/1/26/art_5985_984980.html", None),
        ("http://x.gov.cn/2023/01-19/2677014.html", None),
        ("http://x.gov.cn/202501/t20250117_59826.html", None),
    ],
)
def test_a_column_address_may_carry_the_year_but_an_article_date_is_none(url: str, year: int | None) -> None:
    """Folders and stems of columns name years; dates in articles' addresses are days of filing."""
    assert year_of_address(url) == year


def test_a_link_takes_what_its_title_lacks_from_its_column() -> None:
    """Hints of the column fill the gaps and never override the title."""
    column = Column("http://x.gov.cn/jyj/2024n/", "2024年", 2024, "沙湾市教育局")
    bare, full = link("政府信息公开年报", PAGE, column), link("沙湾市民政局2023年政府信息公开年报", PAGE, column)
    assert (bare.year, bare.agency, bare.listing_url) == (2024, "沙湾市教育局", column.url)
    assert (full.year, full.agency) == (2023, "沙湾市民政局")


def test_a_link_takes_body_and_year_from_the_words_over_its_list() -> None:
    """A table with a row for each body and a link for each year, or a list of bodies under a year."""
    column = Column("http://x.gov.cn/nb/", "年报", 2020, "沙湾市人民政府")
    assert [link("2024年", PAGE, column, heading="沙湾市教育局").agency, link("2024年", PAGE, column, heading="县级").agency] == [
        "沙湾市教育局",
        "沙湾市人民政府",
    ]
    assert link("金沟河镇", PAGE, column, heading="2023年").year == 2023


def test_copies_of_one_page_become_one_link_led_by_the_plainest_address() -> None:
    """`_wap`, `_ewm` and `_ext` twins, and http beside https, are one report."""
    stem = "www.example.gov.cn/202601/t20260122_1"
    urls = [f"http://{stem}_wap.html", f"http://{stem}.html", f"https://{stem}.html", f"http://{stem}_ewm.html", f"http://{stem}2.html"]
    joined = join_twins(link("沙湾市2025年政府信息公开年报", url, ANNUAL) for url in urls)
    assert [twins.link.url for twins in joined] == [urls[1], urls[4]]
    assert set(joined[0].also_at) == {urls[0], urls[2], urls[3]}


def test_one_page_has_one_key_and_different_queries_have_different_keys() -> None:
    """Index names and default ports tell nothing; a query does."""
    assert len({page_key(f"http://x.gov.cn{tail}") for tail in ("/nb/", "/nb", "/nb/index.html", ":80/nb/")}) == 1
    assert page_key("http://x.gov.cn/nb?year=1") != page_key("http://x.gov.cn/nb?year=2")


@pytest.mark.parametrize(
    "url",
    [
        "/202501/t20250117_59826.html", "/art/2024/1/26/art_5985_984980.html", "/info/2956/33690.htm",
        "/content_184762", "/content/post_9472698.html",
        "/c128570/202601/0123456789abcdef0123456789abcdef.shtml", "/c112289c/202602/c01_1108994.shtml",
        "/site_x/channel_y/doc_65b069ef.html",
        "/doc/2024/01/08/4153378.shtml", "/xinxigongkai/show.php?itemid=12120", "/xj/1753311688616128514.html",
    ],
)  # fmt: skip
def test_articles_of_every_family_are_told_by_their_address(url: str) -> None:
    """An article's address is none of a column, whatever the family."""
    assert is_article("http://www.x.gov.cn" + url)
    assert not is_column("http://www.x.gov.cn" + url)


@pytest.mark.parametrize(
    "url", ["/zfxxgk/zfxxgknb/", "/zwgk/nb/index.html", "/xxgknb/list.shtml", "/col/col15505/index.html", "/public/column/12?type=3"]
)
def test_columns_are_told_by_their_address(url: str) -> None:
    """A folder, an index, a list or a query by kind is a column."""
    assert is_column("http://www.x.gov.cn" + url)


def test_files_are_told_from_pages() -> None:
    """A row may lead straight to a document."""
    assert [is_file(f"http://x.gov.cn/{name}") for name in ("a.pdf", "a.DOCX?x=1", "virtual_attach_file.vsb?e=.pdf", "a.html")] == [
        True,
        True,
        True,
        False,
    ]


@given(st.text(max_size=60))
def test_any_text_is_classified_without_error_and_the_same_each_time(text: str) -> None:
    """Titles come from anywhere."""
    first = link(text, PAGE, ANNUAL)
    assert first == link(text, PAGE, ANNUAL)
    assert first.kind in ("report", "decoy")
    assert not any(character.isspace() for character in plain(text))


@given(st.integers(2008, 2035), st.sampled_from(["年", "年度", " 年 度"]), st.sampled_from(["沙湾市教育局", "金沟河镇人民政府", "乌苏市"]))
def test_year_and_agency_survive_every_frame(year: int, unit: str, agency: str) -> None:
    """Whatever stands around them, the same year and body are read."""
    digits = "".join("〇一二三四五六七八九"[int(digit)] for digit in str(year))
    frames = [
        "{a}{y}政府信息公开工作年度报告",
        "{y}{a}政府信息公开年报",
        "关于{a}{y}政府信息公开工作情况的报告",
        "政府信息公开{y}报告（{a}）",
    ]
    for frame in frames:
        for written in (str(year), digits):
            title = frame.format(a=agency, y=written + unit)
            assert (year_of(title), agency_of(title), classify(title, PAGE).kind) == (year, agency, "report"), title

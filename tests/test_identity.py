"""Whose report it is: one body under its many names, its place, level, kind and the government above."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.identity import as_printed, identify, parent_of, site_division, unplaced
from store.places import places, trimmed

SHAWAN, TACHENG = "654203", "6542"


@pytest.mark.parametrize(
    ("printed", "site"),
    [
        ("沙湾市金沟河镇", SHAWAN),
        ("沙湾市金沟河镇人民政府", SHAWAN),
        ("金沟河镇人民政府", SHAWAN),
        ("金沟河镇", SHAWAN),
        ("沙湾县金沟河镇", SHAWAN),
        (" 沙湾市 金沟河镇人民政府 ", SHAWAN),
        ("沙湾市金沟河镇党政办公室", SHAWAN),
        ("新疆维吾尔自治区塔城地区沙湾市金沟河镇人民政府", None),
        ("新疆沙湾市金沟河镇", None),
        ("金沟河镇", TACHENG),
    ],
)
def test_one_township_is_one_body_under_all_its_names(printed: str, site: str | None) -> None:
    """With or without its county, its government, its county's former name, and from portals of several levels."""
    body = identify(printed, site)
    assert (body.name, body.division, body.level, body.kind) == ("沙湾市金沟河镇人民政府", "654203108", "township", "government")


@pytest.mark.parametrize(
    ("printed", "site", "name", "level", "kind"),
    [
        ("教育局", SHAWAN, "沙湾市教育局", "county", "department"),
        ("市教育局", SHAWAN, "沙湾市教育局", "county", "department"),
        ("沙湾市教育局", TACHENG, "沙湾市教育局", "county", "department"),
        ("市场监督管理局", SHAWAN, "沙湾市市场监督管理局", "county", "department"),
        ("塔城地区教育局", TACHENG, "塔城地区教育局", "prefecture", "department"),
        ("塔城地区", TACHENG, "塔城地区行政公署", "prefecture", "government"),
        ("沙湾市", SHAWAN, "沙湾市人民政府", "county", "government"),
        ("沙湾市人民政府办公室", SHAWAN, "沙湾市人民政府办公室", "county", "department"),
        ("上海市人民政府办公厅", None, "上海市人民政府办公厅", "province", "department"),
        ("洪泽区人民政府", "3208", "淮安市洪泽区人民政府", "county", "government"),
        ("淮安市洪泽区人民政府", None, "淮安市洪泽区人民政府", "county", "government"),
        ("国家税务总局沙湾市税务局", SHAWAN, "国家税务总局沙湾市税务局", "county", "vertical"),
        ("沙湾市税务局", SHAWAN, "国家税务总局沙湾市税务局", "county", "vertical"),
        ("国家税务总局金川区税务局", "620302", "国家税务总局金昌市金川区税务局", "county", "vertical"),
        ("新设街道办事处", "620302", "金昌市金川区新设街道办事处", "township", "dispatched_office"),
        ("区委宣传部", "110101", "北京市东城区委宣传部", "county", "party_organ_with_state_title"),
        ("新华街道", "110112", "北京市通州区新华街道办事处", "township", "dispatched_office"),
        ("国家发展和改革委员会", None, "国家发展和改革委员会", "ministry", "department"),
        ("东莞市财政局", None, "东莞市财政局", "prefecture", "department"),
        ("河北镇人民政府", "110111", "北京市房山区河北镇人民政府", "township", "government"),
        ("三道河子镇人民政府", SHAWAN, "沙湾市三道河子镇人民政府", "township", "government"),
    ],
)
def test_names_tell_level_and_kind(printed: str, site: str | None, name: str, level: str, kind: str) -> None:
    """Departments, governments, offices, street offices, vertical and party bodies, also places that the list does not have."""
    body = identify(printed, site)
    assert (body.name, body.level, body.kind) == (name, level, kind)


def test_a_township_name_borne_by_many_counties_is_not_guessed() -> None:
    """城关镇 without a county could be one of dozens: it stays without a place."""
    assert identify("城关镇", None).division is None


@pytest.mark.parametrize(
    ("printed", "division"),
    [
        ("通州区新华街道", "110112002"),
        ("通州区新华街道办事处", "110112002"),
        ("鼓楼区湖南路街道办事处", "320106003"),
        ("新华区大兴街道", None),
        ("新华区教育局", None),
        ("鼓楼区人民政府", None),
        ("通州区人民政府", None),
        ("鼓楼区", None),
        ("新华街道", None),
        ("城关镇", None),
    ],
)
def test_without_a_portal_a_township_is_placed_where_one_county_of_that_name_has_it(printed: str, division: str | None) -> None:
    """新华街道 lies in the 通州区 of 北京市, not of 南通市; what several places could be called has none, and it is said why."""
    assert identify(printed, None).division == division
    assert (unplaced(printed, None) is None) == (division is not None)


@pytest.mark.parametrize(
    ("printed", "site", "why"),
    [
        ("鼓楼区教育局", None, "鼓楼区 may be 南京市鼓楼区, 徐州市鼓楼区, "),
        ("新华街道", None, "counties have a 新华街道: "),
        ("某某局", None, "no place in the division list is called as 某某局 begins"),
        ("国家发展和改革委员会", None, None),
        ("教育局", SHAWAN, None),
    ],
)
def test_why_a_body_has_no_place_is_said(printed: str, site: str | None, why: str | None) -> None:
    """The places that it might be in, where the list has some; a ministry needs none."""
    said = unplaced(printed, site)
    assert (said is None) if why is None else why in (said or "")


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ((), "金川区教育局"),
        (("教育局", "金川区教育局"), "金川区教育局"),
        (("金川区教育局", "金昌市金川区教育局"), "金昌市金川区教育局"),
    ],
)
def test_the_prefecture_stands_before_a_district_only_where_it_is_printed(printed: tuple[str, ...], name: str) -> None:
    """The full name has it always: 金川区教育局 alone would do, 鼓楼区教育局 would not."""
    body = identify("教育局", "620302")
    assert (body.name, as_printed(body.name, body.division, printed)) == ("金昌市金川区教育局", name)


def test_the_government_above_is_known() -> None:
    """A department stands under its government, a township under its county, a county under its prefecture, up to the province."""
    chain, body = [], parent_of(identify("金沟河镇", SHAWAN))
    while body is not None:
        chain.append(body.name)
        body = parent_of(body)
    assert chain == ["沙湾市人民政府", "塔城地区行政公署", "新疆维吾尔自治区人民政府"]
    department = parent_of(identify("教育局", SHAWAN))
    assert department is not None
    assert department.name == "沙湾市人民政府"


def test_counties_straight_under_a_municipality_have_it_as_parent() -> None:
    """The statistical bracket 市辖区 between 北京市 and 东城区 is no government."""
    above = parent_of(identify("东城区", "11"))
    assert above is not None
    assert above.name == "北京市人民政府"


def test_old_codes_lead_to_the_place_of_today() -> None:
    """654223 沙湾县 is 654203 沙湾市; a former 桥东区 of 石家庄 is not the one of 张家口."""
    assert places().now("654223") == SHAWAN
    assert "130103" not in places().former
    assert identify("张家口市桥东区", None).division == "130702"


def test_a_portal_without_a_code_is_placed_by_its_name() -> None:
    """沙湾市人民政府 lies in 654203; a name of no place lies nowhere."""
    assert site_division(None, "沙湾市人民政府") == SHAWAN
    assert site_division("654200", "塔城地区") == TACHENG
    assert site_division(None, "某某网站") is None


def test_no_township_name_repeats_inside_a_county() -> None:
    """What makes (county, name) a safe key."""
    names = [(code[:6], name) for code, name in places().names.items() if len(code) == 9]
    assert len(names) == len(set(names)) > 40_000


@pytest.mark.parametrize(("code", "short"), [("650000", "65"), ("654200", "6542"), ("654203", "654203"), ("654203108", "654203108")])
def test_codes_lose_their_trailing_zeros(code: str, short: str) -> None:
    """The same place is not kept under two lengths."""
    assert trimmed(code) == short


@given(st.text(max_size=30))
def test_any_text_gives_some_body_and_never_an_error(name: str) -> None:
    """Names come from web pages: whatever they hold, identifying them ends."""
    assert identify(name, SHAWAN).kind


TOWNSHIPS = sorted(code for code, name in places().names.items() if len(code) == 9 and name.endswith(("镇", "乡", "街道")))


@given(st.sampled_from(TOWNSHIPS))
def test_every_listed_township_finds_itself(code: str) -> None:
    """Its full name on its county's portal leads to its own code."""
    known = places()
    assert identify(known.title(code), code[:6]).division == code

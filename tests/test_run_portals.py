"""The whole job on a portal of every family, from its home page alone: what lands in the database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from nianbao import night
from nianbao.config import Config, load
from nianbao.demo.server import Host, Web
from nianbao.night import Options
from nianbao.progress import All
from store.query import ask, reading
from tests.portal import ewb, gkmlpt, hanweb, jpaas, lonsun, trs, truecms, ucap, vsb
from tests.portal.town import Report, Shelf, reports

CONFIG = """
[archive]
path = "var"
[crawl]
contact = "tests"
delay_s = 0.0
allow_hosts = ["127.0.0.1"]
allow_private = ["127.0.0.0/8"]
[[site]]
id = "portal"
name = "沙湾市人民政府"
division = "654203"
home = "{home}"
"""

Build = Callable[[Host, list[Report]], Shelf]
FAMILIES: dict[str, Build] = {
    "trs": trs.build,
    "ucap": ucap.build,
    "hanweb": hanweb.build,
    "jpaas": jpaas.build,
    "gkmlpt": gkmlpt.build,
    "lonsun": lonsun.build,
    "vsb": vsb.build,
    "truecms": truecms.build,
    "ewb": ewb.build,
}


def configured(folder: Path, home: str) -> Config:
    """A configuration of one site in a fresh archive."""
    file = folder / "config.toml"
    file.write_text(CONFIG.format(home=home), encoding="utf-8")
    return load(file, environment={})


@pytest.mark.parametrize("family", FAMILIES)
def test_every_report_of_a_portal_lands_from_its_home_page_alone(tmp_path: Path, family: str) -> None:
    """Found, walked to the proven end, fetched, read, stored; the second night finds nothing new."""
    rows = reports(13)
    with Web() as web:
        host = web.host()
        FAMILIES[family](host, rows)
        config = configured(tmp_path, host.url("/"))
        first = night.run(config, Options(), All(()))
        second = night.run(config, Options(), All(()))
    assert (first.exit_code, first.reports_new, [s.state for s in first.sites]) == (0, 13, ["new"]), first.problems
    assert (second.exit_code, second.reports_new, second.reports_corrected, [s.state for s in second.sites]) == (0, 0, 0, ["unchanged"])
    with reading(config.archive.path) as database:
        found = ask(database, "SELECT agency, year, status FROM report WHERE is_current").rows()
        listed = ask(database, "SELECT complete, distinct_found FROM listing WHERE run_id = 1").rows()
    assert sorted(found) == sorted((report.agency, report.year, "read") for report in rows)
    assert all(complete for complete, _ in listed)


def test_a_report_that_moved_to_another_address_is_not_gone(tmp_path: Path) -> None:
    """On the second night the portal runs on another system: its reports are as they were, no problem, no new version."""
    rows = reports(5)
    with Web() as web:
        host = web.host()
        trs.build(host, rows)
        config = configured(tmp_path, host.url("/"))
        first = night.run(config, Options(), All(()))
        host.routes.clear()
        vsb.build(host, rows)
        second = night.run(config, Options(), All(()))
    assert (first.reports_new, second.reports_new, second.reports_corrected) == (5, 0, 0)
    assert {problem.code for problem in second.problems} & {"gone"} <= {p.code for p in second.problems if p.stage == "find"}
    with reading(config.archive.path) as database:
        assert ask(database, "SELECT count(*), count(gone_on) FROM report WHERE is_current").rows() == [(5, 0)]
        assert ask(database, "SELECT count(*) FROM problem WHERE stage = 'fetch' AND code = 'gone'").rows() == [(0,)]


def test_a_run_out_of_time_tells_what_it_has_cost(tmp_path: Path) -> None:
    """Requests and bytes of a site are counted as they are archived, also where the site was left in the middle."""
    with Web() as web:
        host = web.host()
        trs.build(host, reports(13))
        file = tmp_path / "config.toml"
        file.write_text(CONFIG.format(home=host.url("/")).replace("delay_s = 0.0", "delay_s = 0.5"), encoding="utf-8")
        summary = night.run(load(file, environment={}), Options(max_time_s=1.8), All(()))
    (site,) = summary.sites
    assert site.state == "partial"
    assert site.requests == len(host.log)
    assert site.bytes > 0

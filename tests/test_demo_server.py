"""The pretend web answers as told: plainly, slowly, falsely or not at all."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx
import pytest

from nianbao.demo.server import Answer, Drip, Host, Request, Web, content, in_turn, page, redirect, validated


@pytest.fixture
def web() -> Iterator[Web]:
    """A web without hosts."""
    with Web() as web:
        yield web


def get(url: str, **headers: str) -> httpx.Response:
    """One GET with short patience."""
    return httpx.get(url, timeout=5, headers={name.replace("_", "-"): value for name, value in headers.items()}, trust_env=False)


def test_the_most_exact_route_wins_and_every_request_is_logged(web: Web) -> None:
    """Path with query beats path; an unknown path is a 404; the log keeps the order."""
    host = web.host({"/list": page("one"), "/list?page=2": page("two"), "POST /list": page("posted")})
    answers = [get(host.url(target)) for target in ("/list", "/list?page=2", "/list?page=3", "/none")]
    posted = httpx.post(host.url("/list"), data={"a": "年"}, trust_env=False)
    assert [answer.text for answer in answers[:3]] == ["one", "two", "one"]
    assert answers[3].status_code == 404
    assert posted.text == "posted"
    assert host.asked() == ["/list", "/list?page=2", "/list?page=3", "/none", "/list"]
    assert host.log[-1].form == {"a": "年"}


def test_several_hosts_answer_at_once_on_their_own_addresses(web: Web) -> None:
    """Two addresses, two ports, two sites."""
    hosts = [web.host({"/": page(address)}, address=address) for address in ("127.0.0.2", "127.0.0.3")]
    assert [get(host.url()).text for host in hosts] == ["127.0.0.2", "127.0.0.3"]
    assert [request.host for request in web.log] == [host.origin for host in hosts]


def test_a_page_in_gbk_keeps_its_bytes_and_may_hide_its_charset(web: Web) -> None:
    """The charset is used for the bytes and named only where asked."""
    host = web.host({"/": page("年报", charset="gb18030", declare=False)})
    answer = get(host.url())
    assert answer.content == "年报".encode("gb18030")
    assert answer.headers["content-type"] == "text/html"


def test_a_function_sees_the_request_and_turns_follow_each_other(web: Web) -> None:
    """Routes may compute; `in_turn` gives its answers one after another."""

    def echo(request: Request) -> Answer:
        return content(request.query["wd"], "text/plain; charset=utf-8")

    host = web.host({"/s": echo, "/turn": in_turn(Answer(503), page("at last"))})
    assert get(host.url("/s?wd=%E5%B9%B4")).text == "年"
    assert [get(host.url("/turn")).status_code for _ in range(3)] == [503, 200, 200]


def test_validators_turn_a_second_visit_into_a_304(web: Web) -> None:
    """If-None-Match and If-Modified-Since are honoured."""
    host = web.host({"/": validated(page("x"), etag='"1"', last_modified="Mon, 01 Jan 2024 00:00:00 GMT")})
    assert get(host.url()).headers["etag"] == '"1"'
    assert get(host.url(), If_None_Match='"1"').status_code == 304
    assert get(host.url(), If_None_Match='"2"').status_code == 200
    assert get(host.url(), If_Modified_Since="Mon, 01 Jan 2024 00:00:00 GMT").status_code == 304


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(200, b"x" * 9, cut_at=-1), httpx.RemoteProtocolError | httpx.ReadError),
        (Answer(200, b"x" * 9, cut_at=4), httpx.RemoteProtocolError | httpx.ReadError),
        (Answer(200, b"x" * 9, length=90), httpx.RemoteProtocolError),
        (Answer(raw=b"\x00\x01 garbage\r\n\r\n"), httpx.RemoteProtocolError),
        (Answer(200, delay_s=9), httpx.ReadTimeout),
    ],
    ids=["reset before", "reset inside", "too short", "garbage", "silence"],
)
def test_misbehaviour_reaches_the_client(web: Web, answer: Answer, error: type[Exception]) -> None:
    """Resets, false lengths, garbage and silence are what the client sees."""
    host: Host = web.host({"/": answer})
    with pytest.raises(Exception) as caught:  # noqa: PT011 (the union of errors is told below)
        httpx.get(host.url(), timeout=0.5, trust_env=False)
    assert isinstance(caught.value, error)


def test_a_drip_takes_its_time_and_still_ends(web: Web) -> None:
    """Ten pieces with pauses between them arrive whole; a clock may wake each pause a moment early."""
    host = web.host({"/": Answer(200, b"0123456789", drip=Drip(1, 0.02))})
    begun = time.monotonic()
    assert get(host.url()).content == b"0123456789"
    assert time.monotonic() - begun >= 0.15


def test_an_endless_answer_lasts_until_the_client_leaves(web: Web) -> None:
    """A client may take what it wants and go; the server lives on."""
    host = web.host({"/": Answer(200, b"again ", endless=True, chunked=True), "/ok": page("ok")})
    with httpx.stream("GET", host.url(), timeout=5, trust_env=False) as stream:
        taken = 0
        for piece in stream.iter_raw():
            taken += len(piece)
            if taken > 1 << 16:
                break
    assert taken > 1 << 16
    assert get(host.url("/ok")).text == "ok"


def test_a_redirect_names_its_target(web: Web) -> None:
    """Status and Location are as told."""
    host = web.host({"/": redirect("/new", 301)})
    answer = get(host.url())
    assert (answer.status_code, answer.headers["location"]) == (301, "/new")

"""The recorder: what it returns is on disk, and what is on disk is told exactly once."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from crawler.errors import Blocked, Gone, TooLarge
from crawler.frontier import Frontier
from crawler.site import Site
from nianbao.record import Recorder, Stored
from store.warc import read_capture, records
from store.warc_check import verify_file
from tests.visiting import failure
from tests.webserver import Request, Route, Web, answer, page, serve, settings

Steps = Callable[[Recorder, Web], Awaitable[None]]


def night(folder: Path, routes: dict[str, Route], steps: Steps, **changes: object) -> list[Stored]:
    """One run against a server; what its listener heard."""
    heard: list[Stored] = []

    async def main() -> None:
        with Frontier(folder / "frontier.sqlite") as frontier:
            recorder = Recorder(settings(**changes), folder / "warc", frontier, listener=heard.append)
            async with serve(routes) as web, recorder:
                await steps(recorder, web)

    asyncio.run(main())
    return heard


def warc_files(folder: Path) -> list[Path]:
    """The archive's files."""
    return sorted((folder / "warc").iterdir())


def test_every_exchange_is_archived_and_heard_of_in_order(tmp_path: Path) -> None:
    """robots.txt, redirects and errors included; the place leads to the very capture."""
    urls: list[str] = []

    async def steps(recorder: Recorder, web: Web) -> None:
        capture = await recorder.get(f"{web.base}/old")
        await failure(recorder.get(f"{web.base}/none"))
        stored = recorder.stored(capture)
        assert read_capture(tmp_path / "warc" / stored.warc_file, stored.warc_offset) == capture
        urls.append(web.base)

    heard = night(tmp_path, {"/old": answer(b"", "301 Moved", "Location: /new"), "/new": page("x")}, steps)
    found = [(stored.capture.final_url.removeprefix(urls[0]), stored.capture.status, stored.sound) for stored in heard]
    assert found == [("/robots.txt", 404, False), ("/old", 301, True), ("/new", 200, True), ("/none", 404, False)]
    assert [stored.number for stored in heard] == [1, 2, 3, 4]
    (path,) = warc_files(tmp_path)
    assert verify_file(path) == []
    assert [record.type for record in records(path)] == ["warcinfo"] + ["response", "request"] * 4


def test_errors_with_bodies_are_archived(tmp_path: Path) -> None:
    """Walls, missing pages and bodies that are too large, the last marked as cut."""
    wall = answer(b"<script>$_ts={}</script>", "412 No", "Content-Type: text/html")

    async def steps(recorder: Recorder, web: Web) -> None:
        assert isinstance(await failure(recorder.get(f"{web.base}/large")), TooLarge)
        assert isinstance(await failure(recorder.get(f"{web.base}/none")), Gone)
        assert isinstance(await failure(recorder.get(f"{web.base}/wall")), Blocked)

    heard = night(tmp_path, {"/large": answer(b"x" * 3_000_000), "/wall": wall}, steps, respect_robots=False)
    assert [stored.capture.status for stored in heard] == [200, 404, 412]
    (path,) = warc_files(tmp_path)
    assert [record.fields.get("warc-truncated") for record in records(path) if record.type == "response"] == ["length", None, None]
    assert len(read_capture(path, heard[0].warc_offset).body) == 1024 * 1024


def test_a_body_met_again_is_a_revisit_within_a_group_and_across_runs(tmp_path: Path) -> None:
    """Under whatever address; both its own record and that of its body are named."""
    routes: dict[str, Route] = {f"/{number}": page("same") for number in range(3)}

    async def all_at_once(recorder: Recorder, web: Web) -> None:
        await asyncio.gather(*(recorder.get(f"{web.base}/{number}") for number in range(3)))

    first = night(tmp_path, routes, all_at_once, respect_robots=False)
    second = night(tmp_path, routes, all_at_once, respect_robots=False)
    bodies = {(stored.body_file, stored.body_offset) for stored in first + second}
    assert bodies == {(first[0].warc_file, first[0].warc_offset)}
    assert len({(stored.warc_file, stored.warc_offset) for stored in first + second}) == 6
    kinds = [record.type for path in warc_files(tmp_path) for record in records(path)]
    assert (kinds.count("response"), kinds.count("revisit")) == (1, 5)
    for stored in second:
        assert read_capture(tmp_path / "warc" / stored.warc_file, stored.warc_offset).body == stored.capture.body


def test_a_304_names_the_record_that_holds_the_page(tmp_path: Path) -> None:
    """The archive says what the server meant."""

    async def tagged(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(b"", "304 Not Modified") if "if-none-match" in request.headers else page("x", 'ETag: "1"'))
        await writer.drain()

    async def steps(recorder: Recorder, web: Web) -> None:
        first = await recorder.get(f"{web.base}/a", conditional=True)
        second = await recorder.get(f"{web.base}/a", conditional=True)
        assert (first.status, second.status) == (200, 304)
        assert recorder.stored(second).body_offset == recorder.stored(first).warc_offset
        assert read_capture(tmp_path / "warc" / recorder.stored(second).body_file, recorder.stored(second).body_offset) == first

    heard = night(tmp_path, {"/a": tagged}, steps, respect_robots=False)
    assert heard[1].body_offset == heard[0].warc_offset
    (path,) = warc_files(tmp_path)
    assert [record.type for record in records(path)][1:] == ["response", "request", "revisit", "metadata", "request"]


def test_what_a_killed_run_archived_without_telling_is_told_by_the_next(tmp_path: Path) -> None:
    """The page need not be fetched again, and is heard of exactly once."""

    async def fetch(recorder: Recorder, web: Web) -> None:
        await recorder.at(Site("s", "s", web.base)).get(f"{web.base}/a")

    (robots, before) = night(tmp_path, {"/a": page("x"), "/robots.txt": answer(b"", "404 No")}, fetch)
    for leftover in tmp_path.glob("frontier.sqlite*"):
        leftover.unlink()

    async def nothing(recorder: Recorder, web: Web) -> None:
        assert recorder.frontier.page(before.capture.url) is not None

    after = night(tmp_path, {}, nothing)
    assert after == [robots, before]
    assert [stored.site for stored in after] == ["s", "s"]
    assert night(tmp_path, {}, nothing) == []


def test_an_archive_that_cannot_be_written_stops_the_fetching(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """OSError reaches everyone who waits, and the frontier is told of nothing."""

    async def steps(recorder: Recorder, web: Web) -> None:
        def full(*_: object) -> int:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("store.warc.os.write", full)
        results = await asyncio.gather(*(recorder.get(f"{web.base}/{number}") for number in range(3)), return_exceptions=True)
        assert [type(result) for result in results] == [OSError] * 3
        assert list(recorder.frontier.exchanges()) == []
        monkeypatch.undo()
        await recorder.get(f"{web.base}/1")

    heard = night(tmp_path, {f"/{number}": page(str(number)) for number in range(3)}, steps, respect_robots=False)
    assert [stored.capture.status for stored in heard] == [200]
    assert verify_file(warc_files(tmp_path)[0]) == []


def test_a_listener_that_fails_is_heard_by_the_caller(tmp_path: Path) -> None:
    """Not swallowed on some thread."""

    def broken(_: Stored) -> None:
        raise RuntimeError("the database is gone")

    async def main() -> None:
        with Frontier() as frontier:
            async with serve({"/a": page("x")}) as web, Recorder(settings(), tmp_path, frontier, listener=broken) as recorder:
                with pytest.raises(RuntimeError, match="database is gone"):
                    await recorder.get(f"{web.base}/a")

    asyncio.run(main())


def test_compressed_answers_are_archived_as_sent(tmp_path: Path) -> None:
    """The wire bytes are the truth; what they say is unpacked again when read."""
    body = b"<html>" + b"<p>x</p>" * 1000 + b"</html>"
    packed = gzip.compress(body)

    async def steps(recorder: Recorder, web: Web) -> None:
        await recorder.get(f"{web.base}/a")

    (stored,) = night(tmp_path, {"/a": answer(packed, "200 OK", "Content-Encoding: gzip")}, steps, respect_robots=False)
    again = read_capture(tmp_path / "warc" / stored.warc_file, stored.warc_offset)
    assert (again.raw_body, again.body) == (packed, body)


def test_who_gives_up_waiting_leaves_no_gap(tmp_path: Path) -> None:
    """A task cancelled while its exchange is being written: archive, ledger and listener have it all the same."""

    async def steps(recorder: Recorder, web: Web) -> None:
        waiting = asyncio.create_task(recorder.get(f"{web.base}/a"))
        while not web.spans:
            await asyncio.sleep(0)
        while recorder._jobs.empty() and not waiting.done():
            await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

    heard = night(tmp_path, {"/a": page("x")}, steps, respect_robots=False)
    with Frontier(tmp_path / "frontier.sqlite") as frontier:
        assert [stored.number for stored in heard] == [exchange.number for exchange in frontier.exchanges()] == [1]

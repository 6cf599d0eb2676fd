"""`nianbao sql`: ask the published database."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, TextIO

import click

from nianbao import output
from nianbao.errors import Usage
from nianbao.messages import say
from nianbao.shell import command as make
from nianbao.shell import configured
from store.formats import FORMATS, Format, write
from store.query import ask, example, examples, reading

EXAMPLES = """
nianbao sql "SELECT * FROM 年报 WHERE 年度 = 2024"
nianbao sql --example                             # the questions that come with nianbao
nianbao sql --example 3 --format csv -o late.csv
nianbao sql -f question.sql --format parquet -o answer.parquet
nianbao sql --as-of 2026-03-01 "SELECT count(*) FROM figure"
"""

LIST = "?"


@make(
    "sql",
    "Ask the published database in SQL, read-only.\n\n"
    "A query sees the archive and nothing else: no files, no network. Readers are never locked out by a run.",
    EXAMPLES,
)
@click.argument("query", required=False)
@click.option("-f", "--file", "file", type=click.File(encoding="utf-8-sig"), metavar="FILE", help="Read the query from a file; - is stdin.")
@click.option(
    "--example", "name", metavar="[NAME]", is_flag=False, flag_value=LIST, help="Ask an example question; without a name, list them."
)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="The archive as it stood on a day (YYYY-MM-DD).")
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", help="How the answer is written.")
@click.option("-o", "--output", "target", type=click.Path(path_type=Path), metavar="FILE", help="Write the answer to a file.")
@click.option("--external", is_flag=True, help="Let the query read files and the network.")
def command(
    query: str | None, file: TextIO | None, name: str | None, as_of: datetime | None, form: Format, target: Path | None, external: bool
) -> None:
    """Ask and print."""
    if name == LIST and query is None and file is None:
        output.table([{"name": one.name, "question": one.question} for one in examples().values()], ["name", "question"])
        return
    sql = _question(query, file, name)
    with reading(configured().archive.path, as_of.date() if as_of else None, external=external) as connection:
        answer = ask(connection, sql)
        with _opened(target, form) as out:
            write(answer, form, out, width=_width(target))


def _question(query: str | None, file: TextIO | None, name: str | None) -> str:
    """The one query that was given, however it was."""
    given = [text for text in (query, file.read() if file else None, example(name).sql if name else None) if text is not None]
    if len(given) != 1:
        raise Usage(say("give one query: as text, with -f FILE, or with --example NAME"))
    return given[0]


@contextmanager
def _opened(target: Path | None, form: Format) -> Iterator[BinaryIO]:
    """Where the answer goes. A file is whole or not there at all."""
    if target is None:
        if form == "parquet" and sys.stdout.isatty():
            raise Usage(say("parquet is not for a terminal; write it to a file with -o FILE"))
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if target.exists() and not target.is_file():
        with target.open("wb") as out:  # a pipe or a device is written to, never replaced
            yield out
        return
    unfinished = target.with_name(f"{target.name}.next")
    try:
        with unfinished.open("wb") as out:
            yield out
        unfinished.replace(target)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Usage(say("{path} cannot be written: {error}", path=target, error=error.strerror)) from error
    finally:
        with suppress(NotADirectoryError):
            unfinished.unlink(missing_ok=True)


def _width(target: Path | None) -> int | None:
    return shutil.get_terminal_size().columns if target is None and sys.stdout.isatty() else None

"""Write docs/notebook.ipynb: the demo's archive asked from Python, every cell executed."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from nianbao.demo.job import play
from nianbao.progress import All

TARGET = Path(__file__).parents[1] / "docs" / "notebook.ipynb"

CELLS = (
    (
        "markdown",
        "# The archive from Python\n\n`nianbao.open(path)` is a read-only connection with all tables and views. Here: the demo's archive.",
    ),
    (
        "code",
        'import nianbao\n\narchive = nianbao.open("var")\n'
        'archive.sql("FROM annual_report ORDER BY ALL").df()[["agency", "year", "scope", "edition", "status"]]',
    ),
    ("markdown", "Every figure keeps its state: blank and dash are not zero."),
    ("code", 'archive.sql("SELECT state, count(*) AS cells, count(value) AS numbers FROM figure GROUP BY ALL ORDER BY cells DESC").df()'),
    ("markdown", "As polars, or as Arrow without a copy."),
    ("code", "archive.sql(\"SELECT agency, year, total AS new_requests FROM requests WHERE row_code = 'requests.new' ORDER BY ALL\").pl()"),
    ("code", 'archive.sql("SELECT rule, outcome, count(*) AS n FROM finding GROUP BY ALL ORDER BY ALL").arrow().num_rows'),
    ("markdown", "An example question that ships with nianbao: what changed after publication."),
    ("code", 'archive.example("q18_changed_after_publication").df()'),
)


def main() -> None:
    """Crawl the demo, run the notebook in its folder, write it without times and paths."""
    notebook = nbformat.v4.new_notebook()
    for number, (kind, text) in enumerate(CELLS):
        cell = nbformat.v4.new_markdown_cell(text) if kind == "markdown" else nbformat.v4.new_code_cell(text)
        cell["id"] = f"cell-{number}"
        notebook.cells.append(cell)
    with tempfile.TemporaryDirectory() as folder:
        play(Path(folder), All(()))
        NotebookClient(notebook, timeout=120, record_timing=False, resources={"metadata": {"path": folder}}).execute()
    notebook.metadata.pop("language_info", None)
    TARGET.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")


if __name__ == "__main__":
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    main()

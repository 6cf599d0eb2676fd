"""Made-up reports as web pages, in the dialects that real portals print."""

from __future__ import annotations

import html
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from extract.form import form
from nianbao.demo.typeset import as_html
from tests.corpus.generate.model import Box, Key, Specimen, Table, retext

Draw = Callable[[Table], str]


def page(model: Specimen, draw: Draw = as_html, *, head: str = "", foot: str = "", charset: str = "utf-8") -> str:
    """The report as a page of a portal; `draw` sets each table."""
    title, *rest = model.blocks
    body = "\n".join(f"<p>{html.escape(block)}</p>" if isinstance(block, str) else draw(block) for block in rest)
    meta = (
        f'<meta charset="{charset}"><meta name="ArticleTitle" content="{title}"><meta name="PubDate" content="{model.published_on} 09:30">'
    )
    nav = '<div class="nav"><a href="/">首页</a> &gt; <a href="/zfxxgk/">政府信息公开</a></div>'
    return (
        f"<!DOCTYPE html><html><head><title>{title}_门户网站</title>{meta}{head}</head><body>{nav}<h1>{title}</h1>"
        f'<p>发布日期：{model.published_on} 浏览次数：<span id="hits">112</span></p><div class="TRS_Editor">{body}</div>{foot}'
        '<div class="footer">主办：某某市人民政府办公室 网站标识码：6542230001</div></body></html>'
    )


def cell(box: Box, inner: str | None = None, tag: str = "td", more: str = "") -> str:
    """One cell as plain HTML."""
    spans = "".join(f' {name}="{n}"' for name, n in (("rowspan", box.rowspan), ("colspan", box.colspan)) if n > 1)
    return f"<{tag}{spans}{more}>{html.escape(box.text) if inner is None else inner}</{tag}>"


def table(rows: Table, draw: Callable[[Box], str] = cell, more: str = ' border="1"') -> str:
    """A table, each cell set by `draw`."""
    return f"<table{more}>" + "".join(f"<tr>{''.join(map(draw, row))}</tr>" for row in rows) + "</table>"


def kind(rows: Table) -> str:
    """Which table of the form these boxes are."""
    return next(box.key[0] for row in rows for box in row if box.key)


def split_digits(box: Box) -> str:
    """Each character of a cell in a span of its own, as editors leave them."""
    return cell(box, "".join(f'<span style="font-size:12px">{html.escape(ch)}</span>' for ch in box.text) or "&nbsp;")


def stacked_labels(box: Box) -> str:
    """Short labels set vertically, one paragraph a character; long ones broken by <br>."""
    if box.key or len(box.text) > 8:
        half = len(box.text) // 2
        return cell(box, html.escape(box.text) if box.key else f"{html.escape(box.text[:half])}<br/>{html.escape(box.text[half:])}")
    return cell(box, "".join(f"<p>{html.escape(ch)}</p>" for ch in box.text))


def odd_blanks(box: Box) -> str:
    """Blanks of every kind around and instead of figures."""
    pads = ("&nbsp;", "<o:p></o:p>", "\u3000", "<p>&nbsp;</p>", " \n ")
    pad = pads[(len(box.text) + (len(box.key[1]) if box.key else 0)) % len(pads)]
    return cell(box, f"{pad}{html.escape(box.text)}{pad}")


def noisy_attributes(box: Box) -> str:
    """Newlines and quotes inside attributes, spans with units, upper case."""
    spans = f'ROWSPAN="{box.rowspan}x" COLSPAN=" {box.colspan}"'
    return f'<TD {spans} STYLE="width:48px;\n  border:1px\n solid" title="a>b">{html.escape(box.text)}</TD>'


def as_word(rows: Table) -> str:
    """Pasted from Word."""
    return as_html(rows, "word")


def in_blocks(rows: Table) -> str:
    """Table 2 as one table a block; the others whole."""
    if kind(rows) != "disclosure":
        return table(rows)
    starts = [n for n, row in enumerate(rows) if len(row) == 1] + [len(rows)]
    return "<p></p>".join(table(rows[a:b]) for a, b in pairwise(starts))


def in_layout(rows: Table) -> str:
    """Inside two layout tables."""
    return f'<table class="l"><tr><td width="20">&nbsp;</td><td><table><tr><td>{table(rows)}</td></tr></table></td></tr></table>'


def header_again(rows: Table) -> str:
    """Table 3 with its header printed again in the middle, as a page break leaves it; no merged cell crosses."""
    if kind(rows) != "requests":
        return table(rows)
    return table(_pieces(rows, joined=True)[0])


def _pieces(rows: Table, joined: bool = False) -> list[Table]:
    """Table 3 cut before （四）无法提供: the merged cell of the outcome is begun again in the second piece."""
    cut = next(n for n, row in enumerate(rows) if any(box.text == "（四）无法提供" for box in row))
    top = [[replace(box, rowspan=min(box.rowspan, cut - n)) for box in row] for n, row in enumerate(rows[:cut])]
    outcome = next(box for row in rows for box in row if box.text == "三、本年度办理结果")
    begun = next(n for n, row in enumerate(rows) if outcome in row)
    left = outcome.rowspan - (cut - begun)
    bottom = [[Box(outcome.text, left), *rows[cut]], *rows[cut + 1 :]]
    return [[*top, *rows[:3], *bottom]] if joined else [top, bottom]


def cut_in_two(rows: Table) -> str:
    """Table 3 as two tables, the second without header."""
    if kind(rows) != "requests":
        return table(rows)
    return "<p>&nbsp;</p>".join(table(piece) for piece in _pieces(rows))


def trailing_columns(rows: Table) -> str:
    """Two empty columns at the right."""
    return table([[*row, Box(""), Box("")] for row in rows])


def total_first(rows: Table) -> str:
    """Table 3 with 总计 before 自然人."""
    if kind(rows) != "requests":
        return table(rows)
    moved = []
    for row in rows:
        total = [box for box in row if (box.text == "总计" and box.rowspan == 2) or (box.key and box.key[2] == "total")]
        rest = [box for box in row if box not in total]
        at = next((n for n, box in enumerate(rest) if box.key or box.text == "自然人"), len(rest))
        moved.append([*rest[:at], *total, *rest[at:]])
    return table(moved)


def header_cells(rows: Table) -> str:
    """thead, tbody and th; rowspan 0 for the outcome label."""
    head = "".join(f"<tr>{''.join(cell(box, tag='th') for box in row)}</tr>" for row in rows if not any(box.key for box in row))
    if kind(rows) != "requests":
        return table(rows, lambda box: cell(box, tag="td" if box.key else "th"))
    body = "".join(f"<tr>{''.join(map(cell, row))}</tr>" for row in rows if any(box.key for box in row))
    return f"<table><thead>{head}</thead><tbody>{body}</tbody></table>"


def unclosed(rows: Table) -> str:
    """No closing tags at all."""
    return "<table>" + "".join("<tr>" + "".join(cell(box).removesuffix("</td>") for box in row) for row in rows) + "</table>"


def over_the_edge(rows: Table) -> str:
    """Spans that reach beyond the table."""
    last = rows[-1]
    wide = [replace(box, colspan=box.colspan + 5) if len(row) == 1 and not box.key else box for row in rows[:-1] for box in row]
    taken, redrawn = 0, []
    for row in rows[:-1]:
        redrawn.append(wide[taken : taken + len(row)])
        taken += len(row)
    return table([*redrawn, [replace(box, rowspan=9) for box in last]])


def in_divs(rows: Table) -> str:
    """No table at all: a grid of divs, merged labels printed in each row where they are seen."""
    lines, open_cells = [], {}
    for row in rows:
        cells, column, waiting = [], 0, list(row)
        below = {}
        while waiting or column in open_cells:
            left, box = open_cells[column] if column in open_cells else (waiting[0].rowspan, waiting.pop(0))
            cells.append(f'<div class="td" style="display:table-cell">{html.escape(box.text)}</div>')
            if left > 1:
                below[column] = (left - 1, box)
            column += box.colspan
        open_cells = below
        lines.append(f'<div class="tr" style="display:table-row">{"".join(cells)}</div>')
    return f'<div class="table" style="display:table">{"".join(lines)}</div>'


def in_comment(rows: Table) -> str:
    """Only in a comment."""
    return f"<!-- {table(rows)} -->"


def in_script(rows: Table) -> str:
    """Written by a program."""
    quoted = table(rows).replace("'", "\\'").replace("/", "\\/")
    return f"<script type=\"text/javascript\">document.write('{quoted}');</script>"


def hidden_copy(rows: Table) -> str:
    """A hidden copy with other figures before the real one."""
    other = [[replace(box, text="7") if box.key else box for box in row] for row in rows]
    return f'<div style="display:none">{table(other)}</div>{table(rows)}'


def fake_script(rows: Table) -> str:
    """A table inside a script that nobody writes, before the real one."""
    return f'<script>var tpl = "<table><tr><td>自然人</td><td>总计</td></tr></table>";</script>{table(rows)}'


TRADITIONAL = str.maketrans("复议诉讼结维纠审总计录执规费废发现许处罚强类务属图书", "複議訴訟結維糾審總計錄執規費廢發現許處罰強類務屬圖書")


def traditional(rows: Table) -> str:
    """In traditional characters, as mirrors print it."""
    return table(rows, lambda box: cell(box, html.escape(box.text.translate(TRADITIONAL))))


def relabelled(model: Specimen, change: dict[str, str]) -> Specimen:
    """Labels spelled as elsewhere."""
    blocks = tuple(
        block
        if isinstance(block, str)
        else [[box if box.key else replace(box, text=change.get(box.text, box.text)) for box in row] for row in block]
        for block in model.blocks
    )
    return replace(model, blocks=blocks)


ALIASES = {
    "本年制发件数": "本年新制发数量",
    "本年废止件数": "本年废止数量",
    "现行有效件数": "现行有效件",
    "行政规范性文件": "规范性文件",
    "本年收费金额（单位：万元）": "本年收费总金额（单位：万元）",
    "5.属于三类内部事务信息": "5.属于三类内容事务信息",
    "2.其他法律行政法规禁止公开": "2．其他法律、行政法规禁止公开",
    "1.属于国家秘密": "1、属于国家秘密",
    "8.属于行政查询事项": "⑧属于行政查询事项",
    "（一）予以公开": "㈠予以公开",
    "一、本年新收政府信息公开申请数量": "本年度新收政府信息公开申请数量",
    "其他": "其它",
    "本年增/减": "本年增\\减",
}


def bare_labels(model: Specimen) -> Specimen:
    """Enumerators left out everywhere."""
    change = {}
    for row in form().rows.values():
        for text in {row.zh, row.zh_v2019 or row.zh}:
            bare = (
                text.split("、", 1)[1]
                if text[1:2] == "、"
                else text.split("）", 1)[1]
                if text.startswith("（")
                else text[2:]
                if text[1:2] == "."
                else text
            )
            change[text] = bare
    return relabelled(model, change)


def group_in_cell(model: Specimen) -> Specimen:
    """The number of a group in a cell with its name on a line of its own."""
    return relabelled(model, {"（三）不予公开": "（三）\n不予公开", "（四）无法提供": "（四）\n无法\n提供"})


def formatted(model: Specimen, rng: random.Random) -> Specimen:
    """Figures printed with thousands separators, full-width digits, blanks, units, notes."""
    change: dict[Key, str] = {}
    for key, text in model.expected.items():
        if not text.isdecimal():
            continue
        n = int(text)
        forms = [
            text,
            f"{n:,}",
            "".join(chr(ord(ch) + 0xFEE0) for ch in text),
            f" {text}\u00a0",
            f"{text}件",
            f"{text}（含上年{n}件）",
            f"{text[:1]} {text[1:]}",
        ]
        change[key] = rng.choice(forms)
    return retext(model, change)


def blanked(model: Specimen, rng: random.Random) -> Specimen:
    """Zeros left blank or printed as dashes of every kind."""
    blanks = ("", "", "-", "—", "——", "/", "／", "无", "－", "–")
    return retext(model, {key: rng.choice(blanks) for key, text in model.expected.items() if text == "0" and rng.random() < 0.7})


DIALECTS: dict[str, Draw] = {
    "plain": table,
    "word": as_word,
    "split-digits": lambda rows: table(rows, split_digits),
    "stacked-labels": lambda rows: table(rows, stacked_labels),
    "odd-blanks": lambda rows: table(rows, odd_blanks),
    "noisy-attributes": lambda rows: table(rows, noisy_attributes),
    "blocks": in_blocks,
    "layout": in_layout,
    "header-again": header_again,
    "cut-in-two": cut_in_two,
    "trailing-columns": trailing_columns,
    "total-first": total_first,
    "header-cells": header_cells,
    "unclosed": unclosed,
    "over-the-edge": over_the_edge,
    "divs": in_divs,
    "comment": in_comment,
    "script": in_script,
    "hidden-copy": hidden_copy,
    "fake-script": fake_script,
    "traditional": traditional,
}
"""How the tables are drawn."""

SPELLINGS: dict[str, Callable[[Specimen, random.Random], Specimen]] = {
    "aliases": lambda model, _: relabelled(model, ALIASES),
    "bare-labels": lambda model, _: bare_labels(model),
    "group-in-cell": lambda model, _: group_in_cell(model),
    "formatted": formatted,
    "blanked": blanked,
}
"""What is printed in them."""

ENCODINGS: dict[str, tuple[str, str]] = {
    "gbk-as-gb2312": ("gb18030", "gb2312"),
    "utf8-as-gb2312": ("utf-8", "gb2312"),
    "gbk-undeclared": ("gb18030", ""),
    "utf8-bom": ("utf-8-sig", "gbk"),
}
"""(bytes, what the page says)."""


def documents(specimens: Sequence[Specimen]) -> dict[str, tuple[Specimen, bytes]]:
    """One page a dialect, spelling and encoding, each of another report."""
    found: dict[str, tuple[Specimen, bytes]] = {}
    made = iter(specimens * 9)
    for name, draw in DIALECTS.items():
        model = next(made)
        found[f"html-{name}"] = (model, page(model, draw).encode())
    for name, spell in SPELLINGS.items():
        model = spell(next(made), random.Random(name))
        found[f"html-{name}"] = (model, page(model).encode())
    for name, (codec, label) in ENCODINGS.items():
        model = next(made)
        found[f"html-{name}"] = (model, page(model, charset=label).encode(codec))
    return found

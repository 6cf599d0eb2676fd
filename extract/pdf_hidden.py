"""What the layers of a PDF that are switched off paint, taken out of its streams.

pdfium lists the objects of every layer alike, and pdfminer too. So the streams themselves are changed, each in its own place and
to its own length: shows of text, painting of paths, pictures and forms between `/OC … BDC` and `EMC` of a hidden layer go.
"""

from __future__ import annotations

import base64
import io
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pdfminer.pdfdocument import PDFDocument, PDFPasswordIncorrect
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import PDFObjRef, PDFStream, resolve1
from pdfminer.psparser import literal_name

from extract.errors import ReadError, Unreadable

_TOKEN = re.compile(rb"%[^\r\n]*|<<|>>|<[^<>]*>|[\[\]{}]|/[^\s()<>\[\]{}/%]*|[^\s()<>\[\]{}/%]+|\(")
_PARENTHESIS = re.compile(rb"\\.|[()]", re.DOTALL)
_INLINE_END = re.compile(rb"\sEI(?=\s|\Z)")
_PAINTED = dict.fromkeys((b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*", b"S", b"s"), b"n")
_INSTEAD = _PAINTED | {b"Tj": b"", b"TJ": b"", b"'": b"T*", b'"': b"T*", b"Do": b"", b"sh": b"", b"EI": b""}
"""What stands for each operator that paints where it is hidden; its operands go with it."""
DEEPEST = 12


class Command(NamedTuple):
    """One operator of a content stream: its name, its operands, where the first of them begins and where it ends."""

    name: bytes
    operands: Sequence[bytes]
    start: int
    end: int


def without_hidden(content: bytes) -> bytes:
    """The document without what its hidden layers paint. Raises Unreadable where that cannot be taken out."""
    try:
        document = PDFDocument(PDFParser(io.BytesIO(content)))
        hidden = _switched_off(resolve1(document.catalog.get("OCProperties")) or {})
        return _Cleaning(content, hidden).cleaned(document) if hidden else content
    except PDFPasswordIncorrect:
        return content  # no reader opens it
    except ReadError:
        raise
    except Exception as error:  # pdfminer raises whatever a damaged file makes of it
        raise Unreadable(f"the layers of this PDF cannot be told apart: {type(error).__name__}") from error


def _switched_off(properties: Mapping[str, Any]) -> frozenset[int]:
    """The object numbers of the groups that the document's own configuration does not show on a screen."""
    default = resolve1(properties.get("D")) or {}
    off, on = (_numbers(default.get(key)) for key in ("OFF", "ON"))
    groups = _numbers(properties.get("OCGs"))
    hidden = (groups - on if literal_name(default.get("BaseState") or "") == "OFF" else set()) | off
    for usage in map(resolve1, resolve1(default.get("AS")) or ()):
        for reference in (resolve1(usage.get("OCGs")) or ()) if literal_name(usage.get("Event") or "") == "View" else ():
            view = resolve1((resolve1((resolve1(reference) or {}).get("Usage")) or {}).get("View")) or {}
            state = literal_name(view.get("ViewState") or "")
            hidden = hidden | {reference.objid} if state == "OFF" else hidden - {reference.objid} if state == "ON" else hidden
    return frozenset(hidden)


def _numbers(references: Any) -> set[int]:  # noqa: ANN401  # whatever stands in the file
    return {reference.objid for reference in resolve1(references) or () if isinstance(reference, PDFObjRef)}


class _Cleaning:
    """One document on its way to what it shows."""

    def __init__(self, content: bytes, hidden: frozenset[int]) -> None:
        self.content = bytearray(content)
        self.hidden = hidden
        self.seen: set[int | None] = set()

    def cleaned(self, document: PDFDocument) -> bytes:
        """The whole file."""
        for page in PDFPage.create_pages(document):
            streams = [stream for stream in map(resolve1, page.contents) if isinstance(stream, PDFStream)]
            self._streams(streams, page.resources, 0)
        return bytes(self.content)

    def _streams(self, streams: Sequence[PDFStream], resources: Any, depth: int) -> None:  # noqa: ANN401
        """Clean the streams of a page, which are one text, or of a form, and the forms that they paint."""
        if depth > DEEPEST:
            raise Unreadable("forms nested too deeply")
        resources = resolve1(resources) or {}
        layers = {name: self.is_hidden(value) for name, value in (resolve1(resources.get("Properties")) or {}).items()}
        forms = resolve1(resources.get("XObject")) or {}
        dark = {name for name, value in forms.items() if self.is_hidden(getattr(resolve1(value), "attrs", {}).get("OC"))}
        open_marks: list[bool] = []
        for stream in streams:
            self._stream(stream, layers, dark, open_marks)
        for form in map(resolve1, forms.values()):
            if isinstance(form, PDFStream) and form.objid not in self.seen and literal_name(form.get("Subtype") or "") == "Form":
                self._streams([form], form.get("Resources") or resources, depth + 1)

    def is_hidden(self, layer: Any, depth: int = 0) -> bool:  # noqa: ANN401
        """Whether a group, or a membership in groups, is not shown."""
        if isinstance(layer, PDFObjRef) and layer.objid in self.hidden:
            return True
        known = resolve1(layer)
        if not isinstance(known, dict) or literal_name(known.get("Type") or "") != "OCMD" or depth > DEEPEST:
            return False
        if known.get("VE") is not None:
            return not self._holds(resolve1(known["VE"]), depth)
        groups = known.get("OCGs")
        several = resolve1(groups)
        states = [not self.is_hidden(group, depth + 1) for group in (several if isinstance(several, list) else [groups]) if group]
        rule = literal_name(known.get("P") or "") or "AnyOn"
        return bool(states) and not {"AllOn": all(states), "AnyOff": not all(states), "AllOff": not any(states)}.get(rule, any(states))

    def _holds(self, expression: Any, depth: int) -> bool:  # noqa: ANN401
        """Whether a visibility expression ([/And …], [/Or …], [/Not …]) or a group is shown."""
        if not isinstance(resolve1(expression), list) or depth > DEEPEST:
            return not self.is_hidden(expression, depth + 1)
        word, *terms = resolve1(expression)
        states = [self._holds(term, depth + 1) for term in terms]
        return not any(states) if literal_name(word) == "Not" else any(states) if literal_name(word) == "Or" else all(states)

    def _stream(self, stream: PDFStream, layers: Mapping[str, bool], dark: set[str], open_marks: list[bool]) -> None:
        raw = stream.rawdata
        if raw is None or stream.objid in self.seen:
            return
        self.seen.add(stream.objid)
        if stream.decipher:
            raise Unreadable("the layers of an encrypted PDF cannot be told apart")
        data = stream.get_data()
        kept = b"".join(_kept(data, layers, dark, open_marks))
        if kept != data:
            self._replace(raw, _packed(kept, [literal_name(name) for name, _ in stream.get_filters()]))

    def _replace(self, raw: bytes, new: bytes) -> None:
        """The new bytes in the place of the old ones, filled up with blanks: nothing else in the file moves."""
        at = self.content.find(raw)
        if at < 0 or len(new) > len(raw):
            raise Unreadable("what the hidden layers of this PDF paint cannot be taken out")
        self.content[at : at + len(raw)] = new.ljust(len(raw))


def _packed(data: bytes, filters: Sequence[str]) -> bytes:
    for name in reversed(filters):
        if name in ("FlateDecode", "Fl"):
            data = zlib.compress(data, 9)
        elif name in ("ASCII85Decode", "A85"):
            data = base64.a85encode(data) + b"~>"
        else:
            raise Unreadable(f"a content stream packed by {name} cannot be changed")
    return data


def _kept(data: bytes, layers: Mapping[str, bool], dark: set[str], open_marks: list[bool]) -> Iterator[bytes]:
    """The pieces of a content stream that stay; `open_marks` says of each open mark whether it hides what it holds."""
    last = 0
    for command in _commands(data):
        operand = command.operands[-1][1:].decode("latin-1") if command.operands else ""
        if command.name in (b"BDC", b"BMC"):
            open_marks.append(command.name == b"BDC" and command.operands[0] == b"/OC" and layers.get(operand, False))
        elif command.name == b"EMC" and open_marks:
            open_marks.pop()
        elif command.name in _INSTEAD and (any(open_marks) or (command.name == b"Do" and operand in dark)):
            yield data[last : command.start] + _INSTEAD[command.name]
            last = command.end
    yield data[last:]


def _commands(data: bytes) -> Iterator[Command]:
    """The operators of a content stream, in order."""
    operands: list[bytes] = []
    start = at = 0
    while (found := _TOKEN.search(data, at)) is not None:
        token, at = found[0], found.end()
        if token == b"(":
            at = _string_end(data, at)
        if token[:1] == b"%":
            continue
        start = start if operands else found.start()
        operands.append(data[found.start() : at])
        if token[:1].isalpha() or token in (b"'", b'"'):
            if token == b"BI":
                end = _INLINE_END.search(data, at)
                token, at = b"EI", end.end() if end else len(data)
            if token not in (b"true", b"false", b"null"):
                yield Command(token, operands[:-1], start, at)
                operands = []


def _string_end(data: bytes, at: int) -> int:
    """The place behind the string whose opening parenthesis stands before `at`."""
    depth = 1
    for found in _PARENTHESIS.finditer(data, at):
        depth += {b"(": 1, b")": -1}.get(found[0], 0)
        if not depth:
            return found.end()
    return len(data)

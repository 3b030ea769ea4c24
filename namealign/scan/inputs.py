"""Files, folders, stdin or a table's column in, `Document`s out, one at a time.

Text and Markdown are taken as they are, so that offsets count the file's own characters; HTML gives its main text
(trafilatura where the extra `text` is installed, else every text that is no script, style or navigation); PDF and DOCX
need the extra. Of CSV and JSON Lines, one column or key is the text, and each row a document.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import IO, Literal, NamedTuple

from namealign.charset import Encoding, detect, encoding_named, from_bom
from namealign.errors import InputError, MissingDependency
from namealign.files import reading
from namealign.packed import bounded, plain_name
from namealign.scan.model import Document

__all__ = ["PLAIN", "Cells", "Plain", "decode", "documents", "html_text", "paths"]

PLAIN = frozenset((".txt", ".md", ".markdown", ".text", ""))
_HTML = frozenset((".html", ".htm", ".xhtml"))
_TABLES = frozenset((".csv", ".tsv"))
_LINES = frozenset((".jsonl", ".ndjson"))
_BOMS = {
    "utf-8": (codecs.BOM_UTF8,),
    "utf-16-le": (codecs.BOM_UTF16_LE,),
    "utf-16-be": (codecs.BOM_UTF16_BE,),
    "utf-32-le": (codecs.BOM_UTF32_LE,),
    "utf-32-be": (codecs.BOM_UTF32_BE,),
}
# Bytes that are looked at to tell an encoding, and whether there is text at all.
_SAMPLE = 1 << 16
_READABLE = PLAIN | _LINES | _HTML | _TABLES | {".pdf", ".docx"}


class Plain(NamedTuple):
    """A decoded text file and what it takes to give the same bytes back."""

    text: str
    encoding: str
    bom: bytes

    def encode(self, text: str, name: str) -> bytes:
        """Another text in this file's encoding; InputError where that cannot write it."""
        try:
            errors = "surrogatepass" if self.encoding.startswith(("utf-16", "utf-32")) else "strict"
            return self.bom + text.encode(self.encoding, errors)
        except UnicodeEncodeError as error:
            letter = text[error.start]
            raise InputError(
                f"{name}: its encoding, {self.encoding}, cannot write {letter!r} of a canonical name"
            ) from None


class Cells(NamedTuple):
    """How the cells of a delimited table are told apart; a delimiter of None is found out from the header."""

    delimiter: str | None = None
    quote: str = '"'


def paths(sources: Sequence[str]) -> list[str]:
    """The files that sources stand for: a folder is every readable file under it, in the order of their names.

    Raises InputError for a source that is not there and for a folder without a readable file.
    """
    out: list[str] = []
    for source in sources:
        if source == "-" or not os.path.isdir(source):
            if source != "-" and not os.path.exists(source):
                raise InputError(f"{source}: no such file or folder")
            out.append(source)
            continue
        inside = [
            os.path.join(folder, name)
            for folder, _, names in os.walk(source)
            for name in names
            if not name.startswith(".") and Path(plain_name(name)).suffix.lower() in _READABLE - {""}
        ]
        if not inside:
            raise InputError(f"{source}: no file to read in this folder (.txt, .md, .html, .csv, .jsonl, .pdf, .docx)")
        out += sorted(inside)
    return out


def documents(
    sources: Iterable[str],
    *,
    column: str | None = None,
    encoding: str | None = None,
    cells: Cells | None = None,
    jsonl: bool = False,
) -> Iterator[Document]:
    """The documents of files; of a table, one for each row's `column`, named `file:row` (the header is row 1).

    `cells` says how a delimited table is read, `jsonl` that a table is JSON Lines whatever its name.
    """
    for source in sources:
        suffix = Path(plain_name(source)).suffix.lower() if source != "-" else ""
        if column is not None or jsonl or suffix in _TABLES | _LINES:
            if column is None:
                what = "key" if jsonl or suffix in _LINES else "column"
                raise InputError(f"{source}: which {what} holds the text? give it with --column")
            yield from (_lines if jsonl or suffix in _LINES else _rows)(source, column, encoding, cells or Cells())
        elif suffix == ".pdf":
            yield Document(source, _pdf(source))
        elif suffix == ".docx":
            yield Document(source, _docx(source))
        elif suffix in _HTML:
            yield Document(source, html_text(_raw(source), encoding))
        else:
            raw = _raw(source)
            name = "<stdin>" if source == "-" else source
            if suffix == "" and raw.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
                yield Document(name, html_text(raw, encoding))
            elif raw.startswith((b"%PDF-", b"PK\x03\x04")):
                raise InputError(f"{name}: is no text; name it .pdf or .docx if it is one of these")
            else:
                yield Document(name, decode(raw, name, encoding).text)


def decode(raw: bytes, name: str, encoding: str | None = None) -> Plain:
    """Bytes as text: the given encoding, else what the first bytes say, else UTF-8, else the likeliest one.

    Raises InputError for bytes that are no text, or not in the encoding.

    >>> decode(b"\\xef\\xbb\\xbfGeelani\\r\\n", "a.txt").text
    'Geelani\\r\\n'
    """
    if encoding is not None:
        codec = encoding_named(encoding)
        return Plain(_strict(raw, codec, name), codec.name, b"")
    found = from_bom(raw[:_SAMPLE])
    if found is not None:
        bom = next((mark for mark in _BOMS.get(found.name, ()) if raw.startswith(mark)), b"")
        return Plain(_strict(raw[len(bom) :], found, name), found.name, bom)
    if b"\0" in raw[:_SAMPLE]:
        raise InputError(f"{name}: holds NUL bytes and is no text; if it is, give its encoding with --encoding")
    try:
        return Plain(raw.decode("utf-8"), "utf-8", b"")
    except UnicodeDecodeError as error:
        sample = raw[max(0, error.start - _SAMPLE // 2) : error.start + _SAMPLE // 2]
        guessed = detect(sample, name, raw.count(b"\n", 0, error.start) + 1, raw[error.start])
        return Plain(_strict(raw, guessed, name), guessed.name, b"")


def _strict(raw: bytes, encoding: Encoding, name: str) -> str:
    try:
        return raw.decode(encoding.name, encoding.errors)
    except UnicodeDecodeError as error:
        raise InputError(
            f"{name}: byte 0x{raw[error.start]:02x} at {error.start:,} is not {encoding.name}; give its encoding with "
            "--encoding"
        ) from None


def _raw(source: str) -> bytes:
    with reading(source) as (file, _):
        return file.read()


def _opened(file: IO[bytes], name: str, encoding: str | None) -> io.TextIOWrapper:
    """A table's bytes as text, in the encoding that `decode` would find."""
    head = file.read(_SAMPLE)
    found = encoding_named(encoding) if encoding is not None else from_bom(head) or Encoding("utf-8", "valid")
    if encoding is None and found.how == "valid":
        if b"\0" in head:
            raise InputError(f"{name}: holds NUL bytes and is no table; if it is, give its encoding with --encoding")
        file.seek(0)
        at = line = 0
        decoder = codecs.getincrementaldecoder("utf-8")()
        while block := file.read(_SAMPLE):
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                line += error.object.count(b"\n", 0, error.start)
                file.seek(at)
                found = detect(file.read(2 * _SAMPLE), name, line + 1, error.object[error.start])
                break
            at += len(block)
            line += block.count(b"\n")
    file.seek(0)
    codec = {"utf-8": "utf-8-sig", "utf-16-le": "utf-16", "utf-32-le": "utf-32"}.get(found.name, found.name)
    if found.name != codec and codec != "utf-8-sig" and not head.startswith(_BOMS[found.name]):
        codec = found.name
    return io.TextIOWrapper(file, codec, errors=found.errors, newline="")


def _lines(source: str, column: str, encoding: str | None, _cells: Cells) -> Iterator[Document]:
    """The texts of a file with a JSON object on each line; an object without the key, or with null there, has none."""
    with reading(source) as (file, name):
        text = _opened(file, name, encoding)
        try:
            for number, line in enumerate(text, 1):
                if not line.strip():
                    continue
                try:
                    row = json.loads(line)
                except json.JSONDecodeError as error:
                    raise InputError(f"{name}:{number}: is no JSON ({error.msg})") from None
                if not isinstance(row, dict):
                    raise InputError(f"{name}:{number}: is no JSON object")
                value = row.get(column)
                if value is None:
                    continue
                if not isinstance(value, str):
                    raise InputError(f"{name}:{number}: {column!r} holds no text: {json.dumps(value)[:60]}")
                yield Document(f"{name}:{number}", value)
        except UnicodeDecodeError as error:
            raise InputError(f"{name}: is not {text.encoding} ({error.reason}); give it with --encoding") from None
        finally:
            text.detach()


class _Counted:
    """The lines of a table, counted, for a csv reader."""

    def __init__(self, text: Iterable[str]) -> None:
        self._text, self.number, self.ended = iter(text), 0, False

    def __iter__(self) -> _Counted:
        return self

    def __next__(self) -> str:
        for line in self._text:
            self.number += 1
            return line
        self.ended = True
        raise StopIteration

    def refuse_open(self, row: Sequence[str], name: str) -> None:
        """Raise InputError if the row just read is a quote that never closes: only then does a reader that still gives
        a row ask for a line behind the last one.
        """
        if self.ended:
            inside = len(io.StringIO(row[-1], newline="").readlines())
            opened = self.number + 1 - max(1, inside)
            problem = "a quote opens here and never closes; close it, or read without quoting: --quotechar ''"
            raise InputError(f"{name}:{opened}: {problem}")


def _rows(source: str, column: str, encoding: str | None, cells: Cells) -> Iterator[Document]:
    csv.field_size_limit(sys.maxsize)
    with reading(source) as (file, name):
        text = _opened(file, name, encoding)
        try:
            first = text.readline()
            text.seek(0)
            lines = _Counted(text)
            quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if cells.quote else csv.QUOTE_NONE
            # Of delimiters that stand in the header equally often the first is the likeliest.
            delimiter = cells.delimiter or max(",;\t|", key=first.count)
            reader = csv.reader(lines, delimiter=delimiter, quotechar=cells.quote or None, quoting=quoting)
            header = next(reader, None)
            if header is None:
                raise InputError(f"{name}: is empty")
            lines.refuse_open(header, name)
            if column in header:
                at = header.index(column)
            elif column.isdigit() and 1 <= int(column) <= len(header):
                at = int(column) - 1
            else:
                raise InputError(f"{name}: no column {column!r}; the columns are {', '.join(header)}")
            for number, row in enumerate(reader, 2):
                lines.refuse_open(row, name)
                if at < len(row):
                    yield Document(f"{name}:{number}", row[at])
        except UnicodeDecodeError as error:
            raise InputError(
                f"{name}: is not {text.encoding} ({error.reason}); give its encoding with --encoding"
            ) from None
        except csv.Error as error:
            raise InputError(f"{name}:{reader.line_num}: {error}") from error
        finally:
            text.detach()


def html_text(raw: bytes, encoding: str | None = None) -> str:
    """The main text of a page."""
    try:
        import trafilatura
    except ImportError:
        return _Stripper.text_of(decode(raw, "HTML", encoding or _declared(raw)).text)
    page: bytes | str = raw if encoding is None else raw.decode(encoding_named(encoding).name, "replace")
    found = trafilatura.extract(page, include_comments=False, favor_recall=True)
    # A page without an article (a list, a fragment) still has text.
    return found or _Stripper.text_of(decode(raw, "HTML", encoding or _declared(raw)).text)


def _declared(raw: bytes) -> str | None:
    """The encoding that a page's head declares, if Python knows it."""
    import codecs
    import re

    found = re.search(rb"""<meta[^>]+charset=["']?([\w-]+)""", raw[:4096], re.IGNORECASE)
    if found is None:
        return None
    try:
        return codecs.lookup(found[1].decode("ascii")).name
    except LookupError:
        return None


class _Stripper(HTMLParser):
    """Every text of a page but scripts, styles and navigation; blocks part into paragraphs."""

    _SILENT = frozenset(
        ("script", "style", "noscript", "template", "nav", "header", "footer", "aside", "form", "svg", "head", "button")
    )
    _INLINE = frozenset(
        "a abbr b bdi bdo cite code em font i mark q s small span strong sub sup time u wbr".split()  # noqa: SIM905
    )

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent: list[str] = []

    @classmethod
    def text_of(cls, page: str) -> str:
        """A page's text, paragraph by paragraph."""
        parser = cls()
        parser.feed(page)
        parser.close()
        lines = (" ".join(line.split()) for line in "".join(parser.parts).split("\n\n"))
        return "\n\n".join(line for line in lines if line)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in self._SILENT:
            self.silent.append(tag)
        elif tag not in self._INLINE:
            self.parts.append("\n" if tag == "br" else "\n\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.silent:
            while self.silent.pop() != tag:
                pass
        elif tag not in self._INLINE:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(data)


def _pdf(source: str) -> str:
    try:
        from pypdf import PdfReader
        from pypdf.errors import PyPdfError
    except ImportError:
        raise MissingDependency(f"{source}: reading PDF needs pypdf; pip install 'namealign[text]'") from None
    try:
        return "\n\n".join(page.extract_text() for page in PdfReader(source).pages)
    except (PyPdfError, ValueError) as error:
        raise InputError(f"{source}: is no readable PDF ({error})") from None


def _docx(source: str) -> str:
    try:
        import docx
        from docx.opc.exceptions import PackageNotFoundError
    except ImportError:
        raise MissingDependency(f"{source}: reading DOCX needs python-docx; pip install 'namealign[text]'") from None
    with reading(source, unpack=False) as (raw, _):
        bounded(raw, source)
    try:
        file = docx.Document(source)
    except (PackageNotFoundError, KeyError, ValueError) as error:
        raise InputError(f"{source}: is no readable DOCX ({error})") from None
    cells = (cell.text for table in file.tables for row in table.rows for cell in row.cells)
    return "\n\n".join([*(paragraph.text for paragraph in file.paragraphs), *cells])

"""Files, folders, stdin or a table's column in, `Document`s out, one at a time.

Text and Markdown are taken as they are, so that offsets count the file's own characters; HTML gives its main text
(trafilatura where the extra `text` is installed, else every text that is no script, style or navigation); PDF and DOCX
need the extra.
"""

from __future__ import annotations

import csv
import io
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

from namealign.errors import InputError, MissingDependency
from namealign.files import reading
from namealign.packed import bounded, plain_name
from namealign.scan.model import Document

__all__ = ["PLAIN", "Plain", "decode", "documents", "html_text", "paths"]

PLAIN = frozenset((".txt", ".md", ".markdown", ".text", ""))
_HTML = frozenset((".html", ".htm", ".xhtml"))
_TABLES = frozenset((".csv", ".tsv"))
_READABLE = PLAIN | _HTML | _TABLES | {".pdf", ".docx"}


class Plain(NamedTuple):
    """A decoded text file and what it takes to give the same bytes back."""

    text: str
    encoding: str
    bom: bytes

    def encode(self, text: str, name: str) -> bytes:
        """Another text in this file's encoding; InputError where that cannot write it."""
        try:
            return self.bom + text.encode(self.encoding)
        except UnicodeEncodeError as error:
            letter = text[error.start]
            raise InputError(
                f"{name}: its encoding, {self.encoding}, cannot write {letter!r} of a canonical name"
            ) from None


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
            raise InputError(f"{source}: no file to read in this folder (.txt, .md, .html, .csv, .pdf, .docx)")
        out += sorted(inside)
    return out


def documents(sources: Iterable[str], *, column: str | None = None, encoding: str | None = None) -> Iterator[Document]:
    """The documents of files; of a table, one for each row's `column`, named `file:row` (the header is row 1)."""
    for source in sources:
        suffix = Path(plain_name(source)).suffix.lower() if source != "-" else ""
        if column is not None or suffix in _TABLES:
            if column is None:
                raise InputError(f"{source}: which column holds the text? give it with --column")
            yield from _rows(source, column, encoding)
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

    >>> decode(b"\\xef\\xbb\\xbfGeelani\\r\\n", "a.txt").text
    'Geelani\\r\\n'
    """
    for bom, codec in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if raw.startswith(bom) and encoding is None:
            return Plain(_strict(raw[len(bom) :], codec, name), codec, bom)
    if encoding is not None:
        return Plain(_strict(raw, encoding, name), encoding, b"")
    try:
        return Plain(raw.decode("utf-8"), "utf-8", b"")
    except UnicodeDecodeError:
        from charset_normalizer import from_bytes

        best = from_bytes(raw[:200_000]).best()
        if best is None:
            raise InputError(f"{name}: is no text in any encoding known; give one with --encoding") from None
        return Plain(_strict(raw, best.encoding, name), best.encoding, b"")


def _strict(raw: bytes, encoding: str, name: str) -> str:
    try:
        return raw.decode(encoding)
    except LookupError:
        raise InputError(f"{encoding!r} is no encoding that Python knows") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: byte 0x{raw[error.start]:02x} at {error.start:,} is not {encoding}") from None


def _raw(source: str) -> bytes:
    with reading(source) as (file, _):
        return file.read()


def _rows(source: str, column: str, encoding: str | None) -> Iterator[Document]:
    csv.field_size_limit(sys.maxsize)
    with reading(source) as (file, name):
        head = file.read(4)
        file.seek(0)
        codec = encoding or ("utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
        text = io.TextIOWrapper(file, codec, newline="")
        try:
            first = text.readline()
            text.seek(0)
            reader = csv.reader(text, delimiter="\t" if "\t" in first and first.count("\t") > first.count(",") else ",")
            header = next(reader, None)
            if header is None:
                raise InputError(f"{name}: is empty")
            if column in header:
                at = header.index(column)
            elif column.isdigit() and 1 <= int(column) <= len(header):
                at = int(column) - 1
            else:
                raise InputError(f"{name}: no column {column!r}; the columns are {', '.join(header)}")
            for number, row in enumerate(reader, 2):
                if at < len(row):
                    yield Document(f"{name}:{number}", row[at])
        except UnicodeDecodeError as error:
            raise InputError(f"{name}: is not {codec} ({error.reason}); give its encoding with --encoding") from None
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
    page: bytes | str = raw if encoding is None else raw.decode(encoding, "replace")
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

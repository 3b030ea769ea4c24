"""The first bytes of a delimited file in, its dialect and header out: and how a new cell is written in that dialect."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from namealign.errors import InputError

__all__ = ["DELIMITERS", "Dialect", "find_column", "sniff"]

DELIMITERS = (",", ";", "\t", "|")
# Rows of a sample that vote on the delimiter: enough to outvote a comma in a title, few enough to cost nothing.
_SAMPLE_ROWS = 40


@dataclass(frozen=True)
class Dialect:
    r"""How fields and records are told apart, read as Python's csv module reads by default.

    A quote opens a quoted field only as the field's first character; inside it a doubled quote is one quote, and
    delimiters and newlines are text. `newline` is the last byte of a record's end: `\n` (also for `\r\n`), or `\r`
    in a file that knows no `\n`.
    """

    delimiter: bytes
    quote: bytes = b'"'
    newline: bytes = b"\n"
    quote_all: bool = False

    @cached_property
    def field(self) -> bytes:
        """A regular expression for one raw field. Possessive, so that a quote that never closes costs one pass only."""
        d, n = re.escape(self.delimiter), re.escape(self.newline)
        if not self.quote:
            return rb"[^%b%b]*+" % (d, n)
        q = re.escape(self.quote)
        return rb"(?:%b[^%b]*+(?:%b%b[^%b]*+)*+%b[^%b%b]*+|(?!%b)[^%b%b]*+)" % (q, q, q, q, q, q, d, n, q, d, n)

    @cached_property
    def record(self) -> re.Pattern[bytes]:
        """A whole record, without its newline, where its end is in sight."""
        field = self.field
        return re.compile(
            rb"%b(?:%b%b)*+(?=%b|\Z)" % (field, re.escape(self.delimiter), field, re.escape(self.newline))
        )

    @cached_property
    def _fields(self) -> re.Pattern[bytes]:
        return re.compile(rb"(%b)(?:%b|\Z)" % (self.field, re.escape(self.delimiter)))

    @cached_property
    def _special(self) -> re.Pattern[bytes]:
        return re.compile(rb"[%b\r\n]" % b"".join(map(re.escape, (self.quote, self.delimiter))))

    def split(self, record: bytes) -> list[bytes]:
        r"""Split a record into raw fields, quotes kept: joined by the delimiter they are the record again.

        >>> Dialect(b",").split(b'1,"Bhutto, Benazir",x')
        [b'1', b'"Bhutto, Benazir"', b'x']
        """
        if not self.quote or self.quote not in record:
            return record.split(self.delimiter)
        found, position, end = [], 0, len(record)
        while True:
            match = self._fields.match(record, position)
            if match is None:  # never in a record that `record` matched
                raise InputError(f"not a record: {record[position : position + 40]!r}")
            found.append(match[1])
            position = match.end()
            if position == end and match.end(1) == end:
                return found

    def opening(self, data: bytes, position: int) -> int:
        r"""Where, in a record that begins at `position` and has no end, the quote stands that never closes.

        >>> Dialect(b",").opening(b'1,"a\nb","c\nd', 0)
        8
        """
        while (match := self._fields.match(data, position)) is not None and match.end() < len(data):
            position = match.end()
        return position

    def unquote(self, raw: bytes) -> bytes:
        r"""What a raw field says.

        >>> Dialect(b",").unquote(b'"O""Neill"')
        b'O"Neill'
        """
        quote = self.quote
        if not quote or not raw.startswith(quote):
            return raw
        inside, closing, rest = _closed(raw[1:], quote)
        return inside + rest if closing else raw

    def cell(self, text: bytes) -> bytes:
        """A new field: quoted where the dialect needs it, or where the file quotes everything."""
        quote = self.quote
        if not quote:
            return self._special.sub(b" ", text)
        if self.quote_all or self._special.search(text):
            return quote + text.replace(quote, quote * 2) + quote
        return text


def _closed(text: bytes, quote: bytes) -> tuple[bytes, bool, bytes]:
    """What stands up to the closing quote (doubled ones undoubled), whether there is one, and what follows it."""
    position = 0
    while (found := text.find(quote, position)) >= 0:
        if text[found + 1 : found + 2] != quote:
            return text[:found].replace(quote * 2, quote), True, text[found + 1 :]
        position = found + 2
    return text, False, b""


def sniff(sample: bytes, *, whole: bool, wanted: Sequence[str] = (), quote: bytes = b'"', prefer: str = "") -> Dialect:
    r"""Guess the dialect from a file's first bytes (without BOM). `whole` says that nothing follows them.

    A delimiter that makes the wanted columns appear in the header wins; then the one that gives most rows of the
    sample the header's width; then the one that gives more columns.

    >>> sniff(b"id;name\n1;Bhutto, Benazir\n", whole=True).delimiter
    b';'
    """
    newline = b"\r" if b"\r" in sample and b"\n" not in sample else b"\n"
    best: tuple[tuple[bool, bool, float, int], Dialect] | None = None
    for delimiter in DELIMITERS:
        dialect = Dialect(delimiter.encode(), quote, newline)
        rows = _first_records(dialect, sample, whole)
        widths = [len(row) for row in rows]
        named = {dialect.unquote(field.strip()).strip() for field in rows[0]} if rows else set()
        agreeing = sum(width == widths[0] for width in widths) / len(widths) if widths else 0.0
        width = widths[0] if widths else 0
        fits = bool(wanted) and all(name.encode("utf-8", "replace") in named for name in wanted)
        score = (fits, width > 1, agreeing + (0.5 if delimiter == prefer else 0.0), width)
        if best is None or score > best[0]:
            best = score, dialect
    assert best is not None
    return best[1]


def _first_records(dialect: Dialect, sample: bytes, whole: bool) -> list[list[bytes]]:
    rows: list[list[bytes]] = []
    position = 0
    while position < len(sample) and len(rows) < _SAMPLE_ROWS:
        match = dialect.record.match(sample, position)
        if match is None or (match.end() == len(sample) and not whole and rows):
            break
        if record := match[0].rstrip(b"\r"):
            rows.append(dialect.split(record))
        position = match.end() + 1
    return rows


def find_column(wanted: str, names: Sequence[str], path: str, *, first: int = 1) -> int:
    """The index of a column given by its name, or by its number (from `first`) where no column has that name."""
    found = [i for i, name in enumerate(names) if name == wanted] or [
        i for i, name in enumerate(names) if name.strip().casefold() == wanted.strip().casefold()
    ]
    if len(found) == 1:
        return found[0]
    if found:
        numbers = ", ".join(str(i + first) for i in found)
        raise InputError(f"{path}:1: {len(found)} columns are called {wanted!r}; give a number instead: {numbers}")
    if wanted.isascii() and wanted.isdigit() and 0 <= int(wanted) - first < len(names):
        return int(wanted) - first
    shown = ", ".join(names[:30]) + (f", ... ({len(names)} in all)" if len(names) > 30 else "")
    raise InputError(f"{path}:1: no column {wanted!r}; the columns are {shown}")

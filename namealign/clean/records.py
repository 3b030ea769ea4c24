"""Bytes of a delimited file in, records out: each with its own bytes, its line end and the raw fields asked for.

A record's bytes are found, never parsed and written again. A block without a quote is cut by the C loops behind
`bytes.split`, one with quotes by a single `findall`, and only what is ragged or open is looked at record by record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from operator import itemgetter
from typing import IO, NamedTuple

from namealign.clean.dialect import Dialect
from namealign.errors import InputError

__all__ = ["Chunk", "Piece", "Ragged", "Records"]

# Blocks that stay inside a second-level cache; ten times larger ones measured a quarter slower.
_BLOCK = 1 << 18
# From this many records on, finding them together is faster than one by one.
_WORTH = 32


class Ragged(NamedTuple):
    """A record with another number of fields than the header; `line` is the physical line on which it begins."""

    line: int
    fields: int


class Piece(NamedTuple):
    """How many bytes a chunk takes, and whether each newline in it ends a record: then it is cut without parsing."""

    size: int
    by_line: bool


class Chunk:
    """Consecutive whole records.

    `lines[i]` are the bytes of record i without its end, `ends[i]` its end, `values[c][i]` the raw field of the c-th
    wanted column, None where the record is blank or ragged; `values` is empty if it was not asked for. `end` is the end
    that all records share, or None.
    """

    __slots__ = ("data", "end", "ends", "lines", "ragged", "values")

    def __init__(self, data: bytes, columns: int) -> None:
        self.data = data
        self.lines: list[bytes] = []
        self.ends: list[bytes] = []
        self.end: bytes | None = None
        self.values: list[list[bytes | None]] = [[] for _ in range(columns)]
        self.ragged: list[Ragged] = []

    def settle(self) -> None:
        """Find out the end that all records share."""
        ends = set(self.ends)
        self.end = ends.pop() if len(ends) == 1 else None


class Records:
    """Cuts what follows the header into chunks of records of `width` fields, of which `columns` are wanted."""

    def __init__(self, dialect: Dialect, width: int, columns: Sequence[int], path: str, first_line: int = 2) -> None:
        self.dialect, self.width, self.columns, self.path = dialect, width, tuple(columns), path
        self.first_line = first_line
        self._take = [_Taker(column, width) for column in self.columns]
        ordered = sorted(set(self.columns))
        # The group of each wanted column in `_exact`; in `_many`, whose first group is the record, one more.
        self._group = [ordered.index(column) + 1 for column in self.columns]
        d, n = re.escape(dialect.delimiter), re.escape(dialect.newline)
        exact = _pattern(dialect.field, d, width, ordered)
        self._exact = re.compile(rb"%b(?=%b|\Z)" % (exact, n))
        # Record after record, and at the first that does not match all the rest at once: so that nothing is leapt over
        # and no search begins anew at each byte.
        self._many = re.compile(rb"(%b)%b|(.).*" % (exact, n), re.DOTALL)
        self._any = re.compile(rb"(%b(?:%b%b)*+)%b|(.).*" % (dialect.field, d, dialect.field, n), re.DOTALL)

    def chunks(self, file: IO[bytes]) -> Iterator[Chunk]:
        """Yield every record from the file's position on, with the wanted fields."""
        line, carry, size = self.first_line, b"", _BLOCK
        while True:
            block = file.read(size)
            data = carry + block
            if not data:
                return
            chunk = Chunk(data, len(self.columns))
            used = self._cut(chunk, line, final=not block)
            if used:
                line += data.count(self.dialect.newline, 0, used)
                yield chunk
            if not block:
                return
            carry = data[used:]
            # A cell larger than the block is looked at again with twice the bytes, so that its cost stays linear.
            size = max(_BLOCK, len(carry))

    def again(self, file: IO[bytes], pieces: Iterable[Piece]) -> Iterator[Chunk]:
        """Yield the same records as `chunks` did, without fields."""
        for size, by_line in pieces:
            chunk = Chunk(file.read(size), 0)
            if by_line:
                self._lines(chunk, chunk.data)
                chunk.settle()
            else:
                self._cut(chunk, 0, final=True)
            yield chunk

    def piece(self, chunk: Chunk) -> Piece:
        """What `again` must know about a chunk."""
        newlines = chunk.data.count(self.dialect.newline)
        return Piece(len(chunk.data), newlines + (not chunk.data.endswith(self.dialect.newline)) == len(chunk.lines))

    def _cut(self, chunk: Chunk, line: int, *, final: bool) -> int:
        """Fill the chunk with as many whole records as its data begins with; return how many bytes they take."""
        newline, quote, data = self.dialect.newline, self.dialect.quote, chunk.data
        position, size, together = 0, len(data), True
        while position < size:
            found = data.find(quote, position) if quote else -1
            plain = data.rfind(newline, position, found if found >= 0 else size) + 1
            if plain > position:
                self._plain(chunk, data[position:plain], line, position)
                position = plain
            if found < 0:
                if final and position < size:
                    self._plain(chunk, data[position:], line, position)
                    position = size
                break
            if together:
                records = len(chunk.lines)
                position += self._together(chunk, position)
                # Where ragged records stand close together, trying for each to take many costs more than it gives.
                together = len(chunk.lines) - records >= _WORTH
                if len(chunk.lines) > records:
                    continue
            end = self._quoted(chunk, position, line, final=final)
            if end is None:
                if final:
                    at = line + data.count(newline, 0, self.dialect.opening(data, position))
                    problem = "a quote opens here and never closes; close it, or read without quoting: --quotechar ''"
                    raise InputError(f"{self.path}:{at}: {problem}")
                break
            position = end
        chunk.data = data[:position]
        chunk.settle()
        return position

    def _lines(self, chunk: Chunk, data: bytes) -> list[bytes]:
        """Add the lines of `data` as records, and return them."""
        newline = self.dialect.newline
        lines = data.split(newline)
        whole = not lines[-1]
        if whole:
            lines.pop()
        ends = [newline] * len(lines)
        if newline == b"\n" and b"\r" in data:
            lines, ends = _without_returns(lines)
        if not whole:
            ends[-1] = ends[-1][:-1]
        chunk.lines += lines
        chunk.ends += ends
        return lines

    def _plain(self, chunk: Chunk, data: bytes, line: int, position: int) -> None:
        """Add records that hold no quote, which `data` is at `position`."""
        lines = self._lines(chunk, data)
        if not chunk.values:
            return
        delimiter, wanted = self.dialect.delimiter, self.width - 1
        widths = list(map(bytes.count, lines, repeat(delimiter)))
        if widths.count(wanted) == len(lines):
            for values, take in zip(chunk.values, self._take, strict=True):
                values += self._or_blank(take(lines, delimiter))
            return
        good = [text for text, found in zip(lines, widths, strict=True) if found == wanted]
        for values, take in zip(chunk.values, self._take, strict=True):
            taken = iter(self._or_blank(take(good, delimiter)))
            values += [next(taken) if found == wanted else None for found in widths]
        start = line + chunk.data.count(self.dialect.newline, 0, position)
        chunk.ragged += [Ragged(start + i, found + 1) for i, found in enumerate(widths) if found != wanted and lines[i]]

    def _together(self, chunk: Chunk, position: int) -> int:
        """Add the records from `position` up to the first ragged or unfinished one; return how many bytes they take."""
        newline = self.dialect.newline
        found = (self._many if chunk.values else self._any).findall(chunk.data, position)
        if found and found[-1][-1]:
            found.pop()
        if not found:
            return 0
        columns = list(zip(*found, strict=True))
        records = list(columns[0])
        ends = [newline] * len(records)
        lines = records
        if newline == b"\n" and b"\r" in chunk.data:
            lines, ends = _without_returns(records)
        for values, group, column in zip(chunk.values, self._group, self.columns, strict=False):
            taken = list(columns[group])
            if column == self.width - 1 and lines is not records:
                taken = [v[:-1] if end == b"\r\n" else v for v, end in zip(taken, ends, strict=True)]
            values += self._or_blank(taken)
        chunk.lines += lines
        chunk.ends += ends
        return sum(map(len, records)) + len(records)

    def _quoted(self, chunk: Chunk, position: int, line: int, *, final: bool) -> int | None:
        """Add the record at `position`, which holds a quote; return where the next begins, None if that is not seen."""
        newline, data = self.dialect.newline, chunk.data
        match = self._exact.match(data, position) if chunk.values else None
        exact = match is not None
        if match is None:
            match = self.dialect.record.match(data, position)
        if match is None or (match.end() == len(data) and not final):
            return None
        end = match.end()
        record = match[0]
        returned = newline == b"\n" and record.endswith(b"\r")
        ending = (b"\r" if returned else b"") + data[end : end + 1]
        if returned:
            record = record[:-1]
        for values, group, column in zip(chunk.values, self._group, self.columns, strict=False):
            value = match[group] if exact else None
            values.append(value[:-1] if value is not None and returned and column == self.width - 1 else value)
        if chunk.values and not exact and record:
            at = line + data.count(newline, 0, position)
            chunk.ragged.append(Ragged(at, len(self.dialect.split(record))))
        chunk.lines.append(record)
        chunk.ends.append(ending)
        return min(end + 1, len(data))

    def _or_blank(self, values: list[bytes]) -> list[bytes | None]:
        """Where there is one column only, an empty line is no record with an empty cell: csv readers skip it."""
        return [value or None for value in values] if self.width == 1 else list(values)


def _pattern(field: bytes, delimiter: bytes, width: int, columns: Sequence[int]) -> bytes:
    """A record of `width` fields with a group for each of `columns`, which are in order."""
    pattern, last = b"", -1
    for column in columns:
        pattern += rb"(?:%b%b){%d}(%b)" % (field, delimiter, column - last - 1, field)
        pattern += delimiter if column < width - 1 else b""
        last = column
    if last < width - 1:
        pattern += rb"(?:%b%b){%d}%b" % (field, delimiter, width - 2 - last, field)
    return pattern


def _without_returns(lines: list[bytes]) -> tuple[list[bytes], list[bytes]]:
    r"""Lines that end with `\n`, without the `\r` before it, and their ends."""
    returned = [text.endswith(b"\r") for text in lines]
    ends = [b"\r\n" if found else b"\n" for found in returned]
    return [text[:-1] if found else text for text, found in zip(lines, returned, strict=True)], ends


class _Taker:
    """Takes one column out of many records, from the nearer side of each."""

    __slots__ = ("_index", "_parts", "_right")

    def __init__(self, column: int, width: int) -> None:
        self._right = column > width // 2
        self._parts = width - column if self._right else column + 1
        self._index = itemgetter(1 if self._right else column)

    def __call__(self, lines: Sequence[bytes], delimiter: bytes) -> list[bytes]:
        split = bytes.rsplit if self._right else bytes.split
        return list(map(self._index, map(split, lines, repeat(delimiter), repeat(self._parts))))

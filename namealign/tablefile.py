"""An alias table's file in, rows to change out, and back: whatever is not changed keeps its bytes.

Order, comments, line ends, quotes and a missing last newline stay what they were: what is added and removed again
leaves no trace.
"""

from __future__ import annotations

import csv
import io
import os
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from namealign.errors import InputError
from namealign.packed import plain_name
from namealign.tables import ALIAS_COLUMNS, REDIRECT, AliasRow, follow, read_aliases, read_text

__all__ = ["TableFile"]


@dataclass(slots=True)
class _Line:
    """A record as it stands in the file, without and with its line end; no row where the line is blank."""

    text: str
    end: str
    row: AliasRow | None


class TableFile:
    """An alias table as text that can be changed row by row. Read from `path`; a new one where there is none.

    Raises TableError for a file that could not be looked names up in.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)
        self.changed = False
        self._bom, self._top, self._lines = b"", "", list[_Line]()
        if plain_name(self.path) != self.path:
            raise InputError(f"{self.path}: a table that changes row by row cannot be compressed")
        if not os.path.exists(self.path) or os.path.getsize(self.path) == 0:
            self._header, self.columns, self._ended = _Line(",".join(ALIAS_COLUMNS), "\n", None), [*ALIAS_COLUMNS], True
            self._newline, self._quoting = "\n", csv.QUOTE_MINIMAL
            return
        rows = iter(read_aliases(self.path))
        with open(self.path, "rb") as file:
            self._bom = b"\xef\xbb\xbf" if file.read(3) == b"\xef\xbb\xbf" else b""
        stream = io.StringIO(read_text(self.path), newline="")
        text = stream.getvalue()
        while text.startswith("#", stream.tell()):
            self._top += stream.readline()
        records = _records(stream)
        self.columns, raw, end = next(records)
        self._header = _Line(raw, end, None)
        self._lines = [_Line(raw, end, next(rows) if fields else None) for fields, raw, end in records]
        self._newline = _end_of(self._header.end, self._top)
        self._ended = bool(self._lines[-1].end if self._lines else self._header.end)
        self._quoting = csv.QUOTE_MINIMAL
        if len(self.columns) > 1 and _written(self.columns, csv.QUOTE_ALL) == self._header.text:
            self._quoting = csv.QUOTE_ALL

    @property
    def rows(self) -> Iterator[AliasRow]:
        """Every row, in the order of the file; redirects too."""
        return (line.row for line in self._lines if line.row is not None)

    @property
    def redirects(self) -> dict[str, str]:
        """Old ids and where they lead, in the end."""
        return follow({row.entity_id: row.canonical for row in self.rows if row.kind == REDIRECT})

    def insert(self, rows: Iterable[AliasRow]) -> None:
        """Put rows in: where the order wants them if the table is sorted, else behind their entity's last row; those of
        a new entity at the end.

        Raises InputError when a value has no column to stand in.
        """
        lines = self._lines
        new = list(rows)
        if not new:
            return
        held = [(line.row, at) for at, line in enumerate(lines) if line.row is not None]
        ordered = len(held) > 1 and all(a < b for (a, _), (b, _) in pairwise(held))
        end = held[-1][1] + 1 if held else 0
        last = {row.entity_id: at + 1 for row, at in held}
        keys = [row for row, _ in held]
        places: defaultdict[int, list[AliasRow]] = defaultdict(list)
        for row in sorted(new) if ordered else new:
            if ordered:
                at = bisect_left(keys, row)
                places[held[at][1] if at < len(held) else end].append(row)
            else:
                places[last.get(row.entity_id, end)].append(row)
        self._lines = []
        for at in range(len(lines) + 1):
            for row in places.get(at, ()):
                self._lines.append(_Line(self._text(row), self._newline, row))
            self._lines += lines[at : at + 1]
        self.changed = True

    def delete(self, rows: Iterable[AliasRow]) -> None:
        """Take rows out."""
        gone = set(rows)
        if gone:
            self._lines = [line for line in self._lines if line.row not in gone]
            self.changed = True

    def replace(self, changes: dict[AliasRow, AliasRow | None]) -> None:
        """Put rows in the places of others, or nothing (None); in a sorted table each goes where it belongs."""
        rows = list(self.rows)
        if len(rows) > 1 and all(a < b for a, b in pairwise(rows)):
            self.delete(changes)
            self.insert(row for row in changes.values() if row is not None)
            return
        lines = []
        for line in self._lines:
            row = changes.get(line.row, line.row) if line.row is not None else None
            if row is line.row:
                lines.append(line)
            elif row is not None:
                lines.append(_Line(self._text(row), line.end, row))
        self._lines, self.changed = lines, True

    def to_bytes(self) -> bytes:
        """The whole file."""
        lines = [self._header, *self._lines]
        ends = [line.end or self._newline for line in lines]
        if not self._ended:
            ends[-1] = ""
        body = "".join(line.text + end for line, end in zip(lines, ends, strict=True))
        return self._bom + (self._top + body).encode()

    def _text(self, row: AliasRow) -> str:
        values = dict(zip(ALIAS_COLUMNS, row, strict=True))
        for column, value in values.items():
            if value and column not in self.columns:
                raise InputError(f"{self.path}: has no column {column} for {value!r}; write it into the header first")
        return _written([values.get(column, "") for column in self.columns], self._quoting)


def _end_of(*texts: str) -> str:
    r"""The line end of the first text that has one, else `\n`."""
    for text in texts:
        for end in ("\r\n", "\n", "\r"):
            if text.endswith(end):
                return end
    return "\n"


def _records(stream: io.StringIO) -> Iterator[tuple[list[str], str, str]]:
    """(fields, text, line end) of each record; no fields where the line is blank."""
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for line in stream:
            taken.append(line)
            yield line

    for fields in csv.reader(lines(), strict=True):
        raw = "".join(taken)
        taken.clear()
        text = raw.rstrip("\r\n")
        yield fields, text, raw[len(text) :]


def _written(fields: Sequence[str], quoting: int) -> str:
    out = io.StringIO()
    # Before Python 3.13 only the line end's own characters make the writer quote a line end inside a field.
    csv.writer(out, lineterminator="\r\n", quoting=quoting).writerow(fields)  # type: ignore[arg-type]
    return out.getvalue().removesuffix("\r\n")

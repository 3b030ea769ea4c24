"""A table and the new cells of each distinct name in, every record with its cells out: the second pass."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, compress
from typing import IO

from namealign.clean.layout import Table
from namealign.clean.records import Chunk, Piece

__all__ = ["Writer"]


class Writer:
    """Copies a table with `cells[text]` for the texts of each wanted column.

    `codes[c][i]` is the place of record i's name in `texts[c]`, 0 for a record that is kept as it is;
    `new[c]` is what the column's new columns are called. A new column that the header already has is overwritten,
    unless its last cell in a row is not among `ours`: then the row was ragged once and is kept. With `replace` the
    first cell takes the name's own place and no column is added. With `only_changed` the records are left out whose
    names stay what they are.
    """

    def __init__(
        self,
        table: Table,
        pieces: Sequence[Piece],
        codes: Sequence[array[int]],
        texts: Sequence[Sequence[str]],
        cells: Mapping[str, Sequence[bytes]],
        new: Sequence[Sequence[str]],
        *,
        ours: frozenset[str] | None,
        replace: bool,
        only_changed: bool,
    ) -> None:
        self.table, self.pieces, self.codes, self.new, self.replace = table, pieces, codes, new, replace
        # The new cells of each column by code.
        self.cells = [[cells[text] for text in column] for column in texts]
        self.kept = 0
        cell = table.dialect.cell
        self._ours = None if ours is None else {written for v in ours for written in (v.encode(), cell(v.encode()))}
        names = table.names if table.head else []
        # Where an earlier run put each cell; None is behind the record.
        self._places = [[names.index(name) if name in names else None for name in group] for group in new]
        self._changed = [self._find_changed(*column) for column in zip(texts, self.cells, strict=True)]
        self._only_changed = only_changed
        self._tails: dict[tuple[int, bytes], list[bytes]] = {}

    def write(self, out: IO[bytes]) -> None:
        """Write BOM, header and records in the input's own encoding."""
        table = self.table
        recode = table.encoding.name if table.bytes_encoding != table.encoding.name else ""
        errors = table.encoding.errors
        for data in chain([self._header()], self._records()):
            out.write(data.decode("utf-8", errors).encode(recode, errors) if recode else data)

    def _records(self) -> Iterator[bytes]:
        behind = all(place is None for places in self._places for place in places)
        copy = self._substitute if self.replace else self._append if behind else self._overwrite
        at = 0
        for chunk in self.table.records().again(self.table.file, self.pieces):
            codes: list[Sequence[int]] = [column[at : at + len(chunk.lines)] for column in self.codes]
            at += len(chunk.lines)
            yield copy(*self._filtered(chunk, codes)) if self._only_changed else copy(chunk, codes)

    def _header(self) -> bytes:
        table = self.table
        if not table.head or self.replace:
            return table.prefix + table.head + table.head_end
        added = [
            table.dialect.delimiter + table.dialect.cell(table.encode(name)[0])
            for names, places in zip(self.new, self._places, strict=True)
            for name, place in zip(names, places, strict=True)
            if place is None
        ]
        return table.prefix + table.head + b"".join(added) + table.head_end

    def _find_changed(self, texts: Sequence[str], cells: Sequence[Sequence[bytes]]) -> list[bool]:
        """Whether each name is that of an entity whose canonical spelling is another."""
        unquote, encode = self.table.dialect.unquote, self.table.encode
        return [
            bool(text) and unquote(new) not in (b"", encode(text)[0])
            for text, (new, *_) in zip(texts, cells, strict=True)
        ]

    def _filtered(self, chunk: Chunk, codes: Sequence[Sequence[int]]) -> tuple[Chunk, list[Sequence[int]]]:
        """The records in which a name changes."""
        changed = [[column[code] for code in part] for column, part in zip(self._changed, codes, strict=True)]
        kept = list(map(any, zip(*changed, strict=True)))
        rest = Chunk(b"", 0)
        rest.lines = list(compress(chunk.lines, kept))
        rest.ends = [end or self.table.dialect.newline for end in compress(chunk.ends, kept)]
        return rest, [list(compress(part, kept)) for part in codes]

    def _append(self, chunk: Chunk, codes: Sequence[Sequence[int]]) -> bytes:
        """The fast way: what stands behind a record depends on its names only and is looked up."""
        last = len(codes) - 1
        end = chunk.end if chunk.end is not None else b""
        tails = self._behind(0, end if last == 0 else b"", codes)
        for column in range(1, last + 1):
            tails = map(bytes.__add__, tails, self._behind(column, end if column == last else b"", codes))
        parts = (chunk.lines, tails) if chunk.end is not None else (chunk.lines, tails, chunk.ends)
        return b"".join(chain.from_iterable(zip(*parts, strict=True)))

    def _behind(self, column: int, end: bytes, codes: Sequence[Sequence[int]]) -> Iterator[bytes]:
        tails = self._tails.get((column, end))
        if tails is None:
            delimiter = self.table.dialect.delimiter
            tails = [delimiter + delimiter.join(cells) + end for cells in self.cells[column]]
            tails[0] = end
            self._tails[column, end] = tails
        return map(tails.__getitem__, codes[column])

    def _overwrite(self, chunk: Chunk, codes: Sequence[Sequence[int]]) -> bytes:
        """The careful way: some of the new columns stand in the record already."""
        dialect = self.table.dialect
        out: list[bytes] = []
        for line, end, *row in zip(chunk.lines, chunk.ends, *codes, strict=True):
            fields = dialect.split(line) if row[0] else []
            if not fields or self._foreign(fields):
                out += (line, end)
                continue
            for code, cells, places in zip(row, self.cells, self._places, strict=True):
                for cell, place in zip(cells[code], places, strict=True):
                    if place is None:
                        fields.append(cell)
                    else:
                        fields[place] = cell
            out += (dialect.delimiter.join(fields), end)
        return b"".join(out)

    def _foreign(self, fields: Sequence[bytes]) -> bool:
        """Whether the last new cell holds what no earlier run wrote there."""
        if self._ours is None:
            return False
        found = any(places[-1] is not None and fields[places[-1]] not in self._ours for places in self._places)
        self.kept += found
        return found

    def _substitute(self, chunk: Chunk, codes: Sequence[Sequence[int]]) -> bytes:
        """Canonical names in the names' own places."""
        dialect, indices = self.table.dialect, [parts[0] for parts in self.table.columns]
        out: list[bytes] = []
        for line, end, *row in zip(chunk.lines, chunk.ends, *codes, strict=True):
            if any(changed[code] for code, changed in zip(row, self._changed, strict=True)):
                fields = dialect.split(line)
                for index, code, cells, changed in zip(indices, row, self.cells, self._changed, strict=True):
                    if changed[code]:
                        fields[index] = cells[code][0]
                line = dialect.delimiter.join(fields)
            out += (line, end)
        return b"".join(out)

"""A table and the new cells of each distinct name in, every record with its cells out: the second pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, compress
from typing import IO

from namealign.clean.layout import Table
from namealign.clean.records import Chunk

__all__ = ["Writer"]


class Writer:
    """Copies a table with `cells[text]` for the texts of each wanted column.

    `texts[c]` says what a raw field of the c-th column means, `new[c]` what its new columns are called. A new column
    that the header already has is overwritten, unless its last cell in a row is not among `ours`: then the row was
    ragged once and is kept. With `replace` the first cell takes the name's own place and no column is added. With
    `only_changed` the records are left out whose names stay what they are.
    """

    def __init__(
        self,
        table: Table,
        texts: Sequence[Mapping[bytes, str]],
        cells: Mapping[str, Sequence[bytes]],
        new: Sequence[Sequence[str]],
        *,
        ours: frozenset[str] | None,
        replace: bool,
        only_changed: bool,
    ) -> None:
        self.table, self.texts, self.cells, self.new, self.replace = table, texts, cells, new, replace
        self.kept = 0
        self._ours = (
            None
            if ours is None
            else frozenset(table.dialect.cell(value.encode()) for value in ours) | {value.encode() for value in ours}
        )
        names = table.names if table.head else []
        # Where an earlier run put each cell; None is behind the record.
        self._places = [[names.index(name) if name in names else None for name in group] for group in new]
        self._changed = self._find_changed() if only_changed else None
        self._tails: dict[tuple[int, bytes], dict[bytes | None, bytes]] = {}

    def write(self, out: IO[bytes]) -> None:
        """Write BOM, header and records in the input's own encoding."""
        table = self.table
        recode = table.encoding.name if table.bytes_encoding != table.encoding.name else ""
        errors = table.encoding.errors
        behind = all(place is None for places in self._places for place in places)
        copy = self._substitute if self.replace else self._append if behind else self._overwrite
        chunks = table.records().chunks(table.file)
        if self._changed is not None:
            chunks = map(self._only_changed, chunks)
        for data in chain([self._header()], map(copy, chunks)):
            out.write(data.decode("utf-8", errors).encode(recode, errors) if recode else data)

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

    def _find_changed(self) -> list[set[bytes]]:
        """The raw fields of each column that name an entity whose canonical spelling is another."""
        unquote = self.table.dialect.unquote
        return [
            {
                raw
                for raw, text in texts.items()
                if (new := self.cells[text][0]) and unquote(new) != unquote(raw).strip()
            }
            for texts in self.texts
        ]

    def _only_changed(self, chunk: Chunk) -> Chunk:
        assert self._changed is not None
        kept = [
            any(value in changed for value, changed in zip(values, self._changed, strict=True))
            for values in zip(*chunk.values, strict=True)
        ]
        rest = Chunk(b"", len(chunk.values))
        rest.lines = list(compress(chunk.lines, kept))
        rest.ends = [end or self.table.dialect.newline for end in compress(chunk.ends, kept)]
        rest.values = [list(compress(values, kept)) for values in chunk.values]
        return rest

    def _append(self, chunk: Chunk) -> bytes:
        """The fast way: what stands behind a record depends on its raw names only and is looked up."""
        last = len(chunk.values) - 1
        end = chunk.end if chunk.end is not None else b""
        tails = self._behind(0, end if last == 0 else b"", chunk)
        for column in range(1, last + 1):
            tails = list(map(bytes.__add__, tails, self._behind(column, end if column == last else b"", chunk)))
        if chunk.end is None:
            return b"".join(chain.from_iterable(zip(chunk.lines, tails, chunk.ends, strict=True)))
        return b"".join(chain.from_iterable(zip(chunk.lines, tails, strict=True)))

    def _behind(self, column: int, end: bytes, chunk: Chunk) -> list[bytes]:
        tails = self._tails.get((column, end))
        if tails is None:
            delimiter = self.table.dialect.delimiter
            tails = {
                raw: delimiter + delimiter.join(self.cells[text]) + end for raw, text in self.texts[column].items()
            }
            tails[None] = end
            self._tails[column, end] = tails
        return list(map(tails.__getitem__, chunk.values[column]))

    def _overwrite(self, chunk: Chunk) -> bytes:
        """The careful way: some of the new columns stand in the record already."""
        dialect = self.table.dialect
        out: list[bytes] = []
        for line, end, *values in zip(chunk.lines, chunk.ends, *chunk.values, strict=True):
            fields = dialect.split(line) if values[0] is not None else []
            if not fields or self._foreign(fields):
                out += (line, end)
                continue
            for value, texts, places in zip(values, self.texts, self._places, strict=True):
                for cell, place in zip(self.cells[texts[value]], places, strict=True):
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

    def _substitute(self, chunk: Chunk) -> bytes:
        dialect, indices = self.table.dialect, self.table.indices
        out: list[bytes] = []
        for line, end, *values in zip(chunk.lines, chunk.ends, *chunk.values, strict=True):
            news = [
                self.cells[texts[value]][0] if value is not None else b""
                for value, texts in zip(values, self.texts, strict=True)
            ]
            if any(news):
                fields = dialect.split(line)
                for index, new in zip(indices, news, strict=True):
                    fields[index] = new or fields[index]
                line = dialect.delimiter.join(fields)
            out += (line, end)
        return b"".join(out)

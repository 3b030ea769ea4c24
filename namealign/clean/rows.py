"""A table of any kind in, its rows one after the other out: an id, a kind and the names of each."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, Any, NamedTuple

from namealign.charset import Encoding, detect
from namealign.clean.dialect import find_column
from namealign.clean.frames import is_frame, open_frame
from namealign.clean.jsonl import is_jsonl, lines
from namealign.clean.layout import Layout, NotDecodable, Table, decode, opened
from namealign.clean.records import Ragged
from namealign.errors import InputError
from namealign.files import Source, reading

__all__ = ["Choose", "Chosen", "Row", "RowReader"]


class Chosen(NamedTuple):
    """The columns that are read: of the id, of the names, and of the kind ("" for none)."""

    ident: str
    names: Sequence[str]
    kind: str = ""


# The header, and what messages call the table -> the columns to read.
Choose = Callable[[Sequence[str], str], Chosen]


class Row(NamedTuple):
    """One row: where it stands, its id, its kind ("" where no column says it) and its names, none of them empty."""

    line: int
    ident: str
    kind: str
    names: Sequence[str]


@dataclass(slots=True)
class RowReader:
    """Reads a table row by row; `choose` is given the header and the path, and says which columns are wanted.

    After reading, `chosen` tells the columns, `ragged_rows` how many rows had another number of fields and were left
    out, `ragged` the first of them.
    """

    source: Source
    choose: Choose
    layout: Layout = field(default_factory=Layout)
    split: str = ""
    strict: bool = False
    path: str = ""
    chosen: Chosen | None = None
    encoding: Encoding | None = None
    ragged_rows: int = 0
    ragged: list[Ragged] = field(default_factory=list)
    # How far the reading is: bytes (or rows) done, and of how many.
    done: int = 0
    size: int = 0

    def __iter__(self) -> Iterator[Row]:
        """The rows. Raises InputError with file, line and what to do."""
        if is_frame(self.source):
            return self._frame()
        if is_jsonl(self.source, self.layout):
            return self._lines()
        return self._records()

    def _take(self, columns: Sequence[str]) -> Chosen:
        self.chosen = self.choose(columns, self.path)
        return self.chosen

    def _parted(self, text: str) -> list[str]:
        """The names of one cell."""
        parts = text.split(self.split) if self.split else [text]
        return [name for name in map(str.strip, parts) if name]

    def _row(self, line: int, ident: str, kind: str, cells: Sequence[str]) -> Row:
        names = [name for cell in cells for name in self._parted(cell)]
        if names and not ident:
            raise InputError(f"{self.path}:{line}: {names[0]!r} has no id; give every row one, or name another --id")
        return Row(line, ident, kind, names)

    def _frame(self) -> Iterator[Row]:
        frame, self.path = open_frame(self.source, self.layout)
        chosen = self._take(frame.columns)
        wanted = [chosen.ident, *([chosen.kind] if chosen.kind else []), *chosen.names]
        places = [find_column(name, frame.columns, self.path, first=0 if self.layout.zero else 1) for name in wanted]
        self.size = frame.height
        for number, values in enumerate(frame.select([frame.columns[k] for k in dict.fromkeys(places)]).iter_rows(), 2):
            held = dict(zip(dict.fromkeys(places), values, strict=True))
            ident, *texts = (_text(held[place]) for place in places)
            kind = texts.pop(0)[0] if chosen.kind and texts[0] else ""
            self.done = number - 1
            yield self._row(number, ident[0] if ident else "", kind, [cell for cells in texts for cell in cells])

    def _lines(self) -> Iterator[Row]:
        with reading(self.source) as (file, self.path):
            self.size = _size(file)
            chosen: Chosen | None = None
            for number, line, record in lines(file, self.path):
                self.done += len(line)
                if record is None:
                    continue
                chosen = chosen or self._take(list(record))
                cells = []
                for key in (chosen.ident, *chosen.names, *([chosen.kind] if chosen.kind else [])):
                    value = record.get(key)
                    if isinstance(value, dict) or (isinstance(value, list) and not all(map(_plain, value))):
                        raise InputError(f"{self.path}:{number}: {key!r} holds no text and no list of texts")
                    cells.append(_text(value))
                kind = cells.pop() if chosen.kind else []
                ident, *names = cells
                yield self._row(
                    number, ident[0] if ident else "", kind[0] if kind else "", [c for held in names for c in held]
                )  # fmt: skip
            if chosen is None:
                raise InputError(f"{self.path}: is empty; a line with an object is needed")

    def _records(self) -> Iterator[Row]:
        with reading(self.source) as (file, self.path):
            self.size = _size(file)
            guess = self._guess(file)
            with self._headed(file, guess) as table:
                self.encoding = table.encoding
                yield from self._rows(table)

    def _guess(self, file: IO[bytes]) -> Encoding | None:
        """An encoding where the file is not what it was taken for: every byte is proved before the first row."""
        try:
            # The header may be the first line that is not UTF-8.
            with opened(file, self.path, [], self.layout) as table:
                line = 1
                table.file.seek(0)
                rest = b""
                while block := table.file.read(1 << 20):
                    data = rest + block
                    # A letter may lie in two blocks; a line does not end within one.
                    cut = data.rfind(b"\n") + 1
                    rest, data = data[cut:], data[:cut]
                    if not data.isascii():
                        decode(data, table.encoding, table.bytes_encoding, line)
                    line += data.count(b"\n")
                if not rest.isascii():
                    decode(rest, table.encoding, table.bytes_encoding, line)
        except NotDecodable as failure:
            if failure.known:
                problem = f"byte 0x{failure.byte:02x} is not {failure.known}; give the right --encoding"
                raise InputError(f"{self.path}:{failure.line}: {problem}") from failure
            return detect(failure.sample, self.path, failure.line, failure.byte, [])
        return None

    def _headed(self, file: IO[bytes], guess: Encoding | None) -> contextlib.AbstractContextManager[Table]:
        with opened(file, self.path, [], self.layout, guess) as table:
            columns = list(table.names)
        chosen = self._take(columns)
        wanted = [chosen.ident, *chosen.names, *([chosen.kind] if chosen.kind else [])]
        return opened(file, self.path, wanted, self.layout, guess)

    def _rows(self, table: Table) -> Iterator[Row]:
        assert self.chosen is not None
        records = table.records()
        line = records.first_line
        unquote, name, errors = table.dialect.unquote, table.bytes_encoding, table.encoding.errors
        for chunk in records.chunks(table.file):
            if chunk.ragged:
                if self.strict:
                    bad = chunk.ragged[0]
                    problem = f"{bad.fields} fields where the header has {len(table.names)}"
                    raise InputError(f"{self.path}:{bad.line}: {problem}")
                self.ragged_rows += len(chunk.ragged)
                self.ragged += chunk.ragged[: max(0, 10 - len(self.ragged))]
            for record, *raw in zip(chunk.lines, *chunk.values, strict=True):
                if raw[0] is not None:
                    cells = [unquote(value).decode(name, errors).strip() for value in raw if value is not None]
                    kind = cells.pop() if self.chosen.kind else ""
                    yield self._row(line, cells[0], kind, cells[1:])
                line += 1 + record.count(table.dialect.newline)
            self.done += len(chunk.data)


def _size(file: IO[bytes]) -> int:
    size = file.seek(0, 2)
    file.seek(0)
    return size


def _plain(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float)


def _text(value: Any) -> list[str]:
    """A cell as texts: a list holds several."""
    if value is None:
        return []
    if isinstance(value, list):
        return [text for item in value for text in _text(item)]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    return [text] if text else []

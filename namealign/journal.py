"""A file of what people decided in, its rows out; and new rows appended to it.

A judgement is a row of plain CSV: `left,judgement,right,entity,by,at,why`. `left` is a name. With an `entity` id the
row is about that entity of a table, and `right` only says to a reader what it is called; without one, `right` is
another name. `same` joins, `different` keeps apart, `unsure` leaves it open and is not asked again, `new` (with neither
`right` nor `entity`) says that no table lists this person. Lines that begin with `#` are comments, anywhere.
"""

from __future__ import annotations

import contextlib
import csv
import io
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from namealign.errors import InputError, TableError
from namealign.files import locked, writable, writing
from namealign.packed import plain_name
from namealign.tables import read_text

__all__ = ["COLUMNS", "Journal", "Judgement", "Verdict", "beside", "read_rows"]

COLUMNS = ("left", "judgement", "right", "entity", "by", "at", "why")
_REQUIRED = ("left", "judgement")


class Verdict(StrEnum):
    """What a person decided."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Judgement:
    """One decision: two names, or a name and an entity, and who said what of them, when and why."""

    left: str
    judgement: Verdict | str
    right: str = ""
    entity: str = ""
    by: str = ""
    at: str = ""
    why: str = ""


def beside(table: str | os.PathLike[str]) -> str:
    """Where the judgements that go with an alias table are kept.

    >>> beside("lists/mine.csv")
    'lists/mine.decisions.csv'
    """
    return os.path.splitext(os.fspath(table))[0] + ".decisions.csv"


class _Lines:
    """The lines of a text for a csv reader, without comments; a `#` inside a record is the record's own."""

    def __init__(self, text: str) -> None:
        self._lines = iter(io.StringIO(text, newline=""))
        self.number = 0
        self.begins = True

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        for line in self._lines:
            self.number += 1
            if self.begins and line.startswith("#"):
                continue
            self.begins = False
            return line
        raise StopIteration


def _records(text: str, path: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a table with the line on which each begins, header first."""
    lines = _Lines(text)
    reader = csv.reader(lines, strict=True)
    while True:
        lines.begins = True
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise TableError(f"{path}:{lines.number}: {error}") from error
        if fields:
            yield lines.number, fields


def _header(path: str, records: Iterator[tuple[int, list[str]]]) -> list[str]:
    line, header = next(records, (1, []))
    if not header:
        raise TableError(f"{path}: is empty; a header line is needed: {','.join(COLUMNS)}")
    missing = [name for name in _REQUIRED if name not in header]
    if missing:
        raise TableError(f"{path}:{line}: no column {', '.join(missing)}; the columns are {', '.join(header)}")
    twice = [name for name in COLUMNS if header.count(name) > 1]
    if twice:
        raise TableError(f"{path}:{line}: column {twice[0]} stands twice in the header")
    return header


def read_rows(path: str | os.PathLike[str]) -> Iterator[tuple[int, Judgement]]:
    """The rows of a file of judgements, each with its line; of one that is not there, none. It may be compressed.

    Raises TableError for a file that is malformed or cannot be read.
    """
    name = os.fspath(path)
    if not os.path.exists(name):
        return
    records = _records(read_text(name), name)
    header = _header(name, records)
    where = [header.index(column) if column in header else -1 for column in COLUMNS]
    for line, fields in records:
        if len(fields) != len(header):
            raise TableError(f"{name}:{line}: {len(fields)} fields where the header has {len(header)}")
        yield line, Judgement(*(fields[i].strip() if i >= 0 else "" for i in where))


class Journal:
    """A file of judgements that grows at its end: each append is there whole before the call returns, or not at all.

    What stands in the file stays as it is: order, comments, line ends, further columns, a BOM. Raises InputError where
    the file cannot grow: it is compressed, or its folder is not there or not to be written in.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)
        if plain_name(self.path) != self.path:
            raise InputError(f"{self.path}: a file that grows answer by answer cannot be compressed; unpack it first")
        writable(self.path)
        self._added: list[bytes] = []

    def append(self, rows: Iterable[Judgement]) -> None:
        """Write judgements behind the others; the file is made if it is not there."""
        with locked(self.path):
            before = self._content()
            header = list(COLUMNS)
            newline = b"\r\n" if b"\r\n" in before else b"\n"
            lead = b""
            if before:
                header = _header(self.path, _records(read_text(self.path), self.path))
                lead = b"" if before.endswith((b"\n", b"\r")) else newline
            else:
                lead = ",".join(COLUMNS).encode() + newline
            added = lead + b"".join(_line(row, header).encode() + newline for row in rows)
            self._write(before + added)
            self._added.append(added)

    def undo(self) -> bool:
        """Take the last append of this journal back; False where the file has changed since."""
        with locked(self.path):
            before = self._content()
            if not self._added or not before.endswith(self._added[-1]):
                return False
            self._write(before[: len(before) - len(self._added.pop())])
            return True

    def _content(self) -> bytes:
        with contextlib.suppress(FileNotFoundError), open(self.path, "rb") as file:
            return file.read()
        return b""

    def _write(self, content: bytes) -> None:
        with writing(self.path) as file:
            file.write(content)


def _line(row: Judgement, header: Sequence[str]) -> str:
    """A row in the file's own order of columns; white space inside a cell says nothing and cannot break the line."""
    cells = {name: " ".join(str(getattr(row, name)).split()) for name in COLUMNS}
    out = io.StringIO()
    fields = [cells.get(name, "") for name in header]
    csv.writer(out, lineterminator="").writerow(fields)
    line = out.getvalue()
    # What begins with a # would be read as a comment.
    return f'"{fields[0]}"' + line[len(fields[0]) :] if line.startswith("#") else line

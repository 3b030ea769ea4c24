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
from collections.abc import Callable, Iterable, Iterator, Sequence
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
    """The rows of a file of judgements, each with its line; of one that is empty or not there, none. It may be
    compressed.

    Raises TableError for a file that is malformed or cannot be read.
    """
    name = os.fspath(path)
    if not os.path.exists(name) or (os.path.isfile(name) and not os.path.getsize(name)):
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
        # What each append put before its rows (a header, a line end that was missing), and the rows.
        self._added: list[tuple[bytes, bytes]] = []
        self._seen = self._stamp()

    def changed(self) -> bool:
        """Whether somebody else has written to the file since this was last asked."""
        before, self._seen = self._seen, self._stamp()
        return before != self._seen

    def append(self, rows: Iterable[Judgement], *, check: Callable[[], None] = lambda: None) -> None:
        """Write judgements behind the others; the file is made if it is not there. `check` is called when nobody else
        can write any more, and what it raises keeps the judgements out.
        """
        with locked(self.path):
            check()
            before = self._content()
            header = list(COLUMNS)
            newline = b"\r\n" if b"\r\n" in before else b"\n"
            lead = b""
            if before:
                header = _header(self.path, _records(read_text(self.path), self.path))
                lead = b"" if before.endswith((b"\n", b"\r")) else newline
            else:
                lead = ",".join(COLUMNS).encode() + newline
            added = b"".join(_line(row, header).encode() + newline for row in rows)
            self._write(before + lead + added)
            self._added.append((lead, added))

    def undo(self) -> bool:
        """Take the last append of this journal back, and nothing that others have written since; False where it is not
        in the file any more.
        """
        with locked(self.path):
            before = self._content()
            lead, added = self._added[-1] if self._added else (b"", b"")
            at = max(before.rfind(end + added) for end in (b"\n", b"\r")) + 1
            if not added or not before.startswith(added, at):
                return False
            end = at + len(added)
            if end == len(before) and before[:at].endswith(lead):
                # Where others wrote behind it, they need the header that came with it.
                at -= len(lead)
            self._added.pop()
            self._write(before[:at] + before[end:])
            return True

    def _stamp(self) -> tuple[int, int, int]:
        """What is another after each write: a file that is written anew has another number."""
        try:
            found = os.stat(self.path)
        except FileNotFoundError:
            return (0, 0, 0)
        return (found.st_ino, found.st_size, found.st_mtime_ns)

    def _content(self) -> bytes:
        with contextlib.suppress(FileNotFoundError), open(self.path, "rb") as file:
            return file.read()
        return b""

    def _write(self, content: bytes) -> None:
        with writing(self.path) as file:
            file.write(content)
        self._seen = self._stamp()


def _line(row: Judgement, header: Sequence[str]) -> str:
    """A row in the file's own order of columns; white space inside a cell says nothing and cannot break the line."""
    cells = {name: " ".join(str(getattr(row, name)).split()) for name in COLUMNS}
    out = io.StringIO()
    fields = [cells.get(name, "") for name in header]
    csv.writer(out, lineterminator="").writerow(fields)
    line = out.getvalue()
    # What begins with a # would be read as a comment.
    return f'"{fields[0]}"' + line[len(fields[0]) :] if line.startswith("#") else line

"""A shelf of names in, one SQLite file out, and back: for authority lists too large to be read at every start.

Every array is kept in pieces of one database page each, found by number. A single lookup reads the pieces it touches;
bulk work reads each array whole.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import tempfile
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from namealign.cache import reading_digest
from namealign.errors import InputError, TableError
from namealign.shelf import Shelf, from_parts, parts_of

__all__ = ["Column", "about", "open_shelf", "usable", "write_shelf"]

FORMAT = "namealign authority 1"
# A piece and its row fill one page, so that a lookup of one number is one read from the file.
_PAGE = 16384
_PIECE = 16320
_PART = 32  # bits that the number of a piece has
_AGAIN = "build it again with `namealign index build`"


class Column(Sequence[Any]):
    """An array in the file: numbers are read by the piece when they are asked for."""

    def __init__(self, fetch: Callable[[int], bytes], code: str, length: int) -> None:
        self._fetch = fetch
        self.code = code
        self._size = array(code).itemsize if code else 1
        self._length = length // self._size
        self._per = _PIECE // self._size
        self._pieces: dict[int, Any] = {}

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return self._stretch(*place.indices(self._length)[:2])
        piece, at = divmod(place, self._per)
        held = self._pieces.get(piece)
        if held is None:
            if not 0 <= place < self._length:
                raise IndexError(place)
            held = self._piece(piece)
        return held[at]

    def _piece(self, number: int) -> Any:
        data = self._fetch(number)
        held = self._pieces[number] = memoryview(data).cast(cast(Any, self.code)) if self.code else data
        return held

    def _stretch(self, begin: int, end: int) -> Any:
        """A slice, which may lie in several pieces: bytes, or a list of numbers."""
        out: Any = [] if self.code else bytearray()
        while begin < end:
            piece, at = divmod(begin, self._per)
            held = self._pieces.get(piece)
            if held is None:
                held = self._piece(piece)
            taken = held[at : at + end - begin]
            out += taken
            begin += len(taken)
        return out if self.code else bytes(out)

    def whole(self) -> memoryview:
        """All of it at once."""
        data = bytearray(self._length * self._size)
        at = 0
        for number in range(-(-self._length // self._per)):
            piece = self._fetch(number)
            data[at : at + len(piece)] = piece
            at += len(piece)
        return memoryview(data).cast(cast(Any, self.code)) if self.code else memoryview(data)


def write_shelf(path: str | os.PathLike[str], shelf: Shelf, told: Mapping[str, str]) -> None:
    """Write a shelf and what is told of it (source, rows, ...) as one file, whole or not at all."""
    path = Path(path)
    try:
        handle, beside = tempfile.mkstemp(prefix=f".{path.name[:100]}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    os.close(handle)
    try:
        database = sqlite3.connect(beside, isolation_level=None)
        try:
            _fill(database, shelf, told)
        finally:
            database.close()
        with open(beside, "rb+") as file:
            os.fsync(file.fileno())
        os.chmod(beside, 0o644 if not path.exists() else path.stat().st_mode & 0o777)
        os.replace(beside, path)
    except sqlite3.Error as error:
        Path(beside).unlink(missing_ok=True)
        raise InputError(f"{path}: cannot be written: {error}") from error
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def _fill(database: sqlite3.Connection, shelf: Shelf, told: Mapping[str, str]) -> None:
    # Nobody sees the file before it is whole, so it needs no journal.
    database.executescript(
        f"PRAGMA page_size={_PAGE}; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN;"
        "CREATE TABLE about(key TEXT PRIMARY KEY, value TEXT NOT NULL);"
        "CREATE TABLE part(number INTEGER PRIMARY KEY, name TEXT NOT NULL, code TEXT NOT NULL, size INTEGER NOT NULL);"
        "CREATE TABLE piece(id INTEGER PRIMARY KEY, data BLOB NOT NULL);"
    )
    known = {**told, "format": FORMAT, "reading": reading_digest(), "byte order": sys.byteorder}
    database.executemany("INSERT INTO about VALUES(?, ?)", known.items())
    for number, (name, code, data) in enumerate(parts_of(shelf)):
        database.execute("INSERT INTO part VALUES(?, ?, ?, ?)", (number, name, code, len(data)))
        database.executemany(
            "INSERT INTO piece VALUES(?, ?)",
            (
                (number << _PART | k, data[at : at + _PIECE])
                for k, at in enumerate(range(0, len(data), _PIECE))
            ),
        )  # fmt: skip
    database.execute("COMMIT")


def _opened(path: str | os.PathLike[str]) -> tuple[sqlite3.Connection, dict[str, str]]:
    """The database, and what is told of it."""
    if os.path.isdir(path):
        raise TableError(f"{path}: is a directory; an index is one file")
    if not os.path.isfile(path):
        raise TableError(f"{path}: no such file; an index is made with `namealign index build`")
    try:
        database = sqlite3.connect(
            f"file:{quote(os.path.abspath(path))}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        told = dict(database.execute("SELECT key, value FROM about"))
        pages = database.execute("PRAGMA page_count").fetchone()[0]
    except sqlite3.Error as error:
        raise TableError(f"{path}: not an index of names ({error}); {_AGAIN}") from error
    if os.path.getsize(path) < pages * _PAGE:
        raise TableError(f"{path}: the file is cut short; {_AGAIN}")
    return database, told


def about(path: str | os.PathLike[str]) -> dict[str, str]:
    """What is told of an index: its source, rows, names, version, and when it was built."""
    database, told = _opened(path)
    database.close()
    return told


def usable(told: Mapping[str, str]) -> str:
    """Why an index of which this is told cannot be read by this version of namealign; "" when it can."""
    wanted = {"format": FORMAT, "reading": reading_digest(), "byte order": sys.byteorder}
    if all(told.get(key) == value for key, value in wanted.items()):
        return ""
    return f"made by namealign {told.get('version', 'of old')}, which reads names otherwise than this one; {_AGAIN}"


def open_shelf(path: str | os.PathLike[str]) -> Shelf:
    """The shelf of a file. Raises TableError for a file that is none, or that another version reads otherwise."""
    database, told = _opened(path)
    if problem := usable(told):
        raise TableError(f"{path}: {problem}")

    def fetch(number: int, piece: int) -> bytes:
        try:
            row = database.execute("SELECT data FROM piece WHERE id = ?", (number << _PART | piece,)).fetchone()
        except sqlite3.Error as error:
            raise TableError(f"{path}: {error}; {_AGAIN}") from error
        if row is None:
            raise TableError(f"{path}: a part is missing; {_AGAIN}")
        data: bytes = row[0]
        return data

    parts: dict[str, Any] = {}
    for number, name, code, size in _parts(database, path):
        parts[name] = Column(lambda piece, number=number: fetch(number, piece), code, size)  # type: ignore[misc]
        if name == "format":
            parts[name] = parts[name][:]
    return replace(from_parts(parts, Path(path)), elements=told.get("elements") != "no")


def _parts(database: sqlite3.Connection, path: str | os.PathLike[str]) -> Iterator[tuple[int, str, str, int]]:
    try:
        yield from database.execute("SELECT number, name, code, size FROM part ORDER BY number").fetchall()
    except sqlite3.Error as error:
        raise TableError(f"{path}: {error}; {_AGAIN}") from error

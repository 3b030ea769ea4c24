"""Named arrays and texts in, one SQLite file out, and back: read in one piece each, handed on without a copy."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from array import array
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, cast, overload

from namealign.errors import TableError

__all__ = ["Part", "Texts", "read_parts", "typed", "write_parts"]

# Name, type code of an array (as in the standard library's `array`; "" for plain bytes), content.
Part = tuple[str, str, bytes]


class Texts(Sequence[str]):
    """Many texts in one piece of UTF-8, decoded when asked for."""

    def __init__(self, data: bytes | memoryview, starts: Sequence[int]) -> None:
        self.data = data
        self.starts = starts

    @classmethod
    def of(cls, texts: Iterable[str]) -> Texts:
        """Pack texts."""
        data = bytearray()
        starts = array("q", [0])
        for text in texts:
            data += text.encode("utf-8", "surrogatepass")
            starts.append(len(data))
        return cls(bytes(data), starts)

    def __len__(self) -> int:
        return len(self.starts) - 1

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return [self[k] for k in range(*place.indices(len(self)))]
        return str(self.data[self.starts[place] : self.starts[place + 1]], "utf-8", "surrogatepass")


def write_parts(path: Path, parts: Iterable[Part]) -> None:
    """Write (name, type code, bytes) parts as one SQLite file, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=path.name, suffix=".part", dir=path.parent)
    os.close(handle)
    try:
        with closing(sqlite3.connect(temporary)) as file, file:
            file.execute("PRAGMA journal_mode=OFF")
            file.execute("PRAGMA synchronous=FULL")
            file.execute("CREATE TABLE part (name TEXT PRIMARY KEY, type TEXT NOT NULL, data BLOB NOT NULL)")
            file.executemany("INSERT INTO part VALUES (?, ?, ?)", parts)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def typed(parts: Iterable[Part]) -> dict[str, Any]:
    """Parts by name: arrays as memory views of their type, others as bytes."""
    return {name: memoryview(data).cast(cast(Any, code)) if code else data for name, code, data in parts}


def read_parts(path: Path, wanted: Sequence[str] | None = None) -> dict[str, Any]:
    """Read the parts of a SQLite file back: arrays as memory views of their type, others as bytes.

    Raises TableError when the file is no such file.
    """
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as file:
            if wanted is None:
                rows = file.execute("SELECT name, type, data FROM part").fetchall()
            else:
                marks = ",".join("?" * len(wanted))
                rows = file.execute(f"SELECT name, type, data FROM part WHERE name IN ({marks})", wanted).fetchall()
    except sqlite3.Error as error:
        raise TableError(f"{path}: not an index of names ({error}); build it again") from error
    return typed(rows)

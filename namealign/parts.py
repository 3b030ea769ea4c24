"""Named arrays and texts in, one file out, and back: mapped into memory, so that only what is looked at is read."""

from __future__ import annotations

import json
import mmap
import os
import tempfile
from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, cast, overload

from namealign.errors import TableError

__all__ = ["Part", "Texts", "read_parts", "typed", "write_parts"]

# Name, type code of an array (as in the standard library's `array`; "" for plain bytes), content.
Part = tuple[str, str, bytes]

# The file: this line, the length of what follows (8 bytes), a JSON list of [name, type code, offset, length], and the
# contents, each at a multiple of 16 from the start. SQLite would copy every array at each start, 40 ms for the shipped
# table; a mapped file costs what a lookup touches.
MAGIC = b"namealign parts 1\n"
_ALIGN = 16


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
    """Write parts as one file, whole or not at all."""
    held = list(parts)
    where: list[tuple[str, str, int, int]] = []
    offset = 0
    for name, code, data in held:
        where.append((name, code, offset, len(data)))
        offset += len(data) + -len(data) % _ALIGN
    table = json.dumps(where).encode()
    table += b" " * (-(len(MAGIC) + 8 + len(table)) % _ALIGN)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=path.name, suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(MAGIC + len(table).to_bytes(8, "little") + table)
            for _, _, data in held:
                file.write(data)
                file.write(bytes(-len(data) % _ALIGN))
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def typed(parts: Iterable[Part]) -> dict[str, Any]:
    """Parts by name: arrays as memory views of their type, others as bytes."""
    return {name: memoryview(data).cast(cast(Any, code)) if code else data for name, code, data in parts}


def read_parts(path: Path) -> dict[str, Any]:
    """Read the parts of a file back: memory views into the mapped file, arrays with their type.

    Raises TableError when the file is no such file, or not a whole one.
    """
    try:
        with open(path, "rb") as file:
            # Nobody writes to it; but arrays that may be written are what is made at run time, and one kernel compiled
            # for them serves both.
            whole = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY))
        start = len(MAGIC) + 8
        size = int.from_bytes(whole[len(MAGIC) : start], "little")
        if whole[: len(MAGIC)] != MAGIC or len(whole) < start + size:
            raise ValueError("not a file of parts")
        where = json.loads(bytes(whole[start : start + size]))
        base = start + size
        found: dict[str, Any] = {}
        for name, code, offset, length in where:
            view = whole[base + offset : base + offset + length]
            if len(view) != length:
                raise ValueError("the file is cut short")
            found[name] = view.cast(code) if code else view
    except (OSError, ValueError, TypeError) as error:
        raise TableError(f"{path}: not an index of names ({error}); build it again") from error
    return found

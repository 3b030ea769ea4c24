"""JSON Lines and a function over their distinct names in, the same lines with new keys out.

A line keeps its bytes: the new keys are put before its last brace, in a form by which a later run finds them again.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import IO, Any

from namealign.clean.annotate import Annotated, Make
from namealign.clean.encoding import Encoding
from namealign.clean.layout import Layout
from namealign.errors import InputError
from namealign.files import Source, Target, reading, writing
from namealign.packed import plain_name

__all__ = ["annotate_lines", "is_jsonl"]

# A JSON string or null: all that is ever written as a new value.
_VALUE = rb'(?:"(?:[^"\\]|\\.)*"|null)'


def is_jsonl(source: Source, layout: Layout | None) -> bool:
    """Whether the user says so, or the file's name does."""
    if layout is not None and layout.jsonl:
        return True
    return isinstance(source, str | os.PathLike) and plain_name(os.fspath(source)).lower().endswith(
        (".jsonl", ".ndjson")
    )


def annotate_lines(
    source: Source, target: Target | None, keys: Sequence[str], suffixes: Sequence[str], make: Make
) -> Annotated:
    """Copy JSON Lines and add, for each of `keys`, a key `<key>_<suffix>` for each suffix; null where nothing is known.

    Raises InputError: a line that is no object, a value that is no text, a new key that is there already in another
    form than an earlier run wrote it.
    """
    with reading(source) as (file, path):
        names = [Counter[str]() for _ in keys]
        rows = 0
        for number, _, record in _lines(file, path):
            rows += record is not None
            for key, counter in zip(keys, names, strict=True):
                if name := _name(record, key, path, number):
                    counter[name] += 1
        missing = [key for key, counter in zip(keys, names, strict=True) if rows and not counter]
        if missing:
            raise InputError(f"{path}: no line has a text under the key {missing[0]!r}")
        total: Counter[str] = Counter()
        for counter in names:
            total.update(counter)
        cells = dict(zip(total, make(list(total), list(total.values())) if total else [], strict=True))
        cells[""] = [""] * len(suffixes)
        if target is not None:
            with writing(target) as out:
                file.seek(0)
                _copy(file, path, out, [(key, [f"{key}_{suffix}" for suffix in suffixes]) for key in keys], cells)
    return Annotated(path, Encoding("utf-8", "valid"), "JSON Lines", tuple(keys), rows, (), 0, tuple(names))


def _copy(
    file: IO[bytes], path: str, out: IO[bytes], new: Sequence[tuple[str, list[str]]], cells: dict[str, Sequence[str]]
) -> None:
    ours = b"".join(_pair(name, _VALUE) for _, group in new for name in group)
    earlier = re.compile(ours + rb"(?=\s*}\s*$)")
    for number, line, record in _lines(file, path):
        if not record:
            out.write(line)
            continue
        body, found = earlier.subn(b"", line)
        if not found and any(name in record for _, group in new for name in group):
            raise InputError(f"{path}:{number}: has one of the new keys already, but not as an earlier run wrote it")
        brace = body.rindex(b"}")
        added = b"".join(
            _pair(name, json.dumps(cell or None, ensure_ascii=False).encode())
            for key, group in new
            for name, cell in zip(group, cells[_name(record, key, path, number)], strict=True)
        )
        out.write(body[:brace] + added + body[brace:])


def _pair(name: str, value: bytes) -> bytes:
    key = json.dumps(name, ensure_ascii=False).encode()
    return b", " + (key if value is not _VALUE else re.escape(key)) + b": " + value


def _lines(file: IO[bytes], path: str) -> Iterator[tuple[int, bytes, Any]]:
    """Each line with its number and its object; None for a blank line."""
    for number, line in enumerate(file, 1):
        try:
            record = json.loads(line.removeprefix(b"\xef\xbb\xbf")) if line.strip() else None
        except UnicodeDecodeError as error:
            raise InputError(f"{path}:{number}: byte 0x{line[error.start]:02x} is not UTF-8") from error
        except json.JSONDecodeError as error:
            raise InputError(f"{path}:{number}: no JSON: {error.msg} at character {error.pos + 1}") from error
        if record is not None and not isinstance(record, dict):
            raise InputError(f"{path}:{number}: a {type(record).__name__} where an object is needed")
        yield number, line, record


def _name(record: Any, key: str, path: str, number: int) -> str:
    value = (record or {}).get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InputError(f"{path}:{number}: {key!r} is {value!r}, which is no text")
    return value.strip()

"""A delimited file and a function over its distinct names in, the same bytes with new columns out.

Two passes: the first finds the distinct values, the second copies every record and adds its cells. What stands in
the other columns is neither parsed nor written anew.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import count
from typing import IO

from namealign.charset import Encoding, detect
from namealign.clean.layout import Column, Layout, NotDecodable, Table, decode, opened, parts_of
from namealign.clean.records import Piece, Ragged
from namealign.clean.writer import Writer
from namealign.errors import InputError
from namealign.files import Source, Target, reading, writing

__all__ = ["Annotated", "Make", "annotate", "is_name"]

# Distinct names and how many rows each has -> for each name its new cells.
Make = Callable[[Sequence[str], Sequence[int]], Sequence[Sequence[str]]]

# A raw field; the raw fields of a name that is split over columns; None in a record that is blank or ragged.
_Raw = bytes | tuple[bytes | None, ...] | None

# Reports name so many ragged rows and count the rest.
_SHOWN = 10
# Longer cells are texts in which names occur, not names: the longest full name in the tables has under 120 letters.
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Annotated:
    """What was read and written.

    `names[c]` counts the rows of each distinct name of the c-th column, empty cells left out. `unencodable` counts
    new cells that lost letters in the file's code page, `kept` the rows whose new columns already held other text.
    """

    path: str
    encoding: Encoding
    delimiter: str
    columns: tuple[str, ...]
    rows: int
    ragged: tuple[Ragged, ...]
    ragged_rows: int
    names: tuple[Counter[str], ...]
    unencodable: int = 0
    kept: int = 0


def annotate(
    source: Source,
    target: Target | None,
    columns: Sequence[Column],
    suffixes: Sequence[str],
    make: Make,
    *,
    layout: Layout | None = None,
    strict: bool = False,
    replace: bool = False,
    only_changed: bool = False,
    ours: frozenset[str] | None = None,
) -> Annotated:
    """Copy the table and add, for each of `columns`, a column `<column>_<suffix>` for each suffix.

    A column that already stands there under such a name is overwritten (`ours`: what its last cell may hold then).
    With `replace` no column is added: the first new cell, where it is not empty, takes the place of the old one.
    Ragged rows are copied as they are; `strict` refuses them. With `only_changed` the records are left out whose names
    stay what they are. Without a target nothing is written.

    Raises InputError: unreadable file, missing column, undecodable byte, a quote that never closes.
    """
    layout = layout or Layout()
    wanted = [part for column in columns for part in parts_of(column)]
    if replace and len(wanted) > len(columns):
        raise InputError("a name that is split over columns cannot be replaced in its place")

    def run(guess: Encoding | None = None) -> Annotated:
        # The output is opened first: what cannot be written is better told before the work than after it.
        opening = nullcontext() if target is None else writing(target)
        with opened(file, path, columns, layout, guess) as table, opening as out:
            return _run(
                table, out, suffixes, make, strict=strict, replace=replace, only_changed=only_changed, ours=ours
            )

    with reading(source) as (file, path):
        try:
            return run()
        except NotDecodable as failure:
            if failure.known:
                problem = f"byte 0x{failure.byte:02x} is not {failure.known}; give the right --encoding"
                raise InputError(f"{path}:{failure.line}: {problem}") from failure
            guess = detect(failure.sample, path, failure.line, failure.byte, wanted)
        return run(guess)


def _run(
    table: Table,
    out: IO[bytes] | None,
    suffixes: Sequence[str],
    make: Make,
    *,
    strict: bool,
    replace: bool,
    only_changed: bool,
    ours: frozenset[str] | None,
) -> Annotated:
    titles = table.titles()
    found = _collect(table, strict=strict)
    dialect = table.dialect
    texts = [[_text(raw, table) for raw in raws] for raws in found.raws]
    names: list[Counter[str]] = []
    for column, codes in zip(texts, found.codes, strict=True):
        names.append(Counter())
        for code, rows in Counter(codes).items():
            if text := column[code]:
                names[-1][text] += rows
    total: Counter[str] = Counter()
    for counter in names:
        total.update(counter)
    made = make(list(total), list(total.values())) if total else []
    cells = {"": [dialect.cell(b"")] * len(suffixes)}
    losses = 0
    for text, new in zip(total, made, strict=True):
        encoded = [table.encode(cell) for cell in new]
        losses += sum(lost for _, lost in encoded)
        cells[text] = [dialect.cell(cell) if cell or not replace else b"" for cell, _ in encoded]
    kept = 0
    if out is not None:
        columns = [[f"{title}_{suffix}" for suffix in suffixes] for title in titles]
        writer = Writer(
            table,
            found.pieces,
            found.codes,
            texts,
            cells,
            columns,
            ours=ours,
            replace=replace,
            only_changed=only_changed,
        )
        writer.write(out)
        kept = writer.kept
    return Annotated(
        table.path,
        table.encoding,
        dialect.delimiter.decode(),
        tuple(titles),
        found.rows,
        tuple(found.ragged),
        found.ragged_rows,
        tuple(names),
        losses,
        kept,
    )


@dataclass(slots=True)
class _Found:
    """What the first pass found: `codes[c][i]` is the place in `raws[c]` of record i's raw field.

    `raws[c][0]` is None, for records that are blank or ragged. Four bytes a record, so that the second pass need not
    look for fields again.
    """

    raws: list[list[_Raw]]
    codes: list[array[int]]
    pieces: list[Piece]
    rows: int
    ragged: list[Ragged]
    ragged_rows: int


def _collect(table: Table, *, strict: bool) -> _Found:
    """The first pass: the distinct raw values, and proof that every byte can be decoded."""
    # A raw field that was not met before gets the next number, without a line of Python for each.
    code_of: list[dict[_Raw, int]] = [defaultdict(count().__next__) for _ in table.columns]
    for known in code_of:
        known[None]
    codes = [array("I") for _ in table.columns]
    rows = ragged_rows = 0
    ragged: list[Ragged] = []
    pieces: list[Piece] = []
    name, records = table.bytes_encoding, table.records()
    line = records.first_line
    for chunk in records.chunks(table.file):
        if not chunk.data.isascii():
            decode(chunk.data, table.encoding, name, line)
        line += chunk.data.count(table.dialect.newline)
        pieces.append(records.piece(chunk))
        for column, known, values in zip(codes, code_of, _names(chunk.values, table), strict=True):
            column.extend(map(known.__getitem__, values))
        rows += len(chunk.lines)
        if chunk.ragged:
            if strict:
                bad = chunk.ragged[0]
                problem = f"{bad.fields} fields where the header has {len(table.names)}"
                raise InputError(f"{table.path}:{bad.line}: {problem}")
            ragged_rows += len(chunk.ragged)
            ragged += chunk.ragged[: max(0, _SHOWN - len(ragged))]
    blank = codes[0].count(0) - ragged_rows
    return _Found([list(known) for known in code_of], codes, pieces, rows - blank, ragged, ragged_rows)


def _names(values: Sequence[Sequence[bytes | None]], table: Table) -> Iterator[Iterable[_Raw]]:
    """The raw names of a chunk, where a name may be split over several columns."""
    at = 0
    for parts in table.columns:
        taken = values[at : at + len(parts)]
        at += len(parts)
        yield taken[0] if len(parts) == 1 else (None if raw[0] is None else raw for raw in zip(*taken, strict=True))


def _text(raw: _Raw, table: Table) -> str:
    """What a raw field says, or several with a space between, without the white space around it."""
    if raw is None:
        return ""
    if isinstance(raw, tuple):
        return " ".join(filter(None, (_text(part, table) for part in raw)))
    return table.dialect.unquote(raw).decode(table.bytes_encoding, table.encoding.errors).strip()


def is_name(text: str) -> bool:
    """Whether a cell is worth looking up: it has a letter and is no longer than names are."""
    return len(text) <= _LONGEST and any(map(str.isalpha, text))

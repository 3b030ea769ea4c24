"""A delimited file and a function over its distinct names in, the same bytes with new columns out.

Two passes: the first finds the distinct values, the second copies every record and adds its cells. What stands in
the other columns is neither parsed nor written anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from namealign.clean.encoding import Encoding, detect
from namealign.clean.layout import Layout, NotDecodable, Table, decode, opened
from namealign.clean.records import Ragged
from namealign.clean.writer import Writer
from namealign.errors import InputError
from namealign.files import Source, Target, reading, writing

__all__ = ["Annotated", "Make", "annotate", "is_name"]

# Distinct names and how many rows each has -> for each name its new cells.
Make = Callable[[Sequence[str], Sequence[int]], Sequence[Sequence[str]]]

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
    columns: Sequence[str],
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

    def run(table: Table) -> Annotated:
        return _run(table, target, suffixes, make, strict=strict, replace=replace, only_changed=only_changed, ours=ours)

    with reading(source) as (file, path):
        try:
            with opened(file, path, columns, layout) as table:
                return run(table)
        except NotDecodable as failure:
            if failure.known:
                problem = f"byte 0x{failure.byte:02x} is not {failure.known}; give the right --encoding"
                raise InputError(f"{path}:{failure.line}: {problem}") from failure
            guess = detect(failure.sample, path, failure.line, failure.byte, columns)
        with opened(file, path, columns, layout, guess) as table:
            return run(table)


def _run(
    table: Table,
    target: Target | None,
    suffixes: Sequence[str],
    make: Make,
    *,
    strict: bool,
    replace: bool,
    only_changed: bool,
    ours: frozenset[str] | None,
) -> Annotated:
    chosen = tuple(table.names[index] for index in table.indices)
    raws, rows, ragged, ragged_rows = _collect(table, strict=strict)
    dialect, name, errors = table.dialect, table.bytes_encoding, table.encoding.errors
    texts = [{raw: dialect.unquote(raw).decode(name, errors).strip() for raw in counter} for counter in raws]
    names: list[Counter[str]] = []
    for counter, text_of in zip(raws, texts, strict=True):
        names.append(Counter())
        for raw, count in counter.items():
            if text := text_of[raw]:
                names[-1][text] += count
    total: Counter[str] = Counter()
    for found in names:
        total.update(found)
    made = make(list(total), list(total.values())) if total else []
    cells = {"": [dialect.cell(b"")] * len(suffixes)}
    losses = 0
    for text, new in zip(total, made, strict=True):
        encoded = [table.encode(cell) for cell in new]
        losses += sum(lost for _, lost in encoded)
        cells[text] = [dialect.cell(cell) if cell or not replace else b"" for cell, _ in encoded]
    kept = 0
    if target is not None:
        columns = [[f"{column}_{suffix}" for suffix in suffixes] for column in chosen]
        writer = Writer(table, texts, cells, columns, ours=ours, replace=replace, only_changed=only_changed)
        with writing(target) as out:
            writer.write(out)
        kept = writer.kept
    delimiter = dialect.delimiter.decode()
    return Annotated(
        table.path, table.encoding, delimiter, chosen, rows, tuple(ragged), ragged_rows, tuple(names), losses, kept
    )


def _collect(table: Table, *, strict: bool) -> tuple[list[Counter[bytes]], int, list[Ragged], int]:
    """The first pass: the distinct raw values with their counts, and proof that every byte can be decoded."""
    counters: list[Counter[bytes | None]] = [Counter() for _ in table.indices]
    rows = ragged_rows = 0
    ragged: list[Ragged] = []
    name, records = table.bytes_encoding, table.records()
    line = records.first_line
    for chunk in records.chunks(table.file):
        if not chunk.data.isascii():
            decode(chunk.data, table.encoding, name, line)
        line += chunk.data.count(table.dialect.newline)
        for counter, values in zip(counters, chunk.values, strict=True):
            counter.update(values)
        rows += len(chunk.lines)
        if chunk.ragged:
            if strict:
                bad = chunk.ragged[0]
                raise InputError(
                    f"{table.path}:{bad.line}: {bad.fields} fields where the header has {len(table.names)}"
                )
            ragged_rows += len(chunk.ragged)
            ragged += chunk.ragged[: max(0, _SHOWN - len(ragged))]
    blank = counters[0][None] - ragged_rows
    found = [Counter({raw: n for raw, n in counter.items() if raw is not None}) for counter in counters]
    return found, rows - blank, ragged, ragged_rows


def is_name(text: str) -> bool:
    """Whether a cell is worth looking up: it has a letter and is no longer than names are."""
    return len(text) <= _LONGEST and any(map(str.isalpha, text))

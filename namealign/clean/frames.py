"""A Parquet or Excel file and a function over its distinct names in, the same table with new columns out.

These are read and written anew by Polars: values stay, the bytes of the file and an Excel sheet's looks do not.
"""

from __future__ import annotations

import io
import os
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from namealign.clean.annotate import Annotated, Make
from namealign.clean.dialect import find_column
from namealign.clean.encoding import Encoding
from namealign.clean.layout import Column, Layout, parts_of
from namealign.errors import InputError, MissingDependency
from namealign.files import Source, Target, reading, writing
from namealign.packed import bounded, plain_name

if TYPE_CHECKING:
    import polars

__all__ = ["annotate_frame", "is_frame"]

_EXCEL = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


def is_frame(path: Source | Target | None) -> bool:
    """Whether a file's name says that Polars must read or write it."""
    return isinstance(path, str | os.PathLike) and os.fspath(path).lower().endswith((".parquet", *_EXCEL))


def annotate_frame(
    source: Source,
    target: Target | None,
    columns: Sequence[Column],
    suffixes: Sequence[str],
    make: Make,
    *,
    layout: Layout | None = None,
    replace: bool = False,
    only_changed: bool = False,
) -> Annotated:
    """As `annotate`, for a table whose input or output is Parquet or Excel; the other may be CSV.

    Raises MissingDependency without the extra `tables`, InputError for a file that cannot be read as its name says.
    """
    try:
        import polars
    except ImportError as error:
        raise MissingDependency("Parquet and Excel need Polars: pip install 'namealign[tables]'") from error
    layout = layout or Layout()
    frame, path = _read(source, layout)
    first = 0 if layout.zero else 1
    groups = [
        [frame.columns[find_column(part, frame.columns, path, first=first)] for part in parts_of(c)] for c in columns
    ]
    if replace and any(len(parts) > 1 for parts in groups):
        raise InputError("a name that is split over columns cannot be replaced in its place")
    texts = [_texts(frame, parts) for parts in groups]
    names = [Counter(filter(None, column)) for column in texts]
    total: Counter[str] = Counter()
    for counter in names:
        total.update(counter)
    cells = dict(zip(total, make(list(total), list(total.values())) if total else [], strict=True))
    cells[""] = [""] * len(suffixes)
    kept = [False] * frame.height
    for parts, column in zip(groups, texts, strict=True):
        new = [cells[text] for text in column]
        for i, (text, (canonical, *_)) in enumerate(zip(column, new, strict=True)):
            kept[i] |= canonical not in ("", text)
        if replace:
            spelled = [canonical or text for text, (canonical, *_) in zip(column, new, strict=True)]
            frame = frame.with_columns(polars.Series(parts[0], spelled, dtype=polars.String))
            continue
        title = "_".join(parts)
        frame = frame.with_columns(
            polars.Series(f"{title}_{suffix}", [row[i] or None for row in new], dtype=polars.String)
            for i, suffix in enumerate(suffixes)
        )
    rows = frame.height
    if only_changed:
        frame = frame.filter(polars.Series(kept, dtype=polars.Boolean))
    if target is not None:
        _write(frame, target)
    titles = tuple("_".join(parts) for parts in groups)
    return Annotated(path, Encoding("utf-8", "valid"), "", titles, rows, (), 0, tuple(names))


def _texts(frame: polars.DataFrame, parts: Sequence[str]) -> list[str]:
    """The name in each row, "" where there is none."""
    columns = [["" if value is None else str(value).strip() for value in frame[part].to_list()] for part in parts]
    return [" ".join(filter(None, row)) for row in zip(*columns, strict=True)]


def _read(source: Source, layout: Layout) -> tuple[polars.DataFrame, str]:
    import polars

    container = is_frame(source)
    with reading(source, unpack=not container) as (file, path):
        if container:
            bounded(file, path)
        data = file.read()
    try:
        if path.lower().endswith(".parquet"):
            return polars.read_parquet(io.BytesIO(data)), path
        if path.lower().endswith(_EXCEL):
            return polars.read_excel(io.BytesIO(data)), path
        delimiter = layout.delimiter or ("\t" if plain_name(path).lower().endswith((".tsv", ".tab")) else ",")
        # Every value as text: a leading zero is no number's business.
        return polars.read_csv(io.BytesIO(data), infer_schema=False, separator=delimiter), path
    except ModuleNotFoundError as error:
        raise MissingDependency(f"{path}: needs {error.name}: pip install 'namealign[tables]'") from error
    except Exception as error:
        # Polars and its engines have no common error; the first line says what is wrong.
        problem = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise InputError(f"{path}: cannot be read: {problem}") from error


def _write(frame: polars.DataFrame, target: Target) -> None:
    name = os.fspath(target).lower() if isinstance(target, str | os.PathLike) else ""
    with writing(target) as out:
        if name.endswith(".parquet"):
            frame.write_parquet(out)
        elif name.endswith(_EXCEL):
            book = io.BytesIO()
            frame.write_excel(book)
            out.write(book.getvalue())
        else:
            frame.write_csv(out)

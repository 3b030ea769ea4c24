"""A table of entities in, an index of their names as one SQLite file out: for `lookup --index` and `clean --index`."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from namealign.clean.layout import Layout
from namealign.clean.rows import Chosen, Row, RowReader
from namealign.errors import InputError
from namealign.files import Source
from namealign.model import Kind
from namealign.tables import REDIRECT

__all__ = ["Built", "build_index"]

# Headers that say what a column holds, likeliest first; told without case, spaces, `_` and `-`.
_IDS = ("entityid", "id", "uid", "qid", "wikidata", "wikidataid", "identifier", "key", "personid", "authorid",
        "recordid", "code", "viaf", "isni", "orcid", "gnd", "lccn", "nr", "no", "number")  # fmt: skip
_NAMES = re.compile(
    r"(full|canonical|preferred|primary|given|display|main|native|original|latin|other|alternate|alternative|alt|"
    r"person|entity|author)?(name|label|alias|spelling|heading)(e?s)?(\d+)?|canonical|variants?|aka|prefLabel|altLabels?",
    re.IGNORECASE,
)
_SQUASH = re.compile(r"[\s_\-.]+")


class Built(NamedTuple):
    """What was built: where, from which columns, how many rows, entities and names; how many old ids of merged entities
    lead to others, and of how many it is not said where they lead; rows that were left out.
    """

    path: str
    chosen: Chosen
    rows: int
    entities: int
    names: int
    nameless: int
    redirects: int
    lost: int
    ragged_rows: int
    ragged_lines: tuple[int, ...]
    seconds: float


def build_index(
    source: Source,
    output: str | os.PathLike[str],
    *,
    id: str | None = None,  # noqa: A002
    columns: Sequence[str] = (),
    kind: Kind | str | None = None,
    split: str = "",
    layout: Layout | None = None,
    strict: bool = False,
    progress: Callable[[int, int], None] | None = None,
    doing: Callable[[str], None] = lambda _: None,
) -> Built:
    """Index every name of a table (CSV, TSV, JSON Lines, Parquet, Excel); the file appears whole or not at all.

    `id` is the column that tells entities apart (rows of one id are one entity) and `columns` hold its names; what is
    not given is told by the headers. The first name of an entity is its canonical one. `split` parts a cell that holds
    several names. `kind` is what all entities are; without it a column `kind` is heeded, else they are persons.

    `progress` is called with (read, in all), `doing` with what is done after the reading. Raises InputError, which
    names file and line, for what cannot be read: then no file is written, and one that is there stays.
    """
    # NumPy and Numba are loaded for this work only.
    from namealign.authority import write_shelf
    from namealign.bulk_index import Builder
    from namealign.compare import scorer

    begun = time.monotonic()
    if not os.path.isdir(os.path.dirname(os.path.abspath(output))):
        raise InputError(f"{output}: there is no such folder")
    reader = RowReader(
        source, lambda header, path: _chosen(header, path, id, columns),
        layout or Layout(), split, strict,
    )  # fmt: skip
    builder = Builder(scorer())
    number: dict[str, int] = {}
    kinds = {str(k) for k in Kind}
    redirects: dict[str, str] = {}
    rows = nameless = lost = 0
    elements = False
    for row in reader:
        rows += 1
        if progress is not None and not rows % 1000:
            progress(reader.done, reader.size)
        if not row.names:
            nameless += 1
            continue
        if row.kind == REDIRECT:
            # A row of an alias table that says where an old id leads; what it was called is among the other's names.
            if target := _leads(row, reader.chosen):
                redirects.setdefault(row.ident, target)
            else:
                lost += 1
            continue
        entity = number.get(row.ident)
        if entity is None:
            said = str(kind or row.kind or Kind.PERSON)
            if said not in kinds:
                raise InputError(f"{reader.path}:{row.line}: kind {said!r} is not one of {', '.join(sorted(kinds))}")
            elements |= said == Kind.ELEMENT
            entity = number[row.ident] = builder.entity(row.ident, said, row.names[0])
        for name in dict.fromkeys(row.names):
            builder.add(entity, name)
    if not builder.names:
        raise InputError(f"{reader.path}: no row holds a name; nothing to index")
    # They stand last on a shelf, as entities without a name.
    for old, new in redirects.items():
        builder.entity(old, REDIRECT, new)
    shelf = builder.shelf(doing)
    doing("writing")
    chosen = reader.chosen
    assert chosen is not None
    told = {
        "version": _version(), "source": os.path.basename(reader.path), "id column": chosen.ident,
        "name columns": ", ".join(chosen.names), "rows": str(rows), "entities": str(len(number)),
        "names": str(builder.names), "tokens": str(len(shelf.names.tokens.key)),
        "elements": "yes" if elements else "no", "built": time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime()),
    }  # fmt: skip
    write_shelf(output, shelf, told)
    return Built(
        os.fspath(output), chosen, rows, len(number), builder.names, nameless, len(redirects), lost,
        reader.ragged_rows,
        tuple(row.line for row in reader.ragged), time.monotonic() - begun,
    )  # fmt: skip


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("namealign")
    except PackageNotFoundError:
        return "of a checkout"


def _leads(row: Row, chosen: Chosen | None) -> str:
    """The id that a redirect leads to, "" if it is not seen: in an alias table, and in a list exported from one, it is
    the canonical name.
    """
    names = [_plain(name) for name in chosen.names] if chosen is not None else []
    return row.names[names.index("canonical")] if "canonical" in names and len(row.names) == len(names) else ""


def _plain(column: str) -> str:
    return _SQUASH.sub("", column).casefold()


def _chosen(header: Sequence[str], path: str, ident: str | None, columns: Sequence[str]) -> Chosen:
    """The columns that are wanted, or that the header speaks of."""
    plain = {name: _plain(name) for name in header}
    shown = ", ".join(header[:30]) + (f", ... ({len(header)} in all)" if len(header) > 30 else "")
    if ident is None:
        ident = next((name for wanted in _IDS for name in header if plain[name] == wanted), None)
        if ident is None:
            raise InputError(f"{path}: which column is the id? give it with --id; the columns are {shown}")
    names = list(columns) or [name for name in header if name != ident and _NAMES.fullmatch(plain[name])]
    if not names:
        raise InputError(f"{path}: which columns hold names? give them with --column; the columns are {shown}")
    if not columns:
        # The name that stands for an entity comes first.
        names.sort(key=lambda name: not plain[name].startswith(("canonical", "preferred", "primary", "main")))
    kind = next((name for name in header if plain[name] == "kind" and name not in (ident, *names)), "")
    return Chosen(ident, names, kind)

"""A table file in, checked rows out: where the shipped tables lie, and how any knowledge table is read.

Every table is UTF-8 CSV. Lines that begin with `#` before the header are its provenance and are skipped.
A malformed table raises `TableError` with one line, ``path:line: problem``.
"""

from __future__ import annotations

import csv
import io
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from namealign.errors import TableError
from namealign.model import Kind

if TYPE_CHECKING:
    from _csv import Reader

__all__ = [
    "ALIAS_COLUMNS",
    "REDIRECT",
    "AliasRow",
    "data_dir",
    "follow",
    "read_aliases",
    "read_header",
    "read_rows",
    "read_text",
    "user_folder",
    "user_table",
]

ALIAS_COLUMNS = ("entity_id", "kind", "canonical", "alias", "language", "source", "note")
_OPTIONAL = ("language", "source", "note")
# The kind of a row that is no spelling: the entity of its `entity_id` was merged into the one whose id is its
# `canonical`. Its `alias` is what the old entity was called.
REDIRECT = "redirect"
_KINDS = {kind: kind for kind in (*map(str, Kind), REDIRECT)}


class AliasRow(NamedTuple):
    """One spelling of one entity: a row of `data/aliases.csv` or of a user's own table.

    Or, where `kind` is "redirect", an old id (`entity_id`) and the id that it leads to (`canonical`).
    """

    entity_id: str
    kind: str
    canonical: str
    alias: str
    language: str = ""
    source: str = ""
    note: str = ""


def data_dir() -> Path:
    """The folder of the shipped tables.

    A wheel carries it inside the package. A checkout and an editable install have it beside the package, where
    `importlib.resources` does not look.
    """
    package = Path(__file__).resolve().parent
    inside = package / "data"
    return inside if inside.is_dir() else package.parent / "data"


def user_folder() -> Path:
    """Where a user's own table and decisions are kept: the platform's folder for a user's settings.

    `%APPDATA%\\namealign`, `~/Library/Application Support/namealign`, or `$XDG_CONFIG_HOME/namealign`, which is
    `~/.config/namealign` where nobody says otherwise.
    """
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming") / "namealign"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "namealign"
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "namealign"


def user_table() -> Path | None:
    """The user's own alias table: the path in `NAMEALIGN_ALIASES` (None if that is set to nothing), else `aliases.csv`
    in `user_folder()`. The file need not be there.
    """
    chosen = os.environ.get("NAMEALIGN_ALIASES")
    if chosen is not None:
        return Path(chosen).expanduser() if chosen else None
    try:
        return user_folder() / "aliases.csv"
    except RuntimeError:
        # A user without a home has no settings.
        return None


def read_rows(
    path: str | os.PathLike[str], required: Sequence[str], optional: Sequence[str] = ()
) -> Iterator[tuple[int, list[str]]]:
    """Yield `(line, fields)` with the fields in the order `required + optional`, whatever the file's order is.

    Columns with other names are ignored; an optional column that the file lacks is "" in every row.
    `line` is where the row ends, counted from 1 as editors do. Blank lines are skipped.
    """
    reader, place, header = _open(path)
    wanted = [*required, *optional]
    missing = [name for name in required if name not in header]
    if missing:
        raise TableError(
            f"{path}:{reader.line_num + place}: no column {', '.join(missing)}; the columns are {', '.join(header)}"
        )
    twice = [name for name in wanted if header.count(name) > 1]
    if twice:
        raise TableError(f"{path}:{reader.line_num + place}: column {twice[0]} stands twice in the header")
    width = len(header)
    straight = header == wanted
    where = [header.index(name) if name in header else width for name in wanted]
    try:
        for fields in reader:
            if len(fields) != width:
                if not fields:
                    continue
                raise TableError(f"{path}:{reader.line_num + place}: {len(fields)} fields where the header has {width}")
            if not straight:
                fields.append("")
                fields = [fields[i] for i in where]
            yield reader.line_num + place, fields
    except csv.Error as error:
        raise TableError(f"{path}:{reader.line_num + place}: {error}") from error


def read_aliases(path: str | os.PathLike[str]) -> list[AliasRow]:
    """Read an alias table, in file order.

    `language`, `source` and `note` may be missing. Rows of the kind "redirect" come among the others. Refused, because
    a lookup could not be trusted afterwards: a row without id or alias, an unknown kind, one id with two kinds or two
    canonical spellings, the same row twice. `namealign.curate.check` lints further.
    """
    rows: list[AliasRow] = []
    first: dict[str, tuple[str, str]] = {}
    seen: set[tuple[str, str, str]] = set()
    for line, fields in read_rows(path, ALIAS_COLUMNS[:4], _OPTIONAL):
        entity_id, kind, canonical, alias, language, _, _ = fields
        if kind not in _KINDS:
            raise TableError(f"{path}:{line}: kind {kind!r} is not one of {', '.join(_KINDS)}")
        if not (entity_id and canonical and alias):
            empty = next(name for name, value in zip(ALIAS_COLUMNS, fields, strict=True) if not value)
            raise TableError(f"{path}:{line}: {empty} is empty")
        fields[1] = _KINDS[kind]
        known = first.get(entity_id)
        if known is None:
            first[entity_id] = (kind, canonical)
        elif known != (kind, canonical):
            was, now = (known[0], kind) if known[0] != kind else (known[1], canonical)
            raise TableError(f"{path}:{line}: {entity_id} is {now!r} here and {was!r} in an earlier row")
        key = (entity_id, alias, language)
        if key in seen:
            raise TableError(f"{path}:{line}: {entity_id} already has the alias {alias!r}; remove one of the rows")
        seen.add(key)
        rows.append(AliasRow._make(fields))
    return rows


def follow(redirects: Mapping[str, str]) -> dict[str, str]:
    """Each old id and the id at the end of its way; an id that leads in a circle leads nowhere and is left out.

    >>> follow({"1": "2", "2": "3", "8": "9", "9": "8"})
    {'1': '3', '2': '3'}
    """
    found = {}
    for old in redirects:
        new, seen = old, {old}
        while new in redirects and redirects[new] not in seen:
            new = redirects[new]
            seen.add(new)
        if new not in redirects:
            found[old] = new
    return found


def read_header(path: str | os.PathLike[str]) -> tuple[int, list[str]]:
    """The line on which a table's header stands, and its columns."""
    reader, place, header = _open(path)
    return reader.line_num + place, header


def read_text(path: str | os.PathLike[str]) -> str:
    """A table file's text with its own line ends, without a byte order mark; what is compressed is unpacked."""
    try:
        with open(path, "rb") as file:
            raw = file.read()
    except OSError as error:
        raise TableError(f"{path}: {error.strerror or error}") from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What is compressed is never UTF-8, so that a plain table pays nothing for the question.
        from namealign.packed import unpacked

        with unpacked(io.BytesIO(raw), os.fspath(path)) as content:
            raw = content.read()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise TableError(f"{path}:{line}: byte 0x{raw[error.start]:02x} is not UTF-8") from error


def _open(path: str | os.PathLike[str]) -> tuple[Reader, int, list[str]]:
    """The reader behind the header, how many lines of provenance stand above it, and the header."""
    text = read_text(path)
    stream = io.StringIO(text, newline="")
    provenance = 0
    while text.startswith("#", stream.tell()):
        stream.readline()
        provenance += 1
    reader = csv.reader(stream, strict=True)
    try:
        header = next(reader)
    except StopIteration:
        raise TableError(f"{path}: is empty; a header line is needed") from None
    except csv.Error as error:
        raise TableError(f"{path}:{reader.line_num + provenance}: {error}") from error
    return reader, provenance, header

"""Lists of names as others keep them in, rows of an alias table out; and an alias table as a plain list or JSON Lines.

Read: OpenSanctions' targets.simple.csv, results of a Wikidata query (CSV or JSON), a plain list of ids and names (which
is what `plain` writes), and the JSON Lines that `json_lines` writes.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any

from namealign.errors import InputError
from namealign.files import Source, reading
from namealign.model import Kind
from namealign.tables import REDIRECT, AliasRow

__all__ = ["FORMATS", "NameList", "json_lines", "plain"]

FORMATS = ("opensanctions", "wikidata", "plain", "jsonl")

# FollowTheMoney's schemata that are somebody or something with a name of its own; the others (vessels, addresses,
# securities, wallets) have no kind here. LegalEntity is said of either where the list does not know: mostly companies.
_SCHEMATA = {
    "Person": Kind.PERSON,
    **dict.fromkeys(("Organization", "Company", "LegalEntity", "PublicBody"), Kind.ORGANIZATION),
}
_IDS = ("id", "entity_id")
_NAMES = ("name", "alias")
_PLAIN = ("id", "name", "kind", "canonical", "language", "source", "note")
# An item of Wikidata, by itself or at the end of its address.
_ITEM = re.compile(r"(?:.*/)?(Q[0-9]+)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]+)*")
_LONGEST = 1000


class NameList:
    """A list of names, as rows of an alias table, the canonical spelling of an entity before its others.

    `format` is one of FORMATS, or None to tell it by the header. `kind` is that of entities of which the list does not
    say it. While it is read, `skipped` counts what was left out, and why.

    Raises InputError with file and line for what cannot be read.
    """

    def __init__(self, source: Source, *, format: str | None = None, kind: Kind | str = Kind.PERSON) -> None:  # noqa: A002
        if format not in (None, *FORMATS):
            raise InputError(f"no format is called {format!r}; there are {', '.join(FORMATS)}")
        self.source, self.format, self.kind, self.path = source, format, str(kind), ""
        self.skipped: Counter[str] = Counter()

    def __iter__(self) -> Iterator[AliasRow]:
        with reading(self.source) as (file, path):
            self.path = path
            start = file.read(1 << 16).removeprefix(b"\xef\xbb\xbf").lstrip()
            file.seek(0)
            if not start:
                raise InputError(f"{path}: is empty")
            if self.format == "jsonl" or (self.format is None and _is_lines(start)):
                self.format = "jsonl"
                yield from self._cleaned(self._lines(file, path))
            elif start[:1] in (b"{", b"["):
                self.format = "wikidata"
                yield from self._cleaned(self._json(file, path))
            else:
                text = io.TextIOWrapper(file, "utf-8-sig", newline="")
                try:
                    yield from self._cleaned(self._table(text, path))
                finally:
                    text.detach()

    def _cleaned(self, rows: Iterable[AliasRow]) -> Iterator[AliasRow]:
        """Rows with names as tables have them; what is no name is left out."""
        for row in rows:
            alias, canonical = _spelled(row.alias), _spelled(row.canonical)
            if row.kind == REDIRECT:
                yield row
            elif not any(map(str.isalpha, alias)):
                self.skipped["without a letter"] += 1
            elif len(alias) > _LONGEST:
                self.skipped[f"of more than {_LONGEST:,} characters"] += 1
            else:
                language = row.language if _LANGUAGE.fullmatch(row.language) else ""
                note, source = _spelled(row.note), _spelled(row.source)
                key, canonical = _spelled(row.entity_id), canonical or alias
                yield AliasRow(key, row.kind, canonical, alias, language, source, note)

    def _table(self, text: io.TextIOWrapper, path: str) -> Iterator[AliasRow]:
        csv.field_size_limit(sys.maxsize)
        line = 1
        try:
            first = text.readline()
            delimiter = max(",;\t|", key=first.count)
            reader = csv.reader(itertools.chain([first], text), delimiter=delimiter, strict=True)
            header = next(reader)
            line = reader.line_num
            columns = [name.strip().removeprefix("?") for name in header]
            found = self.format = self.format or _format_of(columns)
            if found is None:
                raise InputError(
                    f"{path}:1: the columns {', '.join(header)} are of no list known here; a plain list has id and"
                    " name, OpenSanctions id, schema, name and aliases, a Wikidata result item and itemLabel"
                )
            whole = itertools.chain([(1, header)], _numbered(reader, len(header), path))
            if found == "plain" and not (_one_of(columns, _IDS) and _one_of(columns, _NAMES)):
                # Said to be a plain list: without a header the first two columns are id and name.
                if len(header) < 2:
                    raise InputError(f"{path}:1: a plain list has two columns or more: id and name")
                rows = self._plain([*_PLAIN[:2], *("" for _ in header[2:])], whole)
            else:
                next(whole)
                read = {"opensanctions": self._opensanctions, "wikidata": self._wikidata, "plain": self._plain}[found]
                rows = read(columns, whole)
            for row in rows:
                line = reader.line_num
                yield row
        except UnicodeDecodeError as error:
            byte = error.object[error.start]
            raise InputError(f"{path}: byte 0x{byte:02x} after line {line} is not UTF-8; convert the list") from error
        except csv.Error as error:
            raise InputError(f"{path}:{line + 1}: {error}") from error

    def _opensanctions(self, columns: Sequence[str], records: Iterable[tuple[int, list[str]]]) -> Iterator[AliasRow]:
        missing = [name for name in ("id", "schema", "name") if name not in columns]
        if missing:
            raise InputError(f"{self.path}:1: has no column {missing[0]!r}, as OpenSanctions' lists have")
        key, schema, name = (columns.index(column) for column in ("id", "schema", "name"))
        more = columns.index("aliases") if "aliases" in columns else None
        for _, record in records:
            kind = _SCHEMATA.get(record[schema])
            if kind is None:
                self.skipped[f"of the schema {record[schema] or '(none)'}"] += 1
                continue
            # The exporter quotes each alias by itself, since one may hold a semicolon.
            aliases = next(csv.reader([record[more]], delimiter=";"), []) if more is not None else []
            for alias in dict.fromkeys(filter(None, (record[name], *aliases))):
                yield AliasRow(record[key], str(kind), record[name] or alias, alias, "", "opensanctions")

    def _wikidata(self, columns: Sequence[str], records: Iterable[tuple[int, list[str]]]) -> Iterator[AliasRow]:
        given = ({c: (value, "") for c, value in zip(columns, record, strict=True)} for _, record in records)
        return self._items(given)

    def _items(self, results: Iterable[dict[str, tuple[str, str]]]) -> Iterator[AliasRow]:
        """Rows from results, each {variable: (value, language)}; an item has a result for each of its aliases."""
        labels: dict[str, dict[str, str]] = {}
        order: list[tuple[str, str, str]] = []
        for result in results:
            item = next((c for c in result if c.lower() in ("item", "id", "entity", "person")), None)
            match = _ITEM.fullmatch(result[item][0]) if item is not None else None
            if item is None or match is None:
                self.skipped["without an item"] += 1
                continue
            key = match[1]
            spellings = labels.setdefault(key, {})
            for column, (value, language) in result.items():
                if column in (f"{item}Label", "label", "name"):
                    # An item without a label in the languages asked for is labelled by its number.
                    if value and value != key:
                        order.append((key, value, language))
                        spellings.setdefault(language, value)
                elif column == f"{item}AltLabel":
                    # The label service joins what it finds.
                    order += [(key, part, language) for part in value.split(", ") if part]
                elif column.lower() in ("alias", "aliases", "altlabel", "alt") and value:
                    order.append((key, value, language))
        first = {key: found.get("en") or next(iter(found.values()), "") for key, found in labels.items()}
        for key, value, _ in order:
            if not first[key]:
                first[key] = value
        seen: set[tuple[str, str, str]] = set()
        ranked = sorted(order, key=lambda row: row[1] != first[row[0]])
        for key, value, language in ranked:
            if (key, value, language) not in seen:
                seen.add((key, value, language))
                yield AliasRow(key, self.kind, first[key], value, language, f"wikidata:{key}")

    def _json(self, file: IO[bytes], path: str) -> Iterator[AliasRow]:
        """A result of a query in either of the forms that the query service gives."""
        try:
            data = json.load(file)
        except UnicodeDecodeError as error:
            raise InputError(f"{path}: is not UTF-8") from error
        except json.JSONDecodeError as error:
            raise InputError(f"{path}:{error.lineno}: no JSON: {error.msg}") from error
        results = data.get("results") if isinstance(data, dict) else None
        found = results.get("bindings") if isinstance(results, dict) else data
        if not isinstance(found, list) or not all(isinstance(result, dict) for result in found):
            raise InputError(f"{path}: is no result of a Wikidata query: a list of objects, or results with bindings")
        yield from self._items({key: _value(value) for key, value in result.items()} for result in found)

    def _plain(self, columns: Sequence[str], records: Iterable[tuple[int, list[str]]]) -> Iterator[AliasRow]:
        key, name = _one_of(columns, _IDS), _one_of(columns, _NAMES)
        where = {column: columns.index(column) for column in _PLAIN[2:] if column in columns}
        canonical: dict[str, str] = {}
        for line, record in records:
            entity_id, alias = record[columns.index(key)].strip(), record[columns.index(name)]
            if not entity_id:
                raise InputError(f"{self.path}:{line}: {alias!r} has no id")
            more = {column: record[at].strip() for column, at in where.items()}
            kind = more.pop("kind", "") or self.kind
            if kind not in (*map(str, Kind), REDIRECT):
                kinds = ", ".join(map(str, Kind))
                raise InputError(f"{self.path}:{line}: kind {kind!r} is not one of {kinds}")
            first = canonical.setdefault(entity_id, more.pop("canonical", "") or alias)
            yield AliasRow(entity_id, kind, first, alias, **{c: v for c, v in more.items() if c != "canonical"})

    def _lines(self, file: IO[bytes], path: str) -> Iterator[AliasRow]:
        for number, line in enumerate(file, 1):
            try:
                if not line.strip():
                    continue
                entity = json.loads(line.removeprefix(b"\xef\xbb\xbf"))
                key, kind = entity["id"], entity.get("kind") or self.kind
                if kind == REDIRECT:
                    yield AliasRow(key, kind, entity["redirect"], entity.get("name") or key)
                    continue
                if kind not in tuple(Kind):
                    raise InputError(f"{path}:{number}: kind {kind!r} is not one of {', '.join(map(str, Kind))}")
                names = [name if isinstance(name, dict) else {"name": name} for name in entity["names"]]
                for name in names:
                    canonical = entity.get("canonical") or names[0]["name"]
                    more = (name.get(column) or "" for column in _PLAIN[4:])
                    yield AliasRow(key, kind, canonical, name["name"], *more)
            except (KeyError, TypeError, AttributeError, ValueError) as error:
                if isinstance(error, InputError):
                    raise
                problem = f"no {error}" if isinstance(error, KeyError) else "not an object with id and names"
                raise InputError(f"{path}:{number}: {problem}") from error


def plain(rows: Iterable[AliasRow]) -> Iterator[str]:
    """A table as a plain list in CSV, line by line: id and name first, for whoever wants no more."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_PLAIN)
    for row in rows:
        writer.writerow([row.entity_id, row.alias, row.kind, row.canonical, row.language, row.source, row.note])
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()


def json_lines(rows: Iterable[AliasRow]) -> Iterator[str]:
    """A table as JSON Lines: an object for each entity, in the order of their first rows."""
    entities: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row.kind == REDIRECT:
            entities[row.entity_id] = {
                "id": row.entity_id, "kind": REDIRECT, "redirect": row.canonical, "name": row.alias,
            }  # fmt: skip
            continue
        entity = entities.setdefault(
            row.entity_id, {"id": row.entity_id, "kind": row.kind, "canonical": row.canonical, "names": []}
        )
        more = {"language": row.language, "source": row.source, "note": row.note}
        entity["names"].append({"name": row.alias} | {key: value for key, value in more.items() if value})
    for entity in entities.values():
        yield json.dumps(entity, ensure_ascii=False) + "\n"


def _spelled(text: str) -> str:
    """Composed, without control characters and stray white space."""
    return unicodedata.normalize("NFC", " ".join(_CONTROL.sub(" ", text).split())) if text else ""


def _one_of(columns: Sequence[str], wanted: Sequence[str]) -> str:
    return next((name for name in wanted if name in columns), "")


def _format_of(columns: Sequence[str]) -> str | None:
    if {"id", "schema", "name"} <= set(columns):
        return "opensanctions"
    if "item" in columns:
        return "wikidata"
    if _one_of(columns, _IDS) and _one_of(columns, _NAMES):
        return "plain"
    return None


def _is_lines(start: bytes) -> bool:
    """Whether a file that begins so has an object with an id in its first line."""
    first = start.split(b"\n", 1)[0]
    return first.startswith(b"{") and b'"id"' in first and b'"bindings"' not in first


def _value(value: Any) -> tuple[str, str]:
    """(text, language) of a variable: {"value": ..., "xml:lang": ...}, or the text itself."""
    if isinstance(value, dict):
        return str(value.get("value", "")), str(value.get("xml:lang", "")).lower()
    return ("" if value is None else str(value)), ""


def _numbered(reader: Any, width: int, path: str) -> Iterator[tuple[int, list[str]]]:
    for record in reader:
        if not record:
            continue
        if len(record) != width:
            raise InputError(f"{path}:{reader.line_num}: {len(record)} fields where the header has {width}")
        yield reader.line_num, record

"""An alias table in, its problems out: the rules that a row must keep before anyone relies on it."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise

from namealign.tables import ALIAS_COLUMNS, AliasRow, read_rows

__all__ = ["Problem", "TableStats", "check", "stats"]

_ID = re.compile(r"(per|pl|org|el):[a-z0-9]+(?:-[a-z0-9]+)*")
_KIND_OF = {"per": "person", "pl": "place", "org": "organization", "el": "element"}
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong in a table; `str()` gives `path:line: problem`."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


@dataclass(frozen=True, slots=True)
class TableStats:
    """How much a table holds: entities and rows by kind, rows by language and by source."""

    entities: Counter[str]
    rows: Counter[str]
    languages: Counter[str]
    sources: Counter[str]


def check(path: str | os.PathLike[str], *, house: bool = True) -> list[Problem]:
    """Every problem of an alias table, in line order.

    Always: known kinds, nothing empty, NFC, no stray white space or control characters, one canonical spelling and
    one kind for each id, the canonical spelling among the id's own rows, no row twice, no spelling claimed by two
    entities of one kind without a note on both.
    With `house`, the rules of the shipped table too: sorted, ids like `per:jalil-abbas-jilani`, a source in each row.

    Raises TableError where the file cannot be read as a table at all.
    """
    name = os.fspath(path)
    rows = [(line, AliasRow._make(fields)) for line, fields in read_rows(path, ALIAS_COLUMNS[:4], ALIAS_COLUMNS[4:])]
    found: list[tuple[int, str]] = []
    for line, row in rows:
        found += [(line, message) for message in _row(row, house=house)]
    found += _entities(rows)
    found += _claims(rows)
    if house:
        found += _order(rows)
    return sorted(Problem(name, line, message) for line, message in found)


def stats(path: str | os.PathLike[str]) -> TableStats:
    """Count a table's entities and rows."""
    kinds: dict[str, str] = {}
    rows, languages, sources = Counter[str](), Counter[str](), Counter[str]()
    for _, fields in read_rows(path, ALIAS_COLUMNS[:4], ALIAS_COLUMNS[4:]):
        row = AliasRow._make(fields)
        kinds[row.entity_id] = row.kind
        rows[row.kind] += 1
        languages[row.language] += 1
        sources[row.source] += 1
    return TableStats(Counter(kinds.values()), rows, languages, sources)


def _row(row: AliasRow, *, house: bool) -> list[str]:
    """What can be said of a row by itself."""
    found = []
    for column, value in zip(ALIAS_COLUMNS, row, strict=True):
        if not value and column in ("entity_id", "kind", "canonical", "alias"):
            found.append(f"{column} is empty")
        if value != value.strip() or "  " in value:
            found.append(f"{column} {value!r} has stray white space")
        if not unicodedata.is_normalized("NFC", value):
            found.append(f"{column} {value!r} is not in Unicode's composed form (NFC)")
        # The joiners (Cf) are letters' neighbours in Persian and Indic spelling; controls (Cc) belong nowhere.
        control = next((c for c in value if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Co", "Cs")), None)
        if control is not None:
            found.append(f"{column} has the control character U+{ord(control):04X}")
    if row.kind and row.kind not in _KIND_OF.values():
        found.append(f"kind {row.kind!r} is not one of {', '.join(_KIND_OF.values())}")
    if row.language and not _LANGUAGE.fullmatch(row.language):
        found.append(f"language {row.language!r} is not like 'en' or 'zh-hant'")
    if house:
        if not (match := _ID.fullmatch(row.entity_id)):
            found.append(f"entity_id {row.entity_id!r} is not like 'per:jalil-abbas-jilani'")
        elif _KIND_OF[match[1]] != row.kind:
            found.append(f"entity_id {row.entity_id!r} does not go with kind {row.kind!r}")
        if not row.source:
            found.append(f"alias {row.alias!r} has no source")
    return found


def _entities(rows: list[tuple[int, AliasRow]]) -> list[tuple[int, str]]:
    """One kind and one canonical spelling for each id, which is among its aliases; no row twice."""
    found = []
    first: dict[str, tuple[int, AliasRow]] = {}
    aliases: defaultdict[str, set[str]] = defaultdict(set)
    seen: dict[tuple[str, str, str], int] = {}
    for line, row in rows:
        at, known = first.setdefault(row.entity_id, (line, row))
        if row.kind != known.kind:
            found.append((line, f"{row.entity_id} is a {row.kind} here and a {known.kind} in line {at}"))
        if row.canonical != known.canonical:
            found.append((line, f"{row.entity_id} is {row.canonical!r} here and {known.canonical!r} in line {at}"))
        aliases[row.entity_id].add(row.alias)
        key = row.entity_id, row.alias, row.language
        if key in seen:
            found.append((line, f"{row.entity_id} has the alias {row.alias!r} in line {seen[key]} already"))
        seen.setdefault(key, line)
    for entity_id, (line, row) in first.items():
        if row.canonical not in aliases[entity_id]:
            found.append((line, f"{entity_id} has no row with its canonical spelling {row.canonical!r} as alias"))
    return found


def _claims(rows: list[tuple[int, AliasRow]]) -> list[tuple[int, str]]:
    """A spelling that two entities of one kind share needs a note on both, so that nobody takes it for an oversight."""
    found = []
    owners: defaultdict[tuple[str, str], list[tuple[int, AliasRow]]] = defaultdict(list)
    for line, row in rows:
        owners[row.kind, row.alias.casefold()].append((line, row))
    for claims in owners.values():
        if len({row.entity_id for _, row in claims}) < 2:
            continue
        for line, row in claims:
            if not row.note:
                others = ", ".join(sorted({other.entity_id for _, other in claims} - {row.entity_id}))
                found.append((line, f"{row.alias!r} is also claimed by {others}: both rows need a note that says why"))
    return found


def _order(rows: list[tuple[int, AliasRow]]) -> list[tuple[int, str]]:
    """The first row out of order: naming all that follow it would say nothing more."""
    for (_, before), (line, row) in pairwise(rows):
        if row < before:
            return [(line, f"{row.entity_id} {row.alias!r} is not in order: it belongs before {before.alias!r}")]
    return []

"""An alias table in, its problems out: the rules that a row must keep before anyone relies on it."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import combinations, pairwise
from typing import NamedTuple

from namealign.decide import Policy
from namealign.model import Kind
from namealign.romanize import script_of
from namealign.tables import ALIAS_COLUMNS, REDIRECT, AliasRow, follow, read_header, read_rows

__all__ = ["Problem", "Stranger", "TableStats", "check", "row_problems", "stats", "strangers"]

_ID = re.compile(r"(per|pl|org|el):[a-z0-9]+(?:-[a-z0-9]+)*")
_KIND_OF = {"per": "person", "pl": "place", "org": "organization", "el": "element"}
_KINDS = (*_KIND_OF.values(), REDIRECT)
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
    """How much a table holds: entities and rows by kind; rows by language, by script (ISO 15924) and by source."""

    entities: Counter[str]
    rows: Counter[str]
    languages: Counter[str]
    scripts: Counter[str]
    sources: Counter[str]


class Stranger(NamedTuple):
    """A spelling of a name element that the scorer would take for another name, if the table did not tell it.

    `nearest` is the best probability that it has with any spelling of the canonical one's group.
    """

    line: int
    row: AliasRow
    nearest: float


def check(
    path: str | os.PathLike[str], *, house: bool = True, released: Iterable[str] = (), scores: bool = False
) -> list[Problem]:
    """Every problem of an alias table, in line order.

    Always: known kinds, nothing empty, NFC, no stray white space or control characters, one canonical spelling and
    one kind for each id, no row twice, no spelling claimed by two entities of one kind without a note on one of them,
    no redirect that leads in a circle.
    With `house`, the rules of the shipped table too: sorted, ids like `per:jalil-abbas-jilani`, a source in each row, a
    note on both of two entities that share a spelling, the canonical spelling among the id's own rows, no unknown
    column, no redirect to an id that is not there.
    With `scores`, what `strangers` finds too. Of the ids in `released` none may be gone; a redirect keeps one.

    Raises TableError where the file cannot be read as a table at all.
    """
    name = os.fspath(path)
    rows = [(line, AliasRow._make(fields)) for line, fields in read_rows(path, ALIAS_COLUMNS[:4], ALIAS_COLUMNS[4:])]
    found = _columns(path, house=house)
    for line, row in rows:
        found += [(line, message) for message in row_problems(row, house=house)]
    found += _entities(rows, house=house)
    found += _claims(rows, house=house)
    found += _leads(rows, house=house)
    if house:
        found += _order(rows)
    ids = {row.entity_id for _, row in rows}
    found += [
        (1, f"{key} was released and is gone; a row `redirect` leads it on") for key in released if key not in ids
    ]
    if scores:
        for line, row, nearest in strangers(rows):
            if not row.note:
                unlike = f"{row.alias!r} is unlike {row.canonical!r}, as the scorer has it ({nearest:.2f})"
                found.append((line, f"{unlike}: a note must say why they are one name"))
    return sorted(Problem(name, line, message) for line, message in found)


def stats(path: str | os.PathLike[str]) -> TableStats:
    """Count a table's entities and rows."""
    kinds: dict[str, str] = {}
    rows, languages, scripts, sources = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for _, fields in read_rows(path, ALIAS_COLUMNS[:4], ALIAS_COLUMNS[4:]):
        row = AliasRow._make(fields)
        if row.kind == REDIRECT:
            continue
        kinds[row.entity_id] = row.kind
        rows[row.kind] += 1
        scripts[script_of(row.alias)] += 1
        languages[row.language] += 1
        sources[row.source] += 1
    return TableStats(Counter(kinds.values()), rows, languages, scripts, sources)


def strangers(rows: Iterable[tuple[int, AliasRow]]) -> list[Stranger]:
    """The spellings of name elements that nothing but the table joins to their element: a cognate or another name that
    slipped in, or a spelling so irregular that its row is worth its note.

    Every spelling is compared with every other of its family, by a scorer that has not read the families. Spellings
    that it does not call different form groups; whoever is not in the canonical spelling's group is a stranger.
    """
    from namealign.bulk import score_pairs
    from namealign.compare import Scorer
    from namealign.knowledge import knowledge

    families: defaultdict[str, dict[str, tuple[int, AliasRow]]] = defaultdict(dict)
    for line, row in rows:
        if row.kind == Kind.ELEMENT:
            families[row.entity_id].setdefault(row.alias, (line, row))
    known = knowledge()
    bare = Scorer(known._replace(facts=known.facts._replace(family_keys=[], families=[], hub=[], rivals=[], kin=[])))
    # The languages' own readings would be surer, but a name in running text does not bring its language along.
    pairs = [pair for family in families.values() for pair in combinations(family, 2)]
    if not pairs:
        return []
    shares = iter(score_pairs([a for a, _ in pairs], [b for _, b in pairs], bare).tolist())
    review = Policy().review
    found = []
    for family in families.values():
        share = {pair: next(shares) for pair in combinations(family, 2)}
        near: defaultdict[str, set[str]] = defaultdict(set)
        for (a, b), value in share.items():
            if value >= review:
                near[a].add(b)
                near[b].add(a)
        group: set[str] = set()
        todo = {next(iter(family.values()))[1].canonical}
        while todo:
            alias = todo.pop()
            group.add(alias)
            todo |= near[alias] - group
        for alias, (line, row) in family.items():
            if alias not in group:
                nearest = max((v for pair, v in share.items() if alias in pair and group & set(pair)), default=0.0)
                found.append(Stranger(line, row, nearest))
    return found


def row_problems(row: AliasRow, *, house: bool) -> list[str]:
    """What is wrong in a row by itself."""
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
    if row.kind and row.kind not in _KINDS:
        found.append(f"kind {row.kind!r} is not one of {', '.join(_KINDS)}")
    if row.language and not _LANGUAGE.fullmatch(row.language):
        found.append(f"language {row.language!r} is not like 'en' or 'zh-hant'")
    if house:
        if not (match := _ID.fullmatch(row.entity_id)):
            found.append(f"entity_id {row.entity_id!r} is not like 'per:jalil-abbas-jilani'")
        elif row.kind not in (_KIND_OF[match[1]], REDIRECT):
            found.append(f"entity_id {row.entity_id!r} does not go with kind {row.kind!r}")
        if not row.source and row.kind != REDIRECT:
            found.append(f"alias {row.alias!r} has no source")
    return found


def _columns(path: str | os.PathLike[str], *, house: bool) -> list[tuple[int, str]]:
    """Columns that nothing reads. A user may have some, but not one that is a known one misspelled."""
    line, header = read_header(path)
    lacking = [column for column in ALIAS_COLUMNS if column not in header]
    found = []
    for column in header:
        if column not in ALIAS_COLUMNS:
            meant = get_close_matches(column, lacking, 1)
            if house or meant:
                hint = f"; is {meant[0]!r} meant?" if meant else ""
                found.append((line, f"column {column!r} is not one of {', '.join(ALIAS_COLUMNS)}{hint}"))
    return found


def _leads(rows: list[tuple[int, AliasRow]], *, house: bool) -> list[tuple[int, str]]:
    """Redirects that lead nowhere. A user's own may lead into the shipped table."""
    leads = {row.entity_id: row.canonical for _, row in rows if row.kind == REDIRECT}
    ends = follow(leads)
    ids = {row.entity_id for _, row in rows}
    found = []
    for line, row in rows:
        if row.kind == REDIRECT:
            if row.entity_id not in ends:
                found.append((line, f"{row.entity_id} leads to {row.canonical}, which leads back to it"))
            elif house and ends[row.entity_id] not in ids:
                found.append((line, f"{row.entity_id} leads to {ends[row.entity_id]}, which is not there"))
    return found


def _entities(rows: list[tuple[int, AliasRow]], *, house: bool) -> list[tuple[int, str]]:
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
        if house and row.kind != REDIRECT and row.canonical not in aliases[entity_id]:
            found.append((line, f"{entity_id} has no row with its canonical spelling {row.canonical!r} as alias"))
    return found


def _claims(rows: list[tuple[int, AliasRow]], *, house: bool) -> list[tuple[int, str]]:
    """A spelling that two entities of one kind share needs a note on both, so that nobody takes it for an oversight.

    In a user's own table one note will do: the row that was there first need not be touched.
    """
    found = []
    owners: defaultdict[tuple[str, str], list[tuple[int, AliasRow]]] = defaultdict(list)
    for line, row in rows:
        if row.kind != REDIRECT:
            owners[row.kind, row.alias.casefold()].append((line, row))
    for claims in owners.values():
        if len({row.entity_id for _, row in claims}) < 2 or (not house and any(row.note for _, row in claims)):
            continue
        for line, row in claims:
            if not row.note:
                others = ", ".join(sorted({other.entity_id for _, other in claims} - {row.entity_id}))
                rows_need = "both rows need" if house else "one row needs"
                found.append((line, f"{row.alias!r} is also claimed by {others}: {rows_need} a note that says why"))
    return found


def _order(rows: list[tuple[int, AliasRow]]) -> list[tuple[int, str]]:
    """The first row out of order: naming all that follow it would say nothing more."""
    for (_, before), (line, row) in pairwise(rows):
        if row < before:
            return [(line, f"{row.entity_id} {row.alias!r} is not in order: it belongs before {before.alias!r}")]
    return []

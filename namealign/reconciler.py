"""A name in, the entities it may be out: walks the stages over one shelf of names or several.

text -> normalize -> romanize -> parse -> encode -> candidates -> compare -> decide -> entity
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from namealign.cache import cached, cached_for
from namealign.compare import IDENTICAL, Scorer, scorer
from namealign.decide import Policy, decide, probability
from namealign.errors import TableError
from namealign.model import Decision, Entity, Kind, Match
from namealign.parse import read
from namealign.parts import Part
from namealign.redirects import leads, redirected
from namealign.search import MORE, Found, Kinds, Searched, ranked
from namealign.shelf import Shelf, from_parts, identity_key, parts_of
from namealign.tables import REDIRECT, AliasRow, data_dir, read_aliases, user_table

if TYPE_CHECKING:
    from namealign.bulk_lookup import Asked

__all__ = ["Reconciler"]

# From this many queries on, loading the compiled kernel (about a second from its cache) pays for itself: an interpreted
# query of the shipped table takes 10 to 40 ms, and more where nothing sure is found.
BULK_QUERIES = 60
# The interpreter reads and indexes some 3,000 spellings in the second that the compiled work needs to begin.
BULK_SPELLINGS = 3000
# A name can be but one entity: the best of so many are weighed against one another. More are seldom compared.
RIVALS = MORE + 2
# Names looked up at once, between two calls of `progress`: a bound on memory.
PIECE = 20_000


class Reconciler:
    """Looks names up among the entities of one or more tables.

    >>> known = Reconciler.from_names({"a": ["Muammar Gaddafi"], "b": ["Hosni Mubarak"]})
    >>> known.lookup("Moammar Kadhafi")[0].entity.id
    'a'
    """

    def __init__(self, shelves: Iterable[Shelf], *, policy: Policy | None = None) -> None:
        self.policy = policy or Policy()
        self._scorer: Scorer = scorer()
        found = list(shelves)
        # The ids that were merged into others, and where each leads.
        self.moved = leads(found)
        self._shelves = [Searched(shelf, self._scorer) for shelf in redirected(found, self.moved)]
        self._asked: Asked | None = None
        # Where a shelf was compiled, NumPy and Numba are loaded already.
        self._count = BULK_QUERIES if any(one.shelf.compiled for one in self._shelves) else 0

    @classmethod
    def load(
        cls,
        *tables: str | os.PathLike[str],
        shipped: bool = True,
        index: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] = (),
        policy: Policy | None = None,
    ) -> Reconciler:
        """The shipped alias table and the user's own beside it (`shipped=False`: instead of it).

        A user's rows of a shipped entity's id add spellings to it, and a redirect in any table holds for all of them:
        who was merged into another entity is shown as that. `index` is a file that `namealign index build` (or
        `namealign.indexing.build_index`) made of a large table, or several such files. Raises TableError for a
        malformed table, for an index of another version, or when no table is left to load.
        """
        indexes = [index] if isinstance(index, str | os.PathLike) else list(index)
        if not shipped and not tables and not indexes:
            raise TableError("no table to look names up in: name one, or do not leave the shipped one out")
        shelves = [_shipped()] if shipped else []
        own = user_table()
        if own is not None and list(map(Path, tables)) == [own]:
            # The table that every command reads is kept indexed, as the shipped one is.
            shelves.append(_own(own))
        elif tables:
            rows = [row for path in tables for row in read_aliases(path)]
            shelves.append(_shelf(_entities(rows), len(rows)))
        if indexes:
            # SQLite is loaded only where an index is asked for.
            from namealign.authority import open_shelf

            shelves += map(open_shelf, indexes)
        return cls(shelves, policy=policy)

    @classmethod
    def from_names(
        cls, names: Mapping[str, Sequence[str]], *, kind: Kind | str = Kind.PERSON, policy: Policy | None = None
    ) -> Reconciler:
        """Entities from `{id: [spelling, ...]}`; the first spelling is the canonical one."""
        rows = (
            (Entity(key, kind, spellings[0] if spellings else key, tuple(spellings)), spellings)
            for key, spellings in names.items()
        )
        return cls([_shelf(rows, sum(map(len, names.values())))], policy=policy)

    @property
    def entities(self) -> Iterator[Entity]:
        """Every entity, shelf by shelf; one that stands in two tables, or was merged, comes twice."""
        for searched in self._shelves:
            for number in range(len(searched.shelf.ids)):
                if searched.shelf.kinds[number] != REDIRECT:
                    yield searched.shelf.entity(number)

    def current_id(self, entity_id: str) -> str:
        """The id that an entity has now: another one only where it was merged into another entity.

        What was written down with an old id (last year's decisions, a cleaned table) is understood by it.
        """
        return self.moved.get(entity_id, entity_id)

    @property
    def elements(self) -> Iterator[Entity]:
        """The families of name elements among the entities."""
        for searched in self._shelves:
            for number, kind in enumerate(searched.shelf.kinds):
                if kind == Kind.ELEMENT:
                    yield searched.shelf.entity(number)

    def find(self, ids: Iterable[str]) -> dict[str, Entity]:
        """The entities of these ids, as far as the tables have them."""
        wanted = set(ids)
        found: dict[str, Entity] = {}
        for searched in self._shelves:
            for number, key in enumerate(searched.shelf.ids if wanted else ()):
                if key in wanted and searched.shelf.kinds[number] != REDIRECT:
                    wanted.remove(key)
                    found[key] = searched.shelf.entity(number)
        return found

    def lookup(
        self, name: str, *, limit: int = 5, kind: Kind | str | None = None, language: str | None = None
    ) -> list[Match]:
        """The entities that a name may be, best first, at most `limit`; weak ones too, so that a caller sees what came
        closest. The probability says how good each is.
        """
        self._count += 1
        if self._asked is not None or self._count > BULK_QUERIES:
            [found] = self._compiled([name], Kinds(kind), limit, language, few=limit + MORE)
        else:
            found = self._interpreted(name, Kinds(kind), limit, language, few=limit + MORE)
        return [self._match(name, one, language) for one in found]

    def lookup_many(
        self,
        names: Sequence[str],
        *,
        limit: int = 1,
        kinds: Iterable[Kind | str] = (),
        language: str | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> list[Decision]:
        """A decision for each name, in order. Elements (name parts that many bear) are never what a name is; with
        `kinds` nothing is that is of another kind than these.
        """
        distinct = list(dict.fromkeys(names))
        known: dict[str, Decision] = {}
        wanted = Kinds(but=Kind.ELEMENT, among=frozenset(map(str, kinds)))
        most = max(RIVALS, limit)

        def settle(name: str, found: Sequence[Found]) -> None:
            matches = [self._match(name, one, language) for one in found[:limit]]
            others = [probability(one.odds) for one in found[limit:]]
            known[name] = decide(name, matches, self.policy, limit=limit, others=others)

        if limit == 1 and language is None:
            # What stands in a table just so need not be read, nor held against what resembles it.
            for name in distinct:
                if found := self._spelled(name, wanted):
                    settle(name, found)
        rest = [name for name in distinct if name not in known] if known else distinct
        compiled = self._asked is not None or len(rest) >= BULK_QUERIES
        for begin in range(0, len(rest), PIECE if compiled else 1):
            piece = rest[begin : begin + (PIECE if compiled else 1)]
            if compiled:
                every = self._compiled(piece, wanted, most, language, few=max(2, limit) + MORE)
            else:
                every = [self._interpreted(piece[0], wanted, most, language, few=max(2, limit) + MORE)]
            for name, found in zip(piece, every, strict=True):
                settle(name, found)
            if progress is not None:
                progress(len(known), len(distinct))
        return [known[name] for name in names]

    def _spelled(self, name: str, kinds: Kinds) -> list[Found]:
        """The entities that are spelled just as a name, where the very letters stand in a table: two at most.

        They are what `_interpreted` finds first: nothing else is as certain.
        """
        identities = next(filter(None, (searched.spelled(name) for searched in self._shelves)), [])
        best: dict[str, Found] = {}
        for reading, (names, name_number, same) in enumerate(identities):
            for searched in self._shelves:
                for k in searched.identical(names, name_number, same, kinds):
                    best.setdefault(searched.shelf.ids[searched.shelf.owner[k]], Found(searched, k, reading, IDENTICAL))
        return [best[key] for key in sorted(best)[:2]]

    def _match(self, name: str, found: Found, language: str | None) -> Match:
        shelf = found.searched.shelf
        return Match(
            found.searched.entity(shelf.owner[found.name]),
            shelf.aliases[shelf.alias_of[found.name]],
            probability(found.odds),
            partial(found.searched.why, name, language, found.reading, found.name, found.odds),
        )

    def _interpreted(self, name: str, kinds: Kinds, limit: int, language: str | None, *, few: int) -> list[Found]:
        """What a name may be, best first: at most `limit` entities, of `few` names compared in any case."""
        readings = read(name, language=language)
        store = self._scorer.names(readings)
        best: dict[str, Found] = {}
        for i, reading in enumerate(readings):
            for searched in self._shelves:
                shelf = searched.shelf
                for found, odds in searched.find(store, i, identity_key(reading), reading.script, kinds, few):
                    key = shelf.ids[shelf.owner[found]]
                    if key not in best or odds > best[key].odds:
                        best[key] = Found(searched, found, i, odds)
        return [found for _, found in sorted(best.items(), key=lambda item: (-item[1].odds, item[0]))[:limit]]

    def _compiled(
        self, names: Sequence[str], kinds: Kinds, limit: int, language: str | None, *, few: int
    ) -> list[list[Found]]:
        """The same of many names at once, over arrays."""
        if self._asked is None:
            from namealign.bulk_lookup import Asked

            self._asked = Asked(self._scorer)
        asked = self._asked
        with asked.reads.lock:
            texts, wanted = asked.read(names, language)
            met = [
                (
                    searched,
                    *searched.compiled(kinds),
                )
                for searched in self._shelves
            ]
            nearest = [finder.meet(asked, texts, wanted) for _, finder, _ in met]
        found = [
            (searched, finder.find(texts, close, allowed, few=few))
            for (searched, finder, allowed), close in zip(met, nearest, strict=True)
        ]
        return ranked(found, len(names), limit, distinct=not self.moved)

    def bearers(self, element_id: str, *, limit: int = 10) -> list[Entity]:
        """The entities one of whose spellings holds a spelling of an element, in the order of the tables."""
        wanted: set[str] = set()
        for searched in self._shelves:
            wanted |= searched.single_tokens(element_id)
        found: dict[str, Entity] = {}
        for searched in self._shelves:
            for entity in searched.holding(wanted):
                found.setdefault(entity.id, entity)
                if len(found) == limit:
                    return list(found.values())
        return list(found.values())


def _shelf(rows: Iterable[tuple[Entity, Sequence[str]]], spellings: int) -> Shelf:
    """An indexed shelf: compiled work pays for itself from so many spellings on."""
    if spellings < BULK_SPELLINGS:
        return Shelf.build(rows, scorer().names(()))
    from namealign.bulk_index import build_shelf

    return build_shelf(rows, scorer())


def _shipped() -> Shelf:
    """The shelf of the shipped alias table, from the cache or built now."""
    path = data_dir() / "aliases.csv"
    parts = cached("index", lambda: parts_of(Shelf.build(_entities(read_aliases(path)), scorer().names(()))))
    return from_parts(parts, path)


def _own(path: Path) -> Shelf:
    """The shelf of the user's own table, from the cache or built now."""

    def build() -> Iterable[Part]:
        return parts_of(Shelf.build(_entities(read_aliases(path)), scorer().names(())))

    try:
        return from_parts(cached_for(path, "own", build), path)
    except OSError as error:
        raise TableError(f"{path}: {error.strerror or error}") from error


def _entities(rows: Iterable[AliasRow]) -> list[tuple[Entity, Sequence[str]]]:
    """Rows grouped by entity, in the order of their first row; the canonical spelling is always among the aliases.

    Redirects come last, as entities without a spelling.
    """
    grouped: dict[str, tuple[str, str, dict[str, None]]] = {}
    redirects: list[tuple[Entity, Sequence[str]]] = []
    for row in rows:
        if row.kind == REDIRECT:
            redirects.append((Entity(row.entity_id, REDIRECT, row.canonical), ()))
            continue
        known = grouped.setdefault(row.entity_id, (row.kind, row.canonical, {row.canonical: None}))
        known[2][row.alias] = None
    return [
        (Entity(key, Kind(kind), canonical, tuple(spellings)), tuple(spellings))
        for key, (kind, canonical, spellings) in grouped.items()
    ] + redirects

"""A name in, the entities it may be out: walks the stages over one shelf of names or several.

text -> normalize -> romanize -> parse -> encode -> candidates -> compare -> decide -> entity
"""

from __future__ import annotations

import os
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from namealign.cache import cached, cached_for
from namealign.candidates import (
    LEAST_SHARE,
    LEVELS,
    MAX_ALONE,
    MAX_NAMES,
    MOST,
    SURE,
    SURE_SHARE,
    gather,
    near,
    query_tokens,
)
from namealign.compare import IDENTICAL, Scorer, scorer
from namealign.decide import Policy, decide, probability
from namealign.encode import NameStore, blocking_keys, token_key
from namealign.errors import TableError
from namealign.measure import CEILING, sealed_apart
from namealign.model import Decision, Entity, Evidence, Kind, Match
from namealign.parse import read
from namealign.parts import Part
from namealign.redirects import leads, redirected
from namealign.shelf import Shelf, from_parts, identity_key, parts_of
from namealign.tables import REDIRECT, AliasRow, data_dir, read_aliases, user_table

if TYPE_CHECKING:
    from namealign.bulk_lookup import Asked, Finder

__all__ = ["Reconciler"]

# From this many queries on, loading the compiled kernel (about a second from its cache) pays for itself: an interpreted
# query of the shipped table takes 10 to 40 ms, and more where nothing sure is found.
BULK_QUERIES = 60
# The interpreter reads and indexes some 3,000 spellings in the second that the compiled work needs to begin.
BULK_SPELLINGS = 3000
# (tokens scored for a query token, names compared) by the interpreter: a quick look finds what the table spells; only
# where it finds nothing sure is the thorough look, some 200 ms, worth its wait.
QUICK = (20, 12)
THOROUGH = (MAX_ALONE, MAX_NAMES)
# Names looked up at once, between two calls of `progress`, and entities kept: bounds on memory.
PIECE = 20_000
# Names compared beyond those asked for: the best one may be gathered a little later.
MORE = 3
ENTITIES = 50_000


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
        self._shelves = [_Searched(shelf, self._scorer) for shelf in redirected(found, self.moved)]
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
            [found] = self._compiled([name], _Kinds(kind), limit, language)
        else:
            found = self._interpreted(name, _Kinds(kind), limit, language)
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
        compiled = self._asked is not None or len(distinct) >= BULK_QUERIES
        wanted = _Kinds(but=Kind.ELEMENT, among=frozenset(map(str, kinds)))
        most = max(2, limit)
        for begin in range(0, len(distinct), PIECE if compiled else 1):
            piece = distinct[begin : begin + (PIECE if compiled else 1)]
            if compiled:
                found = self._compiled(piece, wanted, most, language)
            else:
                found = [self._interpreted(piece[0], wanted, most, language)]
            for name, ranked in zip(piece, found, strict=True):
                known[name] = decide(
                    name, [self._match(name, one, language) for one in ranked], self.policy, limit=limit
                )
            if progress is not None:
                progress(begin + len(piece), len(distinct))
        return [known[name] for name in names]

    def _match(self, name: str, found: _Found, language: str | None) -> Match:
        shelf = found.searched.shelf
        return Match(
            found.searched.entity(shelf.owner[found.name]),
            shelf.aliases[shelf.alias_of[found.name]],
            probability(found.odds),
            partial(found.searched.why, name, language, found.reading, found.name, found.odds),
        )

    def _interpreted(
        self, name: str, kinds: _Kinds, limit: int, language: str | None
    ) -> list[_Found]:  # fmt: skip
        """What a name may be, best first."""
        readings = read(name, language=language)
        store = self._scorer.names(readings)
        best: dict[str, _Found] = {}
        for i, reading in enumerate(readings):
            for searched in self._shelves:
                shelf = searched.shelf
                for found, odds in searched.find(store, i, identity_key(reading), kinds, limit + MORE):
                    key = shelf.ids[shelf.owner[found]]
                    if key not in best or odds > best[key].odds:
                        best[key] = _Found(searched, found, i, odds)
        return [found for _, found in sorted(best.items(), key=lambda item: (-item[1].odds, item[0]))[:limit]]

    def _compiled(self, names: Sequence[str], kinds: _Kinds, limit: int, language: str | None) -> list[list[_Found]]:
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
            (searched, finder.find(texts, close, allowed, few=limit + MORE))
            for (searched, finder, allowed), close in zip(met, nearest, strict=True)
        ]
        return [_ranked([(searched, columns, t) for searched, columns in found], limit) for t in range(len(names))]

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


class _Kinds(NamedTuple):
    """Which entities are wanted: of one kind, or of all but one, or of some."""

    only: str | None = None
    but: str | None = None
    among: frozenset[str] = frozenset()

    def hold(self, kind: str) -> bool:
        """Whether an entity of this kind is wanted."""
        return self.only in (None, kind) and self.but != kind and (not self.among or kind in self.among)


class _Found(NamedTuple):
    """One entity that a name may be: the shelf, the indexed name, which reading met it, and the log-odds."""

    searched: _Searched
    name: int
    reading: int
    odds: float


class _Searched:
    """A shelf and the way it is searched: interpreted at first, compiled when there is much to ask."""

    def __init__(self, shelf: Shelf, score: Scorer) -> None:
        self.shelf = shelf
        self.scorer = score
        self.finder: Finder | None = None
        self._allowed: dict[_Kinds, Any] = {}
        self._entities: dict[int, Entity] = {}

    def compiled(self, kinds: _Kinds) -> tuple[Finder, Any]:
        """The compiled search, and which entities are of these kinds."""
        if self.finder is None:
            from namealign.bulk_lookup import Finder

            self.finder = Finder(self.shelf, self.scorer)
        allowed = self._allowed.get(kinds)
        if allowed is None:
            allowed = self._allowed[kinds] = self.finder.those(map(kinds.hold, self.shelf.kinds))
        return self.finder, allowed

    def entity(self, number: int) -> Entity:
        """The entity of a number; the last ones asked for are kept."""
        known = self._entities.get(number)
        if known is None:
            if len(self._entities) >= ENTITIES:
                self._entities.clear()
            known = self._entities[number] = self.shelf.entity(number)
        return known

    def find(self, store: NameStore, name: int, same: int, kinds: _Kinds, few: int) -> list[tuple[int, float]]:
        """(indexed name, log-odds) of the names worth comparing with a stored one, `few` of them at least."""
        found = self._found(store, name, same, kinds, few, *QUICK)
        # The spellings of a name element can fill the quick look: who bears it is then still to be found.
        held, owner = self.shelf.kinds, self.shelf.owner
        if max((odds for k, odds in found if held[owner[k]] != Kind.ELEMENT), default=0.0) < SURE:
            found = self._found(store, name, same, kinds, few, *THOROUGH)
        return found

    def _found(
        self, store: NameStore, name: int, same: int, kinds: _Kinds, few: int, most_tokens: int, most_names: int
    ) -> list[tuple[int, float]]:
        names, score, index = self.shelf.names, self.scorer, self.shelf.index
        asked, unit, keys, part = query_tokens(store, name)
        ws = score.reserve(max(store.tokens.longest, names.tokens.longest))
        # Dictionaries for what must have a cell for each token or name: a lookup touches few of them.
        shared: Any = defaultdict(float)
        near_first: list[int] = []
        near_count: list[int] = []
        near_token: list[int] = []
        near_value: list[float] = []
        for token, own, role in zip(asked, keys, part, strict=True):
            most = min(most_tokens, MOST[role])
            places, values = [0] * most, [0.0] * most
            count = near(
                store.tokens, token, own, 0, len(own), names.tokens, index, score.edits.weights, score.edits.size,
                ws.work, ws.loss, [0] * len(own), [0] * len(own), {}, shared, [0] * LEVELS, most, places, values,
            )  # fmt: skip
            near_first.append(len(near_token))
            near_count.append(count)
            near_token += places[:count]
            near_value += values[:count]
        units = sorted(set(unit))
        asked_first = [unit.index(u) for u in units] + [len(unit)]
        out = [0] * min(most_names, len(self.shelf.owner))
        share = [0.0] * len(out)
        taken = gather(
            store.tokens, store, name, asked_first, range(len(asked)), near_first, near_count, near_token, near_value,
            names.tokens, names, index, defaultdict(float), defaultdict(float), defaultdict(int), {},
            defaultdict(float), [0] * len(units), [0] * len(units), out, share,
        )  # fmt: skip
        # What `bulk_lookup` does, in the interpreter.
        found: list[tuple[int, float]] = []
        best = -CEILING
        for c, k in enumerate(out[:taken]):
            if c >= few and share[c] < share[0] * (SURE_SHARE if best >= SURE else LEAST_SHARE):
                break
            if kinds.hold(self.shelf.kinds[self.shelf.owner[k]]):
                identical = self.shelf.same[k] == same and not sealed_apart(store, name, names, k)
                odds = IDENTICAL if identical else score.log_odds(store, name, names, k)
                best = max(best, odds)
                found.append((k, odds))
        return found

    def why(self, name: str, language: str | None, reading: int, found: int, odds: float) -> tuple[Evidence, ...]:
        """The evidence of one match."""
        names = self.shelf.names
        if odds == IDENTICAL:
            units = names.unit[names.first[found] : names.first[found + 1]]
            text = " ".join(names.tokens.text[unit] for unit in units)
            return (Evidence("identical", text, text, weight=IDENTICAL),)
        return self.scorer.evidence(self.scorer.names(read(name, language=language)), reading, names, found)

    def single_tokens(self, element_id: str) -> set[str]:
        """The tokens that alone spell an element."""
        shelf, names = self.shelf, self.shelf.names
        if not shelf.elements:
            return set()
        number = next((i for i, key in enumerate(shelf.ids) if key == element_id), None)
        return {
            names.tokens.text[names.unit[names.first[k]]]
            for k, owner in enumerate(shelf.owner)
            if owner == number and names.first[k + 1] - names.first[k] == 1
        }

    def holding(self, wanted: set[str]) -> Iterator[Entity]:
        """Entities, not elements, with a name that holds one of these tokens."""
        shelf, index, tokens = self.shelf, self.shelf.index, self.shelf.names.tokens
        owners: set[int] = set()
        for text in wanted:
            # The first blocking key of a token is that of the token itself.
            exact = blocking_keys(text)[0]
            at = bisect_left(index.key, exact)
            if at == len(index.key) or index.key[at] != exact:
                continue
            key = token_key(text.replace("'", ""))
            for token in index.key_token[index.key_first[at] : index.key_first[at + 1]]:
                if tokens.key[token] == key:
                    posts = index.post_name[index.post_first[token] : index.post_first[token + 1]]
                    owners.update(shelf.owner[name] for name in posts)
        for owner in sorted(owners):
            if shelf.kinds[owner] != Kind.ELEMENT:
                yield shelf.entity(owner)


def _ranked(found: Sequence[tuple[_Searched, Any, int]], limit: int) -> list[_Found]:
    """The best of what shelves found for text t, each entity once."""
    best: dict[str, _Found] = {}
    for searched, columns, t in found:
        first, count = columns.first[t], columns.count[t]
        shelf = searched.shelf
        for k in range(first, first + count):
            # What is equal to the last that has a place is kept, for the order of the ids to choose.
            if k >= first + limit and columns.odds[k] < columns.odds[first + limit - 1]:
                break
            one = _Found(searched, int(columns.name[k]), int(columns.reading[k]), float(columns.odds[k]))
            key = shelf.ids[int(columns.owner[k])]
            if key not in best or one.odds > best[key].odds:
                best[key] = one
    return [found for _, found in sorted(best.items(), key=lambda item: (-item[1].odds, item[0]))[:limit]]


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

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
from namealign.candidates import MAX_NAMES, MAX_TOKENS, gather, query_tokens
from namealign.compare import IDENTICAL, Scorer, scorer
from namealign.decide import Policy, decide, probability
from namealign.encode import NameStore
from namealign.errors import TableError
from namealign.model import Decision, Entity, Evidence, Kind, Match
from namealign.parse import read
from namealign.parts import Part
from namealign.redirects import leads, redirected
from namealign.shelf import Shelf, from_parts, identity_key, parts_of
from namealign.tables import REDIRECT, AliasRow, data_dir, read_aliases, user_table

if TYPE_CHECKING:
    from namealign.bulk import Finder

__all__ = ["Reconciler"]

# From this many queries on, loading the compiled kernel (about a second from its cache) pays for itself: an interpreted
# query of the shipped table takes 10 to 40 ms, and more where nothing sure is found.
BULK_QUERIES = 60
# (tokens scored for a query token, names compared) by the interpreter: a quick look finds what the table spells; only
# where it finds nothing sure is the thorough look, some 200 ms, worth its wait.
QUICK = (60, 12)
THOROUGH = (MAX_TOKENS, MAX_NAMES)
SURE = 2.0


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

    @classmethod
    def load(cls, *tables: str | os.PathLike[str], shipped: bool = True, policy: Policy | None = None) -> Reconciler:
        """The shipped alias table and the user's own beside it (`shipped=False`: instead of it).

        A user's rows of a shipped entity's id add spellings to it, and a redirect in any table holds for all of them:
        who was merged into another entity is shown as that. Raises TableError for a malformed table, or when no
        table is left to load.
        """
        if not shipped and not tables:
            raise TableError("no table to look names up in: name one, or do not leave the shipped one out")
        shelves = [_shipped()] if shipped else []
        own = user_table()
        if own is not None and list(map(Path, tables)) == [own]:
            # The table that every command reads is kept indexed, as the shipped one is.
            shelves.append(_own(own))
        elif tables:
            rows = [row for path in tables for row in read_aliases(path)]
            shelves.append(Shelf.build(_entities(rows), scorer().names(())))
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
        return cls([Shelf.build(rows, scorer().names(()))], policy=policy)

    @property
    def entities(self) -> Iterator[Entity]:
        """Every entity, shelf by shelf; one that stands in two tables, or was merged, comes twice."""
        for searched in self._shelves:
            for number in range(len(searched.shelf.ids)):
                if searched.shelf.kinds[number] != REDIRECT:
                    yield searched.shelf.entity(number)

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
        readings = read(name, language=language)
        store = self._scorer.names(readings)
        # By entity id, since several tables may speak of one entity: (log-odds, shelf, indexed name, reading).
        best: dict[str, tuple[float, _Searched, int, int]] = {}
        for i, reading in enumerate(readings):
            for searched in self._shelves:
                shelf = searched.shelf
                for found, odds in searched.find(store, i, identity_key(reading)):
                    owner = shelf.owner[found]
                    if kind is not None and shelf.kinds[owner] != kind:
                        continue
                    key = shelf.ids[owner]
                    if key not in best or odds > best[key][0]:
                        best[key] = (odds, searched, found, i)
        ranked = sorted(best.items(), key=lambda item: (-item[1][0], item[0]))
        return [
            Match(
                searched.shelf.entity(searched.shelf.owner[found]),
                searched.shelf.aliases[searched.shelf.alias_of[found]],
                probability(odds),
                partial(searched.why, store, i, found, odds),
            )
            for _, (odds, searched, found, i) in ranked[:limit]
        ]

    def lookup_many(
        self,
        names: Sequence[str],
        *,
        limit: int = 1,
        language: str | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> list[Decision]:
        """A decision for each name, in order. Elements (name parts that many bear) are never what a name is."""
        distinct = dict.fromkeys(names)
        if len(distinct) >= BULK_QUERIES:
            for searched in self._shelves:
                searched.compile()
        known: dict[str, Decision] = {}
        for at, name in enumerate(distinct):
            matches = self.lookup(name, limit=limit + 4, language=language)
            entities = [m for m in matches if m.entity.kind != Kind.ELEMENT]
            known[name] = decide(name, entities, self.policy, limit=limit)
            if progress is not None:
                progress(at + 1, len(distinct))
        return [known[name] for name in names]

    def bearers(self, element_id: str, *, limit: int = 10) -> list[Entity]:
        """The entities one of whose spellings holds a spelling of an element, in the order of the tables."""
        wanted: set[int] = set()
        for searched in self._shelves:
            wanted |= searched.single_tokens(element_id)
        found: dict[str, Entity] = {}
        for searched in self._shelves:
            for entity in searched.holding(wanted):
                found.setdefault(entity.id, entity)
                if len(found) == limit:
                    return list(found.values())
        return list(found.values())


class _Searched:
    """A shelf and the way it is searched: interpreted at first, compiled when there is much to ask."""

    def __init__(self, shelf: Shelf, score: Scorer) -> None:
        self.shelf = shelf
        self.scorer = score
        self.finder: Finder | None = None
        self.asked = 0

    def compile(self) -> Finder:
        """The compiled search."""
        if self.finder is None:
            from namealign.bulk import Finder

            self.finder = Finder(self.shelf.names, self.shelf.same, self.shelf.index, self.scorer)
        return self.finder

    def find(self, store: NameStore, name: int, same: int) -> list[tuple[int, float]]:
        """(indexed name, log-odds) of the names worth comparing with a stored one."""
        self.asked += 1
        if self.finder is not None or self.asked > BULK_QUERIES:
            return self.compile().find(store, name, same)
        found = self._interpreted(store, name, same, *QUICK)
        # The spellings of a name element can fill the quick look: who bears it is then still to be found.
        kinds, owner = self.shelf.kinds, self.shelf.owner
        if max((odds for k, odds in found if kinds[owner[k]] != Kind.ELEMENT), default=0.0) < SURE:
            found = self._interpreted(store, name, same, *THOROUGH)
        return found

    def _interpreted(
        self, store: NameStore, name: int, same: int, most_tokens: int, most_names: int
    ) -> list[tuple[int, float]]:
        names, score = self.shelf.names, self.scorer
        asked, unit, keys, keys_first = query_tokens(store, name)
        count = len(self.shelf.owner)
        ws = score.reserve(max(store.tokens.longest, names.tokens.longest))
        out = [0] * min(most_names, count)
        taken = gather(
            store.tokens, store, name, asked, unit, keys, keys_first, names.tokens, names, self.shelf.index,
            score.edits.weights, score.edits.size, ws.work, ws.loss, [0.0] * count, [0.0] * count, [0] * count,
            [0] * len(names.tokens.key), 1, [0] * count, most_tokens, out,
        )  # fmt: skip
        return [
            (k, IDENTICAL if self.shelf.same[k] == same else score.log_odds(store, name, names, k)) for k in out[:taken]
        ]

    def why(self, store: NameStore, query: int, found: int, odds: float) -> tuple[Evidence, ...]:
        """The evidence of one match."""
        names = self.shelf.names
        if odds == IDENTICAL:
            units = names.unit[names.first[found] : names.first[found + 1]]
            text = " ".join(names.tokens.text[unit] for unit in units)
            return (Evidence("identical", text, text, weight=IDENTICAL),)
        return self.scorer.evidence(store, query, names, found)

    def single_tokens(self, element_id: str) -> set[int]:
        """Keys of the tokens that alone spell an element."""
        shelf, names = self.shelf, self.shelf.names
        number = next((i for i, key in enumerate(shelf.ids) if key == element_id), None)
        return {
            names.tokens.key[names.unit[names.first[k]]]
            for k, owner in enumerate(shelf.owner)
            if owner == number and names.first[k + 1] - names.first[k] == 1
        }

    def holding(self, wanted: set[int]) -> Iterator[Entity]:
        """Entities, not elements, with a name that holds one of these tokens."""
        shelf, names = self.shelf, self.shelf.names
        tokens = {token for token, key in enumerate(names.tokens.key) if key in wanted}
        held = {k for token in tokens for k in range(shelf.index.post_first[token], shelf.index.post_first[token + 1])}
        for owner in sorted({shelf.owner[shelf.index.post_name[k]] for k in held}):
            if shelf.kinds[owner] != Kind.ELEMENT:
                yield shelf.entity(owner)


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

"""A name in, the entities it may be out: walks the stages over an indexed table.

text -> normalize -> romanize -> parse -> encode -> candidates -> compare -> decide -> entity
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from namealign.candidates import MAX_NAMES, Index, build_index, gather, query_tokens
from namealign.compare import IDENTICAL, Scorer, scorer
from namealign.decide import Policy, decide, probability
from namealign.encode import NameStore, token_key
from namealign.errors import TableError
from namealign.model import Decision, Entity, Evidence, Kind, Match, Name
from namealign.parse import read
from namealign.tables import AliasRow, data_dir, read_aliases

if TYPE_CHECKING:
    from namealign.bulk import Finder

__all__ = ["Reconciler"]

# From this many indexed names or asked queries on, compiling (a second from the cache) pays for itself.
BULK_NAMES = 3000
BULK_QUERIES = 200


class Reconciler:
    """Looks names up among the entities of one or more tables.

    >>> known = Reconciler.from_names({"a": ["Muammar Gaddafi"], "b": ["Hosni Mubarak"]})
    >>> known.lookup("Moammar Kadhafi")[0].entity.id
    'a'
    """

    def __init__(self, rows: Iterable[tuple[Entity, Sequence[str]]], *, policy: Policy | None = None) -> None:
        self.policy = policy or Policy()
        self.entities: list[Entity] = []
        self._scorer: Scorer = scorer()
        self._names: NameStore = self._scorer.names(())
        self._same: list[int] = []
        self._alias: list[str] = []
        self._owner: list[int] = []
        for entity, spellings in rows:
            number = len(self.entities)
            self.entities.append(entity)
            for spelling in spellings:
                for name in read(spelling):
                    self._names.add(name)
                    self._same.append(_identity(name))
                    self._alias.append(spelling)
                    self._owner.append(number)
        self._built: Index | None = None
        self._finder: Finder | None = None
        self._asked = 0

    @classmethod
    def load(cls, *tables: str | os.PathLike[str], shipped: bool = True, policy: Policy | None = None) -> Reconciler:
        """The shipped alias table and the user's own beside it (`shipped=False`: instead of it).

        Raises TableError for a malformed table, or when no table is left to load.
        """
        paths = [*([data_dir() / "aliases.csv"] if shipped else []), *tables]
        if not paths:
            raise TableError("no table to look names up in: name one, or do not leave the shipped one out")
        return cls(_entities(row for path in paths for row in read_aliases(path)), policy=policy)

    @classmethod
    def from_names(
        cls, names: Mapping[str, Sequence[str]], *, kind: Kind | str = Kind.PERSON, policy: Policy | None = None
    ) -> Reconciler:
        """Entities from `{id: [spelling, ...]}`; the first spelling is the canonical one."""
        return cls(
            (
                (Entity(key, kind, spellings[0] if spellings else key, tuple(spellings)), spellings)
                for key, spellings in names.items()
            ),
            policy=policy,
        )

    @property
    def _index(self) -> Index:
        if self._built is None:
            self._built = build_index(self._names)
        return self._built

    def lookup(
        self, name: str, *, limit: int = 5, kind: Kind | str | None = None, language: str | None = None
    ) -> list[Match]:
        """The entities that a name may be, best first, at most `limit`; weak ones too, so that a caller sees what came
        closest. The probability says how good each is.
        """
        readings = read(name, language=language)
        store = self._scorer.names(readings)
        best: dict[int, tuple[float, int, int]] = {}
        for i, reading in enumerate(readings):
            for found, odds in self._find(store, i, _identity(reading)):
                owner = self._owner[found]
                if kind is not None and self.entities[owner].kind != kind:
                    continue
                if owner not in best or odds > best[owner][0]:
                    best[owner] = (odds, i, found)
        ranked = sorted(best.items(), key=lambda item: (-item[1][0], self.entities[item[0]].id))
        return [
            Match(
                self.entities[owner], self._alias[found], probability(odds), partial(self._why, store, i, found, odds)
            )
            for owner, (odds, i, found) in ranked[:limit]
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
        if len(names) >= BULK_QUERIES:
            self._compile()
        known: dict[str, Decision] = {}
        out = []
        for at, name in enumerate(names):
            if name not in known:
                matches = self.lookup(name, limit=limit + 4, language=language)
                known[name] = decide(
                    name, [m for m in matches if m.entity.kind != Kind.ELEMENT], self.policy, limit=limit
                )
            out.append(known[name])
            if progress is not None:
                progress(at + 1, len(names))
        return out

    def bearers(self, element_id: str, *, limit: int = 10) -> list[Entity]:
        """The other entities one of whose spellings holds a spelling of an element."""
        number = next((i for i, entity in enumerate(self.entities) if entity.id == element_id), None)
        if number is None:
            return []
        tokens = self._names.tokens
        wanted = {
            tokens.text[self._names.unit[self._names.first[name]]]
            for name, owner in enumerate(self._owner)
            if owner == number and self._names.first[name + 1] - self._names.first[name] == 1
        }
        found: dict[int, None] = {}
        for name, owner in enumerate(self._owner):
            if owner != number and owner not in found and self.entities[owner].kind != Kind.ELEMENT:
                units = range(self._names.first[name], self._names.first[name + 1])
                if any(tokens.text[self._names.unit[u]] in wanted for u in units):
                    found[owner] = None
        return [self.entities[owner] for owner in list(found)[:limit]]

    def _compile(self) -> Finder:
        if self._finder is None:
            from namealign.bulk import Finder

            self._finder = Finder(self._names, self._same, self._index, self._scorer)
        return self._finder

    def _find(self, store: NameStore, name: int, same: int) -> list[tuple[int, float]]:
        """(indexed name, log-odds) of the names worth comparing with a stored one."""
        self._asked += 1
        if self._finder is not None or len(self._owner) >= BULK_NAMES and self._asked > 1 or self._asked > BULK_QUERIES:
            return self._compile().find(store, name, same)
        asked, unit, keys, keys_first = query_tokens(store, name)
        count = len(self._owner)
        tokens = self._names.tokens
        self._scorer.reserve(max(store.tokens.longest, tokens.longest))
        out = [0] * min(MAX_NAMES, count)
        taken = gather(
            store.tokens, store, name, asked, unit, keys, keys_first, tokens, self._names, self._index, self._scorer.edits.weights,
            self._scorer.edits.size, self._scorer.workspace.work, self._scorer.workspace.loss, [0.0] * count, [0.0] * count, [0] * count,
            [0] * len(tokens.text), 1, [0] * count, out,
        )  # fmt: skip
        return [
            (k, IDENTICAL if self._same[k] == same else self._scorer.log_odds(store, name, self._names, k))
            for k in out[:taken]
        ]

    def _why(self, store: NameStore, query: int, found: int, odds: float) -> tuple[Evidence, ...]:
        if odds == IDENTICAL:
            text = " ".join(self._names.tokens.text[u] for u in self._units(found))
            return (Evidence("identical", text, text, weight=IDENTICAL),)
        return self._scorer.evidence(store, query, self._names, found)

    def _units(self, name: int) -> list[int]:
        return list(self._names.unit[self._names.first[name] : self._names.first[name + 1]])


def _identity(name: Name) -> int:
    return token_key(" ".join(token.text for token in name.tokens))


def _entities(rows: Iterable[AliasRow]) -> list[tuple[Entity, Sequence[str]]]:
    """Rows grouped by entity, in the order of their first row; the canonical spelling is always among the aliases."""
    grouped: dict[str, tuple[str, str, dict[str, None]]] = {}
    for row in rows:
        known = grouped.setdefault(row.entity_id, (row.kind, row.canonical, {row.canonical: None}))
        known[2][row.alias] = None
    return [
        (Entity(key, Kind(kind), canonical, tuple(spellings)), tuple(spellings))
        for key, (kind, canonical, spellings) in grouped.items()
    ]

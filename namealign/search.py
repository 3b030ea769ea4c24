"""A name's readings and a shelf of names in, the names it may be out: interpreted at first, compiled for many names.

One shelf at a time; `reconciler` puts together what several shelves hold.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

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
from namealign.compare import IDENTICAL, Scorer
from namealign.encode import NameStore, blocking_keys, token_key
from namealign.kernel import INITIAL, SEAL_KANA, SEAL_SCRIPT
from namealign.model import Entity, Evidence, Kind
from namealign.parse import read
from namealign.shelf import Shelf
from namealign.verdict import CEILING, UNDECIDED, sealed_alike, sealed_apart

if TYPE_CHECKING:
    from namealign.bulk_lookup import Finder
    from namealign.bulk_lookup import Found as Columns

__all__ = ["MORE", "Found", "Kinds", "Searched", "ranked"]

# (tokens scored for a query token, names compared) by the interpreter: a quick look finds what the table spells; only
# where it finds nothing sure is the thorough look, some 200 ms, worth its wait.
QUICK = (20, 12)
THOROUGH = (MAX_ALONE, MAX_NAMES)
# Names compared beyond those asked for: the best one may be gathered a little later.
MORE = 3
# Entities kept: a bound on memory.
ENTITIES = 50_000


class Kinds(NamedTuple):
    """Which entities are wanted: of one kind, or of all but one, or of some."""

    only: str | None = None
    but: str | None = None
    among: frozenset[str] = frozenset()

    def hold(self, kind: str) -> bool:
        """Whether an entity of this kind is wanted."""
        return self.only in (None, kind) and self.but != kind and (not self.among or kind in self.among)


class Found(NamedTuple):
    """One entity that a name may be: the shelf, the indexed name, which reading met it, and the log-odds."""

    searched: Searched
    name: int
    reading: int
    odds: float


class Searched:
    """A shelf and the way it is searched: interpreted at first, compiled when there is much to ask."""

    def __init__(self, shelf: Shelf, score: Scorer) -> None:
        self.shelf = shelf
        self.scorer = score
        self.finder: Finder | None = None
        self._allowed: dict[Kinds, Any] = {}
        self._entities: dict[int, Entity] = {}

    def compiled(self, kinds: Kinds) -> tuple[Finder, Any]:
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

    def spelled(self, name: str) -> list[tuple[Any, int, int]]:
        """A spelling that an entity has: for each reading the store, its number there and its identity; or nothing."""
        found = self.shelf.spelled(name)
        names = self.shelf.names
        # A name of nothing but initials is looked up as any other: it leads to too many.
        flags = [names.flags[u] for k in found for u in range(names.first[k], names.first[k + 1])]
        return [(names, k, self.shelf.same[k]) for k in found] if any(not flag & INITIAL for flag in flags) else []

    def identical(self, store: Any, name: int, same: int, kinds: Kinds) -> Iterator[int]:
        """The names of a stored name's identity whose own letters are not other ones: as many as would be compared."""
        shelf = self.shelf
        seal = store.seal[name]
        sealed = shelf.identical(seal, MAX_NAMES) if seal & SEAL_SCRIPT == SEAL_KANA else ()
        for k in dict.fromkeys((*shelf.identical(same, MAX_NAMES), *sealed)):
            if kinds.hold(shelf.kinds[shelf.owner[k]]) and not sealed_apart(store, name, shelf.names, k):
                yield k

    def find(
        self, store: NameStore, name: int, same: int, script: str, kinds: Kinds, few: int
    ) -> list[tuple[int, float]]:
        """(indexed name, log-odds) of the names worth comparing with a stored one, `few` of them at least."""
        found = self._found(store, name, same, script, kinds, few, *QUICK)
        # The spellings of a name element can fill the quick look: who bears it is then still to be found.
        held, owner = self.shelf.kinds, self.shelf.owner
        if max((odds for k, odds in found if held[owner[k]] != Kind.ELEMENT), default=0.0) < SURE:
            found = self._found(store, name, same, script, kinds, few, *THOROUGH)
        return found

    def _found(
        self,
        store: NameStore,
        name: int,
        same: int,
        script: str,
        kinds: Kinds,
        few: int,
        most_tokens: int,
        most_names: int,
    ) -> list[tuple[int, float]]:
        names, score, index = self.shelf.names, self.scorer, self.shelf.index
        asked, unit, keys, part = query_tokens(store, name)
        if not asked:
            return []
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
        # Who is spelled just so is found whatever the tokens lead to.
        same_names = set(self.identical(store, name, same, kinds))
        found = [(k, IDENTICAL) for k in sorted(same_names)]
        best = IDENTICAL if found else -CEILING
        for c, k in enumerate(out[:taken]):
            if c >= few and share[c] < share[0] * (SURE_SHARE if best >= SURE else LEAST_SHARE):
                break
            alike = k in same_names or sealed_alike(store, name, names, k)
            if not alike and kinds.hold(self.shelf.kinds[self.shelf.owner[k]]):
                odds = score.log_odds(store, name, names, k)
                # A Latin name is held against an entity's Latin spellings: what the others may read like is for review.
                if script == "Latn" and self.shelf.aside[k]:
                    odds = min(odds, UNDECIDED)
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
        asked = read(name, language=language)
        why = self.scorer.evidence(self.scorer.names(asked), reading, names, found)
        if asked[reading].script != "Latn" or not self.shelf.aside[found]:
            return why
        lower = min(0.0, UNDECIDED - sum(e.weight for e in why))
        return (*why, Evidence("aside", weight=lower)) if lower else why

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


def ranked(
    found: Sequence[tuple[Searched, Columns]], texts: int, limit: int, *, distinct: bool
) -> list[list[Found]]:  # fmt: skip
    """The best of what shelves found for each text, each entity once. `distinct`: no two on a shelf have one id."""
    if len(found) != 1 or not distinct:
        return [_ranked([(searched, columns, t) for searched, columns in found], limit) for t in range(texts)]
    [(searched, columns)] = found
    tied, count, names, readings, odds = columns.best(limit)
    # The entities of one shelf stand in order already, but for the order of the ids of equal ones.
    return [
        _ranked([(searched, columns, t)], limit)
        if tied[t]
        else [Found(searched, names[k][t], readings[k][t], odds[k][t]) for k in range(count[t])]
        for t in range(texts)
    ]


def _ranked(found: Sequence[tuple[Searched, Columns, int]], limit: int) -> list[Found]:
    """The best of what shelves found for text t."""
    best: dict[str, Found] = {}
    for searched, columns, t in found:
        first, count = columns.first[t], columns.count[t]
        shelf = searched.shelf
        for k in range(first, first + count):
            # What is equal to the last that has a place is kept, for the order of the ids to choose.
            if k >= first + limit and columns.odds[k] < columns.odds[first + limit - 1]:
                break
            one = Found(searched, int(columns.name[k]), int(columns.reading[k]), float(columns.odds[k]))
            key = shelf.ids[int(columns.owner[k])]
            if key not in best or one.odds > best[key].odds:
                best[key] = one
    return [found for _, found in sorted(best.items(), key=lambda item: (-item[1].odds, item[0]))[:limit]]

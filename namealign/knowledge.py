"""Alias and relation tables in, what they say of single tokens out: element families, cognate groups, nicknames.

A family is one name (`Jilani`: Geelani, Gilani, Djilani, جیلانی); its spellings count as known variants of one another.
Cognates (Yusuf, Joseph) and nicknames (Sasha for Aleksandr) are weaker: they share a hub, not a family.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from namealign.encode import Families, NameStore, Substrings, TokenStore
from namealign.model import Kind
from namealign.parse import read
from namealign.tables import AliasRow, data_dir, read_aliases, read_rows

__all__ = ["build_families", "families"]


@lru_cache(maxsize=1)
def families() -> Families:
    """The families of the shipped elements, with the shipped relations."""
    return build_families(read_aliases(data_dir() / "aliases.csv"))


def build_families(rows: Iterable[AliasRow]) -> Families:
    """Families of the element rows among `rows`.

    A plain token claimed by two families belongs to neither: its letters must speak. A name of several words is known
    by its words joined (`abdalrahman`), as an alignment meets them.
    """
    numbers: dict[str, int] = {}
    family: dict[str, int] = {}
    disputed: set[str] = set()
    for row in rows:
        if row.kind != Kind.ELEMENT:
            continue
        number = numbers.setdefault(row.entity_id, len(numbers))
        for token in _forms(row.alias):
            if family.setdefault(token, number) != number:
                disputed.add(token)
    for token in disputed:
        del family[token]
    parent = list(range(len(numbers)))

    def root(x: int) -> int:
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    nicknames: list[tuple[str, int]] = []
    path = data_dir() / "relations.csv"
    for _, (left, relation, right) in read_rows(path, ("left", "relation", "right")):
        if right not in numbers:
            continue
        if relation == "nickname":
            nicknames.append((left, numbers[right]))
        elif left in numbers:
            a, b = root(numbers[left]), root(numbers[right])
            parent[max(a, b)] = min(a, b)
    hub = {number: root(number) for number in range(len(numbers))}
    spare = len(numbers)
    for nickname, number in nicknames:
        for token in _forms(nickname):
            if token not in family and token not in disputed:
                family[token] = spare
                hub[spare] = root(number)
                spare += 1
    return Families(family, hub)


def _forms(spelling: str) -> set[str]:
    """The plain tokens by which an alignment may meet a spelling: its units joined, with and without a leading particle."""
    forms: set[str] = set()
    for name in read(spelling)[:1]:
        store = NameStore(TokenStore(Substrings([]), Families({}, {})))
        store.add(name)
        texts = store.tokens.text
        units = [texts[u] for u in store.unit]
        mark = "" if name.reading.vowels else "~"
        if len(units) == 1:
            forms.add(mark + units[0])
            if store.alt[0] >= 0:
                forms.add(mark + texts[store.alt[0]])
        elif len(units) == 2 and store.join[0] >= 0:
            forms.add(mark + texts[store.join[0]])
    return forms

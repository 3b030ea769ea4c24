"""The learned and curated tables in, what the scorer reads out: letter operations, trees, and facts about tokens.

A family is one name (`Jilani`: Geelani, Gilani, Djilani, جیلانی); its spellings count as known variants of one another.
Cognates (Yusuf, Joseph) and nicknames (Sasha for Aleksandr) are weaker: they share a hub, not a family. A nickname of
several names (Slava), or one that is a name of its own (Theo), is akin to the hub of each.
"""

from __future__ import annotations

from array import array
from collections.abc import Container, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from namealign.cache import cached
from namealign.edit import EditModel, edit_model
from namealign.encode import Facts, NameStore, Substrings, TokenStore
from namealign.errors import TableError
from namealign.kernel import KIN_BITS, MOST_KIN, ORIGIN_COUNT, ORIGINS, PLACES
from namealign.model import Kind, Role
from namealign.parse import read, roles
from namealign.parts import Part, Texts
from namealign.romanize import LANGUAGES, script_of
from namealign.tables import AliasRow, data_dir, read_aliases, read_rows
from namealign.trees import Forest, read_forest

__all__ = ["Knowledge", "build_families", "knowledge", "read_counts", "read_origins", "shipped_facts"]


class Knowledge(NamedTuple):
    """All that the scorer reads."""

    edits: EditModel
    trees: Forest
    facts: Facts


# A token that so many counted persons bear is a person's first of all: Petra (12) is no place, Cairo (3) is one.
BORNE = 8

# A token is a given name when so many bear it at the given end of their names, and this share of those who bear it at
# either end: an Arab's father's given name stands at the other. Of dev names that exchange two such tokens, 9 pairs are
# of two persons and 2 of one.
GIVEN = 5
GIVEN_SHARE = 0.35


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    """The shipped knowledge, from the cache or built from the tables."""
    return _from_parts(cached("knowledge", lambda: _parts(_build())))


def _build() -> Knowledge:
    return Knowledge(edit_model(), read_forest(data_dir() / "comparison_trees.csv"), shipped_facts())


def shipped_facts() -> Facts:
    """Counts and families as they stand in the tables."""
    persons, counts, given = read_counts(data_dir() / "token_counts.csv")
    borne = {token for token, count in counts.items() if count >= BORNE}
    family, hub, kin = build_families(read_aliases(data_dir() / "aliases.csv"), borne)
    origins = read_origins(data_dir() / "name_origins.csv", edit_model().substrings)
    return Facts.of(persons, counts, family, hub, origins, given, kin)


def read_origins(path: Path, substrings: Substrings) -> list[float]:
    """The weights of `kernel.origin`: what each substring, by its place in a token, says of a name's origin."""
    weights = [0.0] * (3 * substrings.size * ORIGIN_COUNT)
    for _, (place, letters, *said) in read_rows(path, ("place", "letters", *ORIGINS)):
        known = substrings.ids.get(letters)
        if known is not None:
            row = (("first", "inner", "last").index(place) * substrings.size + known) * ORIGIN_COUNT
            weights[row : row + ORIGIN_COUNT] = map(float, said)
    return weights


def read_counts(path: Path) -> tuple[int, dict[str, int], set[str]]:
    """How many persons were counted, how many of them bear each token, and which tokens are given names."""
    counts: dict[str, int] = {}
    given = set()
    for _, (token, persons, front, back) in read_rows(path, ("token", "persons", "given", "family")):
        counts[token] = int(persons)
        if int(front) >= GIVEN and int(front) >= GIVEN_SHARE * (int(front) + int(back)):
            given.add(token)
    # The empty token stands for all who were counted.
    return counts.pop("", 1), counts, given


def _parts(known: Knowledge) -> Iterable[Part]:
    substrings, weights = known.edits
    packed = Texts.of(substrings.known)
    yield "substrings", "", bytes(packed.data)
    yield "substrings.starts", "q", array("q", packed.starts).tobytes()
    yield "weights", "i", array("i", weights).tobytes()
    for column, code in zip(Forest._fields, "ihdiid", strict=True):
        yield f"trees.{column}", code, array(code, getattr(known.trees, column)).tobytes()
    yield "facts.persons", "q", array("q", [known.facts.persons]).tobytes()
    for column, code in zip(Facts._fields[1:], "qibqiiiqd", strict=True):
        yield f"facts.{column}", code, array(code, getattr(known.facts, column)).tobytes()


def _from_parts(parts: dict[str, Any]) -> Knowledge:
    known = list(Texts(parts["substrings"], parts["substrings.starts"]))[1:]
    return Knowledge(
        EditModel(Substrings(known), parts["weights"]),
        # Lists, because the interpreter walks them thousands of times in one comparison.
        Forest(*(parts[f"trees.{column}"].tolist() for column in Forest._fields)),
        Facts(parts["facts.persons"][0], *(parts[f"facts.{column}"] for column in Facts._fields[1:])),
    )


class Families(NamedTuple):
    """The families of each plain token (-1: no second one), the hub of each family, and what a token is akin to."""

    of: dict[str, tuple[int, int]]
    hub: list[int]
    kin: dict[str, int]


def build_families(rows: Iterable[AliasRow], borne: Container[str]) -> Families:
    """The family of each plain token that a row of an element or a place spells, and what relates the families.

    A plain token that two families are spelled with is of both. A name of several words is known by its words
    joined (`abdalrahman`), as an alignment meets them. A place (Vienna, Wien) never takes a token from an element, nor
    one that is `borne` by persons (Petra).
    """
    numbers: dict[str, int] = {}
    of_places: set[int] = set()
    latin: list[tuple[str, int]] = []
    native: list[tuple[str, int]] = []
    of_kunyas: list[tuple[str, int]] = []
    latin_places: list[tuple[str, int]] = []
    native_places: list[tuple[str, int]] = []
    for row in rows:
        if row.kind in (Kind.ELEMENT, Kind.PLACE):
            number = numbers.setdefault(row.entity_id, len(numbers))
            if row.kind == Kind.PLACE:
                of_places.add(number)
            own = (latin, native) if row.kind == Kind.ELEMENT else (latin_places, native_places)
            claims = own[script_of(row.alias) != "Latn"]
            forms, bare = _forms(row.alias, row.language)
            claims.extend((token, number) for token in forms)
            (of_kunyas if row.kind == Kind.ELEMENT else claims).extend((token, number) for token in bare)
    family: dict[str, tuple[int, int]] = {}
    # What a native spelling reads like is a guess; it never takes a token from a family that is written so.
    places = ([claim for claim in claims if claim[0] not in borne] for claims in (latin_places, native_places))
    for claims in (latin, native, *places):
        fresh: dict[str, list[int]] = {}
        for token, number in claims:
            if token not in family and number not in fresh.setdefault(token, []):
                fresh[token].append(number)
        # A token of three families and more tells nothing.
        family.update((token, (n[0], n[1] if len(n) > 1 else -1)) for token, n in fresh.items() if len(n) < 3)
    # Abubakar is met by the `bakr` of Abu Bakr, which is first of all the name that stands without a kunya.
    for token, number in of_kunyas:
        first, second = family.get(token, (number, -1))
        if second < 0 and first != number:
            second = number
        family[token] = first, second
    parent = list(range(len(numbers)))

    def root(x: int) -> int:
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    nicknames: dict[str, list[int]] = {}
    path = data_dir() / "relations.csv"
    for _, (left, relation, right) in read_rows(path, ("left", "relation", "right")):
        if right not in numbers:
            continue
        if relation == "nickname":
            for token in sorted(_forms(left)[0]):
                nicknames.setdefault(token, []).append(numbers[right])
        elif left in numbers:
            a, b = root(numbers[left]), root(numbers[right])
            parent[max(a, b)] = min(a, b)
    short = {token: list(dict.fromkeys(map(root, meant))) for token, meant in nicknames.items()}
    # What a nickname of one name stands for is its own hub; what others stand for is numbered first.
    low: dict[int, int] = {}
    for token, groups in short.items():
        for group in groups if token in family or len(groups) > 1 else ():
            low.setdefault(group, len(low))

    def hub_of(number: int) -> int:
        group = root(number)
        return low[group] if group in low else (1 << KIN_BITS) + group + (PLACES if number in of_places else 0)

    hub = [hub_of(number) for number in range(len(numbers))]
    for token, groups in short.items():
        if token not in family:
            family[token] = (len(hub), -1)
            hub.append(hub_of(groups[0]))
    kin: dict[str, int] = {}
    for token, families in family.items():
        hubs = [hub[number] for number in families if number >= 0] + [hub_of(group) for group in short.get(token, ())]
        hubs = sorted({known for known in hubs if known < len(low)})
        if len(hubs) > MOST_KIN or len(low) >= 1 << KIN_BITS:
            raise TableError(f"{path}: {token} is short for more names than there is room for; leave the rare ones out")
        if hubs:
            kin[token] = _packed(hubs)
    return Families(family, hub, kin)


def _packed(groups: Iterable[int]) -> int:
    """Hubs as `kernel.akin` reads them."""
    packed = 0
    for group in groups:
        packed = packed << KIN_BITS | group + 1
    return packed


_NO_FACTS = Facts.of(1, {}, {}, [])


def _forms(spelling: str, language: str = "") -> tuple[set[str], set[str]]:
    """The plain tokens by which an alignment may meet a spelling: units joined, with a leading particle or without.

    Apart from them those that stand after a kunya (`hasan` of Abu al-Hasan).
    """
    forms: set[str] = set()
    bare: set[str] = set()
    particle = roles().particle
    names = read(spelling, language=language if language in LANGUAGES else None)
    # Atlases write a Greek place letter by letter, too (Leukosia); the other readings past the second are mere guesses.
    for name in names if names[0].script == "Grek" else names[:2]:
        store = NameStore(TokenStore(Substrings([]), _NO_FACTS))
        store.add(name)
        texts = store.tokens.text
        units = [texts[u] for u in store.unit]
        if len(units) == 1:
            kunya = any(t.role is Role.PARTICLE and particle.get(t.text) == "kunya" for t in name.tokens)
            (bare if kunya else forms).add(units[0])
            if store.alt[0] >= 0:
                forms.add(texts[store.alt[0]])
        elif len(units) == 2 and store.join[0] >= 0:
            forms.add(texts[store.join[0]])
    # As a token store looks its tokens up: without apostrophes.
    return {form.replace("'", "") for form in forms}, {form.replace("'", "") for form in bare}

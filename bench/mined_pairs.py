"""Real names in, strangers and whom a lookup takes them for out: negatives that only the matcher itself can find.

The nearest names of a list are near by their letters. A lookup among the hundred thousand spellings of the alias table
meets others: a reading of a name in another script, a place, two words that are one when joined. Strangers are made
from two real people of one list, so that whatever the table has for them is somebody else.
"""

from __future__ import annotations

import random
from collections import defaultdict
from pathlib import Path

from golddata import SEED, Pair, read

from namealign.bulk_index import build_shelf
from namealign.bulk_lookup import Asked
from namealign.compare import Scorer
from namealign.knowledge import Knowledge
from namealign.model import Kind
from namealign.reconciler import _entities
from namealign.search import Found, Kinds, Searched, ranked
from namealign.tables import data_dir, read_aliases

__all__ = ["mined", "strangers"]

# Of so many strangers each, the best that the table has for them, where the trees give it more than this log-odds.
ASKED = 6000
CLOSEST = 3
TOGETHER_ODDS, ALONE_ODDS = -2.0, -1.0


def strangers(gold: Path, part: str, count: int, rng: random.Random) -> tuple[list[str], list[str]]:
    """(the given names of one person with the family name of another of the same list, family names alone)."""
    lists: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(dict)
    for r in read(gold / part / "entities.csv"):
        words = r["name"].replace(",", " ").split()
        if r["kind"] == "person" and r["script"] == "Latn" and r["role"] != "weak" and 2 <= len(words) <= 4:
            lists[r["source"], r["lang_or_script_hint"]].setdefault(r["entity_id"], words)
    pools = [list(people.values()) for people in lists.values() if len(people) > 20]
    weights = [len(pool) for pool in pools]
    together, alone = [], []
    for _ in range(count):
        a, b = rng.sample(rng.choices(pools, weights)[0], 2)
        together.append(" ".join([*a[:-1], b[-1]]))
        alone.append(b[-1])
    return list(dict.fromkeys(together)), list(dict.fromkeys(w for w in alone if len(w) > 2))


def mined(gold: Path, known: Knowledge, together: int, alone: int) -> list[Pair]:
    """So many negatives of strangers' whole names and of family names alone, by a matcher of these tables."""
    rng = random.Random(SEED + 1)
    scorer = Scorer(known)
    searched = Searched(build_shelf(_entities(read_aliases(data_dir() / "aliases.csv")), scorer), scorer)
    out: list[Pair] = []
    for names, least, count in zip(
        strangers(gold, "dev", ASKED, rng), (TOGETHER_ODDS, ALONE_ODDS), (together, alone), strict=True
    ):
        near: list[tuple[str, str]] = []
        for name, found in zip(names, _found(searched, scorer, names), strict=True):
            # Where the very spelling stands in the table, the stranger may be no stranger.
            if found and found[0].odds < 30.0:
                near += [(name, _latin(searched, one)) for one in found[:CLOSEST] if one.odds > least]
        out += [Pair(a, b, 0, "made", "made", "made", a) for a, b in rng.sample(near, min(count, len(near)))]
    return out


def _found(searched: Searched, scorer: Scorer, names: list[str]) -> list[list[Found]]:
    asked = Asked(scorer)
    texts, wanted = asked.read(names, None)
    finder, allowed = searched.compiled(Kinds(but=Kind.ELEMENT))
    columns = finder.find(texts, finder.meet(asked, texts, wanted), allowed, few=2 * CLOSEST)
    return ranked([(searched, columns)], len(names), CLOSEST, distinct=True)


def _latin(searched: Searched, found: Found) -> str:
    """The reading that was met, in Latin letters."""
    names = searched.shelf.names
    return " ".join(names.tokens.text[u] for u in names.unit[names.first[found.name] : names.first[found.name + 1]])

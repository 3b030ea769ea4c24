"""The gold data's folder in, a table of recall out: how many matching pairs reach the scorer through the index.

One pair of every entity of `test/variant_pairs.csv` is drawn: its first name is looked up among all other names of
`test/entities.csv`. Counted are the pairs that `compare_many` calls a match: whether the second name is compared, and
whether any name of its entity is, at several bounds on what one lookup may cost. Prints no name.

    python bench/candidates.py --gold FOLDER [--pairs 10000]
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path
from typing import Any

import numpy as np
from golddata import SEED, read

from namealign import bulk_lookup, compare_many
from namealign.bulk_index import Builder
from namealign.bulk_lookup import Asked, Finder
from namealign.candidates import CROWD, MAX_NAMES, MAX_TOKENS, MOST
from namealign.compare import scorer
from namealign.decide import Policy
from namealign.shelf import Shelf

# (tokens scored for one query token, names handed on).
BOUNDS = ((40, 30), (MAX_TOKENS, MAX_NAMES), (MAX_TOKENS, 300), (300, MAX_NAMES), (500, 500))


def shelf_of(names: dict[str, int]) -> Shelf:
    """Each name as an entity of its own, numbered as it came."""
    builder = Builder(scorer())
    for name in names:
        builder.add(builder.entity(name, "person", name), name)
    return builder.shelf()


def met(
    asked: Asked,
    finder: Finder,
    queries: list[str],
    target: Any,
    entity: list[set[str]],
    wanted: list[str],
    few: int,
    names: int,
) -> tuple[Any, Any, float]:
    """Of each query whether its target is compared, whether a name of its entity is; how many names are compared."""
    with asked.reads.lock:
        texts, inquiries = asked.read(queries, None)
        nearest = finder.meet(asked, texts, inquiries)
    everyone = np.ones(len(finder.owner), np.bool_)
    found = finder.find(texts, nearest, everyone, few=few, room=names)
    owners = [found.owner[found.first[t] : found.first[t] + found.count[t]].tolist() for t in range(len(queries))]
    pair = np.asarray([target[t] in owners[t] for t in range(len(queries))])
    whole = np.asarray([any(wanted[t] in entity[k] for k in owners[t]) for t in range(len(queries))])
    return pair, whole, float(found.count.mean())


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gold", type=Path, required=True)
    parser.add_argument("--part", default="test", help="the part of the gold data: test, or dev to tune on")
    parser.add_argument("--pairs", type=int, default=10_000, help="at most so many pairs, drawn by lot")
    asked_for = parser.parse_args()
    folder = asked_for.gold / asked_for.part
    drawn: dict[str, tuple[str, str, str]] = {}
    rows = list(read(folder / "variant_pairs.csv"))
    random.Random(SEED).shuffle(rows)
    for row in rows:
        drawn.setdefault(row["entity_id"], (row["name_a"], row["name_b"], row["kind"]))
    pairs = [(*pair, ident) for ident, pair in sorted(drawn.items())[: asked_for.pairs]]
    queries = {a for a, *_ in pairs}
    names: dict[str, set[str]] = {}
    for row in read(folder / "entities.csv"):
        if row["name"] not in queries and any(map(str.isalpha, row["name"])):
            names.setdefault(row["name"], set()).add(row["entity_id"])
    pairs = [pair for pair in pairs if pair[1] not in queries]
    for _, b, _, ident in pairs:
        names.setdefault(b, set()).add(ident)
    number = {name: k for k, name in enumerate(names)}
    share = compare_many([a for a, *_ in pairs], [b for _, b, *_ in pairs])
    matching = [pair for pair, s in zip(pairs, share, strict=True) if s >= Policy().match]
    shelf = shelf_of(number)
    asked, finder = Asked(scorer()), Finder(shelf, scorer())
    crowds = np.diff(finder.index.key_first)
    print(f"{len(names):,} names indexed, {len(finder.tokens.key):,} tokens under {len(crowds):,} keys;")
    print(
        f"{int((crowds > CROWD).sum()):,} keys have more than {CROWD:,} tokens and bring none of their own where rarer"
    )
    print(f"keys bring enough. {len(matching):,} of {len(pairs):,} pairs are a match by the scorer.")
    print()
    print("| tokens scored | names handed on | pairs of persons | pairs | entities of persons | entities | compared |")
    print("|---|---|---|---|---|---|---|")
    target = [number[pair[1]] for pair in matching]
    person = np.asarray([kind == "person" for _, _, kind, _ in matching])
    bounds = [(t, n, n, str(n)) for t, n in BOUNDS]
    bounds.insert(-1, (MAX_TOKENS, MAX_NAMES, 5, f"{MAX_NAMES}, those that share enough"))
    for tokens, handed, few, said in bounds:
        # The bounds are constants of a module: a measurement may set them, a user may not.
        bulk_lookup.MOST, bulk_lookup.MAX_NAMES = (tokens, *MOST[1:]), handed
        pair, whole, each = met(
            asked, Finder(shelf, scorer()), [a for a, *_ in matching], target, list(names.values()),
            [ident for *_, ident in matching], few, handed,
        )  # fmt: skip
        recalls = (pair[person].mean(), pair.mean(), whole[person].mean(), whole.mean())
        print(f"| {tokens} | {said} | {' | '.join(f'{r:.4f}' for r in recalls)} | {each:.1f} |", flush=True)


if __name__ == "__main__":
    main()

"""Whole dev entities in, pair F1 and B-cubed F1 of three ways to make groups of the same scored pairs out.

    python bench/cluster_methods.py --gold FOLDER [--names 6000]

Connected components, average linkage (what ships) and correlation clustering with local moves, each over thresholds.
The entities are those of one source each, so that no person is in twice; a name that two entities share is left out.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from namealign import bulk_cluster
from namealign.compare import scorer

# Their own entities are distinct, which those of several lists together are not.
SOURCES = {"eu_fsf_2025", "everypolitician_2015", "tcpd_lok_sabha", "acl_anthology_name_variants", "syriaca_org"}
THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
Labels = list[int]
Pairs = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]


def entities(path: Path, most: int, seed: int = 5) -> tuple[list[str], list[str]]:
    """Latin names of persons and their entities, whole entities at a time, those with several spellings first."""
    groups: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if (
                (row["script"], row["kind"]) == ("Latn", "person")
                and row["role"] != "weak"
                and row["source"] in SOURCES
            ):
                own = groups[row["entity_id"]][row["variant_group"]]
                own.setdefault(row["name"].casefold(), row["name"])
    # Aliases of one person that are no spellings of one another are in other groups: the largest is taken.
    names = {entity: max(own.values(), key=len) for entity, own in groups.items()}
    owners = Counter(folded for own in names.values() for folded in own)
    kept = {entity: own for entity, own in names.items() if all(owners[folded] == 1 for folded in own)}
    order = sorted(kept)
    random.Random(seed).shuffle(order)
    order.sort(key=lambda entity: len(kept[entity]) == 1)
    rows: list[tuple[str, str]] = []
    several = sum(len(own) for own in kept.values() if len(own) > 1)
    # As many single names as there are in lists that nobody chose: a third.
    for entity in order:
        if len(kept[entity]) > 1 and len(rows) >= min(several, 2 * most // 3):
            continue
        if len(rows) >= most:
            break
        rows += [(name, entity) for name in kept[entity].values()]
    rows.sort()
    return [name for name, _ in rows], [entity for _, entity in rows]


def scored(names: list[str]) -> Pairs:
    """The pairs that `cluster` scores, as it scores them."""
    found: list[Pairs] = []
    linked = bulk_cluster.linked

    def keep(count: int, left: Pairs, right: Pairs, share: Pairs, threshold: float) -> Labels:
        found.append((left, right, share))  # type: ignore[arg-type]
        return linked(count, left, right, share, threshold)

    bulk_cluster.linked = keep
    try:
        bulk_cluster.group(names, 0.5, scorer())
    finally:
        bulk_cluster.linked = linked
    return found[0]


def components(count: int, pairs: Pairs, threshold: float) -> Labels:
    """Whatever a chain of pairs above the threshold connects."""
    parent = list(range(count))

    def root(x: int) -> int:
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    for a, b, p in zip(*(column.tolist() for column in pairs), strict=True):
        if p >= threshold:
            parent[root(a)] = root(b)
    return [root(x) for x in range(count)]


def average(count: int, pairs: Pairs, threshold: float) -> Labels:
    """The groups that ship."""
    return bulk_cluster.linked(count, *pairs, threshold)


def correlation(count: int, pairs: Pairs, threshold: float, rounds: int = 20) -> Labels:
    """Agreement p - threshold inside groups, made as large as moving single names (and merging theirs) can make it.

    A pair that was not scored disagrees by the threshold (Bansal, Blum & Chawla 2004; best moves until none is left).
    """
    near: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for a, b, p in zip(*(column.tolist() for column in pairs), strict=True):
        near[a].append((b, p))
        near[b].append((a, p))
    label = average(count, pairs, threshold)
    size = Counter(label)
    fresh = count
    for _ in range(rounds):
        moved = False
        for x in range(count):
            share: dict[int, float] = defaultdict(float)
            for other, p in near[x]:
                share[label[other]] += p
            own = label[x]
            worth = {g: s - threshold * (size[g] - (g == own)) for g, s in share.items()}
            best = max(worth, key=lambda g: (worth[g], -g), default=own)
            here = worth.get(own, -threshold * (size[own] - 1))
            if worth.get(best, 0.0) < 0.0:
                best, fresh = fresh, fresh + 1
            gain = worth.get(best, 0.0) - here
            if best != own and gain > 1e-9:
                label[x] = best
                size[own] -= 1
                size[best] += 1
                moved = True
        if not moved:
            break
    return label


def quality(label: Labels, truth: list[str]) -> tuple[float, float]:
    """(pair F1, B-cubed F1)."""
    both, ours, theirs = Counter(zip(label, truth, strict=True)), Counter(label), Counter(truth)
    right, said, true = (sum(n * (n - 1) // 2 for n in c.values()) for c in (both, ours, theirs))
    precision = sum(n * n / ours[g] for (g, _), n in both.items()) / len(label)
    recall = sum(n * n / theirs[e] for (_, e), n in both.items()) / len(label)
    return 2 * right / (said + true), 2 * precision * recall / (precision + recall)


def main() -> None:
    """Print each method at each threshold, and the best of each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gold", type=Path, required=True)
    parser.add_argument("--names", type=int, default=6000)
    asked = parser.parse_args()
    names, truth = entities(asked.gold / "dev" / "entities.csv", asked.names)
    pairs = scored(names)
    print(f"{len(names):,} names of {len(set(truth)):,} entities, {len(pairs[0]):,} pairs above {bulk_cluster.EDGE}\n")
    print("| method | " + " | ".join(map(str, THRESHOLDS)) + " | best |\n|" + "---|" * (len(THRESHOLDS) + 2))
    for method in (components, average, correlation):
        found = [quality(method(len(names), pairs, threshold), truth) for threshold in THRESHOLDS]
        cells = [f"{pair:.4f} / {cubed:.4f}" for pair, cubed in (*found, max(found, key=lambda f: f[1]))]
        print(f"| {method.__name__} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()

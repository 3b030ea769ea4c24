"""A CSV of names and their entities in, rates out: how fast names are looked up among others, many at once and alone.

    python bench/lookup_speed.py NAMES.csv [--names 100000] [--queries 20000] [--single 200]

NAMES.csv has the columns `name` and `entity`; the harness makes such files (`harness/gen.py`). Some names are held out
and asked for, the rest are indexed. What is shared by all queries of a process (kernels from their cache, the index as
arrays) is told apart from what each costs; `first` says how often the best candidate is of the asked name's entity.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import random
import time

from namealign import Reconciler


def main() -> None:
    """Index, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data")
    parser.add_argument("--names", type=int, default=100_000, help="names indexed")
    parser.add_argument("--queries", type=int, default=20_000, help="names looked up at once")
    parser.add_argument("--single", type=int, default=200, help="names looked up one by one")
    given = parser.parse_args()
    with open(given.data, encoding="utf-8", newline="") as file:
        rows = list(itertools.islice(csv.DictReader(file), given.names + given.queries + given.single))
    entities: dict[str, list[str]] = {}
    for row in rows:
        entities.setdefault(row["entity"], []).append(row["name"])
    rng = random.Random(5)
    # One spelling of each entity that has several, as far as they go; then a second one.
    asked: list[tuple[str, str]] = []
    for spare in range(1, 10):
        several = [ident for ident, names in entities.items() if len(names) > spare]
        rng.shuffle(several)
        for ident in several[: given.queries + given.single - len(asked)]:
            taken = entities[ident].pop(rng.randrange(len(entities[ident])))
            asked += [(taken, ident)]
    rng.shuffle(asked)
    begin = time.perf_counter()
    known = Reconciler.from_names(entities)
    print(f"{sum(map(len, entities.values())):,} names indexed in {time.perf_counter() - begin:.2f} s")
    many, single = asked[given.single :], asked[: given.single]
    begin = time.perf_counter()
    known.lookup_many([f"{name} Nobody" for name, _ in single], limit=2)
    print(f"kernels loaded, {len(single):,} names looked up: {time.perf_counter() - begin:.2f} s")
    begin, work = time.perf_counter(), time.process_time()
    found = known.lookup_many([name for name, _ in many])
    took, work = time.perf_counter() - begin, time.process_time() - work
    first = sum(d.best is not None and d.best.entity.id == ident for d, (_, ident) in zip(found, many, strict=True))
    print(
        f"lookup_many, {len(many):,} distinct names: {took:.2f} s, {len(many) / took:,.0f} names/s,"
        f" {1e6 * work / len(many):.0f} µs of processor time each; first {first / len(many):.4f}"
    )
    times, first = [], 0
    for name, ident in single:
        begin = time.perf_counter()
        matches = known.lookup(name)
        times.append(1000 * (time.perf_counter() - begin))
        first += bool(matches) and matches[0].entity.id == ident
    times.sort()
    print(
        f"lookup, one by one: p50 {times[len(times) // 2]:.2f} ms, p99 {times[int(0.99 * len(times))]:.2f} ms;"
        f" first {first / len(times):.4f}"
    )


if __name__ == "__main__":
    main()

"""What a newsreader would type, looked up in the shipped table: `python bench/newsreader.py`.

Reads `newsreader.csv` beside it (query, expected, kind, why), chosen before the table was looked at. A name is right
when the first entity that is no name element is the expected one: its canonical spelling or one of its aliases is
`expected` but for case, marks, hyphens and apostrophes. Each name is looked up twice: typed, by a reconciler that was
asked nothing before, as the command does; and in bulk, by the compiled search. Prints right and total of both, and
every miss with its cause and what came first.
"""

from __future__ import annotations

import csv
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from namealign import Kind, Match, Policy, Reconciler
from namealign.decide import decide

# How far down the expected entity is looked for before a miss counts as not found.
DEPTH = 20

Rows = list[dict[str, str]]


def folded(name: str) -> str:
    """A name without case, marks, hyphens and apostrophes."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    spaced = (" " if unicodedata.category(c) == "Pd" else c for c in letters)
    kept = (c for c in spaced if c.isalnum() or c.isspace())
    return " ".join("".join(kept).split())


def told(match: Match) -> str:
    """One match on a line."""
    return f"{match.entity.canonical} ({match.entity.kind}, {match.probability:.3f}, as {match.alias!r})"


def typed(queries: list[str]) -> Iterator[list[Match]]:
    """What each query finds when it is the first that is asked."""
    for query in queries:
        yield Reconciler.load().lookup(query, limit=DEPTH)


def bulk(queries: list[str]) -> Iterator[list[Match]]:
    """What each query finds when there are enough of them for the compiled search."""
    reconciler = Reconciler.load()
    reconciler.lookup_many(queries)
    for query in queries:
        yield reconciler.lookup(query, limit=DEPTH)


def report(title: str, rows: Rows, found: Iterator[list[Match]], spelled: Mapping[str, set[str]]) -> None:
    """Right and total, then the misses."""
    total: Counter[str] = Counter()
    right: Counter[str] = Counter()
    said: Counter[str] = Counter()
    misses: list[str] = []
    for row, every in zip(rows, found, strict=True):
        matches = [match for match in every if match.entity.kind != Kind.ELEMENT]
        wanted = spelled.get(folded(row["expected"]), set())
        outcome = str(decide(row["query"], matches, Policy()).outcome)
        total[row["kind"]] += 1
        if matches and matches[0].entity.id in wanted:
            right[row["kind"]] += 1
            said[outcome] += 1
            continue
        place = next((at for at, match in enumerate(matches, 1) if match.entity.id in wanted), 0)
        cause = f"ranked {place}" if place else "not found" if wanted else "not in the table"
        first = told(matches[0]) if matches else "only name elements" if every else "nothing"
        misses.append(f"  {cause:17}{row['query']} | {row['expected']} | {outcome}: {first}")
    kinds = (f"{kind} {right[kind]}/{total[kind]}" for kind in total)
    print(f"{title}: {right.total()}/{total.total()} right:", *kinds)
    print("  the right ones are said to be:", *(f"{outcome} {count}" for outcome, count in said.most_common()))
    print(*sorted(misses), sep="\n")


def main() -> None:
    with Path(__file__).with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    spelled: defaultdict[str, set[str]] = defaultdict(set)
    for entity in Reconciler.load().entities:
        if entity.kind != Kind.ELEMENT:
            for alias in (entity.canonical, *entity.aliases):
                spelled[folded(alias)].add(entity.id)
    queries = [row["query"] for row in rows]
    report("typed", rows, typed(queries), spelled)
    report("bulk", rows, bulk(queries), spelled)


if __name__ == "__main__":
    main()

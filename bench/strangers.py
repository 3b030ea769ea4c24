"""How often a lookup takes a stranger for someone: `python bench/strangers.py --gold FOLDER [--part dev] [--show N]`.

Two questions to the shipped table. Strangers: names of two real people put together (the given names of one, the family
name of another of the same list), and family names alone that the table does not spell; whatever they are matched to is
wrong. Known: spellings that one in ten persons of the table has, asked of a table from which they were taken; each
should be matched to its person. `--show N` prints N wrong matches of the dev names.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from pathlib import Path

from golddata import SEED
from mined_pairs import strangers

from namealign.model import Decision, Entity, Kind, Outcome
from namealign.reconciler import Reconciler, _entities, _shelf
from namealign.tables import data_dir, read_aliases


def said(decisions: list[Decision]) -> Counter[str]:
    return Counter(str(d.outcome) for d in decisions)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--gold", type=Path, required=True, help="folder of the gold data")
    parser.add_argument("--part", default="dev", choices=("dev", "test"))
    parser.add_argument("--count", type=int, default=4000)
    parser.add_argument("--show", type=int, default=0)
    options = parser.parse_args()
    rng = random.Random(SEED)
    rows = list(read_aliases(data_dir() / "aliases.csv"))
    known = Reconciler.load()
    for what, names in zip(
        ("strangers", "family names"), strangers(options.gold, options.part, options.count, rng), strict=True
    ):
        asked = [d for d in known.lookup_many(names) if d.best is None or d.best.probability < 1.0]
        wrong = [d for d in asked if d.outcome is Outcome.MATCH]
        review = sum(d.outcome is Outcome.REVIEW for d in asked)
        kinds = Counter(str(d.best.entity.kind) for d in wrong if d.best)
        print(
            f"{what}: {len(asked)} asked, matched {len(wrong)} = {len(wrong) / len(asked):.4f}, "
            f"review {review / len(asked):.4f}; {dict(kinds)}"
        )
        if options.part == "dev":
            for d in rng.sample(wrong, min(options.show, len(wrong))):
                assert d.best
                print(f"    {d.best.probability:.2f} {d.name} -> {d.best.entity.canonical} as {d.best.alias}")
    entities = _entities(rows)
    people = [(e, s) for e, s in entities if e.kind == Kind.PERSON and len(s) > 3]
    taken: dict[str, str] = {}
    for entity, spellings in rng.sample(people, len(people) // 10):
        taken[entity.id] = rng.choice([s for s in spellings if s != entity.canonical])
    left = [
        (Entity(e.id, e.kind, e.canonical, kept := tuple(s for s in spellings if s != taken.get(e.id))), kept)
        for e, spellings in entities
    ]
    less = Reconciler([_shelf(left, len(rows))])
    for what, chosen in (
        ("known, Latin", {i: s for i, s in taken.items() if s.isascii()}),
        ("known, other", {i: s for i, s in taken.items() if not s.isascii()}),
    ):
        asked = less.lookup_many(list(chosen.values()))
        right = sum(
            d.outcome is Outcome.MATCH and d.best is not None and d.best.entity.id == i
            for i, d in zip(chosen, asked, strict=True)
        )
        exact = sum(d.best is not None and d.best.probability == 1.0 for d in asked)
        wrong = sum(
            d.outcome is Outcome.MATCH and d.best is not None and d.best.entity.id != i
            for i, d in zip(chosen, asked, strict=True)
        )
        n = len(asked)
        print(
            f"{what}: {n} asked, right {right / n:.4f}, wrong {wrong / n:.4f}, spelled just so {exact}; "
            f"{dict(said(asked))}"
        )


if __name__ == "__main__":
    main()

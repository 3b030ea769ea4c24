"""What the native task can be answered at most: the queries whose right entry has a twin in the index, by language.

    python bench/native_ceiling.py --gold FOLDER --task FOLDER [--part test] [--ask]

The gold lists overlap, and one person stands in several of them under ids that nothing joins. Where the index holds two
entries of one person, a native spelling finds either, and only one counts as right. Of each language and kind this
prints how many queries were made, and the share of them without a twin: no other indexed entry is recorded with the
query's very letters (`native`); nor shares any recorded spelling, in any script, with the right one (`spelling`). Words
count in any order, without case, marks and punctuation. `best` is what an answer gets that finds the right entry or a
twin of it always, and draws among them. With `--ask` the queries are asked: `top1` as the task counts it, and `either`,
where a twin counts as right too. The task's folder holds `native_index.csv` (name, entity) and `native_queries.csv`
(name, entity, lang); the gold folder's part is counted, no row of it is shown.
"""

from __future__ import annotations

import argparse
import re
import unicodedata
from collections import defaultdict
from pathlib import Path

from golddata import read

from namealign import Reconciler
from namealign.normalize import normalize


def letters(text: str) -> str:
    """A spelling's words in one order, look-alike letters mended, accents and points left out."""
    plain = unicodedata.normalize("NFD", normalize(text)[0])
    plain = "".join([char for char in plain if not unicodedata.combining(char)])
    return " ".join(sorted(re.sub(r"[^\w\u0900-\u0fff]+|_", " ", plain).split()))


class Spellings:
    """Who is recorded with which spelling, among the indexed entries."""

    def __init__(self, gold: Path, part: str, indexed: set[str]) -> None:
        self._bearers: dict[str, set[str]] = defaultdict(set)
        self._spelled: dict[str, set[str]] = defaultdict(set)
        for row in read(gold / part / "translit_pairs.csv"):
            self._add(row["entity_id"], row["native"], indexed)
            self._add(row["entity_id"], row["latin"], indexed)
        for row in read(gold / part / "entities.csv"):
            if row["role"] != "weak":
                self._add(row["entity_id"], row["name"], indexed)

    def _add(self, entity: str, name: str, indexed: set[str]) -> None:
        spelling = letters(name)
        # A single word is borne by too many to make two entries one.
        if entity in indexed and spelling:
            self._bearers[spelling].add(entity)
            self._spelled[entity].add(spelling)

    def same_letters(self, name: str, right: str) -> set[str]:
        """The other entries that are recorded with this spelling."""
        return self._bearers[letters(name)] - {right}

    def sharing(self, right: str) -> set[str]:
        """The other entries that share a spelling of several words, or in one unspaced script, with this one."""
        shared = [spelling for spelling in self._spelled[right] if " " in spelling or not spelling.isascii()]
        return set().union(*(self._bearers[spelling] for spelling in shared)) - {right}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gold", type=Path, required=True)
    parser.add_argument("--task", type=Path, required=True, help="folder of native_index.csv and native_queries.csv")
    parser.add_argument("--part", default="test", choices=("dev", "test"))
    parser.add_argument("--ask", action="store_true", help="ask the queries too")
    options = parser.parse_args()
    index = list(read(options.task / "native_index.csv"))
    queries = list(read(options.task / "native_queries.csv"))
    spellings = Spellings(options.gold, options.part, {row["entity"] for row in index})
    reconciler = Reconciler.from_names({row["entity"]: [row["name"]] for row in index}) if options.ask else None
    counts: dict[str, list[float]] = defaultdict(lambda: [0.0] * 6)
    for query in queries:
        right = query["entity"]
        same = spellings.same_letters(query["name"], right)
        twins = same | spellings.sharing(right)
        found = [match.entity.id for match in reconciler.lookup(query["name"], limit=1)] if reconciler else []
        told = [
            1,
            not same,
            not twins,
            1 / (1 + len(twins)),
            right in found,
            not twins.union([right]).isdisjoint(found),
        ]
        for place in ("all", query["lang"]):
            counts[place] = [a + float(b) for a, b in zip(counts[place], told, strict=True)]
    shown = 6 if options.ask else 4
    heads = ("queries", "native", "spelling", "best", "top1", "either")
    print(f"{'':14}" + "".join([f"{head:>10}" for head in heads[:shown]]))
    for place, row in sorted(counts.items(), key=lambda item: item[1][3] / item[1][0]):
        shares = "".join([f"{value / row[0]:10.3f}" for value in row[1:shown]])
        print(f"{place:14}{int(row[0]):10}{shares}")
    per = [row for place, row in counts.items() if place != "all"]
    macro = [sum(row[k] / row[0] for row in per) / len(per) for k in range(1, shown)]
    print(f"{'macro':14}{'':10}" + "".join([f"{value:10.3f}" for value in macro]))


if __name__ == "__main__":
    main()

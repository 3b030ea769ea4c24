"""Distinct native names in, names romanized a second of processor time out, by script.

    python bench/romanize_speed.py NAMES.csv [--column native] [--limit 50000] [--combine 50000]

The file is any CSV with a column of names. Every name is asked once, in a process whose tables are loaded but whose
caches of words are empty: what is measured is a column of distinct values, normalize left out. `--combine` makes that
many distinct names per script from the first word of one name and the last of another, as a column of persons has them.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
import time
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from namealign.normalize import normalize
from namealign.romanize import readings, script_of


def combined(names: list[str], count: int) -> list[str]:
    """Distinct names of a first and a last word, drawn as often as the file has them; fewer where it has few."""
    draw = random.Random(0)
    spoken = [name.split() for name in names if " " in name] or [[name, name] for name in names]
    made = {f"{draw.choice(spoken)[0]} {draw.choice(spoken)[-1]}": None for _ in range(count)}
    return list(made)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--column", default="native")
    parser.add_argument("--limit", type=int, default=50_000, help="names per script")
    parser.add_argument("--combine", type=int, default=0, help="distinct names to make per script")
    options = parser.parse_args()
    with options.file.open(encoding="utf-8", newline="") as file:
        distinct = dict.fromkeys(normalize(row[options.column])[0] for row in csv.DictReader(file))
    by_script: dict[str, list[str]] = defaultdict(list)
    for name in distinct:
        by_script[script_of(name)].append(name)
    print(f"{'script':8}{'names':>8}{'readings':>10}{'names/s':>12}")
    total = seconds = 0.0
    for script, names in sorted(by_script.items()):
        if options.combine:
            names = combined(names, options.combine)
        readings(names[0])  # loads the tables
        names = names[1 : max(options.limit, options.combine)]
        if len(names) < 50:
            continue
        start = time.process_time()
        made = sum(len(readings(name)) for name in names)
        took = time.process_time() - start
        total += len(names)
        seconds += took
        print(f"{script:8}{len(names):8}{made / len(names):10.2f}{len(names) / took:12,.0f}")
    print(f"{'all':8}{int(total):8}{'':10}{total / seconds:12,.0f}")


if __name__ == "__main__":
    main()

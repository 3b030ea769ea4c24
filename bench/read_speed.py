"""Names a second of processor time through normalize, romanize and parse together, over distinct values, by script.

    python bench/read_speed.py NAMES.csv [--columns native latin] [--limit 20000] [--combine 50000] [--bulk]

The file is any CSV with columns of names. Every distinct name is read once (`namealign.parse.read`) by one core, in a
process whose tables are loaded and whose caches of words are as the job itself fills them. `--combine` makes that many
distinct names per script from the first word of one name and the last of another, as a long column of persons has them.
`--bulk` reads each script's names in one call of the compiled reader that bulk work uses, compiled before.
"""

from __future__ import annotations

import argparse
import csv
import random
import time
from collections import defaultdict
from pathlib import Path

from namealign.normalize import normalize
from namealign.parse import read
from namealign.romanize import script_of


def combined(names: list[str], count: int) -> list[str]:
    """Distinct names of a first and a last word, drawn as often as the file has them; fewer where it has few."""
    draw = random.Random(0)
    spoken = [name.split() for name in names if " " in name] or [[name, name] for name in names]
    made = {f"{draw.choice(spoken)[0]} {draw.choice(spoken)[-1]}": None for _ in range(count)}
    return list(made)


def single(names: list[str]) -> tuple[int, float]:
    """Readings made, and the seconds of processor time that took: name by name."""
    read(names[0])  # loads the tables
    start = time.process_time()
    made = sum(len(read(name)) for name in names)
    return made, time.process_time() - start


def bulk(names: list[str]) -> tuple[int, float]:
    """The same in one call of the compiled reader, on all cores: the processor time of all of them is counted."""
    from namealign.bulk_read import Reader
    from namealign.compare import scorer

    reads = Reader(scorer())
    reads.read(names[:50], fill=False)
    start = time.process_time()
    texts = reads.read(names, fill=False)
    return int(texts.first[-1]), time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--columns", nargs="+", default=["native", "latin"])
    parser.add_argument("--limit", type=int, default=20_000, help="names per script")
    parser.add_argument("--combine", type=int, default=0, help="distinct names to make per script")
    parser.add_argument("--bulk", action="store_true", help="by the compiled reader")
    options = parser.parse_args()
    with options.file.open(encoding="utf-8", newline="") as file:
        distinct = dict.fromkeys(row[column] for row in csv.DictReader(file) for column in options.columns)
    by_script: dict[str, list[str]] = defaultdict(list)
    for name in distinct:
        script = script_of(normalize(name)[0])
        by_script["Latn ascii" if script == "Latn" and name.isascii() else script].append(name)
    print(f"{'script':12}{'names':>8}{'readings':>10}{'names/s':>12}")
    native: list[float] = [0.0, 0.0]
    for script, names in sorted(by_script.items()):
        if options.combine:
            names = combined(names, options.combine)
        names = names[: max(options.limit, options.combine)]
        if len(names) < 50:
            continue
        made, took = (bulk if options.bulk else single)(names)
        if not script.startswith("Latn"):
            native[0] += len(names)
            native[1] += took
        print(f"{script:12}{len(names):8}{made / len(names):10.2f}{len(names) / took:12,.0f}")
    if native[1]:
        print(f"{'native':12}{int(native[0]):8}{'':10}{native[0] / native[1]:12,.0f}")


if __name__ == "__main__":
    main()

"""How fast a table is cleaned: `python bench/clean_speed.py [--rows N] [--distinct N] [--strange SHARE]`.

Makes a 6-column file, then times whole processes, each alone and the best of three: `namealign clean` from its start
to its last byte, and Python's csv module merely reading and writing the same file. With `--names` the bytes alone: the
same cleaning with a Reconciler that answers at once. The names are spellings of the table, which are found by their
letters; `--strange` is the share that no table has, of one person's first word and another one's last.
"""

from __future__ import annotations

import argparse
import csv
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from namealign.tables import data_dir, read_aliases

_CSV = """
import csv, sys
text = {"encoding": "utf-8", "newline": ""}
with open(sys.argv[1], **text) as source, open(sys.argv[2], "w", **text) as target:
    writer = csv.writer(target, lineterminator="\\n")
    writer.writerows(csv.reader(source))
"""
_POLARS = """
import sys, polars
table = polars.read_csv(sys.argv[1], infer_schema=False)
names = table["name"].unique()
table.with_columns(table["name"].replace_strict(names, names.str.to_uppercase()).alias("n")).write_csv(sys.argv[2])
"""
_BYTES = """
import sys
from namealign.clean import clean
from namealign.model import Decision, Entity, Kind, Match, Outcome
class Answers:
    def lookup_many(self, names, *, limit=1, kinds=(), language=None, progress=None):
        return [Decision(n, Outcome.MATCH, Match(Entity("per:x", Kind.PERSON, n), n, 0.987)) for n in names]
clean(sys.argv[1], "name", output=sys.argv[2], reconciler=Answers())
"""


def make(path: Path, rows: int, distinct: int, strange: float, *, quotes: bool) -> None:
    """A table of `rows` rows in 6 columns whose name column has `distinct` values, drawn from the alias table."""
    rng = random.Random(20240119)
    aliases = sorted({row.alias for row in read_aliases(data_dir() / "aliases.csv") if row.kind == "person"})
    names = rng.sample(aliases, min(distinct, len(aliases)))
    names += [f"{rng.choice(names)} {i}" for i in range(distinct - len(names))]
    plain = [words for words in map(str.split, names) if len(words) > 1]
    for k in range(int(strange * distinct)):
        names[k] = f"{rng.choice(plain)[0]} {rng.choice(plain)[-1]}"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL if quotes else csv.QUOTE_MINIMAL)
        writer.writerow(["id", "date", "name", "country", "code", "amount"])
        for i in range(rows):
            day = f"2024-{i % 12 + 1:02}-{i % 28 + 1:02}"
            writer.writerow(
                [f"{i:07}", day, names[rng.randrange(distinct)], "Pakistan", f"{i % 1000:05}", f"{i % 977}.50"]
            )


def best(command: list[str], times: int = 3) -> float:
    """Seconds of the fastest whole process."""
    found = []
    for _ in range(times):
        begin = time.perf_counter()
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        found.append(time.perf_counter() - begin)
    return min(found)


def main() -> None:
    """Make the file, time the ways, print rows a second."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--distinct", type=int, default=5_000)
    parser.add_argument("--quotes", action="store_true", help="quote every field")
    parser.add_argument("--strange", type=float, default=0.0, help="share of the names that no table has")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        source, target = Path(name) / "in.csv", Path(name) / "out.csv"
        make(source, given.rows, given.distinct, given.strange, quotes=given.quotes)
        print(f"{given.rows:,} rows, {given.distinct:,} distinct names, {source.stat().st_size / 1e6:.0f} MB")
        python = [sys.executable, "-c"]
        ways = {
            "csv module, read and write": [*python, _CSV, str(source), str(target)],
            "namealign clean": [
                sys.executable,
                "-m",
                "namealign",
                "clean",
                str(source),
                "-c",
                "name",
                "-o",
                str(target),
            ],
            "the same without reconciling": [*python, _BYTES, str(source), str(target)],
        }
        try:
            import polars  # noqa: F401
        except ImportError:
            pass
        else:
            ways["Polars, read, map and write"] = [*python, _POLARS, str(source), str(target)]
        for label, command in ways.items():
            seconds = best(command)
            print(f"{label:<32}{seconds:7.2f} s {given.rows / seconds:12,.0f} rows/s")
        print(f"largest child: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MB of memory")


if __name__ == "__main__":
    main()

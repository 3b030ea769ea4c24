"""Golden pairs right and wrong, by file: `python bench/golden.py [--mark]`.

Prints, for each `tests/golden/compare_*.csv`, how many pairs `compare` tells as expected, and every pair that it does
not. `--mark` also writes the column `fails` anew: emptied where a pair is right now, filled with what was said where it
is wrong and has no reason yet (better ones are written by hand). Nothing is tuned to these pairs.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

from namealign import compare

GOLDEN = Path(__file__).resolve().parent.parent / "tests" / "golden"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mark", action="store_true", help="write the column of known failures anew")
    options = parser.parse_args()
    total = wrong = 0
    for path in sorted(GOLDEN.glob("compare_*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        said: list[str] = []
        for row in rows:
            result = compare(row["name_a"], row["name_b"])
            right = result.outcome == row["expected"]
            news = "" if right != bool(row["fails"]) else "  (mended)" if right else "  (new)"
            if not right or news:
                outcome = f"{row['expected']:9} said {result.outcome!s:9} {result.probability:.3f}"
                said.append(f"    {outcome}  {row['name_a']} | {row['name_b']}{news}")
            wrong += not right
            row["fails"] = "" if right else row["fails"] or f"says {result.outcome} ({result.probability:.2f})"
        total += len(rows)
        known = sum(bool(row["fails"]) for row in rows)
        print(f"{path.stem.removeprefix('compare_'):12}{len(rows) - known:4} of {len(rows)}")
        print(*said, sep="\n")
        if options.mark:
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)
    print(f"{total - wrong} of {total} right: {(total - wrong) / total:.3f}")


if __name__ == "__main__":
    main()

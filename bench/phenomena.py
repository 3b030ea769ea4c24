"""How well each phenomenon is told: `python bench/phenomena.py --gold FOLDER`.

Reads `FOLDER/phenomena.csv` (category, name_a, name_b, label: match, different or review). Prints right and total by
category, every wrong row with its probability, and the overall shares: match and different rows whose outcome is right,
and review rows whose probability lies in the review band.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from pathlib import Path

from namealign import compare
from namealign.decide import Policy


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gold", type=Path, required=True, help="folder that holds phenomena.csv")
    options = parser.parse_args()
    with (options.gold / "phenomena.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    decided = [0, 0]
    review = [0, 0]
    wrong: list[str] = []
    for row in rows:
        result = compare(row["name_a"], row["name_b"])
        good = result.outcome == row["label"]
        counted = review if row["label"] == "review" else decided
        counted[0] += good
        counted[1] += 1
        total[row["category"]] += 1
        right[row["category"]] += good
        if not good:
            said = f"{row['label']:9} said {result.outcome!s:9} {result.probability:.3f}"
            wrong.append(f"{row['category']:16} {said}  {row['name_a']} | {row['name_b']}")
    policy = Policy()
    print(f"match from {policy.match}, review from {policy.review}")
    print(f"{'category':18}{'right':>6}{'total':>7}{'share':>8}")
    for category in sorted(total, key=lambda c: (right[c] / total[c], c)):
        print(f"{category:18}{right[category]:6}{total[category]:7}{right[category] / total[category]:8.2f}")
    print()
    print(*wrong, sep="\n")
    print()
    print(f"match and different rows right: {decided[0]}/{decided[1]} = {decided[0] / max(1, decided[1]):.3f}")
    print(f"review rows in the review band: {review[0]}/{review[1]}")


if __name__ == "__main__":
    main()

"""A cleaned CSV in, its rows as an aligned table on stdout out: for reading in a terminal.

Names in scripts that run from right to left would break the alignment, so the column that has them comes last.
"""

import csv
import sys
import unicodedata


def width(text: str) -> int:
    """How many cells of a terminal a text takes."""
    shown = [c for c in text if not unicodedata.combining(c) and unicodedata.category(c) != "Cf"]
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in shown)


def main(path: str, *columns: str) -> None:
    """Print the named columns of a CSV file."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = [list(columns), *([row[name] for name in columns] for row in csv.DictReader(file))]
    widths = [max(width(row[i]) for row in rows) for i in range(len(columns))]
    for row in rows:
        print("  ".join(cell + " " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True)).rstrip())


if __name__ == "__main__":
    main(*sys.argv[1:])

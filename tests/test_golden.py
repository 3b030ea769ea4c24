"""`compare` against golden pairs on both sides of the line: `golden/compare_*.csv`, one file a phenomenon.

A row with a reason under `fails` is a known failure: a strict xfail, so that mending it is noticed.
`python bench/golden.py --mark` brings that column up to date.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from namealign import compare

FILES = sorted((Path(__file__).parent / "golden").glob("compare_*.csv"))


def cases() -> list[Any]:
    out = []
    for path in FILES:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                marks = [pytest.mark.xfail(reason=row["fails"], strict=True)] if row["fails"] else []
                name = f"{path.stem.removeprefix('compare_')}-{row['name_a']}-{row['name_b']}"
                pair = (row["name_a"], row["name_b"], row["expected"])
                out.append(pytest.param(*pair, marks=marks, id=name))
    return out


@pytest.mark.parametrize(("a", "b", "expected"), cases())
def test_a_pair_is_told_as_a_person_would_tell_it(a: str, b: str, expected: str) -> None:
    result = compare(a, b)
    assert result.outcome == expected, f"{result.probability:.3f} {result.evidence}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_phenomenon_has_cases_on_both_sides_and_a_reason_for_each(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    expected = [row["expected"] for row in rows]
    assert set(expected) <= {"match", "different", "review"}
    assert expected.count("match") >= 1
    assert len(rows) - expected.count("match") >= 5
    assert len({frozenset((row["name_a"], row["name_b"])) for row in rows}) == len(rows)
    assert all(row["why"] for row in rows)

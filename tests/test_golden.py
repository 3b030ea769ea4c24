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
from namealign.romanize import LANGUAGES, script_of

# The two kana are one script to whoever writes a name in them.
_WRITTEN = {"Hira": "Kana"}
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


def test_every_script_has_ten_pairs_of_two_native_spellings_on_both_sides_of_the_line() -> None:
    told: dict[str, list[str]] = {}
    with (FILES[0].parent / "compare_native.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            scripts = {_WRITTEN.get(s, s) for s in map(script_of, (row["name_a"], row["name_b"]))}
            if len(scripts) == 1:
                told.setdefault(scripts.pop(), []).append(row["expected"])
    every = {_WRITTEN.get(script, script) for scripts in LANGUAGES.values() for script in scripts}
    assert set(told) == every
    assert {script: len(said) for script, said in told.items() if len(said) < 10} == {}
    assert all({"match", "different"} <= set(said) for said in told.values())

"""The compiled kernel says what the interpreted one says: over golden names, in every script."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

import pytest

from namealign import compare, compare_many, measure
from namealign.compare import scorer
from namealign.parse import read

GOLDEN = Path(__file__).parent / "golden"


def pairs() -> list[tuple[str, str]]:
    found = []
    for path in sorted(GOLDEN.glob("compare_*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found += [(row["name_a"], row["name_b"]) for row in csv.DictReader(file)]
    return found


def test_compiled_equals_interpreted_on_every_golden_pair() -> None:
    known = pairs()
    # Neighbours too: golden pairs are near one another, strangers take other branches.
    known += [(a, b) for (a, _), (_, b) in pairwise(known)]
    compiled = compare_many([a for a, _ in known], [b for _, b in known]).tolist()
    interpreted = [compare(a, b).probability for a, b in known]
    assert compiled == pytest.approx(interpreted, abs=1e-9)


def test_every_feature_is_a_finite_number_whichever_side_comes_first() -> None:
    score = scorer()
    for a, b in pairs()[:120]:
        left, right = score.names(read(a)[:1]), score.names(read(b)[:1])
        there, back = score.measure(left, 0, right, 0), score.measure(right, 0, left, 0)
        assert len(there) == len(measure.FEATURES)
        assert there == back
        assert all(abs(x) < 1e4 for x in there)


def test_a_pair_is_always_compared_the_same_way_round() -> None:
    score = scorer()
    for a, b in pairs()[:120]:
        left, right = score.names(read(a)[:1]), score.names(read(b)[:1])
        keys = [[store.tokens.key[unit] for unit in store.unit] for store in (left, right)]
        if keys[0] != keys[1]:
            assert score.ordered(left, 0, right, 0)[0] is score.ordered(right, 0, left, 0)[0]


def test_a_name_of_more_units_than_the_kernel_takes_is_cut_not_an_error() -> None:
    long = "Ali Hassan Khan Omar Said Karim Nasser Tariq Yusuf Zaid Bakr"
    assert compare(long, f"{long} Musa").probability < 1.0
    assert compare(long, "Geelani").outcome == "different"
    assert compare_many([long], ["Geelani"])[0] == pytest.approx(compare(long, "Geelani").probability, abs=1e-9)


def test_the_number_of_a_feature_is_its_place() -> None:
    assert len(set(measure.FEATURES)) == len(measure.FEATURES)

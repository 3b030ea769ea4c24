"""A table of boosted trees in, flat lists out, and what each feature contributed to a sum of leaves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from namealign.measure import FEATURES
from namealign.tables import read_rows

__all__ = ["Forest", "contributions", "read_forest"]


class Forest(NamedTuple):
    """The trees, node by node: a leaf has feature -1; `value` of an inner node is the mean of its training pairs."""

    roots: Sequence[int]
    feature: Sequence[int]
    threshold: Sequence[float]
    left: Sequence[int]
    right: Sequence[int]
    value: Sequence[float]


def read_forest(path: Path) -> Forest:
    """Read `data/comparison_trees.csv`."""
    numbers = {name: i for i, name in enumerate(FEATURES)}
    roots: list[int] = []
    features: list[int] = []
    thresholds: list[float] = []
    lefts: list[int] = []
    rights: list[int] = []
    values: list[float] = []
    base = 0
    columns = ("tree", "node", "feature", "threshold", "left", "right", "value")
    for _, (_, node, feature, threshold, left, right, value) in read_rows(path, columns):
        here = len(features)
        if node == "0":
            base = here
            roots.append(here)
        features.append(numbers[feature] if feature else -1)
        thresholds.append(float(threshold) if feature else 0.0)
        lefts.append(base + int(left) if feature else 0)
        rights.append(base + int(right) if feature else 0)
        values.append(float(value))
    return Forest(roots, features, thresholds, lefts, rights, values)


def contributions(trees: Forest, measured: Sequence[float]) -> tuple[float, list[float]]:
    """What the trees say before they look, and what each feature then added; together the sum of the leaves.

    Read off the path of each tree (Saabas 2014): a step adds the difference of the two nodes' means to its feature.
    """
    prior = 0.0
    added = [0.0] * len(FEATURES)
    for root in trees.roots:
        node = root
        prior += trees.value[node]
        while trees.feature[node] >= 0:
            feature = trees.feature[node]
            to = trees.left[node] if measured[feature] <= trees.threshold[node] else trees.right[node]
            added[feature] += trees.value[to] - trees.value[node]
            node = to
    return prior, added

"""The same numbers as the kernel's `forest`, sooner: what bulk work puts in its place.

Every test of a feature that fails takes leaves from its tree; what is left decides (QuickScorer, Lucchese et al.
2015). Here the leaves that all tests of one feature leave are worked out beforehand for each interval between that
feature's thresholds: a forest is then one AND a feature, over all trees at once.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from namealign.bulk_jit import lean

__all__ = ["Trees", "forest", "pack_forest"]


class Trees(NamedTuple):
    """A forest as one AND a feature; no tree has more than 64 leaves."""

    feature: Any  # the features that any tree tests
    first: Any  # thresholds of each, ascending
    threshold: Any
    row: Any  # its first row of `left`
    left: Any  # row, tree -> leaves left, as bits
    value: Any  # tree, leaf (by `_place`) -> value
    whole: Any  # tree -> every leaf


def pack_forest(trees: Any) -> Trees:
    """The forest of `namealign.trees`, rearranged."""
    roots, feature, threshold, left, right, value = (np.asarray(column) for column in trees)
    leaves: list[list[int]] = []
    tests: list[tuple[int, float, int, int]] = []
    for tree, root in enumerate(roots.tolist()):
        order: list[int] = []
        # In the order of the leaves: a test that fails (its feature above the threshold) drops those of its left side.
        stack: list[tuple[int, int]] = [(root, -1)]
        while stack:
            node, begin = stack.pop()
            if begin >= 0:
                dropped = ((1 << (len(order) - begin)) - 1) << begin
                tests.append((int(feature[node]), float(threshold[node]), tree, dropped))
            elif feature[node] < 0:
                order.append(node)
            else:
                stack += [(int(right[node]), -1), (node, len(order)), (int(left[node]), -1)]
        leaves.append(order)
    return _arranged(tests, leaves, value)


def _arranged(tests: list[tuple[int, float, int, int]], leaves: list[list[int]], value: Any) -> Trees:
    most = max(map(len, leaves), default=1)
    if most > 64:
        raise ValueError(f"a tree of {most} leaves; bulk work has room for 64")
    type_ = np.uint16 if most <= 16 else np.uint32 if most <= 32 else np.uint64
    full = int(np.iinfo(type_).max)
    tests = sorted(tests)
    features = sorted({feature for feature, *_ in tests})
    first, rows, threshold = [0], [0], []
    left = []
    for feature in features:
        own = [test for test in tests if test[0] == feature]
        edges = sorted({edge for _, edge, _, _ in own})
        block = np.full((len(edges) + 1, len(leaves)), full, type_)
        for _, edge, tree, dropped in own:
            block[edges.index(edge) + 1, tree] &= type_(full & ~dropped)
        left.append(np.bitwise_and.accumulate(block, axis=0))
        threshold += edges
        first.append(len(threshold))
        rows.append(rows[-1] + len(edges) + 1)
    values = np.zeros((len(leaves), 64))
    for tree, order in enumerate(leaves):
        for leaf, node in enumerate(order):
            values[tree, _place(leaf)] = value[node]
    return Trees(
        np.asarray(features, np.int64), np.asarray(first, np.int64), np.asarray(threshold, np.float64),
        np.asarray(rows, np.int64), np.concatenate(left) if left else np.full((1, len(leaves)), full, type_), values,
        np.full(len(leaves), full, type_),
    )  # fmt: skip


_DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)
_TOP = np.uint64(58)
_ONE = np.uint64(1)
# An index that cannot be negative saves the compiler asking.
U = np.uint64


def _place(leaf: int) -> int:
    """Where the value of a leaf stands: the lowest of 64 bits is told by one multiplication."""
    return (int(_DE_BRUIJN) << leaf & 0xFFFFFFFFFFFFFFFF) >> 58


@lean
def _lowest(bits):  # type: ignore[no-untyped-def]
    """Where the value of the lowest leaf stands."""
    x = np.uint64(bits)
    return ((x & (~x + _ONE)) * _DE_BRUIJN) >> _TOP


@lean
def forest(out, trees, bits):  # type: ignore[no-untyped-def]
    """`kernel.forest`; `bits` is scratch with a cell for each tree."""
    count = len(bits)
    left = trees.left
    threshold = trees.threshold
    # Rows are taken four at a time: each pass over the trees costs a load and a store beside them.
    fresh = True
    waiting = 0
    r0 = 0
    r1 = 0
    r2 = 0
    r3 = 0
    features = len(trees.feature)
    for k in range(features):
        x = out[trees.feature[k]]
        # How many thresholds lie below x: to look at all of them at once is sooner done than to halve them.
        below = 0
        for at in range(trees.first[k], trees.first[k + 1]):
            below += threshold[U(at)] < x
        if below > 0:
            r3 = r2
            r2 = r1
            r1 = r0
            r0 = trees.row[k] + below
            waiting += 1
        if waiting == 4 or k == features - 1:
            # A feature's first row leaves every leaf.
            if waiting < 4:
                r3 = trees.row[0]
            if waiting < 3:
                r2 = trees.row[0]
            if waiting < 2:
                r1 = trees.row[0]
            if waiting < 1:
                r0 = trees.row[0]
            if fresh:
                for t in range(count):
                    bits[U(t)] = left[U(r0), U(t)] & left[U(r1), U(t)] & left[U(r2), U(t)] & left[U(r3), U(t)]
            else:
                for t in range(count):
                    bits[U(t)] &= left[U(r0), U(t)] & left[U(r1), U(t)] & left[U(r2), U(t)] & left[U(r3), U(t)]
            fresh = False
            waiting = 0
    # Four sums, because each addition waits for the one before it.
    value = trees.value
    t0 = 0.0
    t1 = 0.0
    t2 = 0.0
    t3 = 0.0
    even = count & ~3
    for t in range(0, even, 4):
        t0 += value[U(t), _lowest(bits[U(t)])]
        t1 += value[U(t + 1), _lowest(bits[U(t + 1)])]
        t2 += value[U(t + 2), _lowest(bits[U(t + 2)])]
        t3 += value[U(t + 3), _lowest(bits[U(t + 3)])]
    for t in range(even, count):
        t0 += value[U(t), _lowest(bits[U(t)])]
    return (t0 + t1) + (t2 + t3)

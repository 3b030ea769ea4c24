"""The same numbers as the kernel's `edit_score` and `forest`, sooner: what bulk work puts in their place.

Trees. Every test of a feature that fails takes leaves from its tree; what is left decides (QuickScorer, Lucchese et al.
2015). Here the leaves that all tests of one feature leave are worked out beforehand for each interval between that
feature's thresholds: a forest is then one AND a feature, over all trees at once.

Edits. The operations that the letters of two tokens allow are listed once, not tried anew in each cell; and a pair of
tokens that was scored a moment ago is remembered.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from namealign.bulk_jit import lean
from namealign.kernel import CLIP, IMPOSSIBLE, LONGEST

__all__ = ["Edits", "Trees", "edit_run", "edit_score", "forest", "pack_edits", "pack_forest", "wide"]

# Remembered pairs of tokens of one thread, a power of two: a bound on memory.
REMEMBERED = 1 << 14


class Trees(NamedTuple):
    """A forest as one AND a feature; no tree has more than 64 leaves."""

    feature: Any  # the features that any tree tests
    first: Any  # thresholds of each, ascending
    threshold: Any
    row: Any  # its first row of `left`
    left: Any  # row, tree -> leaves left, as bits
    value: Any  # tree, leaf (by `_place`) -> value
    whole: Any  # tree -> every leaf


class Edits(NamedTuple):
    """The edit weights and one thread's memory."""

    weights: Any
    key: Any
    score: Any
    loss: Any
    ids: Any
    cells: Any
    prices: Any


# Columns before the first.
PAD = 3
# Lower than anything an operation can make of what is impossible ten times over.
NEVER = -1.0e12


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


def pack_edits(weights: Any, longest: int, *, remember: bool = True) -> Edits:
    """Edit weights (of `wide`) with a fresh memory, for tokens of at most `longest` letters.

    A pair is remembered by where its tokens' letters lie, so the memory is for tokens of one store only.
    """
    room = REMEMBERED if remember else 1
    # A run of tokens may be as long as the longest token that is compared.
    longest = max(longest, LONGEST)
    width = longest + 1 + PAD
    return Edits(
        weights, np.full(room, -1, np.int64), np.empty(room), np.empty(room), np.empty(4 * width, np.int64),
        np.empty((longest + 1) * width), np.empty(2 * longest + 2),
    )  # fmt: skip


def wide(weights: Any, size: int) -> Any:
    """The three squares of weights with one column more: of what no operation knows, lower than any other weight."""
    squares = np.asarray(weights, np.float32).reshape(3, size, size)
    return np.concatenate([squares, np.full((3, size, 1), NEVER, np.float32)], axis=2).ravel()


@lean
def edit_score(subs_a, a0, a1, subs_b, b0, b1, edits, size, work, loss):  # type: ignore[no-untyped-def]  # noqa: ARG001
    """`kernel.edit_score`, row by row and without a branch in its inmost loop; the loss is read off the best path."""
    room = len(edits.key)
    key = (a0 << 32) | b0
    slot = ((key * 0x9E3779B97F4A7C1) >> 24) & (room - 1)
    if room > 1 and edits.key[slot] == key:
        loss[0] = edits.loss[slot]
        return edits.score[slot]
    la = a1 - a0
    lb = b1 - b0
    ids = edits.ids
    cells = edits.cells
    weights = edits.weights
    # Three columns before the first are never reached, so that no step needs to look whether it leaves the table.
    width = lb + 1 + PAD
    line = size + 1
    square = size * line
    lowest = 10.0 * IMPOSSIBLE
    for j in range(lb + 1):
        for q in range(1, 4):
            idb = -1
            if q <= j:
                idb = subs_b[(b0 + j - q) * 3 + q - 1]
            ids[q * width + PAD + j] = idb if idb >= 0 else size
    for i in range(la + 1):
        row = i * width + PAD
        for j in range(-PAD, 0):
            cells[row + j] = NEVER
        for j in range(lb + 1):
            cells[row + j] = lowest
        if i == 0:
            # Nothing but a first operation starts here.
            cells[row] = NEVER
        if i <= 3:
            # The first operation has weights of its own.
            ida = 0
            if i > 0:
                ida = subs_a[a0 * 3 + i - 1]
            if ida >= 0:
                for j in range(min(3, lb) + 1):
                    if i == 0 and j == 0:
                        continue
                    idb = 0
                    if j > 0:
                        idb = subs_b[b0 * 3 + j - 1]
                    if idb >= 0:
                        cells[row + j] = max(lowest, 0.0 + weights[ida * line + idb])
        for p in range(1, min(3, i) + 1):
            ida = subs_a[(a0 + i - p) * 3 + p - 1]
            if ida < 0:
                continue
            at = square + ida * line
            before = row - p * width
            plain = weights[at]
            for j in range(lb + 1):
                v0 = cells[U(before + j)] + plain
                v1 = cells[U(before + j - 1)] + weights[U(at + ids[U(width + PAD + j)])]
                v2 = cells[U(before + j - 2)] + weights[U(at + ids[U(2 * width + PAD + j)])]
                v3 = cells[U(before + j - 3)] + weights[U(at + ids[U(3 * width + PAD + j)])]
                v0 = max(v1, v0)
                v2 = max(v3, v2)
                v0 = max(v2, v0)
                here = cells[U(row + j)]
                cells[U(row + j)] = max(here, v0)
        for j in range(1, lb + 1):
            v1 = cells[U(row + j - 1)] + weights[U(square + ids[U(width + PAD + j)])]
            v2 = cells[U(row + j - 2)] + weights[U(square + ids[U(2 * width + PAD + j)])]
            v3 = cells[U(row + j - 3)] + weights[U(square + ids[U(3 * width + PAD + j)])]
            v1 = max(v2, v1)
            v1 = max(v3, v1)
            here = cells[U(row + j)]
            cells[U(row + j)] = max(here, v1)
    # The last operation has weights of its own too.
    row = la * width + PAD
    cells[PAD] = 0.0
    score = lowest if la + lb > 0 else 0.0
    i = la
    j = lb
    n = 0
    while i + j > 0:
        best = lowest
        if i < la or j < lb:
            best = cells[i * width + PAD + j]
        origin = -1
        price = 0.0
        step_p = 0
        step_q = 0
        for p in range(min(3, i) + 1):
            ida = 0
            if p > 0:
                ida = subs_a[(a0 + i - p) * 3 + p - 1]
                if ida < 0:
                    continue
            for q in range(min(3, j) + 1):
                if p + q == 0:
                    continue
                idb = 0
                if q > 0:
                    idb = subs_b[(b0 + j - q) * 3 + q - 1]
                    if idb < 0:
                        continue
                where = square
                if i == p and j == q:
                    where = 0
                elif i == la and j == lb:
                    where = 2 * square
                weight = weights[where + ida * line + idb]
                value = cells[(i - p) * width + PAD + j - q] + weight
                # On the way back the first operation that gave the cell its value is the one that was taken.
                if value > best if i == la and j == lb else (origin < 0 and value == best):
                    best = value
                    origin = 0
                    price = weight
                    step_p = p
                    step_q = q
        if i == la and j == lb:
            score = best
            # A score that no alignment uses needs no loss.
            if score < -CLIP:
                break
        if origin < 0:
            break
        edits.prices[n] = min(0.0, price)
        n += 1
        i -= step_p
        j -= step_q
    lost = 0.0
    for k in range(n - 1, -1, -1):
        lost += edits.prices[k]
    loss[0] = lost
    if room > 1:
        edits.key[slot] = key
        edits.score[slot] = score
        edits.loss[slot] = lost
    return score


@lean
def edit_run(subs_a, a0, a1, subs_b, b0, b1, edits, size, work, loss):  # type: ignore[no-untyped-def]
    """`kernel.edit_run`: letters that were copied together lie where other letters lay a moment ago.

    They lie at 0 on both sides, and what is remembered of 0 and 0 is in the first place.
    """
    edits.key[0] = -1
    score = edit_score(subs_a, a0, a1, subs_b, b0, b1, edits, size, work, loss)
    edits.key[0] = -1
    return score

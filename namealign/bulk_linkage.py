"""Pairs of things with their shares in, groups out: average linkage, with what is the same and what is kept apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from namealign.bulk_jit import jit

__all__ = ["free_of", "linked", "wider"]


@jit
def wider(column):  # type: ignore[no-untyped-def]
    """The column with twice the room. A loop: assigning a slice would have Numba compile its error message, too."""
    out = np.empty(2 * len(column), column.dtype)
    for k in range(len(column)):
        out[k] = column[k]
    return out


@jit
def _root(parent, x):  # type: ignore[no-untyped-def]
    while parent[x] != x:
        parent[x] = parent[parent[x]]
        x = parent[x]
    return x


@jit
def _before(heap_mean, heap_a, heap_b, x, y):  # type: ignore[no-untyped-def]
    if heap_mean[x] != heap_mean[y]:
        return heap_mean[x] > heap_mean[y]
    if heap_a[x] != heap_a[y]:
        return heap_a[x] < heap_a[y]
    return heap_b[x] < heap_b[y]


@jit
def _swap(heap_mean, heap_a, heap_b, heap_age, x, y):  # type: ignore[no-untyped-def]
    heap_mean[x], heap_mean[y] = heap_mean[y], heap_mean[x]
    heap_a[x], heap_a[y] = heap_a[y], heap_a[x]
    heap_b[x], heap_b[y] = heap_b[y], heap_b[x]
    heap_age[x], heap_age[y] = heap_age[y], heap_age[x]


@jit
def _linkage(count, row_first, row, share, left, right, edge, threshold, apart_first, apart):  # type: ignore[no-untyped-def]
    """Average linkage: join the two groups with the highest mean while it is at least the threshold; ties by number.

    Groups that hold a thing `x` and one of `apart[apart_first[x]:apart_first[x + 1]]` are never joined.
    """
    room = max(1024, 2 * len(edge))
    heap_mean = np.empty(room)
    heap_a = np.empty(room, np.int32)
    heap_b = np.empty(room, np.int32)
    heap_age = np.empty(room, np.int64)
    parent = np.arange(count)
    size = np.ones(count, np.int64)
    age = np.zeros(count, np.int64)
    # The members of a group, as a chain from its smallest.
    onward = np.full(count, -1, np.int64)
    tail = np.arange(count)
    total = np.zeros(count)
    near = np.empty(count, np.int64)
    # The merge for which a group was last found to be kept apart.
    banned = np.zeros(count, np.int64)
    n = 0
    merges = 0
    next_edge = 0
    while True:
        # Single pairs come in order; the heap holds what joining has made. The better of the two is next.
        while next_edge < len(edge) and (age[left[next_edge]] > 0 or age[right[next_edge]] > 0):
            next_edge += 1
        single = next_edge < len(edge) and edge[next_edge] >= threshold
        a = -1
        b = -1
        if n > 0 and not (
            single
            and (
                edge[next_edge] > heap_mean[0]
                or (
                    edge[next_edge] == heap_mean[0]
                    and (left[next_edge] < heap_a[0] or (left[next_edge] == heap_a[0] and right[next_edge] < heap_b[0]))
                )
            )
        ):
            a = heap_a[0]
            b = heap_b[0]
            made = heap_age[0]
            n -= 1
            _swap(heap_mean, heap_a, heap_b, heap_age, 0, n)
            x = 0
            while True:
                y = 2 * x + 1
                if y >= n:
                    break
                if y + 1 < n and _before(heap_mean, heap_a, heap_b, y + 1, y):
                    y += 1
                if not _before(heap_mean, heap_a, heap_b, y, x):
                    break
                _swap(heap_mean, heap_a, heap_b, heap_age, x, y)
                x = y
            if parent[a] != a or parent[b] != b or age[a] > made or age[b] > made:
                continue
        elif single:
            a = left[next_edge]
            b = right[next_edge]
            next_edge += 1
        else:
            break
        merges += 1
        parent[b] = a
        size[a] += size[b]
        onward[tail[a]] = b
        tail[a] = tail[b]
        age[a] = merges
        age[b] = merges
        found = 0
        x = a
        while x >= 0:
            for k in range(apart_first[x], apart_first[x + 1]):
                banned[_root(parent, apart[k])] = merges
            for k in range(row_first[x], row_first[x + 1]):
                c = _root(parent, row[k])
                if c == a:
                    continue
                if total[c] == 0.0:
                    near[found] = c
                    found += 1
                total[c] += share[k]
            x = onward[x]
        for f in range(found):
            c = near[f]
            mean = total[c] / (size[a] * size[c])
            total[c] = 0.0
            if mean < threshold or banned[c] == merges:
                continue
            if n == room:
                room *= 2
                heap_mean = wider(heap_mean)
                heap_a = wider(heap_a)
                heap_b = wider(heap_b)
                heap_age = wider(heap_age)
            heap_mean[n] = mean
            heap_a[n] = min(a, c)
            heap_b[n] = max(a, c)
            heap_age[n] = merges
            x = n
            n += 1
            while x > 0 and _before(heap_mean, heap_a, heap_b, x, (x - 1) // 2):
                _swap(heap_mean, heap_a, heap_b, heap_age, x, (x - 1) // 2)
                x = (x - 1) // 2
    out = np.empty(count, np.int64)
    for x in range(count):
        out[x] = _root(parent, x)
    return out


def linked(
    count: int,
    left: Any,
    right: Any,
    share: Any,
    threshold: float,
    same: Sequence[tuple[int, int]] = (),
    apart: Sequence[tuple[int, int]] = (),
) -> list[int]:
    """Groups of `count` things by average linkage over the pairs that are given; others count as nothing."""
    one = _ones(count, same)
    held = np.array(sorted(apart), np.int64).reshape(-1, 2)
    if len(same) or len(held):
        left, right, share = _kept(one[left], one[right], share, one[held], count)
    both = one[np.concatenate([held, held[:, ::-1]])]
    both = both[np.argsort(both[:, 0], kind="stable")]
    apart_first = np.searchsorted(both[:, 0], np.arange(count + 1))
    ends = np.concatenate([left, right])
    order = np.lexsort((np.concatenate([right, left]), ends))
    row = np.concatenate([right, left])[order]
    row_share = np.concatenate([share, share])[order]
    row_first = np.searchsorted(ends[order], np.arange(count + 1))
    best = np.lexsort((right, left, -share))
    labels = _linkage(
        count, row_first, row, row_share, left[best], right[best], share[best], threshold, apart_first,
        np.ascontiguousarray(both[:, 1]),
    )  # fmt: skip
    return [int(label) for label in labels[one].tolist()]


def _ones(count: int, same: Sequence[tuple[int, int]]) -> Any:
    """For each thing the smallest of those that are given as the same."""
    if not same:
        return np.arange(count)
    one = list(range(count))

    def root(x: int) -> int:
        while one[x] != x:
            one[x] = one[one[x]]
            x = one[x]
        return x

    for a, b in same:
        first, other = sorted((root(a), root(b)))
        one[other] = first
    return np.array([root(x) for x in range(count)], np.int64)


def free_of(
    apart: Sequence[tuple[int, int]], pairs: Sequence[tuple[int, int]], same: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Of some more pairs those that, taken for the same in turn, join nothing that is kept apart.

    >>> free_of([(0, 2)], [(0, 1), (1, 2), (3, 4)], [])
    [(0, 1), (3, 4)]
    """
    if not apart:
        return list(pairs)
    one: dict[int, int] = {}

    def root(x: int) -> int:
        while one.get(x, x) != x:
            x = one[x]
        return x

    for a, b in same:
        one[root(a)] = root(b)
    found = []
    for a, b in pairs:
        ends = {root(a), root(b)}
        if len(ends) == 2 and any({root(x), root(y)} == ends for x, y in apart):
            continue
        one[root(a)] = root(b)
        found.append((a, b))
    return found


def _kept(left: Any, right: Any, share: Any, apart: Any, count: int) -> tuple[Any, Any, Any]:
    """The pairs that may decide: things that are the same count as one, by their likest, and what is apart not at all.

    Their mean would say that who is known by two very different names resembles nobody.
    """
    number = np.minimum(left, right).astype(np.int64) * count + np.maximum(left, right)
    held = np.minimum(apart[:, 0], apart[:, 1]) * count + np.maximum(apart[:, 0], apart[:, 1])
    free = (left != right) & ~np.isin(number, held)
    order = np.lexsort((-share[free], number[free]))
    number, share = number[free][order], share[free][order]
    number, first = np.unique(number, return_index=True)
    return number // count, number % count, share[first]

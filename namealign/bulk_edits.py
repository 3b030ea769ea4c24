"""The same numbers as the kernel's `edit_score`, sooner: what bulk work puts in its place.

Cells are whole numbers, and a row of them is made eight at a time. A pair of tokens that was scored a moment ago is
remembered, and so is what the left token alone decides.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from namealign.bulk_jit import lean
from namealign.kernel import CLIP, IMPOSSIBLE, LONGEST, STEP

__all__ = ["Edits", "edit_run", "edit_score", "pack_edits", "pack_operations"]

# Remembered pairs of tokens of one thread, a power of two: a bound on memory.
REMEMBERED = 1 << 14
# Columns before the first, so that no step needs to look whether it leaves the table; and how many are made at once.
PAD = 3
BLOCK = 8
# Cells and weights of what is impossible: 32 bits hold the lowest cell and two such weights.
LOWEST = -1_000_000_000
NEVER = -400_000_000


class Edits(NamedTuple):
    """The weights of letter operations and one thread's memory."""

    weights: Any
    # Pairs of tokens, by where their letters begin.
    key: Any
    score: Any
    loss: Any
    # The left token that was met last: where its letters begin, and whether it has three letters that are known as one;
    # the substrings of one, two and three letters that end with each column, and what dropping these costs.
    token: Any
    ids: Any
    drop: Any
    cells: Any


def pack_operations(weights: Any, size: int) -> Any:
    """The weights of an `EditModel`: three squares, with a line and a column more for what no operation knows."""
    squares = np.asarray(weights, np.int32).reshape(3, size, size)
    whole = np.full((3, size + 1, size + 1), NEVER, np.int32)
    whole[:, :size, :size] = np.where(squares > IMPOSSIBLE, squares, NEVER)
    return whole.ravel()


def pack_edits(weights: Any, *, remember: bool = True) -> Edits:
    """The weights (of `pack_operations`) with a fresh memory.

    A pair is remembered by where its tokens' letters lie, so the memory is for tokens of one store only.
    """
    room = REMEMBERED if remember else 1
    # No more letters are ever compared.
    columns = BLOCK * (LONGEST // BLOCK + 1)
    return Edits(
        weights, np.full(room, -1, np.int64), np.empty(room), np.empty(room), np.array([-1, 0]),
        np.zeros(3 * columns, np.int32), np.zeros(3 * columns, np.int32),
        np.full((LONGEST + 1) * (PAD + columns), LOWEST, np.int32),
    )  # fmt: skip


# An index that cannot be negative saves the compiler asking.
U = np.uint64


@lean
def _take(subs_a, a0, la, edits, size):  # type: ignore[no-untyped-def]
    """Work out what the left token alone decides."""
    weights = edits.weights
    line = size + 1
    square = line * line
    columns = len(edits.ids) // 3
    three = 0
    for i in range(BLOCK * (la // BLOCK + 1)):
        for p in range(1, 4):
            x = -1
            if p <= i <= la:
                x = subs_a[(a0 + i - p) * 3 + p - 1]
            if x < 0:
                x = size
            elif p == 3:
                three = 1
            at = (p - 1) * columns + i
            edits.ids[U(at)] = x
            edits.drop[U(at)] = weights[U(square + x * line)]
    edits.token[0] = a0
    edits.token[1] = three


@lean
def edit_score(subs_a, a0, a1, subs_b, b0, b1, edits, size, work, loss):  # type: ignore[no-untyped-def]  # noqa: ARG001
    """`kernel.edit_score`: rows are the right token's letters, columns the left one's."""
    room = len(edits.key)
    key = (a0 << 32) | b0
    slot = ((key * 0x9E3779B97F4A7C1) >> 24) & (room - 1)
    if room > 1 and edits.key[slot] == key:
        loss[0] = edits.loss[slot]
        return edits.score[slot]
    la = a1 - a0
    lb = b1 - b0
    if edits.token[0] != a0:
        _take(subs_a, a0, la, edits, size)
    cells = edits.cells
    ids = edits.ids
    drop = edits.drop
    weights = edits.weights
    columns = len(ids) // 3
    width = PAD + columns
    line = size + 1
    square = line * line
    wide = BLOCK * (la // BLOCK + 1)
    reach = 3 if edits.token[1] else 2
    for j in range(lb + 1):
        row = j * width + PAD
        for c in range(0, wide, BLOCK):
            for k in range(BLOCK):
                cells[U(row + c + k)] = LOWEST
        for q in range(1, min(3, j) + 1):
            y = subs_b[(b0 + j - q) * 3 + q - 1]
            if y < 0:
                continue
            at = square + y * line
            before = row - q * width
            whole = weights[at]
            for c in range(0, wide, BLOCK):
                for k in range(BLOCK):
                    i = c + k
                    v0 = np.int32(cells[U(before + i)] + whole)
                    v1 = np.int32(cells[U(before + i - 1)] + weights[U(at + ids[U(i)])])
                    v2 = np.int32(cells[U(before + i - 2)] + weights[U(at + ids[U(columns + i)])])
                    cells[U(row + i)] = max(max(v0, cells[U(row + i)]), max(v1, v2))
            if reach == 3:
                for i in range(3, la + 1):
                    v3 = np.int32(cells[U(before + i - 3)] + weights[U(at + ids[U(2 * columns + i)])])
                    cells[U(row + i)] = max(v3, cells[U(row + i)])
        # The first operation has weights of its own.
        if j <= 3:
            y = 0
            if j > 0:
                y = subs_b[b0 * 3 + j - 1]
                y = y if y >= 0 else size
            for i in range(min(3, la) + 1):
                if i + j > 0:
                    x = 0
                    if i > 0:
                        x = subs_a[a0 * 3 + i - 1]
                        x = x if x >= 0 else size
                    cells[U(row + i)] = max(cells[U(row + i)], weights[U(x * line + y)])
        here1 = cells[U(row)]
        here2 = np.int32(LOWEST)
        here3 = np.int32(LOWEST)
        for i in range(1, la + 1):
            v2 = np.int32(here2 + drop[U(columns + i)])
            v3 = np.int32(here3 + drop[U(2 * columns + i)])
            v0 = max(max(v2, v3), cells[U(row + i)])
            v1 = np.int32(here1 + drop[U(i)])
            here3 = here2
            here2 = here1
            here1 = max(v0, v1)
            cells[U(row + i)] = here1
    score, lost = _traced(subs_a, a0, la, subs_b, b0, lb, edits, size)
    loss[0] = lost
    if room > 1:
        edits.key[slot] = key
        edits.score[slot] = score
        edits.loss[slot] = lost
    return score


@lean
def _traced(subs_a, a0, la, subs_b, b0, lb, edits, size):  # type: ignore[no-untyped-def]
    """The score, and the loss read off the best path, from the last operation to the first."""
    cells = edits.cells
    weights = edits.weights
    width = PAD + len(edits.ids) // 3
    line = size + 1
    square = line * line
    cells[PAD] = 0
    score = LOWEST if la + lb > 0 else 0
    i = la
    j = lb
    lost = 0
    while i + j > 0:
        last = i == la and j == lb
        best: Any = LOWEST if last else np.int64(cells[j * width + PAD + i])
        price = 0
        step_p = 0
        step_q = 0
        for p in range(min(3, i) + 1):
            x = 0
            if p > 0:
                x = subs_a[(a0 + i - p) * 3 + p - 1]
                if x < 0:
                    continue
            for q in range(min(3, j) + 1):
                if p + q == 0:
                    continue
                y = 0
                if q > 0:
                    y = subs_b[(b0 + j - q) * 3 + q - 1]
                    if y < 0:
                        continue
                where = square
                if i == p and j == q:
                    # The first operation, and the last one, have weights of their own.
                    where = 0
                elif last:
                    where = 2 * square
                weight = weights[U(where + x * line + y)]
                value = np.int64(cells[U((j - q) * width + PAD + i - p)]) + weight
                # On the way back the first operation that gave the cell its value is the one that was taken.
                if value > best if last else (step_p + step_q == 0 and value == best):
                    best = value
                    price = weight
                    step_p = p
                    step_q = q
        if last:
            score = best
            # A score that no alignment uses needs no loss.
            if STEP * score < -CLIP:
                break
        if step_p + step_q == 0:
            break
        lost += min(0, price)
        i -= step_p
        j -= step_q
    cells[PAD] = LOWEST
    return STEP * score, STEP * lost


@lean
def edit_run(subs_a, a0, a1, subs_b, b0, b1, edits, size, work, loss):  # type: ignore[no-untyped-def]
    """`kernel.edit_run`: letters that were copied together lie where other letters lay a moment ago.

    They lie at 0 on both sides, and what is remembered of 0 and 0 is in the first place.
    """
    edits.key[0] = -1
    edits.token[0] = -1
    score = edit_score(subs_a, a0, a1, subs_b, b0, b1, edits, size, work, loss)
    edits.key[0] = -1
    edits.token[0] = -1
    return score

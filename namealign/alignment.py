"""Two names' units in, who meets whom out: a unit meets a unit, two joined ones, an initial, a run of them, or nothing.

Run by the interpreter and compiled, as `namealign.kernel` says.
"""

from __future__ import annotations

from typing import Any

from namealign.kernel import CLIP, INITIAL, LONGEST, bits, edit_run, sigmoid, unit_score

__all__ = ["INITIAL_SCORE", "IN_RUN", "MAX_UNITS", "RUN", "align", "may_join"]

INITIAL_SCORE = 1.0
MAX_UNITS = 8
LETTER_E, LETTER_Y = 101, 121
# Marks a unit with one equal in the other name, which has no other equal either.
SOLE = -1
# Two runs of units with this log-odds or more are one name written apart in two ways.
RUN_SCORE = 3.0
# A unit that meets another with less than this may be part of such a run.
RUN_DOUBT = 2.0
# Their lengths and consonant classes differ by no more.
RUN_LETTERS = 4
RUN_CLASSES = 2
# The span of a unit that heads a run, and the mark of each unit in it.
RUN = 3
IN_RUN = 2

# The functions that bulk work compiles, callees first.
COMPILED = ("begins", "may_join", "_join_score", "_mark", "_extent", "_copy", "_same_seams", "_run", "align")


def begins(ti: Any, initial: Any, tk: Any, token: Any) -> Any:
    """Whether a token begins as an initial says: with all of its letters, if it has several (Sh. is not Salman).

    E. is the Cyrillic letter that others write Ye (Yevgeny).
    """
    i = ti.starts[initial]
    k = tk.starts[token]
    shared = min(ti.starts[initial + 1] - i, tk.starts[token + 1] - k)
    if ti.head[initial] != tk.head[token]:
        yes = ti.head[initial] == LETTER_E and tk.head[token] == LETTER_Y
        return yes and tk.starts[token + 1] - k > 2 and tk.subs[3 * k + 3] == ti.subs[3 * i]
    alike = True
    for n in range(1, shared):
        alike = alike and ti.subs[3 * (i + n)] == tk.subs[3 * (k + n)]
    return alike


def may_join(tj: Any, joined: Any, tk: Any, single: Any) -> Any:
    """Whether two joined units may be a single one: of one length but for four letters, and nearly all its consonants.

    Of 142 joins in 6,500 dev and made-up pairs that the letters alone believed, this loses none that is right
    (`ahmadjan` for `ahmed` is lost), and two thirds of the tries.
    """
    length = tj.starts[joined + 1] - tj.starts[joined]
    if abs(length - (tk.starts[single + 1] - tk.starts[single])) > 4:
        return False
    # Classes that romanizations confuse may stand for one another: p and f, l and r, m and n are neighbouring bits.
    classes = tk.classes[single]
    shared = bits(tj.classes[joined] & (classes | (classes & 0xA8) << 1 | (classes & 0x150) >> 1))
    fewest = tj.consonants[joined]
    most = tk.consonants[single]
    return shared >= min(fewest, most) and shared >= max(fewest, most) - 1


def _join_score(
    tj: Any, joined: Any, tk: Any, single: Any, alt: Any, weights: Any, size: Any, work: Any, loss: Any
) -> Any:
    """Score of two joined units against a single one, plain or with its particle."""
    best = -CLIP
    for other in (single, alt):
        if other >= 0 and may_join(tj, joined, tk, other):
            best = max(best, unit_score(tj, joined, tk, other, weights, size, work, loss))
    return best


def _mark(na: Any, a_first: Any, m: Any, nb: Any, b_first: Any, n: Any, ws: Any) -> None:
    """Mark the units that may be part of a run: they met nothing, or alone something that they hardly resemble."""
    for y in range(n):
        ws.settled_b[y] = IN_RUN
    for x in range(m):
        y = ws.partner[x]
        ws.settled_a[x] = IN_RUN if y == -1 else 0
        if y >= 0:
            alone = ws.span_a[x] == 1 and ws.span_b[x] == 1
            mark = IN_RUN if alone and ws.score[x * MAX_UNITS + y] < RUN_DOUBT else 0
            ws.settled_a[x] = mark
            ws.settled_b[y] = mark
            if ws.span_b[x] == 2:
                ws.settled_b[y + 1] = mark
    for x in range(m):
        if na.flags[a_first + x] & INITIAL:
            ws.settled_a[x] = 0
    for y in range(n):
        if nb.flags[b_first + y] & INITIAL:
            ws.settled_b[y] = 0


def _extent(tokens: Any, names: Any, first: Any, units: Any, settled: Any) -> Any:
    """Of the marked units of a name: how many, their letters, their consonant classes, and the first of them."""
    count = 0
    letters = 0
    classes = 0
    head = -1
    for x in range(units):
        if settled[x] == IN_RUN:
            token = names.unit[first + x]
            count += 1
            letters += tokens.starts[token + 1] - tokens.starts[token]
            classes |= tokens.classes[token]
            if head < 0:
                head = x
    return count, letters, classes, head


def _copy(tokens: Any, names: Any, first: Any, units: Any, settled: Any, out: Any) -> None:
    """Lay the letters of the marked units one behind the other."""
    at = 0
    for x in range(units):
        if settled[x] == IN_RUN:
            token = names.unit[first + x]
            for k in range(3 * tokens.starts[token], 3 * tokens.starts[token + 1]):
                out[at] = tokens.subs[k]
                at += 1


def _same_seams(ta: Any, na: Any, a_first: Any, m: Any, tb: Any, nb: Any, b_first: Any, n: Any, ws: Any) -> Any:
    """Whether the marked units of both names, one after the other, begin alike and are of like length.

    Then nothing is joined in one that the other writes apart: `Alexander Karelin` and `Alexandra Karelina`, where one
    unit only goes on (`Viktor Petrov`, `Viktoria Petrova`), or where a letter more or less is all.
    """
    y = 0
    for x in range(m):
        if ws.settled_a[x] != IN_RUN:
            continue
        while y < n and ws.settled_b[y] != IN_RUN:
            y += 1
        if y == n:
            return False
        a = ta.starts[na.unit[a_first + x]]
        b = tb.starts[nb.unit[b_first + y]]
        long_a = ta.starts[na.unit[a_first + x] + 1] - a
        long_b = tb.starts[nb.unit[b_first + y] + 1] - b
        if abs(long_a - long_b) > 1:
            for k in range(min(long_a, long_b)):
                if ta.subs[3 * (a + k)] != tb.subs[3 * (b + k)]:
                    return False
        y += 1
    return True


def _run(ta: Any, na: Any, i: Any, m: Any, tb: Any, nb: Any, j: Any, n: Any, weights: Any, size: Any, ws: Any) -> None:
    """Three and more units that are one stretch of letters, written apart in two ways: `ram deo das`, `ramdeodas`.

    What is left of both names when what agrees is taken away is held against one another as two runs of letters. Where
    they agree, `settled_a` and `settled_b` are `IN_RUN` for their units, and `join_a` of the first ones has the score.
    """
    a_first = na.first[i]
    b_first = nb.first[j]
    _mark(na, a_first, m, nb, b_first, n, ws)
    units_a, letters_a, classes_a, head_a = _extent(ta, na, a_first, m, ws.settled_a)
    units_b, letters_b, classes_b, head_b = _extent(tb, nb, b_first, n, ws.settled_b)
    if (
        units_a == 0
        or units_b == 0
        or units_a + units_b < 3
        or abs(letters_a - letters_b) > RUN_LETTERS
        or max(letters_a, letters_b) > LONGEST
        or bits(classes_a ^ classes_b) > RUN_CLASSES
        or (units_a == units_b and _same_seams(ta, na, a_first, m, tb, nb, b_first, n, ws))
    ):
        return
    _copy(ta, na, a_first, m, ws.settled_a, ws.run_a)
    _copy(tb, nb, b_first, n, ws.settled_b, ws.run_b)
    score = edit_run(ws.run_a, 0, letters_a, ws.run_b, 0, letters_b, weights, size, ws.work, ws.loss)
    if score < RUN_SCORE:
        return
    for x in range(m):
        if ws.settled_a[x] == IN_RUN:
            ws.partner[x] = -2
    ws.partner[head_a] = head_b
    ws.span_a[head_a] = RUN
    ws.join_a[head_a * MAX_UNITS + head_b] = min(CLIP, score)


def align(ta: Any, na: Any, i: Any, tb: Any, nb: Any, j: Any, weights: Any, size: Any, ws: Any) -> Any:
    """The assignment of units that explains most: each unit meets one unit, two joined ones, an initial, or nothing.

    Exact, by dynamic programming over subsets of the right name's units. Leaves token scores in `ws.score` and the
    chosen partners in `ws.partner` (right unit, or -1), `ws.span_a`, `ws.span_b` (units joined on each side).
    """
    a_first = na.first[i]
    b_first = nb.first[j]
    m = min(na.first[i + 1] - a_first, MAX_UNITS)
    n = min(nb.first[j + 1] - b_first, MAX_UNITS)
    for x in range(m):
        ws.settled_a[x] = 0
    for y in range(n):
        ws.settled_b[y] = 0
    # Equal tokens are found first.
    for x in range(m):
        for y in range(n):
            at = x * MAX_UNITS + y
            ws.score[at] = -CLIP
            ws.gain[at] = 0.0
            ws.loss_at[at] = 0.0
            ws.join_a[at] = -CLIP
            ws.join_b[at] = -CLIP
            if ta.key[na.unit[a_first + x]] == tb.key[nb.unit[b_first + y]]:
                ws.score[at] = CLIP
                ws.gain[at] = 1.0 + min(ta.rarity[na.unit[a_first + x]], tb.rarity[nb.unit[b_first + y]])
                ws.gain[at] -= 0.001 * min(abs(x - y), abs(m - x - n + y))
                ws.settled_a[x] += 1
                ws.settled_b[y] += 1
    # A token that meets no other equal, nor does its equal, needs to be held against nothing else.
    for x in range(m):
        for y in range(n):
            if ws.score[x * MAX_UNITS + y] == CLIP and ws.settled_a[x] == 1 and ws.settled_b[y] == 1:
                ws.settled_a[x] = SOLE
                ws.settled_b[y] = SOLE
    for x in range(m):
        u = a_first + x
        a = na.unit[u]
        for y in range(n):
            v = b_first + y
            b = nb.unit[v]
            at = x * MAX_UNITS + y
            if ws.score[at] == CLIP:
                continue
            # The names' two ends are measured anyway.
            if (ws.settled_a[x] == SOLE or ws.settled_b[y] == SOLE) and 0 < x + y < m + n - 2:
                continue
            fa = na.flags[u] & INITIAL
            fb = nb.flags[v] & INITIAL
            score = unit_score(ta, a, tb, b, weights, size, ws.work, ws.loss)
            loss = ws.loss[0]
            if na.alt[u] >= 0:
                other = unit_score(ta, na.alt[u], tb, b, weights, size, ws.work, ws.loss)
                if other > score:
                    score = other
                    loss = ws.loss[0]
            if nb.alt[v] >= 0:
                other = unit_score(ta, a, tb, nb.alt[v], weights, size, ws.work, ws.loss)
                if other > score:
                    score = other
                    loss = ws.loss[0]
                if na.alt[u] >= 0:
                    other = unit_score(ta, na.alt[u], tb, nb.alt[v], weights, size, ws.work, ws.loss)
                    if other > score:
                        score = other
                        loss = ws.loss[0]
            gain = sigmoid(score) * (1.0 + min(ta.rarity[a], tb.rarity[b]))
            if (fa and begins(ta, a, tb, b)) or (fb and begins(tb, b, ta, a)):
                if score < INITIAL_SCORE:
                    score = INITIAL_SCORE
                    loss = 0.0
                    gain = 0.4
            elif fa or fb:
                # Letters that are no beginning are no respelling either (Yu., Yakov).
                score = -CLIP
                gain = 0.0
            # Of equal explanations the one that keeps the order wins.
            ws.score[at] = score
            ws.loss_at[at] = loss
            ws.gain[at] = gain - 0.001 * min(abs(x - y), abs(m - x - n + y)) if gain > 0.05 else 0.0
    for x in range(m):
        u = a_first + x
        for y in range(n):
            v = b_first + y
            at = x * MAX_UNITS + y
            # Joining is tried only where the single units do not explain it already, and lengths agree.
            if x + 1 < m and na.join[u] >= 0 and not (ws.settled_a[x] or ws.settled_a[x + 1] or ws.settled_b[y]):
                ws.join_a[at] = _join_score(ta, na.join[u], tb, nb.unit[v], nb.alt[v], weights, size, ws.work, ws.loss)
            if y + 1 < n and nb.join[v] >= 0 and not (ws.settled_b[y] or ws.settled_b[y + 1] or ws.settled_a[x]):
                ws.join_b[at] = _join_score(tb, nb.join[v], ta, na.unit[u], na.alt[u], weights, size, ws.work, ws.loss)
    full = 1 << n
    best = ws.best
    back = ws.back
    for s in range((m + 2) * full):
        best[s] = -1.0
    best[0] = 0.0
    for x in range(m):
        for mask in range(full):
            here = best[x * full + mask]
            if here < 0.0:
                continue
            to = (x + 1) * full + mask
            if here > best[to]:
                best[to] = here
                back[to] = 0
            for y in range(n):
                bit = 1 << y
                if mask & bit:
                    continue
                at = x * MAX_UNITS + y
                if ws.gain[at] > 0.0:
                    to = (x + 1) * full + (mask | bit)
                    value = here + ws.gain[at]
                    if value > best[to]:
                        best[to] = value
                        back[to] = 1 + y
                if ws.join_a[at] > 0.0:
                    to = (x + 2) * full + (mask | bit)
                    value = here + sigmoid(ws.join_a[at]) * (1.0 + tb.rarity[nb.unit[b_first + y]])
                    if value > best[to]:
                        best[to] = value
                        back[to] = 101 + y
                if ws.join_b[at] > 0.0 and not mask & (bit << 1):
                    to = (x + 1) * full + (mask | bit | (bit << 1))
                    value = here + sigmoid(ws.join_b[at]) * (1.0 + ta.rarity[na.unit[a_first + x]])
                    if value > best[to]:
                        best[to] = value
                        back[to] = 201 + y
    mask = 0
    for s in range(full):
        if best[m * full + s] > best[m * full + mask]:
            mask = s
    for x in range(m):
        ws.partner[x] = -1
        ws.span_a[x] = 1
        ws.span_b[x] = 1
    x = m
    while x > 0:
        step = back[x * full + mask]
        if step == 0:
            x -= 1
        elif step < 100:
            y = step - 1
            mask &= ~(1 << y)
            x -= 1
            ws.partner[x] = y
        elif step < 200:
            y = step - 101
            mask &= ~(1 << y)
            x -= 2
            ws.partner[x] = y
            ws.span_a[x] = 2
            ws.partner[x + 1] = -2
        else:
            y = step - 201
            mask &= ~(3 << y)
            x -= 1
            ws.partner[x] = y
            ws.span_b[x] = 2
    _run(ta, na, i, m, tb, nb, j, n, weights, size, ws)
    return m, n

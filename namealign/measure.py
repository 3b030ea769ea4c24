"""An alignment of two names in, the numbers that the trees read out.

Run by the interpreter and compiled, as `namealign.kernel` says.
"""

from __future__ import annotations

from math import exp
from typing import Any

from namealign.alignment import IN_RUN, INITIAL_SCORE, MAX_UNITS, RUN, align
from namealign.kernel import (
    APART,
    CLIP,
    COGNATE,
    FAMILY_SCORE,
    FILIATION,
    INITIAL,
    ORIGIN_BITS,
    ORIGIN_COUNT,
    ORIGIN_STEP,
    ORIGINS,
    PATRONYMIC,
    SAME_FAMILY,
    WEAK,
    kinship,
    parted,
    sigmoid,
)  # fmt: skip

__all__ = ["FEATURES", "features"]

# The functions that bulk work compiles, callees first.
COMPILED = (
    "_given_exchanged",
    "_is_child",
    "_father_for_child",
    "_origins",
    "features",
)

FEATURES = (
    "units_min",
    "units_max",
    "share_min",
    "share_max",
    "matched_weight",
    "exact_weight",
    "worst_score",
    "worst_rarity",
    "worst_length",
    "second_score",
    "variant_sum",
    "contra_score",
    "contra_rarity",
    "contra_count",
    "omitted_count",
    "omitted_rarity",
    "omitted_soft",
    "initials",
    "joins",
    "inversions",
    "filiation_inversion",
    "first_score",
    "last_score",
    "families",
    "cognates",
    "known_apart",
    "gender",
    "codes",
    "light_weight",
    "letters_min",
    "worst_first_letter",
    "worst_loss",
    "loss_sum",
    "worst_common",
    "pairs",
    "worst_prefix",
    "unit_letters",
    "given_exchanged",
    "father_for_child",
    "initials_apart",
    *(f"origin_{origin}" for origin in ORIGINS),
)

FEATURE_ORIGIN = FEATURES.index(f"origin_{ORIGINS[0]}")


def _origins(tokens: Any, names: Any, name: Any, units: Any, ws: Any, out: Any) -> None:
    """Add half of each origin's probability, by the letters of one name, to the features."""
    count = ORIGIN_COUNT
    mask = (1 << ORIGIN_BITS) - 1
    for k in range(count):
        ws.sums[k] = 0.0
    first = names.first[name]
    for x in range(units):
        if not names.flags[first + x] & INITIAL:
            packed = tokens.origin[names.unit[first + x]]
            for k in range(count):
                ws.sums[k] -= ORIGIN_STEP * (packed >> (ORIGIN_BITS * k) & mask)
    top = ws.sums[0]
    for k in range(1, count):
        top = max(top, ws.sums[k])
    total = 0.0
    for k in range(count):
        ws.sums[k] = exp(ws.sums[k] - top)
        total += ws.sums[k]
    for k in range(count):
        out[FEATURE_ORIGIN + k] += 0.5 * ws.sums[k] / total


def _given_exchanged(ta: Any, na: Any, first: Any, units: Any, pairs: Any, ws: Any) -> Any:
    """1 where two given names stand in the other order, and more than a family name went to the other end; or 0."""
    found = 0.0
    turns = 0
    head = -1
    last = -1
    for x in range(units):
        y = ws.partner[x]
        if y < 0:
            continue
        if head < 0:
            head = y
        if y < last:
            turns += 1
        last = y
        if ta.given[na.unit[first + x]]:
            for k in range(x):
                if ws.partner[k] > y and ta.given[na.unit[first + k]]:
                    found = 1.0
    # Three parts and more that keep their order around a circle: the convention of another country.
    return 0.0 if pairs > 2 and turns == 1 and last < head else found


def _is_child(flags: Any, first: Any, x: Any, met: Any, unmet: Any) -> Any:
    """Whether unit x is named as the father, and the child's own name before it is `unmet` in the other name."""
    if not flags[first + x] & (FILIATION | PATRONYMIC):
        return False
    # `Ramzan Akhmadovich`, after a family name or before it; `Hamza bin Osama`, with nothing else before it.
    if flags[first + x] & FILIATION:
        for k in range(x):
            if met[k] != unmet:
                return False
    return x > 0 and met[x - 1] == unmet and flags[first + x - 1] & (FILIATION | PATRONYMIC | WEAK | INITIAL) == 0


def _father_for_child(na: Any, a_first: Any, m: Any, nb: Any, b_first: Any, ws: Any) -> Any:
    """1 where one name is borne by the father whom the other name tells beside his child's (Osama, Hamza bin Osama), or
    where each name calls the father what the other calls the child (Vagif Rashid oglu, Rashid Vagif oglu).
    """
    father = FILIATION | PATRONYMIC | INITIAL
    for x in range(1, m):
        for k in range(x if ws.partner[x] >= 0 and na.flags[a_first + x] & PATRONYMIC else 0):
            child = na.flags[a_first + k] & PATRONYMIC == 0 and nb.flags[b_first + ws.partner[x]] & PATRONYMIC == 0
            if child and ws.partner[k] > ws.partner[x] and nb.flags[b_first + ws.partner[k]] & PATRONYMIC:
                return 1.0
    for x in range(m):
        y = ws.partner[x]
        if y < 0 or ws.span_a[x] != 1 or ws.span_b[x] != 1:
            continue
        if not na.flags[a_first + x] & father and _is_child(nb.flags, b_first, y, ws.used, 0):
            return 1.0
        if not nb.flags[b_first + y] & father and _is_child(na.flags, a_first, x, ws.partner, -1):
            return 1.0
    return 0.0


def features(ta: Any, na: Any, i: Any, tb: Any, nb: Any, j: Any, weights: Any, size: Any, ws: Any, out: Any) -> Any:
    """Fill `out` with the numbers of `FEATURES` for name i against name j; both must have at least one unit."""
    m, n = align(ta, na, i, tb, nb, j, weights, size, ws)
    a_first = na.first[i]
    b_first = nb.first[j]
    total_a = 0.0
    total_b = 0.0
    letters_a = 0
    letters_b = 0
    for x in range(m):
        a = na.unit[a_first + x]
        total_a += ta.rarity[a]
        letters_a += ta.starts[a + 1] - ta.starts[a]
    for y in range(n):
        b = nb.unit[b_first + y]
        total_b += tb.rarity[b]
        letters_b += tb.starts[b + 1] - tb.starts[b]
        ws.used[y] = 0
    matched_a = 0.0
    matched_b = 0.0
    exact = 0.0
    worst = CLIP
    worst_rarity = 0.0
    worst_length = 0.0
    worst_head = 1.0
    worst_loss = 0.0
    loss_sum = 0.0
    worst_common = 0.0
    worst_prefix = 0.0
    first_score = ws.score[0]
    last_score = ws.score[(m - 1) * MAX_UNITS + n - 1]
    second = CLIP
    variant_sum = 0.0
    initials = 0
    joins = 0
    families = 0
    cognates = 0
    apart = 0
    gender = 0
    codes = 0
    inversions = 0
    filiation = 0
    top = -1
    pairs = 0
    for x in range(m):
        y = ws.partner[x]
        if y < 0:
            continue
        pairs += 1
        u = a_first + x
        v = b_first + y
        a = na.unit[u]
        b = nb.unit[v]
        ws.used[y] = 1
        if y < top:
            inversions += 1
            if (na.flags[u] | nb.flags[v]) & FILIATION:
                filiation = 1
        top = max(top, y)
        at = x * MAX_UNITS + y
        rarity_a = ta.rarity[a]
        rarity_b = tb.rarity[b]
        loss = ws.loss_at[at]
        if ws.span_a[x] == RUN:
            score = ws.join_a[at]
            rarity_a = 0.0
            rarity_b = 0.0
            for k in range(m):
                if ws.settled_a[k] == IN_RUN:
                    rarity_a += ta.rarity[na.unit[a_first + k]]
            for k in range(n):
                if ws.settled_b[k] == IN_RUN:
                    rarity_b += tb.rarity[nb.unit[b_first + k]]
                    ws.used[k] = 1
            joins += 1
            loss = 0.0
        elif ws.span_a[x] == 2:
            score = ws.join_a[at]
            rarity_a += ta.rarity[na.unit[u + 1]]
            joins += 1
            loss = 0.0
        elif ws.span_b[x] == 2:
            score = ws.join_b[at]
            rarity_b += tb.rarity[nb.unit[v + 1]]
            ws.used[y + 1] = 1
            joins += 1
            loss = 0.0
        else:
            score = ws.score[at]
            if score == INITIAL_SCORE and (na.flags[u] | nb.flags[v]) & INITIAL:
                initials += 1
                matched_a += 0.5 * rarity_a
                matched_b += 0.5 * rarity_b
                continue
            if ta.key[a] != tb.key[b]:
                relation = kinship(ta, a, tb, b)
                if relation == SAME_FAMILY:
                    families += 1
                elif relation == COGNATE:
                    cognates += 1
                elif relation == APART and score < FAMILY_SCORE and parted(ta, a, tb, b, loss):
                    apart += 1
                if ta.stem[a] == tb.stem[b] and ta.gender[a] != tb.gender[b]:
                    gender += 1
                if ta.code[a] == tb.code[b]:
                    codes += 1
        if x == 0 and y == 0:
            first_score = score
        if x + ws.span_a[x] == m and y + ws.span_b[x] == n:
            last_score = score
        loss_sum += loss
        p = sigmoid(score)
        rarity = min(rarity_a, rarity_b)
        matched_a += p * rarity_a
        matched_b += p * rarity_b
        if score >= FAMILY_SCORE:
            exact += rarity
        else:
            variant_sum += min(score, 6.0) - 6.0
        if score < worst:
            second = worst
            worst = score
            worst_rarity = rarity
            worst_length = 1.0 * min(ta.starts[a + 1] - ta.starts[a], tb.starts[b + 1] - tb.starts[b])
            worst_loss = loss
            worst_common = max(rarity_a, rarity_b)
            worst_head = 1.0 if ta.head[a] == tb.head[b] else 0.0
            worst_prefix = 1.0 if worst_length > 1.0 and ws.span_a[x] == 1 and ws.span_b[x] == 1 else 0.0
            for k in range(3 * int(worst_length) if worst_prefix > 0.0 else 0):
                if k % 3 == 0 and ta.subs[3 * ta.starts[a] + k] != tb.subs[3 * tb.starts[b] + k]:
                    worst_prefix = 0.0
        elif score < second:
            second = score
    # What is left over: units on both sides contradict one another, units on one side are merely left out.
    left_a = 0
    left_b = 0
    initials_a = 0
    initials_b = 0
    contra_score = 1.0
    contra_rarity = 0.0
    omitted = 0.0
    soft = 0
    for y in range(n):
        if not ws.used[y]:
            left_b += 1
            if nb.flags[b_first + y] & INITIAL:
                initials_b += 1
    for x in range(m):
        if ws.partner[x] == -1:
            left_a += 1
            u = a_first + x
            if na.flags[u] & INITIAL:
                initials_a += 1
            for y in range(n):
                if ws.used[y]:
                    continue
                v = b_first + y
                if (na.flags[u] | nb.flags[v]) & WEAK:
                    continue
                score = ws.score[x * MAX_UNITS + y]
                if contra_score > 0.5 or score > contra_score:
                    contra_score = min(score, 0.0)
                rarity = min(ta.rarity[na.unit[u]], tb.rarity[nb.unit[v]])
                contra_rarity = max(contra_rarity, rarity)
                if kinship(ta, na.unit[u], tb, nb.unit[v]) == APART:
                    apart += 1
    if left_a > left_b:
        for x in range(m):
            if ws.partner[x] == -1:
                u = a_first + x
                omitted += ta.rarity[na.unit[u]]
                if na.flags[u] & (WEAK | PATRONYMIC | INITIAL):
                    soft += 1
    elif left_b > left_a:
        for y in range(n):
            if not ws.used[y]:
                v = b_first + y
                omitted += tb.rarity[nb.unit[v]]
                if nb.flags[v] & (WEAK | PATRONYMIC | INITIAL):
                    soft += 1
    share_a = matched_a / total_a if total_a > 0.0 else 0.0
    share_b = matched_b / total_b if total_b > 0.0 else 0.0
    out[0] = min(m, n)
    out[1] = max(m, n)
    out[2] = min(share_a, share_b)
    out[3] = max(share_a, share_b)
    out[4] = min(matched_a, matched_b)
    out[5] = exact
    out[6] = worst if pairs > 0 else -CLIP
    out[7] = worst_rarity
    out[8] = worst_length
    out[9] = second
    out[10] = variant_sum
    out[11] = contra_score
    out[12] = contra_rarity
    out[13] = min(left_a, left_b)
    out[14] = abs(left_a - left_b)
    out[15] = omitted
    out[16] = soft
    out[17] = initials
    out[18] = joins
    out[19] = inversions
    out[20] = filiation
    out[21] = first_score
    out[22] = last_score
    out[23] = families
    out[24] = cognates
    out[25] = apart
    out[26] = gender
    out[27] = codes
    out[28] = min(total_a, total_b)
    out[29] = min(letters_a, letters_b)
    out[30] = worst_head
    out[31] = worst_loss
    out[32] = loss_sum
    out[33] = worst_common
    out[34] = pairs
    out[35] = worst_prefix
    out[36] = min(letters_a / m, letters_b / n)
    out[37] = _given_exchanged(ta, na, a_first, m, pairs, ws) if inversions > 0 else 0.0
    out[38] = _father_for_child(na, a_first, m, nb, b_first, ws) if m != n or inversions > 0 else 0.0
    out[39] = 1.0 if initials_a > 0 and initials_b > 0 else 0.0
    for k in range(ORIGIN_COUNT):
        out[FEATURE_ORIGIN + k] = 0.0
    _origins(ta, na, i, m, ws, out)
    _origins(tb, nb, j, n, ws, out)

"""Integer arrays in, scores out: the inner loops, written once and run two ways.

The functions here use only flat indexable arrays, integers and floats. The interpreter runs them as they are, over
lists and `array.array`, for a single lookup; `namealign.bulk` compiles the very same functions with Numba for bulk
work. A test proves that both give the same numbers.

Layout. A token store holds distinct tokens: `subs[3 * letter + length - 1]` is the id of the substring of 1 to 3
letters that begins at that letter (-1: no edit operation knows it), `starts[token]` the token's first letter.
A name store holds units (name tokens with what clings to them): `first[name]` is a name's first unit.
"""

from __future__ import annotations

from math import exp

__all__ = ["FEATURES", "align", "edit_score", "features", "forest", "precedes"]

# Unit flags.
INITIAL = 1
WEAK = 2
FILIATION = 4
PATRONYMIC = 8

IMPOSSIBLE = -1.0e8
# A token score is a log-odds; beyond this it says no more, and a long token must not outweigh a contradiction.
CLIP = 9.0
# Token scores known without letter edits (chosen on dev: the median score of such pairs under the learned edits).
FAMILY_SCORE = 6.0
COGNATE_SCORE = 2.5
INITIAL_SCORE = 1.0
MAX_UNITS = 8

# The functions that bulk work compiles, callees first.
COMPILED = ("_sigmoid", "edit_score", "unit_score", "precedes", "align", "features", "forest")

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
    "abjad",
    "letters_min",
    "worst_first_letter",
)


def edit_score(subs_a, a0, a1, subs_b, b0, b1, weights, size, base, work):  # type: ignore[no-untyped-def]
    """Best log-odds of turning the token at letters a0..a1 into the one at b0..b1."""
    la = a1 - a0
    lb = b1 - b0
    width = lb + 1
    square = size * size
    work[0] = 0.0
    for i in range(la + 1):
        for j in range(lb + 1):
            if i == 0 and j == 0:
                continue
            best = 10.0 * IMPOSSIBLE
            for p in range(min(3, i) + 1):
                ida = 0
                if p > 0:
                    ida = subs_a[(a0 + i - p) * 3 + p - 1]
                    if ida < 0:
                        continue
                at = (i - p) * width + j
                for q in range(min(3, j) + 1):
                    if p == 0 and q == 0:
                        continue
                    before = work[at - q]
                    idb = 0
                    if q > 0:
                        idb = subs_b[(b0 + j - q) * 3 + q - 1]
                        if idb < 0:
                            continue
                    where = 1
                    if i == p and j == q:
                        where = 0
                    elif i == la and j == lb:
                        where = 2
                    value = before + weights[base + where * square + ida * size + idb]
                    if value > best:
                        best = value
            work[i * width + j] = best
    return work[la * width + lb]


def unit_score(ta, a, tb, b, weights, size, work):  # type: ignore[no-untyped-def]
    """Log-odds that two tokens of two stores are one name element: equal, one family, cognates, or by letter edits."""
    if ta.key[a] == tb.key[b]:
        return CLIP
    a0 = ta.starts[a]
    a1 = ta.starts[a + 1]
    b0 = tb.starts[b]
    b1 = tb.starts[b + 1]
    la = a1 - a0
    lb = b1 - b0
    score = -CLIP
    # A token more than twice as long as the other is never its respelling; joined tokens are tried apart.
    if la <= 2 * lb + 2 and lb <= 2 * la + 2:
        kind = 0
        if ta.abjad[a] != tb.abjad[b]:
            kind = 1 if ta.abjad[a] else 2
        elif ta.abjad[a]:
            kind = 3
        score = edit_score(ta.subs, a0, a1, tb.subs, b0, b1, weights, size, kind * 3 * size * size, work)
        if score > CLIP:
            score = CLIP
        if score < -CLIP:
            score = -CLIP
    if ta.family[a] >= 0 and tb.family[b] >= 0:
        if ta.family[a] == tb.family[b]:
            score = max(score, FAMILY_SCORE)
        elif ta.hub[a] >= 0 and ta.hub[a] == tb.hub[b]:
            score = max(score, COGNATE_SCORE)
    return score


def _sigmoid(x):  # type: ignore[no-untyped-def]
    return 1.0 / (1.0 + exp(-x))


def precedes(ta, na, i, tb, nb, j):  # type: ignore[no-untyped-def]
    """Whether name i comes before name j in a fixed order of names, so that a pair is always compared the same way."""
    m = na.first[i + 1] - na.first[i]
    n = nb.first[j + 1] - nb.first[j]
    if m != n:
        return m < n
    for k in range(m):
        x = ta.key[na.unit[na.first[i] + k]]
        y = tb.key[nb.unit[nb.first[j] + k]]
        if x != y:
            return x < y
    return True


def align(ta, na, i, tb, nb, j, weights, size, ws):  # type: ignore[no-untyped-def]
    """The assignment of units that explains most: each unit meets one unit, two joined ones, an initial, or nothing.

    Exact, by dynamic programming over subsets of the right name's units. Leaves token scores in `ws.score` and the
    chosen partners in `ws.partner` (right unit, or -1), `ws.span_a`, `ws.span_b` (units joined on each side).
    """
    a_first = na.first[i]
    b_first = nb.first[j]
    m = min(na.first[i + 1] - a_first, MAX_UNITS)
    n = min(nb.first[j + 1] - b_first, MAX_UNITS)
    for x in range(m):
        u = a_first + x
        a = na.unit[u]
        for y in range(n):
            v = b_first + y
            b = nb.unit[v]
            at = x * MAX_UNITS + y
            fa = na.flags[u] & INITIAL
            fb = nb.flags[v] & INITIAL
            if fa or fb:
                same = ta.head[a] == tb.head[b]
                score = INITIAL_SCORE if same else -CLIP
                gain = 0.4 if same else 0.0
            else:
                score = unit_score(ta, a, tb, b, weights, size, ws.work)
                if score < CLIP:
                    if na.alt[u] >= 0:
                        score = max(score, unit_score(ta, na.alt[u], tb, b, weights, size, ws.work))
                    if nb.alt[v] >= 0:
                        score = max(score, unit_score(ta, a, tb, nb.alt[v], weights, size, ws.work))
                        if na.alt[u] >= 0:
                            score = max(score, unit_score(ta, na.alt[u], tb, nb.alt[v], weights, size, ws.work))
                gain = _sigmoid(score) * (1.0 + min(ta.rarity[a], tb.rarity[b]))
            # Of equal explanations the one that keeps the order wins.
            ws.score[at] = score
            ws.gain[at] = gain - 0.001 * abs(x - y) if gain > 0.05 else 0.0
    for x in range(m):
        u = a_first + x
        for y in range(n):
            v = b_first + y
            at = x * MAX_UNITS + y
            ws.join_a[at] = -CLIP
            ws.join_b[at] = -CLIP
            if x + 1 < m and na.join[u] >= 0 and not nb.flags[v] & INITIAL:
                # Joining is tried only where the single units do not explain it already.
                if ws.score[at] < CLIP and ws.score[at + MAX_UNITS] < CLIP:
                    ws.join_a[at] = unit_score(ta, na.join[u], tb, nb.unit[v], weights, size, ws.work)
                    if nb.alt[v] >= 0:
                        ws.join_a[at] = max(
                            ws.join_a[at], unit_score(ta, na.join[u], tb, nb.alt[v], weights, size, ws.work)
                        )
            if y + 1 < n and nb.join[v] >= 0 and not na.flags[u] & INITIAL:
                if ws.score[at] < CLIP and ws.score[at + 1] < CLIP:
                    ws.join_b[at] = unit_score(ta, na.unit[u], tb, nb.join[v], weights, size, ws.work)
                    if na.alt[u] >= 0:
                        ws.join_b[at] = max(
                            ws.join_b[at], unit_score(ta, na.alt[u], tb, nb.join[v], weights, size, ws.work)
                        )
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
                    value = here + _sigmoid(ws.join_a[at]) * (1.0 + tb.rarity[nb.unit[b_first + y]])
                    if value > best[to]:
                        best[to] = value
                        back[to] = 101 + y
                if ws.join_b[at] > 0.0 and not mask & (bit << 1):
                    to = (x + 1) * full + (mask | bit | (bit << 1))
                    value = here + _sigmoid(ws.join_b[at]) * (1.0 + ta.rarity[na.unit[a_first + x]])
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
    return m, n


def features(ta, na, i, tb, nb, j, weights, size, ws, out):  # type: ignore[no-untyped-def]
    """Fill `out` with the numbers of `FEATURES` for name i against name j; both must have at least one unit."""
    m, n = align(ta, na, i, tb, nb, j, weights, size, ws)
    a_first = na.first[i]
    b_first = nb.first[j]
    total_a = 0.0
    total_b = 0.0
    letters_a = 0
    letters_b = 0
    abjad = 0.0
    for x in range(m):
        a = na.unit[a_first + x]
        total_a += ta.rarity[a]
        letters_a += ta.starts[a + 1] - ta.starts[a]
        abjad = max(abjad, 1.0 * ta.abjad[a])
    for y in range(n):
        b = nb.unit[b_first + y]
        total_b += tb.rarity[b]
        letters_b += tb.starts[b + 1] - tb.starts[b]
        abjad = max(abjad, 1.0 * tb.abjad[b])
        ws.used[y] = 0
    matched_a = 0.0
    matched_b = 0.0
    exact = 0.0
    worst = CLIP
    worst_rarity = 0.0
    worst_length = 0.0
    worst_head = 1.0
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
        if ws.span_a[x] == 2:
            score = ws.join_a[at]
            rarity_a += ta.rarity[na.unit[u + 1]]
            joins += 1
        elif ws.span_b[x] == 2:
            score = ws.join_b[at]
            rarity_b += tb.rarity[nb.unit[v + 1]]
            ws.used[y + 1] = 1
            joins += 1
        else:
            score = ws.score[at]
            if (na.flags[u] | nb.flags[v]) & INITIAL:
                initials += 1
                matched_a += 0.5 * rarity_a
                matched_b += 0.5 * rarity_b
                continue
            if ta.key[a] != tb.key[b]:
                if ta.family[a] >= 0 and tb.family[b] >= 0:
                    if ta.family[a] == tb.family[b]:
                        families += 1
                    elif ta.hub[a] >= 0 and ta.hub[a] == tb.hub[b]:
                        cognates += 1
                    else:
                        apart += 1
                if ta.stem[a] == tb.stem[b] and ta.gender[a] != tb.gender[b]:
                    gender += 1
                if ta.code[a] == tb.code[b]:
                    codes += 1
        p = _sigmoid(score)
        rarity = min(rarity_a, rarity_b)
        matched_a += p * rarity_a
        matched_b += p * rarity_b
        if score >= CLIP:
            exact += rarity
        else:
            variant_sum += min(score, 6.0) - 6.0
        if score < worst:
            second = worst
            worst = score
            worst_rarity = rarity
            worst_length = 1.0 * min(ta.starts[a + 1] - ta.starts[a], tb.starts[b + 1] - tb.starts[b])
            worst_head = 1.0 if ta.head[a] == tb.head[b] else 0.0
        elif score < second:
            second = score
    # What is left over: units on both sides contradict one another, units on one side are merely left out.
    left_a = 0
    left_b = 0
    contra_score = 1.0
    contra_rarity = 0.0
    omitted = 0.0
    soft = 0
    for y in range(n):
        if not ws.used[y]:
            left_b += 1
    for x in range(m):
        if ws.partner[x] == -1:
            left_a += 1
            u = a_first + x
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
                if (
                    ta.family[na.unit[u]] >= 0
                    and tb.family[nb.unit[v]] >= 0
                    and ta.family[na.unit[u]] != tb.family[nb.unit[v]]
                ):
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
    out[21] = ws.score[0]
    out[22] = ws.score[(m - 1) * MAX_UNITS + n - 1]
    out[23] = families
    out[24] = cognates
    out[25] = apart
    out[26] = gender
    out[27] = codes
    out[28] = min(total_a, total_b)
    out[29] = abjad
    out[30] = min(letters_a, letters_b)
    out[31] = worst_head


def forest(out, roots, feature, threshold, left, right, value):  # type: ignore[no-untyped-def]
    """Sum of the trees' leaves for one feature vector: the log-odds of one name."""
    total = 0.0
    for root in roots:
        node = root
        while feature[node] >= 0:
            node = left[node] if out[feature[node]] <= threshold[node] else right[node]
        total += value[node]
    return total

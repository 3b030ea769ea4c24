"""Integer arrays in, scores out: the inner loops, written once and run two ways.

The functions here use only flat indexable arrays, integers and floats. The interpreter runs them as they are, over
lists and `array.array`, for a single lookup; `namealign.bulk` compiles the very same functions with Numba for bulk
work. A test proves that both give the same numbers.

Layout. A token store holds distinct tokens: `subs[3 * letter + length - 1]` is the id of the substring of 1 to 3
letters that begins at that letter (-1: no edit operation knows it), `starts[token]` the token's first letter.
A name store holds units (name tokens with what clings to them): `first[name]` is a name's first unit.
"""

from __future__ import annotations

from math import exp, log
from typing import Any

__all__ = ["FEATURES", "align", "edit_score", "features", "forest", "precedes"]

# What the alias table says of two tokens.
UNKNOWN, SAME_FAMILY, COGNATE, APART = 0, 1, 2, 3
# Hubs from this number on are of places.
PLACES = 1 << 24
# Unit flags.
INITIAL = 1
WEAK = 2
FILIATION = 4
PATRONYMIC = 8

IMPOSSIBLE = -1.0e8
# A token score is a log-odds; beyond this it says no more, and a long token must not outweigh a contradiction.
CLIP = 9.0
# Token scores known without letter edits. Among dev tokens that alone part two names, one family is one name 57 to 1,
# cognates 31 to 1; two families are two names 5 to 1, whatever their letters say.
FAMILY_SCORE = 8.0
COGNATE_SCORE = 3.4
APART_SCORE = -4.0
# What the letters of two families may cost at most for the letters to be believed and not the table.
NEAR_LOSS = -0.6
# A surname in the other gender (Ivanov, Ivanova) says the family, not the person: undecided.
GENDER_SCORE = 0.5
INITIAL_SCORE = 1.0
MAX_UNITS = 8
# Marks a unit with one equal in the other name, which has no other equal either.
SOLE = -1
# A token of more letters is no name: it is compared as a whole only. The longest among the dev persons has 22.
LONGEST = 40
# Anything but identical names stays under this log-odds (0.99989).
CEILING = 9.0
# The highest log-odds of what only a person can judge (0.62), and of two names whose own letters differ (0.12).
UNDECIDED = 0.5
OTHER_LETTERS = -2.0
# The highest log-odds of two texts that share nothing but one part of like spelling (0.38).
HARDLY = -0.5
# The lowest log-odds of two names whose parts are known to be spellings of one another (0.73).
KNOWN_THROUGHOUT = 1.0

# Where a name may come from, by its letters: how much two spellings of one name differ is a matter of its origin.
ORIGINS = (
    "african",
    "chinese",
    "greek",
    "indian",
    "islamic",
    "japanese",
    "korean",
    "slavic",
    "southeast_asian",
    "western",
)
ORIGIN_COUNT = len(ORIGINS)
# Log-probabilities of origins are kept in tenths, at most six bits each: a token's fit one integer.
ORIGIN_BITS = 6
ORIGIN_STEP = 0.1
ORIGIN_MOST = 46
# Two runs of tokens with this log-odds or more are one name written apart in two ways.
RUN_SCORE = 3.0
# A token that meets another with less than this may be part of such a run.
RUN_DOUBT = 2.0
RUN = 3
# Their lengths and consonant classes differ by no more.
RUN_LETTERS = 4
RUN_CLASSES = 2

# The functions that bulk work compiles, callees first.
COMPILED = (
    "_sigmoid",
    "edit_score",
    "edit_run",
    "kinship",
    "_shared",
    "unit_score",
    "precedes",
    "_may_join",
    "_join_score",
    "origin",
    "_in_run",
    "_run",
    "align",
    "_origins",
    "features",
    "forest",
    "verdict",
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
    *(f"origin_{origin}" for origin in ORIGINS),
)

FEATURE_PAIRS = FEATURES.index("pairs")
FEATURE_INITIALS = FEATURES.index("initials")
FEATURE_GENDER = FEATURES.index("gender")
FEATURE_APART = FEATURES.index("known_apart")
FEATURE_EXACT = FEATURES.index("exact_weight")
FEATURE_UNITS = FEATURES.index("units_max")
FEATURE_LEAST = FEATURES.index("units_min")
FEATURE_SOFT = FEATURES.index("omitted_soft")
FEATURE_FAMILIES = FEATURES.index("families")
FEATURE_WORST = FEATURES.index("worst_score")
FEATURE_SECOND = FEATURES.index("second_score")
FEATURE_OMITTED = FEATURES.index("omitted_count")
FEATURE_CONTRA = FEATURES.index("contra_count")
FEATURE_INVERSIONS = FEATURES.index("inversions")
FEATURE_ORIGIN = FEATURES.index(f"origin_{ORIGINS[0]}")


def edit_score(
    subs_a: Any, a0: Any, a1: Any, subs_b: Any, b0: Any, b1: Any, weights: Any, size: Any, work: Any, loss: Any
) -> Any:
    """Best log-odds of turning the token at letters a0..a1 into the one at b0..b1.

    `loss[0]` is left holding what the operations of that alignment cost, without what agreement won.
    """
    la = a1 - a0
    lb = b1 - b0
    width = lb + 1
    square = size * size
    work[0] = 0.0
    loss[0] = 0.0
    for i in range(la + 1):
        for j in range(lb + 1):
            if i == 0 and j == 0:
                continue
            best = 10.0 * IMPOSSIBLE
            lost = 0.0
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
                    weight = weights[where * square + ida * size + idb]
                    value = before + weight
                    if value > best:
                        best = value
                        lost = loss[at - q] + (min(0.0, weight))
            work[i * width + j] = best
            loss[i * width + j] = lost
    loss[0] = loss[la * width + lb]
    return work[la * width + lb]


def edit_run(
    subs_a: Any, a0: Any, a1: Any, subs_b: Any, b0: Any, b1: Any, weights: Any, size: Any, work: Any, loss: Any
) -> Any:
    """`edit_score` of letters that are no token's: never to be remembered by where they lie."""
    return edit_score(subs_a, a0, a1, subs_b, b0, b1, weights, size, work, loss)


def kinship(ta: Any, a: Any, tb: Any, b: Any) -> Any:
    """What the alias table says of two tokens: one family, cognates, families apart, or nothing.

    A token that two families are spelled with (`family` and `rival`) is of both.
    """
    f = ta.family[a]
    g = tb.family[b]
    if f < 0 or g < 0:
        return UNKNOWN
    x = ta.rival[a]
    y = tb.rival[b]
    if f in (g, y) or (x >= 0 and x in (g, y)):
        return SAME_FAMILY
    if ta.hub[a] == tb.hub[b]:
        return COGNATE
    # Two places, or a place and a person's name, are as far apart as their letters say.
    if ta.hub[a] >= PLACES or tb.hub[b] >= PLACES:
        return UNKNOWN
    return APART


def _shared(classes: Any, others: Any) -> Any:
    """How many consonant classes are in both."""
    both = classes & others
    shared = 0
    while both:
        both &= both - 1
        shared += 1
    return shared


def unit_score(ta: Any, a: Any, tb: Any, b: Any, weights: Any, size: Any, work: Any, loss: Any) -> Any:
    """Log-odds that two tokens of two stores are one name element: equal, one family, cognates, or by letter edits.

    `loss[0]` is left holding what the letter operations cost.
    """
    loss[0] = 0.0
    if ta.key[a] == tb.key[b]:
        return CLIP
    known = -CLIP
    most = CLIP
    relation = kinship(ta, a, tb, b)
    if relation == SAME_FAMILY:
        return FAMILY_SCORE
    if relation == COGNATE:
        known = COGNATE_SCORE
    elif relation == APART:
        most = APART_SCORE
    if ta.gender[a] + tb.gender[b] == 3 and ta.stem[a] == tb.stem[b]:
        return GENDER_SCORE
    a0 = ta.starts[a]
    a1 = ta.starts[a + 1]
    b0 = tb.starts[b]
    b1 = tb.starts[b + 1]
    la = a1 - a0
    lb = b1 - b0
    # A token more than twice as long as the other is never its respelling, and two tokens that share too few of their
    # consonant classes are not either: no letters need be looked at.
    if la > 2 * lb + 2 or lb > 2 * la + 2 or max(la, lb) > LONGEST:
        return known
    if 3 * _shared(ta.classes[a], tb.classes[b]) < min(ta.consonants[a], tb.consonants[b]):
        return known
    score = edit_score(ta.subs, a0, a1, tb.subs, b0, b1, weights, size, work, loss)
    # Two families that one letter parts (Samir, Samer) are mixed by their bearers: such letters outweigh the table.
    if ta.head[a] != tb.head[b] or loss[0] < NEAR_LOSS:
        score = min(most, score)
    return max(known, min(CLIP, score))


def _sigmoid(x: Any) -> Any:
    return 1.0 / (1.0 + exp(-x))


def precedes(ta: Any, na: Any, i: Any, tb: Any, nb: Any, j: Any) -> Any:
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


def _join_score(
    tj: Any, joined: Any, tk: Any, single: Any, alt: Any, weights: Any, size: Any, work: Any, loss: Any
) -> Any:
    """Score of two joined units against a single one, plain or with its particle."""
    best = -CLIP
    for other in (single, alt):
        if other >= 0 and _may_join(tj, joined, tk, other):
            best = max(best, unit_score(tj, joined, tk, other, weights, size, work, loss))
    return best


def _may_join(tj: Any, joined: Any, tk: Any, single: Any) -> Any:
    """Whether two joined units may be a single one: of one length but for four letters, and nearly all its consonants.

    Of 142 joins in 6,500 dev and made-up pairs that the letters alone believed, this loses none that is right
    (`ahmadjan` for `ahmed` is lost), and two thirds of the tries.
    """
    length = tj.starts[joined + 1] - tj.starts[joined]
    if abs(length - (tk.starts[single + 1] - tk.starts[single])) > 4:
        return False
    # Classes that romanizations confuse may stand for one another: p and f, l and r, m and n are neighbouring bits.
    classes = tk.classes[single]
    shared = _shared(tj.classes[joined], classes | (classes & 0xA8) << 1 | (classes & 0x150) >> 1)
    fewest = tj.consonants[joined]
    most = tk.consonants[single]
    return shared >= min(fewest, most) and shared >= max(fewest, most) - 1


def origin(subs: Any, begin: Any, end: Any, weights: Any, size: Any, sums: Any) -> Any:
    """Log-probabilities of the origins of the token at letters begin..end, packed: tenths below 0, six bits each.

    `weights[(where * size + substring) * ORIGIN_COUNT + origin]`: where is 0 for what begins the token, 2 for what ends
    it, 1 for the rest. Without weights every origin is as likely as another.
    """
    count = ORIGIN_COUNT
    if len(weights) == 0:
        return 0
    for k in range(count):
        sums[k] = 0.0
    for at in range(begin, end):
        for length in range(1, 4):
            sub = subs[3 * at + length - 1]
            if sub < 0 or at + length > end:
                continue
            where = 1
            if at == begin:
                where = 0
            elif at + length == end:
                where = 2
            row = (where * size + sub) * count
            for k in range(count):
                sums[k] += weights[row + k]
    top = sums[0]
    for k in range(1, count):
        top = max(top, sums[k])
    total = 0.0
    for k in range(count):
        total += exp(sums[k] - top)
    total = log(total)
    packed = 0
    for k in range(count):
        tenths = min(ORIGIN_MOST, int((top + total - sums[k]) / ORIGIN_STEP + 0.5))
        packed |= tenths << (ORIGIN_BITS * k)
    return packed


def _in_run(flags: Any, partner: Any, span: Any, score: Any) -> Any:
    """Whether a unit may be part of a run: it met nothing, or alone something that it hardly resembles."""
    if flags & INITIAL:
        return False
    return partner == -1 or (partner >= 0 and span == 1 and score < RUN_DOUBT)


def _run(ta: Any, na: Any, i: Any, m: Any, tb: Any, nb: Any, j: Any, n: Any, weights: Any, size: Any, ws: Any) -> None:
    """Three and more units that are one stretch of letters, written apart in two ways: `ram deo das`, `ramdeodas`.

    What is left of both names when what agrees is taken away is held against one another as two runs of letters. Where
    they agree, `settled_a` and `settled_b` are 2 for their units, and `join_a` of the first ones has the score.
    """
    a_first = na.first[i]
    b_first = nb.first[j]
    for y in range(n):
        ws.used[y] = -1
    for x in range(m):
        if ws.partner[x] >= 0:
            ws.used[ws.partner[x]] = x
            if ws.span_b[x] == 2:
                ws.used[ws.partner[x] + 1] = x
    units_a = 0
    units_b = 0
    letters_a = 0
    letters_b = 0
    classes_a = 0
    classes_b = 0
    first_a = -1
    first_b = -1
    for x in range(m):
        y = ws.partner[x]
        span = 1
        score = 0.0
        if y >= 0:
            span = max(ws.span_a[x], ws.span_b[x])
            score = ws.score[x * MAX_UNITS + y]
        ws.settled_a[x] = 0
        if _in_run(na.flags[a_first + x], y, span, score):
            a = na.unit[a_first + x]
            ws.settled_a[x] = 2
            units_a += 1
            letters_a += ta.starts[a + 1] - ta.starts[a]
            classes_a |= ta.classes[a]
            if first_a < 0:
                first_a = x
    for y in range(n):
        x = ws.used[y]
        span = 1
        score = 0.0
        if x >= 0:
            span = max(ws.span_a[x], ws.span_b[x])
            score = ws.score[x * MAX_UNITS + y]
        ws.settled_b[y] = 0
        if _in_run(nb.flags[b_first + y], x, span, score):
            b = nb.unit[b_first + y]
            ws.settled_b[y] = 2
            units_b += 1
            letters_b += tb.starts[b + 1] - tb.starts[b]
            classes_b |= tb.classes[b]
            if first_b < 0:
                first_b = y
    found = units_a > 0 and units_b > 0 and units_a + units_b > 2
    found = found and abs(letters_a - letters_b) <= RUN_LETTERS and max(letters_a, letters_b) <= LONGEST
    if found:
        other = classes_a ^ classes_b
        differ = 0
        while other:
            other &= other - 1
            differ += 1
        found = differ <= RUN_CLASSES
    if found:
        at = 0
        for x in range(m):
            if ws.settled_a[x] == 2:
                a = na.unit[a_first + x]
                for k in range(3 * ta.starts[a], 3 * ta.starts[a + 1]):
                    ws.run_a[at] = ta.subs[k]
                    at += 1
        at = 0
        for y in range(n):
            if ws.settled_b[y] == 2:
                b = nb.unit[b_first + y]
                for k in range(3 * tb.starts[b], 3 * tb.starts[b + 1]):
                    ws.run_b[at] = tb.subs[k]
                    at += 1
        score = edit_run(ws.run_a, 0, letters_a, ws.run_b, 0, letters_b, weights, size, ws.work, ws.loss)
        found = score >= RUN_SCORE
        if found:
            for x in range(m):
                if ws.settled_a[x] == 2:
                    ws.partner[x] = -2
            ws.partner[first_a] = first_b
            ws.span_a[first_a] = RUN
            ws.join_a[first_a * MAX_UNITS + first_b] = min(CLIP, score)
    if not found:
        for x in range(m):
            ws.settled_a[x] = 0
        for y in range(n):
            ws.settled_b[y] = 0


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
            gain = _sigmoid(score) * (1.0 + min(ta.rarity[a], tb.rarity[b]))
            if (fa or fb) and ta.head[a] == tb.head[b] and score < INITIAL_SCORE:
                score = INITIAL_SCORE
                loss = 0.0
                gain = 0.4
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
    _run(ta, na, i, m, tb, nb, j, n, weights, size, ws)
    return m, n


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
                if ws.settled_a[k] == 2:
                    rarity_a += ta.rarity[na.unit[a_first + k]]
            for k in range(n):
                if ws.settled_b[k] == 2:
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
                elif relation == APART and (ta.head[a] != tb.head[b] or loss < NEAR_LOSS):
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
        p = _sigmoid(score)
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
    for k in range(ORIGIN_COUNT):
        out[FEATURE_ORIGIN + k] = 0.0
    _origins(ta, na, i, m, ws, out)
    _origins(tb, nb, j, n, ws, out)


def forest(out: Any, roots: Any, feature: Any, threshold: Any, left: Any, right: Any, value: Any) -> Any:
    """Sum of the trees' leaves for one feature vector: the log-odds of one name."""
    total = 0.0
    for root in roots:
        node = root
        while feature[node] >= 0:
            node = left[node] if out[feature[node]] <= threshold[node] else right[node]
        total += value[node]
    return total


def verdict(na: Any, i: Any, nb: Any, j: Any, measured: Any, total: Any) -> Any:
    """The log-odds of two names from what the trees say, under the ceilings that no training pair could teach.

    Exactly 1 is kept for identical names. Initials alone, and a surname in the other gender, are for a person to judge.
    Two names in one script other than Latin, read by the same rules, differ when their letters differ (`seal`).
    """
    most = CEILING
    if measured[FEATURE_INITIALS] > 0.0 and measured[FEATURE_INITIALS] >= measured[FEATURE_PAIRS]:
        most = UNDECIDED
    if measured[FEATURE_GENDER] > 0.0:
        most = UNDECIDED
        # Where nothing else differs, it is for a person to judge whatever the trees say.
        if measured[FEATURE_SECOND] >= FAMILY_SCORE and measured[FEATURE_OMITTED] + measured[FEATURE_CONTRA] == 0.0:
            total = max(total, 0.0)
    # A single part is met by all who bear it: Ahmad Jilani may be the Jilani of the other text, or another.
    if measured[FEATURE_LEAST] == 1.0 and measured[FEATURE_OMITTED] > measured[FEATURE_SOFT]:
        most = UNDECIDED if measured[FEATURE_WORST] >= FAMILY_SCORE else HARDLY
    # Two names that the table tells apart (Khamenei, Khomeini): alone they differ, and in a short name they are for a
    # person to judge, whatever else it shares.
    if measured[FEATURE_APART] > 0.0 and measured[FEATURE_UNITS] <= 2.0:
        most = OTHER_LETTERS if measured[FEATURE_EXACT] == 0.0 else UNDECIDED
    if na.seal[i] != 0 and nb.seal[j] != 0 and na.seal[i] != nb.seal[j]:
        most = OTHER_LETTERS
    # Every part of the one is, in order, a known spelling of a part of the other: the same name, however common.
    if (
        measured[FEATURE_FAMILIES] > 0.0
        and measured[FEATURE_WORST] >= FAMILY_SCORE
        and measured[FEATURE_OMITTED] + measured[FEATURE_CONTRA] + measured[FEATURE_INVERSIONS] == 0.0
    ):
        total = max(total, KNOWN_THROUGHOUT)
    return max(-CEILING, min(most, total))

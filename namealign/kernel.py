"""Two tokens in, the log-odds that they are one name element out: the innermost loops, written once and run two ways.

The functions here, in `namealign.alignment`, `measure` and `verdict` use only flat indexable arrays, integers and
floats. The interpreter runs them as they are, over lists and `array.array`, for a single lookup; `namealign.bulk`
compiles the very same functions with Numba for bulk work. A test proves that both give the same numbers.

Layout. A token store holds distinct tokens: `subs[3 * letter + length - 1]` is the id of the substring of 1 to 3
letters that begins at that letter (-1: no edit operation knows it), `starts[token]` the token's first letter.
A name store holds units (name tokens with what clings to them): `first[name]` is a name's first unit.
"""

from __future__ import annotations

from math import exp, log
from typing import Any

__all__ = [
    "akin",
    "bits",
    "edit_run",
    "edit_score",
    "goes_on",
    "kinship",
    "origin",
    "parted",
    "precedes",
    "sigmoid",
    "syllabic",
    "unit_score",
]

# What the alias table says of two tokens.
UNKNOWN, SAME_FAMILY, COGNATE, APART = 0, 1, 2, 3
# Hubs from this number on are of places.
PLACES = 1 << 24
# What a token stands for as a short form (Slava: Stanislav, Yaroslav, ...): hubs, one higher than they are numbered, so
# many bits each, packed into one integer. Hubs that short forms stand for have the lowest numbers.
KIN_BITS = 9
MOST_KIN = 7
# Unit flags.
INITIAL = 1
WEAK = 2
FILIATION = 4
PATRONYMIC = 8
# The last bits of a seal (`encode`) tell the script that it seals; Hangul has none of them.
SEAL_SCRIPT = 3
SEAL_HAN, SEAL_KANA, SEAL_TONES = 1, 2, 3

# The number that a name bears (Jr., II, 1950) lies above the flags of its first unit; of long ones the last digits.
NUMBER_SHIFT = 8
NUMBERS = 1_000_000
# Higher ones are years and numbers of units: they say nothing of a generation.
GENERATIONS = 99

# Weights of letter operations are whole thousandths of a log-odds, so that a sum is the same in whatever order it is
# made; one that no operation has is lower than any sum of others.
STEP = 0.001
IMPOSSIBLE = -100_000_000
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
# A token of more letters is no name: it is compared as a whole only. The longest among the dev persons has 22.
LONGEST = 40

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
CHINESE, KOREAN = ORIGINS.index("chinese"), ORIGINS.index("korean")
# Log-probabilities of origins are kept in tenths, at most six bits each: a token's fit one integer.
ORIGIN_BITS = 6
ORIGIN_STEP = 0.1
ORIGIN_MOST = 46

# The functions that bulk work compiles, callees first.
COMPILED = (
    "sigmoid",
    "bits",
    "edit_score",
    "edit_run",
    "akin",
    "kinship",
    "syllabic",
    "goes_on",
    "parted",
    "unit_score",
    "precedes",
    "origin",
)


def sigmoid(x: Any) -> Any:
    return 1.0 / (1.0 + exp(-x))


def bits(number: Any) -> Any:
    """How many bits of a number are set."""
    count = 0
    while number:
        number &= number - 1
        count += 1
    return count


def edit_score(
    subs_a: Any, a0: Any, a1: Any, subs_b: Any, b0: Any, b1: Any, weights: Any, size: Any, work: Any, loss: Any
) -> Any:
    """Best log-odds of turning the token at letters a0..a1 into the one at b0..b1; `weights` are in `STEP`s.

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
    loss[0] = STEP * loss[la * width + lb]
    return STEP * work[la * width + lb]


def edit_run(
    subs_a: Any, a0: Any, a1: Any, subs_b: Any, b0: Any, b1: Any, weights: Any, size: Any, work: Any, loss: Any
) -> Any:
    """`edit_score` of letters that are no token's: never to be remembered by where they lie."""
    return edit_score(subs_a, a0, a1, subs_b, b0, b1, weights, size, work, loss)


def akin(x: Any, y: Any) -> Any:
    """Whether two packed lists of hubs share one."""
    mask = (1 << KIN_BITS) - 1
    while x:
        z = y
        while z:
            if z & mask == x & mask:
                return True
            z >>= KIN_BITS
        x >>= KIN_BITS
    return False


def kinship(ta: Any, a: Any, tb: Any, b: Any) -> Any:
    """What the alias table says of two tokens: one family, cognates, families apart, or nothing.

    A token that two families are spelled with (`family` and `rival`) is of both, and a short form of several names is
    akin to each of them (`kin`), whatever else it spells.
    """
    f = ta.family[a]
    g = tb.family[b]
    if f < 0 or g < 0:
        return UNKNOWN
    x = ta.rival[a]
    y = tb.rival[b]
    if f in (g, y) or (x >= 0 and x in (g, y)):
        return SAME_FAMILY
    p = ta.rival_hub[a]
    q = tb.rival_hub[b]
    if ta.hub[a] in (tb.hub[b], q) or (p >= 0 and p in (tb.hub[b], q)) or akin(ta.kin[a], tb.kin[b]):
        return COGNATE
    # Two places, or a place and a person's name, are as far apart as their letters say.
    if ta.hub[a] >= PLACES or tb.hub[b] >= PLACES:
        return UNKNOWN
    return APART


def syllabic(packed: Any) -> Any:
    """Whether a token of these origins is likeliest Chinese or Korean: one of a few hundred syllables, or two."""
    mask = (1 << ORIGIN_BITS) - 1
    least = ORIGIN_MOST
    for k in range(ORIGIN_COUNT):
        least = min(least, packed >> (ORIGIN_BITS * k) & mask)
    return least < ORIGIN_MOST and (
        packed >> (ORIGIN_BITS * CHINESE) & mask == least or packed >> (ORIGIN_BITS * KOREAN) & mask == least
    )


def goes_on(ta: Any, a: Any, tb: Any, b: Any) -> Any:
    """Whether one of two tokens begins with all of the other."""
    i = ta.starts[a]
    j = tb.starts[b]
    shared = min(ta.starts[a + 1] - i, tb.starts[b + 1] - j)
    k = 0
    while k < shared and ta.subs[3 * (i + k)] == tb.subs[3 * (j + k)]:
        k += 1
    return k == shared


def parted(ta: Any, a: Any, tb: Any, b: Any, loss: Any) -> Any:
    """Whether two tokens of two families, whose letters cost `loss`, are two names, as the table has it.

    Two families that one letter parts (Samir, Samer) are mixed by their bearers: such letters outweigh the table, but
    not where a syllable is a name (Zhang, Zheng), nor where one name only goes on (Dragan, Dragana).
    """
    return (
        ta.head[a] != tb.head[b]
        or loss < NEAR_LOSS
        or (syllabic(ta.origin[a]) and syllabic(tb.origin[b]))
        or (goes_on(ta, a, tb, b) and ta.gender[a] + tb.gender[b] != 3)
    )


def unit_score(ta: Any, a: Any, tb: Any, b: Any, weights: Any, size: Any, work: Any, loss: Any) -> Any:
    """Log-odds that two tokens of two stores are one name element: equal, one family, cognates, or by letter edits.

    `loss[0]` is left holding what the letter operations cost.
    """
    loss[0] = 0.0
    if ta.key[a] == tb.key[b]:
        return CLIP
    known = -CLIP
    relation = kinship(ta, a, tb, b)
    if relation == SAME_FAMILY:
        return FAMILY_SCORE
    if relation == COGNATE:
        known = COGNATE_SCORE
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
    if 3 * bits(ta.classes[a] & tb.classes[b]) < min(ta.consonants[a], tb.consonants[b]):
        return known
    score = edit_score(ta.subs, a0, a1, tb.subs, b0, b1, weights, size, work, loss)
    if relation == APART and parted(ta, a, tb, b, loss[0]):
        score = min(APART_SCORE, score)
    return max(known, min(CLIP, score))


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

"""Token pairs in, weights of letter operations out: expectation-maximization, then a discriminative fit.

EM over all segmentations (Jiampojamarn et al. 2007) learns which letter groups turn into which; a logistic regression
over the operations of the best alignment, with first and last position and letter-class back-offs, then learns which
of them still speak for one name when hard negatives do them too.
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from dataclasses import dataclass, field

import numba as nb
import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from namealign.encode import Substrings

ALPHABET = "'abcdefghijklmnopqrstuvwxyzšçčžğıöüåäłñřəđ"
VOWELS = frozenset("aeiouyıöüəäå'")
NONE = -1.0e8
# Between 0.1 and 1 the cross-validated AUC of dev token pairs rose from .9825 to .9853; the middle was kept.
RIDGE = 0.3


@nb.njit(cache=True)
def _sum(a, b):  # type: ignore[no-untyped-def]
    if a < b:
        a, b = b, a
    return a if b <= NONE else a + math.log1p(math.exp(b - a))


@nb.njit(cache=True)
def forward(a, b, logp, size, fwd):  # type: ignore[no-untyped-def]
    """Log-likelihood of two words over all their segmentations; `fwd` is left holding it for each pair of beginnings.

    A word is, for each of its letters, the groups of one, two and three letters that begin there (-1: none).
    """
    la = len(a) // 3
    lb = len(b) // 3
    w = lb + 1
    for i in range(la + 1):
        for j in range(lb + 1):
            s = 0.0 if i == 0 and j == 0 else 10 * NONE
            for p in range(min(3, i) + 1):
                x = a[(i - p) * 3 + p - 1] if p > 0 else 0
                if x < 0:
                    continue
                for q in range(min(3, j) + 1):
                    y = b[(j - q) * 3 + q - 1] if q > 0 else 0
                    if y < 0 or p + q == 0:
                        continue
                    v = logp[x * size + y]
                    if v > NONE:
                        s = _sum(s, v + fwd[(i - p) * w + j - q])
            fwd[i * w + j] = s
    return fwd[la * w + lb]


@nb.njit(cache=True)
def _expect(sa, oa, sb, ob, weight, logp, size, counts):  # type: ignore[no-untyped-def]
    """One E step: adds each operation's expected count to `counts`; returns the log-likelihood."""
    total = 0.0
    fwd = np.empty(64 * 64)
    bwd = np.empty(64 * 64)
    for k in range(len(weight)):
        a = sa[oa[k] : oa[k + 1]]
        b = sb[ob[k] : ob[k + 1]]
        la = len(a) // 3
        lb = len(b) // 3
        w = lb + 1
        end = forward(a, b, logp, size, fwd)
        if end <= NONE:
            continue
        total += weight[k] * end
        for i in range(la, -1, -1):
            for j in range(lb, -1, -1):
                s = 0.0 if i == la and j == lb else 10 * NONE
                for p in range(min(3, la - i) + 1):
                    x = a[i * 3 + p - 1] if p > 0 else 0
                    if x < 0:
                        continue
                    for q in range(min(3, lb - j) + 1):
                        y = b[j * 3 + q - 1] if q > 0 else 0
                        if y < 0 or p + q == 0:
                            continue
                        v = logp[x * size + y]
                        if v <= NONE:
                            continue
                        v += bwd[(i + p) * w + j + q]
                        s = _sum(s, v)
                        counts[x * size + y] += weight[k] * math.exp(max(v + fwd[i * w + j] - end, -700.0))
                bwd[i * w + j] = s
    return total


@nb.njit(cache=True)
def _paths(sa, oa, sb, ob, weights, size, longest):  # type: ignore[no-untyped-def]
    """The operations (left id, right id, position) of each pair's best alignment, last first, and its score."""
    n = len(oa) - 1
    out = np.full((n, longest, 3), -1, np.int32)
    score = np.empty(n)
    best = np.empty(64 * 64)
    back = np.empty(64 * 64, np.int64)
    for k in range(n):
        a = sa[oa[k] : oa[k + 1]]
        b = sb[ob[k] : ob[k + 1]]
        la = len(a) // 3
        lb = len(b) // 3
        w = lb + 1
        for i in range(la + 1):
            for j in range(lb + 1):
                s = 0.0 if i == 0 and j == 0 else 10 * NONE
                step = 0
                for p in range(min(3, i) + 1):
                    x = a[(i - p) * 3 + p - 1] if p > 0 else 0
                    if x < 0:
                        continue
                    for q in range(min(3, j) + 1):
                        y = b[(j - q) * 3 + q - 1] if q > 0 else 0
                        if y < 0 or p + q == 0:
                            continue
                        at = 0 if i == p and j == q else 2 if i == la and j == lb else 1
                        v = weights[(at * size + x) * size + y] + best[(i - p) * w + j - q]
                        if v > s:
                            s = v
                            step = p * 4 + q
                best[i * w + j] = s
                back[i * w + j] = step
        score[k] = best[la * w + lb]
        i = la
        j = lb
        m = 0
        while (i > 0 or j > 0) and m < longest:
            p = back[i * w + j] // 4
            q = back[i * w + j] % 4
            if p + q == 0:
                break
            out[k, m, 0] = a[(i - p) * 3 + p - 1] if p > 0 else 0
            out[k, m, 1] = b[(j - q) * 3 + q - 1] if q > 0 else 0
            out[k, m, 2] = 0 if i == p and j == q else 2 if i == la and j == lb else 1
            m += 1
            i -= p
            j -= q
    return score, out


@dataclass
class Edits:
    """Weights of operations: `weights[position, left, right]`, -inf-like where there is no such operation."""

    substrings: Substrings
    weights: np.ndarray
    symmetric: bool = True
    log: list[str] = field(default_factory=list)


def _pack(substrings: Substrings, tokens: list[str]) -> tuple[np.ndarray, np.ndarray]:
    subs: list[int] = []
    offsets = [0]
    for token in tokens:
        subs.extend(substrings.encode(token))
        offsets.append(len(subs))
    return np.array(subs, np.int32), np.array(offsets, np.int64)


def _vocabulary(pairs: list[tuple[str, str, float]], alphabet: str, bigram: int, trigram: int) -> Substrings:
    """Single letters; frequent pairs of letters; frequent triples of one class (`tch`, `sch`), and `iya`-like."""
    counts: Counter[str] = Counter()
    for a, b, _ in pairs:
        for token in (a, b):
            for length in (2, 3):
                counts.update(token[i : i + length] for i in range(len(token) - length + 1))
    known = list(alphabet)
    known += sorted(s for s, n in counts.items() if len(s) == 2 and n >= bigram)
    known += sorted(
        s
        for s, n in counts.items()
        if (len(s) == 3 and n >= trigram and len({c in VOWELS for c in s}) == 1)
        or (s in ("iya", "iye", "aya") and n > 3)
    )
    return Substrings(known)


def _em(
    pairs: list[tuple[str, str, float]], substrings: Substrings, *, symmetric: bool, rounds: int = 10
) -> np.ndarray:
    """Log-odds of each operation against chance, from expected counts; NONE where EM has no use for it."""
    size = substrings.size
    both = pairs + [(b, a, w) for a, b, w in pairs] if symmetric else pairs
    sa, oa = _pack(substrings, [p[0] for p in both])
    sb, ob = _pack(substrings, [p[1] for p in both])
    weight = np.array([p[2] for p in both])
    logp = np.full((size, size), 10 * NONE)
    texts = substrings.known
    for i, a in enumerate(texts):
        for j, b in enumerate(texts):
            if i + j == 0 or (len(a) + len(b) == 3 and not a * len(b)):
                continue
            if len(a) == len(b) == 1:
                logp[i, j] = 0.0 if a == b else -5.0
            elif a != b and not (len(a) >= 2 and len(b) >= 2 and (a[0] == b[0] or a[-1] == b[-1])) and len(a + b) < 6:
                # A pair of groups that begins or ends alike is a smaller operation in disguise.
                logp[i, j] = -5.0 - 1.5 * (len(a) + len(b))
    allowed = logp > NONE
    for turn in range(rounds):
        counts = np.zeros(size * size)
        _expect(sa, oa, sb, ob, weight, logp.reshape(-1), size, counts)
        c = counts.reshape(size, size)
        c[c < (0.3 if turn < 4 else 1.5)] = 0.0
        with np.errstate(divide="ignore"):
            logp = np.where(c > 0, np.log(c / c.sum()), 10 * NONE)
        # Any single letter may at worst become any other, come or go: no pair is without an alignment.
        single = np.array([len(t) <= 1 for t in texts])
        floor = np.where(np.outer(single, single) & allowed, -13.0, 10 * NONE)
        logp = np.maximum(logp, floor)
    letters: Counter[str] = Counter()
    for a, b, _ in pairs:
        letters.update(a + b)
    total = sum(letters.values())
    chance = np.array([sum(math.log(letters.get(c, 1) / total) for c in t) for t in texts])
    odds = np.where(logp > NONE, logp - 0.5 * (chance[:, None] + chance[None, :]), 10 * NONE)
    odds[0, 0] = 10 * NONE
    return np.maximum(odds, odds.T) if symmetric else odds


def unmarked(text: str) -> str:
    """The plain form of a spelling as typed where no marks are to be had.

    >>> unmarked("šefčovič"), unmarked("ağaoğlu")
    ('sefcovic', 'agaoglu')
    """
    decomposed = unicodedata.normalize("NFD", text.translate(str.maketrans("ıłđəİŁĐƏ", "ildeILDE")))
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not unicodedata.combining(c)))


def _letter_class(text: str) -> str:
    kinds = {"v" if c in VOWELS else "c" for c in text}
    return "" if not kinds else kinds.pop() if len(kinds) == 1 else "m"


def fit(
    positive: list[tuple[str, str, float]],
    negative: list[tuple[str, str, float]],
    *,
    symmetric: bool = True,
    alphabet: str = ALPHABET,
    bigram: int = 15,
    trigram: int = 25,
    rounds: int = 2,
) -> Edits:
    """Learn the operations and their weights; `rounds` of realignment under the fitted weights."""
    substrings = _vocabulary(positive, alphabet, bigram, trigram)
    odds = _em(positive, substrings, symmetric=symmetric)
    size = substrings.size
    texts = substrings.known
    # Equal tokens teach what plain agreement is worth, letter by letter.
    data = [(a, b, 1, w) for a, b, w in positive] + [(a, b, 0, w) for a, b, w in negative]
    y = np.array([d[2] for d in data])
    weight = np.array([d[3] for d in data])
    sa, oa = _pack(substrings, [d[0] for d in data])
    sb, ob = _pack(substrings, [d[1] for d in data])
    weights = np.stack([odds] * 3)
    classes = [_letter_class(t) for t in texts]
    bare = [unmarked(t) for t in texts]

    def keys(x: int, y_: int, at: int) -> list[object]:
        if symmetric and x > y_:
            x, y_ = y_, x
        if texts[x] == texts[y_]:
            return [("same", x), ("same-at", at)]
        if bare[x] == bare[y_]:
            # What a mark costs says nothing of what other letters of its class do.
            return [("op", x, y_), ("op", x, y_, at), "marks", ("marks", at)]
        kind = (classes[x], classes[y_])
        if symmetric:
            kind = (min(kind), max(kind))
        return [("op", x, y_), ("op", x, y_, at), ("class", *kind), ("class", *kind, at)]

    result = Edits(substrings, weights, symmetric)
    for _ in range(rounds):
        _, ops = _paths(sa, oa, sb, ob, weights.reshape(-1), size, 40)
        rows: list[dict[object, float]] = []
        for k in range(len(data)):
            row: dict[object, float] = {"odds": 0.0}
            for x, y_, at in ops[k]:
                if x < 0:
                    break
                row["odds"] += odds[x, y_] / 10.0
                for key in keys(int(x), int(y_), int(at)):
                    row[key] = row.get(key, 0.0) + 1.0
            rows.append(row)
        seen = Counter(key for row in rows for key in row)
        names = {key: i for i, key in enumerate(key for key, n in seen.items() if n >= 3)}
        pointers = [0]
        columns: list[int] = []
        values: list[float] = []
        for row in rows:
            for key, value in row.items():
                if key in names:
                    columns.append(names[key])
                    values.append(value)
            pointers.append(len(columns))
        matrix = csr_matrix((values, columns, pointers), shape=(len(data), len(names)))
        model = LogisticRegression(C=RIDGE, max_iter=500, solver="liblinear", random_state=1)
        model.fit(matrix, y, sample_weight=weight)
        coefficient = {key: float(model.coef_[0][i]) for key, i in names.items()}
        fitted = np.full_like(weights, 10 * NONE)
        scale = coefficient.get("odds", 0.0) / 10.0
        for x in range(size):
            for y_ in range(size):
                if odds[x, y_] <= NONE:
                    continue
                for at in range(3):
                    fitted[at, x, y_] = scale * odds[x, y_] + sum(coefficient.get(k, 0.0) for k in keys(x, y_, at))
        # Every path has one first operation, so the intercept rides on it.
        fitted[0] = np.where(fitted[0] > NONE, fitted[0] + float(model.intercept_[0]), fitted[0])
        weights = fitted
        result.weights = weights
    return result


def rows(edits: Edits) -> list[tuple[str, str, float, float, float]]:
    """(left, right, first, inner, last) for every operation that a best alignment could use."""
    texts = edits.substrings.known
    size = edits.substrings.size
    out = []
    for x in range(size):
        for y in range(x if edits.symmetric else 0, size):
            w = edits.weights[:, x, y]
            if w[1] > NONE:
                out.append((texts[x], texts[y], *(round(float(v), 3) for v in w)))
    return out

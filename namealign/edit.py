"""Two tokens in, log-odds that they are one name element out, and the letter operations that say so.

An operation turns up to three letters into up to three others (`ee:i`, `ou:u`, `q:k`, `kh:h`, `h:` for a dropped h).
Its weight is a log-odds, learned by expectation-maximization (Ristad & Yianilos 1998; Jiampojamarn, Kondrak & Sherif
2007) and then fitted discriminatively against hard negatives; it differs at the beginning, inside and at the end of a
token. The weights are `data/edit_costs.csv`; `bench/train.py` makes them.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from namealign.encode import Substrings
from namealign.kernel import IMPOSSIBLE, STEP
from namealign.tables import data_dir, read_rows

__all__ = ["EditModel", "edit_model", "operations", "token_score"]


class EditModel(NamedTuple):
    """Substrings and weights as the kernel reads them: three squares (first, inner, last) of substring ids, flat.

    Weights are whole numbers of `kernel.STEP`.
    """

    substrings: Substrings
    weights: Sequence[int]

    @property
    def size(self) -> int:
        """The side of each square."""
        return self.substrings.size


@lru_cache(maxsize=1)
def edit_model() -> EditModel:
    """The shipped weights, read once."""
    columns = ("left", "right", "first", "inner", "last")
    rows = [fields for _, fields in read_rows(data_dir() / "edit_costs.csv", columns)]
    known = dict.fromkeys(text for row in rows for text in row[:2] if text)
    substrings = Substrings(sorted(known, key=lambda text: (len(text), text)))
    size = substrings.size
    weights = array("i", [IMPOSSIBLE]) * (3 * size * size)
    for left, right, *values in rows:
        a, b = substrings.ids[left], substrings.ids[right]
        for position, value in enumerate(values):
            at = position * size * size
            weights[at + a * size + b] = weights[at + b * size + a] = round(float(value) / STEP)
    return EditModel(substrings, weights)


def token_score(left: str, right: str, model: EditModel | None = None) -> float:
    """Log-odds that two plain tokens are one element, by their letters alone; symmetric, 0 is undecided.

    >>> token_score("geelani", "jilani") > token_score("hasan", "hussein")
    True
    """
    return _best(left, right, model or edit_model())[0]


def operations(left: str, right: str, model: EditModel | None = None) -> tuple[tuple[str, str, float], ...]:
    """The operations of the best alignment, in order, as (letters, letters, log-odds); equal letters included.

    Their weights sum to `token_score`.

    >>> [f"{a}:{b}" for a, b, _ in operations("geelani", "jilani") if a != b]
    ['g:j', 'ee:i']
    """
    return _best(left, right, model or edit_model())[1]


def _best(left: str, right: str, model: EditModel) -> tuple[float, tuple[tuple[str, str, float], ...]]:
    ids, size, weights = model.substrings.ids, model.size, model.weights
    la, lb = len(left), len(right)
    score = [[10 * IMPOSSIBLE] * (lb + 1) for _ in range(la + 1)]
    step = [[(0, 0, 0)] * (lb + 1) for _ in range(la + 1)]
    score[0][0] = 0
    for i in range(la + 1):
        for j in range(lb + 1):
            for p in range(min(3, i) + 1):
                a = ids.get(left[i - p : i], -1)
                if a < 0:
                    continue
                for q in range(min(3, j) + 1):
                    b = ids.get(right[j - q : j], -1)
                    if b < 0 or not p + q:
                        continue
                    where = 0 if (i == p and j == q) else 2 if (i == la and j == lb) else 1
                    weight = weights[where * size * size + a * size + b]
                    value = score[i - p][j - q] + weight
                    if value > score[i][j]:
                        score[i][j] = value
                        step[i][j] = (p, q, weight)
    out: list[tuple[str, str, float]] = []
    i, j = la, lb
    while i or j:
        p, q, weight = step[i][j]
        if not p + q:
            break
        out.append((left[i - p : i], right[j - q : j], STEP * weight))
        i, j = i - p, j - q
    return STEP * score[la][lb], tuple(reversed(out))

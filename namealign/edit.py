"""Two tokens in, log-odds that they are one name element out, and the letter operations that say so.

An operation turns up to three letters into up to three others (`ee:i`, `ou:u`, `q:k`, `kh:h`, `h:` for a dropped h).
Its weight is a log-odds, learned by expectation-maximization (Ristad & Yianilos 1998; Jiampojamarn, Kondrak & Sherif
2007) and then fitted discriminatively against hard negatives; it differs at the beginning, inside and at the end of a
token. The weights are `data/edit_costs.csv`; `bench/train.py` makes them.
"""

from __future__ import annotations

from array import array
from functools import lru_cache
from typing import NamedTuple

from namealign.encode import Substrings
from namealign.kernel import IMPOSSIBLE
from namealign.tables import data_dir, read_rows

__all__ = ["EditModel", "edit_model", "operations", "token_score"]

SCRIPTS = ("latin", "abjad-latin", "abjad")


class EditModel(NamedTuple):
    """Substrings and weights as the kernel reads them.

    `weights` holds four blocks (Latin to Latin, abjad to Latin, Latin to abjad, abjad to abjad) of three positions
    (first, inner, last) of a square of substring ids.
    """

    substrings: Substrings
    weights: array[float]

    @property
    def size(self) -> int:
        """The side of each square."""
        return self.substrings.size


@lru_cache(maxsize=1)
def edit_model() -> EditModel:
    """The shipped weights, read once."""
    rows = [
        fields
        for _, fields in read_rows(data_dir() / "edit_costs.csv", ("script", "left", "right", "first", "inner", "last"))
    ]
    known = dict.fromkeys(text for row in rows for text in row[1:3] if text)
    substrings = Substrings(sorted(known, key=lambda text: (len(text), text)))
    size = substrings.size
    square = size * size
    weights = array("d", [IMPOSSIBLE]) * (12 * square)
    ids = substrings.ids
    # Rows of plain Latin come first and serve every block; the rows of an abjad then take their places.
    for script, left, right, *values in rows:
        ways = {"latin": ((0, 0), (1, 0), (2, 0), (3, 0)), "abjad-latin": ((1, 0), (2, 1)), "abjad": ((3, 0),)}[script]
        for block, turned in ways:
            a, b = ids[left], ids[right]
            if turned:
                a, b = b, a
            for position, value in enumerate(values):
                at = (block * 3 + position) * square
                weights[at + a * size + b] = float(value)
                if script != "abjad-latin":
                    weights[at + b * size + a] = float(value)
    return EditModel(substrings, weights)


def token_score(left: str, right: str, *, block: int = 0) -> float:
    """Log-odds that two plain tokens are one element, by their letters alone; symmetric, 0 is undecided.

    >>> token_score("geelani", "jilani") > 0 > token_score("khamenei", "khomeini")
    True
    """
    return _best(left, right, block)[0]


def operations(left: str, right: str, *, block: int = 0) -> tuple[tuple[str, str, float], ...]:
    """The operations of the best alignment, in order, as (letters, letters, log-odds); equal letters included.

    Their weights sum to `token_score`.

    >>> [f"{a}:{b}" for a, b, _ in operations("geelani", "jilani") if a != b]
    ['g:j', 'ee:i']
    """
    return _best(left, right, block)[1]


def _best(left: str, right: str, block: int) -> tuple[float, tuple[tuple[str, str, float], ...]]:
    model = edit_model()
    ids, size, weights = model.substrings.ids, model.size, model.weights
    la, lb = len(left), len(right)
    score = [[10 * IMPOSSIBLE] * (lb + 1) for _ in range(la + 1)]
    step: list[list[tuple[int, int, float]]] = [[(0, 0, 0.0)] * (lb + 1) for _ in range(la + 1)]
    score[0][0] = 0.0
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
                    weight = weights[(block * 3 + where) * size * size + a * size + b]
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
        out.append((left[i - p : i], right[j - q : j], weight))
        i, j = i - p, j - q
    return score[la][lb], tuple(reversed(out))

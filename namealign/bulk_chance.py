"""Names of one list in, how much their agreement means there out: tokens counted, and chance agreements reckoned with.

`compare` knows how common a token is among people at large. A list of a million names holds many bearers of any name,
so what two of its names share must be rare in the list, too.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from namealign.bulk_jit import jit
from namealign.bulk_read import Texts
from namealign.bulk_tokens import parallel
from namealign.compare import Scorer
from namealign.kernel import INITIAL

__all__ = ["as_common", "less_chance"]

# A token of at most so many names of the list is as rare as `compare` takes it to be. Of 0 to 40 the best, on dev
# entities (pair F1 0.9525, as without any count of the list; 0.9404 with 0) and on 100,000 made-up names (0.848; 0.760
# without).
ONE_PERSON = 24
# One name in so many agrees with an initial by chance.
LETTERS = 12.0


def as_common(texts: Texts, alone: Any, often: Any, count: int, scorer: Scorer) -> Texts:
    """The texts with tokens no rarer than the list shows them to be: its names are counted with the shipped ones.

    A token that a hundred names of the list bear, in whatever spelling, says little there, though no table knows it.
    What `ONE_PERSON` names bear may be one person's own, and keeps the rarity that `compare` gives it.
    """
    persons = scorer.facts.persons
    rarity = texts.tokens.rarity.copy()
    common = (texts.tokens.starts[alone + 1] - texts.tokens.starts[alone] > 1) & (often > ONE_PERSON)
    alone, often = alone[common], often[common] - ONE_PERSON
    here = np.log((persons + count) / (persons * np.exp(-rarity[alone]) + often))
    rarity[alone] = np.minimum(rarity[alone], here)
    return texts._replace(tokens=texts.tokens._replace(rarity=rarity))


@jit
def _chance(left, right, begin, end, text_first, name_first, unit, flags, number, near_first, near, likely, often, count, share):  # type: ignore[no-untyped-def]  # noqa: E501  # fmt: skip
    """Divide the odds of pairs `begin`..`end` by one more than the names that agree as much by chance."""
    mark = np.zeros(len(near_first))
    for k in range(begin, end):
        i = text_first[left[k]]
        j = text_first[right[k]]
        i0 = name_first[i]
        i1 = name_first[i + 1]
        j0 = name_first[j]
        j1 = name_first[j + 1]
        expected = 1.0 * count
        met = 0
        own = 0
        used = 0
        for u in range(i0, i1):
            if flags[u] & INITIAL:
                continue
            own += 1
            a = number[unit[u]]
            for q in range(near_first[a], near_first[a + 1]):
                mark[near[q]] = likely[q]
            best = 0.0
            mate = -1
            for v in range(j0, min(j1, j0 + 60)):
                if flags[v] & INITIAL or used >> (v - j0) & 1:
                    continue
                value = mark[number[unit[v]]]
                if value > best:
                    best = value
                    mate = v
            for q in range(near_first[a], near_first[a + 1]):
                mark[near[q]] = 0.0
            if mate >= 0:
                used |= 1 << (mate - j0)
                met += 1
                expected *= min(1.0, max(max(often[a], often[number[unit[mate]]]) - ONE_PERSON, 0.5) / count)
        others = 0
        for v in range(j0, j1):
            others += not flags[v] & INITIAL
        # Parts joined or split meet through no token of their own: what they share is not reckoned here.
        if met == 0 or met < min(own, others):
            continue
        initials = max(0, min(i1 - i0 - own, others - met)) + max(0, min(j1 - j0 - others, own - met))
        # Names of as many parts, all written out, say all that either of them knows.
        if i1 - i0 == j1 - j0 and initials == 0:
            continue
        for _ in range(initials):
            expected /= LETTERS
        share[k] /= share[k] + (1.0 - share[k]) * (1.0 + expected)


def less_chance(texts: Texts, near: tuple[Any, Any, Any], counted: tuple[Any, Any], left: Any, right: Any, share: Any) -> Any:  # noqa: E501  # fmt: skip
    """Probabilities of pairs of texts, lower where one leaves out or shortens what would tell it from others.

    `Idris Tamimi` may be `Musa Idris Tamimi`, and in a list with ten others of that name is as likely one of those.
    Of `n` names, shares p, q, ... of which bear (in whatever spelling) what the two have in common, n p q ... agree by
    chance, and the odds are divided by one more. On 100,000 made-up names this is pair F1 0.855 for 0.840, on dev
    entities no change (0.950).
    """
    alone, often = counted
    names = texts.names
    number = np.full(len(texts.tokens.key), -1, np.int64)
    number[alone] = np.arange(len(alone))
    first, other, likely = near
    count = len(texts.first) - 1
    share = share.copy()

    def run(begin: int, end: int) -> None:
        _chance(
            left, right, begin, end, texts.first, names.first, names.unit, names.flags, number, first, other, likely,
            often, count, share,
        )  # fmt: skip

    parallel(run, len(left), smallest=4096)
    return share

"""The numbers of an alignment in, what the trees say of them under the ceilings that no training pair could teach out.

Run by the interpreter and compiled, as `namealign.kernel` says.
"""

from __future__ import annotations

from typing import Any

from namealign.kernel import FAMILY_SCORE, GENERATIONS, NUMBER_SHIFT, SEAL_KANA, SEAL_SCRIPT, SEAL_TONES
from namealign.measure import FEATURES

__all__ = ["CEILING", "forest", "sealed_alike", "sealed_apart", "verdict"]

# Anything but identical names stays under this log-odds (0.99989).
CEILING = 9.0
# The highest log-odds of what only a person can judge (0.62), and of two names whose own letters differ (0.12).
UNDECIDED = 0.5
OTHER_LETTERS = -2.0
# The highest log-odds of two texts that share nothing but one part of like spelling (0.38).
HARDLY = -0.5
# The lowest log-odds of two names whose parts are known to be spellings of one another (0.73).
KNOWN_THROUGHOUT = 1.0

# The functions that bulk work compiles, callees first.
COMPILED = ("forest", "sealed_alike", "sealed_apart", "numbered_apart", "verdict")

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
FEATURE_EXCHANGED = FEATURES.index("given_exchanged")
FEATURE_FATHER = FEATURES.index("father_for_child")
FEATURE_INITIALS_APART = FEATURES.index("initials_apart")


def forest(out: Any, roots: Any, feature: Any, threshold: Any, left: Any, right: Any, value: Any) -> Any:
    """Sum of the trees' leaves for one feature vector: the log-odds of one name."""
    total = 0.0
    for root in roots:
        node = root
        while feature[node] >= 0:
            node = left[node] if out[feature[node]] <= threshold[node] else right[node]
        total += value[node]
    return total


def sealed_apart(na: Any, i: Any, nb: Any, j: Any) -> Any:
    """Whether two names of one script have letters of their own that differ (`seal`, whose last bits tell the script):
    spelled alike they are still two. Never two names in kana, which spell one name in many ways.
    """
    x = na.seal[i]
    y = nb.seal[j]
    return x != 0 and y != 0 and x != y and (x ^ y) & SEAL_SCRIPT == 0 and x & SEAL_SCRIPT != SEAL_KANA


def sealed_alike(na: Any, i: Any, nb: Any, j: Any) -> Any:
    """Whether two names are the same kana, whatever parts their words, which changes how each is read."""
    return na.seal[i] == nb.seal[j] and na.seal[i] & SEAL_SCRIPT == SEAL_KANA


def numbered_apart(na: Any, i: Any, nb: Any, j: Any) -> Any:
    """Whether both names bear a number of a kind, and not the same (Mehmed II, Mehmed III; Downey Sr., Downey Jr.)."""
    x = na.flags[na.first[i]] >> NUMBER_SHIFT
    y = nb.flags[nb.first[j]] >> NUMBER_SHIFT
    return x != y and x > 0 and y > 0 and (x > GENERATIONS) == (y > GENERATIONS)


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
    # Friedrich Hans may be Hans Friedrich, and Ali Mohamed is Mohamed Ali's father as likely as himself.
    if measured[FEATURE_EXCHANGED] > 0.0:
        most = UNDECIDED
    # A patronymic beside the child's own name: Osama bin Laden is the father of Hamza bin Osama bin Laden.
    if measured[FEATURE_FATHER] > 0.0:
        most = HARDLY
    # John A. Smith is not John B. Smith: of dev pairs whose initials alone differ 174 are two people and 6 one.
    if measured[FEATURE_INITIALS_APART] > 0.0:
        most = HARDLY
    # A single part is met by all who bear it: Ahmad Jilani may be the Jilani of the other text, or another.
    if measured[FEATURE_LEAST] == 1.0 and measured[FEATURE_OMITTED] > measured[FEATURE_SOFT]:
        most = UNDECIDED if measured[FEATURE_WORST] >= FAMILY_SCORE else HARDLY
    # Two names that the table tells apart (Khamenei, Khomeini): alone they differ, and in a short name they are for a
    # person to judge, whatever else it shares.
    if measured[FEATURE_APART] > 0.0 and measured[FEATURE_UNITS] <= 2.0:
        most = OTHER_LETTERS if measured[FEATURE_EXACT] == 0.0 else UNDECIDED
    if numbered_apart(na, i, nb, j):
        most = OTHER_LETTERS
    elif sealed_apart(na, i, nb, j):
        # Vietnamese marks are tones and vowels (Hùng, Hưng), but some may be left out.
        most = min(most, UNDECIDED) if na.seal[i] & SEAL_SCRIPT == SEAL_TONES else OTHER_LETTERS
    # Every part of the one is, in order, a known spelling of a part of the other: the same name, however common.
    if (
        measured[FEATURE_FAMILIES] > 0.0
        and measured[FEATURE_WORST] >= FAMILY_SCORE
        and measured[FEATURE_OMITTED] + measured[FEATURE_CONTRA] + measured[FEATURE_INVERSIONS] == 0.0
    ):
        total = max(total, KNOWN_THROUGHOUT)
    return max(-CEILING, min(most, total))

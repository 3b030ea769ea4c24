"""Log-odds in, probability and outcome out: what a number means, and where a person should look.

The thresholds are chosen for stated precisions where most negatives are the nearest names of other people
(`bench/calibration.py` prints them): of the pairs that are a match 97.9% are one person, of those below review 2.9%,
and 1.2% of all pairs lie between. A random pair of names needs less.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

from namealign.errors import InputError
from namealign.model import Decision, Match, Outcome

__all__ = ["Policy", "decide", "logit", "outcome", "outcome_among", "probability"]


@dataclass(frozen=True, slots=True)
class Policy:
    """Where the lines lie.

    `match`: at or above it, two names are one. `review`: at or above it, a person should look; below, they differ.
    `margin`: how far (in probability) the best entity must lead the second best one to be taken without review.
    """

    match: float = 0.7
    review: float = 0.45
    margin: float = 0.05

    def __post_init__(self) -> None:
        if not 0.0 <= self.review <= self.match <= 1.0:
            raise InputError(f"thresholds must be 0 <= review <= match <= 1, not {self.review} and {self.match}")


def probability(log_odds: float) -> float:
    """The probability of a log-odds.

    >>> probability(0.0), probability(40.0)
    (0.5, 1.0)
    """
    if log_odds >= 0.0:
        return 1.0 / (1.0 + exp(-log_odds))
    odds = exp(log_odds)
    return odds / (1.0 + odds)


def logit(share: float) -> float:
    """The log-odds of a probability strictly between 0 and 1."""
    return log(share / (1.0 - share))


def outcome(share: float, policy: Policy) -> Outcome:
    """What a probability means when two names are compared.

    >>> str(outcome(0.99, Policy())), str(outcome(0.01, Policy()))
    ('match', 'different')
    """
    if share >= policy.match:
        return Outcome.MATCH
    return Outcome.REVIEW if share >= policy.review else Outcome.DIFFERENT


# The odds that a single word is nobody in a table, against the odds that the trees give an entity: of the
# dev family names that no entity has, 2.3% are then matched, and 8.1% without.
NOBODY_LONE = 4.0


def outcome_among(name: str, share: float, shares: Sequence[float], policy: Policy) -> Outcome:
    """What the probability of one of several entities means, of which a name can be but one; `shares` holds them all.

    What resembles many resembles each by chance: a name's odds of being this entity are weighed against those of being
    any other or none, and a single word is many people's. The very spelling of an entity needs no lead over what merely
    resembles another.

    >>> [str(outcome_among("Mo Li", 0.9, rivals, Policy())) for rivals in ([0.9], [0.9, 0.8], [0.9, 1.0])]
    ['match', 'review', 'review']
    >>> [str(outcome_among("Moli", share, [share], Policy())) for share in (0.9, 0.95, 1.0)]
    ['review', 'match', 'match']
    """
    said = outcome(share, policy)
    if said is Outcome.MATCH and share < 1.0:
        if 1.0 in shares:
            return Outcome.REVIEW
        total = sum(other / (1.0 - other) for other in shares)
        if share / (1.0 - share) < policy.match * ((NOBODY_LONE if _lone(name) else 1.0) + total):
            return Outcome.REVIEW
    return said


def _lone(name: str) -> bool:
    """Whether a name is a single word, in a script that parts its words."""
    return len(name.split()) == 1 and not any(unicodedata.east_asian_width(c) in "WFH" for c in name)


def decide(
    name: str, matches: Sequence[Match], policy: Policy, *, limit: int = 1, others: Sequence[float] = ()
) -> Decision:
    """What becomes of a looked-up name: a match, a case for review, or a new name.

    `matches` are best first, and `others` the probabilities of entities that come after them. A best match that hardly
    leads another entity, or several together, is for review, unless it is spelled just so and the others are not.
    """
    if not matches or matches[0].probability < policy.review:
        return Decision(name, Outcome.NEW, None, tuple(matches[:limit]))
    best = matches[0]
    shares = [match.probability for match in matches]
    shares += others
    said = outcome_among(name, best.probability, shares, policy)
    # The very spelling of one entity needs no lead over what merely resembles another.
    hardly = len(shares) > 1 and best.probability - shares[1] < policy.margin
    if said is Outcome.MATCH and hardly and not shares[1] < best.probability == 1.0:
        said = Outcome.REVIEW
    return Decision(name, said, best, tuple(matches[1 : max(limit, 1)]))

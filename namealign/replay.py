"""Names and what people judged in, decisions that keep to it out: where a Reconciler's answers meet judgements.

A name judged the same as an entity is that entity. One judged different from it is not, and the next best is weighed.
Names judged the same are decided as one; names judged different are not both matched to one entity. An `unsure` pair
stays for review and is not open. Without judgements a decision is what the Reconciler said.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from namealign.decide import Policy, decide
from namealign.judgements import Judgements, Verdict
from namealign.model import Comparison, Decision, Entity, Evidence, Match, Outcome

if TYPE_CHECKING:
    from namealign.reconciler import Reconciler

__all__ = ["CANDIDATES", "Replay", "contenders", "judged", "replay"]

# With how many matches a judged name is weighed, so that some are left when people have refused the best.
CANDIDATES = 9
# A person is shown at most so many: they fit on a screen of 24 lines, and one key chooses among them.
_SHOWN = 5
_JUDGED = (Evidence("judged", weight=40.0),)


class Replay(NamedTuple):
    """`decisions[k]` is that of input name `k`; `judged` are the names about which there was a judgement, `settled`
    those among them that need nobody's answer; `lost` are (name, entity id) where no table has the entity.
    """

    decisions: list[Decision]
    judged: frozenset[str]
    settled: frozenset[str]
    lost: tuple[tuple[str, str], ...]


def replay(
    reconciler: Reconciler,
    names: Sequence[str],
    judgements: Judgements | None = None,
    *,
    limit: int = 1,
    kinds: Collection[str] = (),
    language: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Replay:
    """`reconciler.lookup_many(names, limit=limit, kinds=kinds, language=language)`, and what people judged: who was
    judged to be somebody is that, of whatever kind.

    >>> from namealign import Reconciler
    >>> from namealign.judgements import Judgement
    >>> known = Reconciler.from_names({"1": ["Jalil Jilani"], "2": ["Ramzan Kadyrov"]})
    >>> found = replay(known, ["Jaleel Geelani"], Judgements([Judgement("Jaleel Geelani", "different", entity="1")]))
    >>> str(found.decisions[0].outcome)
    'new'
    """
    if judgements is not None:
        judgements = judgements.moving(reconciler.moved)
    look_up = partial(reconciler.lookup_many, kinds=kinds, language=language)
    class_of = {name: judgements.touched(name) for name in names} if judgements is not None else {}
    free = [name for name in names if not class_of.get(name)]
    answers = look_up(free, limit=limit, progress=progress)
    found = dict(zip(free, answers, strict=True))
    if judgements is None or len(free) == len(names):
        return Replay([found[name] for name in names], frozenset(), frozenset(), ())
    touched = sorted({name for name, root in class_of.items() if root})
    cases = _cases(reconciler, touched, class_of, judgements, look_up)
    _keep_apart(cases, judgements)
    settled = set()
    for name in touched:
        case = cases[class_of[name]]
        decision = case.decide(name, limit)
        found[name] = decision
        if decision.outcome != Outcome.REVIEW or not case.open:
            settled.add(name)
    lost = tuple((name, lost) for name in touched if (lost := cases[class_of[name]].lost))
    return Replay([found[name] for name in names], frozenset(touched), frozenset(settled), lost)


def judged(comparison: Comparison, judgements: Judgements) -> Comparison:
    """A comparison of two names as people judged them: what they decided is certain, what they left open is for review.

    >>> from namealign.judgements import Judgement
    >>> scored = Comparison("Ali", "Aly", 0.9, Outcome.MATCH)
    >>> found = judged(scored, Judgements([Judgement("Ali", "different", "Aly")]))
    >>> found.probability, str(found.outcome), found.evidence[0].kind
    (0.0, 'different', 'judged')
    """
    verdict = judgements.between(comparison.left, comparison.right)
    if verdict == Verdict.SAME:
        return replace(comparison, probability=1.0, outcome=Outcome.MATCH, evidence=_JUDGED)
    if verdict == Verdict.DIFFERENT:
        evidence = (Evidence("judged", weight=-_JUDGED[0].weight),)
        return replace(comparison, probability=0.0, outcome=Outcome.DIFFERENT, evidence=evidence)
    return replace(comparison, outcome=Outcome.REVIEW) if verdict == Verdict.UNSURE else comparison


def contenders(matches: Sequence[Match], policy: Policy) -> list[Match]:
    """Of an uncertain name's matches, best first, those that a person should choose from.

    Where some entity is spelled just so, what merely resembles the name is no rival.
    """
    least = 1.0 if matches and matches[0].probability == 1.0 else policy.review
    return [match for match in matches if match.probability >= least][:_SHOWN]


class _Case:
    """A class of names that are one, and what it may be."""

    def __init__(
        self,
        root: str,
        name: str,
        matches: Sequence[Match],
        judgements: Judgements,
        policy: Policy,
        known: Mapping[str, Entity],
    ) -> None:
        self.root, self.policy, self.name = root, policy, name
        decided = judgements.entity_of(name)
        self.entity = known.get(decided)
        self.lost = decided if decided and self.entity is None else ""
        verdicts = {match.entity.id: judgements.verdict(name, match.entity.id) for match in matches}
        self.unsure = {key for key, verdict in verdicts.items() if verdict == Verdict.UNSURE}
        # Somebody said that no table lists this name. A table that since lists the very spelling knows better.
        least = 1.0 if judgements.is_new(name) else 0.0
        self.matches = [
            match for match in matches if verdicts[match.entity.id] != Verdict.DIFFERENT and match.probability >= least
        ]
        # Who refused the best has said that likeness misleads here: the next best is asked about, not taken.
        self.doubted = bool(matches) and bool(self.matches) and matches[0] != self.matches[0]
        self.contested = False

    @property
    def open(self) -> bool:
        """Whether there is a candidate on which nobody has said anything."""
        return any(match.entity.id not in self.unsure for match in contenders(self.matches, self.policy))

    def decide(self, name: str, limit: int) -> Decision:
        """The decision of one of its names."""
        if self.entity is not None:
            return Decision(name, Outcome.MATCH, Match(self.entity, self.name, 1.0, _JUDGED))
        found = decide(name, self.matches, self.policy, limit=limit)
        if found.outcome != Outcome.MATCH or found.best is None:
            return found
        doubted = self.contested or (self.doubted and found.best.probability < 1.0)
        if doubted or found.best.entity.id in self.unsure:
            return Decision(name, Outcome.REVIEW, found.best, found.others)
        return found

    def refuse(self, entity: str) -> None:
        """It is not this one, so the next best is weighed."""
        self.doubted = True
        self.matches = [match for match in self.matches if match.entity.id != entity]


def _cases(
    reconciler: Reconciler,
    names: Sequence[str],
    class_of: Mapping[str, str],
    judgements: Judgements,
    look_up: Callable[..., Sequence[Decision]],
) -> dict[str, _Case]:
    """What each class of judged names may be, and each that bears on one, whether it occurs here or not."""
    members: dict[str, dict[str, None]] = {}
    for root, spellings in judgements.around({class_of[name] for name in names}).items():
        members[root] = dict.fromkeys(spellings)
    for name in names:
        members[class_of[name]][name] = None
    decided = {root: judgements.entity_of(next(iter(spellings))) for root, spellings in members.items()}
    known = reconciler.find(filter(None, decided.values()))
    # Who was judged to be somebody need not be looked up.
    wanted = {text for root, spellings in members.items() if decided[root] not in known for text in spellings}
    candidates: dict[str, list[Match]] = {}
    for found in look_up(sorted(wanted), limit=CANDIDATES):
        candidates[found.name] = [match for match in (found.best, *found.others) if match is not None]
    cases = {}
    for root, written in members.items():
        best: dict[str, Match] = {}
        for match in (match for spelling in written for match in candidates.get(spelling, ())):
            if match.entity.id not in best or match.probability > best[match.entity.id].probability:
                best[match.entity.id] = match
        ranked = sorted(best.values(), key=lambda match: (-match.probability, match.entity.id))
        cases[root] = _Case(root, next(iter(written)), ranked, judgements, reconciler.policy, known)
    return cases


def _keep_apart(cases: Mapping[str, _Case], judgements: Judgements) -> None:
    """Classes that were judged different are not both matched to one entity: the likelier one keeps it.

    Where neither is clearly the likelier, both go to review: a person knows that they differ, and not which is which.
    """
    again = True
    while again:
        again = False
        at: dict[str, list[tuple[float, _Case]]] = {}
        for case in cases.values():
            found = case.decide(case.name, 1)
            if found.outcome == Outcome.MATCH and found.best is not None:
                at.setdefault(found.best.entity.id, []).append((found.best.probability, case))
        for entity, claims in at.items():
            claims.sort(key=lambda claim: (-claim[0], claim[1].root))
            for i, (share, case) in enumerate(claims):
                better = next((c for c in claims[:i] if judgements.apart(c[1].root, case.root)), None)
                if better is None:
                    continue
                if better[0] - share >= case.policy.margin or share < better[0] == 1.0:
                    case.refuse(entity)
                else:
                    case.contested = better[1].contested = True
                again = True

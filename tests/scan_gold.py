"""Marked texts in, mentions and their score out: shared by the tests of scan."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from namealign.scan import Mention

_MARK = re.compile(r"\[\[([^|\]]+)\|([^\]]+)\]\]")


class Gold(NamedTuple):
    """A mention as a person marked it."""

    start: int
    end: int
    entity: str


class Score(NamedTuple):
    """How many mentions were marked, found, found at their place, and found at their place with their entity."""

    marked: int
    found: int
    placed: int
    linked: int

    @property
    def precision(self) -> float:
        return self.linked / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.linked / self.marked if self.marked else 1.0


def unmark(marked: str) -> tuple[str, list[Gold]]:
    """The plain text and its marks."""
    parts: list[str] = []
    gold: list[Gold] = []
    at = done = 0
    for mark in _MARK.finditer(marked):
        parts += [marked[done : mark.start()], mark[2]]
        at += mark.start() - done
        gold.append(Gold(at, at + len(mark[2]), mark[1]))
        at += len(mark[2])
        done = mark.end()
    return "".join([*parts, marked[done:]]), gold


def score(gold: Sequence[Gold], mentions: Iterable[Mention]) -> Score:
    """A listed entity must be found by its id; one that no table lists must be one entity, and not another's."""
    marked = {(g.start, g.end): g.entity for g in gold}
    found = {(m.start, m.end): m.entity.id if m.entity else "?" for m in mentions}
    both = marked.keys() & found.keys()
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for place in both:
        votes[marked[place]][found[place]] += 1
    meant = {
        entity: entity
        if not entity.startswith(("x:", "new:"))
        else min(count.most_common(), key=lambda c: (-c[1], c))[0]
        for entity, count in votes.items()
    }
    claimed = Counter(meant.values())
    linked = sum(found[p] == meant[marked[p]] and claimed[found[p]] == 1 for p in both)
    return Score(len(marked), len(found), len(both), linked)


def total(scores: Iterable[Score]) -> Score:
    """The sum of several texts' scores."""
    return Score(*map(sum, zip(*scores, strict=True)))

"""Groups of many documents in, entities out: the table's where the scorer finds one, else clusters of their names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import combinations
from typing import NamedTuple

from namealign.cluster import cluster
from namealign.compare import compare
from namealign.model import Evidence, Kind, Outcome
from namealign.parse import read
from namealign.reconciler import Reconciler
from namealign.scan.link import Linker
from namealign.scan.model import Found

__all__ = ["Joined", "Unknown", "resolve"]

# Joining a stranger to a listed person on a likeness alone needs more than the policy's line for a name that a user
# asked for: in running text most strangers are strangers.
CERTAIN = 0.9
# Up to this many strangers each pair that sounds alike is compared here; more are worth the compiled clustering.
FEW = 60


class Unknown(NamedTuple):
    """What stands for an unknown group: two groups that are equal in this are one name."""

    kind: Kind
    name: str


class Joined(NamedTuple):
    """What an unknown name turned out to be, how probable that is, and why."""

    found: Found
    probability: float
    evidence: tuple[Evidence, ...] = ()


def resolve(
    unknown: Mapping[Unknown, int],
    reconciler: Reconciler,
    linker: Linker,
    apart: Collection[frozenset[Unknown | int]] = (),
    *,
    progress: Callable[[int, int], None] | None = None,
) -> dict[Unknown, Joined]:
    """An entity for every unknown name; the numbers say in how many places each stands.

    `apart` are pairs of names, or of a name and a listed entity, that one document uses for two people.
    """
    out: dict[Unknown, Joined] = {}
    persons = sorted(u.name for u in unknown if u.kind is Kind.PERSON and _words(u.name) > 1)
    decisions = reconciler.lookup_many(persons, limit=2, progress=progress) if persons else []
    strangers: list[str] = []
    for name, decision in zip(persons, decisions, strict=True):
        best = decision.best
        if (
            best is not None
            and decision.outcome is Outcome.MATCH
            and best.probability >= CERTAIN
            and best.entity.kind == Kind.PERSON
            and _words(best.alias) > 1
            and frozenset((Unknown(Kind.PERSON, name), linker.lexicon.number(best.entity.id))) not in apart
        ):
            found = Found(best.entity.id, Kind.PERSON, best.entity.canonical)
            out[Unknown(Kind.PERSON, name)] = Joined(found, best.probability, best.evidence)
        else:
            strangers.append(name)
    ids: Counter[str] = Counter()
    for members, canonical in _parted(_groups(strangers, unknown, linker), apart):
        found = Found(_id(canonical, ids), Kind.PERSON, canonical)
        for name in members:
            if name == canonical:
                out[Unknown(Kind.PERSON, name)] = Joined(found, 1.0)
            else:
                compared = compare(name, canonical)
                out[Unknown(Kind.PERSON, name)] = Joined(found, compared.probability, compared.evidence)
    for item in sorted(unknown):
        if item not in out:
            out[item] = Joined(Found(_id(item.name, ids), item.kind, item.name), 1.0)
    return out


def _groups(names: list[str], counts: Mapping[Unknown, int], linker: Linker) -> list[tuple[tuple[str, ...], str]]:
    """The clusters of names. A name that no other sounds like is alone without asking: few names load no compiler."""
    asked = names
    if len(names) <= FEW:
        like: set[str] = set()
        keys = {name: frozenset().union(*map(linker.keys, name.split())) for name in names}
        for a, b in combinations(names, 2):
            if keys[a] & keys[b] and linker.alike(a, b) >= linker.policy.review:
                like |= {a, b}
        asked = [name for name in names if name in like]
    alone: list[tuple[tuple[str, ...], str]] = [((name,), name) for name in names if name not in set(asked)]
    if not asked:
        return alone
    found = cluster(asked, counts={name: counts[Unknown(Kind.PERSON, name)] for name in asked})
    return alone + [(group.members, group.canonical) for group in found.clusters]


def _parted(
    groups: Iterable[tuple[tuple[str, ...], str]], apart: Collection[frozenset[Unknown | int]]
) -> Iterator[tuple[tuple[str, ...], str]]:
    """The groups, cut where one document has two of a group's names for two people."""
    for members, canonical in groups:
        parts: list[list[str]] = []
        for name in members:
            mine = Unknown(Kind.PERSON, name)
            fits = (p for p in parts if all(frozenset((mine, Unknown(Kind.PERSON, other))) not in apart for other in p))
            part = next(fits, None)
            if part is None:
                parts.append([name])
            else:
                part.append(name)
        for part in parts:
            yield tuple(part), canonical if canonical in part else part[0]


def _words(name: str) -> int:
    return len(re.findall(r"\w+", name)) if name.isascii() or " " in name or "-" in name else min(2, len(name))


def _id(name: str, taken: Counter[str]) -> str:
    """A readable id from the Latin reading; a number where two would be alike."""
    latin = " ".join(token.text for token in read(name)[0].tokens) if any(map(str.isalpha, name)) else ""
    slug = "new:" + (re.sub(r"[^a-z0-9]+", "-", latin.encode("ascii", "ignore").decode()).strip("-") or "name")
    taken[slug] += 1
    return slug if taken[slug] == 1 else f"{slug}-{taken[slug]}"

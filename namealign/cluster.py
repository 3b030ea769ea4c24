"""Names in, groups that are one entity each out, without chaining; a canonical spelling for each.

Average linkage over calibrated probabilities: two groups join when the mean probability over all their cross pairs is
at least the threshold, best first, so a single bridge (one `Mohammed ...`) cannot chain two crowds together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from namealign.compare import scorer
from namealign.decide import Policy
from namealign.errors import InputError
from namealign.normalize import normalize
from namealign.romanize import told

__all__ = ["Cluster", "Clustering", "LeftOut", "cluster"]


class Cluster(NamedTuple):
    """One group: its canonical spelling, its distinct members (most frequent first), and why that spelling."""

    canonical: str
    members: tuple[str, ...]
    reason: str


class LeftOut(NamedTuple):
    """What caps kept from being compared: each may have cost a group a member.

    `keys`: blocking keys that more than 120 name parts share; `names`: names whose rarest part so many names bear that
    only some of them were met; `pairs`: pairs beyond the 12 most promising of a name.
    """

    keys: int = 0
    names: int = 0
    pairs: int = 0


class Clustering(NamedTuple):
    """`labels[k]` is the number of the group of input name `k` in `clusters`; `left_out` what caps left out."""

    labels: list[int]
    clusters: tuple[Cluster, ...]
    left_out: LeftOut = LeftOut()


def cluster(
    names: Sequence[str],
    *,
    threshold: float | None = None,
    counts: Mapping[str, int] | None = None,
    same: Iterable[tuple[str, str]] = (),
    different: Iterable[tuple[str, str]] = (),
) -> Clustering:
    """Group names that are spellings of one name; the same groups whatever the order of the names.

    `threshold` is the mean probability at which groups join (the policy's `match` by default); `counts` says how often
    each name occurs (else the input's own repetitions count). The names of a pair in `same` end in one group, those of
    a pair in `different` never do, not through others either. Raises InputError where these contradict each other.

    >>> found = cluster(["Muammar Gaddafi", "Hosni Mubarak", "Moammar Kadhafi"])
    >>> found.labels
    [0, 1, 0]
    """
    if threshold is None:
        threshold = Policy().match
    weight = Counter(names) if counts is None else Counter({n: counts.get(n, 1) for n in names})
    # Everything below works on the sorted distinct names, so the input's order cannot matter.
    distinct = sorted(weight)
    from namealign.bulk_cluster import group

    place = {name: number for number, name in enumerate(distinct)}
    joined, apart = (
        [(place[a], place[b]) for a, b in pairs if a in place and b in place] for pairs in (same, different)
    )
    _check(joined, apart, distinct)
    groups, cut = group(distinct, threshold, scorer(), same=joined, apart=apart)
    members: dict[int, list[str]] = {}
    for name, group_of in zip(distinct, groups, strict=True):
        members.setdefault(group_of, []).append(name)
    number: dict[str, int] = {}
    clusters: list[Cluster] = []
    for name in names:
        if name not in number:
            own = members[groups[place[name]]]
            number.update(dict.fromkeys(own, len(clusters)))
            clusters.append(_cluster(own, weight))
    labels = [number[name] for name in names]
    return Clustering(labels, tuple(clusters), LeftOut(*cut))


def _check(same: Sequence[tuple[int, int]], different: Sequence[tuple[int, int]], names: Sequence[str]) -> None:
    """Refuse pairs that cannot all be kept to."""
    parent = list(range(len(names))) if same else []

    def root(x: int) -> int:
        while x < len(parent) and parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    for a, b in same:
        parent[root(a)] = root(b)
    for a, b in different:
        if root(a) == root(b):
            raise InputError(f"{names[a]!r} and {names[b]!r} are given as different, and are the same by other pairs")


def _cluster(members: list[str], weight: Mapping[str, int]) -> Cluster:
    """The most frequent of the complete forms: most words, so that initials and short forms do not stand for all."""
    if len(members) == 1:
        return Cluster(members[0], tuple(members), "the only spelling")
    most = max(_completeness(name) for name in members)
    ranked = sorted(members, key=lambda name: (-weight[name], name))
    canonical = next(name for name in ranked if _completeness(name) >= most - 1e-9)
    if canonical == ranked[0]:
        reason = f"the most frequent spelling ({weight[canonical]} of {sum(weight[n] for n in members)})"
    else:
        reason = (
            f"the most frequent of the complete spellings ({weight[canonical]} of {sum(weight[n] for n in members)})"
        )
    return Cluster(canonical, tuple(ranked), reason)


def _completeness(name: str) -> float:
    """Words written out, at most three: a fourth is as often a title as a name.

    None of a cell that tells one name twice, or a remark: any other spelling stands for it.
    """
    names = told(normalize(name)[0])
    if names and not names.whole:
        return 0.0
    return float(min(3, sum(len(word.strip(".,")) > 1 for word in name.split())))

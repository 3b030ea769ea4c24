"""A table's column of names that nobody has listed in, the same table with a group and a canonical name out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from namealign.clean.annotate import Annotated, is_name
from namealign.clean.formats import annotate_table
from namealign.clean.layout import Layout
from namealign.cluster import LeftOut, cluster
from namealign.files import Source, Target
from namealign.model import Outcome
from namealign.replay import Replay, replay

if TYPE_CHECKING:
    from namealign.judgements import Judgements
    from namealign.reconciler import Reconciler

__all__ = ["COLUMNS", "ClusterSummary", "cluster_column"]

COLUMNS = ("canonical", "cluster", "entity")


@dataclass(frozen=True, slots=True)
class ClusterSummary:
    """What a grouping did: what was read, how many groups there are, and how many of them are entities of the table.

    `judged` counts the names about which there was a judgement; `lost` are those judged to be an entity that no table
    has, with its id. `left_out` is what caps kept from being compared (`namealign.cluster.LeftOut`).
    """

    read: Annotated
    clusters: int
    entities: int
    judged: int
    lost: tuple[tuple[str, str], ...]
    left_out: LeftOut

    def to_dict(self) -> dict[str, Any]:
        """The summary as plain JSON types."""
        return {
            "input": self.read.path,
            "encoding": self.read.encoding.name,
            "rows": self.read.rows,
            "ragged_rows": self.read.ragged_rows,
            "distinct_names": sum(map(len, self.read.names)),
            "clusters": self.clusters,
            "entities": self.entities,
            "left_out": self.left_out._asdict(),
        }


def cluster_column(
    source: Source,
    column: str | Sequence[str],
    *,
    output: Target | None = "-",
    reconciler: Reconciler | None = None,
    kinds: Collection[str] = (),
    threshold: float | None = None,
    layout: Layout | None = None,
    strict: bool = False,
    judgements: Judgements | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> ClusterSummary:
    """Copy a delimited file and add `<column>_canonical`, `_cluster` and `_entity` for each column.

    Names that the reconciler matches are grouped by entity and take its canonical name; the others are grouped by
    `namealign.cluster`. Groups are numbered from 1, the one with most rows first. Without a reconciler nothing is
    looked up and `_entity` stays empty; with `kinds` nobody is matched who is of another kind. Names judged the same
    share a group, names judged different never do.
    """
    counted = [0, 0]
    left_out = LeftOut()
    answers = Replay([], frozenset(), frozenset(), ())

    def make(names: Sequence[str], counts: Sequence[int]) -> list[tuple[str, ...]]:
        nonlocal answers, left_out
        if reconciler is not None:
            answers = replay(reconciler, list(filter(is_name, names)), judgements, kinds=kinds, progress=progress)
        known = {
            decision.name: decision.best.entity
            for decision in answers.decisions
            if decision.outcome == Outcome.MATCH and decision.best is not None
        }
        unknown = [name for name in names if name not in known]
        count_of = dict(zip(names, counts, strict=True))
        label, canonical, left_out = _grouped(unknown, count_of, threshold, judgements)
        key = {name: known[name].id if name in known else label[name] for name in names}
        rows: dict[str | int, int] = {}
        for name, count in count_of.items():
            rows[key[name]] = rows.get(key[name], 0) + count
        number = {k: i for i, k in enumerate(sorted(rows, key=lambda k: -rows[k]), 1)}
        counted[:] = len(number), len({entity.id for entity in known.values()})
        return [
            (
                known[name].canonical if name in known else canonical[label[name]],
                str(number[key[name]]),
                known[name].id if name in known else "",
            )
            for name in names
        ]

    columns = [column] if isinstance(column, str) else list(column)
    read = annotate_table(source, output, columns, COLUMNS, make, layout=layout, strict=strict)
    return ClusterSummary(read, counted[0], counted[1], len(answers.judged), answers.lost, left_out)


def _grouped(
    names: Sequence[str], counts: Mapping[str, int], threshold: float | None, judgements: Judgements | None
) -> tuple[dict[str, int], dict[int, str], LeftOut]:
    """A label for each name, a canonical spelling for each label, and what caps left out."""
    if not names:
        return {}, {}, LeftOut()
    same, different = judgements.pairs(names) if judgements is not None else ([], [])
    found = cluster(names, threshold=threshold, counts=counts, same=same, different=different)
    label = dict(zip(names, found.labels, strict=True))
    canonical = {label[group.members[0]]: group.canonical for group in found.clusters}
    # A name that came into no group is its own.
    for name in names:
        canonical.setdefault(label[name], name)
    return label, canonical, found.left_out

"""A table's column in, the same table with canonical names beside the old ones out.

Every byte of the input comes back as it was: quotes, line ends, BOM, encoding, ragged rows. Each distinct name is
reconciled once.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from namealign.model import Decision, Outcome

# Everything else is imported when a table is cleaned: `import namealign` loads this module, a lookup needs none of it.
if TYPE_CHECKING:
    from namealign.clean.annotate import Annotated
    from namealign.clean.layout import Column, Layout
    from namealign.files import Source, Target
    from namealign.judgements import Judgements
    from namealign.reconciler import Reconciler

__all__ = ["COLUMNS", "HARMONIZED", "Change", "CleanSummary", "Uncertain", "clean"]

COLUMNS = ("canonical", "entity", "probability", "outcome")
# The outcome of a name that no table knows, whose parts have taken their canonical spelling.
HARMONIZED = "harmonized"
_OURS = frozenset(["", HARMONIZED, *map(str, (Outcome.MATCH, Outcome.REVIEW, Outcome.NEW))])


class Change(NamedTuple):
    """A distinct name of a column whose canonical spelling is another, and in how many rows it stands."""

    column: str
    name: str
    canonical: str
    outcome: str
    probability: str
    rows: int


class Uncertain(NamedTuple):
    """A distinct name that nobody has decided, in how many rows it stands, and what it may be."""

    name: str
    rows: int
    decision: Decision


@dataclass(frozen=True, slots=True)
class CleanSummary:
    """What a cleaning did: what was read, and for each column how many rows (`outcomes`) and names had each outcome.

    `changes` are the names that have another canonical spelling, those with most rows first. `judged` counts the names
    about which there was a judgement; `lost` are the names judged to be an entity that no table has, with its id;
    `uncertain` are the names to ask a person about, if they were wanted.
    """

    read: Annotated
    outcomes: tuple[Counter[str], ...]
    distinct: tuple[Counter[str], ...]
    changes: tuple[Change, ...] = ()
    judged: int = 0
    lost: tuple[tuple[str, str], ...] = ()
    uncertain: tuple[Uncertain, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The summary as plain JSON types."""
        return {
            "input": self.read.path,
            "encoding": self.read.encoding.name,
            "encoding_known_by": self.read.encoding.how,
            "delimiter": self.read.delimiter,
            "rows": self.read.rows,
            "ragged_rows": self.read.ragged_rows,
            "ragged": [{"line": row.line, "fields": row.fields} for row in self.read.ragged],
            "columns": [
                {
                    "column": column,
                    "distinct_names": len(names),
                    "rows_by_outcome": dict(rows),
                    "names_by_outcome": dict(distinct),
                }
                for column, names, rows, distinct in zip(
                    self.read.columns, self.read.names, self.outcomes, self.distinct, strict=True
                )
            ],
            "names_with_decisions": self.judged,
            "decided_to_be_in_no_table": [{"name": name, "entity": entity} for name, entity in self.lost],
            "cells_that_lost_letters": self.read.unencodable,
            "rows_kept_with_other_text": self.read.kept,
        }


def clean(
    source: Source,
    column: Column | Sequence[Column],
    *,
    output: Target | None = "-",
    reconciler: Reconciler | None = None,
    kinds: Collection[str] = (),
    layout: Layout | None = None,
    strict: bool = False,
    replace: bool = False,
    only_changed: bool = False,
    decisions: str | os.PathLike[str] | Judgements | None = None,
    harmonize: bool = False,
    review: bool = False,
    again: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> CleanSummary:
    """Copy a table and add `<column>_canonical`, `_entity`, `_probability` and `_outcome` for each column.

    A column is given by its header or its number, and a tuple names the columns over which one name is split.
    `source` and `output` are paths, binary streams or `-` for stdin and stdout; `output=None` writes nothing. The
    outcome is match, review or new, and empty where the cell is. With `replace` the canonical name of a match takes
    the old one's place instead; with `only_changed` the records are left out whose names stay what they are.

    With `kinds` ("person", "place", "organization") nobody is matched who is of another kind.
    `decisions` is a file of what people judged (or its `Judgements`): it is kept to, and nothing in it is asked again.
    With `harmonize` a name that is matched to nobody takes the canonical spelling of its parts: a new name with the
    outcome "harmonized", one to review with its candidate's id beside it. With `review` the summary holds the names
    that a person should decide; `again` adds those that were answered "unsure".

    Files named `.jsonl` or `.ndjson` get keys instead of columns; `.parquet` and Excel files need the extra `tables`.
    Raises `InputError` with one line that names the file, the line and what to do.
    """
    from namealign.clean.formats import annotate_table

    columns: list[Column] = [column] if isinstance(column, str | tuple) else list(column)
    job = _Job(reconciler, _judgements(decisions), kinds=kinds, replace=replace, harmonize=harmonize, progress=progress)
    read = annotate_table(
        source,
        output,
        columns,
        COLUMNS,
        job.make,
        layout=layout,
        strict=strict,
        replace=replace,
        only_changed=only_changed,
        ours=_OURS,
    )
    return _summary(read, job, job.uncertain(read, again=again) if review else ())


class _Job:
    """What becomes of the distinct names of one table."""

    def __init__(
        self,
        reconciler: Reconciler | None,
        judgements: Judgements | None,
        *,
        kinds: Collection[str],
        replace: bool,
        harmonize: bool,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self.reconciler, self.judgements, self.kinds, self.progress = reconciler, judgements, kinds, progress
        self.replace, self.harmonize = replace, harmonize
        self.cells: dict[str, tuple[str, ...]] = {}
        self.found: dict[str, Decision] = {}
        self.judged: frozenset[str] = frozenset()
        self.settled: frozenset[str] = frozenset()
        self.lost: tuple[tuple[str, str], ...] = ()

    def make(self, names: Sequence[str], _counts: Sequence[int]) -> list[tuple[str, ...]]:
        """The new cells of each name."""
        from namealign.clean.annotate import is_name
        from namealign.replay import replay

        used = self.reconciler = self.reconciler if self.reconciler is not None else _shipped()
        plausible = [name for name in names if is_name(name)]
        answers = replay(used, plausible, self.judgements, kinds=self.kinds, progress=self.progress)
        self.judged, self.settled, self.lost = answers.judged, answers.settled, answers.lost
        self.found = dict(zip(plausible, answers.decisions, strict=True))
        spelled = self._harmonized(used) if self.harmonize else {}
        for name in names:
            self.cells[name] = _cells(self.found.get(name), spelled.get(name, ""), matched_only=self.replace)
        return list(self.cells.values())

    def _harmonized(self, used: Reconciler) -> dict[str, str]:
        """The spelling of each unmatched name that has a part which the tables know.

        Left out are names that are spelled just as an entity's, and new spellings that would be matched to one: what
        made them two names would be gone.
        """
        from namealign.clean.harmonize import Harmonizer
        from namealign.replay import replay

        spell = Harmonizer(used.elements)
        unmatched = [
            name
            for name, found in self.found.items()
            if found.outcome != Outcome.MATCH and (found.best is None or found.best.probability < 1.0)
        ]
        spelled = {name: new for name in unmatched if (new := spell(name)) is not None}
        others = list(dict.fromkeys(new for name, new in spelled.items() if new != name))
        answers = replay(used, others, self.judgements, kinds=self.kinds)
        known = {found.name for found in answers.decisions if found.outcome == Outcome.MATCH}
        return {name: new for name, new in spelled.items() if new not in known}

    def uncertain(self, read: Annotated, *, again: bool) -> tuple[Uncertain, ...]:
        """The names that a person should decide, with their candidates."""
        from namealign.replay import CANDIDATES, replay

        asked = [
            name
            for name, found in self.found.items()
            if found.outcome == Outcome.REVIEW and (again or name not in self.settled)
        ]
        if not asked or self.reconciler is None:
            return ()
        rows = Counter[str]()
        for names in read.names:
            rows.update(names)
        answers = replay(self.reconciler, asked, self.judgements, limit=CANDIDATES, kinds=self.kinds)
        return tuple(
            Uncertain(name, rows[name], decision) for name, decision in zip(asked, answers.decisions, strict=True)
        )


def _judgements(decisions: str | os.PathLike[str] | Judgements | None) -> Judgements | None:
    from namealign.judgements import Judgements

    if not isinstance(decisions, str | os.PathLike):
        return decisions
    return Judgements.read(decisions)


def _summary(read: Annotated, job: _Job, uncertain: tuple[Uncertain, ...]) -> CleanSummary:
    cells_of = job.cells
    rows, distinct, changes = [], [], []
    for column, names in zip(read.columns, read.names, strict=True):
        rows.append(Counter[str]())
        distinct.append(Counter[str]())
        for name, count in names.items():
            canonical, _, probability, outcome = cells_of[name]
            rows[-1][outcome] += count
            distinct[-1][outcome] += 1
            if canonical not in ("", name):
                changes.append(Change(column, name, canonical, outcome, probability, count))
    changes.sort(key=lambda change: (-change.rows, change.name))
    return CleanSummary(read, tuple(rows), tuple(distinct), tuple(changes), len(job.judged), job.lost, uncertain)


def _cells(decision: Decision | None, spelled: str, *, matched_only: bool) -> tuple[str, ...]:
    """The new cells of one name, which is `spelled` otherwise if it was harmonized.

    A new name gets no candidate's spelling, so that nobody takes it for an answer.
    """
    if decision is None or decision.best is None or decision.outcome == Outcome.NEW:
        return (spelled, "", "", HARMONIZED if spelled else str(Outcome.NEW))
    best, outcome = decision.best, str(decision.outcome)
    if matched_only and outcome != Outcome.MATCH:
        return (spelled, "", "", outcome)
    return (spelled or best.entity.canonical, best.entity.id, f"{best.probability:.3f}", outcome)


def _shipped() -> Reconciler:
    # Imported when it is needed: a dry error (no such column) need not wait for the tables.
    from namealign.reconciler import Reconciler

    return Reconciler.load()

"""A table's column in, the same table with canonical names beside the old ones out.

Every byte of the input comes back as it was: quotes, line ends, BOM, encoding, ragged rows. Each distinct name is
reconciled once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from namealign.model import Decision, Outcome

# Everything else is imported when a table is cleaned: `import namealign` loads this module, a lookup needs none of it.
if TYPE_CHECKING:
    from namealign.clean.annotate import Annotated
    from namealign.clean.layout import Column, Layout
    from namealign.files import Source, Target
    from namealign.reconciler import Reconciler

__all__ = ["COLUMNS", "Change", "CleanSummary", "clean"]

COLUMNS = ("canonical", "entity", "probability", "outcome")
_OURS = frozenset(["", *map(str, (Outcome.MATCH, Outcome.REVIEW, Outcome.NEW))])


class Change(NamedTuple):
    """A distinct name of a column whose canonical spelling is another, and in how many rows it stands."""

    column: str
    name: str
    canonical: str
    outcome: str
    probability: str
    rows: int


@dataclass(frozen=True, slots=True)
class CleanSummary:
    """What a cleaning did: what was read, and for each column how many rows (`outcomes`) and names had each outcome.

    `changes` are the names that have another canonical spelling, those with most rows first.
    """

    read: Annotated
    outcomes: tuple[Counter[str], ...]
    distinct: tuple[Counter[str], ...]
    changes: tuple[Change, ...] = ()

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
            "cells_that_lost_letters": self.read.unencodable,
            "rows_kept_with_other_text": self.read.kept,
        }


def clean(
    source: Source,
    column: Column | Sequence[Column],
    *,
    output: Target | None = "-",
    reconciler: Reconciler | None = None,
    layout: Layout | None = None,
    strict: bool = False,
    replace: bool = False,
    only_changed: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> CleanSummary:
    """Copy a table and add `<column>_canonical`, `_entity`, `_probability` and `_outcome` for each column.

    A column is given by its header or its number, and a tuple names the columns over which one name is split.
    `source` and `output` are paths, binary streams or `-` for stdin and stdout; `output=None` writes nothing. The
    outcome is match, review or new, and empty where the cell is. With `replace` the canonical name of a match takes
    the old one's place instead; with `only_changed` the records are left out whose names stay what they are. Files
    named `.jsonl` or `.ndjson` get keys instead of columns; `.parquet` and Excel files need the extra `tables`. Raises
    `InputError` with one line that names the file, the line and what to do.
    """
    from namealign.clean.annotate import is_name
    from namealign.clean.formats import annotate_table

    columns: list[Column] = [column] if isinstance(column, str | tuple) else list(column)
    cells_of: dict[str, tuple[str, ...]] = {}

    def make(names: Sequence[str], _counts: Sequence[int]) -> list[tuple[str, ...]]:
        used = reconciler if reconciler is not None else _shipped()
        plausible = [name for name in names if is_name(name)]
        found = dict(zip(plausible, used.lookup_many(plausible, progress=progress), strict=True))
        cells_of.update((name, _cells(found.get(name), matched_only=replace)) for name in names)
        return list(cells_of.values())

    read = annotate_table(
        source,
        output,
        columns,
        COLUMNS,
        make,
        layout=layout,
        strict=strict,
        replace=replace,
        only_changed=only_changed,
        ours=_OURS,
    )
    return _summary(read, cells_of)


def _summary(read: Annotated, cells_of: Mapping[str, tuple[str, ...]]) -> CleanSummary:
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
    return CleanSummary(read, tuple(rows), tuple(distinct), tuple(changes))


def _cells(decision: Decision | None, *, matched_only: bool) -> tuple[str, ...]:
    """The new cells of one name. A new name gets no candidate's spelling, so that nobody takes it for an answer."""
    if decision is None or decision.best is None or decision.outcome == Outcome.NEW:
        return ("", "", "", str(Outcome.NEW))
    best, outcome = decision.best, str(decision.outcome)
    if matched_only and outcome != Outcome.MATCH:
        return ("", "", "", outcome)
    return (best.entity.canonical, best.entity.id, f"{best.probability:.3f}", outcome)


def _shipped() -> Reconciler:
    # Imported when it is needed: a dry error (no such column) need not wait for the tables.
    from namealign.reconciler import Reconciler

    return Reconciler.load()

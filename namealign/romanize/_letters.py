"""A table of an abugida or syllabary in, its rows and directives out: what `brahmic`, `thai`, `khmer` … share.

The columns are those of every romanization table, `source,target,before,after,note`. Beyond them a target may hold
alternatives, best first (`a|o`): the second reading of a name takes every second alternative, a row without one
its last. `# key: value` lines above the header are directives; what they mean is said by the module that reads them.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import NamedTuple

from namealign.errors import TableError
from namealign.model import Reading, Step
from namealign.tables import data_dir

__all__ = ["CACHED_WORDS", "READINGS", "Letters", "Row", "load_letters", "readings_of", "spell"]

# Distinct words kept per table and reading: names repeat their elements, so most of a column ends here.
CACHED_WORDS = 65_536
# More than three readings of one run cost the comparison more than they find (measured on dev, see each table).
READINGS = 3
_HEADER = ["source", "target", "before", "after", "note"]
_TARGET = re.compile(r"[a-z' \-]*(\|[a-z' \-]*)*")


class Row(NamedTuple):
    """One row of a table: `source` is written as the alternatives `targets` where `before` and `after` hold."""

    source: str
    targets: tuple[str, ...]
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    def target(self, rank: int) -> str:
        """The alternative that the reading of this rank (0 is the best) takes."""
        return self.targets[rank if rank < len(self.targets) else -1]


class Letters(NamedTuple):
    """A table as read: its name (the file's stem), its rows in file order and its directives."""

    name: str
    rows: tuple[Row, ...]
    directives: dict[str, str]

    @property
    def standard(self) -> str:
        """What `Reading.standard` and every `Step.source` of the table say."""
        return self.directives.get("standard", "")

    def step(self, source: str, latin: str) -> Step:
        """The step that wrote `source` as `latin`."""
        return Step(f"{self.name}:{source}", source, latin, self.standard)


@cache
def load_letters(name: str) -> Letters:
    """The shipped table of this name, read once. Sources are NFKC, as the text they meet is."""
    path = data_dir() / "romanization" / f"{name}.csv"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise TableError(f"{path}: cannot be read: {error.strerror}") from None
    directives: dict[str, str] = {}
    first = 0
    while first < len(lines) and lines[first].startswith("#"):
        key, colon, value = lines[first][1:].partition(":")
        if colon:
            directives[key.strip()] = unicodedata.normalize("NFKC", value.strip())
        first += 1
    if first == len(lines) or lines[first].split(",") != _HEADER:
        raise TableError(f"{path}:{first + 1}: expected the header {','.join(_HEADER)}")
    rows: list[Row] = []
    seen: dict[tuple[str, str, str], int] = {}
    for number, fields in enumerate(csv.reader(lines[first + 1 :]), start=first + 2):
        if not fields:
            continue
        if len(fields) != len(_HEADER):
            raise TableError(f"{path}:{number}: expected {len(_HEADER)} columns, found {len(fields)}")
        source, target, before, after = (unicodedata.normalize("NFKC", field) for field in fields[:4])
        if not source:
            raise TableError(f"{path}:{number}: source is empty")
        if not _TARGET.fullmatch(target):
            raise TableError(f"{path}:{number}: target {target!r} holds more than a-z, space, apostrophe, hyphen and |")
        if (source, before, after) in seen:
            raise TableError(
                f"{path}:{number}: {source} in this context is already on line {seen[source, before, after]}"
            )
        seen[source, before, after] = number
        rows.append(Row(source, tuple(target.split("|")), tuple(before.split()), tuple(after.split())))
    return Letters(path.stem, tuple(rows), directives)


def spell(run: str, word: Callable[[str], tuple[str, ...]]) -> list[str]:
    """The texts of a run's readings, from those that `word` gives of each of its words, parted by spaces."""
    if " " not in run:
        return list(word(run))
    return [" ".join(column) for column in zip(*[word(part) for part in run.split(" ")], strict=True)]


def readings_of(
    letters: Letters, texts: Sequence[str], steps: Callable[[int], Iterable[Step]] | None, language: str = ""
) -> list[Reading]:
    """The readings that texts are, best first and each text once; `steps` gives those of the text at a place."""
    found: dict[str, Reading] = {}
    language = language or letters.directives.get("language", "")
    for at, text in enumerate(texts):
        if text not in found:
            done = tuple(steps(at)) if steps is not None else ()
            found[text] = Reading(text, language, letters.standard, steps=done)
    return list(found.values())

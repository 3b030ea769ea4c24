"""Texts in, their numbers on a shelf of read texts out: a text met again is not read again.

What was read stays in arrays that grow; a shelf that has become too large is emptied.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from namealign.bulk_read import Names, Reader, Texts
from namealign.compare import Scorer

__all__ = ["Shelf"]

# Texts that are kept for the next call: some 50 MB with their tokens.
KEEP = 100_000


class Shelf:
    """Read texts of one language setting and their reader; one thread uses it at a time (`reader.lock`)."""

    def __init__(self, scorer: Scorer, *, keep: int = KEEP) -> None:
        self.reader = Reader(scorer)
        self.keep = keep
        self.language: str | None = None
        self._wipe()

    def _wipe(self) -> None:
        self.number: dict[str, int] = {}
        self.texts: Texts | None = None

    def numbers(self, *columns: Sequence[str], language: str | None) -> list[Any]:
        """The numbers of the texts of each column in `texts`, in the columns' order; new texts are read."""
        # The reader forgets its tokens when it has met too many, and texts are told by them.
        if language != self.language or len(self.number) > self.keep or self.reader.full:
            self._wipe()
            self.language = language
        if self.texts is None:
            self._extend(list(dict.fromkeys(text for column in columns for text in column)))
        try:
            return [self._known(column) for column in columns]
        except KeyError:
            number = self.number
            self._extend(list(dict.fromkeys(text for column in columns for text in column if text not in number)))
            return [self._known(column) for column in columns]

    def _known(self, column: Sequence[str]) -> Any:
        return np.fromiter(map(self.number.__getitem__, column), np.int64, len(column))

    def _extend(self, fresh: list[str]) -> None:
        self.number.update(zip(fresh, range(len(self.number), len(self.number) + len(fresh)), strict=True))
        read = self.reader.read(fresh, language=self.language, fill=False)
        units = np.unique(read.names.unit)
        alt = read.names.alt[read.names.alt >= 0]
        read = self.reader.encode_tokens(read, np.union1d(units, alt), units)
        self.texts = read if self.texts is None else _joined(self.texts, read)


def _joined(texts: Texts, more: Texts) -> Texts:
    """The texts of both, those of the first with the numbers they had."""
    names = Names(*(np.concatenate(pair) for pair in zip(texts.names, more.names, strict=True)))
    units, readings = texts.names.first[-1], texts.first[-1]
    names = names._replace(first=np.append(texts.names.first, more.names.first[1:] + units))
    same, script, dialect = (np.append(getattr(texts, c), getattr(more, c)) for c in ("same", "script", "dialect"))
    first = np.append(texts.first, more.first[1:] + readings)
    return Texts(more.tokens, names, first, same, script, dialect, more.longest)

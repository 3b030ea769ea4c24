"""A word of a foreign script in, the Latin spelling that names like it usually have out: learned, vowels guessed.

A second reading beside the rules' own (`languages.csv` names it `<table>-loan`): rows for whole words, articles and
prefixes are the rule table's; what no row holds is spelled by a decision list that `tools/learn_usual.py` learned.
On the half of the training entities it had not seen, a plain string comparison over both readings put 0.92 of Hebrew
persons first (rules alone 0.82), 0.90 of Persian (0.81), 0.86 of Arabic (0.81) and 0.84 of Syriac (0.76); for Cyrillic,
Greek, Georgian and Armenian it found nothing that the rules had not.
"""

from __future__ import annotations

import re

from namealign.model import Step
from namealign.romanize.loan import LoanTable, loan_table
from namealign.romanize.rules import Table, bare, outside

__all__ = ["UsualTable", "units"]


# Spelled windows of five letters kept per table; names hold far fewer, and a hostile column cannot grow it further.
_CACHED_WINDOWS = 262_144
# A letter and its geresh are one unit; inside a word they are held as one character of the private use area.
_GERESH = re.compile("([\u0580-\u06ff])['׳]+")
_PRIVATE = 0xE000 - 0x0580
# What a context may hold, longest first, as slices of the window `far left unit right further`.
_LEVELS = ((2, 2), (1, 2), (2, 1), (1, 1), (0, 2), (0, 1), (1, 0), (0, 0))


class _FiveLetters(dict[str, str]):
    """Two letters, a letter, two letters → what the middle one is spelled. Asked once per window, then kept."""

    def __init__(self, loan: LoanTable) -> None:
        super().__init__()
        levels: dict[tuple[int, int], dict[str, str]] = {level: {} for level in _LEVELS}
        for (before, unit, after), target in loan.rules.items():
            left, right = [_one(item) for item in before.split()], [_one(item) for item in after.split()]
            levels[len(left), len(right)]["".join([*left, _one(unit), *right])] = target
        self._levels = [(slice(2 - left, 3 + right), levels[left, right]) for left, right in _LEVELS]

    def __missing__(self, window: str) -> str:
        for part, targets in self._levels:
            target = targets.get(window[part])
            if target is not None:
                break
        else:
            target = outside(window[2])
        if len(self) >= _CACHED_WINDOWS:
            self.clear()
        self[window] = target
        return target


def _one(unit: str) -> str:
    return chr(_PRIVATE + ord(unit[0])) if len(unit) > 1 else unit


class UsualTable(Table):
    """A rule table whose letters are spelled by a learned decision list."""

    _five: _FiveLetters

    @classmethod
    def over(cls, table: Table, stem: str) -> UsualTable:
        """The table, its letters spelled by the decision list named `stem`."""
        made = cls(stem, list(table.rules), {**table.directives, "standard": "usual spelling (learned)"})
        made._five = _FiveLetters(loan_table(stem))
        return made

    def _spell(self, word: str) -> str:
        word = bare(word)
        if "'" in word or "׳" in word:
            word = _GERESH.sub(_private, word)
        padded = f"##{word}##"
        windows = self._five
        return "".join([windows[padded[at : at + 5]] for at in range(len(word))])

    def _spell_steps(self, word: str) -> list[Step]:
        return [self._step(word, self._spell(word))]


def _private(match: re.Match[str]) -> str:
    return chr(_PRIVATE + ord(match[1]))


def units(word: str) -> list[str]:
    """The letters of a word, a geresh with the letter before it.

    >>> units("ג'ון")
    ["ג'", 'ו', 'ן']
    """
    made: list[str] = []
    for char in word:
        if char in "'׳" and made:
            made[-1] += "'"
        else:
            made.append(char)
    return made

"""The units of a foreign name as Hangul, kana or Han write it in, the Latin spelling it came from out.

A loan table is a decision list learned from names in both scripts by `tools/learn_loans.py`: what Latin letters
one unit (a jamo, the consonant or vowel of a kana, a Han character) stands for, given its neighbours. The most
specific context that the table holds wins; `words` holds whole words whose usual spelling no rule would find
(존 john). Nothing in it is certain, so a loan reading stands beside the systematic one, never instead of it.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from namealign.tables import data_dir, read_rows

__all__ = ["LIQUIDS", "LoanTable", "loan_table", "second_guesses"]

EDGE = "#"
Window = tuple[str, str, str, str, str]
# Names repeat their letters: most windows of five units were answered before. The store is emptied when it is full.
_WINDOWS = 200_000
LIQUIDS: Mapping[str, str] = MappingProxyType({"l": "r", "r": "l"})


class LoanTable:
    """One script's decision list: `data/romanization/<stem>.csv` with columns `before,unit,after,target`.

    `before` and `after` hold up to two units parted by spaces, nearest the unit last and first; a row whose unit is
    `=` and a word in `before` spells that whole word.
    """

    def __init__(self, rules: dict[tuple[str, str, str], str], words: dict[str, str]) -> None:
        self.rules = rules
        self.words = words
        # What the words are spelled like, so that a spelling can be told from a guess.
        self.spellings = frozenset(words.values())
        self._windows: dict[Window, str] = {}

    @classmethod
    def load(cls, stem: str) -> LoanTable:
        """Read a table; words written by hand in `<stem>-words.csv`, if there is one, go before the learned ones.

        A context is kept as the tuple that `spell` looks up: (before, unit, after).
        """
        rules: dict[tuple[str, str, str], str] = {}
        words: dict[str, str] = {}
        folder = data_dir() / "romanization"
        for _, (before, unit, after, target) in read_rows(
            folder / f"{stem}.csv", ("before", "unit", "after", "target")
        ):
            if unit == "=":
                words[before] = target
            else:
                rules[(before, unit, after)] = target
        by_hand = folder / f"{stem}-words.csv"
        if by_hand.exists():
            for _, (source, target) in read_rows(by_hand, ("source", "target")):
                words[source] = target
        return cls(rules, words)

    def spell(self, units: Sequence[str], default: Callable[[str], str] | None = None) -> str:
        """The likeliest Latin spelling of one word's units; `default` spells a unit that no row holds.

        >>> rules = {("", "s", ""): "s", ("", "u", ""): "u", ("s", "u", "m"): "", ("", "m", ""): "m"}
        >>> LoanTable(rules, {}).spell("sum"), LoanTable(rules, {}).spell("su")
        ('sm', 'su')
        """
        windows = self._windows
        padded = [EDGE, EDGE, *units, EDGE, EDGE]
        out = []
        for at in range(2, len(padded) - 2):
            window = (padded[at - 2], padded[at - 1], padded[at], padded[at + 1], padded[at + 2])
            target = windows.get(window)
            if target is None:
                if len(windows) > _WINDOWS:
                    windows.clear()
                target = windows[window] = self._look_up(window, default)
            out.append(target)
        return "".join(out)

    def _look_up(self, window: Window, default: Callable[[str], str] | None) -> str:
        far, left, unit, right, further = window
        before, after = f"{far} {left}", f"{right} {further}"
        for key in (
            (before, unit, after),
            (left, unit, after),
            (before, unit, right),
            (left, unit, right),
            ("", unit, after),
            ("", unit, right),
            (left, unit, ""),
            ("", unit, ""),
        ):
            target = self.rules.get(key)
            if target is not None:
                return target
        return default(unit) if default else unit


def second_guesses(words: Sequence[str], known: Container[str], exchange: Mapping[str, str], most: int) -> list[str]:
    """The name with one guessed letter exchanged for the other that the script cannot tell from it, `most` such names.

    Japanese has one liquid and Han characters show no r before a consonant; Hangul has one letter for p and f, one for
    b and v. On held-out dev names two names with another l or r bring ja/place from 0.64 to 0.74 and zh/person from
    0.79 to 0.90 top-1; three with another l, r, b, v, p, f, j or z bring ko/person from 0.943 to 0.963. A word in
    `known` was not guessed.

    >>> second_guesses(["john", "portava"], {"john"}, LIQUIDS, 2)
    ['john poltava']
    """
    found: list[str] = []
    for at, word in enumerate(words):
        if word in known:
            continue
        for i, char in enumerate(word):
            other = exchange.get(char)
            if other is None or (i and word[i - 1] == char) or word[i : i + 2] == "ph":
                continue
            found.append(" ".join((*words[:at], f"{word[:i]}{other}{word[i + 1 :]}", *words[at + 1 :])))
            if len(found) == most:
                return found
    return found


@lru_cache(maxsize=8)
def loan_table(stem: str) -> LoanTable:
    """A shipped loan table, read once."""
    return LoanTable.load(stem)

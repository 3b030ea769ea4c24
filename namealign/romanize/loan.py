"""The units of a foreign name as Hangul, kana or Han write it in, the Latin spelling it came from out.

A loan table is a decision list learned from names in both scripts by `tools/learn_loans.py`: what Latin letters
one unit (a jamo, the consonant or vowel of a kana, a Han character) stands for, given its neighbours. The most
specific context that the table holds wins; `words` holds whole words whose usual spelling no rule would find
(존 john). Nothing in it is certain, so a loan reading stands beside the systematic one, never instead of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from namealign.tables import data_dir, read_rows

__all__ = ["LoanTable", "loan_table"]

EDGE = "#"


class LoanTable:
    """One script's decision list: `data/romanization/<stem>.csv` with columns `before,unit,after,target`.

    `before` and `after` hold up to two units parted by spaces, nearest the unit last and first; a row whose unit is
    `=` and a word in `before` spells that whole word.
    """

    def __init__(self, rules: dict[tuple[str, str, str], str], words: dict[str, str]) -> None:
        self.rules = rules
        self.words = words

    @classmethod
    def load(cls, stem: str) -> LoanTable:
        """Read a table. A context is kept as the tuple that `spell` looks up: (before, unit, after)."""
        rules: dict[tuple[str, str, str], str] = {}
        words: dict[str, str] = {}
        path = data_dir() / "romanization" / f"{stem}.csv"
        for _, (before, unit, after, target) in read_rows(path, ("before", "unit", "after", "target")):
            if unit == "=":
                words[before] = target
            else:
                rules[(before, unit, after)] = target
        return cls(rules, words)

    def spell(self, units: Sequence[str], default: Callable[[str], str] | None = None) -> str:
        """The likeliest Latin spelling of one word's units; `default` spells a unit that no row holds.

        >>> rules = {("", "s", ""): "s", ("", "u", ""): "u", ("s", "u", "m"): "", ("", "m", ""): "m"}
        >>> LoanTable(rules, {}).spell("sum"), LoanTable(rules, {}).spell("su")
        ('sm', 'su')
        """
        get = self.rules.get
        padded = [EDGE, EDGE, *units, EDGE, EDGE]
        out = []
        for i in range(2, len(padded) - 2):
            unit, left, right = padded[i], padded[i - 1], padded[i + 1]
            far, further = f"{padded[i - 2]} {left}", f"{right} {padded[i + 2]}"
            for key in (
                (far, unit, further),
                (left, unit, further),
                (far, unit, right),
                (left, unit, right),
                ("", unit, further),
                ("", unit, right),
                (left, unit, ""),
                ("", unit, ""),
            ):
                target = get(key)
                if target is not None:
                    out.append(target)
                    break
            else:
                out.append(default(unit) if default else unit)
        return "".join(out)


@lru_cache(maxsize=8)
def loan_table(stem: str) -> LoanTable:
    """A shipped loan table, read once."""
    return LoanTable.load(stem)

"""The units of a foreign name as Hangul, kana or Han write it in, the Latin spellings it may come from out.

A loan table is learned from names in both scripts by `tools/learn_loans.py`: what Latin letters one unit (a jamo, the
consonant or vowel of a kana, a Han character) stands for, given its neighbours, and what else it may stand for there
(`others`, with how likely that is beside the first, in percent). The most specific context that the table holds wins;
`words` holds whole words whose usual spelling no rule would find (존 john). Nothing in it is certain, so a loan reading
stands beside the systematic one, never instead of it, and the likeliest other spellings stand beside the first.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from functools import lru_cache
from math import inf, log
from types import MappingProxyType
from typing import cast

from namealign.errors import TableError
from namealign.tables import data_dir, read_rows

__all__ = ["LIQUIDS", "Choice", "LoanTable", "likeliest", "loan_table", "others_of", "second_guesses"]

EDGE = "#"
# What a unit may stand for, likeliest first, each with its price: the log of how much likelier the first one is.
Choice = tuple[tuple[str, float], ...]
Key = tuple[str, str, str]
# The price of another spelling of a word that is known whole (존 john): chosen, not measured.
KNOWN = 2.0
# The same of a second known spelling.
ALSO_KNOWN = 0.7
# What it costs to have other texts at one place or at two.
Change = tuple[float, tuple[tuple[int, str], ...]]
Window = tuple[str, str, str, str, str]
# Names repeat their letters: most windows of five units were answered before. The store is emptied when it is full.
_WINDOWS = 200_000
LIQUIDS: Mapping[str, str] = MappingProxyType({"l": "r", "r": "l"})


class LoanTable:
    """One script's decision list: `data/romanization/<stem>.csv` with columns `before,unit,after,target,others`.

    `before` and `after` hold up to two units parted by spaces, nearest the unit last and first; a row whose unit is
    `=` and a word in `before` spells that whole word. `more` are further known spellings of a word (カール karl, carl).
    """

    def __init__(
        self,
        rules: dict[Key, str],
        words: dict[str, str],
        others: Mapping[Key, Choice] = MappingProxyType({}),
        more: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    ) -> None:
        self.rules = rules
        self.words = words
        self.others = others
        self.more = more
        # What the words are spelled like, so that a spelling can be told from a guess.
        self.spellings = frozenset(words.values())
        self._windows: dict[Window, Choice] = {}

    @classmethod
    def load(cls, stem: str) -> LoanTable:
        """Read a table; words written by hand in `<stem>-words.csv`, if there is one, go before the learned ones, and
        those before what a dictionary has (`<stem>-names.csv`).

        A context is kept as the tuple that `spell` looks up: (before, unit, after).
        """
        rules: dict[Key, str] = {}
        others: dict[Key, Choice] = {}
        words: dict[str, str] = {}
        more: dict[str, tuple[str, ...]] = {}
        folder = data_dir() / "romanization"
        path = folder / f"{stem}.csv"
        for line, (before, unit, after, target, rest) in read_rows(
            path, ("before", "unit", "after", "target"), ("others",)
        ):
            if unit == "=":
                words[before] = target
                continue
            rules[before, unit, after] = target
            if rest:
                try:
                    others[before, unit, after] = others_of(rest)
                except ValueError:
                    raise TableError(f"{path}:{line}: others {rest!r} are not letters and percentages") from None
        by_hand = folder / f"{stem}-words.csv"
        if by_hand.exists():
            for _, (source, target) in read_rows(by_hand, ("source", "target")):
                if words.get(source, target) != target:
                    more[source] = (words[source],)
                words[source] = target
        dictionary = folder / f"{stem}-names.csv"
        if dictionary.exists():
            for _, (source, target) in read_rows(dictionary, ("source", "target")):
                if words.setdefault(source, target) != target:
                    more[source] = (*more.get(source, ()), target)
        return cls(rules, words, others, more)

    def spell(self, units: Sequence[str], default: Callable[[str], str] | None = None) -> str:
        """The likeliest Latin spelling of one word's units; `default` spells a unit that no row holds.

        >>> rules = {("", "s", ""): "s", ("", "u", ""): "u", ("s", "u", "m"): "", ("", "m", ""): "m"}
        >>> LoanTable(rules, {}).spell("sum"), LoanTable(rules, {}).spell("su")
        ('sm', 'su')
        """
        return "".join([choice[0][0] for choice in self.choices(units, default)])

    def choices(self, units: Sequence[str], default: Callable[[str], str] | None = None) -> list[Choice]:
        """What each unit of a word may stand for, likeliest first."""
        known = self._windows
        padded = [EDGE, EDGE, *units, EDGE, EDGE]
        windows = list(zip(padded, padded[1:], padded[2:], padded[3:], padded[4:], strict=False))
        out = [known.get(window) for window in windows]
        if None not in out:
            return cast("list[Choice]", out)
        if len(known) > _WINDOWS:
            known.clear()
        found = []
        for window, choice in zip(windows, out, strict=True):
            if choice is None:
                choice = known[window] = self._look_up(window, default)
            found.append(choice)
        return found

    def spellings_of(
        self, word: str, units: Sequence[str], most: int, default: Callable[[str], str] | None = None
    ) -> Choice:
        """A word's likeliest spellings, at most `most`, the known one of a known word first."""
        known = self.words.get(word)
        found = likeliest(self.choices(units, default), most)
        if known is None:
            return found
        sure = {known: 0.0, **dict.fromkeys(self.more.get(word, ()), ALSO_KNOWN)}
        return (*sure.items(), *((text, price + KNOWN) for text, price in found if text not in sure))[:most]

    def _look_up(self, window: Window, default: Callable[[str], str] | None) -> Choice:
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
                return ((target, 0.0), *self.others.get(key, ()))
        return ((default(unit) if default else unit, 0.0),)


def others_of(text: str) -> Choice:
    """What a row's `others` say: letters (`-` for none) and percentages in turn.

    >>> [(letters, round(price, 1)) for letters, price in others_of("r 50 - 10")]
    [('r', 0.7), ('', 2.3)]
    """
    items = text.split()
    pairs = zip(items[::2], items[1::2], strict=True)
    return tuple(("" if letters == "-" else letters, -log(int(share) / 100)) for letters, share in pairs)


def likeliest(parts: Sequence[Choice], most: int, between: str = "") -> Choice:
    """The likeliest ways to put parts together, at most `most`: the first, and such as change one part or two.

    >>> parts = [(("l", 0.0), ("r", 0.5)), (("u", 0.0),), (("b", 0.0), ("v", 0.7), ("f", 3.0))]
    >>> [(text, round(price, 1)) for text, price in likeliest(parts, 4)]
    [('lub', 0.0), ('rub', 0.5), ('luv', 0.7), ('ruv', 1.2)]
    """
    first = []
    price = 0.0
    swaps = []
    for at, part in enumerate(parts):
        text, least = part[0]
        first.append(text)
        price += least
        if len(part) > 1:
            swaps += [(cost - least, at, text) for text, cost in part[1:]]
    if most < 2 or not swaps:
        return ((between.join(first), price),)
    swaps.sort()
    # Two changes one of which is not among the first so many cost more than those, unless something is free: so
    # these suffice, save where two of them gave one text.
    near = swaps[: most - 1]
    if len(near) < len(swaps) and near[0][0] > 0 and near[-1][0] < swaps[len(near)][0]:
        out = _changed(first, price, near, most, between)
        if len(out) == most and out[-1][1] <= price + near[-1][0]:
            return out
    return _changed(first, price, swaps[: most + 2], most, between)


def _changed(first: list[str], price: float, swaps: list[tuple[float, int, str]], most: int, between: str) -> Choice:
    """The first text and those that one or two of the swaps (cheapest first) make of it, cheapest first."""
    if len(swaps) >= most - 1:
        # Where single swaps are enough, two at once have a place only if they cost no more than the last of these.
        out = _put_in(first, price, _changes(swaps, swaps[-1][0]), most, between)
        if len(out) == most:
            return out
    return _put_in(first, price, _changes(swaps, inf), most, between)


def _changes(swaps: list[tuple[float, int, str]], top: float) -> list[Change]:
    """The swaps, and each two of them that cost at most so much, cheapest first."""
    changes: list[Change] = [(cost, ((at, text),)) for cost, at, text in swaps]
    if len(swaps) > 1 and swaps[0][0] + swaps[1][0] <= top:
        changes += [
            (a[0] + b[0], ((a[1], a[2]), (b[1], b[2])))
            for i, a in enumerate(swaps)
            for b in swaps[:i]
            if a[1] != b[1] and a[0] + b[0] <= top
        ]
        changes.sort()
    return changes


def _put_in(first: list[str], price: float, changes: list[Change], most: int, between: str) -> Choice:
    """The first text and what the changes make of it, at most `most` texts."""
    out = {between.join(first): price}
    for cost, change in changes:
        made = first.copy()
        for at, text in change:
            made[at] = text
        whole = between.join(made)
        if whole not in out:
            out[whole] = price + cost
            if len(out) == most:
                break
    return tuple(out.items())


def second_guesses(words: Sequence[str], known: Container[str], exchange: Mapping[str, str], most: int) -> list[str]:
    """The name with one guessed letter exchanged for the other that the script cannot tell from it, `most` such names.

    Han characters show no r before a consonant: on held-out dev names two names with another l or r bring zh/person
    from 0.79 to 0.90 top-1. A word in `known` was not guessed.

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

"""A run of Tibetan in, its Latin readings out: by sound two syllables a word, by letter joined, by sound joined.

A Tibetan syllable ends at a tsheg and holds a root letter with what is stacked on it, before it perhaps a silent
letter, after it a closing letter and perhaps a second, silent one. The root bears the vowel or the stack; where there
is neither, the number of letters tells it. Names have two syllables a word (བསྟན་འཛིན་རྒྱ་མཚོ Tenzin Gyatso);
foreign names are written by letter.

The table's rows: a letter or stack is a root (a superscribed ར, ལ or ས that no row has is silent); with `$` in `after`
it closes a syllable; `-` with a sign is a vowel, with nothing the inherent one, which `after` may bind to closing
letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from namealign.model import Reading, Step
from namealign.romanize._letters import CACHED_WORDS, Letters, Row, load_letters, readings_of, spell

__all__ = ["readings"]

_UNIT = re.compile(r"([ཀ-ཬ])([ྐ-ྼ]*)([ཱ-ཽྀ]*)([ཾྃཿ]?)")
_BREAKS = re.compile(r"[་-༔༈]+|\s+")
_PREFIXES, _POSTFIXED, _SUPERSCRIBED = frozenset("གདབམའ"), frozenset("གངབམ"), frozenset("རལས")
_CARRIER = "འ"
_SUBJOINED = 0x50  # how far a subjoined letter stands from the letter itself


def readings(run: str, language: str | None = None, *, steps: bool = False) -> list[Reading]:
    """The Latin readings of a run, best first, at most three.

    >>> readings("བསྟན་འཛིན་རྒྱ་མཚོ")[0].text
    'tenzin gyatso'
    """
    return _table().readings(run, language or "bo", steps)


@cache
def _table() -> _Tibetan:
    return _Tibetan(load_letters("Tibt-bo"))


class _Tibetan:
    """The table, compiled. Immutable but for its cache of words."""

    def __init__(self, letters: Letters) -> None:
        self._letters = letters
        self._roots = {row.source: row for row in letters.rows if row.source[0] != "-" and not row.after}
        self._closing = {row.source: row for row in letters.rows if row.after == ("$",)}
        self._vowels: dict[tuple[str, str], Row] = {}
        for row in letters.rows:
            if row.source[0] == "-":
                for after in row.after or ("",):
                    self._vowels[row.source[1:], after] = row
        self._cached = lru_cache(CACHED_WORDS)(self._word)

    def readings(self, run: str, language: str, steps: bool) -> list[Reading]:
        def explain(rank: int) -> Iterator[Step]:
            for word in run.split(" "):
                for syllable in _BREAKS.split(word):
                    yield self._letters.step(syllable, self._syllable(syllable, rank % 2))

        texts = [" ".join(text.split()) for text in spell(run, self._cached)]
        return readings_of(self._letters, texts, explain if steps else None, language)

    def _word(self, word: str) -> tuple[str, ...]:
        syllables = [part for part in _BREAKS.split(word) if part]
        sounds = [self._syllable(part, 0) for part in syllables]
        pairs = " ".join(["".join(sounds[at : at + 2]) for at in range(0, len(sounds), 2)])
        return (pairs, "".join([self._syllable(part, 1) for part in syllables]), "".join(sounds))

    def _syllable(self, text: str, rank: int) -> str:
        units = _UNIT.findall(text)
        if not units:
            return "".join([_plain(char) for char in text])
        root = _root(units)
        letter, stacked, vowel, nasal = units[root]
        latin = self._onset(units[root - 1][0] if root else "", letter + stacked, rank)
        rest = units[root + 1 :]
        closing = rest[0][0] if rest and not rest[0][2] else ""
        row = self._vowels.get((vowel, closing)) or self._vowels.get((vowel, "")) or self._vowels["", ""]
        latin += row.target(rank)
        for at, (follower, below, sign, _) in enumerate(rest):
            if sign:  # འི, འུ, འོ, or a foreign word's second syllable without a tsheg: one more vowel
                second = self._vowels.get((sign, ""))
                latin += self._onset("", follower + below, rank) + (second.target(rank) if second is not None else "")
            elif follower == _CARRIER and at + 1 < len(rest):  # འང, འམ: a second syllable without a sign
                latin += self._vowels["", ""].target(1)
            elif at == 0 or rest[at - 1][0] == _CARRIER or rest[at - 1][2]:
                final = self._closing.get(follower)
                latin += final.target(rank) if final is not None else ""
        return latin + ("m" if nasal else "")

    def _onset(self, prefix: str, stack: str, rank: int) -> str:
        row = self._roots.get(prefix + stack) or self._roots.get(stack)
        while row is None and len(stack) > 1:
            stack = chr(ord(stack[1]) - _SUBJOINED) + stack[2:] if stack[0] in _SUPERSCRIBED else stack[:-1]
            row = self._roots.get(stack)
        return row.target(rank) if row is not None else ""


def _root(units: list[tuple[str, str, str, str]]) -> int:
    """Which unit of a syllable is its root letter."""
    size = len(units)
    for at, (letter, _, vowel, _) in enumerate(units):
        if vowel and not (at and letter == _CARRIER):
            return at
        if vowel:  # a syllable that ends in འི: the letters before it are one of their own
            return _root([(unit[0], unit[1], "", "") for unit in units[:at]])
    stacked = next((at for at, unit in enumerate(units) if unit[1]), None)
    if stacked is not None:
        return stacked
    if size < 3 or units[0][0] not in _PREFIXES:
        return 0
    return 0 if size == 3 and units[2][0] == "ས" and units[1][0] in _POSTFIXED else 1


def _plain(char: str) -> str:
    if char.isascii():
        return char
    at = ord(char) - 0x0F20
    return str(at) if 0 <= at < 10 else ""

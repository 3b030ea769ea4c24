"""A run of Ethiopic script in, its Latin readings out: popular Amharic, without the unwritten vowel, with a for e.

Each sign is a consonant in one of seven or eight orders, that is, with one vowel; the sixth order stands for no vowel
or for a short i that breaks up consonants, which the script does not tell apart: ግርማ is Girma, ማርያም Maryam. Here that
i is supplied by syllable: a word begins with one consonant, and a syllable ends in one, at the end of a word in two
whose second is not the more sonorous.

The table's rows: a sign of the first order spells its consonant; a row `-` with the order's number in `before` spells
its vowel; any other sign, or a sign with a context (`^` word start, `V` after a vowel and before a consonant), is
spelled as a whole. Directives: `open`: letters whose first order is a; `sonorous`: consonants by falling sonority.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache

from namealign.model import Reading, Step
from namealign.romanize._letters import CACHED_WORDS, READINGS, Letters, load_letters, readings_of, spell

__all__ = ["readings"]

_SIXTH = 6
_UNBROKEN = 1  # the reading that supplies no i, as foreign names have none


def readings(run: str, language: str | None = None, *, steps: bool = False) -> list[Reading]:
    """The Latin readings of a run, best first, at most three.

    >>> readings("አቢይ አሕመድ")[0].text
    'abiy ahmed'
    """
    return _table().readings(run, language or "am", steps)


@cache
def _table() -> _Ethiopic:
    return _Ethiopic(load_letters("Ethi-am"))


class _Ethiopic:
    """The table, compiled. Immutable but for its caches of words."""

    def __init__(self, letters: Letters) -> None:
        self._letters = letters
        self._vowels = {int(row.before[0]): row for row in letters.rows if row.source == "-"}
        signs = [row for row in letters.rows if row.source != "-"]
        self._consonants = {ord(row.source): row for row in signs if not row.before and not _order(row.source) - 1}
        self._wholes = {row.source: row for row in signs if not row.before and _order(row.source) != 1}
        self._at_start = {row.source: row for row in signs if "^" in row.before}
        self._glides = {row.source: row for row in signs if "V" in row.before}
        self._open = frozenset(letters.directives.get("open", "").split())
        ranks = letters.directives.get("sonorous", "").split()
        self._sonority = {consonant: -at for at, group in enumerate(ranks) for consonant in group.split("/")}
        self._cached = lru_cache(CACHED_WORDS)(self._word)

    def readings(self, run: str, language: str, steps: bool) -> list[Reading]:
        def explain(rank: int) -> Iterator[Step]:
            for word in run.split(" "):
                for sign, latin, vowel in self._signs(word, rank):
                    yield self._letters.step(sign, latin + vowel)

        return readings_of(self._letters, spell(run, self._cached), explain if steps else None, language)

    def _word(self, word: str) -> tuple[str, ...]:
        spelled = [self._signs(word, rank) for rank in range(READINGS)]
        return tuple(["".join([consonant + vowel for _, consonant, vowel in signs]) for signs in spelled])

    def _signs(self, word: str, rank: int) -> list[tuple[str, str, str]]:
        """Each sign with its consonant and its vowel, the supplied i among them."""
        found: list[tuple[str, str, str]] = []
        silent: list[int] = []  # the run of consonants without a vowel that ends here
        for at, sign in enumerate(word):
            whole = (self._at_start.get(sign) if at == 0 else None) or self._wholes.get(sign)
            if whole is not None:
                self._supply(found, silent, False, rank)
                found.append((sign, "", whole.target(rank)))
                continue
            order = _order(sign)
            row = self._consonants.get(ord(sign) - order + 1) if order else None
            if row is None:
                self._supply(found, silent, True, rank)
                found.append((sign, "", _plain(sign)))
                continue
            consonant = row.target(rank)
            if order == _SIXTH:
                glide = self._glides.get(sign)
                if glide is not None and at and found[-1][2] and at + 1 < len(word) and _order(word[at + 1]):
                    found.append((sign, "", glide.target(rank)))
                    continue
                silent.append(len(found))
                found.append((sign, consonant, ""))
                continue
            vowel = "a" if order == 1 and row.source in self._open else self._vowels[order].target(rank)
            self._supply(found, silent, False, rank)
            found.append((sign, consonant, vowel))
        self._supply(found, silent, True, rank)
        return found

    def _supply(self, found: list[tuple[str, str, str]], silent: list[int], final: bool, rank: int) -> None:
        """Give the i to those consonants of a run that need one; `final`: no vowel follows it."""
        run = silent[:]
        silent.clear()
        if not run or rank == _UNBROKEN:
            return
        breaks: list[int] = []
        if run[0] == 0 or not found[run[0] - 1][2]:  # nothing before it to close
            breaks.append(run.pop(0))
        size = len(run)
        falling = size > 1 and self._falling(found, run[-2], run[-1])
        if final:
            if size == 2 and not falling:
                breaks.append(run[0])
            elif size == 3:
                breaks.append(run[0] if falling else run[1])
            elif size > 3:
                breaks += run[1:-1:2]
        elif size > 1 and not (size == 2 and falling and found[run[1]][1] == "s"):
            breaks += run[1::2]
        for at in breaks:
            sign, consonant, _ = found[at]
            found[at] = (sign, consonant, "i")

    def _falling(self, found: list[tuple[str, str, str]], first: int, second: int) -> bool:
        sonority = self._sonority
        ahead, behind = found[first][1], found[second][1]
        return ahead != behind and sonority.get(ahead, -99) >= sonority.get(behind, -99)


def _order(sign: str) -> int:
    """The order of a sign, 1 to 8, or 0 of what is none: the block is laid out in eights by consonant."""
    code = ord(sign)
    return (code & 7) + 1 if 0x1200 <= code <= 0x1357 else 0


def _plain(sign: str) -> str:
    if sign.isascii():
        return sign
    return {"፡": " ", "።": ".", "፣": ",", "፤": ",", "፥": ","}.get(sign, "")

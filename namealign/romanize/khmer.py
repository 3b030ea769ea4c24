"""A run of Khmer in, its Latin readings out: popular spelling after BGN/PCGN, joined, and with its syllables apart.

A Khmer vowel sign has two values: the series (â or ô) of the consonants it is written on decides, and a shifter (៉ ៊)
changes the series. Subscript consonants follow a coeng. A consonant without a vowel closes the syllable before it, if
that is open.

The table's rows: a consonant, its series as `â` or `ô` in `before`; `$` in `after` is its spelling at the end of a
syllable; a row with `-` is a vowel, the series in `before`; `-` alone is the inherent vowel. Directives: `weak`: the
consonants whose series yields to the other's in a cluster.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from namealign.model import Reading, Step
from namealign.romanize._letters import CACHED_WORDS, READINGS, Letters, Row, load_letters, readings_of, spell

__all__ = ["readings"]

_FIRST, _SECOND = "â", "ô"
_TO_FIRST, _TO_SECOND, _COENG, _RA = "៉", "៊", "្", "រ"
_UNIT = re.compile(
    "(?P<cluster>[ក-អ](?:[៉៊]|្[ក-អ])*)(?P<vowel>[ា-ៅ]*[៉៊]?[ុា-ៅំះៈ]*)(?P<short>់?)(?P<silent>៍?)[័៌៏៝៎]*"
    "|(?P<alone>[ឣ-ឳ])|(?P<other>.)",
    re.DOTALL,
)


def readings(run: str, language: str | None = None, *, steps: bool = False) -> list[Reading]:  # noqa: ARG001
    """The Latin readings of a run, best first, at most three.

    >>> readings("ជា ស៊ីម")[0].text
    'chea sim'
    """
    return _table().readings(run, steps)


@cache
def _table() -> _Khmer:
    return _Khmer(load_letters("Khmr-km"))


class _Syllable(NamedTuple):
    """A syllable's letters and Latin; `apart` is false for signs and digits."""

    source: str
    latin: str
    apart: bool


class _Khmer:
    """The table, compiled. Immutable but for its caches of words."""

    def __init__(self, letters: Letters) -> None:
        self._letters = letters
        self._vowels = {(row.source[1:], *row.before): row for row in letters.rows if row.source[0] == "-"}
        rest = [row for row in letters.rows if row.source[0] != "-"]
        self._onsets = {row.source: row for row in rest if not row.after}
        self._finals = {row.source: row for row in rest if row.after}
        self._weak = frozenset(letters.directives.get("weak", "").split())
        self._cached = lru_cache(CACHED_WORDS)(self._word)

    def readings(self, run: str, steps: bool) -> list[Reading]:
        run = run.replace("\u200b", " ")
        texts = [text.strip() for text in spell(run, self._cached)]

        def explain(rank: int) -> Iterator[Step]:
            for word in run.split(" "):
                for part in self._syllables(word, rank % (READINGS - 1)):
                    yield self._letters.step(part.source, part.latin)

        return readings_of(self._letters, texts, explain if steps else None)

    def _word(self, word: str) -> tuple[str, ...]:
        spelled = [self._syllables(word, rank) for rank in range(READINGS - 1)]
        # The last reading is the first with its syllables apart, as places are written (ភ្នំពេញ Phnom Penh).
        apart = "".join([" " * part.apart + part.latin for part in spelled[0]])
        return (*["".join([part.latin for part in parts]) for parts in spelled], apart.strip())

    def _syllables(self, word: str, rank: int) -> list[_Syllable]:
        found: list[_Syllable] = []
        is_open = False  # whether the last syllable can take a closing consonant
        for source, cluster, vowel, short, last in self._units(word):
            if not cluster:
                alone = self._onsets.get(source)
                found.append(_Syllable(source, alone.target(rank) if alone else _plain(source), alone is not None))
                is_open = alone is not None
                continue
            letters = [char for char in cluster if char not in (_COENG, _TO_FIRST, _TO_SECOND)]
            bare = not vowel
            if (
                is_open
                and letters[0] in self._finals
                and ((bare and (len(letters) == 1 or last)) or (len(letters) > 1 and letters[1] != _RA))
            ):
                before = found[-1]
                closing = self._final(letters[0], rank)
                if bare and (len(letters) == 1 or last):
                    found[-1] = _Syllable(before.source + source, before.latin + closing, before.apart)
                    is_open = False
                    continue
                found[-1] = _Syllable(before.source + letters[0], before.latin + closing, before.apart)
                onset = letters[1:]
                latin = self._onset(onset, cluster, rank) + self._vowel(
                    vowel, short, self._series(onset, cluster), rank
                )
                found.append(_Syllable(source[1:], latin, True))
            else:
                latin = self._onset(letters, cluster, rank) + self._vowel(
                    vowel, short, self._series(letters, cluster), rank
                )
                found.append(_Syllable(source, latin, True))
            is_open = not vowel.endswith(("ំ", "ះ", "ៈ")) and not (bare and short)
        return found

    def _units(self, word: str) -> Iterator[tuple[str, str, str, str, bool]]:
        """The letters of each unit: all, its consonants, its vowel signs, its bantoc; and whether it ends the word."""
        for match in _UNIT.finditer(word):
            if match["silent"]:
                continue  # toandakhiat: the consonant is not spoken
            cluster = match["cluster"] or ""
            vowel = match["vowel"] or ""
            for shifter in (_TO_FIRST, _TO_SECOND):
                if shifter in vowel:
                    cluster, vowel = cluster + shifter, vowel.replace(shifter, "")
            yield match.group(), cluster, vowel, match["short"] or "", match.end() == len(word)

    def _series(self, letters: list[str], cluster: str) -> str:
        if _TO_FIRST in cluster:
            return _FIRST
        if _TO_SECOND in cluster:
            return _SECOND
        strong = [letter for letter in letters if letter not in self._weak] or letters
        row = self._onsets.get(strong[-1])
        return row.before[0] if row is not None and row.before else _FIRST

    def _onset(self, letters: list[str], cluster: str, rank: int) -> str:
        whole = self._onsets.get(cluster)
        if whole is not None and len(cluster) > 1:
            return whole.target(rank)
        return "".join([row.target(rank) for char in letters if (row := self._onsets.get(char)) is not None])

    def _vowel(self, vowel: str, short: str, series: str, rank: int) -> str:
        row: Row | None = self._vowels.get((vowel + short, series)) or self._vowels.get((vowel, series))
        return row.target(rank) if row is not None else ""

    def _final(self, letter: str, rank: int) -> str:
        row = self._finals.get(letter)
        return row.target(rank) if row is not None else ""


def _plain(text: str) -> str:
    if text.isascii():
        return text
    at = ord(text[0]) - 0x17E0
    return str(at) if 0 <= at < 10 else ""

"""A run of Burmese in, its Latin readings out: syllables apart as in names, joined with voicing, and as foreign names.

Burmese writes no space between the parts of a name (အောင်ဆန်းစုကြည် Aung San Su Kyi), and its Latin spelling has one
before each syllable; place names are joined, and a stop after a vowel or nasal is spelled voiced (ရန်ကုန် Yangon).

The table's rows: a consonant, with or without medials, is an onset (`V` in `before`: after a syllable that no stop
closes); a row with `-` is a rhyme, the vowel signs with the closing consonant; `$` in `after` is a consonant that
closes a syllable of a foreign word, or, with several letters, a word's ending that is read as a whole. The three
alternatives of a target belong to the three readings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from namealign.model import Reading, Step
from namealign.romanize._letters import CACHED_WORDS, READINGS, Letters, Row, load_letters, readings_of, spell

__all__ = ["readings"]

_ASAT, _STACK, _CREAKY = "်", "္", "့"
_STOPS, _CONSONANTS = frozenset("ကစတပ"), "bcdfghjklmnpqrstvwxyz"
_FOREIGN = 2  # the reading that spells as foreign names are written
_SYLLABLE = re.compile(
    r"(?P<onset>[က-အဿ])(?P<medials>[ျြွှ]*)(?P<vowel>[ါာိီုူေဲံး့]*်?[ံး့]*)(?P<finals>(?:[က-အဿ]့?်း?့?)*)"
    r"|(?P<other>.)",
    re.DOTALL,
)
_FINAL = re.compile(r"([က-အဿ])(့?)်(့?)")
# The digit zero is typed for the letter ဝ that it looks like.
_ZERO = re.compile("၀(?=[ါ-ှ]|[က-အ]့?်)")
# An independent vowel is the vowel carrier with a sign; the tall ā is the ā; the little section mark is a comma.
_SPELLED_OUT = str.maketrans(
    {"ဣ": "အိ", "ဤ": "အီ", "ဥ": "အု", "ဦ": "အူ", "ဧ": "အေ", "ဩ": "အော", "ဪ": "အော်", "ါ": "ာ", "၊": ",", "။": "."}
)


def readings(run: str, language: str | None = None, *, steps: bool = False) -> list[Reading]:  # noqa: ARG001
    """The Latin readings of a run, best first, at most three.

    >>> [reading.text for reading in readings("အောင်ဆန်းစုကြည်")][0]
    'aung san su kyi'
    """
    return _table().readings(run, steps)


@cache
def _table() -> _Burmese:
    return _Burmese(load_letters("Mymr-my"))


class _Burmese:
    """The table, compiled. Immutable but for its caches of words."""

    def __init__(self, letters: Letters) -> None:
        self._letters = letters
        self._rhymes = {row.source[1:]: row for row in letters.rows if row.source[0] == "-"}
        self._finals = {row.source: row for row in letters.rows if row.after == ("$",) and len(row.source) == 1}
        self._endings = [row for row in letters.rows if row.after == ("$",) and len(row.source) > 1]
        onsets = [row for row in letters.rows if row.source[0] != "-" and not row.after]
        self._onsets = {row.source: row for row in onsets if not row.before}
        self._after_vowel = {row.source: row for row in onsets if row.before}
        self._cached = lru_cache(CACHED_WORDS)(self._word)

    def readings(self, run: str, steps: bool) -> list[Reading]:
        # A run with spaces is a foreign name and one that says town a place: neither is spelled apart.
        first = int(" " in run.strip() or self._ending(run) is not None)
        texts = [" ".join(text.split()) for text in spell(run, self._cached)[first:]]

        def explain(rank: int) -> Iterator[Step]:
            for word in run.split(" "):
                for source, latin, _ in self._syllables(word, rank + first):
                    yield self._letters.step(source, latin)

        return readings_of(self._letters, texts, explain if steps else None)

    def _word(self, word: str) -> tuple[str, ...]:
        apart = "".join([" " * syllable + latin for _, latin, syllable in self._syllables(word, 0)])
        joined = ["".join([latin for _, latin, _ in self._syllables(word, rank)]) for rank in range(1, READINGS)]
        return (apart, *joined)

    def _syllables(self, word: str, rank: int) -> Iterator[tuple[str, str, bool]]:
        """Each syllable's letters and Latin, and whether it is one (and not a digit or a sign)."""
        # A stacked letter closes the syllable before the one under it.
        word = _ZERO.sub("ဝ", word)
        word = word.replace(_ASAT + _STACK, _ASAT).replace(_STACK, _ASAT).replace("ဥ်", "ဉ်").translate(_SPELLED_OUT)
        ending = self._ending(word)
        if ending is not None:
            word = word[: -len(ending.source)]
        after_vowel = False
        for match in _SYLLABLE.finditer(word):
            if match["other"] is not None:
                text = match["other"]
                after_vowel = False
                yield text, text if text.isascii() else _digit(text), False
                continue
            vowel, finals = match["vowel"], match["finals"]
            latin, medial = self._onset(match["onset"], match["medials"], vowel + finals, after_vowel, rank)
            latin += self._rhyme(medial, vowel, finals, rank)
            after_vowel = latin[-1:] in "aeiouwyn" or latin.endswith(("ng", "nt"))
            yield match.group(), latin, True
        if ending is not None and ending.target(rank):
            yield ending.source, ending.target(rank), True

    def _ending(self, word: str) -> Row | None:
        return next((row for row in self._endings if len(word) > len(row.source) and word.endswith(row.source)), None)

    def _onset(self, base: str, medials: str, rest: str, after_vowel: bool, rank: int) -> tuple[str, str]:
        """The Latin of an onset, and the medial that its rhyme takes over (ွန် is un)."""
        taken = ""
        if "ွ" in medials and self._rhyme_row("ွ" + _plain(rest)) is not None:
            taken = "ွ"
            medials = medials.replace("ွ", "")
        for size in range(len(medials), -1, -1):
            key = base + medials[:size]
            row: Row | None = self._after_vowel.get(key) if after_vowel else None
            row = row or self._onsets.get(key)
            if row is not None:
                latin = row.target(rank)
                for medial in medials[size:]:
                    latin = "h" + latin if medial == "ှ" else latin + ("w" if medial == "ွ" else "y")
                return latin, taken
        return "", taken

    def _rhyme_row(self, key: str) -> Row | None:
        found = self._rhymes.get(key)
        return found if found is not None else self._rhymes.get(key.replace(_CREAKY, ""))

    def _rhyme(self, medial: str, vowel: str, finals: str, rank: int) -> str:
        closing = _FINAL.findall(finals)
        plain = _plain(vowel)
        if not closing:
            row = self._rhyme_row(medial + vowel) or self._rhyme_row(medial + plain)
            return row.target(rank) if row is not None else ""
        letter, before, after = closing[0]
        creaky = _CREAKY if before or after else ""
        open_part = medial + plain.replace(_CREAKY, "")
        row = self._rhyme_row(open_part + letter + creaky + _ASAT)
        if row is not None:
            latin = row.target(rank)
        else:
            row = self._rhyme_row(medial + plain)
            latin = (row.target(rank) if row is not None else "a") + self._final(letter, rank)
        if len(closing) > 1 and rank == _FOREIGN and letter in _STOPS:
            latin = latin.rstrip(_CONSONANTS)  # the stop only shortens the vowel: ဂပ်စ် gas
        return latin + "".join([self._final(letter, rank) for letter, _, _ in closing[1:]])

    def _final(self, letter: str, rank: int) -> str:
        row = self._finals.get(letter)
        return row.target(rank) if row is not None else ""


def _plain(signs: str) -> str:
    """Signs without the high tone, and a creaky tone behind its asat before it."""
    return signs.replace("း", "").replace(_ASAT + _CREAKY, _CREAKY + _ASAT)


def _digit(char: str) -> str:
    at = ord(char) - 0x1040
    return str(at) if 0 <= at < 10 else ""

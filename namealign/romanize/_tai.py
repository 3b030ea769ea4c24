"""A word in Thai or Lao letters in, its syllables out: what `thai` and `lao` share.

Both scripts write a vowel before, above, below, after or around its consonant and leave some vowels out, so a word is
first cut into syllables, by one regular expression made from the table's rows:

- a row with `$` in `after` is a consonant or several at the end of a syllable; any other row of one or two letters is
  a consonant or cluster, a longer one without `-` is spelled as a whole;
- a row with `-` is a vowel, `-` standing for the consonant or cluster it is spoken after (`เ-ีย`); a second `-` stands
  for a closing consonant that must be there; otherwise `C` in `after` means that there must be one, `$` that there
  must be none, and nothing that there may be. Rows are tried in the table's order.

Directives: `tones`: marks that are not spelled; `silencer`: the mark that makes letters silent; `silent letters`, per
reading `silent` or `spoken`; `spoken before a silent letter`: what, unlike other letters, is not silent with it
(ลานนท์ la-non, but จันทร์ chan); `vowel letter`: a consonant that is also a vowel; `doubled`: letters that are a vowel
when doubled; `never final`: letters that close no syllable; `opens a syllable`: letters that, between one of the
`opened vowels` and a consonant, begin a syllable of their own (วีรกูล wi-ra-kun).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from namealign.model import Reading, Step
from namealign.romanize._letters import CACHED_WORDS, READINGS, Letters, Row, readings_of, spell

__all__ = ["Syllables"]


class _Pattern(NamedTuple):
    """One alternative of the regular expression: its vowel row and the group of its first consonant."""

    row: Row
    first: int
    closed: bool


class Syllables:
    """One table, compiled. Immutable but for its caches of words."""

    def __init__(self, letters: Letters) -> None:
        self._letters = letters
        directives = letters.directives
        self._language = directives.get("language", "")
        self._spoken = [part.strip() == "spoken" for part in directives.get("silent letters", "silent").split("|")]
        self._tones = "".join(directives.get("tones", "").split())
        self._silencer = directives.get("silencer", "")
        self._vowels = [row for row in letters.rows if "-" in row.source]
        rest = [row for row in letters.rows if "-" not in row.source]
        self._wholes = [row for row in rest if len(row.source) > 2 and "$" not in row.after]
        consonants = [row for row in rest if row not in self._wholes]
        self._initials = {row.source: row for row in consonants if "$" not in row.after and "^" not in row.before}
        self._at_start = {row.source: row for row in consonants if "^" in row.before}
        self._finals = {row.source: row for row in consonants if "$" in row.after}
        self._patterns: dict[int, _Pattern] = {}
        self._regex = re.compile(self._expression(directives))
        self.ranks = min(READINGS, max(len(self._spoken), *(len(row.targets) for row in letters.rows)))
        self._cached = lru_cache(CACHED_WORDS)(self._word)

    def readings(self, run: str, *, steps: bool = False) -> list[Reading]:
        """The readings of a run, best first.

        None has its syllables apart, though places are written so (ทับทัน Thap Than): the comparison joins tokens
        itself, and short syllables meet strangers (on dev, Thai places 0.81 right without such a reading, 0.78 with).
        """
        run = unicodedata.normalize("NFKC", run)  # the tables spell ำ as its two parts, as normalized text does
        texts = [
            " ".join(text.split()) if "  " in text or text[-1:] == " " else text for text in spell(run, self._cached)
        ]

        def explain(rank: int) -> Iterator[Step]:
            for word in run.split(" "):
                for source, latin in self._syllables(word, rank):
                    yield self._letters.step(source, latin)

        return readings_of(self._letters, texts, explain if steps else None)

    def _word(self, word: str) -> tuple[str, ...]:
        spelled = [[latin for _, latin in self._syllables(word, rank)] for rank in range(self.ranks)]
        return tuple(["".join(parts) for parts in spelled])

    def _syllables(self, word: str, rank: int) -> Iterator[tuple[str, str]]:
        spoken = self._spoken[min(rank, len(self._spoken) - 1)]
        patterns = self._patterns
        for match in self._regex.finditer(word):
            last = match.lastindex
            if last is None:
                text = match.group()
                yield text, text if text.isascii() else ""
                continue
            pattern = patterns[last]
            if "-" not in pattern.row.source:
                yield match.group(), pattern.row.target(rank)
                continue
            first = match[pattern.first]
            row = self._at_start.get(first) if match.start() == 0 else None
            latin = (row or self._initials[first]).target(rank) + pattern.row.target(rank)
            silent = match[pattern.first + 1]
            if silent and spoken:
                latin += self._close(silent, rank)
            if pattern.closed:
                latin += self._finals[match[pattern.first + 2]].target(rank)
            silent = match[last]
            if silent and spoken:
                latin += self._close(silent, rank)
            yield match.group(), latin

    def _close(self, silent: str, rank: int) -> str:
        return "".join([self._finals[char].target(rank) for char in silent if char in self._finals])

    def _expression(self, directives: dict[str, str]) -> str:
        """The alternatives: rows spelled as a whole, then each vowel row, with a closing consonant and without."""
        letter = _one_of([source for source in self._initials if len(source) == 1])
        tone = f"[{self._tones}]?" if self._tones else ""
        signs = "".join(sorted({char for row in self._vowels for char in row.source if _dependent(char)}))
        signs = f"[{signs}{self._tones}{self._silencer}]"
        carrier = directives.get("vowel letter", "")
        doubled = directives.get("doubled", "")
        # What follows a closing consonant must not need it: a sign, the vowel letter, or two ร.
        free = f"(?!{signs})" + (f"(?!{carrier}(?!{signs}))" if carrier else "") + (f"(?!{doubled})" if doubled else "")
        # Nor may it leave one consonant over at the end: ถนน is tha-non.
        free += f"(?!{letter}$)"
        voiced = "".join(directives.get("spoken before a silent letter", "").split())
        if voiced and self._silencer:
            free += f"(?![{voiced}]{letter}[ิุ]?{self._silencer})"
        never = set(directives.get("never final", "").split())
        finals = [source for source in self._finals if source not in never]
        closing = _one_of(finals) + free
        hushed = f"[ิุ]?{self._silencer}" if self._silencer else "$^"
        opening = set(directives.get("opens a syllable", "").split())
        strict = f"(?:{_one_of([f for f in finals if f not in opening])}{free}"
        strict += f"|{_one_of(sorted(opening))}{free}(?!{letter}(?!{hushed})))" if opening else ")"
        opened = set(directives.get("opened vowels", "").split())
        pair = f"(?:(?![{voiced}]){letter})?" if voiced else f"{letter}?"
        silent = f"(?:{pair}{letter}[ิุ]?{self._silencer})*" if self._silencer else ""
        inner = f"(?:{letter}{self._silencer})?" if self._silencer else ""
        every = _one_of(list(self._initials))
        pure = _one_of([source for source, row in self._initials.items() if not _has_vowel(row.target(0))])
        parts: list[str] = []
        group = 1
        for row in self._wholes:
            start = r"(?<!\S)" if "^" in row.before else ""
            parts.append(f"{start}({re.escape(row.source)})(?!{signs})")
            self._patterns[group] = _Pattern(row, group, False)
            group += 1
        for row in self._vowels:
            head, _, rest = row.source.partition("-")
            bare = not row.source.strip("-")
            final = _one_of([f for f in finals if len(f) == 1]) + free if bare else closing
            final = strict if row.source in opened else final
            for closed in (True, False):
                if (not closed and (row.source.count("-") == 2 or "C" in row.after)) or (closed and "$" in row.after):
                    continue
                tail = rest.replace("-", "")
                mark = "".join([re.escape(char) + tone * _above(char) for char in tail])
                if not tail or not _dependent(tail[-1]):  # ว, ย and อ are consonants where a sign follows
                    mark += f"(?!{signs})" if closed or tail == doubled or not tail else free.replace("(?!$)", "")
                if head and tail and not closed:
                    mark = self._not_a_cluster(tail, closing) + mark
                parts.append(
                    f"{re.escape(head)}({pure if bare else every}){tone}{mark}({inner})"
                    + (f"({final})" if closed else "")
                    + f"({silent})"
                )
                self._patterns[group + (3 if closed else 2)] = _Pattern(row, group, closed)
                group += 4 if closed else 3
        return "|".join(parts) + "|(?s:.)"

    def _not_a_cluster(self, tail: str, closing: str) -> str:
        """แขวง is khwaeng, not khaeo-ng: before a closing consonant, a cluster comes before a vowel ending in ว."""
        firsts = "".join(
            sorted({c[0] for c, row in self._initials.items() if c[1:] == tail and not _has_vowel(row.target(0))})
        )
        return f"(?!(?<=[{firsts}]){tail}{closing})" if firsts else ""


def _dependent(char: str) -> bool:
    """Whether a character is a sign written on or after a consonant: Thai and Lao blocks are laid out alike."""
    at = ord(char) - 0x0E00
    return 0x00 <= at < 0x100 and (0x30 <= at & 0x7F <= 0x3B or at & 0x7F in (0x47, 0x4D))


def _above(char: str) -> bool:
    """Whether a tone mark may stand behind the sign: one above or below its consonant."""
    return _dependent(char) and ord(char) & 0x7F not in (0x30, 0x32, 0x33)


def _has_vowel(latin: str) -> bool:
    return any(char in "aeiou" for char in latin)


def _one_of(sources: list[str]) -> str:
    """A group of any of the sources, the longest first."""
    single = "".join(sorted(source for source in sources if len(source) == 1))
    longer = sorted((source for source in sources if len(source) > 1), key=len, reverse=True)
    return f"(?:{'|'.join([*map(re.escape, longer), f'[{single}]'])})"

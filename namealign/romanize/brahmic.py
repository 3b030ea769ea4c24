"""A run of an Indic script in, its Latin readings out: one engine for the Brahmi family, a table per language.

These scripts write consonants that carry an inherent vowel, vowel signs that replace it and a virama that removes it,
and their Unicode blocks are laid out alike, so a letter's class follows from its place in the block. What differs is in
the tables `data/romanization/<Script>-<language>.csv`: each letter's popular Latin spelling, what that depends on, and
where the inherent vowel goes unspoken (row `◌`). Their directives:

    # language: hi              ISO 639 code the readings carry
    # standard: …               what the readings and steps say
    # schwa: medial             keep: the inherent vowel is always spoken; final: silent at the end of a word; medial:
                                also silent in VC_CV, from right to left; left: from left to right, as in compounds
                                (भावनगर Bhavnagar). `final|keep`: the second reading keeps it
    # schwa kept after: ्य ्र    at the end of a word after a cluster that ends so it is spoken,
    # schwa lost after: र्ल      after one that ends so it is silent (the longest match decides, silence by default)
    # schwa kept before: ह       inside a word it is spoken before these, whatever VC_CV says

    # initials: consonant       one letter and a full stop is an initial of its consonant alone (மு. = M.)

A row of several letters that is bound to the end of the word (`$`) spells its last inherent vowel itself. A context
(`before`, `after`) lists what may stand there: `^` word start, `$` word end, `V` a vowel sound, written or
inherent, `C` anything else of the script, or letters as written; what follows a `!` must not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from namealign.model import Reading, Step
from namealign.romanize._letters import CACHED_WORDS, READINGS, Letters, Row, load_letters

__all__ = ["TABLES", "readings"]

# The tables of each script in the order they are tried when nothing tells the language.
TABLES: dict[str, tuple[str, ...]] = {
    "Deva": ("hi", "ne", "mr"),
    "Beng": ("bn",),
    "Guru": ("pa",),
    "Gujr": ("gu",),
    "Orya": ("or",),
    "Taml": ("ta",),
    "Telu": ("te",),
    "Knda": ("kn",),
    "Mlym": ("ml",),
    "Sinh": ("si",),
}
_BLOCK = {
    0x0900: "Deva",
    0x0980: "Beng",
    0x0A00: "Guru",
    0x0A80: "Gujr",
    0x0B00: "Orya",
    0x0B80: "Taml",
    0x0C00: "Telu",
    0x0C80: "Knda",
    0x0D00: "Mlym",
    0x0D80: "Sinh",
    0x0F00: "Tibt",
    0x0F80: "Tibt",
}
_INHERENT = "◌"
# The parts of a compound or of initials are words of their own: `सिम्पसन-मिलर`, `एल.ए.`
_PARTS = re.compile(r"[^.॰।,/-]*[.॰।,/-]+|[^.॰।,/-]+")
_RA = 0x30  # ra's place in every block that follows ISCII
_CONSONANT, _VOWEL, _SIGN, _VIRAMA, _MARK, _OTHER = "C", "V", "M", "H", "S", ""


def readings(run: str, language: str | None = None, *, steps: bool = False) -> list[Reading]:
    """The Latin readings of a run, best first, at most three.

    `language` picks the table, if the run's script has it; otherwise the readings of all its languages are merged,
    each language's best before any language's second.

    >>> [reading.text for reading in readings("नरेन्द्र मोदी", "hi")][0]
    'narendra modi'
    """
    script = _BLOCK.get(ord(run[:1] or " ") & ~0x7F) or next(
        (name for char in run if (name := _BLOCK.get(ord(char) & ~0x7F)) and ord(char) & 0x7F), "Deva"
    )
    if script == "Tibt":
        from namealign.romanize import tibetan  # of the family too, but its syllables need an engine of their own

        return tibetan.readings(run, language, steps=steps)
    engines = _engines(script, language)
    columns = [(engine, engine.words(run)) for engine in engines]
    found: dict[str, Reading] = {}
    for rank in range(READINGS):
        for engine, words in columns:
            if rank < engine.ranks:
                text = engine.text(words, rank, run)
                if text not in found:
                    found[text] = engine.reading(run, text, rank, steps)
                    if len(found) == READINGS:
                        return list(found.values())
    return list(found.values())


@cache
def _engines(script: str, language: str | None) -> tuple[_Engine, ...]:
    """The engines of a script, or the one of the language where the script has it."""
    languages = TABLES[script]
    if language in languages:
        languages = (language,)
    return tuple([_engine(f"{script}-{name}") for name in languages])


@cache
def _engine(name: str) -> _Engine:
    return _Engine(load_letters(name))


class _Unit(NamedTuple):
    """One sound of a word: its class, its Latin alternatives, the letters it was read from and where they end."""

    kind: str
    targets: tuple[str, ...]
    source: str
    end: int


class _Engine:
    """One language's table, compiled. Immutable but for its caches of words."""

    def __init__(self, letters: Letters) -> None:
        self._letters = letters
        directives = letters.directives
        self._language = directives.get("language", "")
        self._schwa = directives.get("schwa", "keep").split("|")
        self._after = {
            **dict.fromkeys(directives.get("schwa kept after", "").split(), True),
            **dict.fromkeys(directives.get("schwa lost after", "").split(), False),
        }
        self._after_lengths = sorted({len(text) for text in self._after}, reverse=True)
        self._initials = directives.get("initials", "") == "consonant"
        self._kept_before = frozenset(directives.get("schwa kept before", "").split())
        by_source: dict[str, list[Row]] = {}
        for row in letters.rows:
            by_source.setdefault(row.source, []).append(row)
        self._rows: dict[str, list[tuple[str, list[Row]]]] = {}
        for source, rows in sorted(by_source.items(), key=lambda item: -len(item[0])):
            rows.sort(key=lambda row: -bool(row.before) - bool(row.after))
            self._rows.setdefault(source[0], []).append((source, rows))
        self.ranks = min(READINGS, max(len(self._schwa), *(len(row.targets) for row in letters.rows)))
        self._cached = lru_cache(CACHED_WORDS)(self._word)

    def words(self, run: str) -> list[tuple[str, ...]]:
        """The Latin of each word of a run, by rank."""
        cached = self._cached
        return [cached(word) for word in run.split(" ")]

    def text(self, words: list[tuple[str, ...]], rank: int, run: str) -> str:
        """The text of the run's reading of a rank."""
        text = " ".join([word[rank] for word in words])
        return " ".join(text.split()) if "॰" in run or "।" in run else text

    def reading(self, run: str, text: str, rank: int, steps: bool) -> Reading:
        words = [part for word in run.split(" ") for part in _PARTS.findall(word)] if steps else ()
        done = tuple(step for word in words for step in self._steps(word, rank))
        return Reading(text, self._language, self._letters.standard, steps=done)

    def _word(self, word: str) -> tuple[str, ...]:
        parts = _PARTS.findall(word)
        if len(parts) > 1:
            return tuple(["".join(column) for column in zip(*[self._word(part) for part in parts], strict=True)])
        units = self._units(word)
        return tuple(["".join(self._latin(word, units, rank)) for rank in range(self.ranks)])

    def _steps(self, word: str, rank: int) -> Iterator[Step]:
        units = self._units(word)
        for unit, latin in zip(units, self._latin(word, units, rank), strict=True):
            if unit.source:
                yield self._letters.step(unit.source, latin)

    def _latin(self, word: str, units: list[_Unit], rank: int) -> list[str]:
        """The Latin of each sound of a word; a silent inherent vowel has none."""
        silent = self._silent(word, units, self._schwa[min(rank, len(self._schwa) - 1)])
        return [
            "" if at in silent else unit.targets[rank if rank < len(unit.targets) else -1]
            for at, unit in enumerate(units)
        ]

    def _units(self, word: str) -> list[_Unit]:
        units: list[_Unit] = []
        at, size = 0, len(word)
        while at < size:
            row, end = self._match(word, at)
            kind = _kind(word[end - 1])
            if kind == "N":  # a nukta belongs to its consonant
                kind = _CONSONANT
            if row is None:
                units.append(_Unit(_OTHER, (_plain(word[at]),), word[at], end))
                at = end
                continue
            unit = _Unit(_VOWEL if kind == _SIGN else kind, row.targets, row.source, end)
            units.append(unit)
            at = end
            if kind == _CONSONANT:
                follower = _kind(word[at]) if at < size else _OTHER
                if follower == _VIRAMA:
                    if self._match(word, at)[0] is None:
                        at += 1
                elif follower != _SIGN and not (len(row.source) > 1 and "$" in row.after):
                    inherent = self._rule(word, at, at, _INHERENT)
                    if inherent is not None:
                        units.append(_Unit("A", inherent.targets, _INHERENT, at))
        if self._initials and len(units) == 3 and units[2].source == "." and units[0].kind == _CONSONANT:
            units[1] = units[1]._replace(targets=("",))
        return units

    def _match(self, word: str, at: int) -> tuple[Row | None, int]:
        for source, rows in self._rows.get(word[at], ()):
            if len(source) == 1 or word.startswith(source, at):
                end = at + len(source)
                for row in rows:
                    if not (row.before or row.after) or self._fits(row, word, at, end):
                        return row, end
        return None, at + 1

    def _rule(self, word: str, at: int, end: int, source: str) -> Row | None:
        for known, rows in self._rows.get(source, ()):
            if known == source:
                return next((row for row in rows if self._fits(row, word, at, end)), None)
        return None

    def _fits(self, row: Row, word: str, at: int, end: int) -> bool:
        return (not row.before or _context(row.before, word, at, True)) and (
            not row.after or _context(row.after, word, end, False)
        )

    def _silent(self, word: str, units: list[_Unit], schwa: str) -> set[int]:
        """The places of the inherent vowels that are written and not spoken."""
        silent: set[int] = set()
        if schwa == "keep":
            return silent
        end = len(units)
        while end and units[end - 1].kind == _OTHER:
            end -= 1
        if (
            end > 1
            and (end > 2 or len(units[0].source) > 1)
            and units[end - 1].kind == "A"
            and not self._spoken_at_end(word, units, end - 1)
        ):
            silent.add(end - 1)
        if schwa not in ("medial", "left"):
            return silent
        inner = range(2, end - 1)
        for at in inner if schwa == "left" else reversed(inner):
            if units[at].kind != "A" or at + 2 >= end or units[at + 1].kind != _CONSONANT:
                continue
            nucleus = at + 2
            if units[nucleus].kind == _CONSONANT and ord(units[nucleus].source[-1]) & 0x7F == _RA:
                nucleus += 1  # a stop and r begin a syllable together: Gurpreet
            if (
                units[at - 1].kind == _CONSONANT
                and units[at - 2].kind in ("V", "A")
                and at - 2 not in silent
                and nucleus < end
                and nucleus not in silent
                and units[nucleus].kind in ("V", "A")
                and units[at - 1].source != units[at + 1].source
                and units[at + 1].source not in self._kept_before
                and _virama_free(units[at - 1].source)
                and _virama_free(units[at + 1].source)
            ):
                silent.add(at)
        return silent

    def _spoken_at_end(self, word: str, units: list[_Unit], at: int) -> bool:
        before = units[at - 2].kind if at > 1 else "V"
        if before in ("V", "A") and _virama_free(units[at - 1].source):
            return False
        if before == _OTHER:
            return True
        text = word[: units[at].end]
        for length in self._after_lengths:
            decided = self._after.get(text[-length:])
            if decided is not None:
                return decided
        return False


@cache
def _kind(char: str) -> str:
    """A letter's class by its place in its block (The Unicode Standard, chapter 12: the blocks follow ISCII-1988)."""
    code = ord(char)
    if not 0x0900 <= code <= 0x0DFF:
        return _OTHER
    at = code & 0x7F
    places: tuple[tuple[int, int, str], ...]
    if code >= 0x0D80:  # Sinhala is the one that does not follow ISCII
        places = (
            (0x01, 0x03, _MARK),
            (0x05, 0x16, _VOWEL),
            (0x1A, 0x46, _CONSONANT),
            (0x4A, 0x4A, _VIRAMA),
            (0x4F, 0x5F, _SIGN),
            (0x72, 0x73, _SIGN),
        )
    else:
        places = (
            (0x00, 0x03, _MARK),
            (0x04, 0x14, _VOWEL),
            (0x15, 0x39, _CONSONANT),
            (0x3C, 0x3C, "N"),
            (0x3A, 0x4C, _SIGN),
            (0x4D, 0x4D, _VIRAMA),
            (0x4E, 0x4F, _MARK),  # Bengali khanda ta, Malayalam dot reph: consonants without a vowel
            (0x55, 0x57, _SIGN),
            (0x58, 0x5F, _CONSONANT),
            (0x60, 0x61, _VOWEL),
            (0x62, 0x63, _SIGN),
            (
                0x70,
                0x71,
                _OTHER if code < 0x0980 else _MARK if 0x0A00 <= code < 0x0A80 else _CONSONANT,
            ),  # tippi and addak; Assamese ra and va
            (0x72, 0x77, _VOWEL),
            (0x7A, 0x7F, _MARK if code >= 0x0D00 else _CONSONANT),  # chillu letters
        )
    return next((kind for first, last, kind in places if first <= at <= last), _OTHER)


def _context(items: tuple[str, ...], word: str, at: int, behind: bool) -> bool:
    """Whether one of the plain items, and none of the `!` items, stands before (behind=True) or after a place."""
    wanted = False
    met = False
    for item in items:
        negative = len(item) > 1 and item[0] == "!"
        text = item[1:] if negative else item
        if text in ("^", "$", "V", "C"):
            holds = text == (_class_before(word, at) if behind else _class_after(word, at))
        else:
            holds = word.endswith(text, 0, at) if behind else word.startswith(text, at)
        if negative:
            if holds:
                return False
        else:
            wanted = True
            met = met or holds
    return met or not wanted


def _class_before(word: str, at: int) -> str:
    kind = _kind(word[at - 1]) if at else _OTHER
    if kind == _OTHER:
        return "^"
    return "C" if kind in (_VIRAMA, _MARK) else "V"


def _class_after(word: str, at: int) -> str:
    kind = _kind(word[at]) if at < len(word) else _OTHER
    if kind == _OTHER:
        return "$"
    if kind in (_SIGN, _VOWEL):
        return "V"
    if kind == _VIRAMA or at == 0 or _kind(word[at - 1]) not in (_CONSONANT, "N"):
        return "C"
    return "V"  # a consonant that a consonant or a mark follows keeps its inherent vowel


def _virama_free(source: str) -> bool:
    return len(source) == 1 or not any(_kind(char) in (_VIRAMA, _MARK) for char in source)


@cache
def _plain(char: str) -> str:
    """A character that no row names: digits as digits, ASCII as it is, nothing else."""
    if char.isascii():
        return char
    if char in "॰।":  # the abbreviation sign and the danda do a full stop's work
        return ". "
    digit = unicodedata.digit(char, None)
    return "" if digit is None else str(digit)

"""One run of Hangul in, its Latin readings out: a Korean name as its bearer, the Ministry and McCune-Reischauer write
it, and a foreign name as it was before Korean wrote it down.

Syllables fall into letters by arithmetic (Unicode, section 3.12); what the letters sound as is in `Hang-ko.csv`, how
Koreans spell their surnames and given names in `Hang-ko-surnames.csv` and `Hang-ko-syllables.csv`, and what foreign
names come back as in `Hang-loan.csv`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from namealign.model import Reading, Step
from namealign.romanize.loan import Choice, likeliest, loan_table
from namealign.romanize.trail import trail
from namealign.tables import data_dir, read_rows

__all__ = ["canonical", "jamo", "own_letters", "person", "readings", "surname", "word"]

_ONSETS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_CODAS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
_FIRST, _LAST = 0xAC00, 0xD7A3
# Everything that is not a letter parts words: middle dots, commas, hyphens.
_BREAK = re.compile(r"[^\w']+|_+")
# City, county, district, town, province: 연천군 is Yeoncheon and -gun.
_SUFFIX = frozenset("시군구읍도")
# How many spellings a foreign name is read in.
_SPELLINGS = 5
# How many readings a run has at most.
_MOST = 6
RR, MR, USUAL, LOAN = "RR", "McCune-Reischauer", "customary", "loan"


class _Tables:
    """The Korean tables, read once."""

    def __init__(self) -> None:
        folder = data_dir() / "romanization"
        self.pairs: dict[tuple[str, str], tuple[str, str]] = {}
        for _, (coda, onset, rr, mr) in read_rows(folder / "Hang-ko.csv", ("coda", "onset", "rr", "mr")):
            self.pairs[coda, onset] = (rr, mr)
        # Each (coda, syllable) once met, by system: at most 28 times 11,172 short entries.
        self.taken: tuple[dict[tuple[str, str], tuple[str, str]], ...] = ({}, {})
        self.surnames: dict[str, tuple[str, ...]] = {}
        self.rare: set[str] = set()
        path = folder / "Hang-ko-surnames.csv"
        for _, (surname, spellings, rare) in read_rows(path, ("surname", "spellings", "rare")):
            self.surnames[surname] = tuple(spellings.split())
            if rare == "1":
                self.rare.add(surname)
        path = folder / "Hang-ko-syllables.csv"
        self.syllables = {row[0]: row[1] for _, row in read_rows(path, ("syllable", "spelling"))}


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    return _Tables()


def _split(syllable: str) -> tuple[str, str, str]:
    """Onset, vowel and coda of one syllable block (`ㅇ` stays as the silent onset)."""
    index = ord(syllable) - _FIRST
    return _ONSETS[index // 588], _VOWELS[index % 588 // 28], _CODAS[index % 28]


def _is_block(char: str) -> bool:
    return _FIRST <= ord(char) <= _LAST


def jamo(text: str) -> list[str]:
    """The letters of a word as the loan table counts them: a coda bears a dot, a silent onset is left out.

    >>> jamo("벤")
    ['ㅂ', 'ㅔ', 'ㄴ.']
    """
    units: list[str] = []
    for char in text:
        units += _letters(char)
    return units


@lru_cache(maxsize=12000)
def _letters(char: str) -> tuple[str, ...]:
    if not _is_block(char):
        return (char,)
    onset, vowel, coda = _split(char)
    return ((onset,) if onset != "ㅇ" else ()) + (vowel,) + ((coda + ".",) if coda else ())


@lru_cache(maxsize=65536)
def word(text: str, system: int = 0) -> str:
    """One word by rule, with the sound changes between its syllables: `system` 0 is RR, 1 McCune-Reischauer.

    >>> word("신라"), word("종로"), word("독립문"), word("평양", 1)
    ('silla', 'jongno', 'dongnimmun', 'pyongyang')
    """
    tables = _tables()
    taken = tables.taken[system]
    out: list[str] = []
    coda = "^"
    for char in text:
        found = taken.get((coda, char))
        if found is None:
            found = taken[coda, char] = _take(coda, char, system)
        out.append(found[0])
        coda = found[1]
    if coda not in ("^", ""):
        out.append(tables.pairs[coda, "$"][system])
    return "".join(out)


def _take(coda: str, char: str, system: int) -> tuple[str, str]:
    """One syllable after `coda`: its letters, and its own coda. What is not Hangul ends a word."""
    pairs = _tables().pairs
    if not _is_block(char):
        return (pairs[coda, "$"][system] if coda not in ("^", "") else "") + char, "^"
    onset, vowel, following = _split(char)
    return pairs[coda, onset][system] + pairs["V", vowel][system], following


@lru_cache(maxsize=65536)
def _given(text: str, system: int) -> str:
    """A given name: RR writes each syllable as it stands (복남 Boknam), McCune-Reischauer joins the sounds."""
    return word(text, 1) if system else "".join(word(char, 0) for char in text)


@lru_cache(maxsize=65536)
def _usual(text: str) -> str:
    """A given name as its bearer would spell it: the customary syllables, else RR."""
    syllables = _tables().syllables
    return "-".join(syllables.get(char) or word(char, 0) for char in text)


@lru_cache(maxsize=65536)
def _loan(text: str) -> Choice:
    """One word of a foreign name, as it was probably spelled before: the likeliest spellings."""
    return loan_table("Hang-loan").spellings_of(text, jamo(text), _SPELLINGS, _letter)


@lru_cache(maxsize=65536)
def _loan_first(text: str) -> str:
    """The likeliest of `_loan`."""
    table = loan_table("Hang-loan")
    known = table.words.get(text)
    return table.spell(jamo(text), _letter) if known is None else known


def _letter(unit: str) -> str:
    """A jamo by rule, where the loan table never met it."""
    pairs = _tables().pairs
    if unit.endswith(".") and len(unit) > 1:
        return pairs[unit[0], "$"][0]
    return (pairs.get(("V", unit)) or pairs.get(("^", unit)) or (unit, unit))[0]


def surname(text: str) -> tuple[str, ...]:
    """The spellings of a surname, the most usual first."""
    return _tables().surnames[text]


def person(surname: str, given: str) -> tuple[str, str]:
    """A Korean's name in the customary spelling and in Revised Romanization.

    >>> person("박", "근혜")
    ('park keun-hye', 'bak geunhye')
    """
    return f"{_tables().surnames[surname][0]} {_usual(given)}", f"{word(surname)} {_given(given, 0)}"


def _name(parts: list[str]) -> tuple[str, str, bool] | None:
    """Surname and given name, and whether the surname is a usual one, if the words can be a Korean name."""
    tables = _tables()
    if len(parts) == 1:
        text = parts[0]
        if not 2 <= len(text) <= 5:
            return None
        if len(text) > 2 and text[:2] in tables.surnames:
            return text[:2], text[2:], len(text) <= 4
        if len(text) <= 4 and text[0] in tables.surnames:
            return text[0], text[1:], len(text) <= 3 and text[0] not in tables.rare
        return None
    if parts[0] in tables.surnames and len("".join(parts[1:])) <= 3:
        given = "".join(parts[1:])
        return parts[0], given, len(parts[0] + given) == 3 and parts[0] not in tables.rare
    return None


def _within(parts: list[str]) -> list[tuple[str, str]]:
    """A Korean's name of three syllables among other words (박근혜 대통령): that word as a name, the others by rule."""
    names = [_name([part]) if len(part) == 3 else None for part in parts]
    if not any(name and name[2] and len(name[0]) == 1 for name in names) or len(parts) > 2:
        return []
    return [(" ".join(person(*n[:2])[0] if n and n[2] else word(p) for p, n in zip(parts, names, strict=True)), USUAL)]


def readings(run: str, language: str | None = None, *, steps: bool = False) -> list[Reading]:
    """The Latin readings of one run of Hangul, best first. `language` changes nothing: Hangul writes one.

    >>> [reading.text for reading in readings("김정은")][:3]
    ['kim jung-eun', 'gim jeongeun', 'kim chongun']
    >>> readings("벤 카슨")[0].text
    'ben carson'
    """
    del language
    parts = [part for part in _BREAK.split(run) if part]
    if not parts:
        return []
    name = _name(parts)
    if name is not None and name[2]:  # a Korean's name asks for no further spelling of a foreign one
        spelled = [(" ".join([_loan_first(part) for part in parts]), LOAN)]
    else:
        spelled = [(text, LOAN) for text, _ in likeliest([*map(_loan, parts)], _SPELLINGS, " ")]
    plain = [(" ".join([word(part) for part in parts]), RR)]
    if len(parts) == 1:
        plain.append((word(parts[0], 1), MR))
    found: list[tuple[str, str]] = spelled[:1]
    if name is not None:
        surname, given, usual = name
        usually, officially = person(surname, given)
        korean = [(usually, USUAL), (officially, RR)]
        if usual:
            korean.append((f"{word(surname, 1)} {_given(given, 1)}", MR))
            spellings = _tables().surnames[surname]
            if len(spellings) > 1:
                korean.append((f"{spellings[1]} {_given(given, 0)}", USUAL))
        # 이수 may be Lee Soo, Isu or the word itself; three syllables after a usual surname are a Korean's name.
        found = korean + found if usual else found + korean[:1]
    if len(parts) == 1 and len(parts[0]) > 2 and parts[0][-1] in _SUFFIX:
        found.append((f"{word(parts[0][:-1])} {word(parts[0][-1])}", RR))
    if len(parts) == 1 and parts[0] in _tables().surnames:
        # A surname alone is spelled in as many ways as its bearers do.
        found = [(spelling, USUAL) for spelling in _tables().surnames[parts[0]]] + found
    elif name is None and len(parts) > 1:
        found = _within(parts) + found
    found += plain
    if name is None or not name[2]:
        found += spelled[1:]
    out: dict[str, Reading] = {}
    for text, standard in found:
        if text not in out:
            taken = _trail(parts, name, text, standard) if steps else ()
            out[text] = Reading(text, "ko", standard, True, taken)
            if len(out) == _MOST:
                break
    return list(out.values())


def _trail(parts: list[str], name: tuple[str, str, bool] | None, text: str, standard: str) -> tuple[Step, ...]:
    sources = [name[0], name[1]] if name and " " in text and standard != LOAN else parts
    return trail({USUAL: "Hang-ko-surnames", LOAN: "Hang-loan"}.get(standard, "Hang-ko"), sources, text, standard)


def canonical(run: str) -> str:
    """A run of Hangul for comparison with another one: composed syllables, no spaces or dots.

    >>> canonical("김 정은") == canonical("김정은"), canonical("김정은") == canonical("김정일")
    (True, False)
    """
    return "".join(_BREAK.split(unicodedata.normalize("NFC", run)))


def own_letters(run: str) -> str:
    """The letters of a Korean's name, as the South writes them; "" for what only may be a Korean's name.

    >>> own_letters("리명수") == own_letters("이명수"), own_letters("윤석열") == own_letters("윤석렬")
    (True, True)
    >>> own_letters("블라디미르 푸틴")
    ''
    """
    parts = [part for part in _BREAK.split(unicodedata.normalize("NFC", run)) if part]
    name = _name(parts) if parts else None
    return _southern(name[0]) + _southern(name[1]) if name and name[2] else ""


# Before these vowels the South begins no word with ㄹ, nor always writes 렬, 률; before the others it writes ㄴ.
_SILENCING = frozenset("ㅣㅑㅕㅛㅠㅒㅖ")


def _southern(text: str) -> str:
    """A word with its consonants as the South writes them (두음법칙)."""
    out = []
    for i, char in enumerate(text):
        onset, vowel, _ = _split(char) if _is_block(char) else ("", "", "")
        spoken = onset
        if vowel in _SILENCING and (onset == "ㄹ" or (onset == "ㄴ" and i == 0)):
            spoken = "ㅇ"
        elif onset == "ㄹ" and i == 0:
            spoken = "ㄴ"
        out.append(chr(ord(char) + 588 * (_ONSETS.index(spoken) - _ONSETS.index(onset))) if spoken != onset else char)
    return "".join(out)

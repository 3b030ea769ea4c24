"""One run of kana in, its Latin readings out: a Japanese name in Hepburn as passports write it, and a foreign name as
it was before katakana wrote it down.

The syllables are in `Kana-ja.csv`, what foreign names come back as in `Kana-loan.csv`. A run that has Han characters
too is handed to `han`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from namealign.model import Reading, Step
from namealign.romanize.loan import Choice, likeliest, loan_table
from namealign.romanize.trail import trail
from namealign.tables import data_dir, read_rows

__all__ = ["canonical", "katakana", "morae", "readings", "word"]

# The prolonged sound mark is a letter to `re`; it never stands alone.
_BREAK = re.compile(r"[^\w']+|_+")
_HIRAGANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_ITERATED = re.compile("[ヽゝ]")
_ITERATION = re.compile(r"([^ヽゝ])([ヽゝ]+)")
# A long o or u is written once, but 井上 is Inoue and 松浦 Matsuura: there the second vowel opens a part of its own.
_LONG = re.compile(r"ou(?!e)|oo|uu(?!ra)")
_CONSONANT = re.compile(r"([^aeiou]*)([aeiou]?)")
_HAN_TOO = re.compile("[\u3005\u3006\u3400-\u9fff]")
_IN_HIRAGANA = re.compile("[\u3041-\u3096]")
HEPBURN, LOAN = "Hepburn", "loan"
# How many spellings a foreign name is read in.
_SPELLINGS = 5
# A name written as one is looked through for words if it has so many letters: for so many words of so many letters at
# most and at least. Where one of two is guessed, both have a letter more. Of dev persons without their middle dots so
# written names then find 0.72 of the right ones first, 0.51 without, 0.61 if all words must be known.
_LEAST_PARTED, _MOST_PARTED, _MOST_WORDS, _LEAST_WORD = 6, 24, 3, 2
_LEAST_NAME = 3
# What no word begins with.
_NEVER_FIRST = frozenset("ァィゥェォャュョヮッーン")


@lru_cache(maxsize=1)
def _syllables() -> dict[str, str]:
    path = data_dir() / "romanization" / "Kana-ja.csv"
    return {row[0]: row[1] for _, row in read_rows(path, ("source", "target"))}


def katakana(text: str) -> str:
    """Hiragana as katakana, half-width and combining marks composed, iteration marks written out.

    >>> katakana("さくらこゝろ")
    'サクラココロ'
    """
    shifted = unicodedata.normalize("NFKC", text)
    if _IN_HIRAGANA.search(shifted) is not None:
        shifted = shifted.translate(_HIRAGANA)
    if _ITERATED.search(shifted) is None:
        return shifted
    return _ITERATION.sub(lambda found: found[1] * (1 + len(found[2])), shifted)


@lru_cache(maxsize=1024)
def _sounds(text: str) -> tuple[str, ...]:
    """The Hepburn value of each mora of a katakana word: `-` for ー, `q` for ッ, `N` for ン, others as they are."""
    table = _syllables()
    out: list[str] = []
    i, end = 0, len(text)
    while i < end:
        pair = table.get(text[i : i + 2]) if i + 1 < end else None
        if pair is not None:
            out.append(pair)
            i += 2
            continue
        char = text[i]
        out.append(table.get(char) or {"ー": "-", "ッ": "q", "ン": "N"}.get(char, char))
        i += 1
    return tuple(out)


def morae(text: str) -> list[str]:
    """A katakana word as the loan table counts it: the consonant and the vowel of each mora.

    >>> morae("ベッカー")
    ['b', 'e', 'q', 'k', 'a', '-']
    """
    units: list[str] = []
    for sound in _sounds(text):
        units += _parts(sound)
    return units


@lru_cache(maxsize=4096)
def _parts(sound: str) -> tuple[str, ...]:
    """The consonant and the vowel of one mora."""
    found = None if sound in "-qN" else _CONSONANT.match(sound)
    return tuple(filter(None, found.groups())) if found else (sound,)


@lru_cache(maxsize=65536)
def word(text: str) -> str:
    """One katakana word in Hepburn, long vowels short.

    >>> word("シンゾウ"), word("オオノ"), word("イノウエ"), word("ハットリ"), word("コッチ"), word("ジュンイチロウ")
    ('shinzo', 'ono', 'inoue', 'hattori', 'kotchi', 'junichiro')
    """
    out: list[str] = []
    double = False
    for sound in _sounds(text):
        if sound == "q":
            double = True
            continue
        if sound == "-":
            continue
        if sound == "N":
            sound = "n"
        if double and sound[0] not in "aeiou":
            out.append("t" if sound.startswith("ch") else sound[0])
        double = False
        out.append(sound)
    return _LONG.sub(lambda found: found.group()[0], "".join(out))


def _loan(text: str) -> Choice:
    """One word of a foreign name, as it was probably spelled before: the likeliest spellings."""
    return loan_table("Kana-loan").spellings_of(text, morae(text), _SPELLINGS)


def readings(run: str, language: str | None = None, *, steps: bool = False) -> list[Reading]:
    """The Latin readings of one run of kana, best first. `language` changes nothing: kana write one.

    >>> readings("ベン・カーソン")[0].text
    'ben carson'
    >>> readings("さくら まなみ")[0].text
    'sakura manami'
    """
    del language
    if _HAN_TOO.search(run) is not None:
        from namealign.romanize import han  # it reads kana too, so the import cannot stand on top

        return han.readings(run, "ja", steps=steps)
    parts = [part for part in _BREAK.split(run) if part]
    if not parts:
        return []
    native = (" ".join(filter(None, [_native(part) for part in parts])), HEPBURN)
    spelled = [text for text, _ in likeliest([_spelled(part) for part in parts], _SPELLINGS, " ")]
    # Hiragana writes what is Japanese; katakana nearly always a name from elsewhere.
    if _IN_HIRAGANA.search(run) is not None:
        found = [native, (_single_spaced(spelled[0]), LOAN)]
    else:
        loan, *others = [(_single_spaced(text), LOAN) for text in spelled]
        if len(parts) == 1:
            others[:0] = [(text, LOAN) for text in _parted(parts[0])]
        found = [loan, native, *others[: _SPELLINGS - 1]]
    out: dict[str, Reading] = {}
    for text, standard in found:
        if text and text not in out:
            taken: tuple[Step, ...] = ()
            if steps:
                table = "Kana-loan" if standard == LOAN else "Kana-ja"
                taken = trail(table, [*map(katakana, parts)], text, standard)
            out[text] = Reading(text, "ja", standard, True, taken)
    return list(out.values())


@lru_cache(maxsize=65536)
def _native(part: str) -> str:
    """A word of either kana in Hepburn."""
    return word(katakana(part))


@lru_cache(maxsize=65536)
def _spelled(part: str) -> Choice:
    """`_loan` of a word of either kana."""
    return _loan(katakana(part))


@lru_cache(maxsize=65536)
def _parted(part: str) -> tuple[str, ...]:
    """A foreign name of several words written as one, in words: where all are known, or the first of two.

    >>> _parted("イヴサンローラン"), _parted("マイケルジャクソン"), _parted("マイケル")
    (('yves saintlaurent',), ('michael jackson',), ())
    """
    text = katakana(part)
    table = loan_table("Kana-loan")
    if not _LEAST_PARTED <= len(text) <= _MOST_PARTED or text in table.words:
        return ()
    # The fewest words that make up the first so many letters.
    best: list[tuple[str, ...] | None] = [(), *[None] * len(text)]
    for end in range(_LEAST_WORD, len(text) + 1):
        for begin in range(end - _LEAST_WORD + 1):
            before, word = best[begin], text[begin:end]
            if before is None or text[begin] in _NEVER_FIRST or len(before) == _MOST_WORDS:
                continue
            if word in table.words:
                now = best[end]
                if now is None or len(before) + 1 < len(now):
                    best[end] = (*before, table.words[word])
    found = best[-1]
    if found:
        return (" ".join(found),)
    # Else a given name that is known, the longest, and a surname that is not.
    for end in range(len(text) - _LEAST_NAME, _LEAST_NAME - 1, -1):
        if text[end] not in _NEVER_FIRST and text[:end] in table.words:
            return (f"{table.words[text[:end]]} {_loan(text[end:])[0][0]}",)
    return ()


def _single_spaced(text: str) -> str:
    return " ".join(text.split()) if "  " in text or text[:1] == " " or text[-1:] == " " else text


def canonical(run: str) -> str:
    """A run of kana for comparison with another one: katakana, no spaces, dots, hyphens or equal signs.

    >>> canonical("ベン・カーソン") == canonical("ベン カーソン"), canonical("まつい") == canonical("まつだ")
    (True, False)
    """
    return katakana(_BREAK.sub("", unicodedata.normalize("NFKC", run)))

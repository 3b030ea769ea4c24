"""One word of kanji, or kanji and kana, in; how a Japanese would read it as a name, out.

Surnames, given names and places with their readings come from `Hani-ja-surnames.csv`, `Hani-ja-given.csv`,
`Hani-ja-places.csv` (UniDic) and `Hani-ja-names.csv` (corrections). Kanji are met in the form that
`han.canonical_characters` gives them, so 渡邊 is found as 渡辺 is.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from namealign.romanize import kana
from namealign.tables import data_dir, read_rows

__all__ = ["Guess", "long_surname", "read_alone", "read_name", "read_place"]

# How sure a part is: a form seen in use counts twice one that is only listed, an unlisted given name nothing.
_SEEN, _LISTED, _KANA = 2, 1, 2
# Two kanji are the usual given name; a third is a 子, 郎 or 美 and listed; longer ones are no name.
_GIVEN_LENGTH = 4
_SURNAME_LENGTH = 5


class Guess(NamedTuple):
    """A reading in Latin letters and how sure it is: 4 = surname and given name both seen in use, 1 = hardly."""

    text: str
    surname: str
    sure: int


class _Names:
    """The tables, keyed by canonical form: readings in katakana and the weight of the form."""

    def __init__(self, canonical: Callable[[str], str]) -> None:
        folder = data_dir() / "romanization"
        self.surnames = self._read(folder / "Hani-ja-surnames.csv", canonical)
        self.given = self._read(folder / "Hani-ja-given.csv", canonical)
        self.places = self._read(folder / "Hani-ja-places.csv", canonical)
        path = folder / "Hani-ja-names.csv"
        for _, (kind, source, readings) in read_rows(path, ("kind", "source", "kana")):
            table = self.surnames if kind == "surname" else self.given
            table[canonical(source)] = (tuple(readings.split()), _SEEN)

    @staticmethod
    def _read(path: Any, canonical: Callable[[str], str]) -> dict[str, tuple[tuple[str, ...], int]]:
        table: dict[str, tuple[tuple[str, ...], int]] = {}
        for _, (source, readings, common) in read_rows(path, ("source", "kana", "common")):
            key = canonical(source)
            weight = _SEEN if common == "1" else _LISTED
            # 渡辺, 渡邊 and 渡邉 meet in one key: the form in use answers.
            if key not in table or table[key][1] < weight:
                table[key] = (tuple(readings.split()), weight)
        return table


@lru_cache(maxsize=1)
def _names() -> _Names:
    from namealign.romanize.han import canonical_characters

    return _Names(canonical_characters)


def _is_kana(text: str) -> bool:
    return all("\u3041" <= char <= "\u30ff" for char in text)


def _given_readings(text: str) -> tuple[tuple[str, ...], int]:
    if _is_kana(text):
        return (kana.katakana(text),), _KANA
    return _names().given.get(text, ((), 0))


def read_name(text: str, split: tuple[str, str] | None = None, *, listed: bool = False) -> list[Guess]:
    """How `text` (canonical form) reads as surname and given name, surest first, at most three.

    `split` are the two parts where the text parts them itself (安倍 晋三). With `listed` a surname of one
    kanji takes only given names that a table holds: what may be Chinese is not read kanji by kanji.
    """
    tables = _names()
    best: tuple[int, int, tuple[str, ...], tuple[str, ...], int] | None = None
    if split is not None:
        cuts = [len(split[0])]
        text = "".join(split)
    else:
        cuts = list(range(min(_SURNAME_LENGTH, len(text) - 1), 0, -1))
    for cut in cuts:
        surname, given = text[:cut], text[cut:]
        known = tables.surnames.get(surname)
        if known is None:
            if not (split and _is_kana(surname)):
                continue
            known = ((kana.katakana(surname),), _KANA)
        readings, weight = _given_readings(given)
        if not readings and len(given) > _GIVEN_LENGTH - 1:
            continue
        sure = known[1] + weight + (weight > 0)
        # Of two cuts equally sure, two kanji of surname and a given name of at least one stand first.
        rank = -abs(len(surname) - 2)
        if best is None or (sure, rank) > (best[0], best[1]):
            best = (sure, rank, known[0], readings, cut)
    if best is None:
        return []
    sure, _, surnames, givens, cut = best
    given = text[cut:]
    if not givens:
        # On a handful of given names that no table lists, kanji by kanji did no worse than a morphological analyser
        # with the same dictionary (fugashi with UniDic), so nothing heavier is asked.
        guessed = None if listed and cut == 1 else _by_kanji(given)
        if guessed is None:
            return []
        spelled = [guessed]
    else:
        spelled = [kana.word(reading) for reading in givens]
    family = [kana.word(reading) for reading in surnames]
    pairs = [(0, 0), (0, 1), (1, 0)]
    return [
        Guess(f"{family[i]} {spelled[j]}", family[i], sure) for i, j in pairs if i < len(family) and j < len(spelled)
    ]


@lru_cache(maxsize=8192)
def _by_kanji(text: str) -> str | None:
    """A given name of two kanji by what each is read alone or in other given names: 優 + 斗."""
    if len(text) > 3:
        return None
    heads, tails = _kanji_readings()
    parts = [heads.get(text[0])] + [tails.get(char) for char in text[1:]]
    return kana.word("".join(part for part in parts if part)) if all(parts) else None


@lru_cache(maxsize=1)
def _kanji_readings() -> tuple[dict[str, str], dict[str, str]]:
    """What a kanji reads at the head and at the tail of a given name."""
    from namealign.romanize.han import canonical_characters

    heads: dict[str, str] = {}
    tails: dict[str, str] = {}
    path = data_dir() / "romanization" / "Hani-ja-kanji.csv"
    for _, (source, head, tail) in read_rows(path, ("source", "head", "tail")):
        char = canonical_characters(source)
        heads.setdefault(char, head)
        tails.setdefault(char, tail)
    return heads, tails


def read_alone(text: str) -> list[str]:
    """A surname or a given name that stands alone, where it is in use: at most two readings."""
    tables = _names()
    for table in (tables.surnames, tables.given):
        known = table.get(text)
        if known and known[1] == _SEEN:
            return [kana.word(reading) for reading in known[0][:2]]
    return []


def long_surname(text: str) -> bool:
    """Whether a name begins with a surname of two kanji or more that is in use."""
    return any(_names().surnames.get(text[:cut], ((), 0))[1] == _SEEN for cut in (2, 3))


def read_place(text: str) -> tuple[str, int] | None:
    """A place name in Hepburn and how sure it is (2 seen in use, 1 listed), or None."""
    known = _names().places.get(text)
    return (kana.word(known[0][0]), known[1]) if known else None

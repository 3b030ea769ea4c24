"""Latin text in, what else it says where its letters stand for those of another script: further readings.

Greek writes b, d and g with two letters (μπ, ντ, γκ), and atlases and passports put the Latin letter for each:
Mpakogianni is Bakoyanni, Mpratislaba Bratislava. Few names look so (5 in 1,000 of the training names); only they are
read twice. `data/romanization/Latn-el.csv` says what the letters sound like. An initial that is one Cyrillic or Greek
letter (`Yu. Andropov`) is another one elsewhere (`Iu.`, `Iou.`): `data/initials.csv`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from namealign.model import Reading, Step
from namealign.normalize import fold
from namealign.romanize.legal import formless, may_have_form
from namealign.romanize.rules import Table
from namealign.romanize.told import says_so
from namealign.tables import data_dir, read_rows

__all__ = ["initials", "respelled", "told_twice", "told_twice_among"]

# A pair at the head of a word or behind a consonant, two of the pairs in one word, or one behind ου: no other
# spelling that the training names hold often looks so.
_PAIR = "(?:mp|nt|nk|gk)"
_TELLING = re.compile(
    rf"(?<![a-z']){_PAIR}[a-z]|[bcdfghjklpqrstvwxz]'?{_PAIR}[aeiouy]|[bdfghjklmpqrstvxz]{_PAIR}(?![a-z])"
    rf"|(?<!t)tz[a-z]*{_PAIR}|{_PAIR}[a-z']*(?:{_PAIR}|tz|ou)|ou{_PAIR}|n'(?:nk|gk)"
)
_WORD = re.compile(r"[a-z']+")
# Two to four letters and a full stop may be such an initial; the table says which are.
_DOTTED = re.compile(r"(?<![a-z'])([a-z]{2,4})\.")
_LOOK = re.compile(rf"{_DOTTED.pattern}|(?P<pair>{_TELLING.pattern})")
_PAIRS = re.compile(rf"(?P<pair>{_TELLING.pattern})")


def told_twice(text: str) -> bool:
    """Whether a text of plain letters, in any case, may have a second reading."""
    return bool(told_twice_among([text]))


def told_twice_among(texts: Sequence[str]) -> list[int]:
    """The numbers of those texts of plain letters that may have a further reading, in order.

    >>> told_twice_among(["Dubai", "Ntoumpai", "Paris", "MPARI"])
    [1, 3]
    """
    number = begin = 0
    whole = "\n".join(texts).lower()
    known = initials()
    looks = (_LOOK if "." in whole else _PAIRS).finditer(whole)
    places = [look.start() for look in looks if look["pair"] is not None or look[1] in known]
    found = [number for number, text in enumerate(texts) if may_have_form(text) and formless(text.lower())]
    if says_so(whole):
        found += [number for number, text in enumerate(texts) if says_so(text.lower())]
    for place in places:
        while place > begin + len(texts[number]):
            begin += len(texts[number]) + 1
            number += 1
        found.append(number)
    return sorted(set(found))


def respelled(plain: str, *, steps: bool = False) -> tuple[Reading, ...]:
    """The further readings of a plain form: by sound, where its letters tell that they stand for Greek ones, and with
    an initial of several letters as other romanizations write it, or a company's without its legal form; none for any
    other.

    >>> [reading.text for reading in respelled("yu. andropov")]
    ['iu. andropov', 'ju. andropov', 'you. andropov', 'io. andropov']
    >>> [reading.text for reading in respelled("ntora mpakogianni")]
    ['dora bakoyanni']
    >>> respelled("antonio campbell")
    ()
    """
    # A look at the letters first: nearly every name ends here.
    others = _other_initials(plain) if "." in plain else ()
    if organization := formless(plain if plain.isascii() else fold(plain)):
        others = (*others, Reading(organization))
    if not ("mp" in plain or "nt" in plain or "nk" in plain or "gk" in plain):
        return others
    text = fold(plain)
    if _TELLING.search(text) is None:
        return others
    table = _table()
    taken: list[Step] = []
    made: list[str] = []
    at = 0
    for word in _WORD.finditer(text):
        made.append(text[at : word.start()])
        if _TELLING.search(word[0]) is None:
            made.append(word[0])
        else:
            after, done = table.apply(word[0], steps=steps)
            made.append(after)
            taken += done
        at = word.end()
    text = "".join([*made, text[at:]])
    return (Reading(text, table.language, table.standard, True, tuple(taken)), *others)


def _other_initials(plain: str) -> tuple[Reading, ...]:
    """The readings in which the first initial of several letters is written otherwise."""
    known = initials()
    for found in _DOTTED.finditer(plain):
        if others := known.get(found[1]):
            return tuple(Reading(f"{plain[: found.start()]}{other}.{plain[found.end() :]}") for other in others)
    return ()


@lru_cache(maxsize=1)
def initials() -> dict[str, tuple[str, ...]]:
    """Initials of several letters, and how else each is written."""
    rows = read_rows(data_dir() / "initials.csv", ("initial", "also"))
    known = {initial: tuple(also.split()) for _, (initial, also) in rows}
    return {other: () for others in known.values() for other in others if len(other) > 1} | known


@lru_cache(maxsize=1)
def _table() -> Table:
    return Table.load(data_dir() / "romanization" / "Latn-el.csv")

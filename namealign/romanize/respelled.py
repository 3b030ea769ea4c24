"""Latin text in, what else it says where its letters only stand for Greek ones: a second reading by sound.

Greek writes b, d and g with two letters (μπ, ντ, γκ), and atlases and passports put the Latin letter for each:
Mpakogianni is Bakoyanni, Mpratislaba Bratislava. Few names look so (5 in 1,000 of the training names); only they are
read twice. `data/romanization/Latn-el.csv` says what the letters sound like.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from namealign.model import Reading, Step
from namealign.normalize import fold
from namealign.romanize.rules import Table
from namealign.tables import data_dir

__all__ = ["respelled", "told_twice", "told_twice_among"]

# A pair at the head of a word or behind a consonant, two of the pairs in one word, or one behind ου: no other
# spelling that the training names hold often looks so.
_PAIR = "(?:mp|nt|nk|gk)"
_TELLING = re.compile(
    rf"(?<![a-z']){_PAIR}[a-z]|[bcdfghjklpqrstvwxz]'?{_PAIR}[aeiouy]|[bdfghjklmpqrstvxz]{_PAIR}(?![a-z])"
    rf"|(?<!t)tz[a-z]*{_PAIR}|{_PAIR}[a-z']*(?:{_PAIR}|tz|ou)|ou{_PAIR}|n'(?:nk|gk)"
)
_WORD = re.compile(r"[a-z']+")


def told_twice(text: str) -> bool:
    """Whether a text of plain letters, in any case, has a second reading."""
    return _TELLING.search(text.lower()) is not None


def told_twice_among(texts: Sequence[str]) -> list[int]:
    """The numbers of those texts of plain letters that have a second reading, in order.

    >>> told_twice_among(["Dubai", "Ntoumpai", "Paris", "MPARI"])
    [1, 3]
    """
    found: list[int] = []
    number = begin = 0
    for match in _TELLING.finditer("\n".join(texts).lower()):
        while match.start() > begin + len(texts[number]):
            begin += len(texts[number]) + 1
            number += 1
        if not found or found[-1] != number:
            found.append(number)
    return found


def respelled(plain: str, *, steps: bool = False) -> tuple[Reading, ...]:
    """The reading by sound of a plain form whose letters tell that they stand for Greek ones; none for any other.

    >>> [reading.text for reading in respelled("ntora mpakogianni")]
    ['dora bakoyanni']
    >>> respelled("antonio campbell")
    ()
    """
    # A look at the letters first: nearly every name ends here.
    if not ("mp" in plain or "nt" in plain or "nk" in plain or "gk" in plain):
        return ()
    text = fold(plain)
    if _TELLING.search(text) is None:
        return ()
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
    return (Reading(text, table.language, table.standard, True, tuple(taken)),)


@lru_cache(maxsize=1)
def _table() -> Table:
    return Table.load(data_dir() / "romanization" / "Latn-el.csv")

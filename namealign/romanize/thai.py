"""A run of Thai in, its Latin readings out: the Royal Thai General System first, then by the letters' Indic values
(Shinawatra, Bhumibol), then as Thai writes foreign names (Thatcher, Putin).
"""

from __future__ import annotations

from functools import cache

from namealign.model import Reading
from namealign.romanize._letters import load_letters
from namealign.romanize._tai import Syllables

__all__ = ["readings"]


def readings(run: str, language: str | None = None, *, steps: bool = False) -> list[Reading]:  # noqa: ARG001
    """The Latin readings of a run, best first, at most three.

    >>> readings("ทักษิณ")[0].text
    'thaksin'
    """
    # The letter ฤ is ร with the vowel ึ; two เ are typed for the แ they look like.
    plain = run.replace("ฤๅ", "รือ").replace("ฤ", "รึ").replace("เเ", "แ")
    return _table().readings(plain, steps=steps)


@cache
def _table() -> Syllables:
    return Syllables(load_letters("Thai-th"))

"""A run of Lao in, its Latin readings out: BGN/PCGN's letters as Lao people write their names, without diacritics."""

from __future__ import annotations

from functools import cache

from namealign.model import Reading
from namealign.romanize._letters import load_letters
from namealign.romanize._tai import Syllables

__all__ = ["readings"]


def readings(run: str, language: str | None = None, *, steps: bool = False) -> list[Reading]:  # noqa: ARG001
    """The Latin readings of a run, best first.

    >>> readings("ຈຳປາສັກ")[0].text
    'champasak'
    """
    return _table().readings(run.replace("ເເ", "ແ"), steps=steps)  # two ເ are typed for the ແ they look like


@cache
def _table() -> Syllables:
    return Syllables(load_letters("Laoo-lo"))

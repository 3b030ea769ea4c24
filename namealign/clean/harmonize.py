"""A name that no table knows in, the same name with its parts in canonical spelling out.

A part is respelled where it is a listed spelling of one family of name elements and of no other. Particles, order,
initials, titles, punctuation and letter case stay; cognates (Yusuf, Joseph) are families of their own and stay apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from namealign.model import Entity
from namealign.normalize import fold, normalize
from namealign.parse import roles
from namealign.romanize import script_of

__all__ = ["Harmonizer"]

# Letters with their marks, apostrophes inside; a mark that is no letter belongs to the letter before it.
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u0610-\u061a\u064b-\u065f'\u2018\u2019\u02bb-\u02bf\u200c])*")
# What may stand between the words of one element: Abd al-Rahman, Abdul-Rahman.
_JOINT = re.compile(r"[ \u00a0]+|[-\u2010\u2011]")
# No listed element has more words.
_LONGEST = 4


class _Word(NamedTuple):
    text: str
    start: int
    end: int
    plain: str


class Harmonizer:
    """Spells the parts of a name as the families of name elements do.

    >>> families = [Entity("1", "element", "Jilani", ("Jilani", "Geelani")), Entity("2", "element", "Ahmad", ("Ahmed",))]
    >>> spell = Harmonizer(families)
    >>> spell("Dr. AHMED K. al-Geelani"), spell("Ahmed Jilani"), spell("Someone Else")
    ('Dr. AHMAD K. al-Jilani', 'Ahmad Jilani', None)
    """  # noqa: E501

    def __init__(self, families: Iterable[Entity]) -> None:
        claims: dict[tuple[str, ...], dict[str, str]] = {}
        for family in families:
            for alias in {*family.aliases, family.canonical}:
                claims.setdefault(tuple(_plain_words(alias)), {})[family.id] = family.canonical
        # A spelling of two families says nothing sure.
        self._canonical = {words: next(iter(of.values())) for words, of in claims.items() if words and len(of) == 1}

    def __call__(self, name: str) -> str | None:
        """The name with canonical parts, which may be the name itself; None where no part is known."""
        words = [_Word(m[0], m.start(), m.end(), _plain(m[0])) for m in _WORD.finditer(name)]
        out, at, done, known = "", 0, 0, 0
        table = roles()
        free = [w.plain not in table.particle and w.plain not in table.honorific and len(w.plain) > 1 for w in words]
        while at < len(words):
            size, canonical = self._find(name, words, at) if free[at] else (0, "")
            if size:
                old = name[words[at].start : words[at + size - 1].end]
                out += name[done : words[at].start] + _cased(canonical, old)
                done = words[at + size - 1].end
                known += size
            at += size or 1
        if not known:
            return None
        out += name[done:]
        # A name half in one script and half in another is nobody's spelling.
        scripts = {script_of(word.lower()) for word in _WORD.findall(out)}
        return out if len(scripts) == 1 else None

    def _find(self, name: str, words: Sequence[_Word], at: int) -> tuple[int, str]:
        """The longest element that begins at a word, as (words, canonical spelling)."""
        size = 1
        while size < _LONGEST and at + size < len(words):
            if not _JOINT.fullmatch(name, words[at + size - 1].end, words[at + size].start):
                break
            size += 1
        for length in range(size, 0, -1):
            found = self._canonical.get(tuple(word.plain for word in words[at : at + length]))
            if found is not None:
                return length, found
        return 0, ""


def _plain(word: str) -> str:
    return fold(normalize(word)[0]).replace("'", "")


def _plain_words(text: str) -> list[str]:
    return [_plain(word) for word in _WORD.findall(text)]


def _cased(canonical: str, old: str) -> str:
    """The canonical spelling in the letter case of what it replaces."""
    if old.isupper() and len(old) > 1:
        return canonical.upper()
    return canonical.lower() if old.islower() else canonical

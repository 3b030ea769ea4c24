"""Two spellings in, the same two with the parts marked that differ out: in colour, or between brackets."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from itertools import groupby

__all__ = ["differing", "paint"]

# A stretch of a text, and whether the other side has it otherwise.
Piece = tuple[str, bool]

_WORDS = re.compile(r"\w+|\W+")
# Words that share less than this are not set against each other: each is then marked as a whole.
_ALIKE = 0.4


def differing(left: str, right: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts in pieces, word against the most similar word, whatever their order; letter case does not differ.

    >>> differing("Geelani, Jaleel", "Jalil Jilani")[0]
    [('Gee', True), ('lani, Jal', False), ('ee', True), ('l', False)]
    """
    words, others = _WORDS.findall(left), _WORDS.findall(right)
    plain, opposite = [list(word.lower()) for word in words], [list(word.lower()) for word in others]
    scored = sorted(
        (-SequenceMatcher(None, a, b, autojunk=False).ratio(), i, j)
        for i, a in enumerate(plain)
        if words[i][0].isalnum()
        for j, b in enumerate(opposite)
        if others[j][0].isalnum()
    )
    partner: dict[int, int] = {}
    for score, i, j in scored:
        if -score >= _ALIKE and i not in partner and j not in partner.values():
            partner[i] = j
    facing = {j: i for i, j in partner.items()}
    return (
        _pieces([(word, opposite[partner[i]] if i in partner else None) for i, word in enumerate(words)]),
        _pieces([(word, plain[facing[j]] if j in facing else None) for j, word in enumerate(others)]),
    )


def paint(pieces: list[Piece], *, colour: bool) -> str:
    """A line to print.

    >>> paint([("Jal", False), ("ee", True), ("l", False)], colour=False)
    'Jal[ee]l'
    """
    opened, closed = ("\x1b[1;33m", "\x1b[0m") if colour else ("[", "]")
    return "".join(f"{opened}{text}{closed}" if differs else text for text, differs in pieces)


def _pieces(words: list[tuple[str, list[str] | None]]) -> list[Piece]:
    marks: list[tuple[str, bool]] = []
    for word, other in words:
        if other is None:
            marks += [(letter, word[0].isalnum()) for letter in word]
            continue
        kept = set()
        for block in SequenceMatcher(None, list(word.lower()), other, autojunk=False).get_matching_blocks():
            kept |= set(range(block.a, block.a + block.size))
        marks += [(letter, i not in kept) for i, letter in enumerate(word)]
    return [("".join(letter for letter, _ in run), differs) for differs, run in groupby(marks, key=lambda m: m[1])]

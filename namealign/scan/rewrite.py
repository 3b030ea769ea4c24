"""A text and its mentions in, the same text with canonical spellings out; every other character stays.

A full name becomes the canonical name, a short one the part of the canonical name that it is a spelling of. What is
left as it is: an ambiguous mention, a word in an inflected form, a name in another script than the canonical spelling,
and what no table lists (its canonical spelling is only the fullest one seen).
"""

from __future__ import annotations

from collections.abc import Iterable

from namealign.compare import compare
from namealign.scan.model import Mention
from namealign.scan.words import fold_key, spans

__all__ = ["rewrite"]


def rewrite(text: str, mentions: Iterable[Mention]) -> str:
    """Put canonical spellings in place of the mentions' own.

    >>> from namealign.scan import Found
    >>> who = Found("per:jilani", "person", "Jalil Abbas Jilani")
    >>> text = "Jalil Abbas Geelani came. Geelani's car"
    >>> rewrite(text, [Mention("a", a, b, text[a:b], "person", who, 1.0) for a, b in ((0, 19), (26, 33))])
    "Jalil Abbas Jilani came. Jilani's car"
    """
    parts: list[str] = []
    done = 0
    for mention in sorted(mentions, key=lambda m: m.start):
        if mention.start < done or text[mention.start : mention.end] != mention.surface:
            continue
        parts += [text[done : mention.start], _spelling(mention)]
        done = mention.end
    return "".join([*parts, text[done:]])


def _spelling(mention: Mention) -> str:
    found = mention.entity
    surface = mention.surface
    if found is None or not found.listed or any(e.kind == "inflected" for e in mention.evidence):
        return surface
    words = [found.name[a:b] for a, b in spans(found.name)]
    own = [surface[a:b] for a, b in spans(surface)]
    if not words or not own or _script(words[0]) != _script(own[0]):
        return surface
    if len(own) >= len(words) or (len(own) > 1 and len(own) * 2 > len(words)):
        return _in_case(surface, found.name)
    if len(own) == 1:
        return _in_case(surface, _part(surface, words))
    return surface


def _part(word: str, words: list[str]) -> str:
    """The canonical word that a short form is a spelling of; the short form itself if none is."""
    key = fold_key(word)
    best, share = word, 0.7
    for candidate in words:
        if fold_key(candidate) == key:
            return candidate
        probability = compare(word, candidate).probability
        if probability > share:
            best, share = candidate, probability
    return best


def _in_case(surface: str, name: str) -> str:
    return name.upper() if surface.isupper() and len(surface) > 3 else name


def _script(word: str) -> str:
    import unicodedata

    return unicodedata.name(word[0], "").partition(" ")[0]

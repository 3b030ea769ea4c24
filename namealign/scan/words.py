"""Text in, its words out: where each stands, how it is compared, and what lies between two of them.

Scripts that part words by spaces give a word a run of letters; scripts that do not (Han, kana, Hangul, Thai ...) give
a word a character, so that a known name is found wherever it stands.
"""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum
from functools import lru_cache

__all__ = ["Gap", "fold_key", "gap_kind", "is_dense", "spans", "words"]

_DENSE = (
    "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
    "\uac00-\ud7a3\u0e01-\u0e4e\u0e81-\u0ecd\u0f40-\u0fbc\u1000-\u104f\u1780-\u17d3"
)
# Marks that belong to the letter before them: Python's \w leaves them out.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1-\u05c2\u05c4-\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7-\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u07a6-\u07b0\u0900-\u0903\u093a-\u094f"
    "\u0951-\u0957\u0962-\u0963\u0981-\u0983\u09bc-\u09cd\u09d7\u09e2-\u09e3\u0a01-\u0a51\u0a70-\u0a75\u0a81-\u0a83"
    "\u0abc-\u0acd\u0b01-\u0b03\u0b3c-\u0b57\u0b82\u0bbe-\u0bcd\u0bd7\u0c00-\u0c04\u0c3e-\u0c56\u0c81-\u0c83\u0cbc-\u0cd6"
    "\u0d00-\u0d03\u0d3b-\u0d4d\u0d57\u0d81-\u0d83\u0dca-\u0ddf\u135d-\u135f\u200b-\u200f\u00ad\u2060-\u2069\u0640"
)
_WORD = re.compile(rf"[{_DENSE}]|(?:(?![{_DENSE}])[^\W\d_])(?:(?![{_DENSE}])[^\W\d_]|[{_MARKS}])*")
_ONE_DENSE = re.compile(f"[{_DENSE}]")
_FORMAT = re.compile("[\u200b-\u200f\u00ad\u2060-\u2069\u0640]")
# Letters that keyboards and orthographies write for one another in the same name, where removing marks does not do it.
_SAME = str.maketrans(
    {
        "ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ß": "ss", "æ": "ae", "œ": "oe",
        "ى": "ي", "ی": "ي", "ې": "ي", "ک": "ك", "ة": "ه", "ۀ": "ه", "ہ": "ه", "ھ": "ه", "ۂ": "ه", "ٱ": "ا", "ґ": "г",
    }
)  # fmt: skip
_STRIPPED = re.compile("[\u00c0-\u058f\u0590-\u077f\u1e00-\u1fff]")


# Sentence ends, colons and quotation marks, and the marks of Markdown: behind them a capital may mean nothing.
_STOPS = frozenset(
    '.!?\u2026:;\u201c\u201d"\u00ab\u00bb\u201e\u2018\u3002\uff01\uff1f\uff1a\uff1b\u061f\u06d4\u061b\u0964*#|>\u2022'
)


class Gap(IntEnum):
    """What lies between two words."""

    NONE = 0  # nothing at all
    SPACE = 1  # a space, a hyphen, one line break: a name may go on
    APOSTROPHE = 2
    DOT = 3  # a full stop and perhaps a space: after an initial or an abbreviation a name may go on
    COMMA = 4
    BREAK = 5  # brackets, slashes: a name ends, no sentence begins
    SENTENCE = 6  # what follows may begin with a capital for no other reason than standing there


@lru_cache(maxsize=4096)
def gap_kind(gap: str) -> Gap:
    """What a gap's characters mean for a name.

    >>> gap_kind(" "), gap_kind("-"), gap_kind(". "), gap_kind(", "), gap_kind("\\n\\n")
    (<Gap.SPACE: 1>, <Gap.SPACE: 1>, <Gap.DOT: 3>, <Gap.COMMA: 4>, <Gap.SENTENCE: 6>)
    """
    if not gap:
        return Gap.NONE
    if gap in (" ", "-", "\u2010", "\u2011", "\u00a0", "\u202f", "\u00b7", "\u30fb", "\u2027", "\uff1d", "="):
        return Gap.SPACE
    if gap.isspace():
        return Gap.SENTENCE if gap.count("\n") + gap.count("\r") - gap.count("\r\n") > 1 or len(gap) > 40 else Gap.SPACE
    if gap in ("'", "\u2019", "\u02bc", "\u02bb", "\u02bf", "\u02be", "`"):
        return Gap.APOSTROPHE
    bare = gap.strip()
    if bare == "." and gap[0] == "." and gap.count("\n") < 2:
        return Gap.DOT
    if bare in (",", "\u060c", "\u3001", "\uff0c") and gap.count("\n") < 2:
        return Gap.COMMA
    if bare in ("-", "\u2010", "\u2011") and "\n" in gap and not gap[0].isspace():
        return Gap.SPACE
    if "\n" in gap or not _STOPS.isdisjoint(gap):
        return Gap.SENTENCE
    return Gap.BREAK


def spans(text: str) -> list[tuple[int, int]]:
    """Where the words of a text begin and end.

    >>> [("Jalil Geelani’s 王毅")[a:b] for a, b in spans("Jalil Geelani’s 王毅")]
    ['Jalil', 'Geelani', 's', '王', '毅']
    """
    return [match.span() for match in _WORD.finditer(text)]


def words(text: str) -> list[str]:
    """The words of a text.

    >>> words("Jalil Geelani’s")
    ['Jalil', 'Geelani', 's']
    """
    return _WORD.findall(text)


def is_dense(word: str) -> bool:
    """Whether a word is a character of a script without spaces (Hangul has spaces, but joins particles to names)."""
    return _ONE_DENSE.match(word) is not None


def fold_key(word: str) -> str:
    """How a word is compared with a listed one: case, marks and keyboard habits gone.

    >>> fold_key("ERDOĞAN"), fold_key("Yıldırım"), fold_key("أوكرانيا") == fold_key("اوکرانیا")
    ('erdogan', 'yildirim', True)
    """
    if word.isascii():
        return word.lower()
    word = unicodedata.normalize("NFKC", _FORMAT.sub("", word)).replace("İ", "i").lower()
    if _STRIPPED.search(word):
        word = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    return word.translate(_SAME)

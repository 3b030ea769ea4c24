"""A plain form in, the names it tells out, where one cell of a list holds more than a name, or another one.

`Vladimir Putin (Владимир Путин)` is one name in two scripts, `Muhammad Ali a.k.a. Cassius Clay` two names of one man,
`Maria Schmidt (née Braun)` has had another family name, and of `John Smith (deceased)` the bracket is a remark.
`data/asides.csv` says which words tell. A bracket that nothing explains stays part of the name: `Bank of China (Hong
Kong)` is not the Bank of China.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

import jellyfish

from namealign.model import Reading
from namealign.normalize import fold
from namealign.romanize.scripts import SCRIPT, UNSPACED, runs, script_of, sole_script
from namealign.tables import data_dir, read_rows

__all__ = ["Told", "may_tell", "names_told", "says_so"]

# Two halves of a cell are one name in two scripts from this likeness of their consonants on: of dev names 96% reach it
# with their own other spelling, 4% with another person's.
ALIKE = 0.7

_LAST_BRACKET = re.compile(r"(?P<head>.*\S)\s*[(\[](?P<inside>[^()\[\]]+)[)\]]\W*")
_NOT_CONSONANTS = re.compile(r"[\Waeiouy\d]+")
_EDGES = " ,;:-–—/|=\"'«»“”„"
# Japanese writes Han and kana in one word.
_TOGETHER = dict.fromkeys(("Hani", "Hira", "Kana"), "Jpan")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
# Marks that part two tellings of one name.
_PARTS = re.compile(r"\s*[/|;=]\s*|\s+[-–—]\s+")


class Told(NamedTuple):
    """The names that a text tells, if it is more than simply a name.

    `whole` says that the first one holds the others, so that two such texts are compared by it alone.
    """

    names: tuple[str, ...] = ()
    whole: bool = False

    def __bool__(self) -> bool:
        return bool(self.names)


class _Words(NamedTuple):
    """What the table says: how a bracket begins, and what is told outside of brackets."""

    opening: re.Pattern[str]
    anywhere: re.Pattern[str]
    class_: dict[str, str]
    # For a glance at a text.
    glance: re.Pattern[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    class_: dict[str, str] = {}
    anywhere: list[str] = []
    for _, (words, told, where) in read_rows(data_dir() / "asides.csv", ("words", "class", "where")):
        class_[words] = told
        if where == "anywhere":
            anywhere.append(words)

    def any_of(words: Sequence[str]) -> str:
        return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))

    return _Words(
        re.compile(rf"\W*(?P<words>{any_of(list(class_))})(?!\w)"),
        re.compile(rf"(?<!\w)(?P<words>{any_of(anywhere)})(?!\w)"),
        class_,
        re.compile(f" (?:{any_of(anywhere)})"),
    )


def may_tell(text: str) -> bool:
    """Whether a plain form may tell more than one name or a remark: a glance that nearly all texts end at."""
    if "(" in text or "[" in text or says_so(text):
        return True
    return not (text.isascii() or sole_script(text)) and len({SCRIPT[char] for char in text} - {""}) > 1


def says_so(lower: str) -> bool:
    """Whether any of the words that tell outside of brackets stands in a text of lower case."""
    return _words().glance.search(lower) is not None


def names_told(plain: str, read: Callable[[str], Sequence[Reading]]) -> Told:
    """The names that a plain form tells; none where it is simply a name. `read` gives a text's Latin readings.

    >>> names_told("maria schmidt (née braun)", lambda text: [])
    Told(names=('maria schmidt braun', 'maria schmidt', 'maria braun'), whole=True)
    >>> names_told("muhammad ali a.k.a. cassius clay", lambda text: []).names
    ('muhammad ali cassius clay', 'muhammad ali', 'cassius clay')
    >>> names_told("john smith (deceased)", lambda text: []).names
    ('john smith',)
    >>> names_told("bank of china (hong kong)", lambda text: []).names
    ()
    """
    found: list[str] = []
    told: tuple[str, ...] | None
    head, more = plain, ""
    # The last bracket first, as long as the table knows what it says.
    while bracket := _LAST_BRACKET.fullmatch(head):
        before, inside = bracket["head"].strip(_EDGES), bracket["inside"].strip(_EDGES)
        opening = _words().opening.match(inside)
        rest = inside[opening.end() :].strip(_EDGES) if opening is not None else ""
        if opening is None:
            told = (inside,) if _one_name(before, inside, read) else None
        elif _words().class_[opening["words"]] == "maiden" and rest.isdecimal():
            # A year of birth says who is meant; the word before it does not.
            return Told((f"{before} ({rest})", *found))
        else:
            told = _explained(before, opening["words"], rest)
            more = rest if told is not None and _words().class_[opening["words"]] != "remark" else more
        if told is None or not _LETTERS.search(before):
            break
        found[:0] = told
        head = before
    within = _words().anywhere.search(head)
    if within is not None:
        before, after = head[: within.start()].strip(_EDGES), head[within.end() :].strip(_EDGES)
        if _LETTERS.search(before) and _LETTERS.search(after):
            told = _explained(before, within["words"], after)
            if told is not None:
                more = after
                found[:0] = told
                head = before
    if head == plain or not found:
        head, *others = _in_two_scripts(head, read)
        found += others
    if head == plain:
        return Told()
    family, comma, given = head.partition(",")
    whole = [f"{family} {more}{comma}{given}"] if more else []
    return Told(tuple(dict.fromkeys([*whole, head, *found])), bool(more))


def _explained(head: str, words: str, rest: str) -> tuple[str, ...] | None:
    """What the table's words and what follows them add to the name before them; None where they explain nothing."""
    told = _words().class_[words]
    if told == "remark":
        return ()
    if not _LETTERS.search(rest) or len(rest.split()) > 4:
        return None
    if told == "alias":
        # A single word is met by all who bear it: Carlos tells nobody.
        return (rest,) if len(rest.split()) > 1 else ()
    family, comma, given = head.partition(",")
    if comma:
        return (f"{rest}, {given.strip()}",)
    given = family.rpartition(" ")[0]
    return (f"{given} {rest}",) if given else None


def _in_two_scripts(text: str, read: Callable[[str], Sequence[Reading]]) -> list[str]:
    """The two halves of a text that is one name in two scripts, one after the other; else the text."""
    if text.isascii():
        return [text]
    parts = _PARTS.split(text)
    if len(parts) == 2:
        halves = [part.strip(_EDGES) for part in parts]
    else:
        halves = [run.strip(_EDGES) for _, run in runs(text, together=_TOGETHER)]
        if len(halves) != 2 or not all(map(_whole, halves)):
            return [text]
    return halves if _one_name(halves[0], halves[1], read) else [text]


def _whole(half: str) -> bool:
    """Whether half a text may be a whole name: two words, or two letters of a script that parts no words."""
    return len(half.split()) > 1 or (script_of(half) in UNSPACED and len(half) > 1)


def _one_name(a: str, b: str, read: Callable[[str], Sequence[Reading]]) -> bool:
    """Whether two texts are one name in two scripts, as far as their consonants tell."""
    if (
        (a.isascii() and b.isascii())
        or not _LETTERS.search(a)
        or not _LETTERS.search(b)
        or script_of(a) == script_of(b)
    ):
        return False
    return any(
        jellyfish.jaro_similarity(x, y) >= ALIKE
        for left in read(a)
        for right in read(b)
        for x in _orders(left.text)
        for y in _orders(right.text)[:1]
    )


def _orders(text: str) -> list[str]:
    """A reading's consonants, in the order of its words, backwards, and with the last word first."""
    words = [_NOT_CONSONANTS.sub("", word) for word in fold(text).split()]
    return ["".join(order) for order in (words, words[::-1], words[-1:] + words[:-1])]
